"""Every text can be read by everybody: 7:1 on whatever ground a style sheet can put it, and nothing is told by colour alone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.color import Color
from textual.css.stylesheet import Stylesheet
from textual.theme import Theme

from purdah_scheduler import tui
from purdah_scheduler.tui import theme as themes

FOLDER = Path(str(tui.__file__)).parent
LEAST = 7.0
COLOURED = [themes.DARK, themes.LIGHT, themes.HIGH_CONTRAST]
OWN_GROUND = {ink for ink, _ in themes.BANDS}
"""Inks that stand on a ground of their own and nowhere else."""


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
