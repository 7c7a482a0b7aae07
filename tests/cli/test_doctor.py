"""`doctor`: each fault has its line, its level, and what to type; sound things are said to be so."""

import ctypes
import os
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from purdah_scheduler.application import stopping
from purdah_scheduler.checkup import house, kernel_time
from purdah_scheduler.daemon import residence, room
from purdah_scheduler.domain.posts import Heartbeat
from purdah_scheduler.store.sqlite_file import library
from tests import houses
from tests.cli.conftest import Desk, command


@pytest.fixture(autouse=True)
def in_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel of whatever machine this is says that its clock is right."""
    monkeypatch.setattr(house, "is_synchronised", lambda: True)


@pytest.mark.parametrize(
    ("told", "level", "said"), [(True, "ok", "in step"), (False, "attention", "does not know"), (None, "ok", "not known")]
)
def test_whether_the_clock_follows_a_time_server_is_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: bool | None, level: str, said: str
) -> None:
    monkeypatch.setattr(house, "is_synchronised", lambda: told)
    line = lines(desk)["time"]
    assert line["level"] == level
    assert said in line["said"]


@pytest.mark.parametrize(("answer", "told"), [(0, True), (4, True), (5, False), (-1, None), (None, None)])
def test_the_kernel_is_asked_and_a_system_without_that_call_is_not_guessed_about(
    monkeypatch: pytest.MonkeyPatch, answer: int | None, told: bool | None
) -> None:
    library = SimpleNamespace() if answer is None else SimpleNamespace(adjtimex=lambda _nothing: answer)
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: library)
    assert kernel_time.is_synchronised() is told


def lines(desk: Desk, *options: str, code: int | None = None) -> dict[str, dict[str, Any]]:
    """What it says, by the name of the check; of several with one name the worst, which comes first."""
    ran = desk("doctor", "--json", *options)
    found: dict[str, dict[str, Any]] = {}
    for line in ran.object["checks"]:
        found.setdefault(line["name"], line)
    levels = {line["level"] for line in ran.object["checks"]}
    worst = "bad" if "bad" in levels else "attention" if "attention" in levels else "ok"
    assert ran.object["level"] == worst
    assert ran.code == {"ok": 0, "attention": 2, "bad": 78}[worst]
    assert code in (None, ran.code)
    for line in ran.object["checks"]:
        assert "\n" not in line["said"] or line["name"] == "configuration"
        assert bool(line["next"]) == (line["level"] != "ok"), line
    return found


def alive(desk: Desk, **changes: Any) -> None:
    """A daemon of this version was seen a moment ago, on a queue that is at home."""
    from purdah_scheduler import __version__

    now = desk.house.office.now()
    beat = Heartbeat(owner="o", host="host1", pid=812, started_at=now, seen_at=now, every=60.0, version=__version__)
    residence.Residence(desk.house.config.store_path).enter(desk.house.office)
    desk.house.office.store.beat(replace(beat, **changes), high_water=now)


def test_a_sound_house_is_all_ok_in_words_too(desk: Desk) -> None:
    alive(desk)
    found = lines(desk, code=0)
    for name in ("version", "configuration", "stop", "queue", "record", "attachments", "disk", "place", "clock", "daemon"):
        assert name in found
    assert {"waiting", "tokens", "calendar"} <= set(found)
    assert "contents" in lines(desk, "--thorough", code=0)
    said = desk.ok("doctor").out
    assert "BAD" not in said
    assert "LOOK" not in said
    assert said.count("\nok ") + 1 == len(found)


def test_without_a_daemon_it_asks_for_attention(desk: Desk) -> None:
    assert "No daemon has ever run" in lines(desk, code=2)["daemon"]["said"]
    alive(desk, stopped_at=desk.house.office.now())
    assert "said goodbye" in lines(desk, code=2)["daemon"]["said"]
    alive(desk, version="0.0.9")
    assert "version 0.0.9" in lines(desk, code=2)["daemon"]["said"]


def test_of_several_daemons_the_silent_one_and_the_one_with_a_wrong_clock_are_named(desk: Desk) -> None:
    long_ago = desk.house.office.now() - timedelta(hours=1)
    alive(desk, owner="silent", host="host2", seen_at=long_ago)
    alive(desk, owner="wrong", host="host3", clock_doubt="Its clock is 10 minutes ahead.")
    alive(desk)
    ran = desk("doctor")
    assert ran.code == 78
    said = " ".join(ran.out.split())
    assert "The daemon on host2, process 812, ended without a word; another one publishes." in said
    assert "The daemon on host3, process 812, sends nothing: Its clock is 10 minutes ahead." in said
    assert "Start it again on host2." in said


def test_a_daemon_that_is_alive_and_lets_a_post_wait_is_bad(desk: Desk) -> None:
    alive(desk)
    desk.house.ago(timedelta(minutes=5)).scheduled("Overdue.", category="operational-service")
    assert lines(desk, code=78)["daemon"]["level"] == "bad"


def test_a_faulty_configuration_and_a_missing_one_are_told(desk: Desk, tmp_path: Path) -> None:
    ran = command("--config", str(tmp_path / "none.toml"), "doctor", "--json")
    assert (ran.code, ran.object["checks"][1]["level"]) == (78, "bad")
    desk.path.write_text(desk.path.read_text("utf-8").replace("roles", "rolls"), "utf-8")
    assert "roles" in lines(desk, code=78)["configuration"]["said"]


def test_a_faulty_calendar_file_is_told(desk: Desk) -> None:
    folder = desk.path.parent / "calendar.d"
    folder.mkdir(exist_ok=True)
    (folder / "own.toml").write_text("[[period]]\nid = 1\n")
    (folder / "own.toml").chmod(0o600)
    ran = desk("doctor", "--json")
    assert ran.code == 78
    assert any("own.toml" in line["said"] for line in ran.object["checks"] if line["level"] == "bad")


def test_a_queue_that_cannot_be_opened_does_not_keep_it_from_looking_at_the_rest(desk: Desk) -> None:
    desk.house.config.store_path.chmod(0o644)
    found = lines(desk, code=78)
    assert found["queue"]["next"].startswith("chmod 600 ")
    assert found["disk"]["level"] == found["tokens"]["level"] == "ok"


def test_a_guard_that_is_gone_is_bad(desk: Desk) -> None:
    desk.house.office.store.close()
    connection = library().connect(desk.house.config.store_path)
    connection.execute("DROP TRIGGER audit_no_delete")
    connection.commit()
    connection.close()
    assert "audit_no_delete" in lines(desk, code=78)["queue"]["said"]


def test_the_damage_of_a_schema_is_said_once(desk: Desk) -> None:
    desk.house.office.store.close()
    connection = library().connect(desk.house.config.store_path)
    connection.execute("DROP TABLE daemons")
    connection.commit()
    connection.close()
    said = [line["said"] for line in desk("doctor", "--json").object["checks"] if line["name"] == "queue"]
    assert len(said) == 1
    assert "daemons" in said[0]


@pytest.mark.parametrize(
    ("statement", "name", "options"),
    [
        ("UPDATE audit SET public = replace(public, 'cli', 'tui') WHERE seq = 2", "record", ()),
        ("DELETE FROM audit WHERE seq = 2", "record", ()),
        ("UPDATE revisions SET content = replace(content, 'bridge', 'tunnel')", "contents", ("--thorough",)),
    ],
)
def test_what_was_altered_from_outside_is_found(desk: Desk, statement: str, name: str, options: tuple[str, ...]) -> None:
    desk.cleared()
    desk.house.office.store.close()
    connection = library().connect(desk.house.config.store_path)
    guards = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for guard, _ in guards:
        connection.execute(f"DROP TRIGGER {guard}")
    connection.execute(statement)
    for _, sql in guards:
        connection.execute(sql)
    connection.commit()
    connection.close()
    found = lines(desk, *options, code=78)
    assert found["queue"]["level"] == "ok"
    assert found[name]["level"] == "bad"


def test_a_copy_of_the_queue_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    alive(desk)
    monkeypatch.setattr(residence, "_machine", lambda: "f" * 32)
    assert "daemon adopt" in lines(desk, code=78)["place"]["next"]


def test_a_clock_in_doubt_is_told_with_the_command_that_accepts_it(desk: Desk) -> None:
    alive(desk, clock_doubt="The clock was set back by 2 hours.")
    line = lines(desk, code=78)["clock"]
    assert line["said"] == "The clock was set back by 2 hours."
    assert "daemon clock accept" in line["next"]
    alive(desk, platform_ahead=-70.0, platform_heard_at=desk.house.office.now())
    assert "within 70 seconds" in lines(desk, code=2)["clock"]["said"]
    alive(desk, platform_ahead=0.4, platform_heard_at=desk.house.office.now())
    assert "within 1 second of" in lines(desk, code=0)["clock"]["said"]


@pytest.mark.parametrize(("free", "level"), [(room.ROOM - 1, "bad"), (room.ROOM * 5, "attention"), (room.ROOM * 50, "ok")])
def test_a_disk_that_is_nearly_full_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch, free: int, level: str) -> None:
    real = shutil.disk_usage(desk.path.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: real._replace(free=free))
    assert lines(desk)["disk"]["level"] == level


def test_stops_and_what_waits_for_a_person_are_told(desk: Desk) -> None:
    alive(desk)
    stopping.pause(desk.house.office, desk.house.actor("dougal"), reason="A break-in.")
    found = lines(desk, code=2)
    assert "A break-in" in found["stop"]["said"]
    assert "paused by dougal" in found["paused"]["said"]
    post = desk.house.scheduled("Later.", due_in=timedelta(hours=1))
    desk.ok("post", "hold", str(post), "--reason", "Wait.", by="dougal")
    assert "1 are held" in lines(desk, code=2)["waiting"]["said"]


def test_posts_on_an_account_that_was_renamed_are_told(desk: Desk) -> None:
    alive(desk)
    desk.house.scheduled("Later.", due_in=timedelta(hours=1))
    desk.path.write_text(desk.path.read_text("utf-8").replace('id = "outbox"', 'id = "main"'), "utf-8")
    line = lines(desk, code=2)["accounts"]
    assert "the configuration does not have (outbox); when due they are held" in line["said"]
    assert "post edit" in line["next"]


def test_an_open_media_folder_is_told(desk: Desk) -> None:
    (desk.path.parent / "media").mkdir(mode=0o755)
    assert lines(desk, code=78)["attachments"]["next"].startswith("chmod 700 ")


@pytest.fixture
def x_desk(tmp_path: Path) -> Desk:
    """A house with an account on X; its file of tokens is not there yet."""
    built = houses.build(tmp_path / "house", accounts=("x-main",), x_base_url="https://x.example")
    built.office.store.close()
    return Desk(built)


def test_the_file_of_tokens_is_looked_at_and_never_opened(x_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    file = x_desk.path.parent / "x-main.toml"
    assert "nothing can be sent" in lines(x_desk, code=2)["tokens of x-main"]["said"]
    file.touch(0o600)
    assert "not a file with tokens" in lines(x_desk, code=78)["tokens of x-main"]["said"]
    file.write_text("a secret that no check reads")
    real = os.open

    def watched(path: Any, *more: Any, **named: Any) -> int:
        assert Path(os.fsdecode(path)).name != file.name
        return real(path, *more, **named)

    monkeypatch.setattr(os, "open", watched)
    ran = x_desk("doctor", "--json")
    assert "a secret" not in ran.out + ran.err
    assert lines(x_desk, code=2)["tokens of x-main"]["level"] == "ok"
    file.chmod(0o640)
    assert lines(x_desk, code=78)["tokens of x-main"]["next"] == f"chmod 600 {file}"


def test_tokens_that_the_service_manager_hands_over_are_found(
    x_desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "LoadCredential=x-main:" in lines(x_desk, code=2)["tokens of x-main"]["next"]
    (tmp_path / "handed").mkdir()
    (tmp_path / "handed" / "x-main").write_text("tokens")
    (tmp_path / "handed" / "x-main").chmod(0o400)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "handed"))
    assert lines(x_desk)["tokens of x-main"]["level"] == "ok"


OWN = """
[[period]]
id = "the-old-one"
name = "The old one"
kind = "local"
bodies = ["uk-civil-service"]
nations = ["UK"]
starts = {began}
ends = {over}T22:00:00
end_mode = "manual-lift"
source = "https://example.gov.uk/invented"

