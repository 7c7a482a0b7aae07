"""Every text can be read by everybody: 7:1 on whatever ground a style sheet can put it, and nothing is told by colour alone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.color import Color
from textual.css.stylesheet import Stylesheet
from textual.theme import Theme
from textual.widget import Widget

from purdah_scheduler import tui
from purdah_scheduler.tui import theme as themes
from purdah_scheduler.tui.app import PurdahApp
from tests.tui.conftest import Desk
from tests.tui.places import visit, ways
from tests.tui.seeing import seen, settled

FOLDER = Path(str(tui.__file__)).parent
LEAST = 7.0
COLOURED = [themes.DARK, themes.LIGHT, themes.HIGH_CONTRAST]
OWN_GROUND = {ink for ink, _ in themes.BANDS}
"""Inks that stand on a ground of their own and nowhere else."""

LINES = {"option-list--separator"}
"""Parts that are lines, and no text."""

STATES: tuple[dict[str, bool], ...] = (
    {},
    {"has_focus": True},
    {"mouse_hover": True},
    {"has_focus": True, "mouse_hover": True},
    {"disabled": True},
)
"""What a widget can be that a style sheet tells apart."""


def readable(ink: Color, ground: Color) -> bool:
    """Whether an ink, which may be translucent, can be read on an opaque ground."""
    return themes.contrast(ground + ink, ground) >= LEAST


def shades(theme: Theme, names: tuple[str, ...]) -> dict[str, str]:
    """Names of colours by their value in a theme."""
    return {themes.colour(theme, name).hex: name for name in names}


# --- what the style sheets say ------------------------------------------------------------------------------------


def style_sheet(theme: Theme) -> Stylesheet:
    """All our own style sheets, read with the colours of a theme."""
    sheet = Stylesheet(variables={**theme.to_color_system().generate(), **theme.variables})
    for path in sorted(FOLDER.rglob("*.tcss")):
        sheet.read(path)
    return sheet


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
def test_every_rule_of_a_style_sheet_keeps_to_the_inks_and_grounds_that_are_proven(theme: Theme) -> None:
    """A rule with an ink of its own ground names both; any other ink is good on all grounds, and nothing is made fainter."""
    grounds, inks = shades(theme, themes.GROUNDS), shades(theme, themes.INKS)
    faults = []
    for rule in style_sheet(theme).rules:
        styles, name = rule.styles, rule.css.partition("{")[0].strip()
        faults += [f"{name}: {fainter}" for fainter in ("opacity", "text_opacity", "tint") if styles.has_rule(fainter)]
        if "dim" in str(styles.text_style):
            faults.append(f"{name}: dim")
        ink = styles.color if styles.has_rule("color") else None
        ground = styles.background if styles.has_rule("background") and styles.background.a == 1 else None
        if ink is not None and ground is not None:
            if not readable(ink, ground):
                faults.append(f"{name}: {ink.hex} on {ground.hex}")
        elif ink is not None and ink.hex not in inks:
            faults.append(f"{name}: {ink.hex} is no ink for every ground")
        elif ground is not None and ground.hex not in grounds:
            faults.append(f"{name}: {ground.hex} is no ground for every ink")
    assert not faults, "\n".join(faults)


def inks_in_code() -> Iterator[tuple[str, str]]:
    """Every variable of the theme that a style in the code names, with where; documentation is no style."""
    for path in sorted(FOLDER.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        documents = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in documents
                and "{" not in node.value
            ):
                for name in re.findall(r"\$([a-z][a-z-]*)", node.value):
                    yield name, f"{path.name}:{node.lineno}"


def test_every_ink_in_the_code_is_one_that_is_proven_on_every_ground() -> None:
    """Or a rule between two panes, which is no text; or one that names its own ground in the same style."""
    known = {*themes.INKS, *OWN_GROUND, *(ground for _, ground in themes.BANDS), "rule"}
    assert [f"{where}: ${name}" for name, where in inks_in_code() if name not in known] == []


# --- what the widgets can look like -------------------------------------------------------------------------------


def parts(widget: Widget) -> Iterator[tuple[str, Color, Color]]:
    """The ink and the ground of a widget and of each of its parts."""
    for part in ("", *sorted(widget._get_component_classes())):
        style = widget.get_visual_style(*([part] if part else []))
        if style.foreground is not None and style.background is not None and style.background.a == 1:
            yield part, style.foreground, style.background


def faint(app: PurdahApp) -> Iterator[str]:
    """What of the screen on top cannot be read when everything on it is in one state, for each state."""
    widgets = [
        widget for widget in app.screen.query("#box *" if app.screen.query("#box") else "*").results(Widget) if widget.display
    ]
    for state in STATES:
        before = [(widget, name, getattr(widget, name)) for widget in widgets for name in state]
        for widget, name, _ in before:
            if name != "has_focus" or widget.can_focus:
                widget.set_reactive(getattr(Widget, name), state[name])
        app.stylesheet.update_nodes(widgets)
        for widget in widgets:
            for part, ink, ground in parts(widget):
                if not readable(ink, ground) and not (part in LINES or (part.endswith("--cursor") and widget.is_disabled)):
                    what = f"{type(widget).__name__}#{widget.id or ''} {part}".strip()
                    yield f"{what} {'+'.join(state)}: {ink.hex} on {ground.hex}, {themes.contrast(ground + ink, ground):.1f}"
        for widget, name, value in before:
            widget.set_reactive(getattr(Widget, name), value)
        app.stylesheet.update_nodes(widgets)


def drawn(app: PurdahApp) -> Iterator[str]:
    """What is on the screen now and cannot be read. Lines are no text, and what is behind a box is made faint on purpose."""
    region = next((box.region for box in app.screen.query("#box, CommandPalette > #--container")), app.screen.region)
    for strip in app.screen._compositor.render_strips()[region.y : region.bottom]:
        for segment in strip.crop(region.x, region.right):
            style = segment.style
            if style is None or style.color is None or style.bgcolor is None or not re.search(r"\w", segment.text):
                continue
            ink, ground = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
            if style.dim or not readable(ink, ground):
                yield f"{segment.text.strip()!r}: {ink.hex} on {ground.hex}"


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
async def test_everything_on_every_screen_can_be_read_in_every_state(desk: Desk, theme: Theme) -> None:
    """With focus, under the mouse, disabled: each widget and each of its parts; and every word that is drawn."""
    posts = desk.furnish()
    app = desk.app("bede", theme=theme.name)
    faults: dict[str, None] = {}
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await settled(pilot)
        for name, way in ways():
            await visit(pilot, way, posts)
            app.say("Said.")
            await settled(pilot)
            faults |= dict.fromkeys(f"{name}: {fault}" for fault in drawn(app))
            faults |= dict.fromkeys(f"{name}: {fault}" for fault in faint(app))
    assert not faults, "\n".join(sorted(faults))


# --- without colour -----------------------------------------------------------------------------------------------

WORDS = {
    "queue": ("HELD", "FAILED", "UNKNOWN", "MISSED", "In review", "Cleared", "Draft", "▌"),
    "post": ("HELD", "What goes out"),
    "compose": ("BLOCKED", "[x] dlt", "[ ] dlt-news"),
    "review": ("In review", "If you approve now", "Allowed"),
    "calendar": ("14*", "A"),
    "checklist": ("[ ]",),
    "audit": ("▌", "delivery failed"),
    "help": ("Keys: Queue", "enter"),
}
"""What tells the state on each screen where no colour does; of another screen at least where one is."""


@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["wide", "narrow"])
async def test_without_colour_every_screen_tells_its_state_in_words_and_draws_no_colour(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    """NO_COLOR: the terminal's own two colours, bold and reverse are all there is."""
    monkeypatch.setenv("NO_COLOR", "1")
    posts = desk.furnish()
    app = desk.app("bede", without_colour=True)
    async with app.run_test(notifications=True, size=size) as pilot:
        await settled(pilot)
        for name, way in ways():
            await visit(pilot, way, posts)
            screen = seen(app)
            number = getattr(app.screen, "NUMBER", 0)
            wanted = WORDS.get(name, (f"[{number} ",) if number else ())
            missing = [word for word in wanted if word not in screen]
            assert not missing, f"{name}: {missing}\n{screen}"
            coloured = {
                f"{segment.text.strip()!r}"
                for strip in app.screen._compositor.render_strips()
                for segment in strip
                if segment.style is not None
                for colour in (segment.style.color, segment.style.bgcolor)
                if colour is not None and not colour.is_default
            }
            assert not coloured, f"{name}: {coloured}"
    assert app.crash is None
