"""An intent is written a moment before its time and committed at it: what is changed before that counts, and none is early."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from purdah_scheduler.application.awaiting import AHEAD, LEAD
from purdah_scheduler.application.intents import Wish
from purdah_scheduler.application.outcomes import Owner
from purdah_scheduler.application.publishing import Publisher
from purdah_scheduler.domain.posts import DeliveryState, HoldReason
from purdah_scheduler.errors import TryAgain
from tests.application.desk import MONDAY, Desk
from tests.application.test_publishing import Scripted, attempts

S = DeliveryState
DUE = MONDAY + timedelta(hours=2)


class Held:
    """A publisher of a post that is due in a moment; `meanwhile` happens while its intent is written and waits for its time."""

    def __init__(self, desk: Desk, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.desk, self.meanwhile = desk, meanwhile
        self.post = desk.queued(DUE)
        self.sent: list[datetime] = []
        self.written_at: list[datetime] = []
        self.held_for: list[float] = []
        self.doubt = ""
        self.inside = False
        self.channel = Scripted(on_commit=lambda: self.sent.append(desk.clock.now()))
        self.publisher = Publisher(
            desk.office,
            owner=Owner(name="daemon-1", lease=timedelta(seconds=90)),
            open_channel=self.channel,
            prepares=lambda _account: False,
            clock_doubt=self.ask_the_clock,
            wait=self.wait,
        )
        desk.clock.forward(DUE - AHEAD - desk.clock.now())

    def ask_the_clock(self) -> str:
        """The gate asks it, so the transaction is under way."""
        self.inside = True
        return self.doubt

    def wait(self, seconds: float) -> None:
        """Time goes by."""
        if self.inside:
            self.written_at.append(self.desk.clock.now())
            self.held_for.append(seconds)
            self.meanwhile()
        self.desk.clock.forward(timedelta(seconds=seconds))

    def run(self) -> DeliveryState:
        """Claim it and carry it out."""
        (claimed,) = self.publisher.claim(1, ahead=AHEAD)
        try:
            return self.publisher.deliver(claimed).state
        finally:
            self.inside = False

    def again(self) -> DeliveryState:
        """As the daemon does a moment after the store could not be asked."""
        return self.publisher.deliver(self.desk.delivery(self.post)).state


def test_it_is_written_before_its_time_and_counts_from_then_on(desk: Desk) -> None:
    held = Held(desk)
    seen: list[tuple[S, int]] = []
    held.meanwhile = lambda: seen.append((desk.delivery(held.post).state, len(attempts(desk, held.post))))
    assert held.run() is S.PUBLISHED
    (written,) = held.written_at
    assert DUE - LEAD <= written < DUE
    assert seen == [(S.CLAIMED, 0)]
    assert held.sent == [DUE]
    with desk.office.store.read() as reader:
        assert [attempt.intent_at for attempt in reader.attempts(desk.delivery(held.post).id)] == [DUE]
        (intent,) = (entry for entry in reader.entries(post=held.post) if entry.action == "delivery.sending")
    assert intent.at == DUE
    assert written.isoformat() in intent.public


def test_the_emergency_stop_in_that_moment_counts(desk: Desk) -> None:
    held = Held(desk)
    held.meanwhile = lambda: desk.office.stop.set("Something is wrong.")
    with pytest.raises(TryAgain, match="nothing was sent"):
        held.run()
    assert (held.sent, attempts(desk, held.post), desk.delivery(held.post).state) == ([], [], S.CLAIMED)
    assert held.again() is S.HELD
    assert (held.sent, desk.delivery(held.post).reason_code) == ([], HoldReason.PAUSED)


def test_a_clock_that_is_doubted_in_that_moment_counts(desk: Desk) -> None:
    held = Held(desk)

    def doubted() -> None:
        held.doubt = "The clock was set."

    held.meanwhile = doubted
    with pytest.raises(TryAgain, match="nothing was sent"):
        held.run()
    assert held.again() is S.HELD
    assert (held.sent, desk.delivery(held.post).reason_code) == ([], HoldReason.CLOCK)


def test_where_the_clock_goes_back_in_that_moment_nothing_was_written(desk: Desk) -> None:
    def back() -> None:
        desk.clock.at -= timedelta(hours=1)

    held = Held(desk, back)
    with pytest.raises(TryAgain, match="nothing was sent"):
        held.run()
    assert (held.sent, attempts(desk, held.post)) == ([], [])
    assert held.again() is S.SCHEDULED
    assert held.sent == []


def test_the_turn_of_the_writers_is_held_no_longer_before_its_time_than_the_writing_took_before(desk: Desk) -> None:
    held = Held(desk)
    held.run()
    for hours in range(1, 12):
        held.post = desk.queued(DUE + timedelta(hours=hours), f"Gauge {hours}: normal.")
        desk.clock.forward(DUE + timedelta(hours=hours) - AHEAD - desk.clock.now())
        held.run()
    assert len(held.held_for) == 12  # this clock stands still while it is written
    assert held.held_for[-1] < 0.001 < held.held_for[0] <= LEAD.total_seconds()


def test_what_is_due_later_is_not_waited_for_with_the_turn_in_hand(desk: Desk) -> None:
    held = Held(desk)
    (claimed,) = held.publisher.claim(1, ahead=AHEAD)
    first, in_time = Wish(claimed=claimed, staged={}), held.publisher._record_intents
    for later, together in ((0, True), (5, True), (6, False), (100, False)):
        wish = Wish(claimed=replace(claimed, due_at=DUE + timedelta(milliseconds=later)), staged={})
        assert in_time.fits(first, wish) is together
    desk.clock.forward(AHEAD + timedelta(milliseconds=50))
    assert in_time.fits(first, Wish(claimed=replace(claimed, due_at=DUE + timedelta(milliseconds=55)), staged={}))
