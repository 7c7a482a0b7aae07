"""Whether what a store holds is whole: every digest recomputed, the record verified, every attachment read."""

from purdah_scheduler.application.ports import MediaShelf, Reader
from purdah_scheduler.domain.audit import verify_links
from purdah_scheduler.domain.content import digest
from purdah_scheduler.errors import BadMedia
from purdah_scheduler.lean import lean_dataclass

_SOME = 5
"""Problems of a kind that are named one by one; the rest is counted."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Soundness:
    """What was looked at, and one sentence for each problem. `head` is the hash of the last entry of the record."""

    revisions: int
    media: int
    entries: int
    head: str
    problems: tuple[str, ...]


def soundness(reader: Reader, shelf: MediaShelf) -> Soundness:
    """Read everything and compute it again: a database can be in order and hold altered words all the same."""
    altered: list[str] = []
    attached: dict[str, int] = {}
    revisions = 0
    for revision in reader.every_revision():
        revisions += 1
        if digest(revision.content) != revision.digest:
            altered.append(f"The words of post {revision.post}, revision {revision.number}, do not match their digest.")
        for medium in revision.content.files:
            attached.setdefault(medium.sha256, revision.post)
    missing = []
    for sha256, post in attached.items():
        try:
            shelf.get(sha256)
        except BadMedia as fault:
            missing.append(f"{fault.message} It belongs to post {post}.")
    record = verify_links(reader.links())
    broken = [] if record.ok else [f"The record is not whole: {record.problem}."]
    return Soundness(
        revisions=revisions,
        media=len(attached),
        entries=record.entries,
        head=record.head,
        problems=(*broken, *_some(altered), *_some(missing)),
    )


def _some(problems: list[str]) -> list[str]:
    more = len(problems) - _SOME
    return problems if more <= 0 else [*problems[:_SOME], f"And {more} more of the kind."]
