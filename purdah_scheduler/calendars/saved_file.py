"""A file that a person saved elsewhere and hands to a reader: a plain one that can be read, or one sentence."""

from pathlib import Path

from purdah_scheduler.errors import BadInput
from purdah_scheduler.plain_file import read_plain_file


def read_saved(path: Path, *, limit: int, undone: str, next_step: str) -> bytes:
    """Its bytes: one past `limit` shows a file that is too large. Raises BadInput; `undone` completes "so nothing was …"."""
    try:
        file = read_plain_file(path, limit=limit)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        file = None
    except OSError as fault:
        raise BadInput(f"{path} cannot be read ({fault.strerror}), so nothing was {undone}.", next_step=next_step) from fault
    if file is None:
        raise BadInput(f"There is no file {path}, or it is not a plain one, so nothing was {undone}.", next_step=next_step)
    return file.data
