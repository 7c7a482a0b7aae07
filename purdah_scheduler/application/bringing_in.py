"""Bringing posts in from a file: each becomes a draft of the person who does it, all of them in one transaction or none."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from purdah_scheduler.application.drafting import Draft, content_of, kept_content_of
from purdah_scheduler.application.nearby import Neighbourhood, Warned, warnings
from purdah_scheduler.application.office import Actor, Office, require
from purdah_scheduler.application.writing import Preview, add_new, first_of, preview, title_of
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.content import digest
from purdah_scheduler.domain.in_words import verdict_words
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.reveal import reveal
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass

MOST_COMPARED = 300
"""Posts of one file that are held against those that are there: the words of each are compared with thousands."""

NOT_COMPARED = f"More than {MOST_COMPARED} posts: they were not compared with those that are there."
"""What is said of a larger file."""

CAN_BE_SAVED = "can be saved"
"""What becomes of a post before it is."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One post of a file, and the line (from 1) on which it begins.

    `make` reads its pictures and raises BadInput for what cannot be used. It is called again when the post is saved, so that no
    picture is held in memory meanwhile.
    """

    line: int
    make: Callable[[], Draft]


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why the post on that line cannot be saved."""

    line: int
    words: str


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How one post of a file would stand: on each account, and beside the posts that are there."""

    line: int
    title: str
    planned_at: datetime | None
    preview: Preview
    beside: tuple[Warned, ...]

    def words(self, becomes: str, *, now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
        """A line for the post, and one for each thing that is worth a look; `becomes` says what is or was done with it."""
        at = "no time yet" if self.planned_at is None else format_local(self.planned_at, zone, now)
        lines = [f"line {self.line}: {becomes}, {at}, {verdict_words(self.preview.worst.verdict)}"]
        lines.append(f"  “{reveal(self.title, keep_newlines=False)}”")
        if self.planned_at is not None and self.planned_at < now:
            lines.append("  Its time has passed; scheduling it will need a later one.")
        for entry in self.preview.accounts:
            lines += [f"  On {entry.account}: {reveal(problem.message, keep_newlines=False)}" for problem in entry.problems]
        return (*lines, *(f"  Look: {reveal(warned.words, keep_newlines=False)}" for warned in self.beside))


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What became of a line: the number of the post, and its digest."""

    line: int
    post: int
    digest: str


def look_over(office: Office, incoming: Sequence[Incoming]) -> tuple[tuple[Looked, ...], tuple[Fault, ...]]:
    """Each post as it would be saved, and every fault of the file by line; nothing is written.

    What would say the same at the same time as an earlier line is a fault too. More than `MOST_COMPARED` posts are not held
    against those that are there.
    """
    around = Neighbourhood(office) if len(incoming) <= MOST_COMPARED else None
    looked, faults = [], []
    known: dict[object, int] = {}
    for each in incoming:
        try:
            draft = each.make()
            content = content_of(office, draft)
            seen = preview(office, draft)
        except BadInput as fault:
            faults.append(Fault(line=each.line, words=str(fault)))
            continue
        pictures = tuple(hashlib.sha256(file.data).digest() for file in draft.attachments)
        same = known.setdefault((digest(content), pictures, draft.planned_at), each.line)
        if same != each.line:
            faults.append(Fault(line=each.line, words=f"It says the same at the same time as line {same}."))
        beside = () if around is None else warnings(around.of(draft.said, at=draft.planned_at), office.house.zone)
        looked.append(Looked(line=each.line, title=title_of(draft), planned_at=draft.planned_at, preview=seen, beside=beside))
    return tuple(looked), tuple(faults)


def bring_in(office: Office, actor: Actor, incoming: Iterable[Incoming], *, file: str) -> tuple[Saved, ...]:
    """Save every post as a draft of this person; `file` is the SHA-256 (hex) of where they come from, for the record.

    Whoever wrote, cleared or sent such a post elsewhere, nothing of that comes with it. Raises NotAllowed (role author), and what
    `make` and saving raise: BadInput, BadMedia, NotFound, TryAgain; then none of them is saved.
    """
    now = office.now()
    made = []
    for each in incoming:
        draft = each.make()
        made.append((each.line, draft.text, *first_of(draft, kept_content_of(office, draft), actor.person.id, now=now)))
    saved = []
    with office.store.write() as tx:
        require(actor, tx, Role.AUTHOR, to="import posts")
        for line, text, post, revision in made:
            number = add_new(tx, actor, post, revision, text=text, imported_from=file, line=line)
            saved.append(Saved(line=line, post=number, digest=revision.digest))
    return tuple(saved)
