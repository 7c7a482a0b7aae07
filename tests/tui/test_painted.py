"""What is painted on every screen: each pair of ink and ground can be read, NO_COLOR paints no colour, six screens as a whole."""

import difflib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.command import CommandPalette
from textual.geometry import Region
from textual.pilot import Pilot

from purdah_scheduler.config.schema import THEMES as CONFIGURABLE
from purdah_scheduler.errors import BadInput
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.dialogs import Box
from purdah_scheduler.tui.theme import contrast
from purdah_scheduler.tui.welcome import WelcomeApp
from purdah_scheduler.tui.wishes import TourWish
from tests.tui.conftest import Desk
from tests.tui.seeing import painted, picture, seen, settled, shows
from tests.tui.walk import walk, walk_post

LEAST = 7.0
SIZE = (120, 36)
WHOLE = ("queue", "review", "month", "week", "periods", "accounts")
"""The screens of which a picture in words is kept."""
PICTURES = Path(__file__).parent / "painted"
STATES = ("√ Published", "! UNKNOWN", "! FAILED", "! MISSED", "> Scheduled", "= HELD", "? In review", "+ Cleared", "· Draft")


async def in_queue(pilot: Pilot[Any]) -> None:
    """The queue of a furnished desk is on view."""
    await shows(pilot, *STATES)


# --- contrast -----------------------------------------------------------------------------------------------------


def region_to_read(app: App[Any]) -> Region:
    """Where somebody reads: in the box that is open, and not what is dimmed behind it."""
    if isinstance(app.screen, Box):
        return app.screen.query_one("#box").region
    if isinstance(app.screen, CommandPalette):
        return app.screen.query_one("CommandList").region
    return app.screen.region


def to_read(app: App[Any]) -> Iterator[Segment]:
    """Every piece of text there, with what it is painted in; lines, blocks and the marks of a scroll bar are no text."""
    region = region_to_read(app)
    for row, line in enumerate(painted(app)):
        column = 0
        for piece in line.render(app.console):
            if region.contains(column, row) and not all(char.isspace() or "\u2500" <= char <= "\u259f" for char in piece.text):
                yield piece
            column += piece.cell_length


def shades(style: Style) -> tuple[Color, Color]:
    """Ink and ground as they are seen."""
    assert style.color is not None, "text without an ink of its own"
    assert style.bgcolor is not None, "text without a ground of its own"
    ink, ground = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
    return (ground, ink) if style.reverse else (ink, ground)


def faint(app: App[Any], where: str) -> set[str]:
    """What cannot be read well enough on the screen, with where and why."""
    faults = set()
    for piece in to_read(app):
        style = piece.style if isinstance(piece.style, Style) else Style()
        ink, ground = shades(style)
        if style.dim or contrast(ink, ground) < LEAST:
            faults.add(f"{where}: {ink.hex} on {ground.hex}{' dim' if style.dim else ''} for {piece.text.strip()[:40]!r}")
    return faults


@pytest.mark.timeout(600)
async def test_every_text_of_every_screen_is_painted_at_seven_to_one(desk: Desk) -> None:
    """WCAG 2.2 level AAA in every theme, for each pair that is really shown.

    What lies dimmed behind a box cannot be used and is left out.
    """
    posts = desk.furnish()
    app = desk.app("bede")
    faults: set[str] = set()

    async def look(name: str) -> None:
        for theme in CONFIGURABLE:
            app.theme = theme
            await settled(pilot)
            faults.update(faint(app, f"{theme}, {name}"))

    async with app.run_test(notifications=True, size=SIZE) as pilot:
        await in_queue(pilot)
        await walk(pilot, look)
        await walk_post(pilot, posts["funding"], look)
        app.say("It was done.")
        app.say_fault(BadInput("It cannot be, so nothing was done.", next_step="Try another."))
        await shows(pilot, "It was done.", "nothing was done")
        await look("toasts")
    assert not faults, "\n".join(sorted(faults))


async def test_the_welcome_is_painted_at_seven_to_one(tmp_path: Path) -> None:
    """It knows no configuration, so it has one theme."""
    app = WelcomeApp(tmp_path / "config.toml")
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "There is no queue for you")
        assert not faint(app, "welcome")


# --- NO_COLOR -----------------------------------------------------------------------------------------------------