[[period]]
id = "the-next-one"
name = "The next one"
kind = "local"
bodies = ["uk-civil-service"]
nations = ["UK"]
starts = {begins}
ends = {later}T22:00:00
status = "provisional"
source = "https://example.gov.uk/invented"
"""


def test_a_period_that_nobody_ended_and_one_that_nobody_confirmed_are_told(desk: Desk) -> None:
    alive(desk)
    today = desk.house.office.now().date()
    days = {"began": -40, "over": -5, "begins": 20, "later": 50}
    file = desk.path.parent / "calendar.d" / "own.toml"
    file.parent.mkdir(exist_ok=True)
    file.touch(0o600)
    file.write_text(OWN.format(**{name: today + timedelta(days=away) for name, away in days.items()}), "utf-8")
    ran = desk("doctor", "--json")
    assert ran.code == 2, ran.out
    told = [line for line in ran.object["checks"] if line["name"] == "calendar"]
    assert ["The old one" in told[0]["said"], "calendar lift the-old-one" in told[0]["next"]] == [True, True]
    assert ["provisional" in told[1]["said"], "calendar confirm the-next-one" in told[1]["next"]] == [True, True]


def test_figures_that_are_asked_for_and_cannot_be_served_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = houses.build(tmp_path / "house", daemon={**houses.QUICK, "metrics_port": 9108})
    built.office.store.close()
    desk = Desk(built)
    assert "figures" not in lines(desk)
    monkeypatch.setattr(house, "is_installed", lambda: False)
    assert "purdah-scheduler[metrics]" in lines(desk)["figures"]["next"]
