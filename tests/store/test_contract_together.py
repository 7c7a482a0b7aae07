"""What every store promises of changes that are written together: whoever asks in the block sees them, and nothing is lost."""

from dataclasses import replace

import pytest

from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.posts import Attempt, DeliveryState, RateLimit
from purdah_scheduler.errors import NotFound, TryAgain
from tests.store import builders as make

S = DeliveryState


def two(store: Store) -> tuple[int, int, int, int]:
    """Two queued posts and their deliveries."""
    first, by_account = make.queued(store)
    second, others = make.queued(store)
    return first, second, by_account["dept-x"], others["dept-x"]


def test_what_was_read_ahead_is_what_would_have_been_read(store: Store) -> None:
    first, second, one, other = two(store)
    with store.write() as tx:
        tx.add_decision(first, make.decision())
        tx.record(make.entry())
    with store.read() as plain, store.read() as ahead:
        ahead.foresee([one, other, 99])
        ahead.foresee_posts([first, second, 99])
        for post, delivery in ((first, one), (second, other)):
            assert ahead.delivery(delivery) == plain.delivery(delivery)
            assert ahead.attempts(delivery) == plain.attempts(delivery) == ()
            assert ahead.post(post) == plain.post(post)
            assert ahead.revisions(post) == plain.revisions(post)
            assert ahead.revision(post, 1) == plain.revision(post, 1)
            assert ahead.decisions(post) == plain.decisions(post)
            assert ahead.exemptions(post) == plain.exemptions(post)
        for missing in (lambda: ahead.delivery(99), lambda: ahead.post(99), lambda: ahead.revision(first, 2)):
            with pytest.raises(NotFound):
                missing()
        words = ahead.contents([(first, 1), (second, 1), (first, 2), (99, 1)])
        assert words == {(post, 1): plain.revision(post, 1).content for post in (first, second)}


def test_every_change_is_seen_in_the_block_that_makes_it_and_after_it(store: Store) -> None:
    """Whether it was read ahead or not, and by whichever question."""
    first, _, one, other = two(store)
    with store.write() as tx:
        tx.foresee([one])
        tx.foresee_posts([first])
        for delivery in (one, other):
            claimed = replace(tx.delivery(delivery), state=S.CLAIMED, fence=1, owner="d1", lease_until=make.NOON)
            assert tx.save_delivery(claimed, was=S.SCHEDULED, fence=0)
            assert not tx.save_delivery(claimed, was=S.SCHEDULED, fence=0)
            sending = replace(claimed, state=S.SENDING, attempts=1)
            assert tx.save_delivery(sending, was=S.CLAIMED, fence=1)
            tx.add_attempt(Attempt(delivery=delivery, number=1, intent_at=make.NOON, owner="d1"))
            tx.end_attempt(
                Attempt(delivery=delivery, number=1, intent_at=make.NOON, owner="d1", outcome="failed", ended_at=make.NOON)
            )
            late = Attempt(delivery=delivery, number=1, intent_at=make.NOON, owner="d1", outcome="late", ended_at=make.NOON)
            tx.end_attempt(late)
            assert tx.delivery(delivery) == sending
            assert [attempt.outcome for attempt in tx.attempts(delivery)] == ["failed"]
        assert {entry.id for entry in tx.in_state((S.SENDING,))} == {one, other}
        assert tx.deliveries(first) == (tx.delivery(one),)
        assert tx.counts() == {"sending": 2}
        assert [row.state for row in tx.rows(tx.row_ids(QueueFilter()))] == ["sending", "sending"]
        assert [line.state for line in tx.lines(QueueFilter(), limit=9)] == ["sending", "sending"]
        before = [entry.seq for entry in tx.entries()]
        tx.record(make.entry("one"))
        tx.record(make.entry("two"))
        assert [entry.action for entry in tx.entries()][len(before) :] == ["one", "two"]
        tx.record_all([make.entry("three")])
        tx.record(make.entry("four"))
        kept = tx.delivery(one), tx.delivery(other)
    with store.read() as reader:
        assert (reader.delivery(one), reader.delivery(other)) == kept
        assert [attempt.outcome for attempt in reader.attempts(one)] == ["failed"]
        assert [entry.action for entry in reader.entries()][len(before) :] == ["one", "two", "three", "four"]
        assert verify(reader.entries()).ok
        assert reader.counts() == {"sending": 2}


def test_what_everybody_asks_for_is_read_again_after_a_change(store: Store) -> None:
    limit = RateLimit(account="dept-x", until=make.NOON, reason="429", at=make.NOON)
    with store.write() as tx:
        assert (tx.rate_limits(), tx.periods(), tx.suspended(), tx.campaign_exemptions()) == ((), (), frozenset(), ())
        tx.set_rate_limit(limit)
        assert tx.rate_limits() == (limit,)
        tx.declare_period(make.period())
        assert tx.periods() == (make.period(),)
        tx.suspend("ann", "ola", make.NOON)
        assert tx.suspended() == {"ann"}
        tx.record(make.entry())


def test_what_was_put_off_and_cannot_be_done_undoes_the_whole_block(store: Store) -> None:
    """Even where whoever asked next swallows the fault."""
    first, second, one, other = two(store)

    def block() -> None:
        with store.write() as tx:
            assert tx.save_delivery(replace(tx.delivery(one), state=S.CLAIMED, fence=1), was=S.SCHEDULED)
            changed = replace(tx.delivery(other), fence=7)  # by somebody who went past the lock
            tx._work.known.learn("delivery", {other: changed})  # type: ignore[attr-defined]
            assert tx.save_delivery(replace(changed, state=S.CLAIMED), was=S.SCHEDULED)
            with pytest.raises(TryAgain):
                tx.deliveries(first)
            tx.record(make.entry())

    with pytest.raises(TryAgain):
        block()
    with store.read() as reader:
        assert {entry.state for entry in reader.deliveries(first) + reader.deliveries(second)} == {S.SCHEDULED}
        assert all(entry.action != "x" for entry in reader.entries())


def test_a_change_that_is_put_off_needs_an_entry_too(store: Store) -> None:
    _, _, one, _ = two(store)
    with pytest.raises(RuntimeError, match="recorded nothing"), store.write() as tx:
        tx.save_delivery(replace(tx.delivery(one), state=S.CLAIMED), was=S.SCHEDULED)
