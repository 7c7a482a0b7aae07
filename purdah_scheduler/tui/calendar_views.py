"""The ways to look at the calendar: the month as a grid or as a list, and the explanation of the day with the keys of its own."""

from purdah_scheduler.domain.periods import Period
from purdah_scheduler.tui.calendar_day import Explained
from purdah_scheduler.tui.calendar_list import MonthList
from purdah_scheduler.tui.calendar_parts import MonthGrid
from purdah_scheduler.tui.calendar_walk import DayWalk
from purdah_scheduler.tui.checklist import ChecklistScreen
from purdah_scheduler.tui.checklist_line import period_for


class DayViews(DayWalk):
    """A screen that shows its month as a grid, or as a list where it has the class `-listed`."""

    def action_explain(self) -> None:
        """The explanation of the day has the keys, and in a narrow window the place of the month too."""
        self.add_class("-explained")
        self.call_after_refresh(lambda: self.set_focus(self.query_one(Explained)))

    def action_view(self) -> None:
        """The month as a list, or as a grid again."""
        self.toggle_class("-listed")
        self.draw()
        self.call_after_refresh(self.focus_month)

    def period_here(self) -> Period | None:
        """The period whose checklist the day under the cursor leads to."""
        return period_for(self.cursor, self.data.periods, self.product.office.house.zone)

    def action_checklist(self) -> None:
        """The checklist of the period under the cursor, or of the next one."""
        period = self.period_here()
        if period is None:
            self.product.say("No pre-election period that is known is in force on this day or begins after it.")
        else:
            self.app.push_screen(ChecklistScreen(period.id))

    def on_explained_left(self) -> None:
        """Back to the month."""
        self.remove_class("-explained")
        self.call_after_refresh(self.focus_month)

    def on_month_list_pointed(self, event: MonthList.Pointed) -> None:
        """Another day of the list is marked."""
        self.go(event.day)

    def on_month_list_opened(self, event: MonthList.Opened) -> None:
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
        self.set_focus(self.query_one(MonthList) if self.has_class("-listed") else self.query_one(MonthGrid))
