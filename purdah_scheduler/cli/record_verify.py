"""`audit verify` and `audit checkpoint`: whether the record is whole, by itself and beside what was kept elsewhere."""

from pathlib import Path

import click

from purdah_scheduler.application import verifying
from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, inline, say
from purdah_scheduler.errors import BadInput, NeedsAttention


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
    from purdah_scheduler.kept_checkpoints import read_checkpoints, read_journal

    kept = read_journal() if journal else read_checkpoints(against) if against is not None else None
    found = verifying.verify_record(call.office, kept)
    if call.as_json:
        emit(_facts(found))
    else:
        _tell(call, found)
    if found.problem:
        return 1
    return NeedsAttention.exit_code if found.unmatched else 0


@verb("checkpoint", example="purdah-scheduler audit checkpoint >> /mnt/elsewhere/checkpoints.txt")
@click.pass_obj
def make_checkpoint(call: Invocation) -> None:
    """Print a line that, kept elsewhere, shows later whether the record was rewritten or cut short; nothing is verified."""
    made = verifying.checkpoint_now(call.office)
    if call.as_json:
        emit({"seq": made.seq, "head": made.head, "instance": made.instance, "at": made.at, "line": made.line})
        return
    say(made.line)
    call.tell(verifying.TO_KEEP)


def _facts(found: verifying.Verified) -> dict[str, object]:
    now, kept, beside = found.now, found.kept, found.beside
    newest = beside.newest if beside else None
    return {
        "entries": found.found.entries,
        "ok": not found.problem,
        "first_bad": found.first_bad,
        "redacted": found.found.redacted,
        "checkpoint": {"seq": now.seq, "head": now.head, "instance": now.instance, "at": now.at} if not found.problem else None,
        "problem": found.problem,
        "compared": {
            "with": kept.where,
            "matches": len(beside.matches),
            "newest": {"seq": newest.seq, "at": newest.at or None} if newest else None,
            "of_another_queue": beside.strange,
        }
        if kept and beside
        else None,
    }


def _tell(call: Invocation, found: verifying.Verified) -> None:
    for line in found.words():
        say(inline(line))
    if found.problem:
        call.tell(verifying.WHAT_NEXT)
    else:
        call.tell(
            "Keep the line that begins with purdah-checkpoint elsewhere; later: purdah-scheduler audit verify --against FILE"
        )
