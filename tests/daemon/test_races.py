"""Whatever stops a post at any moment before its intent is on record stops it, on every store: raced for, round after round."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from purdah_scheduler import bootstrap
from purdah_scheduler.application import calendars, deciding, stopping
from purdah_scheduler.application.outcomes import Owner
from purdah_scheduler.application.publishing import Publisher
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.content import short
from purdah_scheduler.domain.periods import Body, Kind, Nation, Period
from purdah_scheduler.errors import Refused, TryAgain
from tests.daemon.conftest import closing
from tests.houses import House, build

SHORT, LONG = 6, 250
STOPS = ("period.declared", "decision.withdraw", "publishing.paused")


def declare(house: House, post: int, account: str) -> None:
    """A general election is called, for this account alone: the other rounds go on."""
    now = house.office.now()
    period = Period(
        id=f"called-for-{post}",
        name="Invented general election",
        kind=Kind.GENERAL,
        bodies=frozenset({Body.UK_CIVIL_SERVICE}),
        nations=frozenset({Nation.UK}),
        starts=now - timedelta(days=1),
        ends=now + timedelta(days=40),
        source="invented for a test",
        accounts=frozenset({account}),
    )
    calendars.declare(house.office, house.actor("carys"), period)


def withdraw(house: House, post: int, account: str) -> None:
    """The person who cleared it takes the clearance back."""
    seen = short(house.view(post).digest)
    deciding.decide(
        house.office,
        house.actor("bede"),
        post,
        stage="approval",
        choice=Choice.WITHDRAW,
        typed_digest=seen,
        reason="A mistake in the third sentence.",
    )


def pause(house: House, post: int, account: str) -> None:
    """The account is stopped."""
    stopping.pause(house.office, house.actor("dougal"), reason="A break-in.", account=account)


@pytest.fixture(params=["sqlite", "postgresql"])
def make_house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[int], House]]:
    """Builds a house with so many accounts; the second call gives the same one with connections of its own."""
    url = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql")
        held = server.database()
        url = server.url(held.__enter__())
        request.addfinalizer(lambda: held.__exit__(None, None, None))  # noqa: PT021 - after the houses were closed
    opened: list[House] = []

    def make(accounts: int) -> House:
        if opened:
            config = opened[0].config
            opened.append(House(config=config, office=bootstrap.open_office(config)))
        else:
            opened.append(build(tmp_path / "house", accounts=[f"outbox{n}" for n in range(accounts)], store_url=url))
        return opened[-1]

    yield make
    for house in opened:
        with closing(house):
            pass


@pytest.mark.parametrize("rounds", [SHORT, pytest.param(LONG, marks=[pytest.mark.server, pytest.mark.timeout(3000)])])
@pytest.mark.parametrize("stop", [declare, withdraw, pause])
def test_nothing_is_sent_after_what_stops_it_is_on_record(
    make_house: Callable[[int], House], stop: Callable[[House, int, str], None], rounds: int
) -> None:
    chance = random.Random(rounds)
    people, machine = make_house(rounds), make_house(rounds)
    clock = bootstrap.SystemClock()
    publisher = Publisher(
        machine.office, owner=Owner(name="the daemon here"), open_channel=bootstrap.channel_opener(machine.config, clock)
    )
    sent = 0
    for number in range(rounds):
        account = f"outbox{number}"
        post = people.scheduled("An announcement.", account)
        before = newest(people)
        faults = race(
            lambda: [publisher.deliver(claimed) for claimed in publisher.claim(5)],
            partial(stop, people, post, account),
            wait=chance.uniform(-0.05, 0.05),
        )
        assert [fault for fault in faults if not isinstance(fault, Refused | TryAgain)] == []
        with people.office.store.read() as reader:
            since = {entry.action: entry.seq for entry in reader.entries(newest_first=True, limit=newest(people) - before)}
        stopped_at = next((since[action] for action in STOPS if action in since), None)
        sent_at = since.get("delivery.sending")
        assert stopped_at or sent_at, since
        assert stopped_at is None or sent_at is None or sent_at < stopped_at
        sent += sent_at is not None
    assert people.record_is_whole()
    if rounds == LONG:
        assert 0 < sent < rounds


def newest(house: House) -> int:
    """The number of the last entry of the record."""
    with house.office.store.read() as reader:
        return next((entry.seq for entry in reader.entries(newest_first=True, limit=1)), 0)


def race(one: Callable[[], object], other: Callable[[], object], *, wait: float) -> list[BaseException]:
    """Run both at once, the one `wait` seconds after the other (or before it); what they raised."""
    faults: list[BaseException] = []
    start = threading.Barrier(2)

    def run(call: Callable[[], object], delay: float) -> None:
        start.wait()
        time.sleep(max(0.0, delay))
        try:
            call()
        except Exception as fault:  # noqa: BLE001  carried to the test's own thread
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(one, wait)), threading.Thread(target=run, args=(other, -wait))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults
