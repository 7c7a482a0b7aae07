"""Screens that leave once: Textual's `dismiss` takes away whatever is on top, so a second call would take another screen."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen

Result = TypeVar("Result")


class LeavesOnce(Screen[Result]):
    """A screen that goes when it is told to, and only itself: at once when it is on top, else when it comes to the top again."""

    farewell: Callable[[], AwaitComplete] | None = None

    def keep_now(self) -> bool:
        """Keep at once what was typed and is not saved: the interface is about to end. Whether there was anything."""
        return False

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Leave with a result. Told again after it has left, it does nothing; beneath another screen it waits its turn."""
        if self.is_active:
            return super().dismiss(result)
        if self in self.app.screen_stack and self.farewell is None:
            self.farewell = partial(self.dismiss, result)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        """On top again: leave if that was asked for meanwhile."""
        if self.farewell is not None:
            self.farewell()
