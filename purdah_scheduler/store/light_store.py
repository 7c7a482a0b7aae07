"""The SQLite store as it opens: it reads what the first reading asks without SQLAlchemy, and becomes the whole store for more."""

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from purdah_scheduler.application.notice_ports import Notebook, NoticeReader
from purdah_scheduler.application.ports import Reader, Writer
from purdah_scheduler.domain.posts import Heartbeat
from purdah_scheduler.domain.readings import Reading
from purdah_scheduler.store.faults import FileFaults, moved, unfit
from purdah_scheduler.store.light_reader import LightReader
from purdah_scheduler.store.light_work import LightWork
from purdah_scheduler.store.revisions import HEAD
from purdah_scheduler.store.serverless import Serverless
from purdah_scheduler.store.sqlite_file import APPLICATION, check_file, connect, identity, journal_for, library

if TYPE_CHECKING:
    from purdah_scheduler.store.sqlite_store import SqliteStore

_IDLE = 4
"""Connections that are kept for the next reading."""


def open_store(path: Path) -> "LightStore | SqliteStore":
    """The store at `path`; never creates anything. Raises what `sqlite.open_store` raises.

    Whatever is out of the ordinary (another revision or journal, any fault) is left to the whole store.
    """
    path = Path(path).absolute()
    check_file(path)
    module = library()
    file, connection = identity(path), _ordinary(path, module)
    if connection is None:
        from purdah_scheduler.store.sqlite import open_checked

        return open_checked(path)
    return LightStore(path, module, file, connection)


def _ordinary(path: Path, module: ModuleType) -> Any:
    """A reading connection to a queue of ours that needs nothing done to it; None for everything else."""
    # What SQLite says of a damaged schema need not be text, and then the library raises this instead of its own error.
    unsound = (module.Error, UnicodeDecodeError)
    try:
        connection = connect(path, module, query_only=True)
    except unsound:
        return None
    with suppress(*unsound):
        wanted = ((APPLICATION,), (HEAD,), (journal_for(tuple(module.sqlite_version_info)),))
        asked = ("PRAGMA application_id", "SELECT version_num FROM alembic_version", "PRAGMA journal_mode")
        if tuple(connection.execute(sql).fetchone() for sql in asked) == wanted:
            return connection
    connection.close()
    return None


class LightStore(Serverless):
    """Everything that is kept, in one SQLite file: the whole store behind it is opened when something needs it.

    That is every change, and every question that the light readers do not know; from then on the whole store does everything.
    """

    def __init__(self, path: Path, module: ModuleType, file: tuple[int, int] | None, connection: Any) -> None:
        self.path = path
        self.faults = FileFaults(path=path)
        self._module = module
        self._file = file
        self._idle = [connection]
        self._keeps = True
        self._mark: Any = None
        self._mark_lock, self._opening = threading.Lock(), threading.Lock()
        self._opened: SqliteStore | None = None

    def whole(self) -> "SqliteStore":
        """The store that reads and writes, opened with the first call. Raises what `sqlite.open_store` raises."""
        with self._opening:
            if self._opened is None:
                from purdah_scheduler.store.sqlite import open_checked

                self._check_place()
                opened = open_checked(self.path)
                try:
                    self._check_place()
                except BaseException:
                    opened.close()
                    raise
                self._opened = opened
                self._let_go()
            return self._opened

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """One snapshot; nothing that is committed meanwhile is seen."""
        with self.notices() as reader:
            yield reader

    @contextmanager
    def notices(self) -> Iterator[NoticeReader]:
        """One snapshot with the notices in it. Raises what `read` raises."""
        if self._opened is not None:
            with self._opened.notices() as reader:
                yield reader
            return
        with self._connection() as connection, ExitStack() as further:
            work = LightWork(connection, self._module, self.faults)
            with self._translated():
                connection.execute("BEGIN").close()
            try:
                light = LightReader(work, lambda: further.enter_context(self.whole().reading_on(connection)))
                yield cast("NoticeReader", light)  # what it does not know itself it takes from the whole reader
            finally:
                work.end()

    def write(self, *, last: Callable[[], object] | None = None) -> AbstractContextManager[Writer]:
        """One transaction. Raises what the whole store raises."""
        return self.whole().write(last=last)

    def notebook(self) -> AbstractContextManager[Notebook]:
        """One transaction that can change notices and nothing else. Raises what `write` raises."""
        return self.whole().notebook()

    def beat(self, heartbeat: Heartbeat, *, high_water: datetime, forget: Collection[str] = ()) -> None:
        """Record a sign of life and the clock, without an audit entry."""
        self.whole().beat(heartbeat, high_water=high_water, forget=forget)

    def note_reading(self, reading: Reading) -> None:
        """Keep what somebody has read, without an audit entry."""
        self.whole().note_reading(reading)

    def change_mark(self) -> int:
        """SQLite's own count of the commits of other connections: always of the same one, so that no change is missed."""
        with self._mark_lock, self._translated():
            self._check_place()
            if self._mark is None:
                self._mark = connect(self.path, self._module, query_only=True)
            (mark,) = self._mark.execute("PRAGMA data_version").fetchone()
        return int(mark)

    def close(self) -> None:
        """Let go of every connection; harmless when repeated."""
        with self._mark_lock:
            if self._mark is not None:
                self._mark.close()
                self._mark = None
        self._let_go()
        with self._opening:
            if self._opened is not None:
                self._opened.close()

    def _let_go(self) -> None:
        """Close the connections that wait for a reading; those in use are closed when theirs is over."""
        self._keeps = False
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        """A reading connection outside any transaction; it is brought back there."""
        self._check_place()
        try:
            connection = self._idle.pop()
        except IndexError:
            with self._translated():
                connection = connect(self.path, self._module, query_only=True)
        try:
            yield connection
        finally:
            if self._has_ended(connection) and len(self._idle) < _IDLE:
                self._idle.append(connection)
            else:
                connection.close()
            if not self._keeps:
                self._let_go()

    def _has_ended(self, connection: Any) -> bool:
        """Whether the connection is without a transaction, after its end if there was one."""
        with suppress(self._module.Error, UnicodeDecodeError):
            if connection.in_transaction:
                connection.execute("ROLLBACK").close()
            return True
        return False

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except self._module.Error as error:
            raise self.faults.said(error) from error
        except UnicodeDecodeError as error:
            raise unfit(self.faults, error) from error

    def _check_place(self) -> None:
        """Raise StoreUnusable unless the path still leads to the file that was opened."""
        if identity(self.path) != self._file:
            raise moved(self.path)
