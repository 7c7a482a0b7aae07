"""Killed at every side effect of a delivery, however slow the platform: nothing twice, lost or falsely published.

Each round queues a post on an account of its own and starts a daemon that is killed at the moment that is asked for; it finds
what the rounds before left behind. A last daemon carries all to an end, and what the stand-in for X got is compared with the
store. The long rounds (`make test-long`) print a line for each moment, latency and store.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from purdah_scheduler.domain import threads
from purdah_scheduler.domain.posts import Delivery, DeliveryState, HoldReason
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
    """Posts that a person has to look at, see `in_doubt`."""
    doubled: int
    """Whole requests beyond the first for a post."""
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


def in_doubt(entry: Delivery, *, is_there: bool) -> bool:
    """Whether it waits for a person: nobody knows, or the platform was asked twice, a minute apart, and does not have it."""
    never_left = entry.state is S.HELD and entry.reason_code == HoldReason.NOT_SENT and not is_there
    return entry.state is S.UNKNOWN or never_left


def _count(house: House, x: XProcess, posts: dict[int, str]) -> Tally:
    got = Counter(x.texts())
    found = {post: house.delivery(post) for post in posts}
    states = {post: entry.state for post, entry in found.items()}
    doubted = {post for post, entry in found.items() if in_doubt(entry, is_there=got[posts[post]] > 0)}
    return Tally(
        posts=len(posts),
        published=sum(state is S.PUBLISHED for state in states.values()),
        unknown=len(doubted),
        doubled=x.repeated(),
        lost=sum(state is not S.PUBLISHED and post not in doubted for post, state in states.items()),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadTally:
    """What became of some threads of which a daemon was killed at one part."""

    whole: int
    """Threads of which every part is public."""
    in_doubt: int
    """Threads that wait for a person at the part at which the daemon was killed (see `in_doubt`); nothing behind it was sent."""
    beside: int
    """The same, for a part that a daemon was sending when it was killed at a part of another thread."""
    doubled: int
    disordered: int
    """Parts that are on the platform and do not answer the part before them."""
    wrong: tuple[str, ...]
    """Threads that ended in any other way, or of which not those parts are on the platform that the store says are public."""
    record_is_whole: bool


def killed_in_threads(
    folder: Path, x: XProcess, deaths: Sequence[tuple[str, int]], *, store_url: str = "", parts: int = 3
) -> ThreadTally:
    """Kill a daemon at each moment of each part that is named, each in a thread of its own, let another one finish, and count."""
    accounts = [f"x{number}" for number in range(len(deaths))]
    for account in accounts:
        write_credentials(folder / f"{account}.toml")
    allowed = dict.fromkeys(accounts, "threads = true\n")
    with closing(build(folder, accounts=accounts, x_base_url=x.base_url, lines=allowed, store_url=store_url)) as house:
        said: dict[int, list[str]] = {}
        killers: dict[int, int] = {}
        for number, (account, (moment, part)) in enumerate(zip(accounts, deaths, strict=True)):
            words = [f"Gauge {number}: reading {each}." for each in range(1, parts + 1)]
            post = house.scheduled("\n---\n".join(words), account)
            said[post] = words
            with daemon(house, "--dies-at", moment, "--part", str(part), "--account", account) as process:
                killers[post] = process.pid
                assert process.ended() == -9, f"it was not killed at {moment} of part {part}: {process.said()}"
        ends = time.monotonic() + _LONGEST
        while time.monotonic() < ends and _is_under_way(house, said):
            with running(house) as process:
                while time.monotonic() < ends and _is_under_way(house, said):
                    time.sleep(0.1)
                assert process.stop() == 0  # it may have settled a doubt meanwhile, and queued the part behind it
        _wait_for_the_platform(x, 0.0)
        return _count_threads(house, x, said, killers)


def _is_under_way(house: House, posts: Iterable[int]) -> bool:
    return any(next_of(house, post).state in _UNDER_WAY for post in posts)


def next_of(house: House, post: int) -> Delivery:
    """The first part that is not public, or the last one."""
    with house.office.store.read() as reader:
        known = threads.current(reader.deliveries(post), reader.targets(post)[0].account)
    return next((entry for entry in known if entry.state is not S.PUBLISHED), known[-1])


def last_sender(house: House, entry: Delivery) -> str:
    """The daemon that began the last request for it; empty where none did."""
    with house.office.store.read() as reader:
        return next((attempt.owner for attempt in reversed(reader.attempts(entry.id))), "")


def _count_threads(house: House, x: XProcess, said: dict[int, list[str]], killers: dict[int, int]) -> ThreadTally:
    chain = x.chain()
    answers = dict(chain)
    whole = by_itself = beside = disordered = 0
    wrong = []
    for post, words in said.items():
        there = [text for text in words if text in answers]
        disordered += sum(answers[text] != before for before, text in zip(["", *words], there, strict=False))
        stopped = next_of(house, post)
        public = len(words) if stopped.state is S.PUBLISHED else stopped.part - 1
        own = f":{killers[post]}:" in last_sender(house, stopped)
        whole += stopped.state is S.PUBLISHED
        doubted = in_doubt(stopped, is_there=len(there) > public)
        by_itself += doubted and own
        beside += doubted and not own
        # What nobody knows of may be there as well; of what is behind it there is nothing.
        as_told = len(there) in (public, public + (stopped.state is S.UNKNOWN))
        if not (stopped.state is S.PUBLISHED or doubted) or not as_told:
            wrong.append(f"{words[0]} part {stopped.part} {stopped.state} ({stopped.reason}), {len(there)} parts are there")
    return ThreadTally(
        whole=whole,
        in_doubt=by_itself,
        beside=beside,
        doubled=x.repeated(),
        disordered=disordered,
        wrong=tuple(wrong),
        record_is_whole=house.record_is_whole(),
    )


def test_a_thread_killed_at_each_side_effect_of_its_second_part_goes_on_in_order_or_waits_for_a_person(
    tmp_path: Path, x: XProcess
) -> None:
    tally = killed_in_threads(tmp_path / "house", x, [(moment, 2) for moment in MOMENTS])
    assert (tally.doubled, tally.disordered, tally.wrong) == (0, 0, ())
    assert tally.whole + tally.in_doubt + tally.beside == len(MOMENTS)
    assert tally.in_doubt <= len(MAY_BE_PUBLIC)
    assert tally.record_is_whole


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_thread_killed_at_one_side_effect_of_each_part(
    tmp_path: Path, x: XProcess, store_url: str, moment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rounds = [(moment, part) for part in (1, 2, 3) for _ in range(7)]
    tally = killed_in_threads(tmp_path / "house", x, rounds, store_url=store_url)
    with capsys.disabled():
        print(f"\n{'PostgreSQL' if store_url else 'SQLite':<11} thread  {moment:<22} {tally}")
    assert (tally.doubled, tally.disordered, tally.wrong) == (0, 0, ())
    assert tally.whole + tally.in_doubt + tally.beside == len(rounds)
    assert tally.in_doubt <= (len(rounds) if moment in MAY_BE_PUBLIC else 0)
    assert tally.record_is_whole


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
