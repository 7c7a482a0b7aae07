"""The box that asks for a time: typed as people say it, read back whole, with what holds then and the next free slot."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from purdah_scheduler.domain.civiltime import format_local, parse_local
from purdah_scheduler.errors import BadTime, ProductError
from purdah_scheduler.tui.dialogs import Box, Fact
from purdah_scheduler.tui.plain import plain, says
from purdah_scheduler.tui.words import span


class AskTime(Box[datetime | None]):
    """A moment, typed as people say it and read back in full while it is typed. Enter gives it (UTC), Esc gives None.

    `note` says what holds at that moment, such as the verdict, and `slot` finds the next free slot after one and says what it
    passed over; both run in a thread.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", tooltip="Nothing is changed", id="dialog.cancel"),
        Binding("f6", "slot", "Next slot", tooltip="The next free slot, or the one after", id="dialog.slot", priority=True),
    ]

    class Noted(Message):
        """What holds at the moment that was typed."""

        def __init__(self, at: datetime, words: str) -> None:
            super().__init__()
            self.at = at
            self.words = words

    class Offered(Message):
        """The next free slot, or None, and what there is to say of it."""

        def __init__(self, at: datetime | None, words: str) -> None:
            super().__init__()
            self.at = at
            self.words = words

    def __init__(
        self,
        title: str,
        *,
        zone: ZoneInfo,
        now: Callable[[], datetime],
        text: str = "",
        lines: Sequence[Fact] = (),
        initial: str = "",
        note: Callable[[datetime], str] | None = None,
        slot: Callable[[datetime], tuple[datetime | None, str]] | None = None,
    ) -> None:
        super().__init__(title, text=text, lines=lines)
        self.zone = zone
        self.now = now
        self.initial = initial
        self.note = note
        self.slot = slot
        self.at: datetime | None = None

    def compose_question(self) -> ComposeResult:
        """The field, and what was read."""
        yield Static(plain("When? For example: tomorrow half past nine, fri 14:00, 14/4 9am, in 2 hours"), id="question")
        yield Input(value=self.initial, id="answer", select_on_focus=True)
        yield Static(id="echo")
        yield Static(id="note")
        yield Static(id="slot")
        slot = (("f6", "bold $key"), "  Next free slot      ") if self.slot is not None else ()
        yield Static(
            says(("enter", "bold $key"), "  Take this time      ", *slot, ("esc", "bold $key"), "  Cancel, nothing is changed"),
            id="ways",
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Read it back."""
        event.stop()
        self.at = None
        echo, note = self.query_one("#echo", Static), self.query_one("#note", Static)
        note.update("")
        if not event.value.strip():
            echo.update("")
            return
        now = self.now()
        try:
            self.at = parse_local(event.value, now=now, zone=self.zone).at
        except BadTime as fault:
            echo.update(plain(str(fault), "$text-warning"))
            return
        away = f"in {span(self.at - now)}" if self.at >= now else f"{span(now - self.at)} ago"
        echo.update(says((format_local(self.at, self.zone), "bold"), f"  ({away})"))
        if self.note is not None:
            self.run_worker(self._find_note(self.at, self.note), group="note", thread=True, exclusive=True, exit_on_error=False)

    def on_ask_time_noted(self, event: Noted) -> None:
        """Show it, unless something else was typed meanwhile."""
        event.stop()
        if event.at == self.at:
            self.query_one("#note", Static).update(plain(event.words))

    def action_slot(self) -> None:
        """The next free slot after the time that stands there, or after now."""
        if self.slot is not None:
            after = self.now() if self.at is None else max(self.at, self.now())
            find = self._find_slot(after, self.slot)
            self.run_worker(find, group="slot", thread=True, exclusive=True, exit_on_error=False)

    def on_ask_time_offered(self, event: Offered) -> None:
        """Put it into the field, and say what was passed over."""
        event.stop()
        if event.at is not None:
            self.query_one("#answer", Input).value = format_local(event.at, self.zone)
        self.query_one("#slot", Static).update(plain(event.words, "$text-warning"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the moment, if one was read."""
        event.stop()
        if self.at is not None:
            self.dismiss(self.at)

    def action_cancel(self) -> None:
        """Give nothing."""
        self.dismiss(None)

    def _find_slot(self, after: datetime, slot: Callable[[datetime], tuple[datetime | None, str]]) -> Callable[[], None]:
        def work() -> None:
            worker = get_current_worker()
            try:
                at, words = slot(after)
            except ProductError as fault:
                at, words = None, str(fault)
            if not worker.is_cancelled:
                self.post_message(self.Offered(at, words))

        return work

    def _find_note(self, at: datetime, note: Callable[[datetime], str]) -> Callable[[], None]:
        def work() -> None:
            worker = get_current_worker()
            try:
                words = note(at)
            except ProductError as fault:
                words = str(fault)
            if not worker.is_cancelled:
                self.post_message(self.Noted(at, words))

        return work
