"""A file of posts as somebody names it: read, looked over, and either all of it can be saved or every fault of it is told."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from purdah_scheduler.application.bringing_in import Fault, Incoming, Looked, look_over
from purdah_scheduler.application.office import Office
from purdah_scheduler.domain.reveal import reveal
from purdah_scheduler.errors import BadInput
from purdah_scheduler.exports.posts_in import MOST_BYTES, Picture, Reading, read_posts
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.plain_file import read_plain_file

MOST_TOLD = 100
"""Faults of a file that are told one by one; the rest is counted."""

_FORMS = {".csv": True, ".jsonl": False}
"""By the end of its name: whether it is a table."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a file brings: its posts, how each of them would stand, and the SHA-256 (hex) of the file."""

    incoming: tuple[Incoming, ...]
    looked: tuple[Looked, ...]
    sha256: str


def look_into(office: Office, file: Path, *, picture: Picture) -> Brought:
    """Read a .csv or .jsonl file; nothing is saved. Raises BadInput with every fault of the file, each with its line."""
    as_table = _FORMS.get(file.suffix.casefold())
    if as_table is None:
        raise BadInput(f"{file} is neither .csv nor .jsonl, so nothing was imported.", next_step="Name a file that is.")
    data = _read(file)
    reading = Reading(house=office.house, now=office.now(), picture=picture)
    try:
        incoming, unread = read_posts(data, reading, as_table=as_table)
    except BadInput as fault:
        raise BadInput(
            f"{file}: {reveal(fault.message, keep_newlines=False)} Nothing was imported.", next_step=fault.next_step
        ) from fault
    looked, faults = look_over(office, incoming)
    if unread or faults:
        raise _refusal(file, len(incoming) + len(unread), sorted((*unread, *faults), key=lambda fault: fault.line))
    return Brought(incoming=incoming, looked=looked, sha256=hashlib.sha256(data).hexdigest())


def _read(file: Path) -> bytes:
    try:
        found = read_plain_file(file, limit=MOST_BYTES)
    except (OSError, ValueError) as fault:
        why = (fault.strerror if isinstance(fault, OSError) else None) or "no file can have that name"
        raise BadInput(f"{file} cannot be read ({why}), so nothing was imported.", next_step="Check its name.") from fault
    if found is None:
        raise BadInput(f"{file} is not a plain file, so nothing was imported.", next_step="Name a .csv or .jsonl file.")
    return found.data


def _refusal(file: Path, posts: int, faults: Sequence[Fault]) -> BadInput:
    told = [f"line {fault.line}: {reveal(fault.words, keep_newlines=False)}" for fault in faults[:MOST_TOLD]]
    more = [f"And {len(faults) - MOST_TOLD} more."] if len(faults) > MOST_TOLD else []
    head = f"{file}: 0 of {posts} posts were imported, because of {'1 line' if len(faults) == 1 else f'{len(faults)} lines'}."
    return BadInput("\n".join([head, *told, *more]), next_step="Correct the file and import it again.")
