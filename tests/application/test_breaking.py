"""Break-glass: what it skips and what it never skips, who may, how often, who is told before, and who reviews it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from purdah_scheduler.application import breaking, calendars, noticing, scheduling, stopping, telling, views, writing
from purdah_scheduler.application.gate import ask
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.break_glass import TELLS_FIRST, BreakGlass, BreakGlassRules
from purdah_scheduler.domain.clearance import Choice, Stage
from purdah_scheduler.domain.notices import NoticeKind, QuietHours, Subscriber
from purdah_scheduler.domain.people import Person, Role
from purdah_scheduler.domain.posts import DeliveryState, HoldReason, PostState
from purdah_scheduler.errors import BadInput, NotAllowed, OwnWork, ProductError, StaleDigest, WrongStage, WrongState
from tests.application.desk import ALF, ANN, BOB, MONDAY, OLA, PAT, VIC, Desk, election
from tests.application.test_notices import MAIL, ROOM, Listener, with_rules
from tests.application.test_publishing import Scripted, actions, publisher

DEE = Person(id="dee", name="Dee Duty", roles=frozenset({Role.DUTY, Role.PUBLISHER}))
REASON = "Flood warning for tonight, nobody can be reached."
PRESS, LEGAL = Stage(id="press", label="Press office", role=Role.APPROVER), Stage(id="legal", label="Legal", role=Role.PROPRIETY)
RULES = BreakGlassRules(enabled=True, most=2)


def with_house(desk: Desk, **changes: object) -> None:
    desk.office = replace(desk.office, house=replace(desk.office.house, **changes))  # type: ignore[arg-type]  # built by name


@pytest.fixture
def duty(desk: Desk) -> Desk:
    """A desk with Dee on duty, and with two stages."""
    with_house(desk, people=(ANN, ALF, BOB, PAT, OLA, VIC, DEE), chain=(PRESS, LEGAL), break_glass=RULES)
    return desk


def submitted(desk: Desk, **changes: object) -> int:
    post = desk.write(**changes)  # type: ignore[arg-type]  # built by name
    writing.submit(desk.office, desk.act(ANN), post)
    return post


def broken(desk: Desk, post: int, *stages: str, by: Person = DEE, **changes: str) -> BreakGlass:
    given = {"reason": REASON, "incident": "INC-1", **changes}
    return breaking.break_glass(desk.office, desk.act(by), post, stages=stages or ("press", "legal"), **given)


def published(desk: Desk, post: int) -> Scripted:
    channel = Scripted()
    engine = publisher(desk, channel)
    for claimed in engine.claim(4):
        engine.deliver(claimed)
    return channel


def test_without_its_clearances_the_post_goes_out_and_the_record_says_under_which_break_glass(duty: Desk) -> None:
    post = submitted(duty)
    glass = broken(duty, post)
    assert duty.state(post) is PostState.CLEARED
    scheduling.schedule(duty.office, duty.act(DEE), post, at=MONDAY)
    assert len(published(duty, post).sent) == 1
    assert [action for action in actions(duty, post) if action.startswith("break_glass")] == [
        "break_glass.granted",
        "break_glass.published",
    ]
    assert views.status(duty.office).unreviewed == (glass,)


def test_only_the_named_stages_are_skipped(duty: Desk) -> None:
    post = submitted(duty)
    broken(duty, post, "press")
    assert duty.state(post) is PostState.IN_REVIEW
    assert [one.stage for one in views.post_view(duty.office, post).missing] == ["legal"]
    assert duty.decide(PAT, post, stage="legal") is PostState.CLEARED


@pytest.mark.parametrize("stage", ["sign-off", "minister"])
def test_a_sign_off_and_what_is_no_stage_of_it_cannot_be_skipped(duty: Desk, stage: str) -> None:
    with pytest.raises(WrongStage, match="nothing was changed"):
        broken(duty, submitted(duty), stage)


def test_a_stage_that_stands_is_not_skipped(duty: Desk) -> None:
    post = submitted(duty)
    duty.decide(BOB, post)
    with pytest.raises(WrongStage):
        broken(duty, post, "press")


def test_a_block_holds_it_all_the_same(duty: Desk) -> None:
    calendars.declare(duty.office, duty.act(PAT), election())
    post = submitted(duty, category="announcement")
    broken(duty, post)
    (queued,) = scheduling.schedule(duty.office, duty.act(DEE), post, at=MONDAY)
    assert (queued.state, queued.answer.first.code) == (DeliveryState.HELD, HoldReason.BLOCKED)


def test_a_flag_still_needs_its_sign_off(duty: Desk) -> None:
    calendars.declare(duty.office, duty.act(PAT), election())
    post = submitted(duty, category="event")
    broken(duty, post)
    scheduling.schedule(duty.office, duty.act(DEE), post, at=MONDAY)
    assert published(duty, post).sent == []
    assert duty.delivery(post).reason_code in (HoldReason.SIGN_OFF, HoldReason.BLOCKED)


def test_a_stop_holds_it_all_the_same(duty: Desk) -> None:
    post = submitted(duty)
    broken(duty, post)
    scheduling.schedule(duty.office, duty.act(DEE), post, at=MONDAY)
    stopping.pause(duty.office, duty.act(OLA), reason="Break-in.")
    assert published(duty, post).sent == []


def test_a_rejection_stands(duty: Desk) -> None:
    post = submitted(duty)
    broken(duty, post)
    scheduling.schedule(duty.office, duty.act(DEE), post, at=MONDAY)
    duty.decide(BOB, post, Choice.REJECT, reason="No.")
    assert published(duty, post).sent == []
    with pytest.raises(WrongState):
        broken(duty, post)


def test_an_edit_makes_it_lapse(duty: Desk) -> None:
    post = submitted(duty)
    broken(duty, post)
    writing.revise(duty.office, duty.act(ANN), post, duty.draft("Other words."))
    writing.submit(duty.office, duty.act(ANN), post)
    assert len(views.post_view(duty.office, post).missing) == 2


@pytest.mark.parametrize("change", ["a day later", "switched off", "suspended", "no duty any more"])
def test_it_counts_no_longer_than_it_should(duty: Desk, change: str) -> None:
    post = submitted(duty)
    broken(duty, post)
    assert views.post_view(duty.office, post).missing == ()
    match change:
        case "a day later":
            duty.clock.forward(timedelta(hours=24))
        case "switched off":
            with_house(duty, break_glass=BreakGlassRules())
        case "suspended":
            with_house(duty, people=(ANN, ALF, BOB, PAT, OLA, VIC))
        case _:
            with_house(duty, people=(ANN, ALF, BOB, PAT, OLA, VIC, replace(DEE, roles=frozenset({Role.APPROVER}))))
    assert len(views.post_view(duty.office, post).missing) == 2


@pytest.mark.parametrize(
    ("by", "given", "error"),
    [
        (BOB, {}, NotAllowed),
        (DEE, {"reason": "Too short a reason"}, BadInput),
        (DEE, {"incident": "  "}, BadInput),
        (DEE, {"typed_digest": "0000-0000"}, StaleDigest),
    ],
)
def test_what_it_needs(duty: Desk, by: Person, given: dict[str, str], error: type[ProductError]) -> None:
    post = submitted(duty)
    with pytest.raises(error):
        broken(duty, post, by=by, **given)
    assert duty.state(post) is PostState.IN_REVIEW


def test_who_wrote_any_of_it_does_not_break_the_glass_for_it(duty: Desk) -> None:
    writer = replace(DEE, roles=DEE.roles | {Role.AUTHOR})
    with_house(duty, people=(ANN, BOB, PAT, OLA, writer))
    post = submitted(duty)
    writing.revise(duty.office, duty.act(writer), post, duty.draft("Dee's words."))
    writing.submit(duty.office, duty.act(ANN), post)
    with pytest.raises(OwnWork):
        broken(duty, post, by=writer)


def test_it_is_off_unless_it_is_switched_on_and_a_draft_has_to_be_submitted_first(duty: Desk) -> None:
    with pytest.raises(WrongState):
        broken(duty, duty.write())
    with_house(duty, break_glass=BreakGlassRules())
    with pytest.raises(NotAllowed, match="switched off"):
        broken(duty, submitted(duty))


def test_a_third_one_within_a_day_is_refused_and_the_day_after_it_is_not(duty: Desk) -> None:
    for _ in range(2):
        broken(duty, submitted(duty))
    post = submitted(duty)
    with pytest.raises(NotAllowed, match="2 times in 24 hours"):
        broken(duty, post)
    duty.clock.forward(timedelta(hours=24))
    broken(duty, post)


@pytest.mark.parametrize("change", [{"stages": ("press", "legal")}, {"digest": ""}])
def test_one_that_was_written_straight_into_the_store_lets_nothing_out(duty: Desk, change: dict[str, object]) -> None:
    """The forged row is for the text as it is; the record has another, or none."""
    post = submitted(duty)
    if "digest" not in change:
        broken(duty, post, "press")
    code = views.post_view(duty.office, post).digest
    forged = BreakGlass(
        id=0,
        post=post,
        digest=code,
        revision=1,
        person="dee",
        stages=("press", "legal"),
        reason=REASON,
        incident="INC-1",
        at=MONDAY,
    )
    with duty.office.store.write() as tx:
        tx.add_break_glass(forged)
        record(tx, duty.act(DEE), "post.held", at=MONDAY, post=post)
    with duty.office.store.read() as reader:
        answer = ask(reader, house=duty.office.house, shelf=duty.office.shelf, post=post, account="dept", at=MONDAY)
    assert [hold.code for hold in answer.holds] == [HoldReason.CONTENT]


# --- telling ---------------------------------------------------------------------------------------------------------


def telling_desk(desk: Desk, **changes: object) -> Desk:
    with_rules(desk, **changes)
    with_house(desk, break_glass=RULES)
    return desk


def tell(desk: Desk, listener: Listener) -> None:
    while noticing.gather(desk.office):
        pass
    telling.tell_ready(desk.office, listener, told=lambda _: None, go_on=lambda: True)
    telling.note_break_glass_told(desk.office)


def due(desk: Desk) -> int:
    post = submitted(desk)
    broken(desk, post)
    scheduling.schedule(desk.office, desk.act(DEE), post, at=MONDAY)
    return post


def test_the_post_waits_until_everybody_was_told_whatever_kinds_they_asked_for(duty: Desk) -> None:
    post, listener = due(telling_desk(duty)), Listener()
    assert published(duty, post).sent == []
    waiting = duty.delivery(post)
    assert (waiting.state, waiting.reason_code, waiting.attempts) == (DeliveryState.SCHEDULED, "telling-first", 0)
    tell(duty, listener)
    told = [(way, message) for way, message in listener.heard if message.kind == NoticeKind.BREAK_GLASS]
    assert sorted(way for way, _ in told) == ["mail", "room"]
    assert "Phone lines" not in told[0][1].text + told[0][1].subject
    duty.clock.forward(timedelta(seconds=6))
    assert len(published(duty, post).sent) == 1


def test_a_way_that_fails_was_tried_and_holds_nothing_up_for_longer(duty: Desk) -> None:
    post = due(telling_desk(duty))
    tell(duty, Listener(fault="no network"))
    assert len(published(duty, post).sent) == 1


def test_where_nobody_could_be_told_the_post_goes_after_two_minutes(duty: Desk) -> None:
    post = due(telling_desk(duty))
    duty.clock.forward(TELLS_FIRST - timedelta(seconds=1))
    assert published(duty, post).sent == []
    duty.clock.forward(timedelta(seconds=1))
    assert len(published(duty, post).sent) == 1


def test_it_is_told_in_quiet_hours_and_nothing_else_is(duty: Desk) -> None:
    night = QuietHours(starts=MONDAY.time(), ends=(MONDAY + timedelta(hours=8)).time())
    listener = Listener()
    due(telling_desk(duty, quiet=night))
    duty.clock.forward(timedelta(minutes=1))
    tell(duty, listener)
    assert set(listener.kinds) == {NoticeKind.BREAK_GLASS}


def test_with_channels_and_nobody_on_them_nobody_is_waited_for(duty: Desk) -> None:
    post = due(telling_desk(duty, subscribers=()))
    tell(duty, Listener())
    assert len(published(duty, post).sent) == 1


def test_who_has_a_channel_is_told_even_of_no_kind_at_all(duty: Desk) -> None:
    listener = Listener()
    quiet = Subscriber(person="vic", ways=(MAIL.id,), kinds=frozenset())
    due(telling_desk(duty, subscribers=(quiet,), ways=(ROOM, MAIL)))
    tell(duty, listener)
    assert [way for way, _ in listener.heard] == ["mail"]


# --- reviewing -------------------------------------------------------------------------------------------------------


def test_somebody_else_reviews_it_once(duty: Desk) -> None:
    post = submitted(duty)
    glass = broken(duty, post)
    (found,) = breaking.review(duty.office, duty.act(PAT), post, words="Right: the river rose.")
    assert found.id == glass.id
    assert views.status(duty.office).unreviewed == ()
    assert views.post_view(duty.office, post).break_glasses[0].reviewed_by == "pat"
    with pytest.raises(WrongState):
        breaking.review(duty.office, duty.act(PAT), post, words="Again.")


@pytest.mark.parametrize(("by", "words", "error"), [(ANN, "Mine.", OwnWork), (VIC, "Fine.", NotAllowed), (BOB, "  ", BadInput)])
def test_who_wrote_it_has_no_role_or_nothing_to_say_does_not_review_it(
    duty: Desk, by: Person, words: str, error: type[ProductError]
) -> None:
    post = submitted(duty)
    broken(duty, post)
    with pytest.raises(error):
        breaking.review(duty.office, duty.act(by), post, words=words)
    assert len(views.status(duty.office).unreviewed) == 1


def test_who_broke_the_glass_does_not_review_it(duty: Desk) -> None:
    both = replace(DEE, roles=DEE.roles | {Role.OPERATOR})
    with_house(duty, people=(ANN, BOB, PAT, both))
    post = submitted(duty)
    broken(duty, post, by=both)
    with pytest.raises(OwnWork):
        breaking.review(duty.office, duty.act(both), post, words="Fine.")
