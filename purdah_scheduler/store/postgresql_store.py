"""The store on a PostgreSQL server: what PostgreSQL alone needs, beside what every store does."""

import time
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from purdah_scheduler.boot_time import boot_seconds
from purdah_scheduler.domain.people import Login
from purdah_scheduler.store import guards, guards_postgresql
from purdah_scheduler.store.faults_postgresql import ServerFaults
from purdah_scheduler.store.server_time import ServerTime
from purdah_scheduler.store.shape_postgresql import SHAPE, expected_shape
from purdah_scheduler.store.store import SqlStore
from purdah_scheduler.store.translating import translated

TAKE_TURN = "SELECT pg_advisory_xact_lock(1347768900, 1)"
"""One lock for everything that writes, held until the commit.

Every change has an entry in the record, and the record has one end: writers would meet there anyhow. Taken first, the lock makes
each block what it is on SQLite: whatever it has read (the calendar, clearances, row versions, fences, the last entry) stays as it
was read until the block is over. Each later statement sees all that earlier holders committed, because each has a snapshot of
its own (READ COMMITTED). The lock dies with its connection.
"""

_ASKING_SECONDS = 5.0
"""For how long the server is asked what became of a commit during which the connection broke."""

_NEWS = "SELECT (SELECT max(seq) FROM audit), (SELECT max(seen_at) FROM daemons), clock_timestamp()"


_WHO = (
    f"SELECT session_user::text, (SELECT person FROM {guards_postgresql.SCHEMA}.logins WHERE login = session_user), "
    "pg_has_role(session_user, (SELECT nspowner FROM pg_catalog.pg_namespace "
    f"WHERE nspname = '{guards_postgresql.SCHEMA}'), 'USAGE')"
)


class PostgresqlStore(SqlStore):
    """Everything that is kept, in one database of a server, for several people and daemons on several hosts."""

    def __init__(self, *, writing: Engine, reading: Engine, faults: ServerFaults) -> None:
        super().__init__(writing=writing, reading=reading, faults=faults)
        self.writing, self.reading, self.server = writing, reading, faults
        self._transaction_id = ""
        self._time = ServerTime()
        self._mark: Connection | None = None
        self._number = 0
        self._latest: list[Any] | None = None
        self._heard = False

    def change_mark(self) -> int:
        """Rises with each notice of a commit, and whenever record or heartbeat moved: what was told while away is not lost."""
        with self._mark_lock, translated(self.faults):
            try:
                connection, asked_at = self._mark or self._listen(), boot_seconds()
                *latest, now = connection.exec_driver_sql(_NEWS).one()
                self._time.hear(now, asked_at=asked_at)
            except DBAPIError:
                self._forget_mark()
                raise
            if self._heard or latest != self._latest:
                self._number += 1
                self._latest, self._heard = latest, False
            return self._number

    def server_time(self) -> datetime | None:
        """What the server's clock says; it is asked once, and dates what it is asked and told later."""
        now = self._time.now()
        if now is None:
            asked_at = boot_seconds()
            with self._connect(self.reading) as connection, translated(self.faults):
                self._time.hear(connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one(), asked_at=asked_at)
            now = self._time.now()
        return now

    def news(self) -> int | None:
        """Becomes readable when somebody commits; None while nothing listens. `change_mark` reads what came."""
        with self._mark_lock:
            if self._mark is None or _driver(self._mark).closed:
                return None
            return int(_driver(self._mark).fileno())

    def _listen(self) -> Connection:
        """A connection of its own that listens first and looks then."""
        self._mark = self.reading.connect().execution_options(isolation_level="AUTOCOMMIT")
        _driver(self._mark).add_notify_handler(self._hear)
        self._mark.exec_driver_sql(f"LISTEN {guards_postgresql.CHANNEL}")
        return self._mark

    def _hear(self, _notice: object) -> None:
        self._heard = True

    def _forget_mark(self) -> None:
        if self._mark is not None:
            self._mark.invalidate()  # a connection that listens does not go back among the others
            self._mark.close()
            self._mark = None

    def login(self) -> Login | None:
        """Who the server says is asking, by the login of the connection itself: no role that was set since changes it."""
        with self._connect(self.reading) as connection, translated(self.faults):
            name, person, keeps = connection.exec_driver_sql(_WHO).one()
        return Login(name=name, person=person or "", keeps=keeps)

    def _ready_to_write(self, connection: Connection) -> str:
        """Wait for the turn; refuse to write to a schema that somebody altered."""
        asked_at = boot_seconds()
        _, transaction, login, now = connection.exec_driver_sql(
            f"{TAKE_TURN}, pg_current_xact_id()::text, session_user::text, clock_timestamp()"
        ).one()
        self._transaction_id = str(transaction)
        self._time.hear(now, asked_at=asked_at)
        faults = self._differences(connection)
        if faults:
            raise self.server.tampered(faults)
        return str(login)

    def _commit(self, connection: Connection) -> None:
        """Commit; where the connection breaks meanwhile, ask the server what became of it.

        Raises TryAgain that says that nothing was changed, or that nobody knows: never the one for the other.
        """
        try:
            connection.commit()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            fate = self._fate(self._transaction_id)
            if fate == "committed":
                return
            raise (self.server.lost() if fate == "aborted" else self.server.in_doubt()) from error

    def _fate(self, transaction: str) -> str:
        """`committed`, `aborted`, or an empty text where the server cannot be asked, or does not know."""
        until = time.monotonic() + _ASKING_SECONDS
        while time.monotonic() < until:
            try:
                with self.reading.connect() as connection:
                    fate = connection.exec_driver_sql("SELECT pg_xact_status(%s::xid8)", (transaction,)).scalar()
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None):  # it answers, and has no such transaction: another server took over
                    return ""
                fate = "in progress"
            if fate != "in progress":
                return str(fate or "")
            time.sleep(0.1)
        return ""

    def _differences(self, connection: Connection) -> tuple[str, ...]:
        """What guards, and what keeps: asked of the catalogue anew for each change (2 ms)."""
        guarding = connection.exec_driver_sql(guards_postgresql.FOUND)
        keeping = connection.exec_driver_sql(SHAPE)
        return (
            *guards.differences({row.name: row.shape for row in guarding}, guards_postgresql.EXPECTED),
            *guards.differences(
                dict(tuple(row) for row in keeping),
                expected_shape(connection.dialect),
                ours="column, constraint or index",
                strange="column, constraint or index",
            ),
        )


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
