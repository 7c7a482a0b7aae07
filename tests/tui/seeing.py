"""What is on the screen, as lines of text, and waiting for it without guessing how long a thread takes."""

import html
import re
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

from purdah_scheduler.tui.app import PurdahApp

_TEXT = re.compile(r'<text class="[^"]*r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>')
_CELL = 12.2
"""The width of a cell in the picture that Textual draws."""


_FIRST, _LINE = 20.0, 24.4
"""Where its first line stands in that picture, and how high each is."""


def picture(app: PurdahApp) -> list[str]:
    """The lines of the screen that are not empty. Reading the picture and not the widgets sees what a person sees."""
    return [line for _, line in sorted(drawn(app).items())]


def drawn(app: PurdahApp) -> dict[int, str]:
    """The same by the number of the line, from 0; those that are empty are left out."""
    lines: dict[int, list[str]] = {}
    for x, y, text in _TEXT.findall(app.export_screenshot(simplify=False)):
        column = round(float(x) / _CELL)
        row = lines.setdefault(round((float(y) - _FIRST) / _LINE), [])
        row.extend([" "] * (column - len(row)))
        row[column : column + len(text)] = list(html.unescape(text).replace("\xa0", " "))
    return {number: "".join(row).rstrip() for number, row in lines.items()}


def seen(app: PurdahApp) -> str:
    """The whole screen as one text."""
    return "\n".join(picture(app))


async def until(pilot: Pilot[Any], holds: Callable[[], object], *, what: str = "") -> None:
    """Wait until something holds, five seconds at most: threads answer when they answer."""
    for _ in range(250):
        await pilot.pause(0.02)
        if holds():
            return
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
