"""The box that verifies the record: beside a checkpoint if one is given, with how far it is, and what was found in words."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from purdah_scheduler.application.office import Office
from purdah_scheduler.application.verifying import WHAT_NEXT, Verified, verify_record
from purdah_scheduler.errors import ProductError, TryAgain
from purdah_scheduler.kept_checkpoints import read_kept
from purdah_scheduler.tui.dialogs import Box
from purdah_scheduler.tui.plain import plain, says


class VerifyBox(Box[Verified | None]):
    """Verifies when enter is pressed, and once more when it is pressed again; gives what was found last, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", tooltip="Back to the record", id="dialog.cancel")
    ]

    class Told(Message):
        """How far it is, or how it ended; `run` is which of the verifyings it is about."""

        def __init__(self, run: int, *, walked: int = 0, found: Verified | None = None, fault: str = "") -> None:
            super().__init__()
            self.run = run
            self.walked = walked
            self.found = found
            self.fault = fault

    def __init__(self, office: Office, total: int) -> None:
        super().__init__("Verify the record")
        self.office = office
        self.total = total
        self.run_number = 0
        self.verified: Verified | None = None

    def compose_question(self) -> ComposeResult:
        """What it is compared with, and what was found."""
        asked = "Compare it with a checkpoint that was kept elsewhere: paste the line, name a file, or type  journal."
        yield Static(plain(asked), id="question")
        yield Input(id="answer", placeholder="empty: with nothing; then a record that was rewritten whole would not show")
        yield Static(id="echo")
        yield Static(says(("enter", "bold $key"), "  Verify      ", ("esc", "bold $key"), "  Close"), id="ways")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Verify, in a thread."""
        event.stop()
        self.run_number += 1
        self._say("Verifying…")
        work = self._verify(event.value, self.run_number)
        self.run_worker(work, group="verify", thread=True, exclusive=True, exit_on_error=False)

    def on_verify_box_told(self, event: Told) -> None:
        """Say how far it is, or what was found."""
        event.stop()
        if event.run != self.run_number:
            return
        if event.fault:
            self._say(event.fault, "$text-warning")
        elif event.found is not None:
            self.verified = event.found
            lines = [*event.found.words(), *([WHAT_NEXT] if event.found.problem else [])]
            self._say("\n".join(lines), "bold $text-error" if event.found.problem else "")
        else:
            self._say(f"Verifying… {event.walked:,} of {max(self.total, event.walked):,} entries")

    def action_close(self) -> None:
        """Back, with what was found last."""
        self.dismiss(self.verified)

    def _say(self, words: str, style: str = "") -> None:
        self.query_one("#echo", Static).update(plain(words, style))

    def _verify(self, typed: str, run: int) -> Callable[[], None]:
        def work() -> None:
            worker = get_current_worker()

            def told(walked: int) -> None:
                if worker.is_cancelled:
                    raise TryAgain("The verifying was left.")
                self.post_message(self.Told(run, walked=walked))

            try:
                ended = self.Told(run, found=verify_record(self.office, read_kept(typed), told=told))
            except ProductError as fault:
                ended = self.Told(run, fault=str(fault))
            if not worker.is_cancelled:
                self.post_message(ended)

        return work
