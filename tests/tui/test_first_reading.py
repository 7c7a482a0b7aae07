"""What is asked first, and what the queue asks at rest, is answered without SQLAlchemy; whatever is more loads it."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application import commenting, writing
from tests.houses import House, build

ROOT = Path(__file__).resolve().parents[2]

STATUS = """
import sys
from purdah_scheduler.cli.main import run
code = run(["--config", sys.argv[1], "--as", "asha", "status", "--json"])
print(code, "sqlalchemy" in sys.modules, file=sys.stderr)
"""

AT_REST = """
import asyncio, sys, time
from pathlib import Path
from purdah_scheduler import bootstrap
from purdah_scheduler.tui.app import PurdahApp

async def until(pilot, reached):
    ends = time.monotonic() + 60
    while not reached() and time.monotonic() < ends:
        await pilot.pause(0.05)
    assert reached()

async def main():
    config = bootstrap.read_config(Path(sys.argv[1]))
    office = bootstrap.open_office(config)
    app = PurdahApp(office, config, bootstrap.make_actor(config, office.store, "asha", face="tui"))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.status is not None and app.screen.counts)
        ids = list(app.screen.listing.items)
        await pilot.press("home")
        for post in ids:
            await until(pilot, lambda: app.screen.view is not None and app.screen.view.post.id == post)
            await pilot.press("down")
        print(len(ids), "sqlalchemy" in sys.modules)
        await pilot.press("/", *"state:held", "enter")
        await until(pilot, lambda: app.screen.wanted.text == "state:held")
        print([app.screen.listing.line_of(post).state for post in app.screen.listing.items], "sqlalchemy" in sys.modules)
    office.store.close()

asyncio.run(main())
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house with a post in each state that people bring one into, a held one, and a comment; closed."""
    house = build(tmp_path / "house", accounts=("outbox", "second"))
    house.draft("A draft.", "outbox", "second")
    writing.submit(house.office, house.actor("asha"), house.draft("In review."))
    house.cleared("Cleared.")
    house.scheduled("Tomorrow.", "outbox", "second", due_in=timedelta(days=1))
    held = house.scheduled("Held.", due_in=timedelta(days=2))
    house.block(starts_in=timedelta(days=1, hours=20))
    house.block(name="other", starts_in=timedelta(days=300))
    commenting.comment(house.office, house.actor("bede"), held, words="Is this right?", to=("asha",))
    writing.cancel(house.office, house.actor("asha"), house.scheduled("Taken back.", due_in=timedelta(hours=1)))
    house.office.store.close()
    yield house
    house.office.store.close()


def said_by(program: str, house: House) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-c", program, str(house.config.path)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=110, check=True)


def test_status_loads_no_sqlalchemy(house: House) -> None:
    ran = said_by(STATUS, house)
    assert ran.stderr.split() == ["2", "False"], "nobody publishes here"
    assert '"overdue": 0' in ran.stdout


def test_the_queue_and_its_preview_load_no_sqlalchemy_and_a_filter_that_does_is_answered(house: House) -> None:
    first, second = said_by(AT_REST, house).stdout.splitlines()
    assert first == "6 False"
    assert second == "['held'] True"
