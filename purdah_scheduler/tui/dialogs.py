"""The questions that the interface asks: a yes, a text, a time. The key that confirms is never the key that asked."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import ClassVar, Generic, TypeVar
from zoneinfo import ZoneInfo

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from purdah_scheduler.domain.civiltime import format_day
from purdah_scheduler.domain.named_days import read_day
from purdah_scheduler.errors import BadTime
from purdah_scheduler.tui.leaving import LeavesOnce
from purdah_scheduler.tui.loud import LoudWorkers
from purdah_scheduler.tui.plain import plain, says
from purdah_scheduler.tui.resizing import OutlivesResizing

Fact = tuple[str, str]
"""A label and what it says, both as people wrote them."""

Result = TypeVar("Result")


def facts(lines: Sequence[Fact]) -> Content:
    """Labels and what they say, in two columns."""
    width = max((len(label) for label, _ in lines), default=0)
    return Content("\n").join([says((f"{label:<{width}}  ", "$quiet"), said.replace("\n", " ")) for label, said in lines])


class Box(LoudWorkers, OutlivesResizing, LeavesOnce[Result], ModalScreen[Result], Generic[Result]):
    """A box over the screen: a title, the text and facts it is about, and what the keys do."""

    CSS_PATH = "dialogs.tcss"
    SCROLLS: ClassVar[dict[str, str]] = {
        "up": "scroll_up",
        "down": "scroll_down",
        "pageup": "scroll_page_up",
        "pagedown": "scroll_page_down",
        "home": "scroll_home",
        "end": "scroll_end",
    }

    def __init__(self, title: str, *, text: str = "", lines: Sequence[Fact] = ()) -> None:
        super().__init__()
        self.heading = title
        self.text = text
        self.lines = tuple(lines)

    def compose(self) -> ComposeResult:
        """The box."""
        with Vertical(id="box"):
            yield Static(plain(self.heading, "bold"), id="heading")
            if self.text:
                with VerticalScroll(id="about", can_focus=False):
                    yield Static(plain(self.text))
            if self.lines:
                yield Static(facts(self.lines), id="facts")
            yield from self.compose_question()

    def compose_question(self) -> ComposeResult:
        """What is asked, below what it is about."""
        yield from ()

    def scrolls(self, key: str) -> bool:
        """Scroll the text by this key, where there is more of it than fits. Whether it did."""
        for about in self.query("#about").results(VerticalScroll):
            if key in self.SCROLLS and about.max_scroll_y > 0:
                getattr(about, self.SCROLLS[key])(animate=False)
                return True
        return False


class Confirm(Box[bool]):
    """A yes or no: `y` says yes, every other key says no. `verb` completes "y  …"."""

    def __init__(self, title: str, *, text: str = "", lines: Sequence[Fact] = (), verb: str = "Yes") -> None:
        super().__init__(title, text=text, lines=lines)
        self.verb = verb

    def compose_question(self) -> ComposeResult:
        """The two keys, which can be clicked too."""
        yield Static(
            says(("y", "bold $key"), f"  {self.verb}      ", ("any other key", "bold $key"), "  Cancel, nothing is changed"),
            id="question",
        )

    def on_key(self, event: events.Key) -> None:
        """Everything but `y` and scrolling is a no."""
        event.stop()
        event.prevent_default()
        if not self.scrolls(event.key):
            self.dismiss(event.key == "y")


class AskText(Box[str | None]):
    """A text of one line, such as a reason. Enter gives it, Esc gives None. `needed`: an empty one is not taken."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", tooltip="Nothing is changed", id="dialog.cancel")
    ]

    def __init__(
        self,
        title: str,
        question: str,
        *,
        text: str = "",
        lines: Sequence[Fact] = (),
        initial: str = "",
        hint: str = "",
        needed: bool = True,
        at_least: int = 1,
    ) -> None:
        super().__init__(title, text=text, lines=lines)
        self.question = question
        self.initial = initial
        self.hint = hint
        self.at_least = at_least if needed else 0

    def compose_question(self) -> ComposeResult:
        """The question and its field."""
        yield Static(plain(self.question), id="question")
        yield Input(value=self.initial, id="answer", select_on_focus=False)
        yield Static(plain(self.hint, "$quiet"), id="echo")
        yield Static(
            says(("enter", "bold $key"), "  Go on      ", ("esc", "bold $key"), "  Cancel, nothing is changed"), id="ways"
        )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the answer, if it is one."""
        event.stop()
        answer = event.value.strip()
        if len(answer) < self.at_least:
            wanted = "It needs a few words." if self.at_least <= 1 else f"It needs at least {self.at_least} characters."
            self.query_one("#echo", Static).update(plain(wanted, "$text-warning"))
            return
        self.dismiss(answer)

    def action_cancel(self) -> None:
        """Give nothing."""
        self.dismiss(None)


class AskDay(Box[date | None]):
    """A day to look at, typed as people say it and read back while it is typed. Enter gives it, Esc gives None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", tooltip="Nothing is changed", id="dialog.cancel")
    ]

    def __init__(self, *, zone: ZoneInfo, now: Callable[[], datetime]) -> None:
        super().__init__("Go to a date")
        self.zone = zone
        self.now = now
        self.day: date | None = None

    def compose_question(self) -> ComposeResult:
        """The field, and what was read."""
        yield Static(plain("Which day? For example: fri, 14 apr, first monday in march, +2w, may 2027"), id="question")
        yield Input(id="answer")
        yield Static(id="echo")
        yield Static(
            says(("enter", "bold $key"), "  Go there      ", ("esc", "bold $key"), "  Stay, nothing is changed"), id="ways"
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Read it back."""
        event.stop()
        self.day = None
        words = Content("")
        if event.value.strip():
            try:
                self.day = read_day(event.value, now=self.now(), zone=self.zone)
                words = plain(format_day(self.day), "bold")
            except BadTime as fault:
                words = plain(str(fault), "$text-warning")
        self.query_one("#echo", Static).update(words)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the day, if one was read."""
        event.stop()
        if self.day is not None:
            self.dismiss(self.day)

    def action_cancel(self) -> None:
        """Give nothing."""
        self.dismiss(None)
