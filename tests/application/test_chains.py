"""Other chains inside a strict period, and clearances that come to an end: what the gate asks for at the moment of sending."""

from dataclasses import replace
from datetime import timedelta

import pytest

from purdah_scheduler.application import calendars, deciding, scheduling, turns, views, writing
from purdah_scheduler.application.gate import Answer, ask
from purdah_scheduler.application.wanting import Want
from purdah_scheduler.domain.clearance import Choice, Stage, When
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.periods import EndMode
from purdah_scheduler.domain.posts import HoldReason, PostState
from purdah_scheduler.errors import BadInput, OwnWork, WrongState
from tests.application.desk import ANN, BOB, MONDAY, PAT, Desk, election

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PRESS = Stage(id="press", label="Press office", role=Role.APPROVER)
INSIDE = Stage(id="propriety", label="Propriety", role=Role.PROPRIETY, when=When.INSIDE)
OUTSIDE = Stage(id="minister", label="Private office", role=Role.PROPRIETY, when=When.OUTSIDE)


def with_chain(desk: Desk, *chain: Stage) -> Desk:
    desk.office = replace(desk.office, house=replace(desk.office.house, chain=chain))
    return desk


def asked(desk: Desk, post: int, **later: float) -> Answer:
    with desk.office.store.read() as reader:
        at = desk.clock.at + timedelta(**later)
        return ask(reader, house=desk.office.house, shelf=desk.office.shelf, post=post, account="dept", at=at)


def declare(desk: Desk, **changes: object) -> None:
    calendars.declare(desk.office, desk.act(PAT), election(**changes))


def test_a_post_that_was_cleared_outside_and_is_sent_inside_needs_the_stage_for_inside(desk: Desk) -> None:
    post = with_chain(desk, PRESS, INSIDE).cleared()
    declare(desk, starts=MONDAY + DAY, ends=MONDAY + 30 * DAY)
    assert asked(desk, post).go
    answer = asked(desk, post, days=2)
    assert [(hold.code, "Propriety" in hold.reason) for hold in answer.holds] == [(HoldReason.CLEARANCE, True)]


def test_the_stage_for_inside_can_be_given_ahead_for_the_planned_time(desk: Desk) -> None:
    declare(with_chain(desk, PRESS, INSIDE), starts=MONDAY + DAY, ends=MONDAY + 30 * DAY)
    post = desk.write(planned_at=MONDAY + 2 * DAY)
    writing.submit(desk.office, desk.act(ANN), post)
    assert desk.decide(BOB, post) is PostState.IN_REVIEW
    assert [one.stage for one in views.post_view(desk.office, post).missing] == ["propriety"]
    assert desk.decide(PAT, post, stage="propriety") is PostState.CLEARED
    assert asked(desk, post, days=2).go


def test_one_person_does_not_give_the_stage_of_everyday_and_the_one_for_inside(desk: Desk) -> None:
    declare(with_chain(desk, PRESS, INSIDE))
    post = desk.write()
    writing.submit(desk.office, desk.act(ANN), post)
    desk.decide(PAT, post)
    with pytest.raises(OwnWork, match="another stage"):
        desk.decide(PAT, post, stage="propriety")


def test_a_stage_for_outside_is_not_asked_for_inside_and_is_once_the_period_is_over(desk: Desk) -> None:
    declare(with_chain(desk, PRESS, OUTSIDE), end_mode=EndMode.FIXED)
    post = desk.cleared()
    assert asked(desk, post).go
    assert "Private office" in asked(desk, post, days=31).first.reason


def test_without_any_stage_for_that_time_nothing_goes_out(desk: Desk) -> None:
    post = with_chain(desk, PRESS).cleared()
    with_chain(desk, replace(PRESS, when=When.INSIDE))
    assert "No stage of clearance" in asked(desk, post).first.reason


def test_a_clearance_that_has_expired_holds_the_post_with_the_time_and_the_name(desk: Desk) -> None:
    post = with_chain(desk, replace(PRESS, expires_after=DAY)).cleared()
    assert asked(desk, post, hours=23).go
    hold = asked(desk, post, hours=24).first
    assert hold.code is HoldReason.EXPIRED
    assert "bob" in hold.reason
    assert "Tue 24 Nov 2026 09:00" in hold.reason
    assert f"post decide {post} --stage press --approve" in hold.next_step


def test_it_is_warned_of_when_it_is_given_and_when_it_is_scheduled(desk: Desk) -> None:
    with_chain(desk, replace(PRESS, expires_after=DAY))
    post = desk.cleared(planned_at=MONDAY + 2 * DAY)
    view = views.post_view(desk.office, post)
    assert [last.until for last in view.expiring] == [MONDAY + DAY]
    assert view.missing == ()
    (queued,) = scheduling.schedule(desk.office, desk.act(ANN), post)
    assert [hold.code for hold in queued.answer.holds] == [HoldReason.EXPIRED]
    assert desk.delivery(post).state == "scheduled"


def test_the_same_person_clears_an_expired_post_again_and_it_can_go(desk: Desk) -> None:
    with_chain(desk, replace(PRESS, expires_after=DAY))
    post = desk.queued(MONDAY + 2 * DAY)
    desk.clock.forward(DAY + HOUR)
    (missing,) = views.post_view(desk.office, post).missing
    assert (missing.want, missing.people) == (Want.EXPIRED, ("bob", "pat"))
    assert [(one.row.post, one.stage) for one in turns.waiting_for(desk.office, BOB)] == [(post, "press")]
    assert not views.post_view(desk.office, post).decisions[0].counts
    desk.decide(BOB, post)
    assert asked(desk, post, hours=23).go


def test_another_person_of_the_stage_takes_a_rejection_back_and_the_record_says_whose(desk: Desk) -> None:
    post = desk.write()
    writing.submit(desk.office, desk.act(ANN), post)
    desk.decide(BOB, post, Choice.REJECT, reason="The date is wrong.")
    assert desk.decide(PAT, post, Choice.WITHDRAW) is PostState.IN_REVIEW
    last = views.post_view(desk.office, post).history[-1]
    assert (last.action, last.facts["of"]) == ("decision.withdraw", ["bob"])
    assert desk.decide(PAT, post) is PostState.CLEARED


def test_with_nothing_to_take_back_a_withdrawal_is_refused(desk: Desk) -> None:
    post = desk.cleared()
    with pytest.raises(WrongState, match="nothing to withdraw"):
        desk.decide(PAT, post, Choice.WITHDRAW)


def test_the_author_takes_no_rejection_back(desk: Desk) -> None:
    post = desk.write()
    writing.submit(desk.office, desk.act(ANN), post)
    desk.decide(BOB, post, Choice.REJECT, reason="The date is wrong.")
    with pytest.raises(OwnWork):
        desk.decide(ANN, post, Choice.WITHDRAW)
    with pytest.raises(BadInput):
        deciding.decide(desk.office, desk.act(PAT), post, stage="press", choice=Choice.WITHDRAW, typed_digest="")
    assert desk.state(post) is PostState.REJECTED
