"""What an export of the record holds: the entries, the posts that they are about, and what ties them to the whole."""

from collections.abc import Iterator
from datetime import datetime

from purdah_scheduler.application.commenting import Comment, comments_in
from purdah_scheduler.application.lists import Dossier
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain.audit import GENESIS, Entry
from purdah_scheduler.domain.checkpoints import Checkpoint, checkpoint
from purdah_scheduler.domain.posts import Attempt
from purdah_scheduler.lean import lean_dataclass

REDACTED = "[redacted s40(2)]"
"""What stands where the name or the words of a person were: exempt under section 40(2) of the Freedom of Information Act 2000."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries: those of one post, those of a span of time (`until` does not count), or both."""

    post: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    def takes(self, entry: Entry) -> bool:
        """Whether the entry is one of them."""
        return (
            (self.post is None or entry.post == self.post)
            and (self.since is None or self.since <= entry.at)
            and (self.until is None or entry.at < self.until)
        )


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One post with everything that hangs on it, the tries of each of its deliveries, and the comments among what is wanted."""

    dossier: Dossier
    attempts: dict[int, tuple[Attempt, ...]]
    comments: tuple[Comment, ...] = ()


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What is handed out. `chain` is every entry from the first that is wanted to the end of the record, in order.

    `before` is the hash that the first of them follows, `end` the checkpoint of the last. `chosen` are the numbers of the
    entries that are wanted; of the others only what ties the chain together is handed out, and nothing about people.
    """

    department: str
    made_at: datetime
    wanted: Wanted
    redacted: bool
    chain: tuple[Entry, ...]
    chosen: frozenset[int]
    before: str
    end: Checkpoint
    files: tuple[File, ...]

    @property
    def entries(self) -> Iterator[Entry]:
        """The entries that are wanted."""
        return (entry for entry in self.chain if entry.seq in self.chosen)


def gather(reader: Reader, office: Office, wanted: Wanted, *, redacted: bool) -> Export:
    """Everything of an export as of one moment. Raises NotFound for a post that does not exist."""
    if wanted.post is not None:
        reader.post(wanted.post)
    chain: list[Entry] = []
    chosen: set[int] = set()
    last: Entry | None = None
    for entry in reader.entries():
        last = entry
        if wanted.takes(entry):
            chosen.add(entry.seq)
        if chosen:
            chain.append(entry)
    of_post: dict[int, list[Entry]] = {}
    for entry in chain:
        if entry.seq in chosen and entry.post is not None:
            of_post.setdefault(entry.post, []).append(entry)
    now = office.now()
    return Export(
        department=office.house.department,
        made_at=now,
        wanted=wanted,
        redacted=redacted,
        chain=tuple(chain),
        chosen=frozenset(chosen),
        before=chain[0].prev if chain else last.hash if last else GENESIS,
        end=checkpoint(last.seq if last else 0, last.hash if last else GENESIS, instance=reader.instance(), at=now),
        files=tuple(_file(reader, dossier, of_post[dossier.post.id]) for dossier in reader.dossiers(sorted(of_post))),
    )


def _file(reader: Reader, dossier: Dossier, entries: list[Entry]) -> File:
    attempts = {entry.id: reader.attempts(entry.id) for entry in dossier.deliveries}
    return File(dossier=dossier, attempts=attempts, comments=comments_in(entries))
