"""The palette: every key of the screen as a command with its sentence."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from textual.app import SystemCommand
from textual.screen import Screen

from purdah_scheduler.tui import keys
from purdah_scheduler.tui.dimmed import do
from purdah_scheduler.tui.frame import FrameScreen


def commands_of(screen: Screen[Any], keymap: Mapping[str, str]) -> Iterable[SystemCommand]:
    """What can be done on this screen, by name, each with its key."""
    scope = screen.SCOPE if isinstance(screen, FrameScreen) else ""
    for key in (*keys.of(scope), *keys.of("app")):
        if key.id not in ("app.palette", *keys.HELP_IDS[1:]) and not key.id.startswith("move."):
            pressed = keys.shown(keymap.get(key.id, key.keys))
            yield SystemCommand(f"{key.words}  ({pressed})", key.tooltip, _starter(screen, key.action))


def _starter(screen: Screen[Any], action: str) -> Callable[[], None]:
    """Do the action on the screen when the palette is gone."""

    async def run() -> None:
        await do(screen, action)

    def start() -> None:
        screen.app.call_later(run)

    return start
