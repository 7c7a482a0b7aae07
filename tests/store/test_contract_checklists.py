"""What every store promises of the marks of checklists."""

from dataclasses import replace

import pytest

from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.checklist import Day, Mark
from tests.store import builders as make

MARK = Mark(
    id=0,
    period="ge-2029",
    day=Day.FIRST,
    item="queue-12-dept",
    is_done=True,
    person="ada",
    at=make.NOON,
    note="Naïve “note” [/red] ' ; DROP TABLE marks",
    about="block, due 2029-05-01T09:00:00+00:00",
)


def test_marks_come_back_as_they_were_made_in_their_order_and_by_period(store: Store) -> None:
    with store.write() as tx:
        first = tx.add_mark(MARK)
        second = tx.add_mark(replace(MARK, is_done=False, person="bob", note="", at=make.NOON + make.MINUTE))
        third = tx.add_mark(replace(MARK, day=Day.LAST))
        tx.add_mark(replace(MARK, period="other"))
        tx.record(make.entry())
        assert len(tx.marks("ge-2029")) == 3
    assert first < second < third
    with store.read() as reader:
        found = reader.marks("ge-2029")
        assert reader.marks("nothing") == ()
    assert [mark.id for mark in found] == [first, second, third]
    assert replace(found[0], id=0) == MARK
    assert [(mark.is_done, mark.day) for mark in found] == [(True, Day.FIRST), (False, Day.FIRST), (True, Day.LAST)]


def test_a_mark_without_an_entry_of_the_record_is_not_kept(store: Store) -> None:
    with pytest.raises(RuntimeError, match="recorded nothing"), store.write() as tx:
        tx.add_mark(MARK)
    with store.read() as reader:
        assert reader.marks("ge-2029") == ()
