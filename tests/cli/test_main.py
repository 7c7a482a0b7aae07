"""The way in and out: every failure is one sentence with a next step and the right code, and nothing heavy loads early."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from purdah_scheduler import __version__
from purdah_scheduler.application import views
from purdah_scheduler.cli.invocation import Invocation
from tests.cli.conftest import Desk, command

HEAVY = ("textual", "tweepy", "apscheduler", "sqlalchemy", "alembic", "requests", "rich")


def in_a_process(*line: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "purdah_scheduler", *line],
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, **(env or {})},
        timeout=60,
    )


def loaded_by(*line: str) -> set[str]:
    program = (
        "import sys\nfrom purdah_scheduler.cli.main import run\n"
        f"code = run({list(line)!r})\nprint(code, *sorted(sys.modules), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True, timeout=60)
    code, *modules = ran.stderr.split()
    assert code == "0"
    return set(modules)


def test_the_version_loads_no_framework_at_all() -> None:
    assert loaded_by("--version").isdisjoint({*HEAVY, "click"})


@pytest.mark.parametrize(
    "line",
    [
        ("--help",),
        ("post", "--help"),
        ("check", "--category", "announcement", "--body", "alb", "--at", "2026-01-05T09:00", "--json"),
    ],
)
def test_help_and_a_check_without_a_configuration_load_nothing_heavy(line: tuple[str, ...]) -> None:
    line = ("check", "--category", "recruitment", *line[3:]) if line[0] == "check" else line
    assert loaded_by(*line).isdisjoint(HEAVY)


def test_the_version_is_printed_and_nothing_else() -> None:
    ran = in_a_process("--version")
    assert (ran.returncode, ran.stdout.decode(), ran.stderr) == (0, f"purdah-scheduler {__version__}\n", b"")


@pytest.mark.parametrize(
    ("line", "near"),
    [
        (("psot",), "purdah-scheduler post"),
        (("post", "lits"), "purdah-scheduler post list"),
        (("post", "list", "--stat", "held"), "--state"),
        (("check", "--categry", "x"), "--category"),
        (("check", "--body", "uk-civil-servce", "--category", "announcement"), "uk-civil-service"),
        (("check", "--body", "alb", "--category", "anouncement"), "announcement"),
        (("check", "--body", "alb", "--category", "announcement", "--nation", "Wale"), "Wales"),
    ],
)
def test_a_slip_of_the_keys_is_one_sentence_with_the_nearest_that_exists(line: tuple[str, ...], near: str) -> None:
    ran = command(*line)
    assert (ran.code, ran.out) == (64, "")
    message, following = ran.err.splitlines()
    assert message.endswith("so nothing was done.")
    assert f"Did you mean {near}?" in following


@pytest.mark.parametrize(
    "line",
    [
        ("post",),
        ("check",),
        ("post", "show"),
        ("post", "show", "abc"),
        ("post", "list", "--limit", "0"),
        ("post", "list", "--limit", "many"),
        ("post", "show", "1", "2"),
        ("check", "--category", "announcement"),
    ],
)
def test_a_line_that_cannot_be_understood_ends_with_64_and_a_next_step(line: tuple[str, ...]) -> None:
    ran = command(*line)
    assert (ran.code, ran.out) == (64, "")
    message, following = ran.err.splitlines()
    assert "nothing was" in message
    assert following.startswith("Next: ")


def test_global_options_are_taken_before_and_after_the_command(desk: Desk) -> None:
    post = desk.new()["post"]
    config = ("--config", str(desk.path))
    for line in (
        (*config, "--json", "post", "show", str(post)),
        ("post", *config, "--json", "show", str(post)),
        ("post", "show", str(post), *config, "--json"),
    ):
        assert command(*line).object["post"] == post


def test_of_two_named_people_the_later_one_acts(desk: Desk) -> None:
    post = desk.ok(
        "post", "new", "--account", "outbox", "--category", "event", "--text", "x", "--json", "--as", "asha", by="bede"
    )
    assert desk.shown(post.object["post"])["author"] == "asha"


def test_with_json_an_error_is_one_object_on_stderr(desk: Desk) -> None:
    ran = desk("post", "show", "99", "--json")
    assert (ran.code, ran.out) == (64, "")
    assert set(ran.error) == {"error", "next", "exit_code"}
    assert ran.error["exit_code"] == 64
    assert "99" in ran.error["error"]


def test_with_json_a_usage_error_is_one_object_too() -> None:
    assert command("post", "--json", "nosuch").error["exit_code"] == 64


def test_an_error_shows_hostile_words_harmless(desk: Desk) -> None:
    ran = desk("post", "new", "--account", "\x1b[2J\u202egpj", "--category", "event", "--text", "x", by="asha")
    assert ran.code == 64
    assert "␛[2J⟨RIGHT-TO-LEFT OVERRIDE⟩gpj" in ran.err
    assert "\x1b" not in ran.err


def test_without_a_terminal_the_interface_is_not_opened() -> None:
    ran = command()
    assert ran.code == 2
    assert "no terminal" in ran.err
    assert command("tui").code == 2


def test_a_configuration_that_is_named_and_missing_is_78(tmp_path: Path) -> None:
    ran = command("--config", str(tmp_path / "none.toml"), "post", "list")
    assert (ran.code, ran.out) == (78, "")
    assert "none.toml" in ran.err


def test_every_fault_of_a_configuration_is_named_at_once_with_its_line(desk: Desk) -> None:
    desk.path.write_text(desk.path.read_text("utf-8").replace("[daemon]", "[daemon]\nworkrs = 3\nlease_secnds = 9"), "utf-8")
    ran = desk("post", "list")
    assert ran.code == 78
    assert "workers" in ran.err
    assert "lease_seconds" in ran.err
    assert ran.err.count(f"{desk.path}") >= 2


def test_what_should_not_happen_is_one_sentence_and_a_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, invented_home: Path
) -> None:
    """A bug ends with 70, without a traceback on the terminal; the traceback is in a file that only its owner reads."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret words")

    monkeypatch.setattr(views, "status", broken)
    ran = command("--config", str(desk.path), "status")
    assert ran.code == 70
    assert "ZeroDivisionError" in ran.err
    assert "Traceback" not in ran.err
    logs = list(invented_home.rglob("crash.log"))
    assert len(logs) == 1
    assert str(logs[0]) in ran.err
    assert "secret words" in logs[0].read_text("utf-8")
    assert logs[0].stat().st_mode & 0o077 == 0


