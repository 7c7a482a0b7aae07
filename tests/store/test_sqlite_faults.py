"""Faults that an open SQLite store meets: each is one sentence, and nothing of the block is kept."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from purdah_scheduler.errors import ProductError, StoreUnusable, TryAgain
from purdah_scheduler.store import faults, sqlite
from purdah_scheduler.store.sqlite import create_store, engine, library, open_store
from purdah_scheduler.store.sqlite_store import SqliteStore
from tests.store import builders as make

SQLITE = library()
"""The same library as the store's: two in one process undo each other's locks."""


def test_a_store_that_another_process_keeps_locked_says_try_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "_SETTINGS", ("busy_timeout=50", *sqlite._SETTINGS[1:]))
    store = open_store(place)
    other = SQLITE.connect(place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    fault = make.refusal(lambda: make.add_post(store), TryAgain)
    assert "busy" in fault.message
    make.refusal(lambda: store.beat(make.heartbeat(), high_water=make.NOON), TryAgain)
    with store.read() as reader:
        assert reader.counts() == {}
    other.execute("ROLLBACK")
    other.close()
    make.add_post(store)
    store.close()


def small_disk(place: Path) -> SqliteStore:
    """A store whose writing connection may not make the file larger than it is."""
    module = library()
    writing, reading = engine(place, module, begin="BEGIN IMMEDIATE"), engine(place, module, begin="BEGIN", query_only=True)
    event.listen(writing, "connect", lambda connection, record: connection.execute("PRAGMA max_page_count=1").close())
    return SqliteStore(place, writing=writing, reading=reading, journal="wal", library="test")


def test_a_full_disk_undoes_the_block_and_says_so(lite: SqliteStore, place: Path) -> None:
    make.add_post(lite)
    full = small_disk(place)
    for _ in range(2):
        fault = make.refusal(lambda: make.add_post(full, text="x" * 100_000), TryAgain)
        assert "is full" in fault.message
    with full.read() as reader:
        assert reader.counts() == {"draft": 1}
        assert len(list(reader.entries())) == 1
    full.close()


def test_a_block_that_swallows_a_fault_commits_nothing(lite: SqliteStore, place: Path) -> None:
    full = small_disk(place)

    def careless() -> None:
        with full.write() as tx:
            tx.suspend("bob", "ada", make.NOON)
            tx.record(make.entry())
            with pytest.raises(TryAgain):
                tx.add_post(make.post(), make.revision(make.content("x" * 100_000)))
            with pytest.raises(TryAgain):
                tx.restore("bob")

    assert "is full" in make.refusal(careless, TryAgain).message
    with lite.read() as reader:
        assert reader.suspended() == frozenset()
        assert list(reader.entries()) == []
    full.close()


def test_a_store_that_is_deleted_while_open_is_never_created_anew(lite: SqliteStore, place: Path) -> None:
    make.add_post(lite)
    shutil.rmtree(place.parent)
    place.parent.mkdir()
    for use in (lambda: make.add_post(lite), lite.change_mark, lambda: lite.read().__enter__()):
        assert "moved or replaced" in make.refusal(use).message
    make.refusal(lambda: open_store(place))
    assert list(place.parent.iterdir()) == []


def test_a_store_that_is_replaced_while_open_is_not_written(lite: SqliteStore, place: Path) -> None:
    make.add_post(lite)
    create_store(place.with_name("backup.db")).close()
    place.with_name("backup.db").replace(place)
    assert "moved or replaced" in make.refusal(lambda: make.add_post(lite)).message


def test_a_connection_to_a_file_that_is_not_there_does_not_make_it(tmp_path: Path) -> None:
    made = engine(tmp_path / "none.db", library(), begin="BEGIN")
    with pytest.raises(DBAPIError):
        made.connect()
    assert list(tmp_path.iterdir()) == []


def test_garbage_in_the_middle_of_the_file_is_called_damage_when_it_is_met(place: Path) -> None:
    store = open_store(place)
    for number in range(200):
        make.add_post(store, str(number))
    store.close()
    whole = bytearray(place.read_bytes())
    for start in range(8 * 4096, len(whole), 4096):
        whole[start : start + 4096] = b"\xa5" * 4096
    place.write_bytes(whole)

    def read_everything() -> None:
        damaged = open_store(place)
        try:
            with damaged.read() as reader:
                list(reader.entries())
                for post in range(1, 201):
                    reader.revisions(post)
        finally:
            damaged.close()

    assert "is damaged" in make.refusal(read_everything).message


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("SQLITE_BUSY_SNAPSHOT", TryAgain, "busy"),
        ("SQLITE_LOCKED", TryAgain, "busy"),
        ("SQLITE_FULL", TryAgain, "is full"),
        ("SQLITE_READONLY_DIRECTORY", TryAgain, "read-only"),
        ("SQLITE_READONLY_DBMOVED", StoreUnusable, "moved or replaced"),
        ("SQLITE_IOERR_FSYNC", TryAgain, "SQLITE_IOERR_FSYNC"),
        ("SQLITE_CANTOPEN", StoreUnusable, "There is no queue"),
        ("SQLITE_NOTADB", StoreUnusable, "is not a queue"),
        ("SQLITE_CORRUPT_INDEX", StoreUnusable, "is damaged"),
        ("SQLITE_TOOBIG", ProductError, "too large"),
        ("SQLITE_MISUSE", StoreUnusable, "SQLITE_MISUSE"),
        ("", StoreUnusable, "cannot be used"),
    ],
)
def test_every_error_of_sqlite_has_its_sentence(tmp_path: Path, name: str, kind: type[ProductError], words: str) -> None:
    fault = faults.sentence(tmp_path / "purdah.db", name, "detail")
    assert isinstance(fault, kind)
    assert words in fault.message
    assert "\n" not in str(fault)
