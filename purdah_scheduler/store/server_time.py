"""What the clock of a server says, known without asking it each time: what it said last, and boot time since."""

import threading
from datetime import datetime, timedelta

from purdah_scheduler.boot_time import boot_seconds


class ServerTime:
    """Told of every answer that is dated; never ahead of the server by more than the drift of boot time since.

    Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[datetime, float] | None = None

    def hear(self, said: datetime, *, asked_at: float) -> None:
        """The server said so between `asked_at` (boot seconds) and now.

        What was known stays where it fits into that span: an answer that came late says less than one that came at once.
        """
        with self._lock:
            heard_at = boot_seconds()
            latest = said + timedelta(seconds=heard_at - asked_at)
            known = self._at(heard_at)
            self._known = (said if known is None else min(max(known, said), latest), heard_at)

    def now(self) -> datetime | None:
        """What the server's clock says now, or None before the first answer."""
        with self._lock:
            return self._at(boot_seconds())

    def _at(self, boot: float) -> datetime | None:
        if self._known is None:
            return None
        said, heard_at = self._known
        return said + timedelta(seconds=boot - heard_at)
