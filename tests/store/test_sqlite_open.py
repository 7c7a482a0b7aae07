"""Opening and creating the SQLite file: what is refused, in which words, and what is never done."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from purdah_scheduler.errors import ProductError, StoreUnusable, TryAgain
from purdah_scheduler.store import sqlite, sqlite_file
from purdah_scheduler.store.places import network_filesystem
from purdah_scheduler.store.sqlite import create_store, engine, open_store
from purdah_scheduler.store.sqlite_file import journal_for, library
from purdah_scheduler.store.sqlite_store import SqliteStore
from tests.store import builders as make

SQLITE = library()
"""The same library as the store's: two in one process undo each other's locks."""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# --- creating ----------------------------------------------------------------------------------------------------


def test_a_new_store_and_its_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    place = tmp_path / "a" / "b" / "purdah.db"
    old = os.umask(0)
    try:
        store = create_store(place)
        make.add_post(store)
        names = sorted(path.name for path in place.parent.iterdir())
        assert names == ["purdah.db", "purdah.db-shm", "purdah.db-wal"]
        assert {mode(path) for path in place.parent.iterdir()} == {0o600}
        assert (mode(place.parent), mode(place.parent.parent)) == (0o700, 0o700)
        store.close()
    finally:
        os.umask(old)


def test_a_folder_that_was_there_keeps_its_rights_and_nothing_is_left_beside_the_store(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    create_store(tmp_path / "purdah.db").close()
    assert mode(tmp_path) == 0o755
    assert [path.name for path in tmp_path.iterdir()] == ["purdah.db"]


@pytest.mark.parametrize("there", ["file", "empty", "folder", "dangling link", "store"])
def test_what_is_there_already_is_never_overwritten(tmp_path: Path, there: str) -> None:
    place = tmp_path / "purdah.db"
    if there == "folder":
        place.mkdir()
    elif there == "dangling link":
        place.symlink_to(tmp_path / "elsewhere")
    elif there == "store":
        create_store(place).close()
    else:
        place.write_bytes(b"precious" if there == "file" else b"")
    before = place.read_bytes() if place.is_file() else b""
    fault = make.refusal(lambda: create_store(place))
    assert "already" in fault.message
    assert (place.read_bytes() if place.is_file() else b"") == before
    assert [path.name for path in tmp_path.iterdir()] == ["purdah.db"]


def test_of_two_that_create_the_same_store_one_succeeds(tmp_path: Path) -> None:
    place = tmp_path / "purdah.db"
    answers: list[str] = []
    start = threading.Barrier(4)

    def create() -> None:
        start.wait()
        try:
            create_store(place).close()
            answers.append("made")
        except StoreUnusable:
            answers.append("refused")

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["made", "refused", "refused", "refused"]
    open_store(place).close()


def test_a_parent_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert "cannot be kept at" in make.refusal(lambda: create_store(tmp_path / "file" / "sub" / "purdah.db")).message
    assert "There is no queue at" in make.refusal(lambda: open_store(tmp_path / "file" / "purdah.db")).message


def test_a_folder_without_rights_is_one_sentence(ordinary_user: Path) -> None:
    ordinary_user.chmod(0o500)
    assert "may not open" in make.refusal(lambda: create_store(ordinary_user / "new" / "purdah.db")).message
    ordinary_user.chmod(0o700)


@pytest.mark.parametrize("name", ["a\x00b", "x" * 300])
def test_a_name_that_no_file_can_have_is_one_sentence(tmp_path: Path, name: str) -> None:
    make.refusal(lambda: create_store(tmp_path / name))
    make.refusal(lambda: open_store(tmp_path / name))


@pytest.mark.parametrize("name", ["with space.db", "100%.db", "what?.db", "a#b.db", "ünï.db", "quote'd.db"])
def test_any_other_name_works(tmp_path: Path, name: str) -> None:
    store = create_store(tmp_path / name)
    make.add_post(store)
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]


# --- opening -----------------------------------------------------------------------------------------------------


def test_opening_never_creates(tmp_path: Path) -> None:
    fault = make.refusal(lambda: open_store(tmp_path / "purdah.db"))
    assert (fault.message, fault.next_step) == (f"There is no queue at {tmp_path}/purdah.db.", "purdah-scheduler init")
    assert list(tmp_path.iterdir()) == []
    assert "gone does not exist" in make.refusal(lambda: open_store(tmp_path / "gone" / "purdah.db")).message
    assert fault.exit_code == 78


@pytest.mark.parametrize("content", [b"", b"SQLite", b"\x89PNG\r\n\x1a\n" + b"x" * 5000], ids=["empty", "short", "image"])
def test_a_file_that_is_no_database_is_refused_and_not_touched(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "purdah.db"
    place.write_bytes(content)
    place.chmod(0o600)
    assert "is not a queue of purdah-scheduler" in make.refusal(lambda: open_store(place)).message
    assert place.read_bytes() == content


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    assert "is not a queue" in make.refusal(lambda: open_store(tmp_path)).message


def test_the_database_of_another_program_is_refused_and_not_touched(tmp_path: Path) -> None:
    place = tmp_path / "other.db"
    with SQLITE.connect(place) as other:
        other.execute("CREATE TABLE alembic_version (version_num TEXT)")
        other.execute("INSERT INTO alembic_version VALUES ('0001')")
    other.close()
    place.chmod(0o600)
    before = place.read_bytes()
    assert "is not a queue" in make.refusal(lambda: open_store(place)).message
    assert place.read_bytes() == before


def test_a_header_with_nothing_sound_behind_it_is_refused(place: Path) -> None:
    whole = place.read_bytes()
    place.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    assert "is damaged" in make.refusal(lambda: open_store(place)).message


@pytest.mark.parametrize("kept", [4096, 4097, 20_000])
def test_a_truncated_store_is_called_damaged(place: Path, kept: int) -> None:
    place.write_bytes(place.read_bytes()[:kept])
    assert "is damaged" in make.refusal(lambda: open_store(place)).message


def test_a_store_of_a_newer_version_is_refused_with_its_revision(place: Path) -> None:
    tamper(place, "UPDATE alembic_version SET version_num = '0099'")
    fault = make.refusal(lambda: open_store(place))
    assert "newer version of purdah-scheduler (schema 0099)" in fault.message
    assert "Update" in fault.next_step


@pytest.mark.parametrize(("loose", "said"), [(0o644, "0644"), (0o660, "0660"), (0o601, "0601"), (0o604, "0604")])
def test_a_store_that_others_can_open_is_refused_with_the_command_that_helps(place: Path, loose: int, said: str) -> None:
    place.chmod(loose)
    fault = make.refusal(lambda: open_store(place))
    assert f"mode {said}" in fault.message
    assert fault.next_step == f"chmod 600 {place}"
    subprocess.run(fault.next_step.split(), check=True)
    open_store(place).close()


def test_a_write_ahead_log_that_others_can_read_is_refused(lite: SqliteStore, place: Path) -> None:
    make.add_post(lite)
    log = place.with_name("purdah.db-wal")
    log.chmod(0o644)
    assert make.refusal(lambda: open_store(place)).next_step == f"chmod 600 {log}"


def test_a_store_of_another_user_is_refused(ordinary_user: Path) -> None:
    place = ordinary_user / "purdah.db"
    create_store(place).close()
    place.chmod(0o000)
    assert "may not open" in make.refusal(lambda: open_store(place)).message


def test_a_read_only_store_can_be_read_or_says_so_and_refuses_to_be_written(ordinary_user: Path) -> None:
    place = ordinary_user / "purdah.db"
    first = create_store(place)
    make.add_post(first)
    place.chmod(0o400)
    store = open_store(place)
    with store.read() as reader:
        assert reader.counts() == {"draft": 1}
    fault = make.refusal(lambda: make.add_post(store), TryAgain)
    assert "is read-only" in fault.message
    assert fault.exit_code == 75
    make.refusal(lambda: store.beat(make.heartbeat(), high_water=make.NOON), TryAgain)
    store.close()
    first.close()


def test_a_read_only_folder_is_one_sentence(ordinary_user: Path) -> None:
    place = ordinary_user / "purdah.db"
    create_store(place).close()
    ordinary_user.chmod(0o500)
    try:
        make.refusal(lambda: open_store(place), ProductError)
    finally:
        ordinary_user.chmod(0o700)
    open_store(place).close()


def test_a_store_on_a_network_filesystem_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "network_filesystem", lambda path: "nfs4")
    assert "network filesystem (nfs4)" in make.refusal(lambda: open_store(place)).message
    assert "network filesystem" in make.refusal(lambda: create_store(place.with_name("new.db"))).message
    assert not place.with_name("new.db").exists()


def test_the_filesystem_of_a_path_is_that_of_the_longest_mount_point_over_it() -> None:
    mounts = "\n".join(
        (
            "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
            "30 22 0:44 / /srv/team rw shared:9 - nfs4 server:/team rw",
            "31 30 8:2 / /srv/team/local rw - xfs /dev/sdb1 rw",
            "32 22 0:45 / /srv/my\\040share rw - cifs //s/share rw",
            "broken line",
        )
    )
    assert network_filesystem(Path("/srv/team/purdah.db"), mounts) == "nfs4"
    assert network_filesystem(Path("/srv/team/local/purdah.db"), mounts) == ""
    assert network_filesystem(Path("/srv/teamwork/purdah.db"), mounts) == ""
    assert network_filesystem(Path("/srv/my share/purdah.db"), mounts) == "cifs"
    assert network_filesystem(Path("/srv/purdah.db"), "") == ""


# --- settings ----------------------------------------------------------------------------------------------------


def test_every_connection_has_the_settings_that_keep_what_is_written(place: Path) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
        "recursive_triggers": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
    }
    for begin, read_only in (("BEGIN IMMEDIATE", False), ("BEGIN", True)):
        made = engine(place, library(), begin=begin, query_only=read_only)
        with made.connect() as one, made.connect() if read_only else one as other:
            for connection in (one, other):
                assert {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted} == wanted
                assert connection.exec_driver_sql("PRAGMA query_only").scalar() == int(read_only)
        made.dispose()


@pytest.mark.parametrize(
    ("version", "journal"),
    [((3, 40, 1), "delete"), ((3, 51, 2), "delete"), ((3, 51, 3), "wal"), ((3, 53, 4), "wal"), ((4, 0, 0), "wal")],
)
def test_the_write_ahead_log_is_used_only_with_a_library_that_keeps_it_whole(version: tuple[int, ...], journal: str) -> None:
    assert journal_for(version) == journal


@pytest.fixture
def old_library(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The SQLite that is here as if it were 3.40.1."""
    old = SimpleNamespace(**{**vars(SQLITE), "sqlite_version": "3.40.1", "sqlite_version_info": (3, 40, 1)})
    monkeypatch.setattr(sqlite, "library", lambda: old)
    return old


