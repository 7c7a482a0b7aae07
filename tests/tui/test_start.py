"""The way to the first picture: nothing is loaded, read or drawn for it that it does not show."""

import subprocess
import sys
import textwrap
from datetime import timedelta

import pytest
from textual.content import Content
from textual.css.stylesheet import Stylesheet

from purdah_scheduler.tui.edges import Head
from purdah_scheduler.tui.theme import THEMES
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import shows, until
from tests.tui.terminal import ROOT


def test_what_the_queue_does_not_show_is_not_loaded_for_it() -> None:
    """A field of many lines is for those who write or sign, a time in words for those who type one, an archive for backups."""
    code = textwrap.dedent(
        """
        import sys
        import purdah_scheduler.tui.run, purdah_scheduler.tui.app
        from purdah_scheduler.tui import queue
        late = {
            "textual.widgets._text_area", "textual.document", "tree_sitter", "textual.widgets._data_table",
            "purdah_scheduler.domain.spoken_time", "calendar", "email", "importlib.metadata", "importlib.resources", "zipfile"}
        print(*sorted(late & set(sys.modules)))
        """
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""


async def test_the_style_sheets_are_read_once_before_the_first_screen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual reads all of them again for a theme that is set, a sheet that comes later, and the first of several modes."""
    again: list[Stylesheet] = []
    reparse = Stylesheet.reparse

    def noted(sheet: Stylesheet) -> None:
        again.append(sheet)
        reparse(sheet)

    monkeypatch.setattr(Stylesheet, "reparse", noted)
    desk.draft("Bins on Monday.", at=NOW + timedelta(hours=1))
    app = desk.app("asha")
    async with app.run_test(size=(120, 36)) as pilot:
        await shows(pilot, "Bins on Monday.")
        assert not again


async def test_the_first_head_that_is_drawn_says_what_matters_already(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was read before the screen was made, so that it need not be drawn again a moment later."""
    drawn: list[str] = []
    render = Head.render

    def noted(head: Head) -> Content:
        made = render(head)
        drawn.append(made.plain)
        return made

    monkeypatch.setattr(Head, "render", noted)
    app = desk.app("asha")
    async with app.run_test(size=(120, 36)) as pilot:
        await shows(pilot, "PRE-ELECTION PERIOD in force")
    assert "PRE-ELECTION PERIOD in force" in drawn[0]


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (59, 24), (80, 17)])
async def test_the_first_picture_knows_how_much_room_there_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    """It is drawn with the classes that Textual gives for this size a moment later, so that nothing is made a second time."""
    rooms = {"-wide", "-narrow", "-tiny", "-tall", "-short"}
    drawn: list[set[str]] = []
    render = Head.render

    def noted(head: Head) -> Content:
        drawn.append(rooms & head.screen.classes)
        return render(head)

    monkeypatch.setattr(Head, "render", noted)
    app = desk.app("asha")
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: bool(drawn))
        await pilot.pause()
        assert drawn[0] == rooms & app.screen.classes
        assert len(drawn[0]) == 2


@pytest.mark.parametrize("name", [theme.name for theme in THEMES])
async def test_a_theme_put_on_before_the_start_is_the_same_as_one_that_is_set(desk: Desk, name: str) -> None:
    """The same variables of the style sheets, and dark or light the same."""
    app = desk.app("asha", theme=name)
    other = next(theme.name for theme in THEMES if theme.dark != app.current_theme.dark)
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "No posts are open")
        first = (app.get_css_variables(), app.has_class("-dark-mode"), app.has_class("-light-mode"), app.screen.styles.background)
        app.theme = other
        await pilot.pause()
        app.theme = name
        await pilot.pause()
        last = (app.get_css_variables(), app.has_class("-dark-mode"), app.has_class("-light-mode"), app.screen.styles.background)
    assert first == last
