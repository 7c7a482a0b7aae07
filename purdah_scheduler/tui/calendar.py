"""The month of all posts and of every pre-election period that concerns our accounts, with one day at its side."""

from datetime import date
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container

from purdah_scheduler.domain.civiltime import local_date
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.calendar_parts import Agenda, DayPosts, Legend, MonthData, MonthGrid, read_month
from purdah_scheduler.tui.calendar_walk import DayWalk
from purdah_scheduler.tui.month import MonthView, month_view
from purdah_scheduler.tui.offers import Chosen

_TODAY_SECONDS = 20.0
"""How often the date is looked at: a calendar is left open overnight."""


class CalendarScreen(DayWalk):
    """The month, the agenda of one day, and the legend."""

    SCOPE = "calendar"
    NUMBER = 4
    CSS_PATH = "calendar.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("calendar")]

    def compose_body(self) -> ComposeResult:
        """The month, the day, the legend."""
        self.cursor = self.today = self._date_now()
        with Container(id="calendar"):
            yield MonthGrid(self._view(), self.cursor)
            yield Agenda()
        yield Legend(id="legend")

    def on_mount(self) -> None:
        """Begin in the month, and look at the date now and then."""
        self.set_focus(self.query_one(MonthGrid))
        self.set_interval(_TODAY_SECONDS, self.roll_over)

    def roll_over(self) -> None:
        """Once midnight has passed, the mark of today goes on, and the cursor with it if it was there."""
        today = self._date_now()
        if today != self.today:
            if self.cursor == self.today:
                self.cursor = today
            self.today = today
            self.draw()
            self.refresh_data()

    def refresh_data(self) -> None:
        """Read the month under the cursor."""
        year, month, office = self.cursor.year, self.cursor.month, self.product.office
        self.read(lambda: read_month(office, year, month), self._took, group="month")

    def possible(self, action: str) -> bool | None:
        """A post can be opened where the day has one, and moved where it is marked."""
        if action == "open":
            return True if self.data.rows.get(self.cursor) else None
        if action == "move_time" and self.chosen() is None:
            return False
        return super().possible(action)

    def chosen(self) -> Chosen | None:
        """The marked post, while the list of posts has focus."""
        row = self.query_one(Agenda).marked() if self.query_one(DayPosts).has_focus else None
        if row is None:
            return None
        return Chosen(post=row.post, text=row.text, state=row.state, accounts=row.accounts, at=row.at)

    def action_open(self) -> None:
        """From the month to the posts of the day; from there to the post."""
        chosen = self.chosen()
        if chosen is None:
            self.set_focus(self.query_one(DayPosts))
        else:
            self.product.open_post(chosen.post)

    def action_new(self) -> None:
        """A new post on this day."""
        self.product.compose_post(None, self.cursor)

    def on_month_grid_chosen(self, event: MonthGrid.Chosen) -> None:
        """A day was clicked."""
        self.go(event.day)

    def on_agenda_opened(self) -> None:
        """A post was chosen in the list."""
        self.action_open()

    def on_descendant_focus(self) -> None:
        """The keys of a post belong to the list of posts."""
        self.refresh_bindings()

    def _took(self, data: MonthData) -> None:
        self.data = data
        self.draw()

    def _view(self) -> MonthView:
        return month_view(
            self.cursor.year,
            self.cursor.month,
            today=self.today,
            zone=self.product.office.house.zone,
            periods=self.data.periods,
            counts=self.data.counts,
            named=self.data.named,
        )

    def draw(self) -> None:
        """The month and the day under the cursor, as they are known."""
        office = self.product.office
        self.query_one(MonthGrid).show(self._view(), self.cursor)
        self.query_one(Agenda).show(self.cursor, self.data, now=office.now(), zone=office.house.zone)
        self.refresh_bindings()

    def _date_now(self) -> date:
        return local_date(self.product.office.now(), self.product.office.house.zone)
