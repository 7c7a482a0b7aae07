"""Opening and creating the SQLite file as a store that reads and writes."""

import errno
import os
import secrets
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from purdah_scheduler.errors import StoreUnusable, TryAgain
from purdah_scheduler.store import faults
from purdah_scheduler.store.migrating import migrate
from purdah_scheduler.store.revisions import HEAD, OLDER
from purdah_scheduler.store.sqlite_file import (
    APPLICATION,
    beside,
    check_file,
    connect,
    journal_for,
    library,
    notes_on,
    refuse_network,
    unusable_place,
)
from purdah_scheduler.store.sqlite_store import SqliteStore
from purdah_scheduler.store.translating import translated


def open_store(path: Path) -> SqliteStore:
    """The store at `path`; never creates anything.

    Raises StoreUnusable (missing, not ours, open to others, damaged, newer, on a network filesystem) and TryAgain (busy).
    """
    path = Path(path).absolute()
    check_file(path)
    return open_checked(path)


def open_checked(path: Path) -> SqliteStore:
    """The same for a file that was looked at before, absolute: to open it once more as a plain file lets go of SQLite's locks.

    (POSIX drops every lock of a process on a file when it closes any handle on it: sqlite.org/howtocorrupt, section 2.2.)
    """
    module = library()
    journal = journal_for(tuple(module.sqlite_version_info))
    writing = engine(path, module, begin="BEGIN IMMEDIATE")
    reading = engine(path, module, begin="BEGIN", query_only=True)
    try:
        with translated(faults.FileFaults(path=path)):
            revision = _revision(reading, path)
            reading.dispose()  # a connection that has read keeps the file in its journal
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
        notes=notes_on(module, journal),
    )


def migrate_store(path: Path) -> tuple[str, str]:
    """What opening does to an older schema, on its own: the revisions before and after. Raises what `open_store` raises."""
    path = Path(path).absolute()
    check_file(path)
    reading = engine(path, library(), begin="BEGIN", query_only=True)
    try:
        with translated(faults.FileFaults(path=path)):
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
        refuse_network(path)
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        try:
            _build(unfinished, known_as=path)
            _take_name(unfinished, path)
        finally:
            for leftover in (unfinished, *beside(unfinished)):
                leftover.unlink(missing_ok=True)
    except FileExistsError as error:
        raise StoreUnusable(
            f"There is something at {path} already, so no queue was created and nothing was overwritten.",
            next_step="Use it as it is, or choose another place with [store] path.",
        ) from error
    except (OSError, ValueError) as error:
        raise unusable_place(path, error) from error
    return open_store(path)


def engine(path: Path, module: ModuleType, *, begin: str, query_only: bool = False) -> Engine:
    """Connections to an existing file, each with the same settings; `begin` is how their transactions start.

    The `begin` event fires for every transaction of an engine, so that readers and writers need one each: with one between
    them every read would take the write lock.
    """

    def opened() -> Any:
        return connect(path, module, query_only=query_only)

    made = create_engine("sqlite://", module=module, creator=opened, poolclass=QueuePool, pool_size=4, max_overflow=-1)

    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(made, "begin", start)
    return made


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
        with translated(faults.FileFaults(path=known_as)):
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
    with translated(faults.FileFaults(path=path)), writing.begin() as connection:
        migrate(connection)
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION}")


def _revision(reading: Engine, path: Path) -> str:
    """The schema revision of the file. Raises StoreUnusable where it is not ours."""
    with reading.connect() as connection:
        ours = connection.exec_driver_sql("PRAGMA application_id").scalar() == APPLICATION
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
