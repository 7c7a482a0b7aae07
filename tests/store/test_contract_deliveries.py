"""What every store promises of deliveries: claimed by one owner at a time, saved only from the state they are in."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.posts import Attempt, Delivery, DeliveryState, PostState
from purdah_scheduler.errors import NotFound, WrongState
from tests.store import builders as make

S = DeliveryState
LEASE = make.NOON + 2 * make.MINUTE


def claim(store: Store, *, now: datetime = make.NOON, limit: int = 10, owner: str = "d1") -> tuple[Delivery, ...]:
    with store.write() as tx:
        claimed = tx.claim_due(now=now, owner=owner, lease_until=LEASE, limit=limit)
        if claimed:
            tx.record(make.entry("delivery.claimed"))
    return claimed


def test_a_delivery_comes_back_as_it_was_written_and_its_target_points_at_it(store: Store) -> None:
    post_id = make.add_post(store, state=PostState.CLEARED)
    full = replace(
        make.delivery(post_id, state=S.HELD),
        reason_code="blocked",
        reason="A general election: “no”.",
        fence=3,
        owner="d1",
        lease_until=LEASE,
        attempts=2,
        not_again_before=LEASE,
        remote_id="77",
        remote_url="https://x.example/77",
        published_at=make.NOON,
        staged={"media": "12", "a": "£"},
    )
    with store.write() as tx:
        new_id = tx.add_delivery(replace(full, id=500))
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.delivery(new_id) == replace(full, id=new_id)
        assert reader.deliveries(post_id) == (replace(full, id=new_id),)
        assert [target.delivery for target in reader.targets(post_id)] == [new_id]


def test_a_delivery_needs_an_account_and_a_revision_that_the_post_has(store: Store) -> None:
    post_id = make.add_post(store, state=PostState.CLEARED)
    with store.write() as tx:
        with pytest.raises(NotFound, match="not for other"):
            tx.add_delivery(make.delivery(post_id, "other"))
        with pytest.raises(NotFound, match="revision 2"):
            tx.add_delivery(replace(make.delivery(post_id), revision=2))
        with pytest.raises(NotFound, match="post 99"):
            tx.add_delivery(make.delivery(99))


@pytest.mark.parametrize("state", [state for state in S if state is not S.CANCELLED])
def test_an_account_never_gets_a_second_delivery_of_what_it_has_or_may_have(store: Store, state: DeliveryState) -> None:
    post_id = make.add_post(store, state=PostState.CLEARED)
    with store.write() as tx:
        tx.add_delivery(make.delivery(post_id, state=state))
        with pytest.raises(WrongState, match="second time"):
            tx.add_delivery(make.delivery(post_id))
        tx.record(make.entry())


def test_a_cancelled_delivery_makes_room_for_another_and_stays_on_record(store: Store) -> None:
    post_id, by_account = make.queued(store)
    make.move(store, by_account["dept-x"], S.CANCELLED)
    with store.write() as tx:
        second = tx.add_delivery(make.delivery(post_id))
        tx.record(make.entry())
    with store.read() as reader:
        assert [found.state for found in reader.deliveries(post_id)] == [S.CANCELLED, S.SCHEDULED]
        assert [target.delivery for target in reader.targets(post_id)] == [second]


def test_a_save_from_another_state_or_fence_does_nothing(store: Store) -> None:
    _, by_account = make.queued(store)
    claimed = claim(store)[0]
    with store.write() as tx:
        assert not tx.save_delivery(replace(claimed, state=S.HELD), was=S.SCHEDULED)
        assert not tx.save_delivery(replace(claimed, state=S.HELD), was=S.CLAIMED, fence=claimed.fence - 1)
        assert tx.delivery(claimed.id) == claimed
    with store.write() as tx:
        assert tx.save_delivery(replace(claimed, state=S.HELD, reason="stop"), was=S.CLAIMED, fence=claimed.fence)
        tx.record(make.entry())
        assert tx.delivery(by_account["dept-x"]).reason == "stop"


def test_a_move_that_the_table_does_not_have_is_refused(store: Store) -> None:
    _, by_account = make.queued(store)
    with store.write() as tx:
        found = tx.delivery(by_account["dept-x"])
        with pytest.raises(WrongState):
            tx.save_delivery(replace(found, state=S.PUBLISHED), was=S.SCHEDULED)
        assert tx.delivery(found.id) == found


@pytest.mark.parametrize(
    ("path", "allowed"),
    [((), True), ((S.HELD,), True), ((S.CLAIMED,), False), ((S.MISSED,), False), ((S.CLAIMED, S.SENDING, S.PUBLISHED), False)],
)
def test_a_new_time_in_the_same_state_needs_a_table_that_leads_there(
    store: Store, path: tuple[DeliveryState, ...], allowed: bool
) -> None:
    _, by_account = make.queued(store)
    found = make.move(store, by_account["dept-x"], *path)
    later = replace(found, due_at=found.due_at + make.MINUTE)
    with store.write() as tx:
        if allowed:
            assert tx.save_delivery(later, was=found.state)
            tx.record(make.entry())
        else:
            with pytest.raises(WrongState):
                tx.save_delivery(later, was=found.state)


def test_bookkeeping_of_a_claimed_delivery_can_change(store: Store) -> None:
    make.queued(store)
    claimed = claim(store)[0]
    with store.write() as tx:
        assert tx.save_delivery(replace(claimed, staged={"media": "9"}, lease_until=LEASE + make.MINUTE), was=S.CLAIMED)
        tx.record(make.entry())
        assert tx.delivery(claimed.id).staged == {"media": "9"}


def test_saving_an_old_copy_never_lowers_the_fence(store: Store) -> None:
    _, by_account = make.queued(store)
    with store.read() as reader:
        old = reader.delivery(by_account["dept-x"])
    claimed = claim(store)[0]
    make.move(store, claimed.id, S.SCHEDULED)
    with store.write() as tx:
        assert tx.save_delivery(replace(old, reason="moved"), was=S.SCHEDULED)
        tx.record(make.entry())
    assert claim(store)[0].fence == claimed.fence + 1 == 2


def test_a_delivery_keeps_its_post_and_account(store: Store) -> None:
    _, by_account = make.queued(store)
    with store.write() as tx:
        found = tx.delivery(by_account["dept-x"])
        with pytest.raises(ValueError, match="account"):
            tx.save_delivery(replace(found, account="other"), was=S.SCHEDULED)


# --- claims ------------------------------------------------------------------------------------------------------


def test_what_is_due_is_claimed_with_owner_lease_and_a_higher_fence(store: Store) -> None:
    _, by_account = make.queued(store)
    claimed = claim(store)
    with store.read() as reader:
        assert claimed == (reader.delivery(by_account["dept-x"]),)
    assert (claimed[0].state, claimed[0].owner, claimed[0].lease_until, claimed[0].fence) == (S.CLAIMED, "d1", LEASE, 1)
    assert claim(store) == ()


def test_nothing_is_claimed_a_microsecond_early(store: Store) -> None:
    make.queued(store, due_at=make.NOON)
    assert claim(store, now=make.NOON - timedelta(microseconds=1)) == ()
    assert len(claim(store, now=make.NOON)) == 1


def test_a_retry_is_claimed_at_its_retry_time_and_not_before(store: Store) -> None:
    make.queued(store)
    sent = claim(store)[0]
    retry_at = make.NOON + make.MINUTE
    make.move(store, sent.id, S.SENDING, S.SCHEDULED, not_again_before=retry_at)
    assert claim(store, now=retry_at - timedelta(microseconds=1)) == ()
    with store.read() as reader:
        assert reader.next_due_at() == retry_at
    assert len(claim(store, now=retry_at)) == 1


def test_one_account_gets_one_claim_at_a_time_the_earliest_first(store: Store) -> None:
    _, late = make.queued(store, due_at=make.NOON)
    _, early = make.queued(store, due_at=make.NOON - make.MINUTE)
    _, other = make.queued(store, due_at=make.NOON, accounts=("dept-y",))
    assert [found.id for found in claim(store)] == [early["dept-x"], other["dept-y"]]
    assert claim(store) == ()
    make.move(store, early["dept-x"], S.SENDING)
    assert claim(store) == ()
    make.move(store, early["dept-x"], S.UNKNOWN)
    assert [found.id for found in claim(store)] == [late["dept-x"]]


def test_of_two_due_at_the_same_instant_the_older_goes_first(store: Store) -> None:
    _, first = make.queued(store)
    make.queued(store)
    assert [found.id for found in claim(store)] == [first["dept-x"]]


def test_no_more_are_claimed_than_asked_for(store: Store) -> None:
    for name in "abcde":
        make.queued(store, accounts=(name,))
    assert [found.account for found in claim(store, limit=2)] == ["a", "b"]
    assert [found.account for found in claim(store, limit=9)] == ["c", "d", "e"]


def test_several_claimers_never_claim_the_same_delivery(opener: Callable[[], Store]) -> None:
    store = opener()
    wanted = {f"account-{number}" for number in range(40)}
    make.queued(store, accounts=sorted(wanted))
    got: list[tuple[Delivery, ...]] = []

    def work(owner: str, own: Store) -> None:
        while claimed := claim(own, limit=3, owner=owner):
            got.append(claimed)

    threads = [threading.Thread(target=work, args=(f"d{number}", opener())) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    accounts = [found.account for claimed in got for found in claimed]
    assert len(accounts) == 40
    assert set(accounts) == wanted


def test_the_next_due_time_leaves_out_accounts_that_are_busy(store: Store) -> None:
    with store.read() as reader:
        assert reader.next_due_at() is None
    make.queued(store, due_at=make.NOON)
    make.queued(store, due_at=make.NOON + make.MINUTE)
    make.queued(store, due_at=make.NOON + 5 * make.MINUTE, accounts=("dept-y",))
    with store.read() as reader:
        assert reader.next_due_at() == make.NOON
    claimed = claim(store)[0]
    with store.read() as reader:
        assert reader.next_due_at() == make.NOON + 5 * make.MINUTE
    make.move(store, claimed.id, S.HELD)
    with store.read() as reader:
        assert reader.next_due_at() == make.NOON + make.MINUTE


def test_deliveries_are_found_by_state_in_order_of_their_time(store: Store) -> None:
    _, later = make.queued(store, due_at=make.NOON + make.MINUTE, accounts=("a",))
    _, first = make.queued(store, accounts=("b",))
    _, held = make.queued(store, accounts=("c",))
    make.move(store, held["c"], S.HELD)
    with store.read() as reader:
        assert [found.id for found in reader.in_state((S.SCHEDULED,))] == [first["b"], later["a"]]
        assert [found.id for found in reader.in_state((S.HELD, S.SCHEDULED))] == [first["b"], held["c"], later["a"]]
        assert reader.in_state((S.UNKNOWN,)) == ()
        assert reader.in_state(()) == ()


# --- attempts ----------------------------------------------------------------------------------------------------


def test_an_attempt_is_ended_once_and_late_news_is_ignored(store: Store) -> None:
    _, by_account = make.queued(store)
    intent = Attempt(delivery=by_account["dept-x"], number=1, intent_at=make.NOON, owner="d1")
    ended = replace(intent, outcome="published", detail="1", ended_at=make.NOON + make.MINUTE)
    with store.write() as tx:
        tx.add_attempt(intent)
        assert tx.attempts(intent.delivery) == (intent,)
        tx.record(make.entry())
    with store.write() as tx:
        tx.end_attempt(ended)
        tx.record(make.entry())
    with store.write() as tx:
        tx.end_attempt(replace(ended, outcome="failed"))
    with store.read() as reader:
        assert reader.attempts(intent.delivery) == (ended,)


def test_attempts_have_a_delivery_a_number_of_their_own_and_an_outcome(store: Store) -> None:
    _, by_account = make.queued(store)
    intent = Attempt(delivery=by_account["dept-x"], number=1, intent_at=make.NOON, owner="d1")
    with store.write() as tx:
        tx.add_attempt(intent)
        with pytest.raises(WrongState, match="already"):
            tx.add_attempt(intent)
        with pytest.raises(NotFound):
            tx.add_attempt(replace(intent, delivery=99))
        with pytest.raises(NotFound):
            tx.end_attempt(replace(intent, number=2, outcome="failed", ended_at=make.NOON))
        with pytest.raises(ValueError, match="outcome"):
            tx.end_attempt(intent)
        tx.record(make.entry())
