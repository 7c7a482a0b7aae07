"""Files as they are named in a box: one that is there, to be read, or a new one that only its owner can read."""

from collections.abc import Sequence
from pathlib import Path

from purdah_scheduler.errors import BadInput
from purdah_scheduler.mistyped import meant
from purdah_scheduler.plain_file import at_home, write_plain_file


def path_of(typed: str) -> Path:
    """The path that was typed. Raises BadInput where nothing was."""
    if not typed:
        raise BadInput("The file has no name.")
    return at_home(typed)


def file_there(typed: str) -> Path:
    """The file that was typed. Raises BadInput where there is none."""
    file = path_of(typed)
    try:
        if file.is_file():
            return file
    except (OSError, ValueError) as fault:
        raise BadInput("No file can have that name.") from fault
    raise BadInput(f"There is no file {file}.")


def form_asked(typed: str, forms: Sequence[str]) -> str:
    """The format that was typed. Raises BadInput with the nearest."""
    form = typed.casefold()
    if form not in forms:
        hint = meant(form, forms)
        raise BadInput(f"There is no format “{typed[:40]}”.", next_step=f"{hint}The formats are: {', '.join(forms)}.")
    return form


def new_file(typed: str, form: str, folder: Path) -> Path:
    """The file of that name in `folder`, with the ending of its format. Raises BadInput: one that exists is never replaced."""
    file = folder / path_of(typed)
    try:
        if file.suffix.casefold() != f".{form}":
            file = file.with_name(f"{file.name}.{form}")
        there = file.exists()
    except (OSError, ValueError) as fault:
        raise BadInput("No file can have that name.", next_step="Give another name.") from fault
    if there:
        raise BadInput(f"{file} is there already.", next_step="Give another name.")
    return file


def write_new(file: Path, data: bytes) -> None:
    """Write a file that only its owner can read. Raises BadInput where there is one by now, and where it cannot be written."""
    try:
        there = file.exists()
        if not there:
            write_plain_file(file, data)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "no file can have that name"
        raise BadInput(f"{file} cannot be written ({reason}), so nothing was written.", next_step="Give another name.") from fault
    if there:
        raise BadInput(f"{file} is there already, so nothing was written.", next_step="Give another name.")
