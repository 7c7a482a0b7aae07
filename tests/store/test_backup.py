"""A backup is whole or it is none; what is restored is what was kept, and nobody publishes from it unasked."""

import io
import stat
import tarfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.content import Card
from purdah_scheduler.errors import BadInput, BadSetup, ProductError, TryAgain
from purdah_scheduler.store.backup import read_backup, restore_backup, write_backup
from purdah_scheduler.store.media import MediaFolder
from purdah_scheduler.store.sqlite import create_store, open_store
from purdah_scheduler.store.sqlite_file import library
from purdah_scheduler.store.sqlite_store import SqliteStore
from tests.store import builders as make

PICTURE = b"\x89PNG\r\n\x1a\n" + b"a picture" * 1000


@pytest.fixture
def media(lite: SqliteStore) -> Path:
    """The shelf of a store that has three posts, one of them with a picture."""
    folder = lite.path.parent / "media"
    sha256 = MediaFolder(folder).put(PICTURE)
    MediaFolder(folder).put(b"nobody's any more")
    make.add_post(lite, "0")
    make.add_post(lite, "1")
    content = replace(make.content(), media=(replace(make.rich_content().media[0], sha256=sha256, size=len(PICTURE)),))
    with lite.write() as tx:
        tx.add_post(make.post("with a picture"), make.revision(content))
        tx.record(make.entry())
    return folder


@pytest.fixture
def archive(lite: SqliteStore, media: Path, tmp_path: Path) -> Path:
    """A backup of that."""
    to = tmp_path / "backups" / "one.tar"
    to.parent.mkdir()
    write_backup(lite, media, to, now=make.NOON)
    return to


def altered(archive: Path, change: Callable[[tarfile.TarInfo, bytes], tuple[tarfile.TarInfo, bytes] | None]) -> Path:
    """The same archive with each member as `change` gives it back; None leaves it out."""
    other = archive.with_name("altered.tar")
    with tarfile.open(archive) as source, tarfile.open(other, "w") as to:
        for member in source:
            file = source.extractfile(member)
            made = change(member, file.read() if file else b"")
            if made is not None:
                made[0].size = len(made[1]) if made[0].isreg() else 0
                to.addfile(made[0], io.BytesIO(made[1]))
    return other


def test_what_is_restored_is_what_was_kept(lite: SqliteStore, archive: Path, tmp_path: Path) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert [path.name for path in archive.parent.iterdir()] == ["one.tar"]
    found = read_backup(archive)
    assert (found.made_at, found.size) == (make.NOON, archive.stat().st_size)
    assert (found.holds.revisions, found.holds.media, found.holds.entries) == (3, 1, 3)
    make.add_post(lite, "after it")
    to = tmp_path / "drill" / "queue"
    assert restore_backup(archive, to) == found
    assert sorted(path.name for path in to.iterdir()) == ["media", "purdah.db"]
    assert stat.S_IMODE(to.stat().st_mode) == 0o700
    assert stat.S_IMODE((to / "purdah.db").stat().st_mode) == 0o600
    (kept,) = (path for path in (to / "media").rglob("*") if path.is_file())
    assert kept.read_bytes() == PICTURE
    other = open_store(to / "purdah.db")
    with other.read() as reader, lite.read() as now:
        assert [reader.post(number) for number in (1, 2, 3)] == [now.post(number) for number in (1, 2, 3)]
        assert verify(reader.entries()).head == found.holds.head
        assert sum(reader.counts().values()) == 3
        home = reader.home()
        assert home is not None
        assert (home.machine, home.path) == ("", str(lite.path))
        assert now.home() is None  # the store itself was not touched
    other.close()
    assert [path.name for path in to.parent.iterdir()] == ["queue"]


def test_the_picture_of_a_card_is_kept_too_and_missed_where_it_is_gone(lite: SqliteStore, media: Path, tmp_path: Path) -> None:
    thumb = replace(make.rich_content().media[0], sha256=MediaFolder(media).put(b"a thumb"), size=7, alt="", focus=None)
    with lite.write() as tx:
        tx.add_post(
            make.post("with a card"), make.revision(replace(make.content(), card=Card(address="a", title="b", picture=thumb)))
        )
        tx.record(make.entry())
    archive = tmp_path / "with-card.tar"
    write_backup(lite, media, archive, now=make.NOON)
    restore_backup(archive, tmp_path / "restored")
    assert MediaFolder(tmp_path / "restored" / "media").get(thumb.sha256) == b"a thumb"
    (media / thumb.sha256[:2] / thumb.sha256).unlink()
    with pytest.raises(BadSetup, match="It belongs to post"):
        write_backup(lite, media, tmp_path / "again.tar", now=make.NOON)


