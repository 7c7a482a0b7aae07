"""Reading and writing plain files: no waiting for a pipe, never more than was asked for, and never half a file."""

import errno
import os
import secrets
import stat
from pathlib import Path

from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class PlainFile:
    """What a regular file held when it was opened: its bytes, permission bits and the id of its owner, all of one opening."""

    data: bytes
    mode: int
    owner: int


def at_home(name: str | Path) -> Path:
    """The path with `~` as a home folder; as it stands where nobody knows whose that would be."""
    path = Path(name)
    try:
        return path.expanduser()
    except RuntimeError:
        return path


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


def write_plain_file(path: Path, data: bytes) -> None:
    """Put `data` in the place of `path` at once and whole, readable by its owner alone.

    Who reads it meanwhile has the old file or the new one, and so has the disk after a power cut: the new one when this has
    returned. Raises OSError; then `path` is as it was, or whole and new. What is there and is no regular file (a folder, a
    pipe, a device) is not replaced.
    """
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is not a plain file")
    part = path.with_name(f".{path.name[:100]}.{os.getpid()}.{secrets.token_hex(4)}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    with os.fdopen(os.open(part, flags, 0o600), "wb") as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def is_missing(path: Path) -> bool:
    """Whether there is nothing of that name; where nobody may look, nothing is said to be missing."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
