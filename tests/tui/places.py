"""Every screen and box of the interface, opened one after the other: for what must hold of all of them."""

from collections.abc import Callable, Iterator, Mapping

from textual.pilot import Pilot

from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.ask_time import AskTime
from purdah_scheduler.tui.checklist import ChecklistScreen
from purdah_scheduler.tui.dialogs import AskDay, AskText, Confirm
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.plain import says
from purdah_scheduler.tui.sheet import Sheet
from tests.tui.conftest import NOW
from tests.tui.seeing import settled, until
from tests.tui.test_keys import SCREENS

Posts = Mapping[str, int]
Way = Callable[[PurdahApp, Posts], object]

_WAYS: Mapping[str, Way] = {
    "post": lambda app, posts: app.open_post(posts["funding"]),
    "compose": lambda app, posts: app.compose_post(posts["draft"]),
    "review": lambda app, posts: app.review_post(posts["review"]),
    "checklist": lambda app, posts: app.push_screen(ChecklistScreen("ge-2026")),
    "help": lambda app, posts: app.action_help(),
}
"""How a screen is opened that is not gone to by its name."""

_LINES = [("To", "dlt"), ("Due", "Tue 14 Apr 2026 11:42 BST")]
BOXES: Mapping[str, Way] = {
    "a yes": lambda app, posts: app.push_screen(Confirm("Cancel post 1?", text="Words.", lines=_LINES, verb="Cancel the post")),
    "a text": lambda app, posts: app.push_screen(AskText("Hold post 1", "Why?", text="Words.", lines=_LINES, hint="A hint")),
    "a time": lambda app, posts: app.push_screen(
        AskTime("Move post 1", zone=london(), now=lambda: NOW, text="Words.", initial="tomorrow 9am", note=lambda at: "Allowed.")
    ),
    "a day": lambda app, posts: app.push_screen(AskDay(zone=london(), now=lambda: NOW)),
    "a sheet": lambda app, posts: app.push_screen(Sheet("Checks", lambda width: says("Words."))),
    "the palette": lambda app, posts: app.action_command_palette(),
}
"""Boxes that stand over a screen."""


def ways() -> Iterator[tuple[str, Way]]:
    """Every screen and box by its name."""
    for scope in SCREENS:
        yield scope, _WAYS.get(scope, _by_name(scope))
    yield from BOXES.items()


async def visit(pilot: Pilot[None], way: Way, posts: Posts) -> None:
    """Open it from the queue, and wait until it has its data."""
    app = pilot.app
    assert isinstance(app, PurdahApp)
    while len(app.screen_stack) > 1:
        await app.pop_screen()
    app.action_go("queue")
    while len(app.screen_stack) > 1:
        await app.pop_screen()
    await until(pilot, lambda: isinstance(app.screen, FrameScreen) and app.screen.alive)
    way(app, posts)
    await settled(pilot)


def _by_name(scope: str) -> Way:
    return lambda app, posts: app.action_go(scope)
