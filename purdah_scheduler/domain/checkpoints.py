"""Checkpoints: how far the record went, kept elsewhere, and what comparing it with them proves."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from purdah_scheduler.domain.audit import Verification, stamp
from purdah_scheduler.lean import lean_dataclass

CHECKPOINT = "purdah-checkpoint-v1"
"""What a line begins with that says how far the record went, and the hash of its last entry then."""

_LINE = re.compile(
    rf"{CHECKPOINT} (?P<seq>[0-9]{{1,18}}) (?P<head>[0-9a-f]{{64}})"
    r"(?: (?P<instance>[0-9a-f]{32}) (?P<at>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}Z))?"
)
_DIGEST = re.compile(r"[0-9a-f]{64}")

PROVES = (
    "It proves that nothing before the checkpoint was changed, added or taken out since the checkpoint left this machine. It "
    "does not prove that an entry was true when it was written, nor that nothing was done outside this product."
)
"""What a match is worth, for people."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """How far the record went, and the hash of its last entry then: kept elsewhere, it shows a record that was rewritten.

    `instance` is the id of the queue and `at` when it was made, as its line says; both empty in a line of an early version.
    """

    seq: int
    head: str
    instance: str = ""
    at: str = ""

    @property
    def line(self) -> str:
        """The line that is kept elsewhere."""
        return " ".join(filter(None, (CHECKPOINT, str(self.seq), self.head, self.instance, self.at)))


def checkpoint(seq: int, head: str, *, instance: str, at: datetime) -> Checkpoint:
    """The checkpoint of a record whose last entry is `seq` with the hash `head`, as of `at`."""
    return Checkpoint(seq=seq, head=head, instance=instance, at=stamp(at))


def checkpoints_in(lines: Iterable[str]) -> Iterator[Checkpoint]:
    """Every checkpoint in a text: a mail, a journal, what `audit verify` printed; one at most on a line."""
    for line in lines:
        if found := _LINE.search(line):
            yield Checkpoint(seq=int(found["seq"]), head=found["head"], instance=found["instance"] or "", at=found["at"] or "")


def checkpoint_in_json(text: str) -> Checkpoint | None:
    """The checkpoint of the JSON that `audit verify` prints, or None."""
    try:
        facts = json.loads(text)
    except (ValueError, RecursionError):
        return None
    inner = facts.get("checkpoint", facts) if isinstance(facts, dict) else None
    match inner:
        case {"seq": int(seq), "head": str(head)} if not isinstance(seq, bool) and seq >= 0 and _DIGEST.fullmatch(head):
            return Checkpoint(seq=seq, head=head)
        case _:
            return None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A record beside checkpoints: `matches` are those of this queue that hold, `strange` those of another queue.

    `problem` is empty, or says what the record contradicts, with `first_bad` as the entry in question.
    """

    matches: tuple[Checkpoint, ...]
    strange: int
    problem: str = ""
    first_bad: int | None = None

    @property
    def newest(self) -> Checkpoint | None:
        """The match that says most."""
        return max(self.matches, key=lambda kept: kept.seq, default=None)


def compare(found: Verification, kept: Iterable[Checkpoint], *, instance: str) -> Comparison:
    """Hold a verified record against checkpoints; `found` must have remembered the hashes of their entries.

    Finds a record that was rewritten whole, and one that was cut at its end.
    """
    matches: list[Checkpoint] = []
    strange = 0
    for one in sorted(set(kept), key=lambda kept: kept.seq):
        if one.instance and one.instance != instance:
            strange += 1
        elif one.seq > found.entries:
            problem = f"it ends at entry {found.entries}, and the checkpoint was made at entry {one.seq}"
            return Comparison(matches=tuple(matches), strange=strange, problem=problem, first_bad=found.entries + 1)
        elif one.seq and found.heads.get(one.seq) != one.head:
            problem = f"entry {one.seq} is not the one of the checkpoint"
            return Comparison(matches=tuple(matches), strange=strange, problem=problem, first_bad=one.seq)
        else:
            matches.append(one)
    return Comparison(matches=tuple(matches), strange=strange)
