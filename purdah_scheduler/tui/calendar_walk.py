"""Walking through the days of the calendar: by day, week, month and year, to a boundary, to today, to any date."""

from datetime import date

from purdah_scheduler.domain.civiltime import FIRST_YEAR, LAST_YEAR
from purdah_scheduler.tui.calendar_read import MonthData
from purdah_scheduler.tui.dialogs import AskDay
from purdah_scheduler.tui.month import beside, boundary, shifted
from purdah_scheduler.tui.verbs import PostVerbs


class DayWalk(PostVerbs):
    """A screen with a day under the cursor. `data` is what is known of its month."""

    def __init__(self) -> None:
        super().__init__()
        self.cursor = self.today = date.min
        self.data = MonthData()

    def draw(self) -> None:
        """Show the day under the cursor."""

    def go(self, day: date) -> None:
        """Put the cursor on a day; another month is drawn at once, and its posts are read."""
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            turned = (day.year, day.month) != (self.cursor.year, self.cursor.month)
            self.cursor = day
            self.draw()
            if turned:
                self.refresh_data()

    def action_day(self, days: int) -> None:
        """So many days on."""
        self.go(date.fromordinal(self.cursor.toordinal() + days))

    def action_month(self, months: int) -> None:
        """So many months on, on the same day where the month has it."""
        self.go(shifted(self.cursor, months))

    def action_week_end(self, column: int) -> None:
        """Monday (0) or Sunday (6) of this week."""
        self.action_day(column - self.cursor.weekday())

    def action_boundary(self, way: int) -> None:
        """The next day on which a period starts or ends (1), or the one before (-1)."""
        day = boundary(self.cursor, self.data.periods, self.product.office.house.zone, back=way < 0)
        self._go_or_say(day, f"No period that is known starts or ends {'before' if way < 0 else 'after'} this day.")

    def action_poll(self, way: int) -> None:
        """The next polling day (1), or the one before (-1)."""
        day = beside(self.cursor, self.data.polls, back=way < 0)
        self._go_or_say(day, f"No polling day is known {'before' if way < 0 else 'after'} this day.")

    def _go_or_say(self, day: date | None, words: str) -> None:
        if day is None:
            self.product.say(words)
        else:
            self.go(day)

    def action_go_now(self) -> None:
        """Today."""
        self.go(self.today)

    def action_go_date(self) -> None:
        """Any day, asked for."""

        def take(day: date | None) -> None:
            if day is not None:
                self.go(day)

        office = self.product.office
        self.app.push_screen(AskDay(zone=office.house.zone, now=office.now), take)
