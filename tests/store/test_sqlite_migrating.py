"""A store that an earlier version wrote is brought forward when it is opened, and keeps everything that it holds."""

import threading
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config

import purdah_scheduler.store as package
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.period_changes import Action, PeriodChange
from purdah_scheduler.errors import StoreUnusable
from purdah_scheduler.store import guards, revisions, sqlite_file
from purdah_scheduler.store.sqlite import engine, open_store
from purdah_scheduler.store.sqlite_store import SqliteStore
from tests.store import builders as make

SQLITE = sqlite_file.library()
"""The same library as the store's: two in one process undo each other's locks."""


@pytest.fixture
def old(tmp_path: Path, lite: SqliteStore) -> Path:
    """A store as revision 0001 wrote it, made by that revision's own script, with a post, a period and two entries in it."""
    make.add_post(lite)
    with lite.write() as tx:
        tx.declare_period(make.period())
        tx.record(make.entry())
    place = tmp_path / "old.db"
    place.touch(mode=0o600)
    config = Config()
    config.set_main_option("script_location", str(Path(package.__file__).parent / "migrations"))
    writing = engine(place, SQLITE, begin="BEGIN IMMEDIATE")
    with writing.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    writing.dispose()
    connection = SQLITE.connect(place)
    connection.execute(f"PRAGMA application_id={sqlite_file.APPLICATION}")
    connection.execute("ATTACH ? AS newer", (str(lite.path),))
    for table in ("meta", "posts", "revisions", "targets", "periods", "calendar_revision", "audit"):
        known = ", ".join(f'"{row[1]}"' for row in connection.execute(f"PRAGMA main.table_info({table})"))
        copying = "INSERT INTO the_table (known) SELECT known FROM newer.the_table ORDER BY 1"
        connection.execute(copying.replace("the_table", table).replace("known", known))
    connection.execute(
        "INSERT INTO exemptions (id, post, digest, person, reason, at, expires_at) VALUES (7, 1, 'aa', 'pat', 'why', 1000, 2000)"
    )
    connection.execute(
        "INSERT INTO heartbeat (id, owner, host, pid, started_at, seen_at, every, version, high_water) "
        "VALUES (1, 'o', 'h', 7, 1000000, 3000000, 5.0, '0.1', 2000000)"
    )
    connection.commit()
    connection.close()
    return place


def look(place: Path, question: str) -> list[Any]:
    connection = SQLITE.connect(place)
    found: list[Any] = connection.execute(question).fetchall()
    connection.close()
    return found


def tables(place: Path) -> set[str]:
    return {name for (name,) in look(place, "SELECT name FROM sqlite_schema WHERE type = 'table'")}


def test_the_old_file_is_really_an_old_one(old: Path) -> None:
    assert look(old, "SELECT version_num FROM alembic_version") == [("0001",)]
    assert not tables(old) & {"period_changes", "period_proposals", "checklist_marks"}


def test_opening_brings_it_forward_and_keeps_what_it_holds(old: Path, lite: SqliteStore) -> None:
    store = open_store(old)
    assert look(old, "SELECT version_num FROM alembic_version") == [(revisions.HEAD,)]
    with store.read() as reader, lite.read() as other:
        assert reader.periods() == other.periods()
        assert reader.post(1) == other.post(1)
        assert verify(reader.entries()).entries == 2
        assert (reader.period_changes(), reader.proposals()) == ((), ())
        assert [(entry.id, entry.digest, entry.reason) for entry in reader.exemptions(1)] == [(7, "aa", "why")]
        (beat,) = reader.heartbeats()
        assert (beat.owner, beat.pid, beat.every, beat.seen_at.timestamp(), beat.clock_doubt) == ("o", 7, 5.0, 3.0, "")
        high_water = reader.high_water()
        assert high_water is not None
        assert high_water.timestamp() == 2.0
        assert reader.instance() == other.instance()
    assert store.notes() == ()
    store.close()
    assert dict(look(old, "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")) == dict(guards.EXPECTED)
    assert tables(old) == tables(lite.path)


def test_it_can_be_written_at_once_and_opened_again(old: Path) -> None:
    store = open_store(old)
    change = PeriodChange(
        id=0, period="by-election-2026", action=Action.CONFIRM, reason="", person="ada", at=make.NOON, shape="a" * 32
    )
    with store.write() as tx:
        tx.add_period_change(change)
        assert tx.calendar_revision() == 2
        tx.record(make.entry())
    store.close()
    again = open_store(old)
    with again.read() as reader:
        assert len(reader.period_changes()) == 1
        assert verify(reader.entries()).ok
    again.close()


def test_of_two_that_open_it_at_the_same_moment_both_succeed(old: Path) -> None:
    start = threading.Barrier(2)
    opened: list[SqliteStore] = []

    def work() -> None:
        start.wait()
        opened.append(open_store(old))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 2
    for store in opened:
        store.close()


def test_a_revision_that_nobody_knows_is_still_refused(old: Path) -> None:
    connection = SQLITE.connect(old)
    connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.commit()
    connection.close()
    with pytest.raises(StoreUnusable):
        open_store(old)
    assert not tables(old) & {"period_changes"}