def test_the_traceback_is_shown_to_whoever_asks_for_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("\x1b[31m")

    monkeypatch.setattr(views, "status", broken)
    monkeypatch.setenv("PURDAH_DEBUG", "1")
    ran = command("--config", str(desk.path), "status")
    assert "Traceback" in ran.err
    assert "\x1b" not in ran.err


def test_a_crash_that_cannot_be_logged_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch, invented_home: Path) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(views, "status", broken)
    (invented_home / "state_home").write_text("in the way", "utf-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(invented_home / "state_home"))
    ran = command("--config", str(desk.path), "status")
    assert ran.code == 70
    assert "PURDAH_DEBUG" in ran.err


def test_ctrl_c_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: Invocation) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(Invocation, "config", property(interrupted))
    ran = command("config", "check")
    assert (ran.code, ran.err) == (130, "Stopped.\n")


def test_a_reader_that_has_gone_is_no_error(desk: Desk) -> None:
    """`post list | head -0` ends quietly, however much there is to say."""
    desk.new()
    code = f"import sys; from purdah_scheduler.cli.main import main; main(['--config', {str(desk.path)!r}, 'post', 'list'])"
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ran = subprocess.run([sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60)
    finally:
        os.close(writing)
    assert (ran.returncode, ran.stderr) == (128 + signal.SIGPIPE, b"")


@pytest.mark.parametrize("line", [("status",), ("post", "list", "--json"), ("calendar", "show", "--html")])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_finds_no_room_is_told_and_no_crash(desk: Desk, line: tuple[str, ...], unbuffered: str) -> None:
    """`status > FILE` on a full disk."""
    desk.new()
    code = f"import sys; from purdah_scheduler.cli.main import main; main(['--config', {str(desk.path)!r}, *sys.argv[1:]])"
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        ran = subprocess.run(
            [sys.executable, "-c", code, *line],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            check=False,
            timeout=60,
        )
    assert ran.returncode == 75
    assert b"The output could not be written (No space left on device)." in ran.stderr
    assert b"Exception ignored" not in ran.stderr


@pytest.mark.parametrize("line", [("--version",), ("--json", "--version"), ("--help",), ("post", "list", "-h")])
def test_help_and_version_that_find_no_room_are_told_and_no_crash(line: tuple[str, ...]) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        ran = subprocess.run(
            [sys.executable, "-m", "purdah_scheduler", *line], stdout=full, stderr=subprocess.PIPE, check=False, timeout=60
        )
    assert ran.returncode == 75
    assert b"No space left on device" in ran.stderr


def test_closed_streams_are_no_crash(desk: Desk) -> None:
    """`post list <&- >&- 2>&-`: nobody listens, and no file of ours gets the number of a stream."""
    desk.new()
    code = f"import sys; from purdah_scheduler.cli.main import main; main(['--config', {str(desk.path)!r}, *sys.argv[1:]])"
    for closed in (">&-", "2>&-", "<&- >&- 2>&-"):
        shell = f'"$0" -c "$1" post list {closed}'
        ran = subprocess.run(["/bin/sh", "-c", shell, sys.executable, code], capture_output=True, check=False, timeout=60)
        assert (ran.returncode, b"Traceback" in ran.stderr) == (0, False)


def test_letters_that_a_terminal_lacks_do_not_stop_the_output(desk: Desk) -> None:
    desk.new("Llŷn")
    ran = in_a_process("--config", str(desk.path), "post", "list", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert ran.returncode == 0
    assert b"Ll\\u0177n" in ran.stdout


def test_json_is_ascii_and_comes_back_exactly(desk: Desk) -> None:
    text = "Llŷn \u2066isolate\u2069 🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"
    post = desk.new(text)["post"]
    ran = desk.ok("post", "show", str(post), "--json")
    assert ran.out.isascii()
    assert json.loads(ran.out)["accounts"][0]["text"] == text


COMMANDS = [
    (noun,) if noun in ("init", "demo", "tui", "daemon", "check", "pause", "resume", "status") else (noun, verb)
    for noun, verbs in {
        "init": "-",
        "demo": "-",
        "tui": "-",
        "daemon": "-",
        "check": "-",
        "post": "new list show edit submit decide schedule move cancel hold release resolve history diff",
        "exemption": "grant list revoke",
        "calendar": "list show declare derive import impact confirm extend lift shorten cancel suppress proposals accept refuse "
        "returned",
        "people": "list suspend restore",
        "account": "list",
        "audit": "log verify",
        "pause": "-",
        "resume": "-",
        "status": "-",
        "config": "check show path",
    }.items()
    for verb in verbs.split()
]


@pytest.mark.parametrize("line", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_with_an_example(line: tuple[str, ...]) -> None:
    ran = command(*line, "--help")
    assert (ran.code, ran.err) == (0, "")
    _, _, example = ran.out.partition("Example:\n")
    assert line[-1] in example
