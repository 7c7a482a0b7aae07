"""Looking through the record: the numbers of the entries that are wanted, and entries by their numbers."""

import json
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select

from purdah_scheduler.application.lists import EntryFilter
from purdah_scheduler.domain.audit import Entry, Plain, canonical_json
from purdah_scheduler.store import rows, schema
from purdah_scheduler.store.shown import folded
from purdah_scheduler.store.work import View

_PIECE = 500
_LONGEST_SEARCH = 500
_RUN = re.compile("[A-Za-z0-9]+")
_SHORT_DIGEST = re.compile("[0-9a-f]{4}-[0-9a-f]{4}")
_audit = schema.audit


class RecordListReader(View):
    """The record as a list."""

    def entry_numbers(self, wanted: EntryFilter) -> Sequence[int]:
        """The numbers of the entries that are wanted, newest first."""
        words = [_SHORT_DIGEST.sub(_bare, word) for word in wanted.words[:_LONGEST_SEARCH].split()]
        conditions = [*_conditions(wanted), *(_may_say(word) for word in words if _RUN.search(word))]
        newest_first = _audit.c.seq.desc()
        if not words:
            return self._work.scalars(select(_audit.c.seq).where(*conditions).order_by(newest_first))
        columns = (_audit.c.seq, _audit.c.action, _audit.c.public, _audit.c.private)
        said = [folded(word) for word in words]
        found = self._work.each(select(*columns).where(*conditions).order_by(newest_first))
        return [row.seq for row in found if _says(row, said)]

    def entries_at(self, numbers: Sequence[int]) -> tuple[Entry, ...]:
        """The entries with these numbers, in their order; numbers that no entry has are left out."""
        found: dict[int, Entry] = {}
        for start in range(0, len(numbers), _PIECE):
            piece = list(numbers[start : start + _PIECE])
            found.update((row.seq, rows.entry_of(row)) for row in self._work.rows(select(_audit).where(_audit.c.seq.in_(piece))))
        return tuple(found[number] for number in numbers if number in found)


def _conditions(wanted: EntryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.post is not None:
        conditions.append(_audit.c.post == wanted.post)
    if wanted.since is not None:
        conditions.append(_audit.c.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(_audit.c.at < wanted.until)
    if wanted.person:
        # Canonical JSON has one way to write it, and both libraries replace case by case, which LIKE of SQLite does not.
        fact = canonical_json({"person": wanted.person})[1:-1]
        conditions.append(_audit.c.private != func.replace(_audit.c.private, fact, ""))
    if wanted.action:
        whole = _audit.c.action == wanted.action
        begins = _audit.c.action.startswith(f"{wanted.action}.", autoescape=True)
        conditions.append(or_(whole, begins, _audit.c.action.endswith(f".{wanted.action}", autoescape=True)))
    return conditions


def _may_say(word: str) -> ColumnElement[bool]:
    """Whether the longest plain run of a word is anywhere in the entry, which the store finds without reading its JSON."""
    run = max(_RUN.findall(word), key=len)
    return or_(*(column.icontains(run) for column in (_audit.c.action, _audit.c.public, _audit.c.private)))


def _says(row: Row[Any], words: Sequence[str]) -> bool:
    """Whether every word is in what the entry says: in values, not in their names."""
    parts = [row.action]
    for text in (row.public, row.private):
        _gather(json.loads(text) if text is not None else None, parts)
    said = folded("\n".join(parts))
    return all(word in said for word in words)


def _gather(value: Plain, parts: list[str]) -> None:
    match value:
        case dict():
            for each in value.values():
                _gather(each, parts)
        case list():
            for each in value:
                _gather(each, parts)
        case None | bool():
            return
        case _:
            parts.append(str(value))


def _bare(found: re.Match[str]) -> str:
    """The digits of a digest as people say it: the record keeps all of them, without the dash."""
    return found.group().replace("-", "")
