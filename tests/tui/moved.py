"""The product as a program at another time: `python -m tests.tui.moved FOLDER ARGUMENTS...`.

The file `moved` in FOLDER holds the seconds by which both of its clocks are ahead, as after a sleep of the machine; it is read
at every look, so that all programs that were started so live at the same time.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from purdah_scheduler import bootstrap
from purdah_scheduler.cli.main import main

FILE = "moved"


class MovedClock(bootstrap.SystemClock):
    """The true clock, and that of boot, moved alike."""

    folder = Path()

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self._ahead())

    def boot_seconds(self) -> float:
        return super().boot_seconds() + self._ahead()

    def _ahead(self) -> float:
        try:
            return float((self.folder / FILE).read_text("ascii"))
        except FileNotFoundError:
            return 0.0


if __name__ == "__main__":
    MovedClock.folder = Path(sys.argv[1])
    patch.object(bootstrap, "SystemClock", MovedClock).start()
    main(sys.argv[2:])