def coloured(app: App[Any], where: str) -> set[str]:
    """What is painted in any colour but the terminal's own two."""
    return {
        f"{where}: {span.style} for {line.plain[span.start : span.end].strip()[:40]!r}"
        for line in painted(app)
        for span in line.spans
        if isinstance(span.style, Style)
        and any(shade is not None and not shade.is_default for shade in (span.style.color, span.style.bgcolor))
    }


@pytest.fixture
def no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of somebody who wants no colour."""
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("no_color")
async def test_without_colour_no_screen_paints_any_and_states_are_words_and_signs(desk: Desk) -> None:
    """The periods of the calendar have their letter, every state its sign, the cursor its mark; six screens are as agreed.

    Those six are kept as text: a picture of Textual's would also fail when the toolkit or a font changes. A change that is
    wanted is kept by a run with PURDAH_PAINT=1 in the environment, and is read in the difference.
    """
    posts = desk.furnish()
    app = desk.app("bede", without_colour=True)
    faults: set[str] = set()
    told = {
        "queue": (*STATES, "▌ Today", "PRE-ELECTION PERIOD in force"),
        "month": ("├─ G General", "┤ pre-election period", "14*"),
        "week": ("= HELD", "! UNKNOWN", "> Scheduled", "Tuesday 14 April  today  in G"),
        "imagined": ("IMAGINED",),
        "periods": ("▌ G   General election 2026", "blocks", "= in force, day 5 of 28"),
        "accounts": ("▌ dlt", "√ Open", "1 unknown"),
        "daemon": ("√ running", "√ ON", "! UNKNOWN", "= HELD"),
        "series": (f"Repeat post {posts['funding']}", "Every"),
    }
    missing: list[str] = []
    changed: list[str] = []

    async def look(name: str) -> None:
        faults.update(coloured(app, name))
        changed.extend(difference(name, app) if name in WHOLE else ())
        missing.extend(f"{name}: {words}" for words in told.pop(name, ()) if words not in seen(app))

    async with app.run_test(size=SIZE) as pilot:
        await in_queue(pilot)
        await walk(pilot, look)
        await walk_post(pilot, posts["funding"], look)
    assert not faults, "\n".join(sorted(faults))
    assert not missing, "\n".join(missing)
    assert not changed, "".join(changed)
    assert not told, "a screen that the walk does not visit"


@pytest.mark.usefixtures("no_color")
async def test_without_colour_the_tour_and_the_welcome_paint_none(desk: Desk, tmp_path: Path) -> None:
    """The strip of the tour names its step, the welcome its keys."""
    app = PurdahApp(desk.office, desk.config, desk.actor(), without_colour=True, tour=TourWish.BEGIN)
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "Tour 1 of 10")
        assert not coloured(app, "tour")
    welcome = WelcomeApp(tmp_path / "config.toml", without_colour=True)
    async with welcome.run_test(size=SIZE) as pilot:
        await shows(pilot, "There is no queue for you", "d Demo", "n New queue", "o Open", "q Quit")
        assert not coloured(welcome, "welcome")


# --- six screens as a whole ---------------------------------------------------------------------------------------


def difference(name: str, app: PurdahApp) -> list[str]:
    """What is not as it was agreed, line by line; with PURDAH_PAINT in the environment it is kept as agreed instead."""
    kept = PICTURES / f"{name}.txt"
    lines = [f"{line}\n" for line in picture(app)]
    if "PURDAH_PAINT" in os.environ:
        kept.write_text("".join(lines), "utf-8")
    return list(difflib.unified_diff(kept.read_text("utf-8").splitlines(keepends=True), lines, kept.name, "painted"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("queue", (*STATES, "4 need a person", "enter Open")),
        ("review", ("1 post waits for your decision", "Policy approval", "a Approve")),
        ("month", ("April 2026", "├─ G General", "strict r", "* today")),
        ("week", ("Week 16: 13 to 19 April 2026", "= HELD", "today  in G")),
        ("periods", ("General election 2026", "blocks", "= in force, day 5 of 28")),
        ("accounts", ("√ Open", "1 unknown", "Needs a person")),
    ],
)
def test_what_is_kept_of_a_screen_says_what_it_must(name: str, words: tuple[str, ...]) -> None:
    """So that a picture that was written anew by mistake does not make itself right."""
    kept = (PICTURES / f"{name}.txt").read_text("utf-8")
    assert [word for word in words if word not in kept] == []
    assert max(len(line) for line in kept.splitlines()) <= SIZE[0]
