"""Handing out: as many as there are hands, nothing without room on the disk, and no fault that goes unsaid."""

import io
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from purdah_scheduler.application.awaiting import AHEAD
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.outcomes import Owner
from purdah_scheduler.application.publishing import Publisher
from purdah_scheduler.bootstrap import channel_opener
from purdah_scheduler.daemon import dispatch
from purdah_scheduler.daemon.dispatch import Dispatcher
from purdah_scheduler.daemon.journal import Journal
from purdah_scheduler.daemon.room import ROOM
from purdah_scheduler.daemon.timekeeping import ClockWatch
from purdah_scheduler.domain.posts import Delivery, DeliveryState
from purdah_scheduler.errors import ProductError, StoreUnusable, TryAgain
from tests.daemon.processes import until
from tests.houses import House

S = DeliveryState


class Usage(NamedTuple):
    """What `shutil.disk_usage` says."""

    total: int
    used: int
    free: int


class Scripted(Publisher):
    """A publisher whose `deliver` first does what a test says; `tries` counts the calls."""

    before: Callable[[], None]
    tries = 0

    def deliver(self, claimed: Delivery, *, begins: float | None = None) -> Delivery:
        self.tries += 1
        self.before()
        return super().deliver(claimed, begins=begins)


class Bench:
    """A dispatcher on a house, and everything that it said."""

    def __init__(self, house: House, *, hands: int = 4, before: Callable[[], None] = lambda: None) -> None:
        office: Office = house.office
        self.out = io.StringIO()
        self.broken: list[ProductError] = []
        self.publisher = Scripted(
            office, owner=Owner(name="bench"), open_channel=channel_opener(house.config, office.clock), wait=lambda _seconds: None
        )
        self.publisher.before = before
        self.dispatcher = Dispatcher(
            office,
            self.publisher,
            watch=ClockWatch(office.clock, high_water=None),
            journal=Journal(self.out, now=office.clock.now),
            hands=hands,
            folder=house.config.store_path.parent,
            ended=lambda: None,
            broken=self.broken.append,
            login_refused=lambda _account: None,
        )

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.getvalue().splitlines()]

    def named(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events() if event["event"] == name]


@contextmanager
def bench(house: House, *, hands: int = 4, before: Callable[[], None] = lambda: None) -> Iterator[Bench]:
    """A bench that is cleared in the end."""
    made = Bench(house, hands=hands, before=before)
    try:
        yield made
    finally:
        made.dispatcher.close()
        until(lambda: made.dispatcher.under_way == 0)


