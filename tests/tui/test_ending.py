"""Whatever ends the interface, in a real terminal: what was typed is kept, the terminal is whole, and the status tells why."""

import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.conftest import Desk
from tests.tui.terminal import ROOT, Terminal

MODES = (b"1000", b"1003", b"1006", b"2004", b"1049")
"""What must be off again at the end: the mouse, marked pastes, and the second screen."""

WORDS = "Half a thought"


def drafts(desk: Desk) -> list[Path]:
    """The files of unsaved words."""
    return sorted((desk.folder / "data" / "drafts").glob("asha-*.json"))


def is_whole(terminal: Terminal) -> bool:
    """Whether the modes are off, the cursor is shown, and the terminal has its own settings again."""
    got = terminal.received
    off = all(got.rfind(b"\x1b[?%bl" % mode) > got.rfind(b"\x1b[?%bh" % mode) for mode in MODES)
    return off and got.rfind(b"\x1b[?25h") > got.rfind(b"\x1b[?25l") and terminal.is_as_it_was()


def started(desk: Desk) -> Terminal:
    """The interface of asha, with its queue on view."""
    terminal = Terminal("-m", "purdah_scheduler", "--config", str(desk.config.path), "--as", "asha")
    terminal.shows("No posts are open")
    return terminal


@pytest.fixture
def typing(desk: Desk) -> Iterator[Terminal]:
    """The interface with a form open and words in it that are not saved."""
    terminal = started(desk)
    try:
        terminal.press("2")
        terminal.shows("New post")
        terminal.press(WORDS)
        terminal.shows(WORDS)
        yield terminal
    finally:
        terminal.close()


# --- signals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_ends_it_with_the_words_kept_and_the_terminal_whole(
    desk: Desk, typing: Terminal, number: signal.Signals
) -> None:
    """At once, however short a time ago they were typed; the status is the one that a shell gives a signal."""
    typing.process.send_signal(number)
    assert typing.ended() == 128 + number
    (kept,) = drafts(desk)
    assert WORDS in kept.read_text("utf-8")
    assert is_whole(typing)
    assert b"Traceback" not in typing.received


def test_what_was_kept_before_it_was_killed_is_offered_again(desk: Desk, typing: Terminal) -> None:
    """SIGKILL lets nobody tidy up: what is there is what was kept a second after the last key."""
    typing.shows("unsaved, kept")
    typing.process.kill()
    typing.process.wait()
    again = started(desk)
    try:
        again.press("2")
        again.shows("Words that were not saved", WORDS)
    finally:
        again.close()


def test_a_line_that_is_cut_without_a_signal_ends_it_too(desk: Desk, typing: Terminal) -> None:
    """Under nohup, say: it neither waits nor burns a core for a terminal that never comes back."""
    typing.hang_up()
    assert typing.process.wait(60) == 128 + signal.SIGHUP
    (kept,) = drafts(desk)
    assert WORDS in kept.read_text("utf-8")


# --- faults -------------------------------------------------------------------------------------------------------

BROKEN = """
import sys
from purdah_scheduler.tui.{module} import {name} as Broken

def broken(self, *given):
    secret = "the words of a post"
    raise ZeroDivisionError("division by zero")

Broken.{method} = broken
from purdah_scheduler.cli.main import main
main(["--config", *sys.argv[1:]])
"""


@pytest.mark.parametrize(
    ("module", "name", "method", "keys"),
    [
        ("edges", "Head", "render", "1"),
        ("compose", "ComposeScreen", "tell", "2"),
        ("calendar", "CalendarScreen", "compose_body", "4"),
        ("dialogs", "AskText", "on_input_submitted", "!x\r"),
    ],
    ids=["drawing", "an answer", "a screen that is made", "a box"],
)
def test_a_fault_anywhere_leaves_the_terminal_whole_and_no_variable_on_it(
    desk: Desk, module: str, name: str, method: str, keys: str
) -> None:
    """Status 70, one sentence, and nothing of what the program was working on."""
    terminal = Terminal("-c", BROKEN.format(module=module, name=name, method=method), str(desk.config.path), "--as", "asha")
    try:
        if method != "render":
            terminal.shows("No posts are open")
            for key in keys:
                terminal.press(key)
                terminal.read(0.5)
        assert terminal.ended() == 70
        assert "Something went wrong that should not have (ZeroDivisionError)." in terminal.text()
        assert b"the words of a post" not in terminal.received
        assert b"Traceback" not in terminal.received
        assert is_whole(terminal)
    finally:
        terminal.close()


