"""How the cursor of the queue moves: by rows, by screenfuls, to the ends, to a date and to the present."""

from datetime import date, datetime

from purdah_scheduler.application.lists import Row
from purdah_scheduler.domain.civiltime import day_bounds
from purdah_scheduler.tui.dialogs import AskDay
from purdah_scheduler.tui.filters import position
from purdah_scheduler.tui.rowlist import RowList
from purdah_scheduler.tui.verbs import PostVerbs


class ListMoves(PostVerbs):
    """A screen with a list of posts by time."""

    @property
    def listing(self) -> RowList[Row]:
        """The list of posts."""
        return self.query_one("#rows", RowList)

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.listing.move_by(rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by a screenful."""
        self.listing.page_by(pages)

    def action_first(self) -> None:
        """To the first post."""
        self.listing.move_to(0)

    def action_last(self) -> None:
        """To the last post."""
        self.listing.move_to(len(self.listing.items) - 1)

    def action_go_now(self) -> None:
        """To the first post that is still to come."""
        self._go_to(self.product.office.now())

    def action_go_date(self) -> None:
        """To a date that is asked for."""
        office = self.product.office

        def go(day: date | None) -> None:
            if day is not None:
                self._go_to(day_bounds(day, office.house.zone)[0])

        self.app.push_screen(AskDay(zone=office.house.zone, now=office.now), go)

    def _go_to(self, moment: datetime) -> None:
        office, ids = self.product.office, self.listing.items

        def query() -> int:
            with office.store.read() as reader:
                return position(reader, ids, moment)

        self.read(query, lambda row: self.listing.move_to(row, centre=True), group="go")
