"""The one key that stops all publishing, on every screen, and lets it go on again: each after a reason or a `y`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from purdah_scheduler.application import stopping
from purdah_scheduler.application.views import Status
from purdah_scheduler.tui.dialogs import AskText, Confirm
from purdah_scheduler.tui.frame import FrameScreen

if TYPE_CHECKING:
    from purdah_scheduler.tui.app import PurdahApp


class StopKey:
    """Part of the application: what `!` does."""

    def action_stop_or_resume(self) -> None:
        """Stop all publishing with a reason, or let it go on."""
        app = self._product
        status = app.status
        if status is not None and (status.stopped or any(not pause.account for pause in status.pauses)):
            app.push_screen(
                Confirm(
                    "Let publishing go on?",
                    lines=[("Stopped", line) for line in _stops(status)],
                    text="What was held meanwhile is not sent by this: each post waits for a new time.",
                    verb="Let it go on",
                ),
                lambda yes: self._resume() if yes else None,
            )
            return
        app.push_screen(
            AskText(
                "Stop all publishing",
                "Why? It stands on every screen and in the record.",
                text="Nothing is sent from any account, on any machine that shares this queue, until somebody lets it go on.",
            ),
            self._confirm_stop,
        )

    @property
    def _product(self) -> "PurdahApp":
        return cast("PurdahApp", self)

    def _confirm_stop(self, reason: str | None) -> None:
        if reason is None:
            return
        lines = [("Reason", reason), ("You", self._product.actor.person.name)]
        box = Confirm("Stop all publishing now?", lines=lines, verb="Stop everything")
        self._product.push_screen(box, lambda yes: self._stop(reason) if yes else None)

    def _stop(self, reason: str) -> None:
        app = self._product
        self._serve(lambda: stopping.pause(app.office, app.actor, reason=reason), "All publishing is stopped.")

    def _resume(self) -> None:
        app = self._product
        self._serve(lambda: stopping.resume(app.office, app.actor), "Publishing goes on.")

    def _serve(self, service: Callable[[], object], done: str) -> None:
        screen = self._product.screen
        if isinstance(screen, FrameScreen):
            screen.call(service, done)


def _stops(status: Status) -> list[str]:
    """What is stopped, by whom and why: in the queue, by the file of this machine, and single accounts, which stay stopped."""
    told = [f"everything, by {pause.person}: {pause.reason}" for pause in status.pauses if not pause.account]
    if status.stopped:
        told.append(f"everything, on this machine: {status.stopped}")
    return [*told, *(f"{pause.account} alone (stays stopped): {pause.reason}" for pause in status.pauses if pause.account)]
