"""Several daemons on one server under load, killed at random moments: every post once, none twice, none lost.

The long run (`make test-long`) prints its figures.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application.views import status
from purdah_scheduler.domain.posts import Delivery, DeliveryState
from tests.daemon.conftest import closing
from tests.daemon.processes import DaemonProcess, XProcess, running, until
from tests.fakes.x_rules import write_credentials
from tests.houses import QUICK, House, build
from tests.postgresql import Server
from tests.postgresql import running as server_running

S = DeliveryState
_ENDED = frozenset({S.PUBLISHED, S.UNKNOWN})
_LONGEST = 1200.0


@dataclass
class Fleet:
    """Daemons that work on one queue; each that is killed is replaced."""

    house: House
    stack: ExitStack
    living: list[DaemonProcess] = field(default_factory=list)
    killed: list[DaemonProcess] = field(default_factory=list)

    def start(self, count: int) -> None:
        self.living += [self.stack.enter_context(running(self.house)) for _ in range(count)]

    def kill_one(self, dice: random.Random) -> None:
        self.killed.append(self.living.pop(dice.randrange(len(self.living))))
        self.killed[-1].kill()
        self.start(1)

    def stop(self) -> None:
        assert [process.stop() for process in self.living] == [0] * len(self.living)


def deliveries(house: House, posts: dict[int, str]) -> dict[int, Delivery]:
    """The delivery of each post."""
    with house.office.store.read() as reader:
        return {post: reader.deliveries(post)[-1] for post in posts}


def check(house: House, x: XProcess, posts: dict[int, str], found: dict[int, Delivery]) -> None:
    """No request was made twice, nothing is published that is not public, and the record is whole."""
    got = Counter(x.texts())
    assert not [text for text, times in got.items() if times > 1]
    assert x.publish_requests() == len(got)
    assert not [post for post, entry in found.items() if entry.state is S.PUBLISHED and not got[posts[post]]]
    early = [post for post, entry in found.items() if entry.published_at is not None and entry.published_at < entry.due_at]
    assert not early
    assert house.record_is_whole()


@contextmanager
def shared(folder: Path, x: XProcess, server: Server, accounts: int) -> Iterator[House]:
    """A house of so many accounts, all of them on the stand-in for X, whose queue is on a server."""
    names = [f"x{number}" for number in range(accounts)]
    for name in names:
        write_credentials(folder / f"{name}.toml")
    settings = {**QUICK, "heartbeat_seconds": 2, "lease_seconds": 8, "workers": 4}
    with server.database() as database:
        built = build(folder, accounts=names, x_base_url=x.base_url, store_url=server.url(database), daemon=settings)
        with closing(built) as house:
            yield house


@pytest.mark.timeout(600)
def test_three_daemons_one_of_them_killed_publish_every_post_once(tmp_path: Path, x: XProcess, postgresql: Server) -> None:
    with ExitStack() as stack:
        house = stack.enter_context(shared(tmp_path / "house", x, postgresql, 6))
        fleet = Fleet(house, stack)
        fleet.start(3)
        posts: dict[int, str] = {}
        for number in range(36):
            text = f"Gauge {number}: normal."
            posts[house.scheduled(text, f"x{number % 6}")] = text
            if number == 24:
                fleet.kill_one(random.Random(20261122))

        # What the dead daemon was sending is given up a minute after its lease: nobody waits here for that, nor for its accounts.
        until(lambda: _all_but_stalled(house, posts, fleet.killed[0]), patience=300)
        fleet.stop()
        check(house, x, posts, deliveries(house, posts))


def _all_but_stalled(house: House, posts: dict[int, str], dead: DaemonProcess) -> bool:
    """Whether all that is left waits behind what the dead daemon was sending."""
    found = deliveries(house, posts).values()
    stalled = {entry.account for entry in found if entry.state is S.SENDING and f":{dead.pid}:" in entry.owner}
    return all(entry.state in _ENDED or entry.account in stalled for entry in found)


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_six_daemons_killed_again_and_again_publish_two_thousand_posts_once_each(
    tmp_path: Path, x: XProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    dice, count = random.Random(20261122), 2000
    with ExitStack() as stack:
        server = stack.enter_context(server_running({"max_connections": "300"}))
        house = stack.enter_context(shared(tmp_path / "house", x, server, 24))
        fleet = Fleet(house, stack)
        fleet.start(6)
        posts: dict[int, str] = {}
        started = time.monotonic()
        for number in range(count):
            text = f"Gauge {number}: normal."
            posts[house.scheduled(text, f"x{number % 24}", due_in=timedelta(seconds=dice.uniform(0, 5)))] = text
            if number % 200 == 150:
                fleet.kill_one(dice)
        queued = time.monotonic() - started
        while time.monotonic() - started < _LONGEST:
            found = deliveries(house, posts)
            if all(entry.state in _ENDED for entry in found.values()):
                break
            time.sleep(1)
        took = time.monotonic() - started
        until(lambda: len(status(house.office).daemons.living) == 6)
        fleet.stop()
        found = deliveries(house, posts)
        states = Counter(str(entry.state) for entry in found.values())
        takers = Counter(event["event"] for process in (*fleet.living, *fleet.killed) for event in process.events())
        doubled = x.publish_requests() - len(set(x.texts()))
        killed, requests = len(fleet.killed), x.publish_requests()
        doubled = requests - len(set(x.texts()))
        with capsys.disabled():
            print(f"\n6 daemons, {count} posts, 24 accounts, {killed} kills; queued in {queued:.0f} s, over after {took:.0f} s")
            print(f"{dict(states)}; {requests} requests, {doubled} doubled; {takers['delivery.claimed']} claims")
        check(house, x, posts, found)
        assert set(states) <= {"published", "unknown"}
        assert states["unknown"] <= 4 * len(fleet.killed)
