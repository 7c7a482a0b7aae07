"""The rest of the office: beginning, status, the record, stopping, people, accounts, periods and the configuration."""

import json
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.config import example_config
from purdah_scheduler.domain.posts import Heartbeat
from tests.cli.conftest import Desk, command

DECLARE = (
    *("calendar", "declare", "--name", "Snap election", "--kind", "general", "--body", "uk-civil-service", "--nation", "UK"),
    *("--starts", "now", "--ends", "+5w 22:00", "--source", "https://www.parliament.example/notice"),
)

# --- init and config ----------------------------------------------------------------------------------------------


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_init_makes_everything_ready_and_only_for_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "house"
    ran = command("init", "--dir", str(folder), "--department", 'Rivers "and" Bridges')
    assert ran.code == 0
    assert f"--config {folder}/config.toml" in ran.err
    assert mode(folder) == 0o700
    assert mode(folder / "config.toml") == 0o600
    assert mode(folder / "purdah.db") == 0o600
    assert (folder / "calendar.d").is_dir()
    assert (folder / "config.toml").read_text("utf-8") == example_config('Rivers "and" Bridges')
    config = ("--config", str(folder / "config.toml"))
    assert command(*config, "config", "check").code == 0
    line = ("post", "new", "--account", "outbox", "--category", "operational-service", "--text", "x", "--json")
    assert command(*config, "--as", "asha", *line).object["post"] == 1


def test_init_without_a_folder_goes_where_every_command_looks(invented_home: Path) -> None:
    assert command("init").code == 0
    assert (invented_home / "config.toml").exists()
    assert command("post", "list").code == 0


def test_init_never_overwrites(tmp_path: Path) -> None:
    assert command("init", "--dir", str(tmp_path)).code == 0
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    ran = command("init", "--dir", str(tmp_path))
    assert (ran.code, ran.out) == (64, "")
    assert "nothing was written" in ran.err
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_init_creates_the_queue_of_a_configuration_that_was_written_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.touch(mode=0o600)
    path.write_text(example_config("Rivers"), "utf-8")
    ran = command("init", "--dir", str(tmp_path), "--json")
    assert ran.object["config_written"] is False
    assert (tmp_path / "purdah.db").exists()


def test_init_where_nothing_can_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = command("init", "--dir", str(tmp_path / "file"))
    assert (ran.code, ran.out) == (78, "")
    assert "file" in ran.err


def test_config_says_where_it_is_whether_it_is_sound_and_what_holds(desk: Desk) -> None:
    assert desk.ok("config", "path").out == f"{desk.path}\n"
    assert desk.ok("config", "check", "--json").object["ok"] is True
    shown = desk.ok("config", "show", "--json").object
    assert shown["zone"] == "Europe/London"
    assert [person["id"] for person in shown["people"]] == ["asha", "bede", "carys", "dougal"]
    assert "Department for Rivers" in desk.ok("config", "show").out


def test_config_check_reads_the_calendar_files_too(desk: Desk) -> None:
    folder = desk.path.parent / "calendar.d"
    folder.mkdir()
    file = folder / "own.toml"
    file.touch(mode=0o600)
    file.write_text('[[period]]\nid = "x"\nnmae = "y"\n', "utf-8")
    ran = desk("config", "check")
    assert (ran.code, ran.out) == (78, "")
    assert "own.toml line 3" in ran.err


@pytest.mark.parametrize(
    ("line", "fault"), [('"post.nw" = "n"', "did you mean post.new"), ('"post.edit" = "n"', "[keymap]")], ids=["unknown", "twice"]
)
def test_config_check_reads_the_keymap_too(desk: Desk, line: str, fault: str) -> None:
    """The interface would refuse to start by it."""
    with desk.path.open("a", encoding="utf-8") as file:
        file.write(f"\n[keymap]\n{line}\n")
    ran = desk("config", "check")
    assert (ran.code, ran.out) == (78, "")
    assert fault in ran.err.lower()


# --- status -------------------------------------------------------------------------------------------------------


def beat(desk: Desk, *, ago: timedelta, stopped: bool = False) -> None:
    seen = desk.house.office.now() - ago
    alive = Heartbeat(owner="o", host="host1", pid=812, started_at=seen, seen_at=seen, every=5.0, version="1")
    heartbeat = replace(alive, stopped_at=seen) if stopped else alive
    desk.house.office.store.beat(heartbeat, high_water=seen)


