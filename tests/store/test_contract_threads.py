"""What every store promises of threads: each part has a delivery of its own, and goes out after the part before it is public."""

from dataclasses import replace

import pytest

from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.posts import Delivery, DeliveryState, PostState
from purdah_scheduler.errors import ProductError, WrongState
from tests.store import builders as make

S = DeliveryState


def thread(store: Store, *, parts: int = 3, account: str = "dept-x") -> tuple[int, list[int]]:
    """A scheduled thread: its post, and the deliveries of its parts."""
    post_id = make.add_post(store, "A thread", accounts=(account,), state=PostState.CLEARED)
    with store.write() as tx:
        one = make.delivery(post_id, account)
        made = [tx.add_delivery(replace(one, part=number, parts=parts)) for number in range(1, parts + 1)]
        tx.save_post(replace(tx.post(post_id), state=PostState.SCHEDULED))
        tx.record(make.entry("post.scheduled", post_id=post_id))
    return post_id, made


def claim(store: Store) -> list[tuple[int, int]]:
    """Post and part of what is claimed."""
    with store.write() as tx:
        claimed = tx.claim_due(now=make.NOON, owner="d1", lease_until=make.NOON + make.MINUTE, limit=10)
        if claimed:
            tx.record(make.entry("delivery.claimed"))
    return [(entry.post, entry.part) for entry in claimed]


def publish(store: Store, delivery: int, remote_id: str) -> None:
    make.move(store, delivery, S.SENDING, S.PUBLISHED, remote_id=remote_id, remote_url=f"https://x.example/{remote_id}")


def read(store: Store, delivery: int) -> Delivery:
    with store.read() as reader:
        return reader.delivery(delivery)


def test_a_part_is_claimed_only_once_the_part_before_it_is_public_and_follows_it(store: Store) -> None:
    post_id, (first, second, third) = thread(store)
    assert claim(store) == [(post_id, 1)]
    assert claim(store) == []
    publish(store, first, "11")
    assert (read(store, second).follows, read(store, third).follows) == ("11", "")
    assert claim(store) == [(post_id, 2)]
    publish(store, second, "12")
    assert claim(store) == [(post_id, 3)]
    assert read(store, third).follows == "12"


@pytest.mark.parametrize("path", [(S.HELD,), (S.MISSED,), (S.FAILED,), (S.SENDING, S.UNKNOWN), (S.CANCELLED,)])
def test_what_stops_a_part_stops_every_part_behind_it(store: Store, path: tuple[DeliveryState, ...]) -> None:
    _, (first, *_) = thread(store)
    claim(store)
    make.move(store, first, *path)
    assert claim(store) == []
    with store.read() as reader:
        assert reader.next_due_at() is None
        assert reader.overdue(make.NOON + 60 * make.MINUTE) == 0


def test_nothing_else_of_the_account_goes_out_between_two_parts(store: Store) -> None:
    earlier, (before,) = make.queued(store, due_at=make.NOON - make.MINUTE)[0], make.queued(store)[1].values()
    make.move(store, before, S.CANCELLED)
    with store.read() as reader:
        waiting = reader.deliveries(earlier)[0]
    make.move(store, waiting.id, S.SCHEDULED, due_at=make.NOON + make.MINUTE)
    post_id, (first, second, _) = thread(store)
    assert claim(store) == [(post_id, 1)]
    make.move(store, waiting.id, S.SCHEDULED, due_at=make.NOON - make.MINUTE)
    publish(store, first, "11")
    assert claim(store) == [(post_id, 2)]
    make.move(store, second, S.HELD)
    assert claim(store) == [(earlier, 1)], "a thread that cannot go on holds up nothing else"


def test_a_retry_of_a_part_waits_for_its_time_although_its_turn_has_come(store: Store) -> None:
    _, (first, second, _) = thread(store)
    later = make.NOON + make.MINUTE
    make.move(store, second, S.SCHEDULED, not_again_before=later)
    claim(store)
    publish(store, first, "11")
    assert claim(store) == []
    with store.read() as reader:
        assert reader.next_due_at() == later


def test_saving_an_old_copy_of_a_part_does_not_take_back_its_turn(store: Store) -> None:
    post_id, (first, second, _) = thread(store)
    old = read(store, second)
    claim(store)
    publish(store, first, "11")
    with store.write() as tx:
        assert tx.save_delivery(replace(old, due_at=make.NOON - make.MINUTE), was=S.SCHEDULED)
        tx.record(make.entry())
    assert read(store, second).follows == "11"
    assert claim(store) == [(post_id, 2)]


def test_the_database_itself_refuses_to_send_a_part_out_of_turn(store: Store) -> None:
    _, (_, second, _) = thread(store)
    with pytest.raises((ProductError, RuntimeError)):
        make.move(store, second, S.CLAIMED, S.SENDING)
    assert read(store, second).state is S.SCHEDULED


def test_an_account_has_each_part_of_a_post_once(store: Store) -> None:
    post_id, _ = thread(store)
    with store.write() as tx:
        for number in (1, 2, 3):
            with pytest.raises(WrongState, match="second time"):
                tx.add_delivery(replace(make.delivery(post_id), part=number, parts=3))
        with pytest.raises(ValueError, match="part"):
            tx.save_delivery(replace(tx.deliveries(post_id)[0], part=2, parts=3), was=S.SCHEDULED)
        tx.record(make.entry())


def test_the_rest_of_a_thread_that_was_cancelled_is_queued_again_behind_what_is_public(store: Store) -> None:
    post_id, (first, second, third) = thread(store)
    claim(store)
    publish(store, first, "11")
    for rest in (second, third):
        make.move(store, rest, S.CANCELLED)
    with store.write() as tx:
        again = [tx.add_delivery(replace(make.delivery(post_id), part=number, parts=3)) for number in (2, 3)]
        tx.record(make.entry())
    assert (read(store, again[0]).follows, read(store, again[1]).follows) == ("11", "")
    assert claim(store) == [(post_id, 2)]
    with store.read() as reader:
        assert [target.delivery for target in reader.targets(post_id)] == [first]


def test_lists_say_that_a_thread_is_partial_and_what_stops_it(store: Store) -> None:
    post_id, (first, second, third) = thread(store)
    claim(store)
    publish(store, first, "11")
    claim(store)
    make.move(store, second, S.HELD, reason_code="blocked", reason="A period began.")
    with store.read() as reader:
        (line,) = reader.lines(QueueFilter(states=frozenset({"partial"})), limit=5)
        (row,) = reader.rows([post_id])
        assert reader.counts() == {"partial": 1}
    said = ("partial", "blocked", "1 of 3 parts is public; part 2 is held: A period began.", "https://x.example/11")
    assert (line.state, line.reason_code, line.reason, line.remote_url) == said
    assert (row.state, row.reason_code, row.reason, row.remote_url) == said
    for rest in (second, third):
        make.move(store, rest, S.CANCELLED)
    with store.read() as reader:
        assert reader.counts() == {"shortened": 1}
        assert reader.rows([post_id])[0].reason == "1 of 3 parts is public; the rest was cancelled."


def test_a_sweep_meets_a_thread_once_at_the_part_that_is_next(store: Store) -> None:
    _, (first, second, _) = thread(store)
    with store.read() as reader:
        assert [waiting.id for waiting in reader.waiting((S.SCHEDULED,))] == [first]
    claim(store)
    publish(store, first, "11")
    with store.read() as reader:
        assert [(waiting.id, waiting.part) for waiting in reader.waiting((S.SCHEDULED,))] == [(second, 2)]
