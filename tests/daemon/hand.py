"""A person at another machine, for tests: `python -m tests.daemon.hand CONFIG PLAN` does each thing of a plan at its moment.

The plan has a JSON object a line: `at` (seconds since 1970), `kind` (a key of CHANGES), `post` and `account`.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from purdah_scheduler.application import writing
from purdah_scheduler.application.writing import Draft
from purdah_scheduler.bootstrap import open_office, read_config
from purdah_scheduler.errors import ProductError
from tests.daemon.test_races import declare, withdraw
from tests.houses import CATEGORY, House


def edit(house: House, post: int, account: str) -> None:
    """The author changes a word."""
    draft = Draft(accounts=(account,), text=f"Number {post}, in other words.", category=CATEGORY)
    writing.revise(house.office, house.actor("asha"), post, draft)


CHANGES: Mapping[str, tuple[Callable[[House, int, str], None], str]] = {
    "declare": (declare, "period.declared"),
    "withdraw": (withdraw, "decision.withdraw"),
    "edit": (edit, "post.edited"),
}
"""What is done, and the entry that it leaves in the record."""


def main() -> int:
    """Carry out the plan; what comes too late to be allowed changes nothing."""
    config = read_config(Path(sys.argv[1]))
    house = House(config=config, office=open_office(config))
    for line in Path(sys.argv[2]).read_text("ascii").splitlines():
        asked = json.loads(line)
        time.sleep(max(0.0, asked["at"] - time.time()))
        with suppress(ProductError):
            CHANGES[asked["kind"]][0](house, asked["post"], asked["account"])
    house.office.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
