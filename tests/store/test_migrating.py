"""A queue of schema revision 0003, the last that was released, is brought forward on both databases and keeps what it holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, insert, inspect, select
from sqlalchemy.engine import make_url

import purdah_scheduler.store as package
from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.readings import Reading
from purdah_scheduler.domain.series import Series
from purdah_scheduler.store import sqlite, sqlite_file
from purdah_scheduler.store.columns import metadata
from purdah_scheduler.store.postgresql import engine_for, migrate_store
from purdah_scheduler.store.postgresql import open_store as open_server
from purdah_scheduler.store.store import SqlStore
from tests.postgresql import Server
from tests.store import builders as make

RELEASED = "0003"


def made_by_the_revisions(connection: Connection) -> None:
    """The schema as the released revisions made it."""
    config = Config()
    config.set_main_option("script_location", str(Path(package.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, RELEASED)


def filled(connection: Connection, source: SqlStore) -> None:
    """Copy into it every row of `source` for which it has a table, as far as it has the columns."""
    there = inspect(connection)
    schema = connection.dialect.default_schema_name if connection.dialect.name == "sqlite" else "purdah"
    with source.snapshot() as work:
        for table in metadata.sorted_tables:
            if not there.has_table(table.name, schema=schema):
                continue
            known = {column["name"] for column in there.get_columns(table.name, schema=schema)}
            wanted = select(*(column for column in table.columns if column.name in known))
            for row in work.rows(wanted.order_by(*table.primary_key)):
                connection.execute(insert(table), row._asdict())
            if schema == "purdah" and "id" in table.c and table.c.id.identity is not None:
                sequence = func.pg_get_serial_sequence(f"purdah.{table.name}", "id")
                last = select(func.coalesce(func.max(table.c.id), 1)).scalar_subquery()
                connection.execute(select(func.setval(sequence, last)))


@contextmanager
def kept(store: SqlStore, source: SqlStore) -> Iterator[SqlStore]:
    """The store that was brought forward, once it was seen to hold what `source` does and nothing else."""
    with store.read() as reader, source.read() as other:
        assert verify(reader.entries()) == verify(other.entries())
        assert reader.rows(reader.row_ids(QueueFilter())) == other.rows(other.row_ids(QueueFilter()))
        assert list(reader.dossiers([1, 2, 3, 4])) == list(other.dossiers([1, 2, 3, 4]))
        assert reader.readings() == ()
        assert reader.server_limits() == ()
    assert store.notes() == ()
    assert store.check() == ()
    yield store
    store.close()


def used(store: SqlStore) -> None:
    """What the newest revision added can be used at once."""
    store.note_reading(Reading(post=1, person="ada", at=make.NOON, revision=1))
    assert make.add_post(store) == 5
    with store.write() as tx:
        tx.add_series(Series(id=0, source=1, rule="FREQ=DAILY", person="ada", at=make.NOON, posts=(5,)))
        tx.record(make.entry(post_id=1))
    with store.read() as reader:
        assert [one.person for one in reader.readings()] == ["ada"]
        assert reader.series_of(5) is not None
        assert verify(reader.entries()).ok


def test_a_file_of_the_released_revision_is_brought_forward_when_it_is_opened(tmp_path: Path, lite: SqlStore) -> None:
    make.fill(lite)
    place = tmp_path / "old.db"
    place.touch(mode=0o600)
    writing = sqlite.engine(place, sqlite_file.library(), begin="BEGIN IMMEDIATE")
    with writing.begin() as connection:
        made_by_the_revisions(connection)
        filled(connection, lite)
        connection.exec_driver_sql(f"PRAGMA application_id={sqlite_file.APPLICATION}")
    writing.dispose()
    with kept(sqlite.open_store(place), lite) as store:
        used(store)


def test_a_server_of_the_released_revision_is_brought_forward_by_migrate(postgresql: Server, lite: SqlStore) -> None:
    make.fill(lite)
    with postgresql.database("template0") as name:
        url = postgresql.url(name)
        engine = engine_for(make_url(url))
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE SCHEMA purdah")
            made_by_the_revisions(connection)
            filled(connection, lite)
        engine.dispose()
        assert migrate_store(url) == (RELEASED, "0004")
        with kept(open_server(url), lite) as store:
            used(store)
