"""Jumping: for as long as one key takes, each field, list and pane of the screen has a letter and each screen its number."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.errors import NoWidget
from textual.geometry import Offset
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.edges import SCREENS, Head
from purdah_scheduler.tui.leaving import LeavesOnce
from purdah_scheduler.tui.loud import LoudWorkers
from purdah_scheduler.tui.plain import plain, says
from purdah_scheduler.tui.rowlist import RowList

LETTERS = "asdfghjklqwertyuiopzxcvbnmASDFGHJKLQWERTYUIOPZXCVBNM"
"""In the order in which they are given: the nearest to the fingers first."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Somewhere to go by a key: to a field or list, or to a screen by its name. `spot` is the cell for its label, if any."""

    key: str
    spot: Offset | None
    widget: Widget | None = None
    screen: str = ""


class JumpScreen(LoudWorkers, LeavesOnce[Target | None], ModalScreen[Target | None]):
    """The labels over the screen. A key with a label gives its target; every other key leaves, and gives None."""

    CSS_PATH = "jump.tcss"

    def __init__(self, targets: Sequence[Target]) -> None:
        super().__init__()
        self.targets = {target.key: target for target in targets}

    def compose(self) -> ComposeResult:
        """One cell each, and in the place of the footer what to do."""
        for target in self.targets.values():
            if target.spot is not None:
                label = Static(plain(target.key), classes="label")
                label.styles.offset = target.spot
                yield label
        numbers = (("a number", "bold $key"), " to a screen   ") if any(one.screen for one in self.targets.values()) else ()
        yield Static(
            says(("a letter", "bold $key"), " goes there   ", *numbers, ("esc", "bold $key"), " stays here"), id="jump-ways"
        )

    def on_key(self, event: events.Key) -> None:
        """Go there, or stay."""
        event.stop()
        event.prevent_default()
        self.dismiss(self.targets.get(event.character or ""))

    def on_click(self) -> None:
        """The mouse needs no letters."""
        self.dismiss(None)


def targets_of(screen: Screen[object], *, screens: bool) -> list[Target]:
    """Everything on view that can have the focus, in its order, and the screens by their numbers where they are wanted."""
    seen = [(widget, spot) for widget in screen.focus_chain if (spot := _spot(screen, widget)) is not None]
    found = [Target(key=key, spot=spot, widget=widget) for key, (widget, spot) in zip(LETTERS, seen, strict=False)]
    if screens:
        spots = {name: spot for head in screen.query(Head) for name, spot in head.numbers.items()}
        found += [Target(key=number, spot=spots.get(name), screen=name) for number, _, name in SCREENS]
    return found


def _spot(screen: Screen[object], widget: Widget) -> Offset | None:
    """A cell for the label that holds no word: the corner of a frame, the column of a list's cursor, else the cell before it."""
    try:
        seen = screen.find_widget(widget).visible_region
    except NoWidget:
        return None
    if not seen:
        return None
    if widget.gutter.left or isinstance(widget, RowList) or seen.x == 0:
        return seen.offset
    return Offset(seen.x - 1, seen.y)
