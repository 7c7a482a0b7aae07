"""What is shown of periods is what holds: every source, what each holds, and what a change would do before it is made."""

from dataclasses import replace
from datetime import timedelta

import pytest

from purdah_scheduler.application import calendar_changes, calendars
from purdah_scheduler.application.period_views import period_lines, period_view, posts_of
from purdah_scheduler.domain.period_changes import Action
from purdah_scheduler.domain.periods import Body, EndMode, Kind, PeriodStatus
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.errors import BadInput, NotAllowed, NotFound, WrongState
from tests.application.desk import ALF, ANN, BOB, MONDAY, PAT, VIC, Desk, election

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOON = MONDAY + 3 * HOUR
FIXED = election(end_mode=EndMode.FIXED, ends=MONDAY + 10 * DAY)


def test_every_period_of_every_source_has_a_line_with_what_it_holds(desk: Desk) -> None:
    post = desk.queued(NOON, category="announcement")
    desk.queued(NOON + HOUR)
    calendars.declare(desk.office, desk.act(PAT), FIXED)
    lines = {line.period.id: line for line in period_lines(desk.office)}
    assert set(lines) == {period.id for period in desk.office.house.periods} | {"ge-test"}
    assert (lines["ge-test"].holds, lines["ge-test"].does, lines["ge-test"].ours) == (1, Verdict.BLOCK, True)
    assert [held.post for held in posts_of(desk.office, "ge-test")] == [post]
    assert sum(line.holds for line in lines.values()) == 1


def test_what_two_periods_block_is_held_by_both_and_by_neither_once_they_are_over(desk: Desk) -> None:
    desk.queued(NOON, category="announcement")
    calendars.declare_all(desk.office, desk.act(PAT), (FIXED, replace(FIXED, id="other")))
    assert {line.period.id for line in period_lines(desk.office) if line.holds} == {"ge-test", "other"}
    desk.clock.forward(11 * DAY)
    assert not [line for line in period_lines(desk.office) if line.holds]


def test_a_period_of_bodies_without_an_account_is_not_ours(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), replace(FIXED, bodies=frozenset({Body.OPCC})))
    (line,) = [line for line in period_lines(desk.office) if line.period.id == "ge-test"]
    assert not line.ours


def test_a_freeze_blocks_whatever_the_rules_of_its_kind_say(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), replace(FIXED, kind=Kind.FREEZE))
    (line,) = [line for line in period_lines(desk.office) if line.period.id == "ge-test"]
    assert line.does is Verdict.BLOCK


def test_one_in_full_says_who_declared_it_what_was_changed_and_who_could_answer(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), replace(FIXED, status=PeriodStatus.PROVISIONAL))
    calendar_changes.change(desk.office, desk.act(BOB), "ge-test", Action.CONFIRM)
    asked = calendar_changes.change(desk.office, desk.act(ANN), "ge-test", Action.CANCEL, reason="It is off.")
    assert asked.proposal is not None
    view = period_view(desk.office, "ge-test")
    assert view.declared == ("pat", MONDAY)
    assert [(change.action, change.person) for change in view.changes] == [(Action.CONFIRM, "bob")]
    assert [proposal.id for proposal in view.line.asked] == [asked.proposal.id]
    assert view.seconds == {asked.proposal.id: ("bob", "ola", "pat")}
    assert view.accounts == ("dept", "agency")
    with pytest.raises(NotFound):
        period_view(desk.office, "nowhere")


def test_a_shipped_period_was_declared_by_nobody(desk: Desk) -> None:
    assert period_view(desk.office, "ge-2024-uk").declared is None


# --- what a change would do ---------------------------------------------------------------------------------------


def test_what_cancelling_would_free_is_told_and_nothing_is_changed(desk: Desk) -> None:
    post = desk.queued(NOON, category="announcement")
    calendars.declare(desk.office, desk.act(PAT), FIXED)
    before = desk.delivery(post)
    seen = calendar_changes.foresee(desk.office, desk.act(ANN), "ge-test", Action.CANCEL, reason="It is off.")
    assert [(effect.delivery.post, effect.before.verdict, effect.after.verdict) for effect in seen.effects] == [
        (post, Verdict.BLOCK, Verdict.ALLOW)
    ]
    assert (seen.waits, seen.seconds, seen.after.is_off) == (True, ("bob", "ola", "pat"), True)
    assert desk.delivery(post) == before
    with desk.office.store.read() as reader:
        assert reader.proposals() == ()
        assert reader.period_changes() == ()


def test_what_a_later_end_would_hold_is_what_it_then_holds(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), FIXED)
    post = desk.queued(MONDAY + 12 * DAY, category="announcement")
    end = MONDAY + 20 * DAY
    seen = calendar_changes.foresee(desk.office, desk.act(ANN), "ge-test", Action.EXTEND, instant=end, reason="Later.")
    assert [effect.delivery.post for effect in seen.effects] == [post]
    assert (seen.after.ends, seen.waits) == (end, False)
    done = calendar_changes.change(desk.office, desk.act(ANN), "ge-test", Action.EXTEND, instant=end, reason="Later.")
    assert [effect.delivery.post for effect in done.swept.held] == [post]
    assert done.period == seen.after


def test_what_suppressing_would_do_is_told_with_its_reason(desk: Desk) -> None:
    seen = calendar_changes.foresee(desk.office, desk.act(BOB), "ge-2024-uk", Action.SUPPRESS, reason="Not ours.")
    assert seen.after.suppressed == "Not ours."


def test_the_second_person_sees_what_the_yes_would_do(desk: Desk) -> None:
    post = desk.queued(NOON, category="announcement")
    calendars.declare(desk.office, desk.act(PAT), FIXED)
    asked = calendar_changes.change(desk.office, desk.act(ANN), "ge-test", Action.CANCEL, reason="It is off.")
    assert asked.proposal is not None
    seen = calendar_changes.foresee_yes(desk.office, desk.act(BOB), asked.proposal.id)
    assert [effect.delivery.post for effect in seen.effects] == [post]
    assert (seen.proposer, seen.reason, seen.after.is_off) == ("ann", "It is off.", True)
    assert desk.delivery(post).state is DeliveryState.HELD
    with pytest.raises(NotAllowed, match="somebody else"):
        calendar_changes.foresee_yes(desk.office, desk.act(ANN), asked.proposal.id)


def test_what_would_be_refused_is_refused_when_it_is_foreseen(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), FIXED)
    with pytest.raises(NotAllowed):
        calendar_changes.foresee(desk.office, desk.act(VIC), "ge-test", Action.CANCEL, reason="No.")
    with pytest.raises(BadInput, match="needs a reason"):
        calendar_changes.foresee(desk.office, desk.act(ANN), "ge-test", Action.CANCEL)
    with pytest.raises(WrongState):
        calendar_changes.foresee(desk.office, desk.act(ANN), "ge-test", Action.CONFIRM)
    calendar_changes.change(desk.office, desk.act(ALF), "ge-test", Action.CANCEL, reason="It is off.")
    with pytest.raises(WrongState, match="waits for an answer already"):
        calendar_changes.foresee(desk.office, desk.act(ANN), "ge-test", Action.CANCEL, reason="It is off.")
