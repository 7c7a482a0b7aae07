"""The line in which a filter is typed: hidden until it is wanted, and what is wrong with it said below it."""

from collections.abc import Callable
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from purdah_scheduler.errors import BadInput, BadTime
from purdah_scheduler.tui.plain import plain


class FilterLine(Vertical):
    """A field for a filter. `read` makes of it what is wanted, or raises BadInput or BadTime with what is wrong.

    What is wanted is whatever `read` makes: the queue and the record have filters of their own.
    """

    class Filtered(Message):
        """A filter was typed that can be used."""

        def __init__(self, wanted: Any) -> None:
            super().__init__()
            self.wanted = wanted

    def __init__(self, read: Callable[[str], object], example: str) -> None:
        super().__init__()
        self.read = read
        self.example = example

    def compose(self) -> ComposeResult:
        """The field and the mistake."""
        yield Input(id="filter", placeholder=self.example)
        yield Static(id="mistake")

    @property
    def typing(self) -> bool:
        """Whether it is open."""
        return self.has_class("-open")

    def open(self, text: str) -> None:
        """Type, beginning with `text`."""
        self.add_class("-open")
        line = self.query_one("#filter", Input)
        line.value = text
        self.screen.set_focus(line)

    def leave(self) -> None:
        """Close it; the list stays as it was."""
        self.remove_class("-open", "-mistaken")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Use the filter, or say what is wrong with it."""
        event.stop()
        try:
            wanted = self.read(event.value)
        except (BadInput, BadTime) as fault:
            self.add_class("-mistaken")
            self.query_one("#mistake", Static).update(plain(str(fault), "$text-warning"))
            return
        self.leave()
        self.post_message(self.Filtered(wanted))

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong is being corrected."""
        event.stop()
        self.remove_class("-mistaken")
