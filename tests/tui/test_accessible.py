"""Accessible mode, and what holds in every mode: nothing is written that did not change, and the cursor is where the focus is."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application import views
from purdah_scheduler.tui.news import news_of
from purdah_scheduler.tui.preview import PostPreview
from purdah_scheduler.tui.queue import QueueScreen
from purdah_scheduler.tui.real_cursor import spot_of
from tests.tui.conftest import Desk
from tests.tui.seeing import picture, shows, until
from tests.tui.terminal import Terminal

IDLE = 3.0
"""Seconds in which nothing happens."""


def accessible(desk: Desk) -> Desk:
    """The desk in accessible mode."""
    desk.config = replace(desk.config, interface=replace(desk.config.interface, accessible=True))
    return desk


def terminal_of(path: Path, monkeypatch: pytest.MonkeyPatch, *, mode: str) -> Terminal:
    """The product on that configuration, in a terminal of its own."""
    monkeypatch.setenv("PURDAH_ACCESSIBLE", mode)
    return Terminal("-m", "purdah_scheduler", "--config", str(path), "--as", "asha", columns=120, lines=30)


def comes_to_rest(terminal: Terminal) -> None:
    """Wait until nothing is written for `IDLE` seconds: in the usual mode the clock may write once a minute."""
    written = []
    for _ in range(12):
        before = len(terminal.received)
        terminal.read(IDLE)
        written.append(terminal.received[before:])
        if not written[-1]:
            return
    raise AssertionError(f"it never came to rest: {[len(chunk) for chunk in written]}, the last {written[-1][:400]!r}")


@pytest.mark.parametrize("mode", ["0", "1"])
def test_an_idle_interface_writes_nothing_while_the_daemon_beats(desk: Desk, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    """In a list and in a field: no blinking, no ticking, and a heartbeat that says the same as before is not drawn."""
    desk.furnish()
    terminal = terminal_of(desk.config.path, monkeypatch, mode=mode)
    try:
        terminal.shows("Flood warnings")
        comes_to_rest(terminal)
        desk.beat()
        comes_to_rest(terminal)
        terminal.press("2")
        terminal.shows("New post")
        comes_to_rest(terminal)
    finally:
        terminal.close()


def test_the_terminal_s_own_cursor_is_seen_on_the_row_that_has_focus_and_moves_with_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a move writes the two rows that changed, and the line of keys where those change with the post."""
    desk.furnish()
    terminal = terminal_of(desk.config.path, monkeypatch, mode="1")
    try:
        terminal.shows("Flood warnings")
        comes_to_rest(terminal)
        for key in "kkk":
            terminal.press(key)
        comes_to_rest(terminal)
        assert not terminal.screen.cursor.hidden
        rows = [row for row, line in enumerate(terminal.screen.display) if line.startswith("▌")]
        assert rows == [terminal.screen.cursor.y]
        terminal.screen.dirty.clear()
        terminal.press("j")
        terminal.until(lambda: terminal.screen.cursor.y == rows[0] + 1, "the cursor one row down")
        comes_to_rest(terminal)
        assert terminal.screen.display[rows[0] + 1].startswith("▌")
        assert terminal.screen.dirty <= {rows[0], rows[0] + 1, 29}  # the last line has the keys that work for that post
        terminal.press("2")
        terminal.shows("New post")
        comes_to_rest(terminal)
        x, y, cursor = terminal.screen.cursor.x, terminal.screen.cursor.y, terminal.screen.cursor
        terminal.press("ab")
        terminal.until(lambda: (cursor.x, cursor.y) == (x + 2, y), "the cursor in the words")
    finally:
        terminal.close()


def test_without_it_the_cursor_of_the_terminal_is_hidden(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_of(desk.config.path, monkeypatch, mode="")
    try:
        terminal.shows("No posts are open")
        assert terminal.screen.cursor.hidden
    finally:
        terminal.close()


async def test_it_is_one_column_without_preview_and_without_a_clock(desk: Desk) -> None:
    desk.furnish()
    app = accessible(desk).app()
    async with app.run_test(size=(160, 40)) as pilot:
        await shows(pilot, "Flood warnings")
        assert not app.screen.has_class("-wide")
        assert not app.screen.query_one(PostPreview).display
        head = "\n".join(picture(app)[:2])
        assert not re.search(r"\d\d:\d\d", head)


async def test_a_box_without_a_field_has_the_cursor_on_its_question(desk: Desk) -> None:
    desk.furnish()
    app = accessible(desk).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await shows(pilot, "Flood warnings")
        assert isinstance(app.screen, QueueScreen)
        app.screen.listing.move_to(0)
        assert spot_of(app.screen) == app.screen.listing.cursor_spot
        await pilot.press("ctrl+t")
        app.action_stop_or_resume()
        await shows(pilot, "Stop all publishing")
        field = app.screen.query_one("#answer")
        await until(pilot, lambda: field.has_focus)
        assert spot_of(app.screen) == field.cursor_screen_offset  # type: ignore[attr-defined]  # it is the Input


def test_what_it_says_of_a_daemon_that_is_gone_does_not_change_as_time_passes(desk: Desk) -> None:
    said = set()
    for _ in range(3):
        desk.clock.at += timedelta(minutes=7)
        known = views.status(desk.office)
        zone = desk.office.house.zone
        news = news_of(known, fault="", now=desk.clock.at, zone=zone, department="Department", starting=False, still=True)
        said.add((news.notice.plain, news.clock))
    assert said == {("Nothing is being published: the daemon is not seen any more. Start it: purdah-scheduler daemon", "")}