# --- windows ------------------------------------------------------------------------------------------------------


def test_fifty_sizes_in_a_second_lose_neither_words_nor_focus(desk: Desk, typing: Terminal) -> None:
    """From 1x1 to 200x60, with letters between them; afterwards the cursor stands where it stood, and all of it is kept."""
    sizes = random.Random(7)
    for number in range(50):
        typing.resize(sizes.randint(1, 200), sizes.randint(1, 60))
        if number % 2:
            typing.press("x")
        typing.forget(0.02)
    typing.resize(1, 1)
    typing.forget(0.5)
    typing.resize(120, 36)
    typing.shows(WORDS, "New post", "Pre-election check")

    def has_focus() -> bool:
        typing.press("z")
        typing.read(0.2)
        return bool(re.search(WORDS + "x*z", typing.text()))

    typing.until(has_focus, "focus in the words")
    typing.press("\x11")
    assert typing.ended() == 0
    (kept,) = drafts(desk)
    assert re.search(f"{WORDS}x*z", kept.read_text("utf-8"))
    assert is_whole(typing)


def test_every_screen_outlives_a_window_that_is_dragged(desk: Desk) -> None:
    """Each at sizes above and below the least that it needs, one after the other without a pause."""
    desk.furnish()
    sizes = random.Random(11)
    terminal = Terminal("-m", "purdah_scheduler", "--config", str(desk.config.path), "--as", "bede")
    try:
        terminal.shows("Flood warnings")
        for keys, words in (
            ("1", "Flood warnings"),
            ("\r", "What goes out"),
            ("?", "Keys: A post"),
            ("\x1b", "What goes out"),
            ("\x1b", "Flood warnings"),
            ("3", "[3 Review]"),
            ("4", "[4 Calendar]"),
            ("5", "[5 Periods]"),
            ("6", "[6 Audit]"),
            ("!", "Stop all publishing"),
        ):
            terminal.press(keys)
            terminal.shows(words)
            for _ in range(6):
                terminal.resize(sizes.randint(1, 200), sizes.randint(1, 60))
                terminal.forget(0.01)
            terminal.resize(1, 1)
            terminal.forget(0.05)
            terminal.resize(120, 36)
            terminal.shows(words)
        terminal.press("\x11")
        assert terminal.ended() == 0
        assert is_whole(terminal)
    finally:
        terminal.close()


# --- no terminal --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["stdin", "stdout"])
def test_without_a_terminal_at_one_end_it_says_so_and_leaves(desk: Desk, missing: str) -> None:
    """A pipe, cron, `ssh host command`: status 2, one sentence for people, nothing on stdout, and no core is burnt."""
    ours, theirs = os.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "purdah_scheduler", "--config", str(desk.config.path), "--as", "asha"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL if missing == "stdin" else theirs,
            stdout=subprocess.PIPE if missing == "stdout" else theirs,
            stderr=subprocess.PIPE,
            timeout=100,
            check=False,
        )
    finally:
        os.close(theirs)
        os.close(ours)
    assert done.returncode == 2
    assert not done.stdout
    assert done.stderr.decode() == (
        "There is no terminal here, so the interface was not opened.\nNext: For commands and scripts: purdah-scheduler --help\n"
    )


def test_a_reader_that_has_gone_is_no_fault(desk: Desk) -> None:
    """`purdah-scheduler | head`: the same answer, although nobody takes what it would draw."""
    ours, theirs = os.pipe()
    os.close(ours)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "purdah_scheduler", "--config", str(desk.config.path), "--as", "asha"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.PIPE,
            timeout=100,
            check=False,
        )
    finally:
        os.close(theirs)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
