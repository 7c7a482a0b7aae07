"""Opening and creating the SQLite file: which library, which journal, which rights, and every reason to refuse."""

import errno
import importlib
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from purdah_scheduler.errors import StoreUnusable, TryAgain
from purdah_scheduler.store import faults
from purdah_scheduler.store.migrating import HEAD, OLDER, migrate
from purdah_scheduler.store.places import network_filesystem
from purdah_scheduler.store.sqlite_store import SqliteStore

BUSY_SECONDS = 10.0
"""How long a connection waits for another process before it gives up."""

_OLDEST = (3, 37, 0)
_SAFE_WAL = (3, 51, 3)
"""SQLite 3.7.0 to 3.51.2 can corrupt a file in WAL mode when two processes meet at the moment the WAL is reset."""

_MAGIC = b"SQLite format 3\x00"
_APPLICATION = 0x50555244  # "PURD", in the header of the file
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


def open_store(path: Path) -> SqliteStore:
    """The store at `path`; never creates anything.

    Raises StoreUnusable (missing, not ours, open to others, damaged, newer, on a network filesystem) and TryAgain (busy).
    """
    path = Path(path).absolute()
    _check_file(path)
    module = library()
    journal = journal_for(tuple(module.sqlite_version_info))
    writing = engine(path, module, begin="BEGIN IMMEDIATE")
    reading = engine(path, module, begin="BEGIN", query_only=True)
    try:
        with faults.translated(faults.FileFaults(path=path)):
            revision = _revision(reading, path)
            _set_journal(writing, path, module, journal)
        if revision in OLDER:
            _migrate(writing, path)
        elif revision != HEAD:
            raise faults.newer(path, revision)
    except BaseException:
        reading.dispose()
        writing.dispose()
        raise
    return SqliteStore(
        path,
        writing=writing,
        reading=reading,
        journal=journal,
        library=f"SQLite {module.sqlite_version}",
        notes=_notes(module, journal),
    )


def migrate_store(path: Path) -> tuple[str, str]:
    """What opening does to an older schema, on its own: the revisions before and after. Raises what `open_store` raises."""
    path = Path(path).absolute()
    _check_file(path)
    reading = engine(path, library(), begin="BEGIN", query_only=True)
    try:
        with faults.translated(faults.FileFaults(path=path)):
            before = _revision(reading, path)
    finally:
        reading.dispose()
    open_store(path).close()
    return before, HEAD


def create_store(path: Path) -> SqliteStore:
    """Create the store at `path` (mode 0600; missing folders 0700) and open it; never overwrites.

    It is built under another name and takes its own when it is whole: a crash leaves no half of a store. Raises StoreUnusable
    where something is there already or the place cannot be used, TryAgain for a full disk.
    """
    path = Path(path).absolute()
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        _make_folder(path.parent)
        if os.path.lexists(path):
            raise FileExistsError(path)
        _refuse_network(path)
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        try:
            _build(unfinished, known_as=path)
            _take_name(unfinished, path)
        finally:
            for leftover in (unfinished, *_beside(unfinished)):
                leftover.unlink(missing_ok=True)
    except FileExistsError as error:
        raise StoreUnusable(
            f"There is something at {path} already, so no queue was created and nothing was overwritten.",
            next_step="Use it as it is, or choose another place with [store] path.",
        ) from error
    except (OSError, ValueError) as error:
        raise _unusable_place(path, error) from error
    return open_store(path)


def engine(path: Path, module: ModuleType, *, begin: str, query_only: bool = False) -> Engine:
    """Connections to an existing file, each with the same settings; `begin` is how their transactions start.

    The `begin` event fires for every transaction of an engine, so that readers and writers need one each: with one between
    them every read would take the write lock.
    """
    address = f"{path.as_uri()}?mode=rw"

    def connect() -> Any:
        # Without an isolation level the driver never opens a transaction of its own; the event below does.
        connection = module.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            for setting in _SETTINGS:
                connection.execute(f"PRAGMA {setting}").close()
            if query_only:
                connection.execute("PRAGMA query_only=ON").close()
        except BaseException:
            connection.close()
            raise
        return connection

    made = create_engine("sqlite://", module=module, creator=connect, poolclass=QueuePool, pool_size=4, max_overflow=-1)

    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(made, "begin", start)
    return made


