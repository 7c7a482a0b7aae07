"""`audit verify` and `audit checkpoint`: whether the record is whole, by itself and beside what was kept elsewhere."""

import io
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, inline, say
from purdah_scheduler.domain.audit import Verification, verify_links
from purdah_scheduler.domain.checkpoints import (
    CHECKPOINT,
    PROVES,
    Checkpoint,
    Comparison,
    checkpoint,
    checkpoint_in_json,
    checkpoints_in,
    compare,
)
from purdah_scheduler.errors import BadInput, NeedsAttention
from purdah_scheduler.plain_file import read_plain_file

_LARGEST = 64_000_000
"""Bytes of a file with checkpoints: the journal of some years."""

_UNIT = "purdah-scheduler.service"
_ALONE = (
    "It was compared with no checkpoint that was kept elsewhere: that the whole record was written anew, or cut at its end, "
    "would not show."
)
_WAIT = 120.0
"""Seconds that the journal may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """The checkpoints that were kept, and where, in words."""

    checkpoints: tuple[Checkpoint, ...]
    where: str


@verb("verify", example="purdah-scheduler audit verify --against checkpoint.txt\npurdah-scheduler audit verify --journal")
@click.option("--against", type=click.Path(path_type=Path), metavar="FILE", help="Checkpoints kept elsewhere; - for stdin.")
@click.option("--journal", is_flag=True, help="The checkpoints that the daemon wrote into the system's journal.")
@click.pass_obj
def verify_record(call: Invocation, *, against: Path | None, journal: bool) -> int:
    """Whether nothing in the record was changed, added, moved or taken out.

    Alone it cannot see that the whole record was rewritten or cut short; checkpoints kept elsewhere show that too. The exit code
    is 0 for a whole record that contradicts no checkpoint, 1 for one that is not, and 2 where there was none to compare with.
    """
    if against is not None and journal:
        raise BadInput("A file and the journal were both named, so nothing was verified.", next_step="Leave out one of them.")
    kept = _read_journal() if journal else _read_checkpoints(against) if against is not None else None
    with call.office.store.read() as reader:
        instance = reader.instance()
        found = verify_links(reader.links(), remember=frozenset(one.seq for one in kept.checkpoints) if kept else ())
    beside = compare(found, kept.checkpoints, instance=instance) if found.ok and kept else None
    now = checkpoint(found.entries, found.head, instance=instance, at=call.now)
    if call.as_json:
        emit(_facts(found, beside, kept, now))
    else:
        _tell(call, found, beside, kept, now)
    if not found.ok or (beside is not None and beside.problem):
        return 1
    return NeedsAttention.exit_code if beside is not None and beside.newest is None else 0


@verb("checkpoint", example="purdah-scheduler audit checkpoint >> /mnt/elsewhere/checkpoints.txt")
@click.pass_obj
def make_checkpoint(call: Invocation) -> None:
    """Print a line that, kept elsewhere, shows later whether the record was rewritten or cut short; nothing is verified."""
    with call.office.store.read() as reader:
        last = next(reader.entries(newest_first=True, limit=1), None)
        instance = reader.instance()
    if last is None:
        raise BadInput("The record is empty, so there is nothing to keep.", next_step="Come back when something was done.")
    made = checkpoint(last.seq, last.hash, instance=instance, at=call.now)
    if call.as_json:
        emit({"seq": made.seq, "head": made.head, "instance": made.instance, "at": made.at, "line": made.line})
        return
    say(made.line)
    call.tell("Keep that line elsewhere; later: purdah-scheduler audit verify --against FILE")


def _facts(found: Verification, beside: Comparison | None, kept: _Kept | None, now: Checkpoint) -> dict[str, object]:
    ok = found.ok and not (beside and beside.problem)
    newest = beside.newest if beside else None
    return {
        "entries": found.entries,
        "ok": ok,
        "first_bad": beside.first_bad if beside and beside.problem else found.first_bad,
        "redacted": found.redacted,
        "checkpoint": {"seq": now.seq, "head": now.head, "instance": now.instance, "at": now.at} if ok else None,
        "problem": beside.problem if beside and beside.problem else found.problem,
        "compared": {
            "with": kept.where,
            "matches": len(beside.matches),
            "newest": {"seq": newest.seq, "at": newest.at or None} if newest else None,
            "of_another_queue": beside.strange,
        }
        if kept and beside
        else None,
    }


def _tell(call: Invocation, found: Verification, beside: Comparison | None, kept: _Kept | None, now: Checkpoint) -> None:
    problem = found.problem or (beside.problem if beside else "")
    if problem:
        say(f"The record is not whole: {problem}.")
        call.tell("Next: keep a copy of the queue's file as it is, pause publishing, and compare it with a backup.")
        return
    erased = f", the personal part of {found.redacted} of them erased" if found.redacted else ""
    say(f"The record is whole: {found.entries} entries{erased}.")
    say(now.line)
    newest = beside.newest if beside else None
    if kept is not None and newest is not None and beside is not None:
        made = f", made {newest.at}" if newest.at else ""
        many = "1 checkpoint" if len(beside.matches) == 1 else f"{len(beside.matches)} checkpoints"
        say(f"It matches {many} of {inline(kept.where)}; the newest is of entry {newest.seq}{made}.")
        say(PROVES)
    elif kept is not None:
        of = f" of this queue ({beside.strange} of another)" if beside and beside.strange else ""
        say(f"There is no checkpoint{of} in {inline(kept.where)}. {_ALONE}")
    else:
        say(_ALONE)
    call.tell("Keep the line that begins with purdah-checkpoint elsewhere; later: purdah-scheduler audit verify --against FILE")


def _read_checkpoints(path: Path) -> _Kept:
    """Every checkpoint line of a file (mails, a journal, a log), or the JSON of `audit verify`. Raises BadInput."""
    if str(path) == "-":
        data, where = sys.stdin.buffer.read(_LARGEST + 1), "standard input"
    else:
        data, where = _read(path), str(path)
    if len(data) > _LARGEST:
        raise BadInput(
            f"{where} is larger than {_LARGEST // 1_000_000} MB, so nothing was verified.",
            next_step=f"Give the lines with {CHECKPOINT} alone: grep {CHECKPOINT} FILE",
        )
    text = data.decode("utf-8", "replace")
    found = tuple(dict.fromkeys(checkpoints_in(io.StringIO(text))))
    if not found:
        one = checkpoint_in_json(text)
        if one is None:
            raise BadInput(
                f"{where} holds no checkpoint, so nothing was verified.",
                next_step=f"It should hold a line “{CHECKPOINT} SEQ HASH”.",
            )
        found = (one,)
    return _Kept(checkpoints=found, where=where)


def _read(path: Path) -> bytes:
    try:
        file = read_plain_file(path, limit=_LARGEST)
    except OSError as fault:
        raise BadInput(f"{path} cannot be read: {fault.strerror}. Nothing was verified.") from fault
    if file is None:
        raise BadInput(f"{path} cannot be read: it is no plain file. Nothing was verified.")
    return file.data


def _read_journal() -> _Kept:
    """Every checkpoint that the service wrote into the system's journal. Raises BadInput where there is no journal to ask."""
    program = shutil.which("journalctl")
    if program is None:
        raise BadInput(
            "There is no journalctl on this machine, so nothing was verified.",
            next_step="Give what the daemon logged: purdah-scheduler audit verify --against FILE",
        )
    command = [program, "--unit", _UNIT, "--output", "cat", "--no-pager", "--quiet"]
    try:
        ran = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=True, timeout=_WAIT)
    except (subprocess.SubprocessError, OSError) as fault:
        said = fault.stderr if isinstance(fault, subprocess.CalledProcessError) else str(fault).encode("utf-8", "replace")
        raise BadInput(
            f"The journal could not be read ({inline(said.decode('utf-8', 'replace').strip())}), so nothing was verified.",
            next_step="Run it as a user who may read the journal (group systemd-journal), or give a file with --against.",
        ) from fault
    found = tuple(dict.fromkeys(checkpoints_in(io.StringIO(ran.stdout.decode("utf-8", "replace")))))
    return _Kept(checkpoints=found, where=f"the journal of {_UNIT}")
