"""Times, holds and unknown outcomes: nothing is queued that is not cleared, nothing is sent late or twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from purdah_scheduler.application import calendars, scheduling, stopping, views, writing
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import Attempt, Delivery, DeliveryState, HoldReason, PostState
from purdah_scheduler.errors import BadInput, BadTime, HeldByGate, NotAllowed, NotFound, WrongState
from tests.application.desk import ALF, ANN, BOB, MONDAY, OLA, PAT, Desk, election

NOON = MONDAY + timedelta(hours=3)


def test_a_cleared_post_is_queued_for_each_account(desk: Desk) -> None:
    post = desk.cleared(accounts=("dept", "agency"))
    queued = scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON)
    assert [(entry.account, entry.state, entry.due_at) for entry in queued] == [
        ("agency", DeliveryState.SCHEDULED, NOON),
        ("dept", DeliveryState.SCHEDULED, NOON),
    ]
    assert desk.state(post) is PostState.SCHEDULED
    with desk.office.store.read() as reader:
        assert reader.next_due_at() == NOON


def test_the_planned_time_is_the_default(desk: Desk) -> None:
    post = desk.cleared(planned_at=NOON)
    assert scheduling.schedule(desk.office, desk.act(ANN), post)[0].due_at == NOON


@pytest.mark.parametrize("late", [timedelta(seconds=61), timedelta(days=1)])
def test_a_time_that_has_passed_is_refused(desk: Desk, late: timedelta) -> None:
    with pytest.raises(BadTime, match="has passed"):
        scheduling.schedule(desk.office, desk.act(ANN), desk.cleared(), at=MONDAY - late)


def test_the_present_minute_means_now(desk: Desk) -> None:
    desk.clock.forward(timedelta(seconds=40))
    queued = scheduling.schedule(desk.office, desk.act(ANN), desk.cleared(), at=MONDAY)
    assert queued[0].due_at == desk.clock.now()


def test_no_time_at_all_is_refused(desk: Desk) -> None:
    with pytest.raises(BadTime, match="has no time"):
        scheduling.schedule(desk.office, desk.act(ANN), desk.cleared())


def test_a_time_outside_the_cleared_window_is_refused(desk: Desk) -> None:
    post = desk.cleared(not_before=NOON, not_after=NOON + timedelta(hours=1))
    with pytest.raises(BadTime, match="before the window"):
        scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON - timedelta(seconds=1))
    with pytest.raises(BadTime, match="after the window"):
        scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON + timedelta(hours=1))
    scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON)


@pytest.mark.parametrize("state", ["draft", "in review", "withdrawn"])
def test_what_is_not_cleared_is_not_scheduled(desk: Desk, state: str) -> None:
    post = desk.write()
    if state == "in review":
        writing.submit(desk.office, desk.act(ANN), post)
    if state == "withdrawn":
        writing.cancel(desk.office, desk.act(ANN), post)
    with pytest.raises(WrongState, match=f"is {state}, not cleared"):
        scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON)


def test_only_authors_and_publishers_schedule(desk: Desk) -> None:
    post = desk.cleared()
    with pytest.raises(NotAllowed):
        scheduling.schedule(desk.office, desk.act(BOB), post, at=NOON)
    scheduling.schedule(desk.office, desk.act(OLA), post, at=NOON)


def test_moving_keeps_the_delivery_and_its_clearance(desk: Desk) -> None:
    post = desk.queued(NOON)
    before = desk.delivery(post)
    scheduling.schedule(desk.office, desk.act(ALF), post, at=NOON + timedelta(hours=1))
    after = desk.delivery(post)
    assert (after.id, after.due_at) == (before.id, NOON + timedelta(hours=1))
    assert views.post_view(desk.office, post).standing.complete


def test_an_account_that_the_post_is_not_for_is_refused(desk: Desk) -> None:
    with pytest.raises(NotFound, match="not for agency"):
        scheduling.schedule(desk.office, desk.act(ANN), desk.cleared(), at=NOON, accounts=("agency",))


def test_scheduling_into_a_block_warns_and_holds_at_once(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    post = desk.cleared(category="announcement")
    queued = scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON)
    assert queued[0].state is DeliveryState.HELD
    assert queued[0].answer.judgement.verdict is Verdict.BLOCK
    assert desk.delivery(post).reason_code == HoldReason.BLOCKED
    with desk.office.store.read() as reader:
        assert reader.next_due_at() is None


def test_scheduling_into_a_flag_queues_it_and_says_what_is_missing(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    post = desk.cleared(category="factual-policy")
    queued = scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON)
    assert queued[0].state is DeliveryState.SCHEDULED
    assert [hold.code for hold in queued[0].answer.holds] == [HoldReason.SIGN_OFF]


def test_a_hold_needs_a_reason_and_release_puts_it_back(desk: Desk) -> None:
    post = desk.queued(NOON)
    with pytest.raises(BadInput, match="needs a reason"):
        scheduling.hold(desk.office, desk.act(BOB), post, reason=" ")
    assert scheduling.hold(desk.office, desk.act(BOB), post, reason="Wait for the minister") == 1
    assert desk.delivery(post).reason == "Held by bob: Wait for the minister"
    with pytest.raises(WrongState, match="nothing queued"):
        scheduling.hold(desk.office, desk.act(BOB), post, reason="Again")
    scheduling.release(desk.office, desk.act(ANN), post)
    assert (desk.delivery(post).state, desk.delivery(post).reason) == (DeliveryState.SCHEDULED, "")


def test_a_released_post_is_scheduled_again_and_shown_as_published_once_it_is(desk: Desk) -> None:
    """Cleared anew after its clearance was taken back, it was called "cleared" and stayed so when it was public."""
    post = desk.queued(NOON)
    desk.decide(BOB, post, Choice.WITHDRAW)
    desk.decide(BOB, post)
    assert desk.state(post) is PostState.CLEARED
    scheduling.release(desk.office, desk.act(ANN), post)
    assert desk.state(post) is PostState.SCHEDULED


def test_what_is_not_cleared_is_not_released(desk: Desk) -> None:
    post = desk.queued(NOON)
    desk.decide(BOB, post, Choice.WITHDRAW)
    with pytest.raises(WrongState, match="is in review, not cleared, so it was not released"):
        scheduling.release(desk.office, desk.act(ANN), post)


WAYS_BACK: dict[str, Callable[[Desk, int], object]] = {
    "schedule": lambda desk, post: scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON),
    "release": lambda desk, post: scheduling.release(desk.office, desk.act(ANN), post),
    "edit": lambda desk, post: writing.revise(desk.office, desk.act(ANN), post, desk.draft("Other words.")),
}


@pytest.mark.parametrize("way", WAYS_BACK)
def test_what_proved_public_late_gets_no_new_time_and_no_new_words(desk: Desk, way: str) -> None:
    """It is on hold so that it does not go out twice: no door may bring it back into the queue."""
    post = desk.queued(NOON)
    with desk.office.store.write() as tx:
        entry = tx.deliveries(post)[0]
        held = replace(entry, state=DeliveryState.HELD, reason_code=HoldReason.ALREADY_PUBLIC, reason="It is public after all.")
        tx.save_delivery(held, was=entry.state)
        record(tx, desk.act(OLA), "test.proof", at=MONDAY, post=post)
    with pytest.raises(WrongState):
        WAYS_BACK[way](desk, post)
    assert desk.delivery(post).state is DeliveryState.HELD
    with pytest.raises(WrongState, match="It is public after all"):
        scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON, accounts=("dept",))
    writing.cancel(desk.office, desk.act(ANN), post)
    with pytest.raises(WrongState):
        WAYS_BACK[way](desk, post)
    assert [entry.state for entry in deliveries(desk, post)] == [DeliveryState.CANCELLED]


def deliveries(desk: Desk, post: int) -> tuple[Delivery, ...]:
    with desk.office.store.read() as reader:
        return reader.deliveries(post)


def test_one_account_that_proved_public_late_and_was_cancelled_is_left_out_of_a_new_time(desk: Desk) -> None:
    """Cancelling it is what the product advises; scheduling the rest must not send it a second time."""
    post = desk.queued(NOON, accounts=("agency", "dept"))
    with desk.office.store.write() as tx:
        entry = tx.deliveries(post)[0]
        held = replace(entry, state=DeliveryState.HELD, reason_code=HoldReason.ALREADY_PUBLIC, reason="It is public after all.")
        tx.save_delivery(held, was=entry.state)
        record(tx, desk.act(OLA), "test.proof", at=MONDAY, post=post)
    queued = scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON + timedelta(hours=1))
    assert [entry.account for entry in queued] == ["dept"]


def test_release_never_sends_late(desk: Desk) -> None:
    post = desk.queued(NOON)
    scheduling.hold(desk.office, desk.act(BOB), post, reason="Wait")
    desk.clock.forward(timedelta(hours=4))
    with pytest.raises(BadTime, match="has passed"):
        scheduling.release(desk.office, desk.act(ANN), post)
    later = desk.clock.now() + timedelta(hours=1)
    assert scheduling.release(desk.office, desk.act(ANN), post, at=later)[0].due_at == later


def test_release_asks_the_gate_and_gives_its_reason(desk: Desk) -> None:
    post = desk.queued(NOON, category="announcement")
    calendars.declare(desk.office, desk.act(PAT), election())
    with pytest.raises(HeldByGate, match="stays on hold on dept"):
        scheduling.release(desk.office, desk.act(ANN), post)


def test_release_waits_for_the_end_of_a_stop(desk: Desk) -> None:
    post = desk.queued(NOON)
    scheduling.hold(desk.office, desk.act(BOB), post, reason="Wait")
    stopping.pause(desk.office, desk.act(ALF), reason="Drill")
    with pytest.raises(HeldByGate, match="stopped"):
        scheduling.release(desk.office, desk.act(ANN), post)


def unknown(desk: Desk, post: int) -> None:
    """What a daemon leaves that died between request and answer."""
    entry = desk.delivery(post)
    with desk.office.store.write() as tx:
        claimed = tx.claim_due(now=NOON, owner="d", lease_until=NOON + timedelta(minutes=1), limit=5)[0]
        sending = replace(claimed, state=DeliveryState.SENDING, attempts=1)
        tx.save_delivery(sending, was=DeliveryState.CLAIMED)
        tx.add_attempt(Attempt(delivery=entry.id, number=1, intent_at=NOON, owner="d"))
        tx.save_delivery(replace(sending, state=DeliveryState.UNKNOWN), was=DeliveryState.SENDING)
        record(tx, desk.act(OLA), "test.unknown", at=NOON)
    desk.clock.at = NOON + timedelta(minutes=2)


def test_an_unknown_outcome_is_shown_with_its_next_step(desk: Desk) -> None:
    post = desk.queued(NOON)
    unknown(desk, post)
    step = views.post_view(desk.office, post).accounts[0].next_step
    assert f"post resolve {post} --published URL" in step
    assert "--not-published" in step


def test_an_unknown_outcome_that_was_published_gets_its_receipt(desk: Desk) -> None:
    post = desk.queued(NOON)
    unknown(desk, post)
    settled = scheduling.resolve(desk.office, desk.act(OLA), post, published_url="https://example.org/status/77")
    assert (settled.state, settled.remote_id) == (DeliveryState.PUBLISHED, "77")
    with desk.office.store.read() as reader:
        assert reader.attempts(settled.id)[0].outcome == "published"


def test_an_unknown_outcome_that_was_not_published_waits_for_a_new_time(desk: Desk) -> None:
    post = desk.queued(NOON)
    unknown(desk, post)
    settled = scheduling.resolve(desk.office, desk.act(OLA), post, not_published=True)
    assert (settled.state, settled.reason_code) == (DeliveryState.HELD, HoldReason.NOT_SENT)
    with desk.office.store.read() as reader:
        assert reader.next_due_at() is None
    scheduling.schedule(desk.office, desk.act(OLA), post, at=NOON + timedelta(hours=1))
    assert desk.delivery(post).state is DeliveryState.SCHEDULED


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Say either"),
        ({"published_url": "https://a", "not_published": True}, "Say either"),
        ({"published_url": "javascript:x"}, "not an address"),
    ],
)
def test_settling_says_exactly_one_thing(desk: Desk, said: dict[str, object], words: str) -> None:
    post = desk.queued(NOON)
    unknown(desk, post)
    with pytest.raises(BadInput, match=words):
        scheduling.resolve(desk.office, desk.act(OLA), post, **said)  # type: ignore[arg-type]  # by name
    assert desk.delivery(post).state is DeliveryState.UNKNOWN


def test_an_unknown_outcome_blocks_editing_scheduling_and_cancelling(desk: Desk) -> None:
    post = desk.queued(NOON)
    unknown(desk, post)
    with pytest.raises(WrongState, match="may have been"):
        writing.revise(desk.office, desk.act(ANN), post, desk.draft("Other."))
    with pytest.raises(WrongState):
        scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON + timedelta(hours=1))
    with pytest.raises(WrongState, match="may have been"):
        writing.cancel(desk.office, desk.act(ANN), post)


def test_nothing_unknown_cannot_be_settled(desk: Desk) -> None:
    with pytest.raises(WrongState, match="no unknown outcome"):
        scheduling.resolve(desk.office, desk.act(OLA), desk.queued(NOON), not_published=True)
