"""Reading the file itself: who can change it, how big it is, and its TOML."""

import os
import shlex
import stat
from pathlib import Path

from purdah_scheduler.errors import BadSetup, ConfigFaults
from purdah_scheduler.plain_file import at_home, read_plain_file
from purdah_scheduler.toml_text import MAX_BYTES, MAX_LINE, NotToml, decode, line_of_bad_bytes, parse, too_long_lines


def writable_by_others(mode: int) -> bool:
    """Whether a file of this mode can be changed by its group or by everybody (POSIX systems only)."""
    return os.name == "posix" and bool(mode & (stat.S_IWGRP | stat.S_IWOTH))


def chmod_command(path: Path) -> str:
    """What to type so that only the owner can change `path`."""
    return f"chmod go-w {shlex.quote(str(path))}"


def resolve(folder: Path, name: str) -> Path:
    """`name` from the configuration's folder; `~/` is the home of whoever runs the product, where there is one."""
    return folder / at_home(name)


def read_text(path: Path) -> str:
    """The text of the configuration file.

    A file that others can change is refused, because whoever writes it chooses who clears what. Raises BadSetup, or ConfigFaults
    for bytes that are not UTF-8.
    """
    try:
        found = read_plain_file(path, limit=MAX_BYTES)
    except FileNotFoundError:
        raise BadSetup(
            f"There is no configuration at {path}, so nothing was started.", next_step="Write one with: purdah-scheduler init"
        ) from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if found is None:
        raise BadSetup(
            f"{path} is not a file, so it was not read and nothing was started.",
            next_step="Name the configuration file itself with --config, or write one with: purdah-scheduler init",
        )
    if writable_by_others(found.mode):
        raise BadSetup(
            f"{path} can be changed by other people (mode {found.mode:o}), so it was not used.",
            next_step=f"Look it through, then type: {chmod_command(path)}",
        )
    try:
        return decode(found.data)
    except UnicodeDecodeError as error:
        line = line_of_bad_bytes(error)
        raise ConfigFaults([f"{path} line {line}: these bytes are not UTF-8 text; save the file as UTF-8."]) from error


def parse_toml(text: str, path: Path) -> dict[str, object]:
    """The document, after its size and the length of its lines are checked. Raises ConfigFaults."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise ConfigFaults([f"{path} line 1: the file is larger than {MAX_BYTES // 1024} kB, so it was not read."])
    if too_long := too_long_lines(text.split("\n")):
        raise ConfigFaults([f"{path} line {line}: the line is longer than {MAX_LINE} characters." for line in too_long])
    document = parse(text)
    if not isinstance(document, NotToml):
        return document
    if document.column:
        fault = f"this is not TOML: {document.reason} (column {document.column})"
    else:
        fault = f"the file cannot be read as TOML: {document.reason}"
    raise ConfigFaults([f"{path} line {document.line}: {fault}."])


def _unreadable(path: Path, error: OSError | ValueError) -> BadSetup:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return BadSetup(
        f"The configuration {path} could not be read ({reason}), so nothing was started.",
        next_step="Check the name and who may read it, or name another with --config.",
    )
