"""Break-glass in the store: added, told once, reviewed once."""

import json
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, insert, select, update

from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.errors import NotFound, WrongState
from purdah_scheduler.store.house_rows import break_glass_of
from purdah_scheduler.store.schema_break_glass import break_glasses
from purdah_scheduler.store.work import View


class BreakGlassReader(View):
    """Who broke the glass, and what was never reviewed."""

    def break_glasses(self, post: int) -> tuple[BreakGlass, ...]:
        """Of one post, in the order in which they were broken."""
        return self._work.known.foreseen("break_glasses", post, lambda: self._found(break_glasses.c.post == post))

    def unreviewed(self) -> tuple[BreakGlass, ...]:
        """Of every post, those that nobody has reviewed."""
        return self._found(break_glasses.c.reviewed_at.is_(None))

    def broken_since(self, at: datetime) -> tuple[BreakGlass, ...]:
        """Of every post, those after that instant."""
        return self._found(break_glasses.c.at > at)

    def _found(self, which: ColumnElement[bool]) -> tuple[BreakGlass, ...]:
        with self._work.readable("a break-glass"):
            return tuple(map(break_glass_of, self._work.rows(select(break_glasses).where(which).order_by(break_glasses.c.id))))


class BreakGlassWriter(BreakGlassReader):
    """The same, with the two changes that go on record."""

    def add_break_glass(self, glass: BreakGlass) -> int:
        """Store one (its id is ignored). Returns its id."""
        values = asdict(glass) | {"stages": json.dumps(glass.stages)}
        return self._work.insert(insert(break_glasses), {name: value for name, value in values.items() if name != "id"})

    def review_break_glass(self, glass: int, *, by: str, at: datetime, words: str) -> None:
        """Raises NotFound; WrongState where it was reviewed before."""
        table = break_glasses
        if not self._work.rows(select(table.c.id).where(table.c.id == glass)):
            raise NotFound(f"There is no break-glass {glass}.", next_step="purdah-scheduler status")
        changed = update(table).where(table.c.id == glass, table.c.reviewed_at.is_(None))
        if not self._work.change(changed.values(reviewed_by=by, reviewed_at=at, review=words)):
            raise WrongState(f"Break-glass {glass} was reviewed before, so nothing was changed.")
