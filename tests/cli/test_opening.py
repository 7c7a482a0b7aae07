"""A line without a command opens the interface, the same with and without the parser, and without loading it."""

import subprocess
import sys
from pathlib import Path

import pytest

from purdah_scheduler.cli import main
from purdah_scheduler.cli.opening import without_command
from purdah_scheduler.tui import run as tui_run

OPENS = (
    "",
    "--config a.toml",
    "--as ann",
    "--config a.toml --as ann",
    "--as ann --config a.toml",
    "--as ann --as bede",
    "--config a.toml --config b.toml --as ann",
)


@pytest.mark.parametrize("line", OPENS)
def test_the_parser_understands_the_same(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[object, ...]] = []

    def opens(config: Path | None, person: str | None, **further: object) -> int:
        opened.append((config, person, further["own_daemon"]))
        return 7

    monkeypatch.setattr(tui_run, "run_tui", opens)
    monkeypatch.setattr(main, "_parsed", None)
    assert main.run(line.split()) == 7
    monkeypatch.undo()
    monkeypatch.setattr(tui_run, "run_tui", opens)
    assert main._parsed(line.split()) == 7
    assert opened[0] == opened[1]
    assert opened[0][:2] == without_command(line.split())


@pytest.mark.parametrize(
    "line",
    [
        ["status"],
        ["--config"],
        ["--config", ""],
        ["--config", "--as"],
        ["--config", "-x"],
        ["--config=a.toml"],
        ["--json"],
        ["--as", "ann", "--json"],
        ["--as", "ann", "tui"],
        ["ann", "--as"],
        ["--help"],
        ["-h", "x"],
        ["--", "x"],
        ["--config", "a.toml", "--version"],
        ["--co", "a.toml"],
    ],
)
def test_any_other_line_is_the_parsers(line: list[str]) -> None:
    assert without_command(line) is None


def test_no_parser_is_loaded_where_there_is_no_command() -> None:
    program = (
        "import sys\nfrom purdah_scheduler.tui import run\n"
        "def opens(*_, **__): print('click' in sys.modules); return 0\n"
        "run.run_tui = opens\nfrom purdah_scheduler.cli.main import main\nmain(['--as', 'ann'])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=100)
    assert ran.stdout == "False\n"
