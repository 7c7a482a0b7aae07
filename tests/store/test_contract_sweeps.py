"""What every store promises of the whole queue at once: the same as one by one, and held all together or not at all."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.content import AccountContent, Marks, digest
from purdah_scheduler.domain.posts import Delivery, DeliveryState, Exemption
from purdah_scheduler.errors import TryAgain, WrongState
from tests.store import builders as make

S = DeliveryState
CUNNING = '],"area":"Nowhere","category":"other"} \\"],\\"area\\":'


def queued(store: Store) -> Delivery:
    """A post that is scheduled on one account."""
    _, deliveries = make.queued(store)
    with store.read() as reader:
        return reader.delivery(deliveries["dept-x"])


def test_the_classification_is_that_of_the_current_revision_whatever_the_words_say(store: Store) -> None:
    """Words that look like the stored form of a classification classify nothing."""
    first = queued(store)
    rich = replace(make.rich_content(), accounts=(AccountContent(account="dept-x", channel="outbox", parts=(CUNNING,)),))
    second = queued(store)
    with store.write() as tx:
        post_id = tx.delivery(second.id).post
        tx.add_revision(make.revision(rich, post_id=post_id, number=2))
        tx.record(make.entry())
    with store.read() as reader:
        found = {entry.id: entry for entry in reader.waiting((S.SCHEDULED,))}
        assert set(found) == {first.id, second.id}
        assert reader.how_many((S.SCHEDULED,)) == 2
        for entry in found.values():
            delivery = reader.delivery(entry.id)
            content = reader.revision(entry.post, reader.post(entry.post).revision).content
            assert (entry.post, entry.account, entry.due_at) == (delivery.post, delivery.account, delivery.due_at)
            assert (entry.reason_code, entry.exempted) == (delivery.reason_code, False)
            classed = entry.classed
            assert (classed.category, classed.nation, classed.area) == (content.category, content.nation, content.area)
            assert classed.marks == content.marks
    assert found[second.id].classed.marks == Marks(names_politician=True, joint_uk=True, campaign="Winter")


def test_only_the_accounts_and_the_times_that_are_asked_for_are_read(store: Store) -> None:
    entry = queued(store)
    later = entry.due_at + timedelta(microseconds=1)
    with store.read() as reader:

        def ids(**wanted: Any) -> list[int]:
            return [found.id for found in reader.waiting((S.SCHEDULED,), **wanted)]

        assert ids(accounts={"dept-x"}, since=entry.due_at) == [entry.id]
        assert ids(accounts={"another"}) == ids(accounts=()) == ids(since=later) == []


def test_posts_of_an_exempted_campaign_are_marked_however_its_name_is_written(store: Store) -> None:
    winter, other = queued(store), queued(store)
    content = replace(make.content(), marks=Marks(campaign="Winter  WARMTH"))
    with store.write() as tx:
        tx.add_revision(make.revision(content, post_id=winter.post, number=2))
        tx.add_exemption(
            Exemption(
                id=0,
                post=None,
                campaign="winter warmth",
                person="grace",
                reason="A reason",
                at=make.NOON,
                expires_at=make.NOON + make.MINUTE,
            )
        )
        tx.record(make.entry())
    with store.read() as reader:
        found = {entry.id: entry.exempted for entry in reader.waiting((S.SCHEDULED,))}
    assert found == {winter.id: True, other.id: False}


def test_a_post_with_an_exemption_is_marked_and_other_states_are_left_out(store: Store) -> None:
    exempted, other = queued(store), queued(store)
    with store.write() as tx:
        tx.add_exemption(
            Exemption(
                id=0,
                post=exempted.post,
                digest=exempted.digest,
                person="grace",
                reason="A reason",
                at=make.NOON,
                expires_at=make.NOON + make.MINUTE,
            )
        )
        tx.record(make.entry())
    make.move(store, other.id, S.HELD, reason_code="blocked")
    with store.read() as reader:
        assert [(entry.id, entry.exempted) for entry in reader.waiting((S.SCHEDULED,))] == [(exempted.id, True)]
        assert [(entry.id, entry.reason_code) for entry in reader.waiting((S.HELD,))] == [(other.id, "blocked")]
        assert list(reader.waiting(())) == []
        assert reader.how_many(()) == 0


def test_a_dossier_is_what_the_single_questions_answer(store: Store) -> None:
    first, second = queued(store), queued(store)
    with store.write() as tx:
        tx.add_decision(first.post, replace(make.decision(), digest=first.digest))
        tx.record(make.entry())
    with store.read() as reader:
        found = list(reader.dossiers([second.post, 99, first.post]))
        assert [dossier.post.id for dossier in found] == [second.post, first.post]
        for dossier in found:
            post = dossier.post.id
            assert dossier.post == reader.post(post)
            assert dossier.revisions == reader.revisions(post)
            assert dossier.decisions == reader.decisions(post)
            assert dossier.exemptions == reader.exemptions(post)
            assert dossier.deliveries == reader.deliveries(post)


def test_papers_are_what_the_single_questions_answer(store: Store) -> None:
    """With a second author, an account that was dropped and a decision; the digest is that of the words."""
    first, second = queued(store), queued(store)
    content = replace(make.rich_content(), accounts=(AccountContent(account="dept-x", channel="outbox", parts=("New",)),))
    with store.write() as tx:
        tx.add_revision(replace(make.revision(content, post_id=second.post, number=2), author="hal"))
        tx.add_decision(second.post, replace(make.decision(), digest=second.digest))
        tx.record(make.entry())
    with store.read() as reader:
        found = list(reader.papers([second.post, 99, first.post]))
        assert [papers.post for papers in found] == [second.post, first.post]
        for papers in found:
            post = reader.post(papers.post)
            current = reader.revision(post.id, post.revision).content
            assert (papers.revision, papers.digest) == (post.revision, digest(current))
            assert papers.accounts == tuple(sorted(entry.account for entry in current.accounts))
            assert papers.authors == {revision.author for revision in reader.revisions(post.id)}
            assert papers.decisions == reader.decisions(post.id)
    assert "hal" in found[0].authors


def test_what_is_held_already_can_be_given_another_reason(store: Store) -> None:
    waiting = queued(store)
    for code, reason in (("blocked", "one"), ("period-over", "two")):
        with store.write() as tx:
            tx.hold_all([tx.delivery(waiting.id)], reason_code=code, reasons=[reason])
            tx.record(make.entry())
    with store.read() as reader:
        assert reader.delivery(waiting.id) == replace(waiting, state=S.HELD, reason_code="period-over", reason="two")
        (row,) = reader.rows([waiting.post])
    assert (row.state, row.reason_code, row.reason) == ("held", "period-over", "two")


def test_many_are_held_as_one_by_one_and_the_record_is_whole(store: Store) -> None:
    waiting = [queued(store) for _ in range(3)]
    with store.write() as tx:
        tx.hold_all(waiting, reason_code="blocked", reasons=["one", "two", "three"])
        tx.record_all([make.entry("delivery.held", post_id=delivery.post) for delivery in waiting])
    with store.read() as reader:
        assert reader.in_state((S.HELD,)) == tuple(
            replace(delivery, state=S.HELD, reason_code="blocked", reason=reason)
            for delivery, reason in zip(waiting, ("one", "two", "three"), strict=True)
        )
        rows = reader.rows([delivery.post for delivery in waiting])
        assert [(row.state, row.reason) for row in rows] == [("held", "one"), ("held", "two"), ("held", "three")]
        entries = list(reader.entries())
        assert [entry.post for entry in entries[-3:]] == [delivery.post for delivery in waiting]
        assert verify(entries).ok


def test_one_that_changed_meanwhile_or_cannot_be_held_holds_up_all(store: Store) -> None:
    first, second = queued(store), queued(store)
    make.move(store, second.id, S.CLAIMED, fence=1, owner="d1", lease_until=make.NOON)
    with pytest.raises(TryAgain, match="nothing was changed"), store.write() as tx:
        tx.hold_all([first, second], reason_code="blocked", reasons=["one", "two"])
    with pytest.raises(WrongState, match="published"), store.write() as tx:
        tx.hold_all([first, replace(second, state=S.PUBLISHED)], reason_code="blocked", reasons=["one", "two"])
    with store.write() as tx:
        tx.hold_all([], reason_code="blocked", reasons=[])
        tx.record_all([])
    with store.read() as reader:
        assert reader.delivery(first.id) == first
