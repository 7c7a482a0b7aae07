"""A box that asks for several things at once, one line each: enter goes to the next and gives them after the last."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Static

from purdah_scheduler.errors import BadInput, BadTime
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.dialogs import Box, Fact
from purdah_scheduler.tui.plain import plain, says

Answers = Mapping[str, str]
"""What was typed, without the spaces around it, by the name of its field."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One line to fill in: its name, what it is called, and what stands there at first or, dimmed, as an example."""

    name: str
    label: str
    initial: str = ""
    example: str = ""


class AskFields(Box[Answers | None]):
    """Several lines to fill in. `check` raises BadInput or BadTime for answers that cannot be used; Esc gives None.

    `read_first`: nothing is given before the whole text has been on the screen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", tooltip="Nothing is changed", id="dialog.cancel")
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        *,
        check: Callable[[Answers], object],
        verb: str,
        text: str = "",
        lines: Sequence[Fact] = (),
        read_first: bool = False,
    ) -> None:
        super().__init__(title, text=text, lines=lines)
        self.read_first = read_first
        self.fields = tuple(fields)
        self.check = check
        self.verb = verb

    def compose_question(self) -> ComposeResult:
        """A line for each field, and what is wrong with what was typed."""
        wide = max(len(field.label) for field in self.fields) + 2
        for field in self.fields:
            with Horizontal(classes="field"):
                label = Static(plain(field.label), classes="label")
                label.styles.width = wide
                yield label
                yield Input(value=field.initial, placeholder=field.example, id=field.name, compact=True)
        yield Static(id="echo")
        yield Static(
            says(
                *(("enter", "bold $key"), "  Next line, then ", (self.verb, "bold"), "      "),
                *(("esc", "bold $key"), "  Cancel"),
            ),
            id="ways",
        )

    def on_mount(self) -> None:
        """Begin with the first."""
        if self.read_first:
            about = self.query_one("#about", VerticalScroll)
            self.watch(about, "scroll_y", self._look, init=False)
            self.watch(about, "virtual_size", self._look, init=False)
            self.call_after_refresh(self._look)
        self.set_focus(self.query_one(f"#{self.fields[0].name}", Input))

    def on_key(self, event: events.Key) -> None:
        """The arrows go from line to line, and scroll the text where there is more of it than fits."""
        if event.key in ("pageup", "pagedown") and self.scrolls(event.key):
            event.stop()
        elif event.key in ("up", "down"):
            event.stop()
            if event.key == "up":
                self.focus_previous(Input)
            else:
                self.focus_next(Input)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The next line; after the last, give all of them if they can be used."""
        event.stop()
        if event.input.id != self.fields[-1].name:
            self.focus_next(Input)
            return
        if self.read_first:
            self.query_one("#echo", Static).update(plain("Read to the end of the text first: PgDn.", "$text-warning"))
            return
        answers = {field.name: self.query_one(f"#{field.name}", Input).value.strip() for field in self.fields}
        try:
            self.check(answers)
        except (BadInput, BadTime) as fault:
            self.query_one("#echo", Static).update(plain(str(fault), "$text-warning"))
            return
        self.dismiss(answers)

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong is being corrected."""
        event.stop()
        self.query_one("#echo", Static).update("")

    def _look(self) -> None:
        """The end of the text has been on the screen once there is nothing below it."""
        about = self.query_one("#about", VerticalScroll)
        if about.size.height and about.scroll_offset.y >= about.max_scroll_y:
            self.read_first = False

    def action_cancel(self) -> None:
        """Give nothing."""
        self.dismiss(None)
