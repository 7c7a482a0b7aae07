"""`audit`: the record of everything that was done, and whether it is whole."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click

from purdah_scheduler.cli.grammar import POST, Noun, verb
from purdah_scheduler.cli.invocation import MOST_TEXT, Invocation
from purdah_scheduler.cli.shapes import entry_facts
from purdah_scheduler.cli.speaking import emit, inline, say, table
from purdah_scheduler.domain.audit import CHECKPOINT, Entry, Verification, checkpoint_line, verify
from purdah_scheduler.domain.content import short
from purdah_scheduler.errors import BadInput
from purdah_scheduler.plain_file import read_plain_file

_VERBS = {
    "log": ("record:log", "what was done, newest last"),
    "verify": ("record:verify_record", "whether nothing in it was changed, added or taken out"),
}
_LINE = re.compile(rf"{CHECKPOINT} (?P<seq>[0-9]{{1,18}}) (?P<head>[0-9a-f]{{64}})")
_KNOWN_ALREADY = frozenset({"person", "face", "assurance", "text", "owner", "fence"})
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """How far the record went, and the hash of its last entry then: kept elsewhere, it shows a record that was rewritten."""

    seq: int
    head: str


@click.group("audit", cls=Noun, verbs=_VERBS, example="purdah-scheduler audit verify")
def audit() -> None:
    """The record: every change, by whom, in a chain that shows if anything in it was altered."""


@verb("log", example="purdah-scheduler audit log --post 12 --limit 20")
@click.option("--post", "post_id", type=POST, metavar="POST", help="Only what concerns this post.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=50, show_default=True, help="Only the newest so many.")
@click.pass_obj
def log(call: Invocation, *, post_id: int | None, limit: int) -> None:
    """What was done, by whom and when; the newest last."""
    with call.office.store.read() as reader:
        if post_id is not None:
            reader.post(post_id)
        entries = tuple(reader.entries(post=post_id, newest_first=True, limit=limit))[::-1]
    if call.as_json:
        for entry in entries:
            emit(entry_facts(call, entry))
    elif entries:
        say(entry_table(call, entries, with_post=True))
    else:
        call.tell("The record is empty.")


@verb("verify", example="purdah-scheduler audit verify --against checkpoint.txt")
@click.option("--against", type=click.Path(path_type=Path), metavar="FILE", help="A checkpoint that was kept elsewhere.")
@click.pass_obj
def verify_record(call: Invocation, *, against: Path | None) -> int:
    """Whether nothing in the record was changed, added, moved or taken out: exit code 0, else 1.

    Alone it cannot see that the whole record was rewritten or cut short; a checkpoint kept elsewhere shows that too.
    """
    kept = _read_checkpoint(against) if against else None
    with call.office.store.read() as reader:
        watched = _Watched(reader.entries(), kept)
        found = verify(watched)
    if found.ok and kept is not None:
        found = _compared(found, kept, watched.head)
    now = Checkpoint(seq=found.entries, head=found.head)
    if call.as_json:
        emit(
            {
                "entries": found.entries,
                "ok": found.ok,
                "first_bad": found.first_bad,
                "redacted": found.redacted,
                "checkpoint": {"seq": now.seq, "head": now.head} if found.ok else None,
                "problem": found.problem,
            }
        )
    elif found.ok:
        erased = f", the personal part of {found.redacted} of them erased" if found.redacted else ""
        say(f"The record is whole: {found.entries} entries{erased}.")
        say(checkpoint_line(now.seq, now.head))
        call.tell("Keep that line elsewhere; later: purdah-scheduler audit verify --against FILE")
    else:
        say(f"The record is not whole: {found.problem}.")
        call.tell("Next: keep a copy of the queue's file as it is, pause publishing, and compare it with a backup.")
    return 0 if found.ok else 1


class _Watched:
    """Passes entries on and remembers the hash of the one that a checkpoint names."""

    def __init__(self, entries: Iterable[Entry], kept: Checkpoint | None) -> None:
        self._entries = entries
        self._seq = kept.seq if kept else 0
        self.head = ""

    def __iter__(self) -> Iterator[Entry]:
        for entry in self._entries:
            if entry.seq == self._seq:
                self.head = entry.hash
            yield entry


def _compared(found: Verification, kept: Checkpoint, head: str) -> Verification:
    if kept.seq > found.entries:
        problem = f"it ends at entry {found.entries}, and the checkpoint was made at entry {kept.seq}"
        return replace(found, ok=False, first_bad=found.entries + 1, problem=problem)
    if kept.seq and head != kept.head:
        return replace(found, ok=False, first_bad=kept.seq, problem=f"entry {kept.seq} is not the one of the checkpoint")
    return found


def _read_checkpoint(path: Path) -> Checkpoint:
    """The line that `audit verify` prints, or the JSON that it prints. Raises BadInput."""
    try:
        file = read_plain_file(path, limit=MOST_TEXT)
    except OSError as fault:
        raise BadInput(f"{path} cannot be read: {fault.strerror}. Nothing was verified.") from fault
    if file is None:
        raise BadInput(f"{path} cannot be read: it is no plain file. Nothing was verified.")
    try:
        text = file.data.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise _no_checkpoint(path) from fault
    if found := _LINE.search(text):
        return Checkpoint(seq=int(found["seq"]), head=found["head"])
    try:
        facts = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise _no_checkpoint(path) from fault
    inner = facts.get("checkpoint", facts) if isinstance(facts, dict) else None
    match inner:
        case {"seq": int(seq), "head": str(head)} if seq >= 0 and _DIGEST.fullmatch(head):
            return Checkpoint(seq=seq, head=head)
        case _:
            raise _no_checkpoint(path)


def _no_checkpoint(path: Path) -> BadInput:
    return BadInput(
        f"{path} holds no checkpoint, so nothing was verified.", next_step=f"It should hold a line “{CHECKPOINT} SEQ HASH”."
    )


def entry_table(call: Invocation, entries: Iterable[Entry], *, with_post: bool) -> str:
    """Entries of the record as a table: when, who, what, and the facts that are worth a look."""
    headers = ("Entry", "When", "Who", *(("Post",) if with_post else ()), "What", "Details")
    rows = [
        (
            str(entry.seq),
            call.shown(entry.at),
            who(entry),
            *((str(entry.post or ""),) if with_post else ()),
            entry.action.replace(".", " ").replace("_", " "),
            details(entry),
        )
        for entry in entries
    ]
    return table(headers, rows, width=call.width)


def who(entry: Entry) -> str:
    """The person of an entry; erased ones are said to be."""
    return "(erased)" if entry.private is None else str(entry.facts.get("person", ""))


def details(entry: Entry) -> str:
    """The facts of an entry in one line; digests in their short form, what is empty left out."""
    told = []
    for name, value in entry.facts.items():
        if name in _KNOWN_ALREADY or value in ("", None, [], {}):
            continue
        match value:
            case str() if _DIGEST.fullmatch(value):
                shown = short(value)
            case list():
                shown = ", ".join(map(str, value))
            case bool():
                shown = "yes" if value else "no"
            case _:
                shown = str(value)
        told.append(f"{name.replace('_', ' ')}: {inline(shown)}")
    return "; ".join(told)
