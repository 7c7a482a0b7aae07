"""How the cursor of a long list moves: by rows, by screenfuls, to the ends, to a date and to the present."""

from datetime import date
from typing import Any

from purdah_scheduler.tui.dialogs import AskDay
from purdah_scheduler.tui.frame import FrameScreen
from purdah_scheduler.tui.rowlist import RowList

_REST = 0.05
"""Seconds for which the cursor rests on a line before that is read in full."""


class RowMoves(FrameScreen):
    """A screen with one long list, `#rows`. A subclass says where a date is in it, and reads what is under its cursor."""

    @property
    def listing(self) -> RowList[Any]:
        """The list."""
        return self.query_one("#rows", RowList)

    def go_to_day(self, day: date) -> None:
        """Move to a date."""

    def read_pointed(self) -> None:
        """Read and show in full what is under the cursor."""

    def on_row_list_pointed(self, event: RowList.Pointed) -> None:
        """Something else is under the cursor: show it in full when the cursor rests."""
        event.stop()
        self.refresh_bindings()

        def rested() -> None:
            if self.listing.pointed == event.item:
                self.read_pointed()

        self.set_timer(_REST, rested)

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.listing.move_by(rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by a screenful."""
        self.listing.page_by(pages)

    def action_first(self) -> None:
        """To the first line."""
        self.listing.move_to(0)

    def action_last(self) -> None:
        """To the last line."""
        self.listing.move_to(len(self.listing.items) - 1)

    def action_go_date(self) -> None:
        """To a date that is asked for."""
        office = self.product.office

        def go(day: date | None) -> None:
            if day is not None:
                self.go_to_day(day)

        self.app.push_screen(AskDay(zone=office.house.zone, now=office.now), go)
