"""A daemon and a person in processes of their own, on each store: nothing is sent after a change that stops it is on record.

The order of the record is the order of the commits. The long run (`make test-long`) has a thousand races on each store.
"""

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application import scheduling
from purdah_scheduler.domain.posts import DeliveryState
from tests.daemon.conftest import closing
from tests.daemon.hand import CHANGES
from tests.daemon.processes import ROOT, running, until
from tests.houses import House, build

S = DeliveryState
SHORT, LONG = 30, 1000
_OPEN = frozenset({S.SCHEDULED, S.CLAIMED, S.SENDING})


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty queue on a server; empty for a file."""
    if request.param == "sqlite":
        yield ""
        return
    with request.getfixturevalue("postgresql").database() as name:
        yield request.getfixturevalue("postgresql").url(name)


def raced(house: House, posts: dict[int, tuple[str, str]]) -> Counter[str]:
    """How many races each side won; a post that was sent after its change fails the test."""
    sent, changed = dict[int, int](), dict[int, int]()
    periods = {f"called-for-{post}": post for post in posts}
    with house.office.store.read() as reader:
        for entry in reader.entries():
            post = periods.get(str(entry.facts.get("period")), 0) if entry.action == "period.declared" else entry.post
            if post not in posts:
                continue
            if entry.action == "delivery.sending":
                sent[post] = entry.seq
            elif entry.action == "delivery.scheduled":  # the machine stalled before the request, which was not made
                sent.pop(post, None)
            elif entry.action == CHANGES[posts[post][0]][1]:
                changed.setdefault(post, entry.seq)
    assert not [post for post in sent if changed.get(post, sent[post]) < sent[post]], "sent after the change was on record"
    public = {path.read_text("utf-8").partition("Number ")[2].partition(".")[0] for path in _outbox(house)}
    assert len(_outbox(house)) == len(sent), "sent without an intent on record, or twice"
    assert public == {str(number) for number, post in enumerate(posts) if post in sent}
    return Counter("sent" if post in sent else "stopped" for post in posts)


def _outbox(house: House) -> list[Path]:
    return sorted((house.config.data_folder / "outbox").rglob("*.txt"))


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("races", [SHORT, pytest.param(LONG, marks=pytest.mark.long)])
def test_nothing_is_sent_after_what_another_process_has_put_on_record(
    tmp_path: Path, store_url: str, races: int, capsys: pytest.CaptureFixture[str]
) -> None:
    dice, accounts = random.Random(races), [f"outbox{number}" for number in range(races)]
    with closing(build(tmp_path / "house", accounts=accounts, store_url=store_url)) as house:
        posts: dict[int, tuple[str, str]] = {}
        for number, account in enumerate(accounts):
            posts[house.cleared(f"Number {number}.", account)] = (sorted(CHANGES)[number % len(CHANGES)], account)
        gap = timedelta(seconds=0.2)
        plan = tmp_path / "plan"
        with running(house) as daemon:
            first = house.office.now() + timedelta(seconds=5 + 0.2 * races)
            lines = []
            for number, (post, (kind, account)) in enumerate(posts.items()):
                due = first + number * gap
                scheduling.schedule(house.office, house.actor("asha"), post, at=due)
                at = due.timestamp() + dice.uniform(-0.1, 0.2)
                lines.append({"at": at, "kind": kind, "post": post, "account": account})
            plan.write_text("".join(json.dumps(line) + "\n" for line in lines), "ascii")
            hand = [sys.executable, "-m", "tests.daemon.hand", str(house.config.path), str(plan)]
            subprocess.run(hand, cwd=ROOT, check=True, timeout=2000)
            until(lambda: not _still_open(house), patience=120)
            assert daemon.stop() == 0
        won = raced(house, posts)
        with capsys.disabled():
            if races == LONG:
                store = "PostgreSQL" if store_url else "SQLite"
                print(f"\n{store}: {races} races; the change came first in {won['stopped']}, and 0 of them were sent")
        assert house.record_is_whole()


def _still_open(house: House) -> int:
    with house.office.store.read() as reader:
        return reader.how_many(tuple(_OPEN))