@pytest.mark.usefixtures("old_library")
def test_with_an_older_library_the_rollback_journal_is_used_and_said(place: Path) -> None:
    store = open_store(place)
    make.add_post(store)
    assert store.journal == "delete"
    assert not place.with_name("purdah.db-wal").exists()
    assert "3.40.1" in store.notes()[0]
    mark = store.change_mark()
    make.add_post(store)
    assert store.change_mark() != mark
    store.close()
    with SQLITE.connect(place) as look:
        assert look.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    look.close()


def test_an_older_library_does_not_join_a_store_that_is_open_with_a_write_ahead_log(
    lite: SqliteStore, place: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    make.add_post(lite)
    monkeypatch.setattr(sqlite_file, "SETTINGS", ("busy_timeout=50", *sqlite_file.SETTINGS[1:]))
    request.getfixturevalue("old_library")
    make.refusal(lambda: open_store(place), TryAgain)


def test_a_library_that_is_too_old_for_the_schema_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ancient = SimpleNamespace(sqlite_version="3.31.1", sqlite_version_info=(3, 31, 1))
    monkeypatch.setattr("importlib.import_module", lambda name: ancient)
    assert "too old" in make.refusal(library).message


def test_opening_loads_neither_alembic_nor_the_object_mapper(place: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from purdah_scheduler.store.sqlite import open_store; "
        "open_store(Path(sys.argv[1])).close(); print([name for name in ('alembic', 'sqlalchemy.orm') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program, str(place)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def tamper(place: Path, *statements: str) -> None:
    """Change the file as somebody would who owns it."""
    with SQLITE.connect(place) as other:
        for statement in statements:
            other.execute(statement)
    other.close()


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "9p", "fuse.sshfs", "fuse.rclone", "virtiofs", "ocfs2"])
def test_filesystems_of_several_machines_are_known_by_their_type(kind: str) -> None:
    mounts = f"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 22 0:40 / /srv/share rw shared:1 - {kind} server:/x rw\n"
    assert network_filesystem(Path("/srv/share/purdah.db"), mounts) == kind
    assert network_filesystem(Path("/srv/other/purdah.db"), mounts) == ""


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "fuse.bindfs", "fuseblk"])
def test_filesystems_of_this_machine_are_used(kind: str) -> None:
    assert network_filesystem(Path("/srv/purdah.db"), f"22 1 8:1 / / rw - {kind} /dev/sda1 rw\n") == ""
