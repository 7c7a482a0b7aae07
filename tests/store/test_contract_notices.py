"""What every store promises of notices."""

from dataclasses import replace

import pytest

from purdah_scheduler.application.notice_ports import HouseStore
from purdah_scheduler.domain.notices import Item, Notice, NoticeKind, NoticeState
from tests.store import builders as make

NOTICE = Notice(
    id=0,
    channel="room",
    people=("ann", "bob"),
    kind=NoticeKind.HELD,
    topic="period:ge-2029",
    items=(Item(post=12, account="x-main", code="blocked"), Item(post=13)),
    at=make.NOON,
    ready_at=make.NOON + make.MINUTE,
    more=7,
)


def test_a_notice_comes_back_as_it_was_made_and_as_it_was_changed(store: HouseStore) -> None:
    with store.notebook() as book:
        first = book.add_notice(NOTICE)
        second = book.add_notice(replace(NOTICE, kind=NoticeKind.MISSED))
        ended = replace(
            NOTICE, id=second, state=NoticeState.GIVEN_UP, tries=3, fault="Its [/red] ';", ended_at=make.NOON, items=()
        )
        book.save_notice(ended)
    assert first < second
    with store.notices() as reader:
        assert reader.notices(limit=10) == (ended, replace(NOTICE, id=first))
        assert reader.notices(limit=10, state=NoticeState.GIVEN_UP) == (ended,)
        assert reader.notices(limit=1) == (ended,)


def test_what_is_ready_is_what_waits_and_whose_time_has_come_the_longest_waiting_first(store: HouseStore) -> None:
    with store.notebook() as book:
        later = book.add_notice(NOTICE)
        sooner = book.add_notice(replace(NOTICE, ready_at=make.NOON))
        book.add_notice(replace(NOTICE, state=NoticeState.SENT, ended_at=make.NOON))
        assert [notice.id for notice in book.ready_notices(make.NOON + make.MINUTE, limit=9)] == [sooner, later]
        assert [notice.id for notice in book.ready_notices(make.NOON, limit=9)] == [sooner]
        assert [notice.id for notice in book.ready_notices(make.NOON + make.MINUTE, limit=1)] == [sooner]


def test_the_newest_of_an_incident_is_found_by_way_topic_and_kind(store: HouseStore) -> None:
    with store.notebook() as book:
        book.add_notice(NOTICE)
        newest = book.add_notice(NOTICE)
        book.add_notice(replace(NOTICE, channel="mail"))
        book.add_notice(replace(NOTICE, topic="other"))
        found = book.newest_notice("room", "period:ge-2029", (NoticeKind.HELD, NoticeKind.DECLARED))
        assert found is not None
        assert found.id == newest
        assert book.newest_notice("room", "period:ge-2029", (NoticeKind.MISSED,)) is None


def test_how_far_people_were_told_goes_with_the_notices_or_not_at_all(store: HouseStore) -> None:
    with store.write() as tx:
        for number in range(5):
            tx.record(make.entry(action=f"test.{number}"))
    with store.notebook() as book:
        assert book.told_up_to() is None
        book.tell_up_to(2)

    def dies() -> None:
        with store.notebook() as book:
            book.add_notice(NOTICE)
            book.tell_up_to(4)
            raise KeyError("died")

    with pytest.raises(KeyError):
        dies()
    with store.notices() as reader:
        assert reader.told_up_to() == 2
        assert reader.notices(limit=9) == ()
        assert [entry.action for entry in reader.entries_after(2, limit=2)] == ["test.2", "test.3"]
        last = reader.last_entry()
        assert last is not None
        assert last.seq == 5
    with store.notebook() as book:
        book.tell_up_to(5)
    with store.notices() as reader:
        assert reader.told_up_to() == 5
        assert reader.entries_after(5, limit=9) == ()


def test_what_ended_long_ago_is_forgotten_and_what_waits_never_is(store: HouseStore) -> None:
    with store.notebook() as book:
        waits = book.add_notice(NOTICE)
        book.add_notice(replace(NOTICE, state=NoticeState.SENT, ended_at=make.NOON))
        recent = book.add_notice(replace(NOTICE, state=NoticeState.SENT, ended_at=make.NOON + make.MINUTE))
        book.forget_notices(make.NOON + make.MINUTE)
    with store.notices() as reader:
        assert [notice.id for notice in reader.notices(limit=9)] == [recent, waits]
