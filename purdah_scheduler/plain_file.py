"""Reading a file that somebody else may have put in its place: no waiting for a pipe, and never more than was asked for."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainFile:
    """What a regular file held when it was opened: its bytes, permission bits and the id of its owner, all of one opening."""

    data: bytes
    mode: int
    owner: int


def read_plain_file(path: Path, *, limit: int) -> PlainFile | None:
    """The file, or None for what is no regular file (a folder, a named pipe, a device); links are followed.

    One byte past `limit` is read, so that `data` longer than `limit` shows a file that is too large. Raises OSError, and
    ValueError for a name that no file can have.
    """
    # O_NONBLOCK: opening a named pipe must not wait for somebody to write into it.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return None
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    finally:
        os.close(descriptor)
    return PlainFile(data=data, mode=stat.S_IMODE(status.st_mode), owner=status.st_uid)
