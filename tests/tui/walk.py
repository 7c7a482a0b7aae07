"""A walk through every screen and the boxes that stand on them, for what must be true wherever somebody looks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from textual.pilot import Pilot

from purdah_scheduler.tui.app import PurdahApp
from tests.tui.seeing import settled, shows

Look = Callable[[str], Awaitable[None]]
"""What is done at each screen; it gets the name of the screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A screen: the keys that lead there from the one before, and words that it shows whatever is in the queue."""

    name: str
    keys: tuple[str, ...]
    words: tuple[str, ...]


SCREENS = (
    Stop(name="queue", keys=("1",), words=("Open posts", "Due", "State")),
    Stop(name="marks", keys=("space",), words=("1 marked",)),
    Stop(name="commands", keys=("U", "ctrl+p"), words=("Search for commands",)),
    Stop(name="jump mode", keys=("escape", "ctrl+o"), words=("a letter goes there",)),
    Stop(name="help", keys=("escape", "question_mark"), words=("Keys: Queue",)),
    Stop(name="review", keys=("escape", "3"), words=("for your decision",)),
    Stop(name="month", keys=("4",), words=("wk Mon", "* today")),
    Stop(name="what if", keys=("w",), words=("What if?", "Nothing is written")),
    Stop(name="imagined", keys=("e",), words=("IMAGINED",)),
    Stop(name="week", keys=("escape", "v"), words=("Week 16",)),
    Stop(name="list of the month", keys=("v",), words=("First day, from 00:00",)),
    Stop(name="checklist", keys=("v", "f"), words=("Checklist of the first day",)),
    Stop(name="periods", keys=("escape", "5"), words=("1 period", "General election 2026")),
    Stop(name="a new period", keys=("n",), words=("Declare a period",)),
    Stop(name="audit", keys=("escape", "6"), words=("Record", "newest first")),
    Stop(name="accounts", keys=("7",), words=("Accounts", "Sign-in")),
    Stop(name="daemon", keys=("8",), words=("Daemon", "Publishing", "Last 24 hours")),
    Stop(name="stop box", keys=("exclamation_mark",), words=("Stop all publishing",)),
)
"""Every screen that has a number, with what opens on it by one key. They begin at the queue and end there."""


async def walk(pilot: Pilot[Any], look: Look) -> None:
    """Stop at every screen, and be told there which one it is."""
    for stop in SCREENS:
        await pilot.press(*stop.keys)
        await shows(pilot, *stop.words)
        await settled(pilot)
        await look(stop.name)
    await pilot.press("escape", "1")
    await shows(pilot, *SCREENS[0].words)


async def walk_post(pilot: Pilot[Any], post: int, look: Look) -> None:
    """The same with every screen that shows one post, and the boxes of its series and of how it will be read."""
    app: PurdahApp = pilot.app  # type: ignore[assignment]  # every app here is ours
    app.open_post(post)
    for name, key, words in (
        ("post", "", "What goes out"),
        ("series", "o", "Repeat post"),
        ("comment", "escape,C", "Comment on post"),
    ):
        await pilot.press(*filter(None, key.split(",")))
        await settled(pilot)
        await shows(pilot, words)
        await look(name)
    await pilot.press("escape")
    app.review_post(post)
    await shows(pilot, "Classification")
    await settled(pilot)
    await look("review of a post")
    app.compose_post(post)
    for name, keys, words in (
        ("compose", (), "Accounts"),
        ("as read", ("f7",), "As its readers will see it"),
        ("kinds of post", ("escape", "f3"), "Kinds of post"),
    ):
        await pilot.press(*keys)
        await shows(pilot, words)
        await settled(pilot)
        await look(name)
    await pilot.press("escape", "escape", "escape", "escape")
    await settled(pilot)
