"""The store over two engines: one whose transactions write, one whose transactions are snapshots."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import DBAPIError

from purdah_scheduler.application.ports import Reader, Writer
from purdah_scheduler.domain.posts import Heartbeat
from purdah_scheduler.errors import ProductError, TryAgain
from purdah_scheduler.store import guards, rows, schema
from purdah_scheduler.store.faults import moved, no_rights, tampered, translated
from purdah_scheduler.store.reader import SqlReader
from purdah_scheduler.store.work import Work
from purdah_scheduler.store.writer import SqlWriter

_PATIENCE = 30.0
"""Seconds that a thread waits for the other writers of its own process."""

_SHARE, _REST = 0.005, 0.003
"""After this many seconds of holding the write lock, leave it free for that many: SQLite's queue for it is unfair, and a daemon
in a burst would otherwise keep a person's save waiting (130 to 1,533 ms against 4 to 6 ms when this was measured)."""


class SqlStore:
    """Everything that is kept, in one SQLite file. `journal` is `wal` or `delete`; `library` names the SQLite in use."""

    def __init__(
        self, path: Path, *, writing: Engine, reading: Engine, journal: str, library: str, notes: tuple[str, ...] = ()
    ) -> None:
        self.path = path
        self.journal = journal
        self.library = library
        self._notes = notes
        self._writing, self._reading = writing, reading
        self._turn = threading.Lock()
        self._holder: int | None = None
        self._held, self._released = 0.0, 0.0
        self._checked: int | None = None
        self._mark_lock = threading.Lock()
        self._mark: Connection | None = None
        self._file = _identity(path)

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """One snapshot; nothing that is committed meanwhile is seen."""
        with self._connect(self._reading) as connection:
            work = Work(connection, self.path)
            try:
                with translated(self.path):
                    connection.begin()
                yield SqlReader(work)
            finally:
                work.end()

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """One transaction: commits when the block ends without an exception, rolls back otherwise.

        Raises TryAgain and StoreUnusable, and RuntimeError for a block that changed something and recorded nothing, or that is
        opened inside another one of the same thread.
        """
        with self._transaction() as work:
            writer = SqlWriter(work)
            yield writer
            writer.finish()

    def beat(self, heartbeat: Heartbeat, *, high_water: datetime) -> None:
        """Record a sign of life and the clock, without an audit entry; the high water never falls."""
        table = schema.heartbeat
        with self._transaction() as work:
            stored: datetime | None = work.scalar(select(table.c.high_water))
            values = {**rows.record_values(heartbeat), "high_water": high_water if stored is None else max(stored, high_water)}
            if stored is None:
                work.quietly(insert(table), {"id": 1, **values})
            else:
                work.quietly(update(table).values(values))

    def change_mark(self) -> int:
        """A number that differs after any other connection has committed: of this process or another."""
        with self._mark_lock, translated(self.path):
            self._check_place()
            if self._mark is None:
                self._mark = self._reading.connect()
            with self._mark.begin() as snapshot:
                mark: int = self._mark.exec_driver_sql("PRAGMA data_version").scalar_one()
                snapshot.rollback()
        return mark

    def notes(self) -> tuple[str, ...]:
        """What a health check should say of this store, one sentence each; empty when all is well."""
        with self._connect(self._reading) as connection, translated(self.path):
            return (*self._notes, *guards.differences(_triggers(connection)))

    def _connect(self, engine: Engine) -> Connection:
        self._check_place()
        with translated(self.path):
            return engine.connect()

    def _check_place(self) -> None:
        """Raise StoreUnusable unless the path still leads to the file that was opened.

        SQLite goes on in a file that was deleted or replaced (by restoring a backup, say), and what it writes there is lost.
        """
        if _identity(self.path) != self._file:
            raise moved(self.path)

    def close(self) -> None:
        """Let go of every connection; harmless when repeated."""
        with self._mark_lock:
            if self._mark is not None:
                self._mark.close()
                self._mark = None
        self._reading.dispose()
        self._writing.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Work]:
        with self._my_turn(), self._connect(self._writing) as connection:
            with translated(self.path):
                connection.begin()
            work = Work(connection, self.path)
            try:
                self._check_guards(connection)
                yield work
                work.finish()
                with translated(self.path):
                    connection.commit()
            except BaseException:
                _roll_back(connection)
                raise
            finally:
                work.end()

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        """Writers of one process take turns here, so that they never meet SQLite's lock among themselves."""
        me = threading.get_ident()
        if self._holder == me:
            raise RuntimeError("a write block was opened inside another one of the same thread")
        if not self._turn.acquire(timeout=_PATIENCE):
            raise TryAgain(
                "The queue is busy with other work of this program, so nothing was changed.", next_step="Try again in a moment."
            )
        started = time.monotonic()
        try:
            self._holder = me
            if started - self._released >= _REST:
                self._held = 0.0
            elif self._held >= _SHARE:
                time.sleep(_REST)
                self._held, started = 0.0, time.monotonic()
            yield
        finally:
            self._released = time.monotonic()
            self._held += self._released - started
            self._holder = None
            self._turn.release()

    def _check_guards(self, connection: Connection) -> None:
        """Refuse to write to a schema that somebody altered; looked at anew whenever SQLite says that it changed."""
        with translated(self.path):
            version: int = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
            if version == self._checked:
                return
            faults = guards.differences(_triggers(connection))
        if faults:
            raise tampered(self.path, faults)
        self._checked = version


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise no_rights(path) from error
    return found.st_dev, found.st_ino


def _triggers(connection: Connection) -> dict[str, str]:
    found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_schema WHERE type IN ('trigger', 'view')")
    return {row.name: row.sql for row in found}


def _roll_back(connection: Connection) -> None:
    """After a full disk SQLite has rolled back by itself and may say that no transaction is active."""
    with suppress(DBAPIError, ProductError):
        connection.rollback()
