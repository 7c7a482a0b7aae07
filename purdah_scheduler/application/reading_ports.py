"""What the store keeps of what people have read, beside the record and without an entry in it."""

from collections.abc import Sequence
from typing import Protocol

from purdah_scheduler.domain.audit import Entry
from purdah_scheduler.domain.readings import Reading


class ReadingReader(Protocol):
    """Who has read how far."""

    def reading(self, post: int, person: str) -> Reading | None:
        """What that person has read of that post; None where nothing is known."""
        ...

    def readings(self, *, posts: Sequence[int] | None = None, person: str = "") -> tuple[Reading, ...]:
        """Of these posts (None: of every post) and that person (empty: of everybody), by post and person."""
        ...

    def comments_past(self, person: str) -> tuple[tuple[Entry, bool], ...]:
        """Comments behind the last one that the person saw of each post, where they may be for them, in their order.

        Each with whether the person wrote any revision of its post. Those whose words were erased are left out.
        """
        ...


class ReadingWriter(Protocol):
    """What needs no entry: neither the record nor the gate knows of readings."""

    def note_reading(self, reading: Reading) -> None:
        """Keep it where it goes further than what is known; neither number ever falls."""
        ...

    def forget_readings(self, readings: Sequence[Reading]) -> int:
        """Erase these rows; returns how many there were."""
        ...