def test_status_shows_what_a_new_department_has_still_to_do_until_something_was_published(desk: Desk) -> None:
    """The same steps as above the queue of the interface, each with what to type."""
    steps = {step["step"]: step for step in desk("status", "--json").object["first_steps"]}
    assert list(steps) == ["people", "accounts", "clearance", "periods", "daemon", "post"]
    assert not steps["daemon"]["done"]
    assert steps["daemon"]["next"] == "purdah-scheduler daemon"
    assert (steps["clearance"]["done"], steps["clearance"]["next"]) == (True, "")
    assert "First steps  [ ] People and their roles (4 of 4 are invented)" in desk("status").out
    post = desk.cleared()
    assert {step["step"]: step["done"] for step in desk("status", "--json").object["first_steps"]}["post"]
    desk.ok("post", "schedule", str(post), "--at", "now", by="asha")
    desk.ok("daemon", "--once")
    assert desk("status", "--json").object["first_steps"] == []
    assert "First steps" not in desk("status").out


def test_a_tour_without_the_interface_is_refused() -> None:
    ran = command("demo", "--headless", "--tour")
    assert ran.code == 64
    assert "nothing was started" in ran.err


def test_status_has_the_promised_fields_and_asks_for_attention_without_a_daemon(desk: Desk) -> None:
    ran = desk("status", "--json")
    assert ran.code == 2
    assert {"daemon", "next_due_at", "counts", "periods_in_force"} <= set(ran.object)
    assert ran.object["daemon"] == {"alive": False, "last_seen_at": None, "host": None, "pid": None}


@pytest.mark.parametrize(("ago", "stopped", "alive"), [(0, False, True), (14, False, True), (16, False, False), (0, True, False)])
def test_a_daemon_is_alive_for_three_heartbeats_unless_it_said_goodbye(desk: Desk, ago: int, stopped: bool, alive: bool) -> None:
    beat(desk, ago=timedelta(seconds=ago), stopped=stopped)
    ran = desk("status", "--json")
    assert ran.object["daemon"]["alive"] is alive
    assert ran.code == (0 if alive else 2)
    assert (ran.object["daemon"]["host"], ran.object["daemon"]["pid"]) == ("host1", 812)


def test_of_two_daemons_status_names_the_living_and_the_silent_one(desk: Desk) -> None:
    now = desk.house.office.now()
    beat(desk, ago=timedelta(minutes=5))
    other = Heartbeat(owner="p", host="host2", pid=9, started_at=now, seen_at=now, every=5.0, version="1")
    desk.house.office.store.beat(other, high_water=now)
    ran = desk.ok("status", "--json").object
    assert (ran["daemon"]["alive"], ran["daemon"]["host"]) == (True, "host2")
    assert [(each["host"], each["pid"], each["alive"]) for each in ran["daemons"]] == [("host2", 9, True), ("host1", 812, False)]
    said = desk.ok("status").out
    assert "running on host2, process 9" in said
    assert "not seen since" in said
    assert "(on host1, process 812)" in said


def test_status_counts_says_what_is_next_and_what_is_in_force(desk: Desk) -> None:
    beat(desk, ago=timedelta(0))
    post = desk.cleared()
    desk.ok("post", "schedule", str(post), "--at", "+2h", by="asha")
    desk.new()
    desk.house.block()
    ran = desk.ok("status", "--json").object
    assert ran["counts"] == {"draft": 1, "scheduled": 1}
    assert ran["next_due_at"] == desk.shown(post)["accounts"][0]["due_at"]
    assert ran["periods_in_force"] == ["test-election"]
    assert "Invented general election" in desk.ok("status").out


def test_a_period_without_a_set_end_is_not_said_to_have_one(desk: Desk) -> None:
    def said(*line: str) -> str:
        return " ".join(desk.ok(*line).out.split())

    desk.ok(*DECLARE, "--end-mode", "manual-lift", "--id", "snap", "--yes", by="carys")
    beat(desk, ago=timedelta(0))
    assert "until a person records that it is over, not before" in said("status")
    assert " or later " in said("calendar", "list")
    assert " or later: it lasts until a person records that it is over" in said("calendar", "show", "snap")
    desk.ok("calendar", "extend", "snap", "--to", "+8w 22:00", "--reason", "The poll is later.", by="carys")
    assert " or later " in said("calendar", "list")


