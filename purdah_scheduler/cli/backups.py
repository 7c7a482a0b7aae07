"""`backup` and `restore`: everything in one file, and whether it can be had back."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, inline, say

if TYPE_CHECKING:
    from purdah_scheduler.store.backup import Backup

_FILE = click.Path(path_type=Path)


@verb("backup", example="purdah-scheduler backup /srv/backups/purdah-2026-05-07.tar")
@click.argument("file", type=_FILE, metavar="FILE")
@click.option("--verify", is_flag=True, help="Look through the backup that is in FILE; nothing is written.")
@click.pass_obj
def backup(call: Invocation, *, file: Path, verify: bool) -> None:
    """The queue with its record and attachments in one new file, while everybody works on.

    It is read back and checked before it gets its name: every digest, the record, the guards, the attachments. It holds
    what is not yet public: keep it as you keep the queue. The configuration and the tokens are not in it.
    """
    from purdah_scheduler import bootstrap

    made = bootstrap.look_at_backup(file) if verify else bootstrap.back_up(call.config, file, now=call.now)
    _report(call, made, file, "The backup is whole" if verify else "Wrote and checked")
    if not verify:
        call.tell(f"Try it now and then: purdah-scheduler restore {inline(str(file))} --to NEW-FOLDER")


@verb("restore", example="purdah-scheduler restore /srv/backups/purdah-2026-05-07.tar --to /srv/drill")
@click.argument("file", type=_FILE, metavar="FILE")
@click.option("--to", "folder", type=_FILE, required=True, metavar="FOLDER", help="A new folder, or an empty one.")
@click.pass_obj
def restore(call: Invocation, *, file: Path, folder: Path) -> None:
    """Put a backup into a new folder, having looked through all of it. What you have is never touched.

    Nothing is published from what was restored before an operator has adopted it, so this can be tried at any time.
    """
    from purdah_scheduler import bootstrap

    found = bootstrap.restore(file, folder)
    _report(call, found, folder, "Restored and checked")
    call.tell("To work with it: put the configuration beside it, name it with [store] path, then, when no other copy is in use:")
    call.tell('  purdah-scheduler daemon adopt --reason "…"')


def _report(call: Invocation, found: "Backup", place: Path, what: str) -> None:
    holds = found.holds
    if call.as_json:
        emit(
            {
                "file": str(place),
                "made_at": call.stamp(found.made_at),
                "bytes": found.size,
                "revisions": holds.revisions,
                "media": holds.media,
                "entries": holds.entries,
                "head": holds.head,
            }
        )
        return
    say(f"{what}: {inline(str(place))}")
    say(
        f"Made {call.shown(found.made_at)}; {holds.revisions} revisions of posts, {holds.media} attachments, "
        f"{holds.entries} entries of the record; {found.size / 1_000_000:.1f} MB."
    )
