"""What every store promises of looks on platforms and of rate limits."""

from dataclasses import replace

import pytest

from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.posts import DeliveryState, LookUp, RateLimit, Seen
from tests.store import builders as make


def test_looks_come_back_as_they_were_made_in_their_order_and_by_delivery(store: Store) -> None:
    post = make.add_post(store)
    with store.write() as tx:
        delivery = tx.add_delivery(make.delivery(post))
        first = LookUp(
            delivery=delivery, attempt=1, at=make.NOON, outcome=Seen.UNCLEAR, detail="“429”", again_at=make.NOON + make.MINUTE
        )
        second = replace(first, at=make.NOON + make.MINUTE, outcome=Seen.ABSENT, detail="", again_at=None)
        tx.add_look_up(first)
        tx.add_look_up(second)
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.look_ups(delivery) == (first, second)
        assert reader.look_ups(delivery + 1) == ()


def test_a_look_without_an_entry_in_the_record_is_refused(store: Store) -> None:
    post = make.add_post(store)
    with store.write() as tx:
        delivery = tx.add_delivery(make.delivery(post))
        tx.record(make.entry())
    with pytest.raises(RuntimeError), store.write() as tx:
        tx.add_look_up(LookUp(delivery=delivery, attempt=1, at=make.NOON, outcome=Seen.ABSENT))
    with store.read() as reader:
        assert reader.look_ups(delivery) == ()


def test_of_a_rate_limit_the_last_word_counts(store: Store) -> None:
    limit = RateLimit(account="dept", until=make.NOON + make.MINUTE, reason="429", at=make.NOON)
    later = replace(limit, until=make.NOON + 2 * make.MINUTE, at=make.NOON + make.MINUTE)
    with store.write() as tx:
        tx.set_rate_limit(limit)
        tx.set_rate_limit(replace(limit, account="agency"))
        tx.set_rate_limit(later)
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.rate_limits() == (replace(limit, account="agency"), later)


def test_what_each_account_published_and_when_it_last_did_is_known(store: Store) -> None:
    with store.read() as reader:
        assert reader.last_published() == {}
    states = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.PUBLISHED)
    for at in (make.NOON + make.MINUTE, make.NOON):
        _, by_account = make.queued(store, accounts=("dept", "agency"))
        make.move(store, by_account["dept"], *states, remote_id="1", published_at=at)
    with store.read() as reader:
        assert reader.last_published() == {"dept": make.NOON + make.MINUTE}
        since = [entry.published_at for entry in reader.published_since("dept", make.NOON)]
        assert since == [make.NOON + make.MINUTE, make.NOON]
        assert len(reader.published_since("dept", make.NOON + make.MINUTE)) == 1
        assert reader.published_since("agency", make.NOON) == ()
