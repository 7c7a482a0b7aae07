"""What a window that changes its size takes away, and what is given back: the drawing, and the focus of a field."""

from typing import Any

from textual import events
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

_REST_SECONDS = 0.05
"""How long a window has kept its size before focus is given back: what it hid is told meanwhile that it is hidden."""


class OutlivesResizing(Screen[Any]):
    """A screen that is whole again after its window was dragged, with focus where it was.

    Textual takes focus from whatever a small window leaves no room for, and draws nothing anew in a window that has its former
    size again within a moment, although the terminal has lost what it cut off.
    """

    had_focus: Widget | None = None
    _giving_back: Timer | None = None

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remember what has focus."""
        self.had_focus = event.widget

    def on_resize(self) -> None:
        """Draw everything; give focus back once the window is still."""
        self.refresh()
        self._give_back_soon()

    def _give_back_soon(self) -> None:
        if self._giving_back is not None:
            self._giving_back.stop()
        self._giving_back = self.set_timer(_REST_SECONDS, self._give_back)

    def _give_back(self) -> None:
        widget = self.had_focus
        if self.focused is not None or widget is None or not widget.is_attached or not widget.focusable:
            return
        if all(node.display for node in widget.ancestors_with_self if isinstance(node, Widget)):
            self.set_focus(widget)
        elif not (self.has_class("-tiny") or self.has_class("-short")):
            self._give_back_soon()  # it is about to be shown again