_SETTINGS = (
    f"busy_timeout={int(BUSY_SECONDS * 1000)}",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",  # without it INSERT OR REPLACE deletes behind the back of the delete triggers
    "trusted_schema=OFF",
    "secure_delete=ON",  # what is erased is overwritten, not only forgotten
    "cell_size_check=ON",
)


def _check_file(path: Path) -> None:
    """Everything about the file that can be known before SQLite touches it."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise faults.not_ours(path)
        _refuse_network(path)
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except (FileNotFoundError, NotADirectoryError):
        raise faults.missing(path) from None
    except PermissionError as error:
        raise faults.no_rights(path) from error
    except (OSError, ValueError) as error:
        raise _unusable_place(path, error) from error
    if start != _MAGIC:
        raise faults.not_ours(path)
    for file_path in (path, *_beside(path)):
        mode = stat.S_IMODE(file_path.stat().st_mode) if file_path.exists() else 0
        if mode & 0o077:
            raise faults.too_open(file_path, mode)


def _beside(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + ending) for ending in _SIDE_FILES)


def _refuse_network(path: Path) -> None:
    kind = network_filesystem(path)
    if kind:
        raise StoreUnusable(
            f"{path} is on a network filesystem ({kind}), where SQLite can lose or damage what is written, so it was not used.",
            next_step="Choose a place on a disk of this machine with [store] path.",
        )


def _unusable_place(path: Path, error: OSError | ValueError) -> StoreUnusable | TryAgain:
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


def _make_folder(folder: Path) -> None:
    """Every missing level, for this user alone; folders that exist keep their rights."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, f"{folder} is not a folder") from None


def _build(path: Path, *, known_as: Path) -> None:
    """Make a whole store of an empty file; faults name the place that the person chose."""
    module = library()
    writing = engine(path, module, begin="BEGIN IMMEDIATE")
    try:
        _migrate(writing, known_as)
        with faults.translated(faults.FileFaults(path=known_as)):
            _set_journal(writing, known_as, module, journal_for(tuple(module.sqlite_version_info)))
    finally:
        writing.dispose()


def _take_name(unfinished: Path, path: Path) -> None:
    """Give the finished file its name. Raises FileExistsError where another one was quicker."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise
    except OSError:  # a filesystem without hard links
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _migrate(writing: Engine, path: Path) -> None:
    """Run the missing revisions in one transaction."""
    with faults.translated(faults.FileFaults(path=path)), writing.begin() as connection:
        migrate(connection)
        connection.exec_driver_sql(f"PRAGMA application_id={_APPLICATION}")


def _revision(reading: Engine, path: Path) -> str:
    """The schema revision of the file. Raises StoreUnusable where it is not ours."""
    with reading.connect() as connection:
        ours = connection.exec_driver_sql("PRAGMA application_id").scalar() == _APPLICATION
        versioned = connection.exec_driver_sql("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'").first()
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() if ours and versioned else None
    if found is None:
        raise faults.not_ours(path)
    return str(found)


def _set_journal(writing: Engine, path: Path, module: ModuleType, wanted: str) -> None:
    """Make `wanted` the journal of the file. Raises TryAgain while another process keeps it in the other mode."""
    connection = writing.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode")
        if cursor.fetchone() != (wanted,):
            cursor.execute(f"PRAGMA journal_mode={wanted}")
            if cursor.fetchone() != (wanted,):
                raise TryAgain(
                    f"The journal of {path} could not be set to {wanted}, so it was not opened.", next_step=_CLOSE_OTHERS
                )
        cursor.close()
    except module.OperationalError as error:
        raise faults.sentence(path, str(getattr(error, "sqlite_errorname", "")), str(error)) from error
    finally:
        connection.close()


_CLOSE_OTHERS = "Close the other programs that have it open (interface, daemon), then try again."


def _notes(module: ModuleType, journal: str) -> tuple[str, ...]:
    if journal == "wal":
        return ()
    fault = f"SQLite {module.sqlite_version} can damage a file in WAL mode (fixed in 3.51.3), so the rollback journal is used"
    return (f"{fault}; install pysqlite3 where there is a wheel for this machine.",)
