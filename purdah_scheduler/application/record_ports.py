"""What looking through the record, verifying and erasing need of the store, beside what every reader and writer has."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from purdah_scheduler.application.lists import EntryFilter
from purdah_scheduler.domain.audit import Entry, Link
from purdah_scheduler.domain.holds import Hold


class RecordReader(Protocol):
    """The record as a whole, and what must be kept of it."""

    def holds(self) -> tuple[Hold, ...]:
        """What must not be erased, in the order in which it was asked for, released holds too."""
        ...

    def links(self) -> Iterator[Link]:
        """The whole record as bare fields, for verifying it."""
        ...

    def entry_numbers(self, wanted: EntryFilter) -> Sequence[int]:
        """The numbers of the entries that are wanted, newest first: a hundred thousand cost as little as can be."""
        ...

    def entries_at(self, numbers: Sequence[int]) -> tuple[Entry, ...]:
        """The entries with these numbers, in their order; numbers that no entry has are left out."""
        ...


class RecordWriter(Protocol):
    """Holds, and the erasing of words about people."""

    def add_hold(self, hold: Hold) -> int: ...
    def release_hold(self, hold: Hold) -> None: ...
    def erase_entries(self, entries: Sequence[int]) -> int:
        """Erase the personal part of these entries of the record; returns of how many. The chain goes on verifying."""
        ...

    def erase_reasons(self, posts: Sequence[int], *, person: str = "", name: str = "", before: datetime | None = None) -> int:
        """Erase reasons of decisions, exemptions and break-glass of these posts, and the words of its reviews: all, one person's
        and those with the name in them, or those before. Returns how many.
        """
        ...

    def erase_notes(self, posts: Sequence[int]) -> int: ...
