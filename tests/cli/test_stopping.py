"""The emergency stop as a process of its own: with no database, no network and a calendar that cannot be read."""

import subprocess
import sys

import pytest

from purdah_scheduler.config import load_config
from purdah_scheduler.config.load import _knows_people
from purdah_scheduler.domain.clearance import Stage
from purdah_scheduler.domain.people import Assurance, Role
from tests.cli.conftest import Desk

_WITHOUT_NETWORK = """
import socket, sys
def refuse(*_args, **_named): raise OSError("there is no network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from purdah_scheduler.cli.main import main
main(sys.argv[1:])
"""


def run(*line: str) -> "subprocess.CompletedProcess[str]":
    """One command line in a process that reaches nobody."""
    command = [sys.executable, "-c", _WITHOUT_NETWORK, *line]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, stdin=subprocess.DEVNULL)


def test_everything_stops_with_the_database_gone(desk: Desk) -> None:
    desk.house.office.store.close()
    for left in desk.path.parent.glob("purdah.db*"):
        left.unlink()
    ran = run("--config", str(desk.path), "--as", "carys", "pause", "--all", "--reason", "Break-in")
    assert (ran.returncode, ran.stdout) == (2, "All publishing from this machine is stopped.\n")
    assert "not on record" in ran.stderr
    assert (desk.path.parent / "STOP").read_text("utf-8") == "carys: Break-in\n"


@pytest.mark.parametrize("server", ["postgresql://asha@127.0.0.1:1/purdah", "postgresql:///purdah?host=/nowhere"])
def test_everything_stops_with_the_server_out_of_reach(desk: Desk, server: str) -> None:
    """Each host has its own switch, which needs nobody else."""
    text = desk.path.read_text("utf-8")
    desk.path.write_text(text.replace("[calendar]", f'[store]\nurl = "{server}"\n\n[calendar]'), "utf-8")
    ran = run("--config", str(desk.path), "--as", "carys", "pause", "--all", "--reason", "Break-in")
    assert ran.returncode == 2, ran.stderr
    assert (desk.path.parent / "STOP").exists()


def test_everything_stops_with_a_calendar_file_that_cannot_be_read(desk: Desk) -> None:
    folder = desk.path.parent / "calendar.d"
    folder.mkdir()
    file = folder / "own.toml"
    file.touch(mode=0o600)
    file.write_text("[[period]\n", "utf-8")
    assert desk("pause", "--all", "--reason", "Break-in", by="carys").code == 2
    assert "Break-in" in desk.house.office.stop.reason()


def test_resuming_says_how_much_is_held_and_sends_nothing_that_is_late(desk: Desk) -> None:
    post = desk.cleared()
    desk.ok("post", "schedule", str(post), "--at", "now", by="asha")
    desk.ok("pause", "--all", "--reason", "Drill", by="dougal")
    assert desk.ok("resume", "--json", by="dougal").object == {"resumed": "all", "held": 1}
    desk.ok("daemon", "--once")
    assert desk.shown(post)["accounts"][0]["state"] == "held"
    assert not (desk.path.parent / "outbox").exists()


def test_a_second_person_is_asked_for_where_the_configuration_says_so(desk: Desk) -> None:
    assert load_config(desk.path, known_channels=("outbox",)).resume_needs_second is False
    text = desk.path.read_text("utf-8")
    desk.path.write_text(
        text.replace("[[clearance.stage]]", "[clearance]\nresume_needs_second = true\n[[clearance.stage]]"), "utf-8"
    )
    assert load_config(desk.path, known_channels=("outbox",)).resume_needs_second is True
    desk.ok("pause", "--all", "--reason", "Drill", by="dougal")
    ran = desk("resume", by="dougal")
    assert ran.code == 1
    assert "nobody undoes a stop of their own" in ran.err
    assert desk.house.office.stop.reason()


def test_without_a_setting_it_depends_on_whether_any_stage_knows_its_people() -> None:
    stages = [Stage(id="s", label="s", role=Role.APPROVER, min_assurance=level) for level in Assurance]
    assert [_knows_people((stage,)) for stage in stages] == [False, True, True]
    assert _knows_people(stages)
    assert not _knows_people(())
