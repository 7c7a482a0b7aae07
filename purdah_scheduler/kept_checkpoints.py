"""Checkpoints that were kept outside of the store: in a file, in the system's journal, or in words that somebody typed."""

import io
import shutil
import subprocess
import sys
from pathlib import Path

from purdah_scheduler.application.verifying import Kept
from purdah_scheduler.domain.checkpoints import CHECKPOINT, checkpoint_in_json, checkpoints_in
from purdah_scheduler.domain.reveal import reveal
from purdah_scheduler.errors import BadInput
from purdah_scheduler.plain_file import at_home, read_plain_file

_LARGEST = 64_000_000
"""Bytes of a file with checkpoints: the journal of some years."""

_UNIT = "purdah-scheduler.service"
_WAIT = 120.0
"""Seconds that the journal may take."""


def read_kept(typed: str) -> Kept | None:
    """What a person named to compare with: nothing, a checkpoint itself, the word `journal`, or a file. Raises BadInput."""
    said = typed.strip()
    if not said:
        return None
    if said.casefold() == "journal":
        return read_journal()
    found = tuple(checkpoints_in([said]))
    return Kept(checkpoints=found, where="what was typed") if found else read_checkpoints(at_home(said))


def read_checkpoints(path: Path) -> Kept:
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
    return Kept(checkpoints=found, where=where)


def _read(path: Path) -> bytes:
    try:
        file = read_plain_file(path, limit=_LARGEST)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "no file can have that name"
        raise BadInput(f"{path} cannot be read: {reason}. Nothing was verified.") from fault
    if file is None:
        raise BadInput(f"{path} cannot be read: it is no plain file. Nothing was verified.")
    return file.data


def read_journal() -> Kept:
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
        why = reveal(said.decode("utf-8", "replace").strip(), keep_newlines=False)
        raise BadInput(
            f"The journal could not be read ({why}), so nothing was verified.",
            next_step="Run it as a user who may read the journal (group systemd-journal), or give a file with --against.",
        ) from fault
    found = tuple(dict.fromkeys(checkpoints_in(io.StringIO(ran.stdout.decode("utf-8", "replace")))))
    return Kept(checkpoints=found, where=f"the journal of {_UNIT}")
