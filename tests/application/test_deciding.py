"""A decision binds to exactly what was read, by somebody who wrote none of it."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from purdah_scheduler.application import calendars, deciding, exempting, scheduling, stopping, views, writing
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice, Stage
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.posts import DeliveryState, HoldReason, PostState
from purdah_scheduler.errors import BadInput, NotAllowed, NotFound, OwnWork, StaleDigest, WrongStage, WrongState
from tests.application.desk import ALF, ANN, BOB, MONDAY, OLA, PAT, VIC, Desk, election


def submitted(desk: Desk) -> int:
    post = desk.write()
    writing.submit(desk.office, desk.act(ANN), post)
    return post


def test_a_clearance_of_the_last_stage_clears_the_post(desk: Desk) -> None:
    assert desk.decide(BOB, submitted(desk)) is PostState.CLEARED


def test_the_author_cannot_clear_it(desk: Desk) -> None:
    post = submitted(desk)
    with pytest.raises(OwnWork, match="wrote a revision"):
        desk.decide(ANN, post)
    assert desk.state(post) is PostState.IN_REVIEW


def test_nobody_who_wrote_any_revision_can_clear_it(desk: Desk) -> None:
    """Ann wrote the first revision; that Alf wrote the current one does not make her an outsider."""
    post = desk.write()
    writing.revise(desk.office, desk.act(ALF), post, desk.draft("Alf's words."))
    writing.submit(desk.office, desk.act(ALF), post)
    with pytest.raises(OwnWork):
        desk.decide(ANN, post)


def test_an_editor_after_clearing_has_cleared_nothing(desk: Desk) -> None:
    editor = replace(BOB, roles=frozenset({Role.APPROVER, Role.AUTHOR}))
    office = replace(desk.office, house=replace(desk.office.house, people=(ANN, editor, PAT)))
    post = desk.cleared()
    writing.revise(office, desk.act(editor), post, desk.draft("Bob's words."))
    writing.submit(office, desk.act(ANN), post)
    with pytest.raises(OwnWork):
        desk.decide(editor, post)


@pytest.mark.parametrize("typed", ["0000-0000", "7f3a-91c2"])
def test_an_outdated_digest_is_refused_with_both(desk: Desk, typed: str) -> None:
    post = submitted(desk)
    with pytest.raises(StaleDigest, match=rf"You read {typed}, but post \d+ is now {desk.code(post)}"):
        deciding.decide(desk.office, desk.act(BOB), post, stage="press", choice=Choice.APPROVE, typed_digest=typed)
    assert desk.state(post) is PostState.IN_REVIEW


def test_a_digest_read_before_an_edit_is_outdated(desk: Desk) -> None:
    post = submitted(desk)
    read = desk.code(post)
    writing.revise(desk.office, desk.act(ANN), post, desk.draft("Other words."))
    writing.submit(desk.office, desk.act(ANN), post)
    with pytest.raises(StaleDigest):
        deciding.decide(desk.office, desk.act(BOB), post, stage="press", choice=Choice.APPROVE, typed_digest=read)


def test_no_digest_is_no_decision(desk: Desk) -> None:
    with pytest.raises(BadInput, match="needs the digest"):
        deciding.decide(desk.office, desk.act(BOB), submitted(desk), stage="press", choice=Choice.APPROVE, typed_digest=" ")


@pytest.mark.parametrize("person", [VIC, OLA])
def test_the_role_of_the_stage_is_needed(desk: Desk, person: object) -> None:
    with pytest.raises(NotAllowed, match="role approver"):
        desk.decide(person, submitted(desk))  # type: ignore[arg-type]  # a person


def test_a_stage_that_does_not_exist_is_refused_with_those_that_do(desk: Desk) -> None:
    with pytest.raises(WrongStage, match=r"no stage “legal”.*press, sign-off"):
        desk.decide(BOB, submitted(desk), stage="legal")


def test_a_draft_has_nothing_to_decide(desk: Desk) -> None:
    with pytest.raises(WrongState, match="nothing to decide"):
        desk.decide(BOB, desk.write())


def test_an_unknown_post_is_refused(desk: Desk) -> None:
    with pytest.raises(NotFound):
        deciding.decide(desk.office, desk.act(BOB), 99, stage="press", choice=Choice.APPROVE, typed_digest="0000-0000")


def two_stages(desk: Desk) -> Desk:
    chain = (
        Stage(id="policy", label="Policy", role=Role.APPROVER),
        Stage(id="press", label="Press office", role=Role.APPROVER),
    )
    return replace(desk, office=replace(desk.office, house=replace(desk.office.house, chain=chain)))


def test_stages_come_in_order(desk: Desk) -> None:
    desk = two_stages(desk)
    with pytest.raises(WrongStage, match="“Policy” comes first"):
        desk.decide(BOB, submitted(desk), stage="press")


def test_one_person_clears_one_stage(desk: Desk) -> None:
    desk = two_stages(desk)
    post = submitted(desk)
    assert desk.decide(BOB, post, stage="policy") is PostState.IN_REVIEW
    with pytest.raises(OwnWork, match="another stage"):
        desk.decide(BOB, post, stage="press")
    assert desk.decide(PAT, post, stage="press") is PostState.CLEARED


def test_a_rejection_needs_a_reason_and_stands_until_it_is_withdrawn(desk: Desk) -> None:
    post = submitted(desk)
    with pytest.raises(BadInput, match="needs a reason"):
        desk.decide(PAT, post, Choice.REJECT)
    assert desk.decide(PAT, post, Choice.REJECT, reason="Not neutral") is PostState.REJECTED
    assert desk.decide(BOB, post) is PostState.REJECTED
    assert desk.decide(PAT, post, Choice.WITHDRAW) is PostState.CLEARED


def test_nothing_said_cannot_be_withdrawn(desk: Desk) -> None:
    with pytest.raises(WrongState, match="no standing decision"):
        desk.decide(BOB, submitted(desk), Choice.WITHDRAW)


@pytest.mark.parametrize("choice", [Choice.REJECT, Choice.WITHDRAW])
def test_taking_a_clearance_back_holds_what_is_queued(desk: Desk, choice: Choice) -> None:
    post = desk.queued(MONDAY + timedelta(hours=1))
    desk.decide(BOB, post, choice, reason="Second thoughts")
    held = desk.delivery(post)
    assert (held.state, held.reason_code) == (DeliveryState.HELD, HoldReason.CLEARANCE)


def test_a_word_on_earlier_words_cannot_be_withdrawn_from_the_present_ones(desk: Desk) -> None:
    """An edit made it stale already: to say that it stands would be wrong."""
    post = desk.cleared()
    writing.revise(desk.office, desk.act(ANN), post, desk.draft("Other words."))
    writing.submit(desk.office, desk.act(ANN), post)
    with pytest.raises(WrongState, match="no standing decision"):
        desk.decide(BOB, post, Choice.WITHDRAW)


@pytest.mark.parametrize("choice", [Choice.REJECT, Choice.WITHDRAW])
def test_a_word_on_a_post_that_is_out_never_makes_it_look_unpublished(desk: Desk, choice: Choice) -> None:
    post = desk.queued(MONDAY + timedelta(hours=1))
    publish(desk, post)
    assert desk.decide(BOB, post, choice, reason="Second thoughts") is PostState.SCHEDULED
    assert shown(desk, post) == "published"


def test_a_word_after_one_account_is_out_holds_the_others(desk: Desk) -> None:
    post = desk.queued(MONDAY + timedelta(hours=1), accounts=("agency", "dept"))
    publish(desk, post)
    desk.decide(BOB, post, Choice.REJECT, reason="Second thoughts")
    with desk.office.store.read() as reader:
        assert [entry.state for entry in reader.deliveries(post)] == [DeliveryState.PUBLISHED, DeliveryState.HELD]
    assert shown(desk, post) == "held"


def publish(desk: Desk, post: int) -> None:
    """The first delivery of the post goes out."""
    with desk.office.store.write() as tx:
        entry = tx.deliveries(post)[0]
        for was, state in pairwise(
            (DeliveryState.SCHEDULED, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.PUBLISHED)
        ):
            assert tx.save_delivery(replace(entry, state=state), was=was)
        record(tx, desk.act(OLA), "test.published", at=MONDAY, post=post)


def shown(desk: Desk, post: int) -> str:
    with desk.office.store.read() as reader:
        return reader.rows([post])[0].state


def flagged(desk: Desk) -> int:
    """A submitted post that the period in force flags."""
    calendars.declare(desk.office, desk.act(PAT), election())
    post = desk.write(category="factual-policy")
    writing.submit(desk.office, desk.act(ANN), post)
    return post


def test_a_sign_off_needs_its_role_and_a_reason(desk: Desk) -> None:
    post = flagged(desk)
    with pytest.raises(NotAllowed, match="role propriety"):
        desk.decide(BOB, post, stage=SIGN_OFF, reason="Fine")
    with pytest.raises(BadInput, match="needs a reason"):
        desk.decide(PAT, post, stage=SIGN_OFF)
    desk.decide(PAT, post, stage=SIGN_OFF, reason="Neutral wording")
    assert not views.post_view(desk.office, post).standing.complete


def test_a_sign_off_of_nothing_is_refused(desk: Desk) -> None:
    """It would say on the record that something was signed off, and answer nothing."""
    post = submitted(desk)
    with pytest.raises(WrongState, match="no flag, now or at its time, that Pat Propriety could sign off"):
        desk.decide(PAT, post, stage=SIGN_OFF, reason="Fine")
    assert not views.post_view(desk.office, post).decisions


def test_the_author_cannot_sign_off_even_with_the_role(desk: Desk) -> None:
    with pytest.raises(OwnWork):
        desk.decide(ANN, submitted(desk), stage=SIGN_OFF, reason="Fine")


def test_a_suspended_person_neither_decides_nor_counts(desk: Desk) -> None:
    post = desk.cleared()
    stopping.suspend(desk.office, desk.act(OLA), "bob")
    assert not views.post_view(desk.office, post).standing.complete
    with pytest.raises(NotAllowed, match="suspended"):
        desk.decide(BOB, post)
    stopping.restore(desk.office, desk.act(OLA), "bob")
    assert views.post_view(desk.office, post).standing.complete


def test_an_exemption_is_for_one_digest_by_an_entitled_outsider_with_a_reason_and_an_end(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    post = desk.write(category="announcement")
    until = MONDAY + timedelta(days=1)
    reason = "Agreed with the Permanent Secretary"
    with pytest.raises(NotAllowed, match="role propriety"):
        exempting.grant_exemption(desk.office, desk.act(BOB), post, until=until, reason=reason)
    with pytest.raises(OwnWork):
        exempting.grant_exemption(desk.office, desk.act(ANN), post, until=until, reason=reason)
    with pytest.raises(BadInput, match="at least 10"):
        exempting.grant_exemption(desk.office, desk.act(PAT), post, until=until, reason="Fine")
    with pytest.raises(BadInput, match="in the past"):
        exempting.grant_exemption(desk.office, desk.act(PAT), post, until=MONDAY, reason=reason)
    with pytest.raises(StaleDigest):
        exempting.grant_exemption(desk.office, desk.act(PAT), post, until=until, reason=reason, typed_digest="0000-0000")
    granted = exempting.grant_exemption(desk.office, desk.act(PAT), post, until=until, reason=reason)
    exempting.revoke_exemption(desk.office, desk.act(PAT), granted)
    with pytest.raises(WrongState, match="revoked before"):
        exempting.revoke_exemption(desk.office, desk.act(PAT), granted)
    with pytest.raises(NotFound):
        exempting.revoke_exemption(desk.office, desk.act(PAT), 99)


def test_a_post_cleared_after_its_planned_time_asks_for_a_new_one(desk: Desk) -> None:
    post = desk.write(planned_at=MONDAY + timedelta(minutes=10))
    writing.submit(desk.office, desk.act(ANN), post)
    desk.clock.forward(timedelta(hours=1))
    assert desk.decide(BOB, post) is PostState.CLEARED
    with pytest.raises(BadInput, match="has passed"):
        scheduling.schedule(desk.office, desk.act(ANN), post)