def test_a_clock_behind_the_record_is_told_with_what_to_type_and_ends_with_it(desk: Desk) -> None:
    beat(desk, ago=timedelta(days=-3))
    ran = desk("status")
    assert ran.code == 2  # a sign of life of a time to come is none
    assert "3 days behind the latest time" in ran.out
    assert "purdah-scheduler daemon clock accept --reason" in ran.err
    facts = desk("status", "--json").object["clock"]
    assert "3 days behind" in facts["doubt"]
    assert facts["accepted_at"] is None
    assert desk("daemon", "clock", "accept", "--reason", "Set right.", by="asha").code == 1
    ran = desk.ok("daemon", "clock", "accept", "--reason", "It had been ahead.", by="dougal")
    assert "believed as it is" in ran.out
    facts = desk("status", "--json").object["clock"]
    assert facts["doubt"] == ""
    assert facts["latest_seen_at"] == facts["accepted_at"]
    assert "accepted_at" in desk.ok("daemon", "clock", "accept", "--reason", "Again.", "--json", by="dougal").object


# --- backups ------------------------------------------------------------------------------------------------------


def test_a_backup_is_written_verified_and_restored_in_a_drill_that_publishes_nothing(desk: Desk, tmp_path: Path) -> None:
    post = desk.cleared()
    desk.ok("post", "schedule", str(post), "--at", "now", by="asha")
    file, drill = tmp_path / "b.tar", tmp_path / "drill"
    made = desk.ok("backup", str(file), "--json").object
    assert made["entries"] == desk.ok("audit", "verify", "--json").object["entries"]
    assert desk("backup", str(file)).code == 64
    assert desk.ok("backup", str(file), "--verify", "--json").object == made
    assert "The backup is whole" in desk.ok("backup", str(file), "--verify").out
    assert "daemon adopt" in desk.ok("restore", str(file), "--to", str(drill)).err
    config = drill / "config.toml"
    config.touch(0o600)
    config.write_text(desk.path.read_text("utf-8"), "utf-8")
    ran = command("--config", str(config), "daemon", "--once")
    assert ran.code == 78
    assert "restored from a backup" in ran.err
    assert command("--config", str(config), "--as", "dougal", "daemon", "adopt", "--reason", "A drill.").code == 2
    assert command("--config", str(config), "daemon", "--once").code == 0
    assert not (drill / "outbox").exists()


# --- the record ---------------------------------------------------------------------------------------------------


def test_the_record_is_whole_and_its_checkpoint_holds_later(desk: Desk, tmp_path: Path) -> None:
    desk.cleared()
    whole = desk.ok("audit", "verify", "--json")
    assert {"entries", "ok", "first_bad", "redacted", "checkpoint"} <= set(whole.object)
    assert (whole.object["entries"], whole.object["ok"], whole.object["first_bad"]) == (3, True, None)
    (tmp_path / "as.json").write_text(whole.out, "utf-8")
    words = desk.ok("audit", "verify").out
    assert words.splitlines()[1].startswith("purdah-checkpoint-v1 3 ")
    (tmp_path / "as.txt").write_text(words, "utf-8")
    desk.new()
    for name in ("as.json", "as.txt"):
        assert desk.ok("audit", "verify", "--against", str(tmp_path / name), "--json").object["entries"] == 4


@pytest.mark.parametrize(("seq", "bad"), [(2, 2), (7, 4)])
def test_a_record_that_does_not_fit_its_checkpoint_is_not_whole(desk: Desk, tmp_path: Path, seq: int, bad: int) -> None:
    """Another hash at the entry of the checkpoint, or an end before it: the record was rewritten or cut."""
    desk.cleared()
    file = tmp_path / "checkpoint"
    file.write_text(f"purdah-checkpoint-v1 {seq} {'a' * 64}\n", "utf-8")
    ran = desk("audit", "verify", "--against", str(file), "--json")
    assert ran.code == 1
    assert (ran.object["ok"], ran.object["first_bad"], ran.object["checkpoint"]) == (False, bad, None)


@pytest.mark.parametrize("text", ["", "{}", '{"seq": 1}', "purdah-checkpoint-v1 x y", "[[[[", '{"checkpoint": null}', "\xff"])
def test_a_file_that_holds_no_checkpoint_is_refused(desk: Desk, tmp_path: Path, text: str) -> None:
    file = tmp_path / "checkpoint"
    file.write_bytes(text.encode("latin-1"))
    ran = desk("audit", "verify", "--against", str(file))
    assert (ran.code, ran.out) == (64, "")
    assert desk("audit", "verify", "--against", str(tmp_path / "none")).code == 64


