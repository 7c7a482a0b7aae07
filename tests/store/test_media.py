"""Attached files: read once, kept by their hash, and never used when they no longer match it."""

import hashlib
import os
import socket
import stat
from pathlib import Path

import pytest

from purdah_scheduler.errors import BadMedia, StoreUnusable
from purdah_scheduler.store.media import MediaFolder, read_attachment, sniff_type

DATA = b"\x89PNG\r\n\x1a\n picture"
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def shelf(tmp_path: Path) -> MediaFolder:
    return MediaFolder(tmp_path / "media")


def test_bytes_are_kept_by_their_hash_and_come_back(shelf: MediaFolder, tmp_path: Path) -> None:
    assert shelf.put(DATA) == SHA
    assert shelf.put(DATA) == SHA
    assert shelf.get(SHA) == DATA
    kept = [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
    assert kept == [tmp_path / "media" / SHA[:2] / SHA]
    assert stat.S_IMODE(kept[0].stat().st_mode) == 0o400
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (tmp_path / "media", kept[0].parent)} == {0o700}


def test_a_large_file_comes_back_whole(shelf: MediaFolder) -> None:
    data = os.urandom(3_000_001)
    assert shelf.get(shelf.put(data)) == data


def test_a_file_that_was_changed_is_refused_and_mended_by_putting_it_again(shelf: MediaFolder, tmp_path: Path) -> None:
    shelf.put(DATA)
    place = tmp_path / "media" / SHA[:2] / SHA
    place.chmod(0o600)
    place.write_bytes(DATA + b"!")
    with pytest.raises(BadMedia, match=f"{SHA[:8]} was changed"):
        shelf.get(SHA)
    shelf.put(DATA)
    assert shelf.get(SHA) == DATA
    assert stat.S_IMODE(place.stat().st_mode) == 0o400


def test_a_file_that_is_gone_or_is_a_link_is_refused(shelf: MediaFolder, tmp_path: Path) -> None:
    with pytest.raises(BadMedia, match="no longer in the media folder"):
        shelf.get(SHA)
    shelf.put(DATA)
    place = tmp_path / "media" / SHA[:2] / SHA
    (tmp_path / "other").write_bytes(DATA)
    place.unlink()
    place.symlink_to(tmp_path / "other")
    with pytest.raises(BadMedia, match="no longer"):
        shelf.get(SHA)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", SHA.upper(), SHA + "0", "ab/" + SHA, SHA + "\n"])
def test_only_a_hash_names_a_file(shelf: MediaFolder, name: str) -> None:
    with pytest.raises(BadMedia, match="SHA-256"):
        shelf.get(name)


def test_a_folder_that_cannot_be_written_is_one_sentence_and_leaves_nothing(ordinary_user: Path) -> None:
    ordinary_user.chmod(0o500)
    with pytest.raises(StoreUnusable, match="cannot be written"):
        MediaFolder(ordinary_user / "media").put(DATA)
    ordinary_user.chmod(0o700)
    assert list(ordinary_user.iterdir()) == []


def test_an_attachment_is_read_once_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "bus.png"
    path.write_bytes(DATA)
    assert read_attachment(path, max_bytes=len(DATA)) == DATA


def test_everything_but_an_ordinary_file_of_a_fitting_size_is_one_sentence(tmp_path: Path) -> None:
    file, link, fifo, empty, hidden = (tmp_path / name for name in ("a.png", "link.png", "fifo.png", "empty.png", "hidden.png"))
    file.write_bytes(DATA)
    link.symlink_to(file)
    os.mkfifo(fifo)
    empty.touch()
    plug = tmp_path / "plug.png"
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(plug)) if len(str(plug)) < 100 else plug.mkdir()
    for path, words in (
        (tmp_path / "none.png", "There is no file"),
        (hidden / "x.png", "There is no file"),
        (tmp_path, "is a folder"),
        (link, "is a symbolic link"),
        (fifo, "is not an ordinary file"),
        (Path("/dev/zero"), "is not an ordinary file"),
        (plug, "plug.png"),
        (empty, "is empty"),
        (file, "more than the 5 allowed"),
        (file / "x", "a.png"),
        (tmp_path / "a\x00b", "no file name has"),
        (tmp_path / ("x" * 300), "cannot be read"),
    ):
        with pytest.raises(BadMedia, match=words) as caught:
            read_attachment(path, max_bytes=5)
        assert "\n" not in str(caught.value)
        assert caught.value.next_step


def test_a_file_that_grows_past_the_limit_while_it_is_read_is_refused() -> None:
    with pytest.raises(BadMedia, match="allowed"):
        read_attachment(Path("/proc/self/status"), max_bytes=10)  # says that it has no bytes, and has many


def test_a_file_without_rights_is_one_sentence(ordinary_user: Path) -> None:
    path = ordinary_user / "secret.png"
    path.write_bytes(DATA)
    path.chmod(0o000)
    with pytest.raises(BadMedia, match="may not read"):
        read_attachment(path, max_bytes=99)


def test_a_name_that_commands_a_terminal_is_written_out(tmp_path: Path) -> None:
    with pytest.raises(BadMedia) as caught:
        read_attachment(tmp_path / "a\x1b[2Jb\n.png", max_bytes=99)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (DATA, "image/png"),
        (b"\xff\xd8\xff\xe0 JFIF", "image/jpeg"),
        (b"GIF89a...", "image/gif"),
        (b"GIF87a...", "image/gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
    ],
)
def test_the_type_is_what_the_first_bytes_show(start: bytes, kind: str) -> None:
    assert sniff_type(start) == kind


@pytest.mark.parametrize("start", [b"", b"\x89PNG", b"RIFF\x10\x00\x00\x00WAVEfmt ", b"<svg>", b"%PDF-1.7", b"GIF88a"])
def test_any_other_file_is_refused(start: bytes) -> None:
    with pytest.raises(BadMedia, match="not a PNG, JPEG, GIF or WebP"):
        sniff_type(start)
