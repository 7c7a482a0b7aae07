"""The addresses of channels: a file of their own, with passwords in them, that only whoever tells people reads."""

import os
import shlex
from pathlib import Path

from purdah_scheduler.channels.credentials import Secret, too_open
from purdah_scheduler.errors import BadSetup
from purdah_scheduler.plain_file import read_plain_file
from purdah_scheduler.toml_text import NotToml, parse

_MOST_BYTES = 65_536
HANDED_OVER = "_notify"
"""The name under which a service manager hands the file over; no account can have it."""


def read_addresses(named: str, handed_dir: Path | None) -> dict[str, Secret]:
    """Channel id to its address. Raises BadSetup where the file is missing, open to others or not understood.

    No message ever repeats what is in it.
    """
    handed = handed_dir / HANDED_OVER if handed_dir is not None else None
    handed_over = handed is not None and handed.exists()
    path = handed if handed is not None and handed_over else Path(named)
    try:
        found = read_plain_file(path, limit=_MOST_BYTES)
    except OSError as fault:
        raise BadSetup(f"The file of addresses {path} cannot be read ({fault.strerror}).") from None
    if found is None or len(found.data) > _MOST_BYTES:
        raise BadSetup(f"The file of addresses {path} is not a small plain file.")
    if too_open(found.mode, found.owner, handed_over=handed_over):
        raise BadSetup(
            f"The file of addresses {path} is open to other users (mode {found.mode:04o}).",
            next_step=f"Type: chmod 600 {shlex.quote(str(path))}",
        )
    if found.owner not in (0, os.geteuid()):
        raise BadSetup(f"The file of addresses {path} belongs to another user.")
    document = parse(found.data.decode("utf-8", "replace"))
    if isinstance(document, NotToml):
        raise BadSetup(f"The file of addresses {path} is not valid TOML{f' (line {document.line})' if document.column else ''}.")
    return {name: Secret(value) for name, value in document.items() if isinstance(value, str)}
