"""`notify`, and `status --notify`: whether people would be told, what they were told, and the daemon that is silent."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from purdah_scheduler.domain.posts import Heartbeat
from tests import houses
from tests.cli.conftest import Desk


def listening(folder: Path, script: str) -> Desk:
    return Desk(houses.told_by_a_program(houses.build(folder), script))


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Desk]:
    desk = listening(tmp_path / "house", f"cat >> {tmp_path}/heard; echo >> {tmp_path}/heard")
    yield desk
    desk.house.office.store.close()


def heard(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "heard").read_text("ascii").splitlines()]


def test_a_test_message_says_what_became_of_it(told: Desk, tmp_path: Path) -> None:
    assert told.ok("notify", "test", "asha").out == "hook: taken\n"
    assert heard(tmp_path)[0]["kind"] == "test"


def test_a_test_message_that_was_not_taken_is_worth_a_look(tmp_path: Path) -> None:
    desk = listening(tmp_path / "house", "exit 4")
    ran = desk("notify", "test", "asha", "--json")
    assert ran.code == 2
    assert ran.object == {"channel": "hook", "taken": False, "fault": "hook ended with the exit code 4."}
    desk.house.office.store.close()


def test_who_has_no_channel_cannot_be_tested(told: Desk) -> None:
    ran = told("notify", "test", "bede")
    assert ran.code == 64
    assert "has no channels, so nothing was sent" in ran.err


def test_a_daemon_that_is_silent_is_told_once_and_is_in_the_log(told: Desk, tmp_path: Path) -> None:
    office = told.house.office
    seen = office.now() - timedelta(minutes=5)
    office.store.beat(
        Heartbeat(owner="d", host="h", pid=1, started_at=seen, seen_at=seen, every=5.0, version="1"), high_water=seen
    )
    for _ in range(2):
        assert told("status", "--notify").code == 2
    assert [message["kind"] for message in heard(tmp_path)] == ["daemon-silent"]
    (line,) = told.ok("notify", "log", "--json").objects
    assert (line["kind"], line["state"], line["people"], line["tries"]) == ("daemon-silent", "sent", ["asha", "dougal"], 1)
    assert "daemon-silent" in told.ok("notify", "log").out


def test_a_log_of_nothing_says_so(told: Desk) -> None:
    assert told.ok("notify", "log").err == "Nobody was told anything yet.\n"


def test_status_says_how_much_was_given_up(told: Desk) -> None:
    assert told("status", "--json").object["notices_given_up"] == 0


@pytest.mark.parametrize(("mode", "level"), [(0o600, "ok"), (0o640, "bad"), (None, "attention")])
def test_doctor_looks_at_the_file_of_addresses_without_opening_it(told: Desk, mode: int | None, level: str) -> None:
    text = told.path.read_text("utf-8")
    told.path.write_text(f'{text}\n[notify]\ncredentials = "notify.toml"\n', "utf-8")
    if mode is not None:
        (told.path.parent / "notify.toml").touch()
        (told.path.parent / "notify.toml").chmod(mode)
    found = [line for line in told("doctor", "--json").object["checks"] if line["name"] == "addresses"]
    assert [line["level"] for line in found] == [level]
