"""The three themes, with 7:1 contrast for every text on every ground, and the one without any colour."""

from collections.abc import Mapping
from typing import Any

from textual.app import App
from textual.color import Color
from textual.theme import Theme

PLAIN = "purdah-plain"
"""The theme for NO_COLOR: the terminal's own two colours, and nothing told by colour that is not told by a word."""

GROUNDS = ("background", "surface", "panel", "row")
"""The grounds that text stands on; `row` is the row under the cursor."""

INKS = ("foreground", "quiet", "text-success", "text-warning", "text-error", "key")
"""The inks that text is written in; `key` is that of keys and headings."""

BANDS = (("band-text", "band"), ("notice-text", "notice"))
"""Ink and ground of a period's band in the calendar, and of the notice line."""


def _theme(name: str, *, dark: bool, colours: Mapping[str, str]) -> Theme:
    ink, ground = colours["foreground"], colours["background"]
    variables = {
        **{key: value for key, value in colours.items() if key not in ("background", "surface", "panel", "foreground")},
        "text": ink,
        "text-muted": colours["quiet"],
        "text-disabled": colours["quiet"],
        "text-primary": colours["key"],
        "text-accent": colours["key"],
        "foreground-muted": colours["quiet"],
        "foreground-disabled": colours["quiet"],
        "border": colours["rule"],
        "border-blurred": colours["rule"],
        "block-cursor-background": colours["row"],
        "block-cursor-foreground": ink,
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": colours["row"],
        "block-cursor-blurred-foreground": ink,
        "block-hover-background": colours["row"],
        "input-cursor-background": ink,
        "input-cursor-foreground": ground,
        "input-selection-background": colours["row"],
        "input-selection-foreground": ink,
        "screen-selection-background": colours["row"],
        "screen-selection-foreground": ink,
        "scrollbar": colours["rule"],
        "scrollbar-hover": colours["quiet"],
        "scrollbar-active": colours["quiet"],
        "scrollbar-background": ground,
        "scrollbar-background-hover": ground,
        "scrollbar-background-active": ground,
        "scrollbar-corner-color": ground,
        "button-foreground": ink,
        "button-color-foreground": ground,
        "link-color": colours["key"],
        "link-color-hover": colours["key"],
        "link-background-hover": colours["row"],
    }
    return Theme(
        name=name,
        dark=dark,
        primary=colours["key"],
        secondary=colours["quiet"],
        accent=colours["key"],
        warning=colours["text-warning"],
        error=colours["text-error"],
        success=colours["text-success"],
        foreground=ink,
        background=ground,
        surface=colours["surface"],
        panel=colours["panel"],
        boost=colours["surface"],
        text_alpha=1.0,
        variables=variables,
    )


DARK = _theme(
    "purdah-dark",
    dark=True,
    colours={
        "background": "#10151b",
        "surface": "#161d25",
        "panel": "#1b232d",
        "row": "#1d3042",
        "foreground": "#e6eaee",
        "quiet": "#b4bec8",
        "text-success": "#97d9ab",
        "text-warning": "#f0cc80",
        "text-error": "#ffb3ab",
        "key": "#8ecbff",
        "rule": "#46525f",
        "band": "#4a2228",
        "band-text": "#ffdcd8",
        "notice": "#3d2f10",
        "notice-text": "#ffe3a8",
    },
)

LIGHT = _theme(
    "purdah-light",
    dark=False,
    colours={
        "background": "#ffffff",
        "surface": "#f6f7f9",
        "panel": "#eceff3",
        "row": "#d9e8fa",
        "foreground": "#14181d",
        "quiet": "#3e4751",
        "text-success": "#0a4a24",
        "text-warning": "#5c3600",
        "text-error": "#7e0f16",
        "key": "#0b3a74",
        "rule": "#a9b2bc",
        "band": "#f7d9d6",
        "band-text": "#5d0d12",
        "notice": "#fbe9c2",
        "notice-text": "#4d2d00",
    },
)

HIGH_CONTRAST = _theme(
    "high-contrast",
    dark=True,
    colours={
        "background": "#000000",
        "surface": "#000000",
        "panel": "#141414",
        "row": "#00345f",
        "foreground": "#ffffff",
        "quiet": "#e4e4e4",
        "text-success": "#9dffb4",
        "text-warning": "#ffe45c",
        "text-error": "#ffc4bf",
        "key": "#8fe4ff",
        "rule": "#d0d0d0",
        "band": "#5a0012",
        "band-text": "#ffffff",
        "notice": "#4a3800",
        "notice-text": "#ffffff",
    },
)

WITHOUT_COLOUR = Theme(
    name=PLAIN,
    ansi=True,
    primary="ansi_default",
    secondary="ansi_default",
    accent="ansi_default",
    warning="ansi_default",
    error="ansi_default",
    success="ansi_default",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        **dict.fromkeys(
            (
                *("quiet", "key", "rule", "row", "band", "band-text", "notice", "notice-text"),
                *("text", "text-muted", "text-success", "text-warning", "text-error", "text-primary", "text-accent"),
                *("ansi-background", "ansi-foreground", "border-blurred"),
            ),
            "ansi_default",
        ),
        "block-cursor-foreground": "ansi_default",
        "block-cursor-background": "ansi_default",
        "block-cursor-text-style": "bold reverse",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_default",
        "input-selection-foreground": "ansi_default",
        "screen-selection-background": "ansi_default",
        "screen-selection-foreground": "ansi_default",
    },
)

THEMES = (DARK, LIGHT, HIGH_CONTRAST, WITHOUT_COLOUR)


def put_on(app: App[Any], name: str) -> None:
    """Give one of the themes to an app that does not run yet: nothing is on view that would have to change.

    Setting `App.theme` has Textual read every style sheet three times more before the first screen.
    """
    for theme in THEMES:
        app.register_theme(theme)
    app.set_reactive(App.theme, name)
    app.set_class(app.current_theme.dark, "-dark-mode", update=False)
    app.set_class(not app.current_theme.dark, "-light-mode", update=False)
    app.stylesheet.set_variables(app.get_css_variables())


def colour(theme: Theme, name: str) -> Color:
    """A colour of a theme by the name that the style sheets use."""
    own = {"background": theme.background, "surface": theme.surface, "panel": theme.panel, "foreground": theme.foreground}
    value = own.get(name) or theme.variables[name]
    return Color.parse(value)


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(shade: Color) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (shade.r / 255, shade.g / 255, shade.b / 255)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
