"""A box with a command for a shell: what the interface does not do itself, for it loads no secrets and asks no platform."""

from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from purdah_scheduler.tui.clipboard import copy_out
from purdah_scheduler.tui.dialogs import Box
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.plain import plain, says


class CommandBox(Box[None]):
    """Shows a command; `hand_out` copies it too."""

    def __init__(self, title: str, command: str, *, text: str) -> None:
        super().__init__(title, text=text)
        self.command = command

    def compose_question(self) -> ComposeResult:
        """The command, and the way out."""
        yield Static(plain(self.command, "bold"), id="question")
        yield Static(says(("any key", "bold $key"), "  Close, nothing is changed"), id="ways")

    def on_key(self, event: events.Key) -> None:
        """Every key that does not scroll closes it."""
        event.stop()
        event.prevent_default()
        if not self.scrolls(event.key):
            self.dismiss(None)


def hand_out(screen: FrameScreen, title: str, command: str, text: str) -> None:
    """Show a command for a shell, and copy it."""
    screen.app.push_screen(CommandBox(title, command, text=text))
    copy_out(screen, command, "The command")
