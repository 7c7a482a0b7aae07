"""Faults that an open SQLite store meets: each is one sentence, and nothing of the block is kept."""

import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from purdah_scheduler.domain.audit import verify
from purdah_scheduler.errors import ProductError, StoreUnusable, TryAgain
from purdah_scheduler.store import faults, sqlite_file
from purdah_scheduler.store.sqlite import create_store, engine, open_store
from purdah_scheduler.store.sqlite_file import library
from purdah_scheduler.store.sqlite_store import SqliteStore
from tests.store import builders as make

ROOT = Path(__file__).resolve().parents[2]
SQLITE = library()
"""The same library as the store's: two in one process undo each other's locks."""


def test_a_store_that_another_process_keeps_locked_says_try_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "SETTINGS", ("busy_timeout=50", *sqlite_file.SETTINGS[1:]))
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


@pytest.mark.parametrize(("free", "said"), [(0, "is full"), (10_000_000, "gave an error (SQLITE_IOERR)")])
def test_an_error_of_a_disk_without_room_is_told_as_a_full_disk(
    place: Path, monkeypatch: pytest.MonkeyPatch, free: int, said: str
) -> None:
    """What SQLite says where it finds no room for the index of its log."""
    real = shutil.disk_usage(place.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: real._replace(free=free))
    fault = faults.sentence(place, "SQLITE_IOERR", "disk I/O error")
    assert isinstance(fault, TryAgain)
    assert said in fault.message


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


WRITES_AND_DIES = """
import os, sys
from pathlib import Path
from purdah_scheduler.store.sqlite import open_store
from tests.store import builders as make

store = open_store(Path(sys.argv[1]))
for number in range(30):
    make.add_post(store, str(number))
os._exit(0)
"""


@pytest.fixture(scope="module")
def left_behind(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store whose process died with thirty posts in the write-ahead log alone."""
    place = tmp_path_factory.mktemp("wal") / "purdah.db"
    create_store(place).close()
    subprocess.run([sys.executable, "-c", WRITES_AND_DIES, str(place)], check=True, cwd=ROOT)
    assert place.with_name("purdah.db-wal").stat().st_size > 100_000
    return place.parent


@pytest.mark.parametrize("seed", range(40))
def test_a_write_ahead_log_that_is_cut_garbled_or_zeroed_leaves_a_prefix_of_what_was_committed(
    left_behind: Path, tmp_path: Path, seed: int
) -> None:
    shutil.copytree(left_behind, tmp_path / "queue")
    place = tmp_path / "queue" / "purdah.db"
    log = place.with_name("purdah.db-wal")
    place.with_name("purdah.db-shm").unlink(missing_ok=True)
    chance = random.Random(seed)
    whole = bytearray(log.read_bytes())
    at = chance.randrange(len(whole))
    match seed % 4:
        case 0:
            del whole[at:]
        case 1:
            whole[at : at + 4096] = chance.randbytes(len(whole[at : at + 4096]))
        case 2:
            whole[at : at + 4096] = bytes(len(whole[at : at + 4096]))
        case _:
            whole[at] ^= 1 << chance.randrange(8)
    log.write_bytes(whole)
    store = open_store(place)
    with store.read() as reader:
        posts = reader.counts().get("draft", 0)
        assert posts <= 30
        checked = verify(reader.entries())
        assert (checked.ok, checked.entries) == (True, posts)
        assert [reader.post(number + 1).title for number in range(posts)] == [str(number) for number in range(posts)]
    make.add_post(store)
    store.close()


@pytest.fixture
def small_place() -> Iterator[Path]:
    """A folder on a filesystem of two megabytes; only the superuser can make one."""
    with tempfile.TemporaryDirectory() as name:
        mount = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", name]
        try:
            made = subprocess.run(mount, capture_output=True, check=False).returncode == 0
        except FileNotFoundError:
            made = False
        if not made:
            pytest.skip("no filesystem can be mounted here")
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "-l", name], check=True)


def test_a_disk_that_is_really_full_keeps_what_was_committed_and_works_on_when_there_is_room(small_place: Path) -> None:
    place = small_place / "purdah.db"
    store = create_store(place)
    make.add_post(store, "0")
    with (small_place / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(b"x" * 4096)
    posts = 1

    def fill() -> None:
        nonlocal posts
        while posts < 10_000:
            make.add_post(store, str(posts), text="x" * 20_000)
            posts += 1

    assert "is full" in make.refusal(fill, TryAgain).message
    make.refusal(lambda: make.add_post(store, "more", text="x" * 20_000), TryAgain)
    with store.read() as reader:
        assert reader.counts() == {"draft": posts}
        assert verify(reader.entries()).entries == posts
    (small_place / "ballast").unlink()
    make.add_post(store, "after", text="x" * 20_000)
    store.close()
    again = open_store(place)
    with again.read() as reader:
        assert reader.counts() == {"draft": posts + 1}
    again.close()


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