def waited_for(event: threading.Event) -> None:
    """Wait, but not for ever."""
    event.wait(20)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between tries are for people and disks."""
    monkeypatch.setattr(dispatch, "_PATIENCE", (0.01, 0.01))


def test_with_all_hands_full_nothing_more_is_claimed_until_one_is_free(quiet_house: House) -> None:
    go_on = threading.Event()
    first = quiet_house.scheduled("One.", "outbox")
    second = quiet_house.scheduled("Two.", "other")
    with bench(quiet_house, hands=1, before=lambda: waited_for(go_on)) as made:
        again_at = made.dispatcher.look()
        assert made.dispatcher.under_way == 1
        assert quiet_house.delivery(second).state is S.SCHEDULED
        assert again_at > datetime.now(UTC) + timedelta(seconds=0.5)
        go_on.set()
        until(lambda: made.dispatcher.under_way == 0)
        made.dispatcher.look()
        until(lambda: quiet_house.delivery(second).state is S.PUBLISHED)
    assert quiet_house.delivery(first).state is S.PUBLISHED


def test_a_busy_account_does_not_make_it_look_without_a_pause(quiet_house: House) -> None:
    go_on = threading.Event()
    for number in range(3):
        quiet_house.scheduled(f"Number {number}.", "outbox")
    with bench(quiet_house, before=lambda: waited_for(go_on)) as made:
        assert made.dispatcher.look() > datetime.now(UTC) + timedelta(seconds=0.5)
        assert made.dispatcher.look() > datetime.now(UTC) + timedelta(seconds=0.5)
        assert made.dispatcher.under_way == 1
        go_on.set()


def test_the_next_look_is_at_the_next_due_moment(quiet_house: House) -> None:
    with bench(quiet_house) as made:
        assert made.dispatcher.look() == datetime.max.replace(tzinfo=UTC)
        post = quiet_house.scheduled("Tomorrow.", due_in=timedelta(days=1))
        assert made.dispatcher.look() == quiet_house.delivery(post).due_at - AHEAD


def test_what_is_due_in_a_moment_is_claimed_already_and_goes_out_at_its_time(quiet_house: House) -> None:
    post = quiet_house.scheduled("In a moment.", due_in=AHEAD * 0.8)
    due_at = quiet_house.delivery(post).due_at
    with bench(quiet_house) as made:
        made.dispatcher.look()
        assert quiet_house.delivery(post).state is S.CLAIMED or quiet_house.office.now() >= due_at
        until(lambda: quiet_house.delivery(post).state is S.PUBLISHED)
    with quiet_house.office.store.read() as reader:
        (attempt,) = reader.attempts(quiet_house.delivery(post).id)
    assert attempt.intent_at >= due_at


def test_without_room_to_record_nothing_is_sent_and_it_is_said_once(quiet_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    post = quiet_house.scheduled("No room.")
    free = [ROOM - 1]
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 0, free[0]))
    with bench(quiet_house) as made:
        for _ in range(3):
            made.dispatcher.look()
        assert quiet_house.delivery(post).state is S.SCHEDULED
        assert made.dispatcher.without_room
        assert len(made.named("disk.full")) == 1
        free[0] = ROOM
        made.dispatcher.look()
        until(lambda: quiet_house.delivery(post).state is S.PUBLISHED)
        assert len(made.named("disk.full.over")) == 1


def test_a_store_that_is_busy_for_a_moment_costs_a_try_and_nothing_else(quiet_house: House) -> None:
    faults = [TryAgain("busy"), TryAgain("busy")]

    def busy() -> None:
        if faults:
            raise faults.pop()

    post = quiet_house.scheduled("After two tries.")
    with bench(quiet_house, before=busy) as made:
        made.dispatcher.look()
        until(lambda: quiet_house.delivery(post).state is S.PUBLISHED)
    assert made.publisher.tries == 3
    assert len(made.named("delivery.waits")) == 2


def test_a_store_that_stays_busy_leaves_the_claim_to_its_lease_and_says_so(quiet_house: House) -> None:
    def busy() -> None:
        raise TryAgain("busy")

    post = quiet_house.scheduled("Not now.")
    with bench(quiet_house, before=busy) as made:
        made.dispatcher.look()
        until(lambda: made.named("delivery.left"))
    assert quiet_house.delivery(post).state is S.CLAIMED
    assert made.broken == []


def test_a_store_that_is_lost_ends_the_daemon(quiet_house: House) -> None:
    fault = StoreUnusable("moved away")

    def lost() -> None:
        raise fault

    quiet_house.scheduled("Where?")
    with bench(quiet_house, before=lost) as made:
        made.dispatcher.look()
        until(lambda: made.broken)
    assert made.broken == [fault]


def test_a_fault_that_nobody_foresaw_is_said_by_its_kind_alone(quiet_house: House) -> None:
    def odd() -> None:
        raise KeyError("words of the post")

    quiet_house.scheduled("Oh.")
    with bench(quiet_house, before=odd) as made:
        made.dispatcher.look()
        until(lambda: made.named("delivery.fault"))
    assert made.named("delivery.fault")[0]["fault"] == "KeyError"
    assert "words" not in made.out.getvalue()


def test_nothing_is_claimed_after_the_end_was_announced(quiet_house: House) -> None:
    post = quiet_house.scheduled("Too late to begin.")
    with bench(quiet_house) as made:
        made.dispatcher.stop_claiming()
        assert made.dispatcher.look() == datetime.max.replace(tzinfo=UTC)
        assert not made.dispatcher.hand_out()
    assert quiet_house.delivery(post).state is S.SCHEDULED


def test_what_waits_for_a_person_is_counted_and_has_its_next_step(quiet_house: House) -> None:
    quiet_house.scheduled("Blocked.")
    quiet_house.office.stop.set("fire")
    with bench(quiet_house) as made:
        made.dispatcher.look()
        until(lambda: made.named("delivery.held"))
        assert made.dispatcher.needs_a_person == 1
    assert made.named("delivery.held")[0]["next_step"] == "purdah-scheduler post show 1"
