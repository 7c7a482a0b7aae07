"""The store over two engines: one whose transactions write, one whose transactions are snapshots."""

import threading
import time
from abc import abstractmethod
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from purdah_scheduler.application.ports import Reader, Writer
from purdah_scheduler.domain.posts import Heartbeat
from purdah_scheduler.domain.readings import Reading
from purdah_scheduler.errors import ProductError, TryAgain
from purdah_scheduler.store.daemons import note_sign
from purdah_scheduler.store.faults import Faults
from purdah_scheduler.store.notices import NoticeShelf
from purdah_scheduler.store.reader import SqlReader
from purdah_scheduler.store.readings import note_reading
from purdah_scheduler.store.serverless import Serverless
from purdah_scheduler.store.translating import translated
from purdah_scheduler.store.work import Work
from purdah_scheduler.store.writer import SqlWriter

_PATIENCE = 30.0
"""Seconds that a thread waits for the other writers of its own process."""

_SHARE, _REST = 0.005, 0.003
"""After this many seconds of holding the write lock, leave it free for that many: SQLite's queue for it is unfair, and a daemon
in a burst would otherwise keep a person's save waiting (130 to 1,533 ms against 4 to 6 ms when this was measured)."""


class SqlStore(Serverless, NoticeShelf):
    """Everything that is kept, in one database; what differs between the databases is in the methods that a store of each has.

    Writers take turns, in one process and among all of them: what a block reads stays true until it commits, so that the rules
    which people and daemons go by are checked and acted on as one, and the record has one end to chain to.
    """

    lock_is_fair = True
    """Whether whoever waits longest for the write lock gets it next."""

    def __init__(self, *, writing: Engine, reading: Engine, faults: Faults, notes: tuple[str, ...] = ()) -> None:
        self.faults = faults
        self._notes = notes
        self._writing, self._reading = writing, reading
        self._turn = threading.Lock()
        self._holder: int | None = None
        self._held, self._released = 0.0, 0.0
        self._mark_lock = threading.Lock()

    @abstractmethod
    def change_mark(self) -> int:
        """A number that differs after any other connection has committed: of this process or another."""

    @abstractmethod
    def _forget_mark(self) -> None:
        """Let go of what `change_mark` keeps open."""

    @abstractmethod
    def _differences(self, connection: Connection) -> tuple[str, ...]:
        """One sentence for each guard of the record that is missing, altered or not ours."""

    @abstractmethod
    def _ready_to_write(self, connection: Connection) -> str:
        """What must be in hand before the first change. Raises StoreUnusable for a schema that somebody altered.

        Returns the login that the database sees, empty for a file.
        """

    def _check_place(self) -> None:
        """Raise StoreUnusable unless the store is still where it was opened."""

    def _commit(self, connection: Connection) -> None:
        connection.commit()

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """One snapshot; nothing that is committed meanwhile is seen."""
        with self.snapshot() as work:
            yield SqlReader(work)

    @contextmanager
    def write(self, *, last: Callable[[], object] | None = None) -> Iterator[Writer]:
        """One transaction: commits when the block ends without an exception, rolls back otherwise.

        `last` is called when everything has been written, just before the commit; the writers' turn is held as long as it takes.

        Raises TryAgain and StoreUnusable, and RuntimeError for a block that changed something and recorded nothing, or that is
        opened inside another one of the same thread.
        """
        with self.transaction(last=last) as work:
            writer = SqlWriter(work)
            yield writer
            writer.finish()

    def beat(self, heartbeat: Heartbeat, *, high_water: datetime, forget: Collection[str] = ()) -> None:
        """Record a sign of life and the clock, without an audit entry; the high water never falls.

        `forget` names daemons (by `owner`) that are gone.
        """
        with self.transaction() as work:
            note_sign(work, heartbeat, high_water=high_water, forget=forget)

    def note_reading(self, reading: Reading) -> None:
        """Keep what somebody has read, without an audit entry; it is no change of the queue."""
        with self.transaction() as work:
            note_reading(work, reading)

    def check(self, *, quick: bool = False) -> tuple[str, ...]:
        """One sentence for each thing that is wrong with the database itself; `quick` leaves out what takes long."""
        with self._connect(self._reading) as connection, translated(self.faults):
            return (*self._damage(connection, quick=quick), *self._differences(connection))

    def _damage(self, connection: Connection, *, quick: bool) -> tuple[str, ...]:  # noqa: ARG002 - a file is looked through
        """What the database says of its own pages; a server looks after its own."""
        return ()

    def notes(self) -> tuple[str, ...]:
        """What a health check should say of this store, one sentence each; empty when all is well."""
        with self._connect(self._reading) as connection, translated(self.faults):
            return (*self._notes, *self._differences(connection))

    def _connect(self, engine: Engine) -> Connection:
        self._check_place()
        with translated(self.faults):
            return engine.connect()

    def close(self) -> None:
        """Let go of every connection; harmless when repeated."""
        with self._mark_lock:
            self._forget_mark()
        self._reading.dispose()
        self._writing.dispose()

    @contextmanager
    def snapshot(self) -> Iterator[Work]:
        """What `read` reads from, as statements: for copying whole tables."""
        with self._connect(self._reading) as connection:
            work = Work(connection, self.faults)
            try:
                with translated(self.faults):
                    connection.begin()
                yield work
            finally:
                work.end()

    @contextmanager
    def transaction(self, *, last: Callable[[], object] | None = None) -> Iterator[Work]:
        """What `write` writes to, as statements: for what is not a change of the house's business."""
        with self._my_turn(), self._connect(self._writing) as connection:
            with translated(self.faults):
                connection.begin()
            work = Work(connection, self.faults)
            try:
                with translated(self.faults):
                    work.login = self._ready_to_write(connection)
                yield work
                work.finish()
                if last is not None:
                    last()
                with translated(self.faults):
                    self._commit(connection)
            except BaseException:
                _roll_back(connection)
                raise
            finally:
                work.end()

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        """Writers of one process take turns here, so that they never meet the database's lock among themselves."""
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
            elif self._held >= _SHARE and not self.lock_is_fair:
                time.sleep(_REST)
                self._held, started = 0.0, time.monotonic()
            yield
        finally:
            self._released = time.monotonic()
            self._held += self._released - started
            self._holder = None
            self._turn.release()


def _roll_back(connection: Connection) -> None:
    """After a full disk SQLite has rolled back by itself and may say that no transaction is active."""
    with suppress(DBAPIError, ProductError):
        connection.rollback()
