"""Walking through checklists: from item to item, to the other day of a period, and to other periods."""

from textual.containers import VerticalScroll

from purdah_scheduler.domain.checklist import Checklist, Day
from purdah_scheduler.tui.checklist_items import ItemList
from purdah_scheduler.tui.frame import FrameScreen


class ChecklistWalk(FrameScreen):
    """A screen with one checklist at a time. `periods` are the ids of those that have one; `day` None: the one that matters."""

    def __init__(self) -> None:
        super().__init__()
        self.period_id = ""
        self.day: Day | None = None
        self.listed: Checklist | None = None
        self.periods: tuple[str, ...] = ()

    def action_move(self, rows: int) -> None:
        """The item so many before or after."""
        self.query_one(ItemList).move(rows)

    def action_page(self, pages: int) -> None:
        """A screenful of items."""
        items = self.query_one(ItemList)
        items.move(pages * max(1, items.size.height - 2))

    def action_first(self) -> None:
        """To the first item."""
        self.query_one(ItemList).mark(0)

    def action_last(self) -> None:
        """To the last item."""
        items = self.query_one(ItemList)
        items.mark(len(items.places) - 1)

    def action_scroll_detail(self, lines: int) -> None:
        """Read on in the item."""
        self.query_one("#item", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_other_day(self) -> None:
        """The other list of the same period."""
        if self.listed is not None:
            self.day = Day.FIRST if self.listed.day is Day.LAST else Day.LAST
            self.refresh_data()

    def action_period(self, step: int) -> None:
        """The same for the period before or after; the day is chosen anew."""
        if self.period_id not in self.periods:
            return
        place = self.periods.index(self.period_id) + step
        if 0 <= place < len(self.periods):
            self.period_id, self.day = self.periods[place], None
            self.refresh_data()
        else:
            self.product.say(f"There is no period {'after' if step > 0 else 'before'} this one.")
