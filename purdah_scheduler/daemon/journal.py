"""What the daemon says: one event a line, as JSON in plain ASCII, never the text of a post and never a secret."""

import json
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TextIO

Fact = str | int | float | bool | None


class Journal:
    """Lines for a service manager or a file; a reader that went away never stops the daemon."""

    def __init__(self, to: TextIO, *, now: Callable[[], datetime]) -> None:
        self._to = to
        self._now = now
        self._lock = threading.Lock()
        self._last: dict[str, str] = {}

    def say(self, event: str, **facts: Fact) -> None:
        """Write one event; facts that are None are left out."""
        self.say_each(event, (facts,))

    def say_each(self, event: str, every: Iterable[Mapping[str, Fact]]) -> None:
        """Write one event of a kind for each of these facts, all at once."""
        at = self._now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        lines = [
            json.dumps({"ts": at, "event": event, **{name: fact for name, fact in facts.items() if fact is not None}}) + "\n"
            for facts in every
        ]
        with self._lock:
            try:
                self._to.write("".join(lines))
                self._to.flush()
            except (OSError, ValueError):  # nobody reads any more; the store is where everything is on record
                return

    def say_once(self, event: str, reason: str) -> None:
        """Write an event unless the last one of its kind had the same reason: a fault that lasts is told once."""
        if self._last.get(event) != reason:
            self._last[event] = reason
            self.say(event, reason=reason)

    def all_well(self, event: str) -> None:
        """The fault of this kind is over: say so, and tell the next one again."""
        if self._last.pop(event, None):
            self.say(f"{event}.over")


class LibraryLines(logging.Handler):
    """Faults that a library reports through `logging`, as events; the type of an exception, never its words."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(level=logging.ERROR)
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        self._journal.say("library.fault", library=record.name, fault=kind)


@contextmanager
def told_by_libraries(journal: Journal) -> Iterator[None]:
    """Faults that libraries report become lines of the journal, and nothing else of theirs reaches standard error."""
    handler = LibraryLines(journal)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
