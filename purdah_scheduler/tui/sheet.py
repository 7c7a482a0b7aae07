"""Something to read in a box over the screen: it scrolls, and any other key closes it."""

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from purdah_scheduler.tui.dialogs import Box
from purdah_scheduler.tui.plain import says


class Sheet(Box[None]):
    """Something to read; any key but those that scroll closes it. `words` gives it for a width in cells."""

    def __init__(self, title: str, words: Callable[[int], Content]) -> None:
        super().__init__(title)
        self.words = words

    def compose_question(self) -> ComposeResult:
        """What there is to read, and how to leave."""
        with VerticalScroll(id="about", can_focus=False):
            yield Static(id="sheet")
        yield Static(says(("any key", "bold $key"), "  Back"), id="question")

    def on_resize(self) -> None:
        """Wrap for the width."""
        sheet = self.query_one("#sheet", Static)
        if sheet.size.width > 0:
            sheet.update(self.words(sheet.size.width))

    def on_mount(self) -> None:
        """The first words, once there is a width."""
        self.call_after_refresh(self.on_resize)

    def on_key(self, event: events.Key) -> None:
        """Scroll or leave."""
        event.stop()
        event.prevent_default()
        if not self.scrolls(event.key):
            self.dismiss(None)
