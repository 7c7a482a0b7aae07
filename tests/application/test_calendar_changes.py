"""What loosens a period waits for a second person, what tightens it sweeps at once, and no end of a period sends anything."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from purdah_scheduler.application import calendar_changes, calendars, scheduling, stopping, sweeping, turns
from purdah_scheduler.application.calendar_changes import Changed
from purdah_scheduler.application.gate import Answer, ask
from purdah_scheduler.application.publishing import Owner, Publisher
from purdah_scheduler.channels import catalogue
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.people import Person
from purdah_scheduler.domain.period_changes import Action
from purdah_scheduler.domain.period_changes import Answer as Word
from purdah_scheduler.domain.periods import EndMode, Period, PeriodStatus
from purdah_scheduler.domain.posts import Delivery, DeliveryState, HoldReason
from purdah_scheduler.errors import BadInput, HeldByGate, NotAllowed, NotFound, WrongState
from tests.application.desk import ALF, ANN, BOB, MONDAY, OLA, PAT, VIC, Desk, election

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOON = MONDAY + 3 * HOUR
WHY = "A note from the Cabinet Office."


def fixed(**changes: object) -> Period:
    """A general election with an end of its own, ten days on."""
    return election(**{"end_mode": EndMode.FIXED, "ends": MONDAY + 10 * DAY, **changes})


def change(desk: Desk, action: Action, *, period: str = "ge-test", at: datetime | None = None, by: Person = ANN) -> Changed:
    return calendar_changes.change(desk.office, desk.act(by), period, action, instant=at, reason=WHY)


def changed_by_two(desk: Desk, action: Action, *, at: datetime | None = None, period: str = "ge-test") -> Changed:
    """Proposed by Ann, accepted by Bob."""
    asked = change(desk, action, at=at, period=period)
    assert asked.proposal is not None
    return calendar_changes.accept(desk.office, desk.act(BOB), asked.proposal.id)


def held_announcement(desk: Desk, due: datetime = NOON, period: Period | None = None) -> int:
    """A post that was queued before the election was declared, and is held by it."""
    post = desk.queued(due, category="announcement")
    calendars.declare(desk.office, desk.act(PAT), period or election())
    assert desk.delivery(post).reason_code == HoldReason.BLOCKED
    return post


def answer(desk: Desk, post: int, at: datetime) -> Answer:
    with desk.office.store.read() as reader:
        return ask(reader, house=desk.office.house, shelf=desk.office.shelf, post=post, account="dept", at=at)


def period_now(desk: Desk, period: str = "ge-test") -> Period:
    with desk.office.store.read() as reader:
        return next(known for known in desk.office.house.calendar(reader) if known.id == period)


def send(desk: Desk) -> Delivery:
    """What a daemon makes of the one delivery that is due now."""
    publisher = Publisher(
        desk.office,
        owner=Owner(name="daemon-1"),
        open_channel=lambda account: catalogue.open_channel(
            account, data_dir=desk.folder, credentials_dir=None, now=desk.clock.now
        ),
    )
    (entry,) = publisher.claim(1)
    return publisher.deliver(entry)


# --- the second person --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts_in", "waits"),
    [(-DAY, True), (DAY, True), (30 * DAY, True), (30 * DAY + timedelta(microseconds=1), False), (90 * DAY, False)],
)
@pytest.mark.parametrize("action", [Action.CANCEL, Action.SHORTEN])
def test_loosening_waits_up_to_and_including_thirty_days_before_the_start(
    desk: Desk, action: Action, starts_in: timedelta, waits: bool
) -> None:
    starts = MONDAY + starts_in
    calendars.declare(desk.office, desk.act(PAT), fixed(starts=starts, ends=starts + 20 * DAY))
    before = period_now(desk)
    asked = change(desk, action, at=starts + 9 * DAY if action is Action.SHORTEN else None, by=BOB)
    assert (asked.proposal is not None) is waits
    assert (period_now(desk) == before) is waits


def test_loosening_alone_what_is_far_off_takes_more_than_an_author(desk: Desk) -> None:
    starts = MONDAY + 90 * DAY
    calendars.declare(desk.office, desk.act(PAT), election(starts=starts, ends=starts + DAY))
    with pytest.raises(NotAllowed):
        change(desk, Action.CANCEL, by=ALF)
    assert not period_now(desk).is_off


def test_a_proposal_changes_nothing_and_releases_nothing(desk: Desk) -> None:
    post = held_announcement(desk)
    before = desk.delivery(post)
    asked = change(desk, Action.LIFT)
    assert asked.proposal is not None
    assert asked.seconds == ("bob", "ola", "pat")
    assert desk.delivery(post) == before
    assert answer(desk, post, NOON).holds[0].code is HoldReason.BLOCKED
    with pytest.raises(HeldByGate):
        scheduling.release(desk.office, desk.act(ANN), post, at=NOON)


def test_nobody_accepts_their_own_proposal_whatever_their_roles(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    asked = change(desk, Action.LIFT, by=ANN)
    assert asked.proposal is not None
    with pytest.raises(NotAllowed, match="somebody else"):
        calendar_changes.accept(desk.office, desk.act(ANN), asked.proposal.id)
    assert period_now(desk).in_force(MONDAY)


@pytest.mark.parametrize("person", [ALF, VIC])
def test_authors_and_viewers_accept_and_refuse_nothing(desk: Desk, person: Person) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    asked = change(desk, Action.LIFT)
    assert asked.proposal is not None
    for word in (calendar_changes.accept, calendar_changes.refuse):
        with pytest.raises(NotAllowed):
            word(desk.office, desk.act(person), asked.proposal.id)


def test_a_viewer_proposes_nothing(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    with pytest.raises(NotAllowed):
        change(desk, Action.LIFT, by=VIC)


def test_a_suspended_person_counts_neither_as_first_nor_as_second(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    asked = change(desk, Action.LIFT)
    assert asked.proposal is not None
    stopping.suspend(desk.office, desk.act(OLA), "bob")
    with pytest.raises(NotAllowed, match="suspended"):
        calendar_changes.accept(desk.office, desk.act(BOB), asked.proposal.id)
    stopping.suspend(desk.office, desk.act(OLA), "ann")
    with pytest.raises(WrongState, match="suspended"):
        calendar_changes.accept(desk.office, desk.act(PAT), asked.proposal.id)
    assert period_now(desk).in_force(MONDAY)


def test_a_refused_proposal_stays_refused_and_the_period_holds(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    asked = change(desk, Action.LIFT)
    assert asked.proposal is not None
    refused = calendar_changes.refuse(desk.office, desk.act(BOB), asked.proposal.id, reason="Not yet.")
    assert (refused.answer, refused.answered_by) == (Word.REFUSED, "bob")
    for word in (calendar_changes.accept, calendar_changes.refuse):
        with pytest.raises(WrongState, match="refused"):
            word(desk.office, desk.act(PAT), asked.proposal.id)
    assert period_now(desk).in_force(MONDAY)


def test_an_author_takes_back_a_proposal_of_their_own(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    asked = change(desk, Action.LIFT, by=ALF)
    assert asked.proposal is not None
    assert calendar_changes.refuse(desk.office, desk.act(ALF), asked.proposal.id).answer is Word.REFUSED


def test_a_proposal_lapses_when_the_period_is_changed_meanwhile(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), fixed())
    asked = change(desk, Action.SHORTEN, at=NOON)
    assert asked.proposal is not None
    change(desk, Action.EXTEND, at=MONDAY + 20 * DAY)
    with pytest.raises(WrongState, match="changed after proposal"):
        calendar_changes.accept(desk.office, desk.act(BOB), asked.proposal.id)
    assert period_now(desk).ends == MONDAY + 20 * DAY


def test_one_change_is_proposed_once_at_a_time(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    change(desk, Action.LIFT)
    with pytest.raises(WrongState, match="waits for an answer already"):
        change(desk, Action.LIFT, by=PAT)


def test_every_change_and_answer_is_on_a_record_that_verifies(desk: Desk) -> None:
    post = held_announcement(desk)
    changed_by_two(desk, Action.LIFT)
    with desk.office.store.read() as reader:
        entries = list(reader.entries())
        proposal = reader.proposals()[0]
        (made,) = reader.period_changes()
    actions = [entry.action for entry in entries]
    assert actions[-3:] == ["period.proposed", "period.lifted", "delivery.returned"]
    lifted = entries[-2].facts
    assert (lifted["person"], lifted["proposer"], lifted["people"], lifted["reason"]) == ("bob", "ann", 2, WHY)
    assert entries[-1].post == post
    assert (proposal.answer, proposal.answered_by) == (Word.ACCEPTED, "bob")
    assert (made.person, made.second) == ("ann", "bob")
    assert verify(entries).ok


# --- what each change does ----------------------------------------------------------------------------------------


def test_confirming_takes_one_person_and_a_provisional_period(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election(status=PeriodStatus.PROVISIONAL))
    assert calendar_changes.change(desk.office, desk.act(ALF), "ge-test", Action.CONFIRM).proposal is None
    assert period_now(desk).status is PeriodStatus.CONFIRMED
    with pytest.raises(WrongState, match="nothing to confirm"):
        calendar_changes.change(desk.office, desk.act(ALF), "ge-test", Action.CONFIRM)


def test_extending_holds_at_once_what_it_newly_blocks(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), fixed())
    inside = desk.queued(MONDAY + 11 * DAY, category="announcement")
    beyond = desk.queued(MONDAY + 12 * DAY, category="announcement")
    done = change(desk, Action.EXTEND, at=MONDAY + 12 * DAY, by=ALF)
    assert [effect.delivery.post for effect in done.swept.held] == [inside]
    assert (desk.delivery(inside).state, desk.delivery(beyond).state) == (DeliveryState.HELD, DeliveryState.SCHEDULED)
    with desk.office.store.read() as reader:
        assert [entry.post for entry in reader.entries() if entry.action == "delivery.held"] == [inside]


def test_extending_takes_back_a_lift_that_was_recorded_too_early(desk: Desk) -> None:
    post = held_announcement(desk, MONDAY + 5 * DAY)
    changed_by_two(desk, Action.LIFT)
    assert desk.delivery(post).reason_code == HoldReason.PERIOD_OVER
    change(desk, Action.EXTEND, at=MONDAY + 40 * DAY, by=ALF)
    assert period_now(desk).in_force(MONDAY + 99 * DAY)
    assert desk.delivery(post).reason_code == HoldReason.BLOCKED


def test_a_lift_is_for_what_has_begun_and_has_no_end_of_its_own_and_is_never_in_the_future(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    calendars.declare(desk.office, desk.act(PAT), fixed(id="fixed"))
    with pytest.raises(WrongState, match="fixed time"):
        change(desk, Action.LIFT, period="fixed")
    with pytest.raises(BadInput, match="has not come"):
        change(desk, Action.LIFT, at=MONDAY + timedelta(seconds=1))
    with pytest.raises(BadInput, match="had not begun"):
        change(desk, Action.LIFT, at=election().starts)
    with pytest.raises(WrongState, match="lasts until"):
        change(desk, Action.SHORTEN, at=NOON)
    changed_by_two(desk, Action.LIFT)
    with pytest.raises(WrongState, match="over already"):
        change(desk, Action.LIFT)


def test_shortening_goes_neither_later_nor_before_the_start(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), fixed())
    for at in (fixed().ends, fixed().starts):
        with pytest.raises(BadInput):
            change(desk, Action.SHORTEN, at=at)
    with pytest.raises(BadInput, match="new end"):
        change(desk, Action.SHORTEN)
    with pytest.raises(BadInput, match="does not end before"):
        change(desk, Action.EXTEND, at=fixed().ends)


def test_everything_but_a_confirmation_needs_a_reason_and_a_period_that_exists(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    with pytest.raises(BadInput, match="needs a reason"):
        calendar_changes.change(desk.office, desk.act(ANN), "ge-test", Action.LIFT, reason=" ")
    with pytest.raises(NotFound, match="no period"):
        change(desk, Action.CANCEL, period="nowhere")


def test_a_cancelled_period_never_holds_and_cannot_be_changed_again(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), fixed())
    changed_by_two(desk, Action.CANCEL)
    assert not period_now(desk).in_force(MONDAY)
    for action in (Action.CANCEL, Action.CONFIRM, Action.EXTEND):
        with pytest.raises(WrongState, match="cancelled already"):
            change(desk, action, at=MONDAY + 50 * DAY)
    with pytest.raises(BadInput, match="already"):
        calendars.declare(desk.office, desk.act(PAT), fixed())


def with_file(desk: Desk, period: Period) -> Desk:
    """The same desk with one more period from a calendar file."""
    house = desk.office.house
    mine = tuple(known for known in house.periods if known.id != period.id)
    return replace(desk, office=replace(desk.office, house=replace(house, periods=(*mine, replace(period, origin="own.toml:3")))))


def test_a_period_of_a_file_is_suppressed_by_two_and_put_in_force_again_by_one(desk: Desk) -> None:
    plain = desk
    desk = with_file(desk, election(starts=MONDAY + HOUR))
    post = desk.queued(NOON, category="announcement")
    assert desk.delivery(post).state is DeliveryState.HELD
    desk.clock.forward(2 * HOUR)
    assert change(desk, Action.SUPPRESS).proposal is not None
    assert period_now(desk).in_force(NOON)
    calendar_changes.accept(desk.office, desk.act(BOB), 1)
    assert (period_now(desk).in_force(NOON), period_now(desk).suppressed) == (False, WHY)
    assert desk.delivery(post).reason_code == HoldReason.PERIOD_OVER
    assert answer(desk, post, NOON).holds[0].code is HoldReason.CLEARANCE
    change(desk, Action.CONFIRM, by=ALF)
    assert period_now(desk).in_force(NOON)
    assert desk.delivery(post).reason_code == HoldReason.BLOCKED
    with pytest.raises(BadInput, match="already"):
        calendars.declare(plain.office, plain.act(PAT), election())


def test_a_shipped_period_is_suppressed_too_and_a_declared_one_is_cancelled_instead(desk: Desk) -> None:
    changed_by_two(desk, Action.SUPPRESS, period="ge-2024-uk")
    assert period_now(desk, "ge-2024-uk").suppressed == WHY
    calendars.declare(desk.office, desk.act(PAT), election())
    with pytest.raises(WrongState, match="cancelled and not suppressed"):
        change(desk, Action.SUPPRESS)


def test_what_loosened_a_period_of_a_file_lapses_when_the_file_gives_it_other_dates(desk: Desk) -> None:
    desk = with_file(desk, fixed())
    changed_by_two(desk, Action.SUPPRESS)
    assert not period_now(desk).in_force(MONDAY)
    moved = with_file(desk, fixed(starts=MONDAY - DAY))
    assert period_now(moved).in_force(MONDAY)


# --- ending a period publishes nothing ----------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [Action.LIFT, Action.CANCEL])
def test_what_a_period_held_stays_held_and_wants_a_new_time(desk: Desk, ending: Action) -> None:
    post = held_announcement(desk, MONDAY + 5 * DAY)
    changed_by_two(desk, ending)
    entry = desk.delivery(post)
    assert (entry.state, entry.reason_code) == (DeliveryState.HELD, HoldReason.PERIOD_OVER)
    assert "choose a new time" in entry.reason
    with pytest.raises(HeldByGate, match="held on dept by a period"):
        scheduling.release(desk.office, desk.act(ANN), post)
    with pytest.raises(HeldByGate, match="held on dept by a period"):
        scheduling.schedule(desk.office, desk.act(ANN), post)
    assert desk.delivery(post).state is DeliveryState.HELD
    (queued,) = scheduling.release(desk.office, desk.act(ANN), post, at=MONDAY + 6 * DAY)
    assert (queued.state, queued.due_at) == (DeliveryState.SCHEDULED, MONDAY + 6 * DAY)


def test_it_is_on_the_list_of_what_was_given_back_and_a_hold_by_a_person_is_not(desk: Desk) -> None:
    by_hand = desk.queued(NOON, category="announcement")
    scheduling.hold(desk.office, desk.act(ANN), by_hand, reason="Wait for the figures.")
    post = held_announcement(desk, period=election(starts=MONDAY + timedelta(minutes=1)))
    desk.clock.forward(HOUR)
    changed_by_two(desk, Action.LIFT)
    with desk.office.store.read() as reader:
        (found,) = sweeping.returned(reader, desk.office.house, desk.office.now())
    assert (found.delivery.post, found.clear_again) == (post, True)
    assert desk.delivery(by_hand).reason_code == HoldReason.BY_PERSON


def test_the_posts_of_a_period_that_ended_by_itself_are_on_the_list_and_not_in_the_queue(desk: Desk) -> None:
    post = held_announcement(desk, period=fixed())
    with desk.office.store.read() as reader:
        assert sweeping.returned(reader, desk.office.house, fixed().ends - timedelta(seconds=1)) == ()
        (found,) = sweeping.returned(reader, desk.office.house, fixed().ends)
    assert found.delivery.post == post
    assert desk.delivery(post).state is DeliveryState.HELD


def test_a_missing_sign_off_that_a_period_asked_for_is_given_back_too(desk: Desk) -> None:
    post = desk.queued(NOON, category="factual-policy")
    calendars.declare(desk.office, desk.act(PAT), election())
    desk.clock.at = NOON
    send(desk)
    assert desk.delivery(post).reason_code == HoldReason.SIGN_OFF
    changed_by_two(desk, Action.LIFT)
    assert (desk.delivery(post).state, desk.delivery(post).reason_code) == (DeliveryState.HELD, HoldReason.PERIOD_OVER)


# --- clearances that an election has outlived ---------------------------------------------------------------------


def test_what_was_cleared_before_a_strict_period_is_cleared_again_after_it(desk: Desk) -> None:
    post = desk.cleared(category="announcement")
    desk.clock.forward(HOUR)
    calendars.declare(desk.office, desk.act(PAT), election(starts=desk.office.now()))
    desk.clock.forward(20 * DAY)
    changed_by_two(desk, Action.LIFT)
    after = desk.office.now() + HOUR
    scheduling.schedule(desk.office, desk.act(ANN), post, at=after)
    desk.clock.at = after
    sent = send(desk)
    assert (sent.state, sent.reason_code) == (DeliveryState.HELD, HoldReason.CLEARANCE)
    assert f"post decide {post} --stage press --approve" in answer(desk, post, after).first.next_step
    desk.decide(BOB, post)
    assert answer(desk, post, after).go
    scheduling.release(desk.office, desk.act(ANN), post, at=after)
    assert send(desk).state is DeliveryState.PUBLISHED


def test_another_person_may_clear_it_again_and_is_told_so(desk: Desk) -> None:
    post = desk.cleared(category="factual-policy")
    desk.clock.forward(HOUR)
    calendars.declare(desk.office, desk.act(PAT), fixed(starts=desk.office.now()))
    desk.clock.at = fixed().ends
    after = desk.office.now() + HOUR
    assert [hold.code for hold in answer(desk, post, after).holds] == [HoldReason.CLEARANCE]
    for person, waits in ((PAT, True), (BOB, True), (ANN, False), (ALF, False)):
        assert [found.row.post for found in turns.waiting_for(desk.office, person)] == [post] * waits
    desk.decide(PAT, post)
    assert answer(desk, post, after).go
    assert turns.waiting_for(desk.office, BOB) == ()


def test_a_clearance_at_the_very_start_counts_after_it_and_a_second_earlier_does_not(desk: Desk) -> None:
    second = timedelta(seconds=1)
    before = desk.cleared(category="factual-policy")
    desk.clock.forward(second)
    at_start = desk.cleared(category="factual-policy")
    calendars.declare(desk.office, desk.act(PAT), fixed(starts=desk.office.now()))
    assert [hold.code for hold in answer(desk, before, fixed().ends).holds] == [HoldReason.CLEARANCE]
    assert answer(desk, at_start, fixed().ends).go


def test_what_the_period_would_have_allowed_keeps_its_clearance(desk: Desk) -> None:
    post = desk.cleared()
    desk.clock.forward(HOUR)
    calendars.declare(desk.office, desk.act(PAT), fixed(starts=desk.office.now()))
    assert answer(desk, post, fixed().ends).go


def test_a_period_that_is_called_off_before_it_begins_outlives_no_clearance(desk: Desk) -> None:
    post = desk.cleared(category="announcement")
    calendars.declare(desk.office, desk.act(PAT), fixed(starts=MONDAY + DAY))
    changed_by_two(desk, Action.CANCEL)
    assert answer(desk, post, MONDAY + 11 * DAY).go


def test_a_period_that_is_called_off_after_it_began_does(desk: Desk) -> None:
    post = desk.cleared(category="announcement")
    calendars.declare(desk.office, desk.act(PAT), fixed(starts=MONDAY + DAY))
    desk.clock.forward(2 * DAY)
    changed_by_two(desk, Action.CANCEL)
    assert [hold.code for hold in answer(desk, post, MONDAY + 11 * DAY).holds] == [HoldReason.CLEARANCE]
