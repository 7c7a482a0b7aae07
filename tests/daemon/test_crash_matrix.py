"""Killed at every side effect of a delivery, however slow the platform: nothing twice, lost or falsely published.

Each round queues a post on an account of its own and starts a daemon that is killed at the moment that is asked for; it finds
what the rounds before left behind. A last daemon carries all to an end, and what the stand-in for X got is compared with the
store. The long rounds (`make test-long`) print a line for each moment, latency and store.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from purdah_scheduler.domain.posts import DeliveryState
from tests.daemon.conftest import closing
from tests.daemon.deaths import MAY_BE_PUBLIC, MOMENTS
from tests.daemon.processes import XProcess, daemon, running
from tests.fakes.x_rules import write_credentials
from tests.houses import House, build

S = DeliveryState
TIMES = 20
_UNDER_WAY = frozenset({S.SCHEDULED, S.CLAIMED, S.SENDING})
_LONGEST = 240.0
"""Seconds that a last daemon may take: on a server what a dead one was sending is given up after a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of the posts of some kills."""

    posts: int
    published: int
    unknown: int
    doubled: int
    """Requests beyond the first for a post."""
    lost: int
    """Posts in any other state at the end."""
    falsely_published: int
    """Posts that are published by the store and not on the platform."""
    record_is_whole: bool

    def line(self, store: str, latency: float, moment: str) -> str:
        """A row of the table."""
        return (
            f"{store:<11} {latency:>4g} s  {moment:<22} {self.posts:>3} kills  {self.published:>3} published  "
            f"{self.unknown:>3} unknown  {self.doubled} doubled  {self.lost} lost  {self.falsely_published} falsely published"
        )


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def store_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty queue on a server; empty for a file."""
    if request.param == "sqlite":
        yield ""
        return
    server = request.getfixturevalue("postgresql")
    with server.database() as name:
        yield server.url(name)


def killed(
    folder: Path, x: XProcess, moments: Sequence[str], *, store_url: str = "", latency: float = 0.0, bug: str = ""
) -> Tally:
    """Kill a daemon once at each of `moments`, let another one finish, and count."""
    accounts = [f"x{number}" for number in range(len(moments))]
    for account in accounts:
        write_credentials(folder / f"{account}.toml")
    if latency:
        x.behave("delay", seconds=latency, times=100_000, method="POST")
    with closing(build(folder, accounts=accounts, x_base_url=x.base_url, store_url=store_url)) as house:
        posts = {}
        for number, (account, moment) in enumerate(zip(accounts, moments, strict=True)):
            posts[house.scheduled(f"Gauge {number}: normal.", account)] = f"Gauge {number}: normal."
            with daemon(house, "--dies-at", moment, "--latency", str(latency), twist=bug) as process:
                assert process.ended() == -9, f"it was not killed at {moment}: {process.said()}"
        with running(house, twist=bug) as process:
            _wait_until_settled(house, list(posts))
            assert process.stop() == 0
        _wait_for_the_platform(x, latency)
        return _count(house, x, posts)


def _wait_for_the_platform(x: XProcess, latency: float) -> None:
    """It goes on with requests whose sender has died; one that it refuses as a second one never becomes a post."""
    ends = time.monotonic() + latency + 5
    while time.monotonic() < ends and x.publish_requests() > len(x.texts()):
        time.sleep(0.1)


def _wait_until_settled(house: House, posts: Sequence[int]) -> None:
    ends = time.monotonic() + _LONGEST
    while time.monotonic() < ends and any(house.delivery(post).state in _UNDER_WAY for post in posts):
        time.sleep(0.1)


def _count(house: House, x: XProcess, posts: dict[int, str]) -> Tally:
    got = Counter(x.texts())
    states = {post: house.delivery(post).state for post in posts}
    return Tally(
        posts=len(posts),
        published=sum(state is S.PUBLISHED for state in states.values()),
        unknown=sum(state is S.UNKNOWN for state in states.values()),
        doubled=x.publish_requests() - len(got),
        lost=sum(state not in (S.PUBLISHED, S.UNKNOWN) for state in states.values()),
        falsely_published=sum(state is S.PUBLISHED and not got[posts[post]] for post, state in states.items()),
        record_is_whole=house.record_is_whole(),
    )


def test_killed_once_at_each_side_effect_nothing_is_sent_twice_lost_or_falsely_published(tmp_path: Path, x: XProcess) -> None:
    tally = killed(tmp_path / "house", x, MOMENTS)
    assert (tally.doubled, tally.lost, tally.falsely_published) == (0, 0, 0)
    # The last daemon may have found on the platform by now what was unknown: then it is public, and counted above if it is not.
    assert tally.published + tally.unknown == len(MOMENTS)
    assert tally.unknown <= len(MAY_BE_PUBLIC)
    assert tally.record_is_whole


def test_the_count_notices_a_daemon_that_sends_the_unknown_again(tmp_path: Path, x: XProcess) -> None:
    assert killed(tmp_path / "house", x, ["answered"], bug="retries-the-unknown").doubled == 1


def test_the_count_notices_a_daemon_that_takes_the_unknown_for_published(tmp_path: Path, x: XProcess) -> None:
    assert killed(tmp_path / "house", x, ["intent-after-commit"], bug="believes-the-unknown").falsely_published == 1


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("latency", [0.0, 1.0, 10.0])
def test_killed_twenty_times_at_one_side_effect(
    tmp_path: Path, x: XProcess, store_url: str, latency: float, moment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = killed(tmp_path / "house", x, [moment] * TIMES, store_url=store_url, latency=latency)
    with capsys.disabled():
        print("\n" + tally.line("PostgreSQL" if store_url else "SQLite", latency, moment))
    assert (tally.doubled, tally.lost, tally.falsely_published) == (0, 0, 0)
    assert tally.unknown <= (TIMES if moment in MAY_BE_PUBLIC else 0)
    assert tally.published == TIMES - tally.unknown
    assert tally.record_is_whole
