"""One entry of the record with what it changed, and where a moment is in a list of entries."""

from collections.abc import Sequence
from datetime import datetime

from purdah_scheduler.application.office import Office
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain.audit import Entry
from purdah_scheduler.domain.posts import Revision
from purdah_scheduler.errors import NotFound
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """An entry; of an edit that was not erased also the revision that it made, and the one before."""

    entry: Entry
    before: Revision | None = None
    after: Revision | None = None


def entry_view(office: Office, number: int) -> EntryView:
    """The entry with this number. Raises NotFound."""
    with office.store.read() as reader:
        found = reader.entries_at([number])
        if not found:
            raise NotFound(f"There is no entry {number} in the record.")
        (entry,) = found
        made = entry.facts.get("revision")
        if entry.post is None or entry.private is None or not isinstance(made, int) or entry.action != "post.edited":
            return EntryView(entry=entry)
        revisions = {revision.number: revision for revision in reader.revisions(entry.post)}
    return EntryView(entry=entry, before=revisions.get(made - 1), after=revisions.get(made))


def place_of(reader: Reader, numbers: Sequence[int], before: datetime) -> int:
    """How many of these entries, newest first, come before the newest one that is older than `before`; found by halving."""
    low, high = 0, len(numbers)
    while low < high:
        middle = (low + high) // 2
        found = reader.entries_at([numbers[middle]])
        if found and found[0].at >= before:
            low = middle + 1
        else:
            high = middle
    return low
