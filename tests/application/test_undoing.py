"""Undo: the last thing that a person did goes back by an ordinary action, and what cannot go back says why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from purdah_scheduler.application import commenting, scheduling, undoing, writing
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.people import Person
from purdah_scheduler.domain.posts import DeliveryState, PostState
from purdah_scheduler.errors import HeldByGate, StaleDigest, WrongState
from tests.application.desk import ALF, ANN, BOB, MONDAY, Desk, election

NOON = MONDAY + timedelta(hours=3)


def undone(desk: Desk, person: Person = ANN) -> str:
    """Undo what this person did last."""
    actor = desk.act(person)
    return undoing.undo(desk.office, actor, undoing.last_act(desk.office, actor))


def refused(desk: Desk, person: Person = ANN) -> str:
    with pytest.raises(WrongState) as caught:
        undoing.last_act(desk.office, desk.act(person))
    return str(caught.value)


def actions(desk: Desk, post: int) -> list[str]:
    with desk.office.store.read() as reader:
        assert verify(reader.entries()).ok
        return [entry.action for entry in reader.entries(post=post)]


def test_a_move_goes_back_to_the_former_time_and_the_undo_can_be_undone(desk: Desk) -> None:
    post = desk.queued(NOON)
    scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON + timedelta(hours=2))
    shown = undoing.last_act(desk.office, desk.act(ANN))
    assert (shown.post, shown.at) == (post, NOON)
    assert undone(desk) == f"Post {post} goes back to Mon 23 Nov 2026 12:00 GMT."
    assert desk.delivery(post).due_at == NOON
    undone(desk)
    assert desk.delivery(post).due_at == NOON + timedelta(hours=2)
    assert actions(desk, post)[-4:] == ["post.scheduled"] * 4


def test_the_first_scheduling_is_undone_by_a_hold(desk: Desk) -> None:
    post = desk.queued(NOON)
    undone(desk)
    assert desk.delivery(post).state is DeliveryState.HELD
    assert actions(desk, post)[-1] == "post.held"


def test_a_hold_is_undone_by_a_release_that_the_gate_allows(desk: Desk) -> None:
    post = desk.queued(NOON)
    scheduling.hold(desk.office, desk.act(ANN), post, reason="wait")
    undone(desk)
    assert desk.delivery(post).state is DeliveryState.SCHEDULED
    undone(desk)
    assert desk.delivery(post).state is DeliveryState.HELD


def test_the_gate_is_asked_and_a_period_that_came_meanwhile_keeps_it_held(desk: Desk) -> None:
    post = desk.queued(NOON, category="announcement")
    scheduling.hold(desk.office, desk.act(ANN), post, reason="wait")
    shown = undoing.last_act(desk.office, desk.act(ANN))
    office = replace(desk.office, house=replace(desk.office.house, periods=(election(),)))
    with pytest.raises(HeldByGate):
        undoing.undo(office, desk.act(ANN), shown)
    assert desk.delivery(post).state is DeliveryState.HELD


def test_an_edit_is_undone_by_the_former_words_as_a_new_revision_without_any_clearance(desk: Desk) -> None:
    post = desk.cleared("First words.")
    writing.revise(desk.office, desk.act(ANN), post, desk.draft("Second words."))
    undone(desk)
    with desk.office.store.read() as reader:
        current = reader.post(post)
        assert (current.state, current.revision) == (PostState.DRAFT, 3)
        assert reader.revision(post, 3).content == reader.revision(post, 1).content
    writing.submit(desk.office, desk.act(ANN), post)
    assert desk.state(post) is PostState.IN_REVIEW
    with pytest.raises(WrongState, match="not cleared"):
        scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON)


def test_a_withdrawal_is_undone_into_a_draft_whose_clearances_are_given_again(desk: Desk) -> None:
    post = desk.queued(NOON)
    writing.cancel(desk.office, desk.act(ANN), post)
    undone(desk)
    assert desk.state(post) is PostState.DRAFT
    assert desk.delivery(post).state is DeliveryState.CANCELLED
    writing.submit(desk.office, desk.act(ANN), post)
    with pytest.raises(WrongState, match="not cleared"):
        scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON)
    desk.decide(BOB, post)
    assert scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON)[0].state is DeliveryState.SCHEDULED


def test_a_new_post_is_undone_by_withdrawing_it(desk: Desk) -> None:
    post = desk.write()
    undone(desk)
    assert desk.state(post) is PostState.WITHDRAWN


def test_only_ones_own_last_act_is_undone(desk: Desk) -> None:
    mine = desk.queued(NOON)
    writing.new_post(desk.office, desk.act(ALF), desk.draft("Alf's words."))
    assert undoing.last_act(desk.office, desk.act(ANN)).post == mine


def test_what_somebody_has_acted_on_since_cannot_be_undone(desk: Desk) -> None:
    post = desk.queued(NOON)
    scheduling.hold(desk.office, desk.act(ALF), post, reason="wait")
    assert "because alf held it since" in refused(desk)
    assert desk.delivery(post).state is DeliveryState.HELD


def test_what_has_left_the_building_cannot_be_undone(desk: Desk) -> None:
    post = desk.queued(NOON)
    with desk.office.store.write() as tx:
        entry = tx.deliveries(post)[-1]
        tx.save_delivery(replace(entry, state=DeliveryState.CLAIMED), was=DeliveryState.SCHEDULED)
        tx.save_delivery(replace(entry, state=DeliveryState.SENDING), was=DeliveryState.CLAIMED)
        record(tx, replace(desk.act(ANN), person=replace(ANN, id="daemon")), "delivery.sending", at=NOON, post=post)
    assert "because daemon began to send it since" in refused(desk)


def test_a_comment_stands_in_the_way_of_no_undo(desk: Desk) -> None:
    post = desk.queued(NOON)
    commenting.comment(desk.office, desk.act(BOB), post, words="Nice.")
    undone(desk)
    assert desk.delivery(post).state is DeliveryState.HELD


def test_a_move_away_from_a_time_that_has_passed_meanwhile_cannot_be_undone(desk: Desk) -> None:
    post = desk.queued(NOON)
    scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON + timedelta(hours=2))
    desk.clock.forward(timedelta(hours=3, minutes=1))
    assert "its former time, Mon 23 Nov 2026 12:00 GMT, has passed" in refused(desk)


def test_a_submission_says_why_it_cannot_be_undone(desk: Desk) -> None:
    post = desk.write()
    writing.submit(desk.office, desk.act(ANN), post)
    assert "people were asked to read it" in refused(desk)


def test_an_approval_is_undone_by_withdrawing_it_and_the_post_waits_for_it_again(desk: Desk) -> None:
    post = desk.cleared()
    assert (
        undone(desk, BOB) == f"Your approval of post {post} on press is taken back. What needs it waits until it is given again."
    )
    assert desk.state(post) is PostState.IN_REVIEW
    assert actions(desk, post)[-1] == "decision.withdraw"
    assert "decide again in Review" in refused(desk, BOB)


def test_an_approval_of_what_is_queued_is_undone_and_holds_it(desk: Desk) -> None:
    post = desk.queued(NOON)
    desk.decide(BOB, post)
    undone(desk, BOB)
    assert desk.delivery(post).state is DeliveryState.HELD
    assert desk.state(post) is PostState.IN_REVIEW


def test_an_approval_is_not_undone_once_somebody_has_scheduled_the_post(desk: Desk) -> None:
    desk.queued(NOON)
    assert "because ann scheduled it since" in refused(desk, BOB)


def test_a_no_is_undone_by_withdrawing_it(desk: Desk) -> None:
    post = desk.write()
    writing.submit(desk.office, desk.act(ANN), post)
    desk.decide(BOB, post, Choice.REJECT, reason="Check the date.")
    assert undone(desk, BOB) == f"Your no to post {post} on press is taken back."
    assert desk.state(post) is PostState.IN_REVIEW


def test_what_is_undone_is_the_decision_on_the_words_that_were_read(desk: Desk) -> None:
    """The digest of the entry goes with it: another text in between is refused by name and not decided on."""
    post = desk.cleared()
    shown = undoing.last_act(desk.office, desk.act(BOB))
    writing.revise(desk.office, desk.act(ANN), post, desk.draft("Phone lines open at 9am."))
    with pytest.raises(WrongState, match="because ann edited it since"):
        undoing.undo(desk.office, desk.act(BOB), shown)
    with pytest.raises(StaleDigest):
        shown.act(desk.office, desk.act(BOB))


def test_there_may_be_nothing_to_undo(desk: Desk) -> None:
    assert "nothing of yours" in refused(desk)


def test_what_was_done_since_it_was_shown_stops_the_undo(desk: Desk) -> None:
    post = desk.queued(NOON)
    shown = undoing.last_act(desk.office, desk.act(ANN))
    scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON + timedelta(hours=1))
    with pytest.raises(WrongState, match="done since that was shown"):
        undoing.undo(desk.office, desk.act(ANN), shown)
    assert desk.delivery(post).due_at == NOON + timedelta(hours=1)
