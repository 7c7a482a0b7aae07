"""The periods on the screen: every one of every source, the one under the cursor in full, and what can be done to it."""

from collections.abc import Sequence
from dataclasses import field
from datetime import date, datetime, timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from purdah_scheduler.application.office import Office
from purdah_scheduler.application.period_views import PeriodLine, period_lines, period_view
from purdah_scheduler.domain.civiltime import day_bounds
from purdah_scheduler.domain.notable import Sort
from purdah_scheduler.errors import NotFound
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.month import letters
from purdah_scheduler.tui.periods_acts import PeriodActs
from purdah_scheduler.tui.periods_filter import EXAMPLE, WantedPeriods, read_period_filter
from purdah_scheduler.tui.periods_words import (
    PeriodPage,
    no_periods,
    period_columns,
    period_in_full,
    period_pieces,
    periods_summary,
)
from purdah_scheduler.tui.plain import plain
from purdah_scheduler.tui.queue_filter import FilterLine
from purdah_scheduler.tui.rowlist import PAGE, Piece, RowList

_LAW = timedelta(days=75)
"""No statutory date that is shown comes earlier before its poll."""
_NONE = "·"
"""In place of a letter: the period binds no account here, and so is not in the calendar."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Every period by its start, and the letters of those that the calendar shows."""

    lines: tuple[PeriodLine, ...] = ()
    letters: dict[str, str] = field(default_factory=dict)


