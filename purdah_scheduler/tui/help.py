"""Help: every key of the screen that asked, from the same table that binds them, with the ids for the configuration."""

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from purdah_scheduler.tui import keys
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.plain import says
from purdah_scheduler.tui.postwords import GAP, block, heading
from purdah_scheduler.tui.words import state_word

_TITLES = {
    "queue": "Queue",
    "post": "A post",
    "compose": "Compose",
    "review": "Review",
    "calendar": "Calendar",
    "checklist": "Checklist",
    "audit": "Audit",
    "people": "People",
}
_ABOUT = {
    "queue": "Every post that is open, due first. A filter takes words and state: account: author: from: to:, "
    "such as  state:held,failed from:14/4",
    "post": "Everything about one post. What cannot be done now is not offered.",
    "compose": "What you type is kept as a draft by itself; leaving loses nothing.",
    "review": "An approval is for exactly the text that was on the screen; an edit drops it.",
    "checklist": "What people do on the first or last day of a period. A tick is on record and sends, holds or unpins nothing.",
    "people": "Who may act. Nothing that a suspended person cleared counts, until somebody restores them.",
    "audit": "Every change, newest first, in a chain that shows what was altered. A filter takes words and "
    "person: action: post: from: to:, such as  person:bede action:decision",
    "calendar": "Each pre-election period has a letter and a band from its first to its last day.",
}
_SIGNS = (
    "draft",
    "in_review",
    "cleared",
    "scheduled",
    "published",
    "held",
    "missed",
    "failed",
    "unknown",
    "rejected",
    "withdrawn",
)


class HelpScreen(FrameScreen):
    """The keys of one screen."""

    SCOPE = "help"
    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("help")]

    def __init__(self, scope: str, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self.about = scope
        self.keymap = keymap

    def compose_body(self) -> ComposeResult:
        """The keys, what they do and their ids, on as few lines as can be read."""
        with VerticalScroll(id="help", can_focus=False):
            yield Static(self.words(), id="help-words")

    def action_scroll_text(self, lines: int) -> None:
        """Scroll by lines."""
        self.query_one("#help", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Scroll by a screenful."""
        whole = self.query_one("#help", VerticalScroll)
        whole.scroll_relative(y=pages * max(1, whole.size.height - 2), animate=False)

    def words(self) -> Content:
        """The whole help of the screen that asked."""
        lines = [heading(f"Keys: {_TITLES.get(self.about, 'everywhere')}"), says((_ABOUT.get(self.about, ""), "$quiet")), GAP]
        rows = (*keys.of(self.about), *keys.of("app"))
        for key in rows:
            pressed = " ".join(keys.names(self.keymap.get(key.id, key.keys)))
            lines.append(says((f"  {pressed:<12}", "bold $key"), f"{key.tooltip:<58}", (f"  {key.id}", "$quiet")))
        lines += [
            GAP,
            says(('The name at the right rebinds a key in the configuration:  [keymap]  "post.new" = "n,ctrl+n"', "$quiet")),
            GAP,
            heading("Signs"),
            says(*(part for state in _SIGNS for part in self._sign(state))),
            GAP,
            says(("Every one of these is a command too: purdah-scheduler --help", "$quiet")),
        ]
        return block(lines)

    @staticmethod
    def _sign(state: str) -> tuple[tuple[str, str], ...]:
        word = state_word(state)
        return ((f"  {word.sign} {word.word}", word.style),)
