"""Marks of checklists: added, never altered."""

from sqlalchemy import insert, select

from purdah_scheduler.domain.checklist import Mark
from purdah_scheduler.store import rows, schema
from purdah_scheduler.store.work import View


class MarkReader(View):
    """Who ticked what."""

    def marks(self, period: str) -> tuple[Mark, ...]:
        """Of both checklists of a period, in the order in which they were made."""
        table = schema.checklist_marks
        found = []
        for row in self._work.rows(select(table).where(table.c.period == period).order_by(table.c.id)):
            with self._work.readable(f"mark {row.id} of the checklist of {row.period}"):
                found.append(rows.mark_of(row))
        return tuple(found)


class MarkWriter(MarkReader):
    """The same, with the one addition."""

    def add_mark(self, mark: Mark) -> int:
        """Store a mark (its id is ignored). Returns its id."""
        return self._work.insert(insert(schema.checklist_marks), rows.mark_values(mark))
