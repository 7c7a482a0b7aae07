"""What is read of a file, and what is never waited for."""

import os
import threading
from pathlib import Path

import pytest

from purdah_scheduler.plain_file import PlainFile, read_plain_file, write_plain_file


def test_a_file_comes_with_its_mode_and_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"text")
    path.chmod(0o640)
    assert read_plain_file(path, limit=10) == PlainFile(data=b"text", mode=0o640, owner=os.geteuid())


@pytest.mark.parametrize(("size", "read"), [(9, 9), (10, 10), (11, 11), (5000, 11)])
def test_one_byte_past_the_limit_is_read_and_no_more(tmp_path: Path, size: int, read: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * size)
    found = read_plain_file(path, limit=10)
    assert found is not None
    assert len(found.data) == read


def test_a_link_is_followed_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"text")
    (tmp_path / "b").symlink_to("a")
    found = read_plain_file(tmp_path / "b", limit=10)
    assert found is not None
    assert found.data == b"text"


def test_a_folder_and_a_device_are_no_files(tmp_path: Path) -> None:
    assert read_plain_file(tmp_path, limit=10) is None
    assert read_plain_file(Path(os.devnull), limit=10) is None


def test_a_named_pipe_is_no_file_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    outcome: list[PlainFile | None] = []
    reader = threading.Thread(target=lambda: outcome.append(read_plain_file(tmp_path / "pipe", limit=10)), daemon=True)
    reader.start()
    reader.join(10)
    assert outcome == [None]


def test_what_cannot_be_opened_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_plain_file(tmp_path / "none", limit=10)
    with pytest.raises(ValueError, match="null"):
        read_plain_file(Path("a\0b"), limit=10)


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"text")
    read_plain_file(tmp_path / "a", limit=10)
    free = os.open(tmp_path / "a", os.O_RDONLY)
    os.close(free)
    for path in (tmp_path / "a", tmp_path):
        read_plain_file(path, limit=10)
    again = os.open(tmp_path / "a", os.O_RDONLY)
    os.close(again)
    assert again == free


# --- writing ------------------------------------------------------------------------------------------------------


def test_a_file_is_replaced_for_its_owner_alone_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o666)
    write_plain_file(path, b"new")
    assert read_plain_file(path, limit=10) == PlainFile(data=b"new", mode=0o600, owner=os.geteuid())
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_a_link_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"kept")
    (tmp_path / "b").symlink_to("a")
    write_plain_file(tmp_path / "b", b"new")
    assert ((tmp_path / "a").read_bytes(), (tmp_path / "b").read_bytes()) == (b"kept", b"new")


def test_what_is_no_plain_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(OSError, match="not a plain file"):
            write_plain_file(path, b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["pipe"]


def test_a_disk_that_takes_no_more_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_plain_file(tmp_path / "a", b"new")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a", b"old")]
