"""The line of the calendar that says how far the checklist of the period under the cursor is."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from textual.widgets import Static

from purdah_scheduler.application import checklists
from purdah_scheduler.domain.checklist import Checklist
from purdah_scheduler.domain.civiltime import day_bounds
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.tui import key_table, keys
from purdah_scheduler.tui.plain import says

if TYPE_CHECKING:
    from purdah_scheduler.tui.frame import FrameScreen


def period_for(day: date, periods: Sequence[Period], zone: ZoneInfo) -> Period | None:
    """The period in force on a day that began last; where none is, the next one to begin, or None."""
    first, last = day_bounds(day, zone)
    ranked = sorted((period for period in periods if not period.is_off), key=lambda period: (period.starts, period.id))
    here = [period for period in ranked if period.overlaps(first, last)]
    return here[-1] if here else next((period for period in ranked if period.starts >= last), None)


class ChecklistLine(Static):
    """`f  First-day checklist of General election: 7 of 19 done`; read in a thread, once for each period."""

    def __init__(self) -> None:
        super().__init__(id="checklist-line")
        self.period: Period | None = None
        self.said = ""

    def point(self, period: Period | None) -> None:
        """Say it of this period."""
        if (period and period.id) != (self.period and self.period.id):
            self.period = period
            self._say("")
            self.read_again()

    def read_again(self) -> None:
        """Something was changed: count anew."""
        period = self.period
        if period is None:
            return
        screen = cast("FrameScreen", self.screen)
        office = screen.product.office

        def query() -> Checklist:
            now = office.now()
            with office.store.read() as reader:
                known = checklists.known_period(reader, office.house, period.id)
                return checklists.made(reader, office.house, period.id, checklists.day_of(known, office.house, now), now)

        screen.read(query, self._took, group="checklist-line")

    def _took(self, listed: Checklist) -> None:
        if self.period is not None and listed.period.id == self.period.id:
            count = f"{listed.done} of {len(listed.entries)} done"
            self._say(f"{listed.day.capitalize()}-day checklist of {listed.period.name}: {count}")

    def _say(self, words: str) -> None:
        if words != self.said:
            self.said = words
            keymap = cast("FrameScreen", self.screen).product.config.keymap
            key = next(key for key in key_table.KEYS if key.id == "calendar.checklist")
            pressed = keys.shown(keymap.get(key.id, key.keys))
            self.update(says((pressed, "bold $key"), "  ", words) if words else "")
