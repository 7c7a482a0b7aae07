"""The fields of compose: a text area that shows hidden characters, one-line fields, tick boxes, and rows with a label."""

import unicodedata
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from purdah_scheduler.domain.reveal import reveal
from purdah_scheduler.tui.plain import says

_HIDDEN = "\N{WHITE VERTICAL RECTANGLE}"


def mask(line: str) -> str:
    """A line with one visible sign in the place of each hidden character, so that the cursor stays on the right one.

    The names of the characters stand in the checks; a line that hides nothing is left as it is.
    """
    return line if reveal(line) == line else "".join(map(_masked, line))


def _masked(char: str) -> str:
    if unicodedata.category(char) in ("Mn", "Me"):
        return char
    shown = reveal(char, keep_newlines=False)
    return shown if len(shown) == 1 else _HIDDEN


class WordsArea(TextArea):
    """The words of a post."""

    def get_line(self, line_index: int) -> Text:
        """A line as it may be put on the screen."""
        return Text(mask(self.document.get_line(line_index)), end="", no_wrap=True)


class Field(Input):
    """A field of one line; what is hidden in its text is written out as soon as it stands in it."""

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - the name that Textual gives it
        placeholder: str = "",
        value: str = "",
        suggester: Suggester | None = None,
        classes: str = "",
    ) -> None:
        super().__init__(
            value=value,
            id=id,
            placeholder=placeholder,
            suggester=suggester,
            classes=classes,
            compact=True,
            select_on_focus=False,
        )

    def validate_value(self, value: str) -> str:
        """Textual asks this of every new value, pasted ones included."""
        return reveal(value, keep_newlines=False)


class Tick(Widget, can_focus=True):
    """A box to tick: `[x]` or `[ ]` and what it says, which no colour needs to tell."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "tick", "Tick", tooltip="Tick or untick", id="field.tick", show=False)
    ]
    ticked: reactive[bool] = reactive(False)
    said: reactive[str] = reactive("", layout=True)

    class Changed(Message):
        """It was ticked or unticked."""

        def __init__(self, tick: "Tick") -> None:
            super().__init__()
            self.tick = tick

    def __init__(self, said: str, *, name: str, ticked: bool = False, classes: str = "") -> None:
        super().__init__(name=name, classes=classes)
        self.label = said
        self.set_reactive(Tick.said, said)
        self.set_reactive(Tick.ticked, ticked)

    def render(self) -> Content:
        """The box and its words."""
        return says(("[x]" if self.ticked else "[ ]", "bold $key" if self.ticked else "$quiet"), f" {self.said}")

    def action_tick(self) -> None:
        """The other way."""
        self.ticked = not self.ticked
        self.post_message(self.Changed(self))

    def on_click(self) -> None:
        """The same with the mouse."""
        self.action_tick()


class Row(Horizontal):
    """A label and its fields on one line."""

    def __init__(self, label: str, *fields: Widget, id: str | None = None) -> None:  # noqa: A002 - the name that Textual gives it
        super().__init__(id=id, classes="row")
        self.label = label
        self.fields = fields

    def compose(self) -> ComposeResult:
        """Label first."""
        yield Static(says((self.label, "$quiet")), classes="label")
        yield from self.fields


class Tight(Row):
    """A row that belongs to the one below it."""
