"""What is claimed a moment ahead of its time: prepared early, asked about and sent at its time, and never early."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from purdah_scheduler.application import calendars, stopping, writing
from purdah_scheduler.application.awaiting import AHEAD, Awaiting, Starting
from purdah_scheduler.application.publishing import Owner, Publisher
from purdah_scheduler.domain.audit import NewEntry
from purdah_scheduler.domain.periods import EndMode, Kind, Period
from purdah_scheduler.domain.posts import DeliveryState, HoldReason
from tests.application.desk import ANN, BOB, MONDAY, OLA, Desk, election
from tests.application.test_publishing import Scripted, actions, attempts

S = DeliveryState
DUE = MONDAY + timedelta(hours=2)
PREPARING = pytest.mark.parametrize("prepares", [True, False], ids=["with something to prepare", "with nothing to prepare"])


class Office:
    """A publisher half a second before a post is due, and when its platform was asked."""

    def __init__(self, desk: Desk, *, prepares: bool, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.desk, self.meanwhile = desk, meanwhile
        self.sent: list[datetime] = []
        self.waited: list[float] = []
        self.channel = Scripted(on_commit=lambda: self.sent.append(desk.clock.now()))
        self.publisher = Publisher(
            desk.office,
            owner=Owner(name="daemon-1", lease=timedelta(seconds=90)),
            open_channel=self.channel,
            prepares=lambda _account: prepares,
            wait=self.wait,
        )

    def wait(self, seconds: float) -> None:
        """Time goes by; `meanwhile` happens the first time."""
        self.waited.append(seconds)
        if len(self.waited) == 1:
            self.meanwhile()
        self.desk.clock.forward(timedelta(seconds=seconds))

    def run(self, *, begins: float | None = None) -> None:
        """Claim what is due in a moment and carry it out."""
        for claimed in self.publisher.claim(4, ahead=AHEAD):
            self.publisher.deliver(claimed, begins=begins)


def just_before(desk: Desk) -> None:
    desk.clock.forward(DUE - AHEAD - desk.clock.now())


@PREPARING
def test_it_is_claimed_ahead_and_sent_at_its_time(desk: Desk, prepares: bool) -> None:
    post = desk.queued(DUE)
    office = Office(desk, prepares=prepares)
    desk.clock.forward(DUE - AHEAD - desk.clock.now() - timedelta(microseconds=1))
    assert office.publisher.claim(4, ahead=AHEAD) == ()
    desk.clock.forward(timedelta(microseconds=1))
    office.run()
    assert office.sent == [DUE]
    assert desk.delivery(post).state is S.PUBLISHED
    with desk.office.store.read() as reader:
        assert [attempt.intent_at for attempt in reader.attempts(desk.delivery(post).id)] == [DUE]


def in_force(desk: Desk, period: Period) -> None:
    """Declared on another host, so that no sweep of this queue comes first."""
    with desk.office.store.write() as tx:
        tx.declare_period(period)
        tx.record(NewEntry(action="period.declared", at=desk.clock.now(), public={}, private={}))


@PREPARING
def test_a_block_that_ends_at_its_time_does_not_hold_it(desk: Desk, prepares: bool) -> None:
    post = desk.queued(DUE)
    in_force(desk, election(kind=Kind.FREEZE, starts=MONDAY - timedelta(days=2), ends=DUE, end_mode=EndMode.FIXED))
    just_before(desk)
    office = Office(desk, prepares=prepares)
    office.run()
    assert (desk.delivery(post).reason, office.sent) == ("", [DUE])


@PREPARING
def test_a_block_that_begins_at_its_time_holds_it(desk: Desk, prepares: bool) -> None:
    post = desk.queued(DUE, category="visit-photo")
    in_force(desk, election(starts=DUE, ends=DUE + timedelta(days=30)))
    just_before(desk)
    office = Office(desk, prepares=prepares)
    office.run()
    assert (desk.delivery(post).reason_code, office.sent) == (HoldReason.BLOCKED, [])


@PREPARING
def test_a_window_that_opens_at_its_time_is_open(desk: Desk, prepares: bool) -> None:
    post = desk.queued(DUE, not_before=DUE)
    just_before(desk)
    Office(desk, prepares=prepares).run()
    assert desk.delivery(post).state is S.PUBLISHED


@pytest.mark.parametrize("sent", [True, False], ids=["sent", "stalled before its request"])
def test_a_request_is_counted_as_coming_from_its_intent_until_it_begins(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, sent: bool
) -> None:
    counted: list[tuple[str, int]] = []
    expect, begins = Starting.expect, Starting.one_begins

    def expected(starting: Starting, requests: int) -> None:
        expect(starting, requests)
        counted.append(("intent", starting.coming()))
        desk.clock.forward(timedelta(seconds=0 if sent else 120))

    def begun(starting: Starting) -> None:
        begins(starting)
        counted.append(("begins", starting.coming()))

    monkeypatch.setattr(Starting, "expect", expected)
    monkeypatch.setattr(Starting, "one_begins", begun)
    post = desk.queued(DUE)
    just_before(desk)
    office = Office(desk, prepares=False)
    office.channel.on_commit = lambda: counted.append(("request", 0))
    office.run()
    assert counted == [("intent", 1), ("begins", 0), *[("request", 0)] * sent]
    assert desk.delivery(post).state is (S.PUBLISHED if sent else S.SCHEDULED)


def edited(desk: Desk, post: int) -> None:
    writing.revise(desk.office, desk.act(ANN), post, desk.draft("Other words."))


def paused(desk: Desk, _post: int) -> None:
    stopping.pause(desk.office, desk.act(OLA), reason="Something is wrong")


def declared(desk: Desk, _post: int) -> None:
    calendars.declare(desk.office, desk.act(BOB), election())


@PREPARING
@pytest.mark.parametrize("change", [edited, paused, declared], ids=lambda change: change.__name__)
def test_what_people_do_between_the_claim_and_its_time_counts(
    desk: Desk, prepares: bool, change: Callable[[Desk, int], None]
) -> None:
    post = desk.queued(DUE, category="visit-photo")
    just_before(desk)
    office = Office(desk, prepares=prepares, meanwhile=lambda: change(desk, post))
    office.run()
    assert (office.sent, attempts(desk, post)) == ([], [])
    assert desk.delivery(post).state in (S.HELD, S.CANCELLED)


@PREPARING
def test_where_the_clock_goes_back_meanwhile_it_is_given_back_unsent(desk: Desk, prepares: bool) -> None:
    def back() -> None:
        desk.clock.at -= timedelta(hours=1)

    post = desk.queued(DUE)
    just_before(desk)
    office = Office(desk, prepares=prepares, meanwhile=back)
    office.run()
    assert (office.sent, attempts(desk, post), len(office.waited)) == ([], [], 1)
    assert desk.delivery(post).state is S.SCHEDULED
    assert actions(desk, post)[-1] == "delivery.unclaimed"


def test_it_waits_for_the_boot_clock_too_where_the_wall_is_ahead_of_what_can_be_believed(desk: Desk) -> None:
    post = desk.queued(DUE)
    desk.clock.forward(DUE - desk.clock.now())
    office = Office(desk, prepares=False)
    office.run(begins=desk.clock.boot_seconds() + 0.25)
    assert (round(sum(office.waited), 6), office.sent) == (0.25, [DUE + timedelta(seconds=0.25)])
    assert desk.delivery(post).state is S.PUBLISHED


def test_who_has_waited_and_is_about_to_go_on_is_counted_and_who_waits_on_is_not(desk: Desk) -> None:
    counted: list[int] = []
    waiting = Awaiting(lambda: desk.clock, lambda _seconds: None)

    def wait(seconds: float) -> None:
        counted.append(waiting.coming())
        desk.clock.forward(timedelta(seconds=seconds))
        counted.append(waiting.coming())

    waiting = Awaiting(lambda: desk.clock, wait)
    post = desk.queued(DUE)
    just_before(desk)
    waiting(desk.delivery(post), None)
    assert (counted, waiting.coming()) == ([0, 1], 0)
