"""The record beside checkpoints that were kept elsewhere: in a file, on standard input, in a log and in the journal."""

from pathlib import Path

import pytest

from purdah_scheduler.store.sqlite_file import library
from tests.cli.conftest import Desk


def drop_guards(desk: Desk, *changes: str) -> None:
    """Change the record behind its guards, and put the guards back."""
    connection = library().connect(desk.house.config.store_path, isolation_level=None)
    guards = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'audit'").fetchall()
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {name}")
    for change in changes:
        connection.execute(change)
    for _, text in guards:
        connection.execute(text)
    connection.close()


def test_a_checkpoint_is_made_on_request_and_matches_as_the_record_grows(desk: Desk, tmp_path: Path) -> None:
    desk.cleared()
    ran = desk.ok("audit", "checkpoint")
    assert ran.out.startswith("purdah-checkpoint-v1 3 ")
    made = desk.ok("audit", "checkpoint", "--json").object
    assert set(made) == {"seq", "head", "instance", "at", "line"}
    desk.new()
    file = tmp_path / "kept"
    file.write_text(f"Mail of Monday\n{ran.out}\n{made['line']}\n", "utf-8")
    words = desk.ok("audit", "verify", "--against", str(file)).out
    assert f"It matches 2 checkpoints of {file}; the newest is of entry 3, made 20" in words
    assert "does not prove that an entry was true" in words
    compared = desk.ok("audit", "verify", "--against", "-", "--json", stdin=ran.out.encode()).object["compared"]
    assert (compared["with"], compared["matches"], compared["newest"]["seq"]) == ("standard input", 1, 3)


def test_verifying_without_a_checkpoint_says_what_would_not_show(desk: Desk) -> None:
    desk.new()
    assert "compared with no checkpoint" in desk.ok("audit", "verify").out
    assert desk.ok("audit", "verify", "--json").object["compared"] is None


def test_a_record_that_was_cut_is_whole_alone_and_not_beside_its_checkpoint(desk: Desk, tmp_path: Path) -> None:
    desk.cleared()
    file = tmp_path / "kept"
    file.write_text(desk.ok("audit", "checkpoint").out, "utf-8")
    drop_guards(desk, "DELETE FROM audit WHERE seq = 3")
    assert desk("audit", "verify").code == 0
    ran = desk("audit", "verify", "--against", str(file))
    assert ran.code == 1
    assert "it ends at entry 2, and the checkpoint was made at entry 3" in ran.out


def test_checkpoints_of_another_queue_prove_nothing_and_that_needs_attention(desk: Desk, tmp_path: Path) -> None:
    desk.new()
    file = tmp_path / "kept"
    file.write_text(f"purdah-checkpoint-v1 1 {'a' * 64} {'b' * 32} 2026-01-01T00:00:00.000000Z\n", "utf-8")
    ran = desk("audit", "verify", "--against", str(file))
    assert ran.code == 2
    assert "no checkpoint of this queue (1 of another)" in ran.out


def test_the_daemon_logs_a_checkpoint_with_each_post_that_goes_out_and_its_log_is_one(desk: Desk, tmp_path: Path) -> None:
    post = desk.cleared()
    desk.ok("post", "schedule", str(post), "--at", "now", by="asha")
    log = tmp_path / "daemon.log"
    log.write_text(desk.ok("daemon", "--once").err, "utf-8")
    assert "record.checkpoint" in log.read_text("utf-8")
    ran = desk.ok("audit", "verify", "--against", str(log), "--json")
    assert ran.object["compared"]["matches"] == 1
    drop_guards(desk, "UPDATE audit SET action = 'x' WHERE seq = 1")
    assert desk("audit", "verify", "--against", str(log)).code == 1


def test_erasing_asks_says_what_it_does_and_needs_an_operator(desk: Desk) -> None:
    post = str(desk.new()["post"])
    desk.ok("post", "cancel", post, "--reason", "The event is off.", by="asha")
    line = ("audit", "erase", "--post", post, "--reason", "Case 117")
    ran = desk(*line, by="dougal")
    assert (ran.code, ran.out) == (64, "")
    assert "This concerns the personal part of 2 entries, and 1 settled posts." in ran.err
    assert desk(*line, "--yes", by="asha").code == 1
    assert "The event" in desk.ok("audit", "log").out
    assert desk.ok(*line, "--yes", "--json", by="dougal").object["entries"] == 2
    assert "(erased)" in desk.ok("audit", "log").out
    assert "the personal part of 2 of them erased" in desk.ok("audit", "verify").out
    assert desk("audit", "erase", "--post", post, "--due", "--reason", "x", "--yes", by="dougal").code == 64
    assert desk("audit", "erase", "--due", "--reason", "x", "--yes", by="dougal").code == 64


def test_a_hold_keeps_what_was_asked_for_until_it_is_released(desk: Desk) -> None:
    post = str(desk.new()["post"])
    desk.ok("post", "cancel", post, by="asha")
    ran = desk.ok("audit", "hold", "add", "FOI-2026-17", "--post", post, "--from", "2026-01-01T09:00", by="carys")
    assert "section 77" in ran.err
    assert "post 1 from" in desk.ok("audit", "hold", "list").out
    erase = ("audit", "erase", "--post", post, "--reason", "Case 117", "--yes")
    ran = desk(*erase, by="dougal")
    assert ran.code == 1
    assert "The request FOI-2026-17 holds some of it, so nothing was erased." in ran.err
    assert "section 77" in ran.err
    assert desk("audit", "hold", "add", "FOI-9", "--from", "2026-02-01T09:00", "--to", "2026-01-01T09:00", by="carys").code == 64
    desk.ok("audit", "hold", "release", "FOI-2026-17", "--reason", "Answered", by="dougal")
    (listed,) = desk.ok("audit", "hold", "list", "--json").objects
    assert (listed["reference"], listed["released_by"], listed["release_reason"]) == ("FOI-2026-17", "dougal", "Answered")
    desk.ok(*erase, by="dougal")


def test_what_is_due_is_what_the_configuration_says(desk: Desk) -> None:
    desk.path.write_text(f"{desk.path.read_text('utf-8')}\n[retention]\nunsent_days = 30\n", "utf-8")
    post = str(desk.new()["post"])
    desk.ok("post", "cancel", post, by="asha")
    ran = desk("audit", "erase", "--due", "--reason", "Schedule", "--yes", by="dougal")
    assert ran.code == 64
    assert "nothing there to erase" in ran.err


def journalctl(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal in the place of the system's."""
    program = folder / "journalctl"
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(folder))


def test_the_journal_is_read_where_there_is_one(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.new()
    line = desk.ok("audit", "checkpoint").out.strip()
    desk.new()
    journalctl(tmp_path, f'echo \'{{"event": "record.checkpoint", "line": "{line}"}}\'', monkeypatch)
    ran = desk.ok("audit", "verify", "--journal")
    assert "It matches 1 checkpoint of the journal of purdah-scheduler.service; the newest is of entry 1" in ran.out
    journalctl(tmp_path, "true", monkeypatch)
    assert desk("audit", "verify", "--journal").code == 2
    journalctl(tmp_path, "echo 'No right to see messages' >&2; exit 1", monkeypatch)
    ran = desk("audit", "verify", "--journal")
    assert ran.code == 64
    assert "No right to see messages" in ran.err
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert "no journalctl on this machine" in desk("audit", "verify", "--journal").err
    assert desk("audit", "verify", "--journal", "--against", "x").code == 64
