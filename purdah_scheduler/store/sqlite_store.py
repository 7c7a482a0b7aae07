"""The store in an SQLite file: what SQLite alone needs, beside what every store does."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.pool import StaticPool

from purdah_scheduler.store import guards
from purdah_scheduler.store.faults import FileFaults, moved, tampered
from purdah_scheduler.store.notices import SqlNoticeReader
from purdah_scheduler.store.shape_sqlite import NOT_COMPARED, expected_shape, shape_of
from purdah_scheduler.store.sqlite_file import identity
from purdah_scheduler.store.store import SqlStore
from purdah_scheduler.store.translating import translated
from purdah_scheduler.store.work import Work

_Schema = tuple[tuple[Any, ...], ...]
"""Type, name and text of everything that the file's schema has."""


class SqliteStore(SqlStore):
    """Everything that is kept, in one SQLite file. `journal` is `wal` or `delete`; `library` names the SQLite in use."""

    lock_is_fair = False

    def __init__(
        self, path: Path, *, writing: Engine, reading: Engine, journal: str, library: str, notes: tuple[str, ...] = ()
    ) -> None:
        super().__init__(writing=writing, reading=reading, faults=FileFaults(path=path), notes=notes)
        self.path = path
        self.journal = journal
        self.library = library
        self._checked: _Schema | None = None
        self._mark: Connection | None = None
        self._file = identity(path)

    def change_mark(self) -> int:
        """SQLite's own count of the commits of other connections."""
        with self._mark_lock, translated(self.faults):
            self._check_place()
            if self._mark is None:
                self._mark = self._reading.connect()
            with self._mark.begin() as snapshot:
                mark: int = self._mark.exec_driver_sql("PRAGMA data_version").scalar_one()
                snapshot.rollback()
        return mark

    def _forget_mark(self) -> None:
        if self._mark is not None:
            self._mark.close()
            self._mark = None

    def _check_place(self) -> None:
        """Raise StoreUnusable unless the path still leads to the file that was opened.

        SQLite goes on in a file that was deleted or replaced (by restoring a backup, say), and what it writes there is lost.
        """
        if identity(self.path) != self._file:
            raise moved(self.path)

    def _ready_to_write(self, connection: Connection) -> str:
        """Refuse to write to a schema that somebody altered: read anew for each change, compared in full where it differs.

        SQLite's own count of changes of the schema is not asked: whoever writes into the schema by hand leaves it as it was.
        Costs 0.05 ms.
        """
        schema = _schema_of(connection)
        if schema == self._checked:
            return ""
        faults = _differences_in(schema)
        if faults:
            raise tampered(self.path, faults)
        self._checked = schema
        return ""

    @contextmanager
    def driver_connection(self) -> Iterator[Any]:
        """A reading connection of the SQLite library itself, for what SQLAlchemy has no words for."""
        with self._connect(self._reading) as connection:
            yield connection.connection.driver_connection

    @contextmanager
    def reading_on(self, connection: Any) -> Iterator[SqlNoticeReader]:
        """Read on in the snapshot that is open on a connection of the SQLite library itself; it ends with the block."""
        pool = StaticPool(lambda: connection, reset_on_return=None)
        # No listener begins a transaction here, and the dialect has looked at this file before: neither disturbs the snapshot.
        with Engine(pool, self._reading.dialect, self._reading.url).connect() as over:
            work = Work(over, self.faults)
            try:
                yield SqlNoticeReader(work)
            finally:
                work.end()

    def _damage(self, connection: Connection, *, quick: bool) -> tuple[str, ...]:
        """SQLite's own checks: `quick` leaves out the comparison of tables with their indexes."""
        said = connection.exec_driver_sql(f"PRAGMA {'quick_check' if quick else 'integrity_check'}(5)").scalars().all()
        found = [] if said == ["ok"] else [f"SQLite finds damage: {' '.join(str(line).split())}." for line in said]
        if not quick and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            found.append("A row belongs to another that does not exist.")
        return tuple(found)

    def _differences(self, connection: Connection) -> tuple[str, ...]:
        return _differences_in(_schema_of(connection))


def _schema_of(connection: Connection) -> _Schema:
    return tuple(tuple(row) for row in connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_schema"))


def _differences_in(schema: _Schema) -> tuple[str, ...]:
    """Triggers and views by their very text, tables and indexes by their shape; an index without a text is a constraint's own."""
    guarding = {name: text for kind, name, text in schema if kind not in ("table", "index")}
    keeping = {
        name: shape_of(text)
        for kind, name, text in schema
        if kind in ("table", "index") and text is not None and name not in NOT_COMPARED
    }
    return (
        *guards.differences(guarding),
        *guards.differences(keeping, expected_shape(), ours="table or index", strange="table or index"),
    )
