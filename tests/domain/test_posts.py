"""The transition tables are whole, and what they forbid is refused."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from purdah_scheduler.domain.posts import (
    DELIVERY_MOVES,
    MEANING,
    NOTHING_LEFT,
    OVER,
    POST_MOVES,
    WAITS_FOR_A_PERSON,
    Delivery,
    DeliveryState,
    PostState,
    ThreadState,
    check_delivery_move,
    check_late_proof,
    check_post_move,
)
from purdah_scheduler.errors import WrongState

D = DeliveryState


def test_every_state_has_its_moves_and_its_meaning() -> None:
    assert set(DELIVERY_MOVES) == set(DeliveryState)
    assert set(POST_MOVES) == set(PostState)
    assert set(MEANING) == {*DeliveryState, *PostState, *ThreadState}


@pytest.mark.parametrize(("old", "new"), list(product(DeliveryState, DeliveryState)))
def test_the_check_agrees_with_the_table(old: DeliveryState, new: DeliveryState) -> None:
    if new in DELIVERY_MOVES[old]:
        check_delivery_move(old, new)
    else:
        with pytest.raises(WrongState, match="nothing was changed"):
            check_delivery_move(old, new)


@pytest.mark.parametrize(("old", "new"), list(product(PostState, PostState)))
def test_the_check_of_posts_agrees_with_the_table(old: PostState, new: PostState) -> None:
    if new in POST_MOVES[old]:
        check_post_move(old, new)
    else:
        with pytest.raises(WrongState, match="nothing was changed"):
            check_post_move(old, new)


def test_only_a_claimed_delivery_can_be_sent() -> None:
    assert {old for old, moves in DELIVERY_MOVES.items() if D.SENDING in moves} == {D.CLAIMED}


@pytest.mark.parametrize("old", sorted(DeliveryState))
def test_only_what_was_sent_or_may_have_been_becomes_published_without_a_receipt(old: DeliveryState) -> None:
    """From everything else late proof alone leads there."""
    assert all(D.PUBLISHED in DELIVERY_MOVES[state] for state in D if state is not D.PUBLISHED)
    published = Delivery(
        id=1, post=1, account="x", state=D.PUBLISHED, due_at=datetime(2026, 11, 23, tzinfo=UTC), revision=1, digest="d" * 64
    )
    check_late_proof(old, replace(published, remote_id="42"))
    check_late_proof(old, replace(published, state=D.HELD))
    if old in (D.SENDING, D.UNKNOWN, D.PUBLISHED):
        check_late_proof(old, published)
    else:
        with pytest.raises(WrongState):
            check_late_proof(old, published)


def test_nothing_leaves_published_and_only_late_proof_leaves_cancelled() -> None:
    assert {D.PUBLISHED, D.CANCELLED} == OVER
    assert not DELIVERY_MOVES[D.PUBLISHED]
    assert DELIVERY_MOVES[D.CANCELLED] == {D.PUBLISHED}


def test_unknown_never_goes_back_to_sending_or_is_cancelled_away() -> None:
    assert DELIVERY_MOVES[D.UNKNOWN].isdisjoint({D.CLAIMED, D.SENDING, D.CANCELLED, D.MISSED})


def test_what_may_be_public_cannot_be_taken_back() -> None:
    assert NOTHING_LEFT.isdisjoint({D.SENDING, D.UNKNOWN, D.PUBLISHED})
    assert all(D.CANCELLED in DELIVERY_MOVES[state] for state in NOTHING_LEFT)


def test_no_daemon_claims_what_waits_for_a_person() -> None:
    assert all(D.CLAIMED not in DELIVERY_MOVES[state] for state in WAITS_FOR_A_PERSON)


def test_a_draft_is_never_scheduled_without_clearance() -> None:
    assert {old for old, moves in POST_MOVES.items() if PostState.SCHEDULED in moves} == {PostState.CLEARED, PostState.SCHEDULED}
