"""`demo`: its folder is fresh or refused, headless it runs the real daemon and tells the truth, on a terminal it opens."""

import fcntl
import io
import json
import os
import pty
import re
import select
import stat
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyte
import pytest

from purdah_scheduler import bootstrap
from purdah_scheduler.demo import run as demo_run
from purdah_scheduler.demo.folder import make_folder
from purdah_scheduler.demo.run import run_demo
from purdah_scheduler.demo.telling import calling
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.errors import BadInput, BadSetup, TryAgain

ROOT = Path(__file__).parent.parent.parent


def product(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """One call of the product as somebody types it, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "purdah_scheduler", *words],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "120", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@dataclass(frozen=True)
class Told:
    """What a headless demonstration said, and where it is."""

    config: Path
    code: int
    said: str
    narration: str

    def section(self, title: str) -> str:
        """The part under a heading, up to the next empty line."""
        return self.said[self.said.index(title) :].split("\n\n", 1)[0]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """One headless demonstration by the real program, for all tests of what it says; none of them changes it."""
    home = tmp_path_factory.mktemp("home")
    folder = tmp_path_factory.mktemp("demo") / "rivers"
    done = product("demo", "--headless", "--dir", str(folder), HOME=str(home), XDG_CONFIG_HOME=str(home))
    yield Told(config=folder / "config.toml", code=done.returncode, said=done.stdout, narration=done.stderr)
    assert not list(home.iterdir()), "the demonstration wrote outside its folder"


# --- headless -----------------------------------------------------------------------------------------------------


def test_it_ends_well_and_says_where_it_is(told: Told) -> None:
    assert told.code == 0, told.narration
    assert str(told.config.parent) in told.narration
    assert "Traceback" not in told.narration


def test_it_names_what_was_published_with_receipts_that_are_files(told: Told) -> None:
    section = told.section("Published just now")
    receipts = re.findall(r"receipt outbox:(\S+)", section)
    assert len(receipts) == 8
    assert section.startswith("Published just now: 8\n")
    for receipt in receipts:
        assert (told.config.parent / "outbox" / receipt).is_file()
    assert "Flood warning: River Sallow at Thornmere [floods]" in section
    assert "Pont Aber Lydan: cau lôn dros nos [aber-lydan]" in section


def test_it_names_what_was_held_with_the_rule_in_words_and_its_source(told: Told) -> None:
    section = told.section("Held: 7")
    assert "Announcement: twelve new crossings [rivers]" in section
    assert "“Invented general election” is in force" in section
    assert "Rule: announcement in strict, in the period demo-general-election." in section
    assert section.count("invented for the demonstration") == section.count("Rule: ") == 7
    assert section.count("Next: ") == 7


def test_it_names_what_waits_for_a_sign_off_and_the_line_to_type_for_it(told: Told) -> None:
    section = told.section("Waiting for a sign-off")
    lines = re.findall(r"post decide \d+ --stage sign-off --approve --digest [0-9a-f]{4}-[0-9a-f]{4} --reason", section)
    assert len(lines) == 3
    assert section.count(f"--config {told.config}") == 3


def test_it_names_what_the_days_before_left_with_the_next_step(told: Told) -> None:
    section = told.section("Left from the days before")
    assert [word for word in ("failed", "unknown", "missed") if f": {word}\n" in section] == ["failed", "unknown", "missed"]
    assert "--published URL" in section


def test_the_record_of_it_verifies_from_outside(told: Told) -> None:
    done = product("--config", str(told.config), "audit", "verify", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["ok"] is True


def test_no_daemon_is_left_behind(told: Told) -> None:
    office = bootstrap.open_office(bootstrap.read_config(told.config))
    with office.store.read() as reader:
        (beat,) = reader.heartbeats()
        waiting = reader.in_state((DeliveryState.CLAIMED, DeliveryState.SENDING))
    office.store.close()
    assert beat is not None
    assert beat.stopped_at is not None
    assert waiting == ()
    with pytest.raises(ProcessLookupError):
        os.kill(beat.pid, 0)


def test_each_command_that_it_offers_runs(told: Told) -> None:
    offered = re.findall(rf"(?m)^  \S.* --config {re.escape(str(told.config))} (.+?)(?:\s+#.*)?$", told.section("To try"))
    tried = [line for line in offered if line not in ("--as carys", "daemon")]
    assert len(tried) == 6
    codes = {line: product("--config", str(told.config), *_words(line)).returncode for line in tried}
    # status: no daemon is alive any more; check: the funding post would be held.
    assert set(codes.values()) <= {0, 1, 2}
    assert {line: code for line, code in codes.items() if code} == {
        "status": 2,
        'check --account rivers --at "tomorrow 09:30" --category funding': 1,
    }


def test_a_sign_off_that_it_offers_can_be_given_and_the_post_released(tmp_path: Path, told: Told) -> None:
    """On a copy, by the lines of its report alone: sign off, release for now, let the daemon publish."""
    folder = tmp_path / "copy"
    for source in (path for path in told.config.parent.rglob("*") if path.is_file()):
        target = folder / source.relative_to(told.config.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
        target.chmod(0o600)
    config = str(folder / "config.toml")
    assert product("--config", config, "daemon", "--once").returncode == 78  # a copy publishes nothing by itself
    product("--config", config, "--as", "dougal", "daemon", "adopt", "--reason", "A copy to try things on.")
    found = re.search(r"--as farid post decide (\d+) --stage sign-off --approve --digest (\S+)", told.said)
    assert found is not None
    post, digest = found.groups()
    signed = ("--stage", "sign-off", "--approve", "--digest", digest, "--reason", "Required by statute on a set day.")
    assert product("--config", config, "--as", "farid", "post", "decide", post, *signed).returncode == 0
    assert product("--config", config, "--as", "dougal", "post", "release", post, "--at", "now").returncode == 0
    product("--config", config, "daemon", "--once")
    shown = json.loads(product("--config", config, "post", "show", post, "--json").stdout)
    assert [account["state"] for account in shown["accounts"]] == ["published"]


def _words(line: str) -> list[str]:
    return [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line)]


# --- the folder ---------------------------------------------------------------------------------------------------


def test_without_a_folder_it_makes_a_fresh_one_for_its_owner_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first, second = make_folder(None), make_folder(None)
    assert first.parent != second.parent
    assert first.parent.parent == tmp_path
    assert stat.S_IMODE(first.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(first.stat().st_mode) == 0o600


def test_a_folder_with_anything_in_it_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", "utf-8")
    with pytest.raises(BadInput, match="is not empty, so nothing was written"):
        run_demo(tmp_path, headless=True)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_an_earlier_demonstration_is_refused_with_how_to_open_and_how_to_remove_it(tmp_path: Path) -> None:
    folder = tmp_path / "my demo"
    make_folder(folder)
    with pytest.raises(BadInput, match="holds an earlier demonstration") as refused:
        make_folder(folder)
    assert f"--config '{folder}/config.toml' --as carys" in refused.value.next_step
    assert f"rm -r -- '{folder}'" in refused.value.next_step


def test_somebody_elses_configuration_is_never_taken_for_a_demonstration(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[department]\nname = "Real"\n', "utf-8")
    with pytest.raises(BadInput) as refused:
        make_folder(tmp_path)
    assert "rm" not in refused.value.next_step.split()


def test_a_file_in_the_place_of_the_folder_is_a_sentence(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("mine", "utf-8")
    with pytest.raises(BadSetup, match="Nothing was started"):
        make_folder(place)
    assert place.read_text("utf-8") == "mine"


# --- the two ways to go on ----------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_the_interface_opens_on_it_with_a_daemon_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = []

    def run_tui(config_path: Path | None, as_person: str | None, *, own_daemon: bool = False, tour: str = "") -> int:
        opened.append((config_path, as_person, own_daemon, tour))
        return 0

    monkeypatch.setattr("purdah_scheduler.tui.run.run_tui", run_tui)
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert run_demo(tmp_path / "demo", headless=False) == 0
    assert run_demo(tmp_path / "tour", headless=False, tour=True) == 0
    wished = [("demo", "offer"), ("tour", "begin")]
    assert opened == [(tmp_path / folder / "config.toml", "carys", True, tour) for folder, tour in wished]
    assert f"rm -r -- {tmp_path}/demo" in capsys.readouterr().err


def test_a_daemon_that_ends_too_early_is_told_and_where_its_words_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(TryAgain, match="ended too early") as fault:
        run_demo(tmp_path / "demo", headless=True)
    assert str(tmp_path / "demo" / "daemon.log") in fault.value.next_step


def test_without_a_terminal_nothing_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert demo_run._on_terminal() is False


def test_on_a_real_terminal_posts_go_out_while_one_watches_and_its_daemon_ends_with_it(tmp_path: Path) -> None:
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    shown = pyte.Screen(120, 36)
    stream = pyte.ByteStream(shown)
    command = [sys.executable, "-m", "purdah_scheduler", "demo", "--dir", str(tmp_path / "demo")]
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True
    ) as process:
        os.close(terminal)
        try:
            seen = _watch(controller, stream, lambda: any("Published" in line and "Flood" in line for line in shown.display))
            assert seen, "\n".join(shown.display)
            assert any("Invented general election" in line for line in shown.display)
            os.write(controller, b"q")
            _watch(controller, stream, lambda: process.poll() is not None)
            assert process.wait(30) == 0
        finally:
            process.kill()
            os.close(controller)
    office = bootstrap.open_office(bootstrap.read_config(tmp_path / "demo" / "config.toml"))
    with office.store.read() as reader:
        (beat,) = reader.heartbeats()
    office.store.close()
    assert beat is not None
    assert beat.stopped_at is not None


def _watch(controller: int, stream: "pyte.ByteStream", until: Callable[[], bool]) -> bool:
    """Show what the program writes until something is so; False if that takes too long, or the program has gone."""
    patience = time.monotonic() + 60
    while time.monotonic() < patience:
        if until():
            return True
        ready, _, _ = select.select([controller], [], [], 0.2)
        if ready:
            try:
                written = os.read(controller, 65536)
            except OSError:
                return until()
            if not written:
                return until()
            stream.feed(written)
    return until()


@pytest.mark.parametrize(
    ("started", "typed"),
    [
        (".venv/bin/purdah-scheduler", ".venv/bin/purdah-scheduler --config 'my demo/config.toml'"),
        ("purdah_scheduler/__main__.py", f"{sys.executable} -m purdah_scheduler --config 'my demo/config.toml'"),
    ],
)
def test_the_lines_to_type_call_the_program_as_it_was_called(monkeypatch: pytest.MonkeyPatch, started: str, typed: str) -> None:
    monkeypatch.setattr(sys, "argv", [started])
    monkeypatch.setenv("PATH", "/nowhere")
    assert calling(Path("my demo/config.toml")) == typed


def test_a_program_on_the_path_is_called_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "purdah-scheduler"
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(program)])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert calling(Path("config.toml")) == "purdah-scheduler --config config.toml"
