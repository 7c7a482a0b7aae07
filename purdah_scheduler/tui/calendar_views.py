"""The ways to look at the calendar: month, week and list, and the explanation of the day with the keys of its own."""

from purdah_scheduler.application.imagining import IMAGINED
from purdah_scheduler.domain.civiltime import format_day
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.tui.calendar_day import Explained, draw_explanation
from purdah_scheduler.tui.calendar_list import DayList
from purdah_scheduler.tui.calendar_parts import DayPosts, MonthGrid
from purdah_scheduler.tui.calendar_walk import DayWalk
from purdah_scheduler.tui.checklist import ChecklistScreen
from purdah_scheduler.tui.checklist_line import period_for
from purdah_scheduler.tui.copy_keys import Copied

_WIDTH = 100
"""Cells of a line of what is copied of a day."""

_VIEWS = ("", "-weekly", "-listed")
"""The month as a grid, one week, the month as a list: the class of the screen for each, in the order of the key."""


class DayViews(DayWalk):
    """A screen that shows a month as a grid, its week (class `-weekly`), or the month as a list (class `-listed`)."""

    def action_explain(self) -> None:
        """The explanation of the day has the keys, and in a narrow window the place of the month too."""
        self.add_class("-explained")
        self.call_after_refresh(lambda: self.set_focus(self.query_one(Explained)))

    @property
    def weekly(self) -> bool:
        """Whether one week is on view."""
        return self.has_class("-weekly")

    def words_here(self) -> Copied | None:
        """The words of the marked post, or what holds on the day."""
        return super().words_here() or self._day_here()

    def report_here(self) -> Copied | None:
        """Everything about the marked post, or what holds on the day."""
        return super().report_here() or self._day_here()

    def _day_here(self) -> Copied | None:
        explained = next(iter(self.query(Explained)), None)
        if explained is None or explained.day is None:
            return None
        day, named, zone = explained.day, explained.named, explained.zone
        return Copied(
            what=f"What holds on {format_day(day.on)}",
            words=lambda: draw_explanation(day, named, zone, _WIDTH).plain,
            file=f"day-{day.on}.txt",
        )

    def action_view(self) -> None:
        """The next of the three."""
        shown = next((place for place, name in enumerate(_VIEWS) if name and self.has_class(name)), 0)
        self.set_view(_VIEWS[(shown + 1) % len(_VIEWS)])

    def set_view(self, name: str) -> None:
        """One of the three, by its class."""
        self.remove_class(*filter(None, _VIEWS))
        if name:
            self.add_class(name)
        self.draw()
        self.call_after_refresh(self.focus_month)

    def action_month(self, months: int) -> None:
        """So many months on; in the week so many weeks, and whole years as ever."""
        if self.weekly and abs(months) == 1:
            self.action_day(7 * months)
        else:
            super().action_month(months)

    def period_here(self) -> Period | None:
        """The period whose checklist the day under the cursor leads to; one that is only imagined has none."""
        known = [period for period in self.data.periods if period.id != IMAGINED]
        return period_for(self.cursor, known, self.product.office.house.zone)

    def action_checklist(self) -> None:
        """The checklist of the period under the cursor, or of the next one."""
        period = self.period_here()
        if period is None:
            self.product.say("No pre-election period that is known is in force on this day or begins after it.")
        else:
            self.app.push_screen(ChecklistScreen(period.id))

    def action_export_calendar(self) -> None:
        """The periods, and the posts if they are wanted, as a file for calendar programs."""
        from purdah_scheduler.tui.calendar_file import ask_calendar_export  # loaded when it is first wanted

        ask_calendar_export(self)

    def on_explained_left(self) -> None:
        """Back to the month."""
        self.remove_class("-explained")
        self.call_after_refresh(self.focus_month)

    def on_day_posts_left(self, event: DayPosts.Left) -> None:
        """Back to the month."""
        event.stop()
        self.focus_month()

    def on_day_list_pointed(self, event: DayList.Pointed) -> None:
        """Another day of the list is marked."""
        self.go(event.day)

    def on_day_list_opened(self, event: DayList.Opened) -> None:
        """A line of the list was chosen."""
        if event.post is None:
            self.action_explain()
        else:
            self.product.open_post(event.post)

    def on_month_grid_chosen(self, event: MonthGrid.Chosen) -> None:
        """A day was clicked."""
        self.go(event.day)

    def focus_month(self) -> None:
        """The keys are those of the month."""
        listed = self.weekly or self.has_class("-listed")
        self.set_focus(self.query_one(DayList) if listed else self.query_one(MonthGrid))