class PeriodsScreen(PeriodActs):
    """The list, and the period under the cursor. Ids of periods are words: `numbers` are those that the list has them by."""

    SCOPE = "periods"
    NUMBER = 5
    CSS_PATH = "periods.tcss"
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("periods")]

    def __init__(self) -> None:
        super().__init__()
        self.wanted = WantedPeriods()
        self.known = Known()
        self.loaded = False
        self.numbers: dict[str, int] = {}
        self.shown: dict[int, PeriodLine] = {}
        self.page: PeriodPage | None = None

    def compose_body(self) -> ComposeResult:
        """The list, and the period under the cursor."""
        office = self.product.office

        def draw(line: PeriodLine, width: int) -> Sequence[Piece]:
            letter = self.known.letters.get(line.period.id, _NONE)
            return period_pieces(line, letter, width, now=office.now(), zone=office.house.zone)

        yield Static(id="summary")
        yield FilterLine(read_period_filter, EXAMPLE)
        yield Static(id="columns")
        yield RowList[PeriodLine](draw, id="rows")
        yield Static(id="empty")
        with VerticalScroll(id="period", can_focus=False):
            yield Static(id="period-words")

    # --- reading ----------------------------------------------------------------------------------------------

    def refresh_data(self) -> None:
        """Read every period again; the cursor stays on its own, or goes to one that was just declared."""
        office = self.product.office
        self.read(lambda: read_periods(office), self._took, group="periods")

    def _took(self, known: Known) -> None:
        opening, self.known, self.loaded = not self.loaded, known, True
        for line in known.lines:
            self.numbers.setdefault(line.period.id, len(self.numbers))
        self._show(self.wanted, jump=opening)

    def _show(self, wanted: WantedPeriods, *, jump: bool) -> None:
        """The periods that are wanted; with `jump` the cursor goes to the present."""
        now = self.product.office.now()
        lines = [line for line in self.known.lines if wanted.takes(line, now)]
        self.wanted = wanted
        self.shown = {self.numbers[line.period.id]: line for line in lines}
        items = list(self.shown)
        going = self.numbers.get(self.goes_to, -1)
        at = place_at(lines, now) if jump else None
        if going in self.shown:
            at, self.goes_to = items.index(going), ""
        pointed = self.listing.pointed
        middle = at if at is not None else items.index(pointed) if pointed in self.shown else self.listing.cursor
        first = max(0, middle // PAGE - 1) * PAGE
        self.listing.show(items, {number: self.shown[number] for number in items[first : first + 3 * PAGE]}, at=at)
        self.news_changed()
        self.call_after_refresh(self.news_changed)  # a scroll bar that comes or goes changes the width of the list
        self.read_pointed()

    def on_row_list_page_wanted(self, event: RowList.PageWanted) -> None:
        """Periods have come into view; they are here already."""
        event.stop()
        self.listing.give(event.page, {number: self.shown[number] for number in event.items if number in self.shown})

    @property
    def line(self) -> PeriodLine | None:
        """The period under the cursor, drawn or not."""
        pointed = self.listing.pointed
        return None if pointed is None else self.shown.get(pointed)

    # --- drawing ----------------------------------------------------------------------------------------------

    def news_changed(self) -> None:
        """The line above the list, the names of its columns, what an empty list says, and the period at its width."""
        if not self.alive or not self.loaded:
            return
        now, shown, lines = self.product.office.now(), len(self.shown), self.known.lines
        self.query_one("#summary", Static).update(periods_summary(self.wanted, lines, shown=shown, now=now))
        self.query_one("#columns", Static).update(period_columns(self.listing.size.width - 2))
        self.query_one("#empty", Static).update("" if shown else no_periods(self.wanted, len(lines)))
        self.set_class(not shown, "-empty")
        self._draw_period()

    def read_pointed(self) -> None:
        office, line = self.product.office, self.line
        letter = self.known.letters.get(line.period.id, _NONE) if line is not None else _NONE

        def query() -> PeriodPage | None:
            try:
                return read_page(office, line.period.id, letter) if line is not None else None
            except NotFound:
                return None

        def show(page: PeriodPage | None) -> None:
            moved = (page and page.view.period.id) != (self.page and self.page.view.period.id)
            self.page = page
            self._draw_period()
            if moved:
                self.query_one("#period", VerticalScroll).scroll_home(animate=False)
            self.refresh_bindings()

        self.read(query, show, group="period")

    def _draw_period(self) -> None:
        office, part = self.product.office, self.query_one("#period-words", Static)
        width = max(self.query_one("#period", VerticalScroll).scrollable_content_region.width, 20)
        page = self.page
        words = period_in_full(page, office.house, now=office.now(), width=width) if page is not None else plain("")
        if words != part.content:
            part.update(words)

    # --- keys -------------------------------------------------------------------------------------------------

    def possible(self, action: str) -> bool | None:
        """What the list itself can do, besides what can be done to a period."""
        if action == "clear":
            return bool(self.wanted.text) or self.query_one(FilterLine).typing
        if action == "filter":
            return not self.query_one(FilterLine).typing
        return super().possible(action)

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """A second click is enter."""
        event.stop()
        if self.possible("open"):
            self.action_open()
        else:
            self.explain("open")

    def action_scroll_detail(self, lines: int) -> None:
        """Read on in the period."""
        self.query_one("#period", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_go_now(self) -> None:
        """To the first that is in force, or comes next."""
        self.listing.move_to(place_at(list(self.shown.values()), self.product.office.now()), centre=True)

    def go_to_day(self, day: date) -> None:
        """To the first that is in force on that day, or comes next after it."""
        first, _ = day_bounds(day, self.product.office.house.zone)
        self.listing.move_to(place_at(list(self.shown.values()), first), centre=True)

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterLine).open(self.wanted.text)

    def on_filter_line_filtered(self, event: FilterLine.Filtered) -> None:
        """Show what the filter asks for."""
        event.stop()
        self.listing.focus()
        self._show(event.wanted, jump=True)

    def action_clear(self) -> None:
        """Back to every period; while a filter is typed, back to the list as it was."""
        line = self.query_one(FilterLine)
        if line.typing:
            line.leave()
            self.listing.focus()
        elif self.wanted.text:
            self._show(WantedPeriods(), jump=True)
        self.refresh_bindings()


def read_periods(office: Office) -> Known:
    """Every period, with the letters that the calendar gives them."""
    lines = period_lines(office)
    return Known(lines=lines, letters=letters([line.period for line in lines if line.ours]))


def read_page(office: Office, period_id: str, letter: str) -> PeriodPage:
    """One period in full. Raises NotFound."""
    # Election law is loaded here, in a thread and when a period is first looked at, never at the start.
    from purdah_scheduler.calendars.almanac import house_almanac

    view = period_view(office, period_id)
    poll = view.period.polling_day
    if poll is None:
        return PeriodPage(view=view, letter=letter, deadlines=())
    almanac = house_almanac(office.house, (view.period,), poll - _LAW, poll)
    entries = (entry for day in sorted(almanac.days) for entry in almanac.days[day])
    return PeriodPage(view=view, letter=letter, deadlines=tuple(entry for entry in entries if entry.sort is Sort.DEADLINE))


def place_at(lines: Sequence[PeriodLine], moment: datetime) -> int:
    """The place of the first period that is not over at that moment; the last one where all are."""
    for place, line in enumerate(lines):
        end = line.period.ended_at()
        if not line.period.is_off and (end is None or end > moment):
            return place
    return max(len(lines) - 1, 0)