def test_a_backup_is_of_one_moment_while_others_write(lite: SqliteStore, media: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        other = open_store(lite.path)
        while not stop.is_set():
            make.add_post(other, "meanwhile", text="x" * 5000)
        other.close()

    writer = threading.Thread(target=write)
    writer.start()
    counts = []
    try:
        for number in range(4):
            found = write_backup(lite, media, tmp_path / f"{number}.tar", now=make.NOON)
            assert found.holds.revisions == found.holds.entries  # each post and its entry are one transaction
            counts.append(found.holds.entries)
    finally:
        stop.set()
        writer.join()
    assert counts == sorted(counts)
    make.add_post(lite)


def test_nothing_is_overwritten(lite: SqliteStore, media: Path, archive: Path, tmp_path: Path) -> None:
    before = archive.read_bytes()
    make.refusal(lambda: write_backup(lite, media, archive, now=make.NOON), BadInput)
    assert archive.read_bytes() == before
    full = tmp_path / "full"
    full.mkdir()
    (full / "letter.txt").write_text("keep me")
    make.refusal(lambda: restore_backup(archive, full), BadInput)
    make.refusal(lambda: restore_backup(archive, archive), BadInput)
    assert [path.name for path in full.iterdir()] == ["letter.txt"]
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    make.refusal(lambda: restore_backup(archive, link), BadInput)
    assert not (tmp_path / "elsewhere").exists()
    (tmp_path / "empty").mkdir()
    restore_backup(archive, tmp_path / "empty")


@pytest.mark.parametrize("damage", ["cut", "flipped", "no database", "no note", "other note", "link", "escape", "twice", "text"])
def test_a_backup_that_is_not_whole_is_refused_and_leaves_nothing(archive: Path, tmp_path: Path, damage: str) -> None:
    def change(member: tarfile.TarInfo, data: bytes) -> tuple[tarfile.TarInfo, bytes] | None:
        match damage:
            case "no database" if member.name == "purdah.db":
                return None
            case "no note" if member.name == "backup.json":
                return None
            case "other note" if member.name == "backup.json":
                return member, b'{"form": "purdah-backup-v1", "made_at": "2026-05-07T09:00:00", "sha256": ""}'
            case "flipped" if member.name == "purdah.db":
                return member, data[:9000] + bytes([data[9000] ^ 1]) + data[9001:]
            case "link" if member.name.startswith("media/"):
                member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            case "escape" if member.name.startswith("media/"):
                member.name = "media/../../outside"
            case "twice" if member.name == "backup.json":
                member.name = "purdah.db"
        return member, data

    if damage == "cut":
        other = archive.with_name("cut.tar")
        other.write_bytes(archive.read_bytes()[:60_000])
    elif damage == "text":
        other = archive.with_name("text.tar")
        other.write_text("Dear colleagues, ")
    else:
        other = altered(archive, change)
    to = tmp_path / "restored"
    for use in (lambda: read_backup(other), lambda: restore_backup(other, to)):
        fault = make.refusal(use, ProductError)
        assert fault.exit_code in (64, 78)
    assert not to.exists()
    assert not (tmp_path / "outside").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".purdah")]


def test_a_store_whose_words_were_altered_gives_no_backup(lite: SqliteStore, media: Path, tmp_path: Path) -> None:
    """SQLite finds nothing wrong with it: the digests do."""
    lite.close()
    connection = library().connect(lite.path)
    guard = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'revisions_no_update'").fetchone()[0]
    connection.execute("DROP TRIGGER revisions_no_update")
    connection.execute("UPDATE revisions SET content = replace(content, 'flu', 'tax') WHERE post = 2")
    connection.execute(guard)
    connection.commit()
    connection.close()
    store = open_store(lite.path)
    fault = make.refusal(lambda: write_backup(store, media, tmp_path / "b.tar", now=make.NOON), BadSetup)
    assert "post 2, revision 1, do not match their digest" in fault.message
    assert not (tmp_path / "b.tar").exists()
    store.close()


def test_a_store_that_lost_an_attachment_gives_no_backup_and_names_the_post(
    lite: SqliteStore, media: Path, tmp_path: Path
) -> None:
    for path in media.rglob("*"):
        if path.is_file():
            path.unlink()
    fault = make.refusal(lambda: write_backup(lite, media, tmp_path / "b.tar", now=make.NOON), BadSetup)
    assert "It belongs to post 3" in fault.message


def test_a_place_that_cannot_be_written_or_read_is_one_sentence(ordinary_user: Path) -> None:
    store = create_store(ordinary_user / "queue" / "purdah.db")
    make.add_post(store)
    media, shut, good = ordinary_user / "media", ordinary_user / "shut", ordinary_user / "b.tar"
    shut.mkdir(mode=0o500)
    make.refusal(lambda: write_backup(store, media, shut / "b.tar", now=make.NOON), TryAgain)
    make.refusal(lambda: write_backup(store, media, ordinary_user / "no" / "b.tar", now=make.NOON), TryAgain)
    write_backup(store, media, good, now=make.NOON)
    make.refusal(lambda: restore_backup(good, shut / "queue"), BadInput)
    good.chmod(0o000)
    make.refusal(lambda: read_backup(good), BadInput)
    store.close()
