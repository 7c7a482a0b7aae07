"""What people have read: kept beside the record, one row a person and post."""

import json
from collections.abc import Sequence
from dataclasses import asdict, fields

from sqlalchemy import ColumnElement, and_, delete, func, insert, literal_column, or_, select, update

from purdah_scheduler.domain.audit import Entry
from purdah_scheduler.domain.readings import COMMENTED, Reading
from purdah_scheduler.store import rows, schema
from purdah_scheduler.store.schema_readings import readings as table
from purdah_scheduler.store.work import View, Work

_PIECE = 500

# A literal, not a parameter: only so can the planner see that the partial index fits.
_COMMENTED: ColumnElement[str] = literal_column(f"'{COMMENTED}'")


class ReadingReader(View):
    """Who has read how far."""

    def reading(self, post: int, person: str) -> Reading | None:
        """What that person has read of that post; None where nothing is known."""
        found = _found(self._work, table.c.post == post, table.c.person == person)
        return found[0] if found else None

    def readings(self, *, posts: Sequence[int] | None = None, person: str = "") -> tuple[Reading, ...]:
        """Of these posts (None: of every post) and that person (empty: of everybody), by post and person."""
        whose = [table.c.person == person] if person else []
        if posts is None:
            return _found(self._work, *whose)
        wanted = sorted(posts)
        pieces = (wanted[start : start + _PIECE] for start in range(0, len(wanted), _PIECE))
        return tuple(one for piece in pieces for one in _found(self._work, table.c.post.in_(piece), *whose))

    def comments_past(self, person: str) -> tuple[tuple[Entry, bool], ...]:
        """Comments behind the last one that the person saw of each post, where they may be for them, in their order."""
        audit, written = schema.audit, schema.revisions
        mine = audit.c.post.in_(select(written.c.post).where(written.c.author == person))
        named = audit.c.private.contains(json.dumps(person), autoescape=True)
        wanted = (
            select(audit, mine.label("mine"))
            .outerjoin(table, and_(table.c.post == audit.c.post, table.c.person == person))
            .where(audit.c.action == _COMMENTED, audit.c.private.is_not(None))
            .where(audit.c.seq > func.coalesce(table.c.comment, 0), or_(mine, named))
        )
        found = sorted(self._work.rows(wanted), key=lambda row: row.seq)  # sorted by SQL it would read the whole record
        return tuple((rows.entry_of(row), bool(row.mine)) for row in found)


class ReadingWriter(ReadingReader):
    """The same, with the two changes; neither needs an entry in the record."""

    def note_reading(self, reading: Reading) -> None:
        """Keep it where it goes further than what is known; neither number ever falls."""
        note_reading(self._work, reading)

    def forget_readings(self, readings: Sequence[Reading]) -> int:
        """Erase these rows; returns how many there were."""
        for one in readings:
            self._work.quietly(delete(table).where(table.c.post == one.post, table.c.person == one.person))
        return len(readings)


def note_reading(work: Work, reading: Reading) -> None:
    """Keep it where it goes further than what is known; nobody else writes meanwhile."""
    found = _found(work, table.c.post == reading.post, table.c.person == reading.person)
    if not found:
        work.quietly(insert(table), asdict(reading))
        return
    known = found[0]
    further = {
        **({"revision": reading.revision, "at": reading.at} if reading.revision > known.revision else {}),
        **({"comment": reading.comment} if reading.comment > known.comment else {}),
    }
    if further:
        same = and_(table.c.post == reading.post, table.c.person == reading.person)
        work.quietly(update(table).where(same).values(further))


def _found(work: Work, *which: ColumnElement[bool]) -> tuple[Reading, ...]:
    names = [field.name for field in fields(Reading)]
    kept = work.rows(select(table).where(*which).order_by(table.c.post, table.c.person))
    return tuple(Reading(**{name: getattr(row, name) for name in names}) for row in kept)
