"""Opening and creating the queue on a PostgreSQL server: connections, what each is told, and every reason to refuse."""

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url

from purdah_scheduler.errors import StoreUnusable
from purdah_scheduler.store.attachments import AttachmentTable
from purdah_scheduler.store.faults_postgresql import ServerFaults
from purdah_scheduler.store.guards_postgresql import SCHEMA
from purdah_scheduler.store.migrating import migrate
from purdah_scheduler.store.postgresql_store import TAKE_TURN, PostgresqlStore
from purdah_scheduler.store.revisions import HEAD, OLDER
from purdah_scheduler.store.translating import translated

_OLDEST = 140000
"""PostgreSQL 14: the oldest that its makers still mend."""

_SESSION = {
    "search_path": f"{SCHEMA},pg_temp",  # a table of the same name in another schema, or a temporary one, is never met
    "timezone": "UTC",
    "lock_timeout": "10s",
    "statement_timeout": "60s",
    # A program that was stopped in the middle of a change must not keep everybody else waiting.
    "idle_in_transaction_session_timeout": "30s",
    "synchronous_commit": "on",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
"""What the server is told of every connection; a transaction pooler, which hands connections round, cannot keep it."""

_CONNECT = {
    "application_name": "purdah-scheduler",
    "client_encoding": "utf8",
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30000,
    "options": " ".join(f"-c {name}={value}" for name, value in _SESSION.items()),
}


def open_store(url: str) -> PostgresqlStore:
    """The queue at `url` (`postgresql://…`, without a password); never creates or migrates anything.

    Raises StoreUnusable (no database, no queue in it, not let in, older or newer schema, no driver) and TryAgain (not reached).
    """
    address = make_url(url)
    server = faults_of(address)
    writing = engine_for(address)
    reading = engine_for(address, isolation="REPEATABLE READ", read_only=True)
    try:
        with translated(server), reading.connect() as connection:
            _check_server(connection, server)
            revision = _revision(connection)
        if not revision:
            raise server.absent()
        if revision in OLDER:
            raise server.older(revision)
        if revision != HEAD:
            raise server.newer(revision)
    except BaseException:
        reading.dispose()
        writing.dispose()
        raise
    return PostgresqlStore(writing=writing, reading=reading, faults=server)


def create_store(url: str) -> PostgresqlStore:
    """Make the queue in the existing database at `url` and open it; never overwrites.

    Raises StoreUnusable where there is one already, NotAllowed where the login may not make one.
    """
    if migrate_store(url)[0]:
        raise faults_of(make_url(url)).there_already()
    return open_store(url)


def migrate_store(url: str) -> tuple[str, str]:
    """Bring the queue at `url` to the newest schema in one transaction, or make it where there is none.

    Returns the revisions before (empty where there was no queue) and after. While it lasts nobody writes. Raises StoreUnusable
    for a newer schema, NotAllowed for a login without the rights.
    """
    address = make_url(url)
    server = faults_of(address)
    engine = engine_for(address)
    try:
        with translated(server), engine.begin() as connection:
            _check_server(connection, server)
            connection.exec_driver_sql(TAKE_TURN)
            before = _revision(connection)
            if before and before not in OLDER:
                if before != HEAD:
                    raise server.newer(before)
                return before, before
            _as_owner(connection)
            migrate(connection)
    finally:
        engine.dispose()
    return before, HEAD


def open_attachments(store: PostgresqlStore) -> AttachmentTable:
    """The attachments in the same database, for every host."""
    return AttachmentTable(writing=store.writing, reading=store.reading, faults=store.server)


def faults_of(address: URL) -> ServerFaults:
    """The sentences for the database at `address`."""
    named = address.database or address.username or "the login's own name"
    query_host = address.query.get("host")
    host = address.host or (query_host if isinstance(query_host, str) else "") or "this machine"
    port = f":{address.port}" if address.port else ""
    return ServerFaults(where=f"the database {named} on {host}{port}", login=address.username or "")


def engine_for(address: URL, *, isolation: str = "READ COMMITTED", read_only: bool = False) -> Engine:
    """Connections to the database at `address`, each told the same. Raises StoreUnusable where the driver is not installed."""
    try:
        made = create_engine(
            address.set(drivername="postgresql+psycopg"),
            connect_args=_CONNECT,
            isolation_level=isolation,
            pool_size=4,
            max_overflow=12,
            pool_timeout=10,
            pool_pre_ping=True,  # after a restart of the server the first statement of a kept connection would fail
        )
    except ImportError as error:
        raise StoreUnusable(
            "The queue is on a PostgreSQL server, and the driver for it is not installed, so nothing was opened.",
            next_step="Install it: pip install 'purdah-scheduler[postgresql]'",
        ) from error

    if read_only:

        def never_write(connection: Any, _record: object) -> None:
            connection.read_only = True

        event.listen(made, "connect", never_write)
    return made


def _check_server(connection: Connection, server: ServerFaults) -> None:
    version, encoding = connection.exec_driver_sql(
        "SELECT current_setting('server_version_num')::int, current_setting('server_encoding')"
    ).one()
    if version < _OLDEST:
        raise StoreUnusable(
            f"The server of {server.where} is PostgreSQL {version // 10000}, which is too old, so nothing was opened.",
            next_step="Use PostgreSQL 14 or newer.",
        )
    if encoding != "UTF8":
        raise StoreUnusable(
            f"{server.where[:1].upper()}{server.where[1:]} keeps texts as {encoding}, which cannot hold every letter.",
            next_step="Create the database anew with: createdb --encoding UTF8 --template template0",
        )


def _revision(connection: Connection) -> str:
    """The schema revision, or an empty text where there is no queue."""
    there = connection.exec_driver_sql(f"SELECT to_regclass('{SCHEMA}.alembic_version') IS NOT NULL").scalar()
    return str(connection.exec_driver_sql(f"SELECT version_num FROM {SCHEMA}.alembic_version").scalar() or "") if there else ""


def _as_owner(connection: Connection) -> None:
    """Make the schema, or act as the role that owns it: what is added belongs to whom the rest belongs."""
    # As text, regrole is quoted where it needs to be.
    owner = connection.exec_driver_sql("SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = %s", (SCHEMA,))
    name = owner.scalar()
    if name is None:
        connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
    else:
        connection.exec_driver_sql(f"SET LOCAL ROLE {name}")
