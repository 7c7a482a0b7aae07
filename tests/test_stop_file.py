"""The stop as a file: it is set by any reason, and whatever lies there stops everything and never keeps anybody waiting."""

import os
from pathlib import Path

import pytest

from purdah_scheduler.bootstrap import StopFile
from purdah_scheduler.errors import TryAgain

pytestmark = pytest.mark.timeout(20)


def test_a_reason_of_bytes_that_are_no_text_stops_all_the_same(tmp_path: Path) -> None:
    """What a shell passes on as it was typed in another encoding."""
    stop = StopFile(path=tmp_path / "STOP")
    stop.set("Broken \udcff in")
    assert stop.reason() == "Broken \\udcff in"
    stop.clear()
    assert stop.reason() == ""


def test_a_named_pipe_stops_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "STOP")
    assert StopFile(path=tmp_path / "STOP").reason() == "the stop file is no plain file"


def test_a_folder_and_an_empty_file_stop_too(tmp_path: Path) -> None:
    (tmp_path / "STOP").mkdir()
    assert StopFile(path=tmp_path / "STOP").reason()
    (tmp_path / "empty").touch()
    assert StopFile(path=tmp_path / "empty").reason() == "no reason given"


def test_where_the_reason_finds_no_room_the_stop_still_stands(tmp_path: Path) -> None:
    (tmp_path / "STOP").symlink_to("/dev/full")
    stop = StopFile(path=tmp_path / "STOP")
    stop.set("Account taken over")
    assert stop.reason()


def test_where_there_can_be_no_file_nothing_is_said_to_be_stopped(tmp_path: Path) -> None:
    with pytest.raises(TryAgain, match="Nothing was stopped"):
        StopFile(path=tmp_path / "gone" / "STOP").set("Account taken over")


def test_of_a_large_file_no_more_is_read_than_a_reason_needs(tmp_path: Path) -> None:
    (tmp_path / "STOP").write_bytes(b"\xff" + b"x" * 10_000_000)
    assert len(StopFile(path=tmp_path / "STOP").reason()) == 2_000
