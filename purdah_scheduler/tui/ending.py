"""How the interface ends when nobody left it: told by a signal, by a fault of its own, or because its terminal has gone."""

import asyncio
import os
import signal
import sys

from rich.console import RenderableType
from textual.app import App

from purdah_scheduler.tui.leaving import LeavesOnce

_TOLD_BY = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)

_LOOK_SECONDS = 2.0
"""How often the terminal is looked for."""


class Ending(App[None], inherit_bindings=False):
    """An application that keeps what is typed and leaves the terminal whole, whatever ends it.

    `crash` is the fault to tell once the terminal is whole again.
    """

    crash: BaseException | None = None
    had_terminal = False

    def heed(self) -> None:
        """From now on signals are obeyed, and it is noticed when the terminal goes. Without a driver of its own nothing is."""
        if self.is_headless:
            return
        loop = asyncio.get_running_loop()
        for number in _TOLD_BY:
            loop.add_signal_handler(number, self._end_by, number)
        self.had_terminal = _has_terminal()
        if self.had_terminal:
            self.set_interval(_LOOK_SECONDS, self._look_for_terminal)

    def panic(self, *renderables: RenderableType) -> None:
        """Keep the fault for whoever started the interface, and end without printing anything.

        What Textual would print are the values of local variables, and so the text of posts. Where no fault is being handled
        its thread that reads the keys has failed: the terminal has gone.
        """
        del renderables
        fault = sys.exc_info()[1]
        if fault is None and self.return_code is None:
            self._end_by(signal.SIGHUP)
            return
        self.crash = self.crash or fault
        super().panic()

    def _fatal_error(self) -> None:
        """A fault of the program. Textual has no public hook for this; its own answer takes seconds and prints variables.

        A test in a real terminal notices when this name is no longer asked.
        """
        self.panic()

    def _end_by(self, number: signal.Signals) -> None:
        """What is typed is kept before anything else: a terminal that has gone may take no more."""
        for screen in self.screen_stack:
            if isinstance(screen, LeavesOnce):
                screen.keep_now()
        if self.had_terminal and not _has_terminal():
            # Textual would draw a farewell: the thread that writes has failed, and its queue takes no more than thirty lines.
            os._exit(128 + number)
        self.exit(return_code=128 + number)

    def _look_for_terminal(self) -> None:
        """One that has gone without a signal is a hang-up too: reading it would answer nothing, at once and for ever."""
        if not _has_terminal():
            self._end_by(signal.SIGHUP)


def _has_terminal() -> bool:
    return sys.__stdin__ is not None and sys.__stdin__.isatty()