def test_the_log_shows_the_newest_last_and_can_be_narrowed(desk: Desk) -> None:
    post = desk.cleared()
    desk.new()
    entries = desk.ok("audit", "log", "--limit", "2", "--json").objects
    assert [entry["seq"] for entry in entries] == [3, 4]
    assert {entry["post"] for entry in desk.ok("audit", "log", "--post", str(post), "--json").objects} == {post}
    first = desk.ok("audit", "log", "--json").objects[0]
    assert {"seq", "at", "action", "post", "facts", "hash"} <= set(first)
    assert first["facts"]["person"] == "asha"
    assert desk("audit", "log", "--post", "99").code == 64


# --- stopping -----------------------------------------------------------------------------------------------------


def test_everything_stops_and_goes_on_and_both_are_on_record(desk: Desk) -> None:
    assert desk.ok("pause", "--all", "--reason", "A royal death", "--json", by="carys").object["paused"] == "all"
    assert "A royal death" in desk("status").out
    assert desk.ok("account", "list", "--json").objects[0]["paused"] is True
    assert desk("resume", by="asha").code == 1
    desk.ok("resume", by="dougal")
    assert desk("resume", by="dougal").code == 1
    actions = [entry["action"] for entry in desk.ok("audit", "log", "--json").objects]
    assert actions == ["publishing.paused", "publishing.resumed"]


def test_one_account_stops_alone(wide_desk: Desk) -> None:
    wide_desk.ok("pause", "--account", "second", "--reason", "Break-in", by="dougal")
    assert {line["account"]: line["paused"] for line in wide_desk.ok("account", "list", "--json").objects} == {
        "outbox": False,
        "second": True,
        "third": False,
    }
    assert wide_desk("pause", "--account", "fourth", "--reason", "x", by="dougal").code == 64
    assert wide_desk("pause", "--all", "--account", "second", "--reason", "x", by="dougal").code == 64


def test_everything_stops_even_where_the_queue_cannot_be_opened(desk: Desk) -> None:
    desk.house.office.store.close()
    desk.house.config.store_path.write_bytes(b"no database at all, " * 100)
    ran = desk("pause", "--all", "--reason", "Emergency", "--json", by="carys")
    assert (ran.code, ran.object["on_record"]) == (2, False)
    assert "Emergency" in desk.house.office.stop.reason()
    assert desk("pause", "--account", "outbox", "--reason", "Emergency", by="carys").code == 78


@pytest.mark.parametrize("mistake", ["\nbogus = 1\n", "\nbogus = [\n", "\n[department]\n"])
def test_everything_stops_even_where_the_configuration_has_a_mistake(desk: Desk, mistake: str) -> None:
    text = desk.path.read_text("utf-8")
    desk.path.write_text(text + mistake, "utf-8")
    ran = desk("pause", "--all", "--reason", "Emergency", "--json", by="carys")
    assert (ran.code, ran.object["on_record"]) == (2, False)
    assert desk.house.office.stop.reason() == "carys: Emergency"
    assert desk("pause", "--account", "outbox", "--reason", "Emergency", by="carys").code == 78
    assert desk("pause", "--all", "--reason", " ", by="carys").code == 64
    desk.path.write_text(text, "utf-8")
    desk.ok("resume", by="dougal")
    assert desk.house.office.stop.reason() == ""


def test_everything_stops_even_where_a_calendar_file_has_a_mistake(desk: Desk) -> None:
    folder = desk.path.parent / "calendar.d"
    folder.mkdir(exist_ok=True)
    (folder / "mine.toml").write_text("[[period]\n", "utf-8")
    ran = desk("pause", "--all", "--reason", "Emergency", by="carys")
    assert (ran.code, ran.out) == (2, "All publishing from this machine is stopped.\n")
    assert "STOP. It is not on record: " in ran.err
    assert desk.house.office.stop.reason() == "carys: Emergency"


