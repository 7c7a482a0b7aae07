"""Erasing words about people, which the guards allow, and the holds that forbid it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Table, func, insert, or_, select, update

from purdah_scheduler.domain.holds import Hold
from purdah_scheduler.store import rows, schema
from purdah_scheduler.store.schema_break_glass import break_glasses
from purdah_scheduler.store.schema_holds import foi_holds
from purdah_scheduler.store.work import View

_PIECE = 500


class HoldReader(View):
    """What must not be erased."""

    def holds(self) -> tuple[Hold, ...]:
        """In the order in which they were made, released ones too."""
        return tuple(map(rows.hold_of, self._work.rows(select(foi_holds).order_by(foi_holds.c.id))))


class EraseWriter(HoldReader):
    """Holds are added and released once; personal words are erased, and no row ever is."""

    def add_hold(self, hold: Hold) -> int:
        """Store a hold (its id is ignored). Returns its id."""
        return self._work.insert(insert(foi_holds), rows.hold_values(hold))

    def release_hold(self, hold: Hold) -> None:
        """Fill in when, by whom and why a stored hold ended."""
        self._work.change(
            update(foi_holds)
            .where(foi_holds.c.id == hold.id, foi_holds.c.released_at.is_(None))
            .values(released_at=hold.released_at, released_by=hold.released_by, release_reason=hold.release_reason)
        )

    def erase_entries(self, entries: Sequence[int]) -> int:
        """Erase the personal part of these entries, with its salt: the chain goes on verifying. Returns of how many."""
        table = schema.audit
        erased = update(table).where(table.c.private.is_not(None)).values(private=None, salt=None)
        return sum(self._work.change(erased.where(table.c.seq.in_(piece))) for piece in _pieces(entries))

    def erase_reasons(self, posts: Sequence[int], *, person: str = "", name: str = "", before: datetime | None = None) -> int:
        """Erase the reasons of what was decided on these posts: all, one person's and those with their `name`, or earlier ones.

        Returns how many. A review of a break-glass is as old as the review.
        """
        words = (
            (schema.decisions, "reason", "person", "at"),
            (schema.exemptions, "reason", "person", "at"),
            (break_glasses, "reason", "person", "at"),
            (break_glasses, "review", "reviewed_by", "reviewed_at"),
        )
        return sum(
            self._erase_words(table, column, posts, which=_whose(table, column, whose, person, name), said=said, before=before)
            for table, column, whose, said in words
        )

    def erase_notes(self, posts: Sequence[int]) -> int:
        """Erase the internal notes of these posts. Returns of how many."""
        table = schema.posts
        return sum(
            self._work.change(update(table).where(table.c.id.in_(piece), table.c.notes != "").values(notes=""))
            for piece in _pieces(posts)
        )

    def _erase_words(
        self,
        table: Table,
        column: str,
        posts: Sequence[int],
        *,
        which: Sequence[ColumnElement[bool]],
        said: str,
        before: datetime | None,
    ) -> int:
        count = 0
        for piece in _pieces(posts):
            wanted = update(table).where(table.c.post.in_(piece), table.c[column] != "", *which)
            if before is not None:
                wanted = wanted.where(table.c[said] < before)
            count += self._work.change(wanted.values({column: ""}))
        return count


def _whose(table: Table, column: str, whose: str, person: str, name: str) -> list[ColumnElement[bool]]:
    """Words that the person said, or that have the name in them to the letter; nothing for everybody's."""
    if not person:
        return []
    said = table.c[whose] == person
    return [or_(said, func.replace(table.c[column], name, "") != table.c[column])] if name else [said]


def _pieces(numbers: Sequence[int]) -> list[list[int]]:
    return [list(numbers[start : start + _PIECE]) for start in range(0, len(numbers), _PIECE)]
