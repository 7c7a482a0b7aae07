"""Keys that do nothing now say why in a line, and what would make them work."""

from typing import TYPE_CHECKING, Any, cast

from textual import events
from textual.screen import Screen

from purdah_scheduler.tui import key_table, keys

if TYPE_CHECKING:
    from purdah_scheduler.tui.app import PurdahApp


class Speaks(Screen[Any]):
    """A screen whose dimmed keys speak. A subclass gives the reason for each action that it dims."""

    def why_not(self, action: str) -> str:
        """Why this action cannot be done now and what would make it possible, in one line."""
        del action
        return "That cannot be done here now."

    def on_key(self, event: events.Key) -> None:
        """A key that nothing took: if it is dimmed, say why."""
        found = self.active_bindings.get(event.key)
        if found is not None and not found.enabled:
            self.explain(found.binding.action)

    def explain(self, action: str) -> None:
        """Say why an action of this screen, with its parameters, is not done."""
        cast("PurdahApp", self.app).say(self.why_not(action.partition("(")[0]))

    def key_of(self, name: str) -> str:
        """The key with this id, as people read it and as the configuration has it."""
        keymap = cast("PurdahApp", self.app).config.keymap
        return keys.shown(keymap.get(name, next(key.keys for key in key_table.KEYS if key.id == name)))


async def do(screen: Screen[Any], action: str) -> None:
    """Do what was asked for by a click or by its name, or say why it cannot be done."""
    if isinstance(screen, Speaks) and screen.check_action(action.partition("(")[0], ()) is None:
        screen.explain(action)
    else:
        await screen.run_action(action)
