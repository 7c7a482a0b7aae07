"""The figures of a day: what went out and how late, what happened by the record, and what people were told."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from purdah_scheduler.application import last_day as module
from purdah_scheduler.application.last_day import LastDay, last_day
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.notices import Notice, NoticeKind, NoticeState
from purdah_scheduler.domain.posts import Attempt, DeliveryState
from tests.application.desk import MONDAY, OLA, Desk

SECOND = timedelta(seconds=1)


def figures(desk: Desk) -> LastDay:
    """The day that ends now."""
    with desk.office.store.notices() as reader:
        return last_day(reader, desk.office.house, desk.clock.now())


def published(desk: Desk, late: timedelta) -> None:
    """A post that was due a minute from now and went out so much later; time goes on until then."""
    due = desk.clock.at + timedelta(minutes=1)
    post = desk.queued(due)
    desk.clock.at = due + late
    entry = desk.delivery(post)
    with desk.office.store.write() as tx:
        for state in (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.PUBLISHED):
            if state is DeliveryState.SENDING:
                tx.add_attempt(Attempt(delivery=entry.id, number=1, intent_at=desk.clock.at, owner="d"))
            moved = replace(entry, state=state)
            if state is DeliveryState.PUBLISHED:
                moved = replace(moved, published_at=desk.clock.at, remote_id=str(post))
            tx.save_delivery(moved, was=entry.state)
            entry = moved
        record(tx, desk.act(OLA), "delivery.published", at=desk.clock.at, post=post, delivery=entry.id)


def test_lateness_is_from_the_due_time_to_the_receipt_in_order(desk: Desk) -> None:
    for late in (3 * SECOND, SECOND, 2 * SECOND):
        published(desk, late)
    found = figures(desk)
    assert found.published == 3
    assert found.lateness == (1.0, 2.0, 3.0)
    assert (found.late(0.5), found.late(0.95), found.late(1.0)) == (2.0, 3.0, 3.0)


def test_what_a_person_recorded_long_after_counts_as_published_and_not_as_late(desk: Desk) -> None:
    """A daemon sends nothing later than `max_lateness`: what has a later receipt was said by somebody."""
    published(desk, timedelta(hours=3))
    assert figures(desk).published == 1
    assert figures(desk).lateness == ()


def test_what_was_done_a_day_ago_is_not_of_this_day(desk: Desk) -> None:
    published(desk, SECOND)
    desk.clock.forward(timedelta(hours=24, seconds=1))
    found = figures(desk)
    assert (found.published, found.happened.get("delivery.published", 0), found.late(0.5)) == (0, 0, None)
    assert found.since == desk.clock.at - timedelta(hours=24)


def test_what_happened_is_counted_by_the_record(desk: Desk) -> None:
    published(desk, SECOND)
    published(desk, SECOND)
    assert figures(desk).happened["delivery.published"] == 2


def test_a_day_with_more_entries_than_are_looked_at_says_from_when_on_it_counts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST", 2)
    desk.write()
    desk.clock.forward(timedelta(hours=1))
    desk.write()
    desk.write()
    found = figures(desk)
    assert found.since == MONDAY + timedelta(hours=1)
    assert found.happened["post.created"] == 2


@pytest.fixture
def notice(desk: Desk) -> Notice:
    """One that could not be told."""
    return Notice(
        id=0,
        channel="mail",
        people=("bob",),
        kind=NoticeKind.HELD,
        topic="t",
        items=(),
        at=desk.clock.at,
        ready_at=desk.clock.at,
        state=NoticeState.GIVEN_UP,
        fault="no such host",
    )


def test_notices_of_the_day_are_those_that_were_made_in_it(desk: Desk, notice: Notice) -> None:
    early: datetime = desk.clock.at - timedelta(hours=25)
    with desk.office.store.notebook() as book:
        book.add_notice(replace(notice, at=early, ready_at=early))
        book.add_notice(notice)
    found = figures(desk)
    assert len(found.notices) == 1
    assert [one.fault for one in found.told(NoticeState.GIVEN_UP)] == ["no such host"]
    assert found.told(NoticeState.SENT) == ()
