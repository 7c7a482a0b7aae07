"""The offer of words that were typed and never saved."""

from enum import StrEnum

from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from purdah_scheduler.tui.dialogs import Box, Fact
from purdah_scheduler.tui.plain import says


class Choice(StrEnum):
    """What a person does with words that were not saved."""

    GO_ON = "go on"
    THROW_AWAY = "throw away"
    LEAVE = "leave"


class Offer(Box[Choice]):
    """Words that were kept: go on with them, throw them away, or leave them where they are."""

    def __init__(self, text: str, lines: list[Fact]) -> None:
        super().__init__("Words that were not saved", text=text, lines=lines)

    def compose_question(self) -> ComposeResult:
        """The three ways."""
        yield Static(
            says(
                ("y", "bold $key"),
                "  Go on with them   ",
                ("D", "bold $key"),
                "  Throw them away   ",
                ("any other key", "bold $key"),
                "  Leave them",
            ),
            id="question",
        )

    def on_key(self, event: events.Key) -> None:
        """Only a capital D throws anything away."""
        event.stop()
        event.prevent_default()
        if not self.scrolls(event.key):
            ways = {"y": Choice.GO_ON, "D": Choice.THROW_AWAY}
            self.dismiss(ways.get(event.character or "", Choice.LEAVE))
