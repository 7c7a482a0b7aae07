"""One event a line, in ASCII; and a reader that went away is no reason to stop."""

import io
import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from purdah_scheduler.daemon.journal import Journal, LibraryLines
from purdah_scheduler.daemon.lock import lock_path, only_daemon
from purdah_scheduler.errors import TryAgain
from tests.houses import House

AT = datetime(2026, 4, 7, 12, 0, 0, 123456, tzinfo=UTC)


def journal() -> tuple[Journal, io.StringIO]:
    out = io.StringIO()
    return Journal(out, now=lambda: AT), out


def test_a_line_is_one_event_in_ascii_whatever_a_fact_holds() -> None:
    book, out = journal()
    book.say("delivery.published", account="Cyfrif\n“ŵ”\u202e\x1b[31m", post=7, code=None)
    (line,) = out.getvalue().splitlines()
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line) == {
        "ts": "2026-04-07T12:00:00.123Z",
        "event": "delivery.published",
        "account": "Cyfrif\n“ŵ”\u202e\x1b[31m",
        "post": 7,
    }


def test_a_fault_that_lasts_is_told_once_and_again_after_it_was_over() -> None:
    book, out = journal()
    for _ in range(3):
        book.say_once("queue.busy", "busy")
    book.all_well("queue.busy")
    book.all_well("queue.busy")
    book.say_once("queue.busy", "busy")
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["queue.busy", "queue.busy.over", "queue.busy"]


def test_a_reader_that_went_away_stops_nothing() -> None:
    book, out = journal()
    out.close()
    book.say("daemon.started")


def test_a_library_tells_the_kind_of_its_fault_and_never_its_words() -> None:
    book, out = journal()
    log = logging.getLogger("tests.library")
    handler = LibraryLines(book)
    log.addHandler(handler)
    try:
        log.warning("nothing to see")
        try:
            raise ValueError("a token: hunter2")
        except ValueError:
            log.exception("while sending a token: hunter2")
    finally:
        log.removeHandler(handler)
    (line,) = out.getvalue().splitlines()
    assert "hunter2" not in line
    assert (json.loads(line)["library"], json.loads(line)["fault"]) == ("tests.library", "ValueError")


def test_a_lock_whose_holder_has_not_said_who_it_is_is_still_a_lock(quiet_house: House) -> None:
    store_path = quiet_house.config.store_path
    with only_daemon(store_path, now=AT):
        lock_path(store_path).write_bytes(b"\xff{")
        with pytest.raises(TryAgain, match="another process"), only_daemon(store_path, now=AT):
            raise AssertionError("two have the lock")
    with only_daemon(store_path, now=AT):
        assert json.loads(lock_path(store_path).read_bytes())["started"] == "2026-04-07T12:00:00+00:00"


def test_a_queue_that_is_reached_by_two_names_has_one_lock(quiet_house: House, tmp_path: Path) -> None:
    store_path = quiet_house.config.store_path
    other_name = tmp_path / "link"
    other_name.symlink_to(store_path.parent)
    with only_daemon(store_path, now=AT), pytest.raises(TryAgain), only_daemon(other_name / store_path.name, now=AT):
        raise AssertionError("two have the lock")
