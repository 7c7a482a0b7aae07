"""A page of the welcome: its words, one field or list at most, a sentence below them, and the keys that work."""

from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import get_current_worker

from purdah_scheduler.errors import ProductError
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.loud import LoudWorkers
from purdah_scheduler.tui.path_field import completed
from purdah_scheduler.tui.plain import plain, says

Answer = TypeVar("Answer")


def way(key: str, what: str, more: str, command: str) -> Content:
    """One thing that can be done: its key, what it is, and the command that does the same."""
    line = says("  ", (key, "bold $key"), "  ", (what, "bold"), f":  {more}\n" if more else "\n")
    return Content.assemble(line, says((f"     {command}\n", "$key"))) if command else line


class Page(LoudWorkers, Screen[None]):
    """One page. A subclass gives its words and bindings; with `ASKS` it has a field, with `choices` a list."""

    ASKS: ClassVar[str] = ""

    class Answered(Message):
        """What was begun in a thread is done."""

        def __init__(self, then: Callable[[], object]) -> None:
            super().__init__()
            self.then = then

    def __init__(self, choices: Sequence[str] = ()) -> None:
        super().__init__()
        self.choices = tuple(choices)
        self.busy = False

    def words(self) -> Content:
        """What the page says."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The page and its keys."""
        with VerticalScroll(id="welcome", can_focus=not self.ASKS and not self.choices):
            yield Static(self.words(), id="words")
            if self.ASKS:
                yield Input(id="answer", placeholder=self.ASKS)
            if self.choices:
                yield OptionList(*(Option(plain(choice)) for choice in self.choices), compact=True, id="choices")
            yield Static(id="said")
        own = [binding for binding in type(self).BINDINGS if isinstance(binding, Binding)]
        shown = [part for one in own for part in ((keys.shown(one.key), "bold $key"), f" {one.description}   ")]
        yield Static(says(*shown), id="ways")

    def say(self, words: str, style: str = "$quiet") -> None:
        """A sentence below the words."""
        self.query_one("#said", Static).update(plain(words, style))

    def refuse(self, fault: ProductError) -> None:
        """What could not be done, and what to do next."""
        self.busy = False
        self.say(str(fault), "$text-warning")

    def begin(self, service: Callable[[], Answer], then: Callable[[Answer], object]) -> None:
        """Do something in a thread, once at a time, and `then` in the event loop; a refusal is said in its words."""
        if self.busy:
            return
        self.busy = True

        def run() -> None:
            worker = get_current_worker()
            try:
                answer = service()
            except ProductError as fault:
                refusal = fault
                self.post_message(self.Answered(lambda: self.refuse(refusal)))
                return
            if not worker.is_cancelled:
                self.post_message(self.Answered(lambda: then(answer)))

        self.run_worker(run, thread=True, exit_on_error=False)

    def on_page_answered(self, event: Answered) -> None:
        """Finish in the event loop."""
        event.stop()
        if self.is_attached:
            event.then()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The field was given."""
        event.stop()
        self.take(event.value)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """An entry of the list was given."""
        event.stop()
        self.chosen(event.option_index)

    def take(self, typed: str) -> None:
        """What was typed into the field."""
        del typed

    def chosen(self, place: int) -> None:
        """The entry of the list that was chosen."""
        del place

    def action_go_on(self) -> None:
        """Enter: what the field or the list would do with it."""
        for field in self.query(Input):
            self.take(field.value)
        for chooser in self.query(OptionList):
            self.chosen(chooser.highlighted or 0)

    def action_complete(self) -> None:
        """Complete the path in the field, and show what there is to choose from."""
        for field in self.query(Input):
            path, choices = completed(field.value)
            field.value = path
            field.cursor_position = len(path)
            self.say("   ".join(choices))

    def action_back(self) -> None:
        """One step back."""
        self.app.pop_screen()
