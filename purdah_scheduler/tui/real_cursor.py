"""The terminal's own cursor, on what has focus: where a braille display or a screen reader looks."""

import sys
from typing import TYPE_CHECKING, Protocol, cast

from textual import events
from textual.driver import Driver
from textual.geometry import Offset
from textual.widget import Widget
from textual.widgets import OptionList

if TYPE_CHECKING:
    from textual.screen import Screen

    from purdah_scheduler.tui.app import PurdahApp

_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"
_QUESTIONS = ("#question", "#heading", "#words", "#body")
"""What a screen without focus is about, the most pressing first."""


class Field(Protocol):
    """What letters are typed into: of Textual's own, Input and TextArea, which is loaded by whoever has one."""

    cursor_blink: bool

    @property
    def cursor_screen_offset(self) -> Offset:
        """The cell in which the next letter will stand."""


def field_of(widget: Widget | None) -> Field | None:
    """The widget if letters are typed into it."""
    return cast(Field, widget) if hasattr(widget, "cursor_blink") else None


class RealCursor:
    """Part of the application: in accessible mode the cursor of the terminal is seen, and is on what has focus.

    Textual puts the cursor at `cursor_position` with each frame; in every other mode it hides it.
    """

    typed_at: Offset

    @property
    def cursor_position(self) -> Offset:
        """Where the cursor belongs now, in cells of the screen."""
        app = cast("PurdahApp", self)
        if not app.is_running or not app.accessible or not app.screen_stack:
            return self.typed_at
        return spot_of(app.screen)

    @cursor_position.setter
    def cursor_position(self, spot: Offset) -> None:
        """A field says where one types in it: there an input method shows what it offers."""
        self.typed_at = spot

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A field's own cursor stands still, so that nothing is written while nothing happens."""
        field = field_of(event.widget)
        if field is not None:
            field.cursor_blink = False


def driver_that_shows_it() -> type[Driver] | None:
    """A driver that never hides the cursor of the terminal; None where the system has no such driver."""
    if sys.platform == "win32":
        return None
    from textual.drivers.linux_driver import LinuxDriver

    class ShowsCursor(LinuxDriver):
        """What begins a screen shows the cursor instead of hiding it."""

        def write(self, data: str) -> None:
            """Write to the terminal."""
            super().write(data.replace(_HIDE, _SHOW))

    return ShowsCursor


def spot_of(screen: "Screen[object]") -> Offset:
    """The cell in which what has focus is read or typed: the cursor of a field, the row of a list, else its first cell."""
    focused = screen.focused
    if focused is None:
        asked = (found for name in _QUESTIONS for found in screen.query(name) if found.region.area)
        about = next(asked, None)
        return about.content_region.offset if about is not None else Offset(0, 0)
    field = field_of(focused)
    if field is not None:
        return field.cursor_screen_offset
    if isinstance(focused, OptionList):
        return _row_of(focused)
    spot = getattr(focused, "cursor_spot", None)
    return spot if isinstance(spot, Offset) else focused.content_region.offset


def _row_of(chooser: OptionList) -> Offset:
    """The first line of the marked option."""
    inside = chooser.scrollable_content_region
    above = [chooser.get_option_at_index(place).prompt for place in range(chooser.highlighted or 0)]
    lines = sum(str(prompt).count("\n") + 1 for prompt in above)
    return Offset(inside.x, inside.y + lines - chooser.scroll_offset.y)
