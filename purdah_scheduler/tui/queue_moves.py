"""How the cursor of the queue moves, besides what every long list does: to a date and to the present."""

from datetime import date, datetime

from purdah_scheduler.application.lists import Row
from purdah_scheduler.domain.civiltime import day_bounds
from purdah_scheduler.tui.filters import position
from purdah_scheduler.tui.list_moves import RowMoves
from purdah_scheduler.tui.rowlist import RowList
from purdah_scheduler.tui.verbs import PostVerbs


class ListMoves(RowMoves, PostVerbs):
    """A screen with a list of posts by time."""

    @property
    def listing(self) -> RowList[Row]:
        """The list of posts."""
        return self.query_one("#rows", RowList)

    def action_go_now(self) -> None:
        """To the first post that is still to come."""
        self._go_to(self.product.office.now())

    def go_to_day(self, day: date) -> None:
        """To the first post of that day."""
        self._go_to(day_bounds(day, self.product.office.house.zone)[0])

    def _go_to(self, moment: datetime) -> None:
        office, ids = self.product.office, self.listing.items

        def query() -> int:
            with office.store.read() as reader:
                return position(reader, ids, moment)

        self.read(query, lambda row: self.listing.move_to(row, centre=True), group="go")
