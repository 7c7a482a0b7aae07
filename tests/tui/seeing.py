"""What is on the screen, as lines of text or with its colours, and waiting for it without guessing how long a thread takes."""

import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from rich.ansi import AnsiDecoder
from rich.console import Console
from rich.text import Text
from textual.app import App
from textual.pilot import Pilot

from purdah_scheduler.tui.app import PurdahApp

_PATIENCE = 60.0
"""Seconds that something is waited for: it comes at once where the machine has nothing else to do."""

_EVERY = 0.02


def picture(app: PurdahApp) -> list[str]:
    """The lines of the screen that are not empty. Reading the picture and not the widgets sees what a person sees."""
    return [line for _, line in sorted(drawn(app).items())]


def drawn(app: PurdahApp) -> dict[int, str]:
    """The same by the number of the line, from 0; those that are empty are left out."""
    lines = (line.replace("\xa0", " ").rstrip() for line in _exported(app, styles=False).split("\n"))
    return {number: line for number, line in enumerate(lines) if line}


def painted(app: App[Any]) -> list[Text]:
    """The lines of the screen with the colours and the weight that every part of them is painted in."""
    return list(AnsiDecoder().decode(_exported(app, styles=True)))


def _exported(app: App[Any], *, styles: bool) -> str:
    """The picture that Textual draws, as text: its SVG costs ten times as much and says no more."""
    with patch.object(Console, "export_svg", lambda console, **_: console.export_text(styles=styles)):
        return app.export_screenshot()


def seen(app: PurdahApp) -> str:
    """The whole screen as one text."""
    return "\n".join(picture(app))


async def until(pilot: Pilot[Any], holds: Callable[[], object], *, what: str = "") -> None:
    """Wait until something holds, a minute at most: threads answer when they answer."""
    ends = time.monotonic() + _PATIENCE
    while True:
        await pilot.pause(_EVERY)
        if holds():
            return
        if time.monotonic() > ends:
            raise AssertionError(f"it never came true: {what or holds}\n" + seen(pilot.app))  # type: ignore[arg-type]  # every app here is ours


async def shows(pilot: Pilot[Any], *words: str) -> str:
    """Wait until every one of these is on the screen; returns the screen."""
    app: PurdahApp = pilot.app  # type: ignore[assignment]  # every app here is ours
    await until(pilot, lambda: all(word in seen(app) for word in words), what=f"{words} on the screen")
    return seen(app)


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until every thread but the watch has answered and its answer is drawn."""
    for _ in range(3):
        await pilot.pause(0.01)
        while any(worker.is_running for worker in pilot.app.workers if worker.group != "watch"):
            await pilot.pause(0.01)
    await pilot.pause()


async def types(pilot: Pilot[Any], text: str) -> None:
    """Type into the field that has focus."""
    names = {" ": "space", ":": "colon", "/": "slash", "-": "minus", ".": "full_stop", ",": "comma", "+": "plus"}
    await pilot.press(*(names.get(char, char) for char in text))


def listening(app: PurdahApp) -> list[str]:
    """What the interface says from now on, each whole: on a narrow screen its words are on several lines."""
    heard: list[str] = []
    say = app.say

    def hear(words: str) -> None:
        heard.append(words)
        say(words)

    app.say = hear  # type: ignore[method-assign]  # it still says it
    return heard


async def tells(pilot: Pilot[Any], heard: list[str], words: str) -> None:
    """Wait until something was said with these words in it."""
    await until(pilot, lambda: any(words in one for one in heard), what=f"{words!r} in {heard}")
