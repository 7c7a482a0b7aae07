"""How the cursor of the queue moves: by rows, by screenfuls, to the ends, to a date and to the present."""

from datetime import datetime

from purdah_scheduler.application.lists import Row
from purdah_scheduler.errors import BadTime
from purdah_scheduler.tui.dialogs import AskText
from purdah_scheduler.tui.filters import position, read_day
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
        self.app.push_screen(AskText("Go to date", "Which day? For example: fri, 14/4, 7 May, today, +3d"), self._go_day)

    def _go_day(self, said: str | None) -> None:
        if said is None:
            return
        office = self.product.office
        try:
            first, _ = read_day(said, now=office.now(), zone=office.house.zone)
        except BadTime as fault:
            self.refused(fault)
            return
        self._go_to(first)

    def _go_to(self, moment: datetime) -> None:
        office, ids = self.product.office, self.listing.items

        def query() -> int:
            with office.store.read() as reader:
                return position(reader, ids, moment)

        self.read(query, lambda row: self.listing.move_to(row, centre=True), group="go")