def test_a_stop_goes_where_a_faulty_configuration_says_that_the_queue_is(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    config = tmp_path / "config.toml"
    config.write_text('[store]\npath = "elsewhere/purdah.db"\n', "utf-8")
    assert command("--config", str(config), "pause", "--all", "--reason", "Emergency").code == 2
    assert (tmp_path / "elsewhere" / "STOP").is_file()


@pytest.mark.parametrize("text", ["[store\n", '[store]\npath = "gone/purdah.db"\n', "[store]\npath = 3\n"])
def test_where_the_queue_cannot_be_known_nothing_is_said_to_be_stopped(tmp_path: Path, text: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(text, "utf-8")
    ran = command("--config", str(config), "pause", "--all", "--reason", "Emergency")
    assert (ran.code, "so nothing was stopped" in ran.err, "Put a file STOP" in ran.err) == (78, True, True)
    assert not (tmp_path / "STOP").exists()


def test_a_stop_needs_a_reason(desk: Desk) -> None:
    assert desk("pause", "--all", by="carys").code == 64
    assert desk("pause", "--all", "--reason", " ", by="carys").code == 64
    assert desk.house.office.stop.reason() == ""


# --- people and accounts ------------------------------------------------------------------------------------------


def test_people_are_listed_suspended_and_restored(desk: Desk) -> None:
    assert desk("people", "suspend", "asha", by="bede").code == 1
    assert desk("people", "suspend", "nobody", by="dougal").code == 64
    assert desk.ok("people", "suspend", "asha", "--json", by="dougal").object == {
        "person": "asha",
        "suspended": True,
        "not_cleared": [],
    }
    people = {line["person"]: line for line in desk.ok("people", "list", "--json").objects}
    assert people["asha"]["suspended"] is True
    assert people["carys"]["roles"] == ["approver", "propriety"]
    assert desk("post", "new", "--account", "outbox", "--category", "event", "--text", "x", by="asha").code == 1
    assert "may act again" in desk.ok("people", "restore", "asha", by="dougal").out


# --- periods ------------------------------------------------------------------------------------------------------


def test_the_uk_calendar_is_there_without_a_configuration() -> None:
    periods = {line["id"]: line for line in map(json.loads, command("calendar", "list", "--all", "--json").out.splitlines())}
    assert periods["ge-2024-uk"]["kind"] == "general"
    shown = command("calendar", "show", "ge-2024-uk")
    assert shown.code == 0
    assert "https://" in shown.out
    assert "Sat 25 May 2024 00:01 BST" in shown.out
    assert command("calendar", "show", "ge-2024-ku").code == 64
    at = command("calendar", "list", "--at", "2024-06-01T09:00", "--json")
    assert "ge-2024-uk" in {line["id"] for line in at.objects}


def test_declaring_shows_the_impact_and_does_nothing_without_a_yes(desk: Desk) -> None:
    post = desk.cleared(category="announcement")
    desk.ok("post", "schedule", str(post), "--at", "+2h", by="asha")
    ran = desk(*DECLARE, by="carys")
    assert (ran.code, ran.out) == (64, "")
    assert "Of 1 post in the queue it holds 1 and flags 0." in ran.err
    assert "allow → block" in ran.err
    assert "--yes" in ran.err
    assert desk.ok("calendar", "list", "--json").objects == []
    assert desk.shown(post)["accounts"][0]["state"] == "scheduled"


def test_a_declared_period_is_in_force_at_once_and_holds_what_it_blocks(desk: Desk) -> None:
    post = desk.cleared(category="announcement")
    desk.ok("post", "schedule", str(post), "--at", "+2h", by="asha")
    declared = desk.ok(*DECLARE, "--yes", "--json", by="carys").object
    assert (declared["held"], declared["flagged"]) == (1, 0)
    assert declared["effects"][0]["after"] == "block"
    (listed,) = desk.ok("calendar", "list", "--json").objects
    assert (listed["id"], listed["in_force"], listed["origin"]) == (declared["period"], True, "store")
    assert desk.shown(post)["accounts"][0]["state"] == "held"
    again = desk(*DECLARE, "--yes", by="carys")
    assert again.code == 64
    assert "nothing was declared" in again.err


def test_a_freeze_is_declared_from_now_on_without_an_end_and_holds_everything(desk: Desk) -> None:
    post = desk.cleared(category="operational-service")
    desk.ok("post", "schedule", str(post), "--at", "+2h", by="asha")
    words = (
        "calendar",
        "declare",
        "--name",
        "Everything waits",
        "--body",
        "uk-civil-service",
        "--nation",
        "UK",
        "--starts",
        "now",
    )
    without_end = desk(*words, "--kind", "departmental", "--yes", by="carys")
    assert (without_end.code, "The period needs --ends too, so nothing was declared." in without_end.err) == (64, True)
    declared = desk(*words, "--kind", "freeze", "--yes", "--json", by="carys")
    assert "until a person records that it is over" in declared.err
    assert declared.object["held"] == 1
    (listed,) = desk.ok("calendar", "list", "--json").objects
    assert (listed["kind"], listed["in_force"], listed["end_mode"]) == ("freeze", True, "manual-lift")
    assert desk.shown(post)["accounts"][0]["state"] == "held"


def test_a_yes_on_a_terminal_declares(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Invocation, "on_terminal", property(lambda _: True))
    assert desk(*DECLARE, by="carys", stdin=b"n\n").code == 64
    assert desk(*DECLARE, by="carys", stdin=b"").code == 64
    ran = desk.ok(*DECLARE, by="carys", stdin=b"y\n")
    assert "Declare it? [y/N]" in ran.err


def test_a_no_on_a_terminal_keeps_the_clearance(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    post = desk.cleared()
    monkeypatch.setattr(Invocation, "on_terminal", property(lambda _: True))
    ran = desk("post", "edit", str(post), "--text", "Other words", by="asha", stdin=b"n\n")
    assert ran.code == 64
    assert "drops what bede did: approved on approval" in ran.err
    assert desk.shown(post)["state"] == "cleared"
    desk.ok("post", "edit", str(post), "--text", "Other words", "--yes", by="asha")
    assert desk.shown(post)["state"] == "draft"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--ends", "yesterday 09:00"), "end is not after the start"),
        (("--kind", "by-election"), "needs the area"),
        (("--kind", "genral"), "Did you mean general?"),
        (("--id", "Not An Id"), "small letters"),
        (("--name", " "), "Name is empty"),
        (("--starts", "2026-03-29T01:30"), "does not exist"),
        (("--announced", "+9w 09:00"), "after the start"),
        (("--polling-day", "yesterday"), "polling day is before the start"),
        (("--polling-day", "the first of never"), "names no polling day"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(desk: Desk, more: tuple[str, ...], words: str) -> None:
    ran = desk(*DECLARE, *more, "--yes", by="carys")
    assert (ran.code, ran.out) == (64, "")
    assert words in ran.err
    assert desk.ok("calendar", "list", "--json").objects == []


def test_a_polling_day_brings_its_deadlines_to_the_calendar(desk: Desk) -> None:
    whom = ("--kind", "general", "--body", "uk-civil-service", "--nation", "UK")
    days = ("--starts", "2027-03-20 00:01", "--ends", "2027-05-07 00:00", "--polling-day", "2027-05-06")
    desk.ok("calendar", "declare", "--name", "General election", *whom, *days, "--id", "ge", "--yes", by="carys")
    assert desk.ok("calendar", "show", "ge", "--json").object["polling_day"] == "2027-05-06"
    assert "Polling day" in desk.ok("calendar", "show", "ge").out
    assert "Polling day" in desk.ok("calendar", "day", "6 May 2027").out
    assert "Nominations close" in desk.ok("calendar", "day", "8 April 2027").out


# --- across processes ---------------------------------------------------------------------------------------------


def test_several_processes_write_at_once_and_none_is_turned_away(desk: Desk) -> None:
    line = [sys.executable, "-m", "purdah_scheduler", "--config", str(desk.path), "--as", "asha", "--json"]
    new = [*line, "post", "new", "--account", "outbox", "--category", "event", "--text", "Open day"]
    running = [subprocess.Popen(new, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    made: list[dict[str, Any]] = []
    for each in running:
        out, err = each.communicate(timeout=60)
        assert each.returncode == 0, err
        made.append(json.loads(out))
    assert sorted(each["post"] for each in made) == [1, 2, 3, 4]
    assert desk.ok("audit", "verify", "--json").object["entries"] == 4


def test_a_queue_that_is_missing_or_damaged_is_one_sentence(desk: Desk) -> None:
    desk.house.office.store.close()
    store = desk.house.config.store_path
    kept = store.read_bytes()
    for damage in (b"no database", kept[:3000], b""):
        store.write_bytes(damage)
        ran = desk("post", "list")
        assert (ran.code, ran.out) == (78, "")
        assert store.name in ran.err
    store.unlink()
    assert "purdah-scheduler init" in desk("post", "list").err
