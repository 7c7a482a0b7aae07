"""The SQLite file before anything is read of it: which library, which settings, and every reason to refuse the place."""

import errno
import importlib
import stat
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from purdah_scheduler.errors import StoreUnusable, TryAgain
from purdah_scheduler.store import faults
from purdah_scheduler.store.places import network_filesystem

BUSY_SECONDS = 10.0
"""How long a connection waits for another process before it gives up."""

_OLDEST = (3, 37, 0)
_SAFE_WAL = (3, 51, 3)
"""SQLite 3.7.0 to 3.51.2 can corrupt a file in WAL mode when two processes meet at the moment the WAL is reset."""

_MAGIC = b"SQLite format 3\x00"
APPLICATION = 0x50555244  # "PURD", in the header of the file
_SIDE_FILES = ("-wal", "-shm", "-journal")


def library() -> ModuleType:
    """The newer of the two SQLites that may be here: the wheel's or Python's own. Raises StoreUnusable for one too old.

    A process must never open the file with both: each drops the locks of the other (sqlite.org/howtocorrupt, section 2.2.1).
    """
    found = [importlib.import_module("sqlite3")]
    with suppress(ImportError):  # there is no wheel for some platforms
        found.append(importlib.import_module("pysqlite3.dbapi2"))
    newest = max(found, key=lambda module: tuple(module.sqlite_version_info))
    if tuple(newest.sqlite_version_info) < _OLDEST:
        raise StoreUnusable(
            f"SQLite {newest.sqlite_version} is too old for the queue, so nothing was opened.",
            next_step="Install pysqlite3, or a Python with SQLite 3.37 or newer.",
        )
    return newest


def journal_for(version: tuple[int, ...]) -> str:
    """The journal mode that is safe with this version of SQLite: `wal` or `delete`."""
    return "wal" if version >= _SAFE_WAL else "delete"


def connect(path: Path, module: ModuleType, *, query_only: bool) -> Any:
    """A connection to an existing file, which never opens a transaction of its own; raises what `module` raises."""
    address = f"{path.as_uri()}?mode=rw"
    connection = module.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        for setting in SETTINGS:
            connection.execute(f"PRAGMA {setting}").close()
        if query_only:
            connection.execute("PRAGMA query_only=ON").close()
    except BaseException:
        connection.close()
        raise
    return connection


SETTINGS = (
    f"busy_timeout={int(BUSY_SECONDS * 1000)}",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",  # without it INSERT OR REPLACE deletes behind the back of the delete triggers
    "trusted_schema=OFF",
    "secure_delete=ON",  # what is erased is overwritten, not only forgotten
    "cell_size_check=ON",
)


def check_file(path: Path) -> None:
    """Everything about the file that can be known before SQLite touches it."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise faults.not_ours(path)
        refuse_network(path)
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except (FileNotFoundError, NotADirectoryError):
        raise faults.missing(path) from None
    except PermissionError as error:
        raise faults.no_rights(path) from error
    except (OSError, ValueError) as error:
        raise unusable_place(path, error) from error
    if start != _MAGIC:
        raise faults.not_ours(path)
    for file_path in (path, *beside(path)):
        mode = stat.S_IMODE(file_path.stat().st_mode) if file_path.exists() else 0
        if mode & 0o077:
            raise faults.too_open(file_path, mode)


def beside(path: Path) -> tuple[Path, ...]:
    """The files that SQLite may keep with the one at `path`."""
    return tuple(path.with_name(path.name + ending) for ending in _SIDE_FILES)


def refuse_network(path: Path) -> None:
    """Raise StoreUnusable for a place where SQLite's locks cannot be trusted."""
    kind = network_filesystem(path)
    if kind:
        raise StoreUnusable(
            f"{path} is on a network filesystem ({kind}), where SQLite can lose or damage what is written, so it was not used.",
            next_step="Choose a place on a disk of this machine with [store] path.",
        )


def unusable_place(path: Path, error: OSError | ValueError) -> StoreUnusable | TryAgain:
    """One sentence for a folder or file that the operating system does not give us."""
    if isinstance(error, PermissionError):
        return faults.no_rights(path)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return TryAgain(
            f"The disk that would hold {path} is full, so no queue was created.", next_step="Make room, then try again."
        )
    words = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return StoreUnusable(
        f"The queue cannot be kept at {path} ({words}), so nothing was created or changed.",
        next_step="Choose another place with [store] path.",
    )


def notes_on(module: ModuleType, journal: str) -> tuple[str, ...]:
    """What a health check should say of the library and the journal that goes with it."""
    if journal == "wal":
        return ()
    fault = f"SQLite {module.sqlite_version} can damage a file in WAL mode (fixed in 3.51.3), so the rollback journal is used"
    return (f"{fault}; install pysqlite3 where there is a wheel for this machine.",)


def identity(path: Path) -> tuple[int, int] | None:
    """Which file is at `path`; None where there is none. Raises StoreUnusable where that may not be known."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise faults.no_rights(path) from error
    return found.st_dev, found.st_ino
