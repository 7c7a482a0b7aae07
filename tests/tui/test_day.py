"""The officer's day, whole: everybody at a terminal of their own, a real daemon, one queue, and an election in between."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from purdah_scheduler.domain.civiltime import format_day, london
from tests.houses import House, build
from tests.tui.moved import FILE
from tests.tui.terminal import ROOT, Terminal

F2, F5, END, UP, SHIFTED_ANNOUNCEMENT = "\x1bOQ", "\x1b[15~", "\x1b[F", "\x1b[A", 6
WORDS = "The new footbridge at Northby opens on Monday."


class Day:
    """One department, its people at their terminals, and the time that it is for all of them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.house: House = build(folder)
        self.house.office.store.close()
        self.folder, self._stack = folder, stack

    def program(self, person: str, *arguments: str) -> list[str]:
        """The command line of one of its people."""
        path = str(self.house.config.path)
        return ["-m", "tests.tui.moved", str(self.folder), "--config", path, "--as", person, *arguments]

    def sits_down(self, person: str) -> Terminal:
        """The interface of a person, in a terminal of its own."""
        terminal = Terminal(*self.program(person))
        self._stack.callback(terminal.close)
        return terminal

    def types(self, person: str, *arguments: str) -> str:
        """What a command of a person prints; it must end well."""
        done = subprocess.run(
            [sys.executable, *self.program(person, *arguments)],
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "120"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def starts_daemon(self) -> None:
        """The publisher, until the end of the day."""
        log = self._stack.enter_context((self.folder / "daemon.log").open("wb"))
        command = [sys.executable, *self.program("dougal", "daemon")]
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._stack.callback(process.wait, 60)
        self._stack.callback(process.terminate)

    def becomes(self, at: datetime) -> None:
        """For every program it is that time now."""
        new = self.folder / f"{FILE}.new"
        new.write_text(str((at - datetime.now(UTC)).total_seconds()), "ascii")
        new.replace(self.folder / FILE)


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    """The department, and everything that is started in it ended by its own id."""
    with ExitStack() as stack:
        yield Day(tmp_path / "rivers", stack)


def clears(terminal: Terminal, revision: int) -> None:
    """Read the words, approve them, say yes."""
    terminal.shows(f"revision {revision}", "If you approve now")
    terminal.press("a")
    terminal.shows(f"Approve revision {revision}")
    terminal.press("y")
    terminal.shows("your approval is recorded")


def queues(terminal: Terminal, time: str = "") -> None:
    """Give a cleared post that time, or the one that it is planned for."""
    terminal.shows("+ Cleared")
    terminal.press("s")
    terminal.shows("Schedule post 1", "Take this time")
    terminal.press(time)
    terminal.shows("(in ")
    terminal.press("\r")
    terminal.shows("y  Schedule it")
    terminal.press("y")
    terminal.shows("> Scheduled")


def test_a_post_is_written_cleared_held_moved_cleared_again_and_published(day: Day) -> None:
    """Three people and a daemon; none of them starts anything anew, and each sees on the screen what the others did."""
    tomorrow = (datetime.now(london()) + timedelta(days=1)).replace(hour=11, minute=0, second=0, microsecond=0)
    over = (tomorrow + timedelta(days=2)).replace(hour=0)
    day.starts_daemon()
    asha, bede = day.sits_down("asha"), day.sits_down("bede")

    # Asha writes it for tomorrow, and asks for clearance.
    asha.shows("No posts are open", "daemon ok")
    asha.press("2")
    asha.shows("New post")
    asha.press(f"{WORDS}\t\t{tomorrow:%Y-%m-%d %H:%M}")
    asha.shows(f"= {format_day(tomorrow.date())} 11:00")
    asha.press("\t\r")
    asha.shows("Public health and safety")
    asha.press(END + UP * SHIFTED_ANNOUNCEMENT + "\r")
    asha.shows("New policy, decision or ministerial", "Allowed")
    asha.press(F2)
    asha.shows("? In review")

    # Bede reads it and clears it; Asha queues it.
    bede.shows("Northby")
    bede.press("3")
    clears(bede, 1)
    queues(asha)

    # Meanwhile Carys declares an election: what is queued is held, on every screen.
    said = day.types(
        "carys",
        *("calendar", "declare", "--name", "Called election", "--kind", "general", "--body", "uk-civil-service"),
        *("--nation", "UK", "--starts", "now", "--ends", f"{over:%Y-%m-%d %H:%M}", "--yes"),
    )
    assert "1" in said
    for terminal in (asha, bede):
        terminal.shows("PRE-ELECTION PERIOD in force: Called election")
    asha.shows("= HELD")

    # Asha moves it past the period and says what has changed; that drops the clearance, and she is told whose.
    asha.press("e")
    asha.shows("Edit post 1, revision 1", "f5 The first moment")
    asha.press("At last: ")
    asha.press(F5)
    asha.shows(f"= {format_day(over.date())} 00:00", "Allowed")
    asha.press(F2)
    asha.shows("It drops 1 decision", "bede")
    asha.press("y")
    asha.shows("? In review")

    # The election is over: Bede clears the new words, and Asha queues them for the same night.
    day.becomes(over + timedelta(minutes=5))
    clears(bede, 2)
    queues(asha, f"{over:%Y-%m-%d} 00:20")

    # The time comes.
    day.becomes(over + timedelta(minutes=20, seconds=-3))
    asha.shows("√ Published")
    asha.press("\r")
    asha.shows("What goes out", "outbox:", "At last: The new footbridge")
    for terminal in (asha, bede):
        terminal.press("\x11")
        assert terminal.ended() == 0

    # What went out is what was cleared, once, and the record of the day is whole.
    (sent,) = (day.house.config.data_folder / "outbox").rglob("*.txt")
    assert "At last: The new footbridge at Northby opens on Monday." in sent.read_text("utf-8")
    assert "The record is whole" in day.types("dougal", "audit", "verify")
