"""The parts of the calendar: what is read for a month, the grid that shows it, and the agenda of the day under the cursor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from purdah_scheduler.application.lists import QueueFilter, Row
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.views import relevant_periods
from purdah_scheduler.domain.civiltime import day_bounds, local_date, london
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.calendar_grid import day_at, draw_day, draw_legend, draw_month, draw_post
from purdah_scheduler.tui.month import DayCount, MonthView, day_counts, in_force_on, letters, month_span
from purdah_scheduler.tui.plain import says


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthData:
    """What the store says of a month: its posts by local day, and every period that concerns us with its letter."""

    rows: Mapping[date, tuple[Row, ...]] = field(default_factory=dict)
    counts: Mapping[date, DayCount] = field(default_factory=dict)
    periods: tuple[Period, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)


def read_month(office: Office, year: int, month: int) -> MonthData:
    """The posts whose moment is in the weeks of a month, soonest first, and the periods."""
    zone = office.house.zone
    first, last = month_span(year, month, zone)
    with office.store.read() as reader:
        found = reader.rows(reader.row_ids(QueueFilter(since=first, until=last)))
        periods = relevant_periods(office.house, reader)
    by_day: dict[date, list[Row]] = {}
    for row in found:
        if row.at is not None:
            by_day.setdefault(local_date(row.at, zone), []).append(row)
    return MonthData(
        rows={day: tuple(rows) for day, rows in by_day.items()},
        counts=day_counts(found, zone),
        periods=periods,
        named=letters(periods),
    )


class MonthGrid(Widget, can_focus=True):
    """The month itself; the day under the cursor is drawn in reverse."""

    class Chosen(Message):
        """A day was clicked."""

        def __init__(self, day: date) -> None:
            super().__init__()
            self.day = day

    def __init__(self, view: MonthView, cursor: date) -> None:
        super().__init__(id="grid")
        self.view = view
        self.cursor = cursor

    def show(self, view: MonthView, cursor: date) -> None:
        """Draw this month with the cursor there, if that is anything new."""
        if (view, cursor) != (self.view, self.cursor):
            taller = len(view.weeks) != len(self.view.weeks)
            self.view, self.cursor = view, cursor
            self.refresh(layout=taller)

    def render(self) -> Content:
        """The grid at its present size."""
        return draw_month(
            self.view,
            cursor=self.cursor,
            width=self.content_size.width,
            height=self.content_size.height,
            focused=self.has_focus,
            bands=not self.screen.has_class("-narrow"),
        )

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Without bands, two lines a week under the two of the head."""
        del container, viewport, width
        return 2 + 2 * len(self.view.weeks)

    def on_click(self, event: events.Click) -> None:
        """The day under the mouse."""
        size, place = self.content_size, event.get_content_offset(self)
        day = day_at(self.view, place.x, place.y, width=size.width, height=size.height) if place else None
        self.focus()
        if day is not None:
            self.post_message(self.Chosen(day))


class Legend(Widget):
    """What the signs mean; always there."""

    def render(self) -> Content:
        """As much as fits."""
        return draw_legend(self.content_size.width)


class DayPosts(OptionList):
    """The posts of the day under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("agenda")]

    def action_leave(self) -> None:
        """Back to the month."""
        self.screen.set_focus(self.screen.query_one(MonthGrid))


class Agenda(Vertical):
    """One day: its name, the periods in force, its posts."""

    class Opened(Message):
        """A post of the list was chosen."""

    def __init__(self) -> None:
        super().__init__(id="agenda")
        self.day = date.min
        self.rows: tuple[Row, ...] = ()
        self.data = MonthData()
        self.now: datetime | None = None
        self.zone = london()
        self.head = ""
        self.width_drawn = 0

    def compose(self) -> ComposeResult:
        """The day in words, its posts, or that there are none."""
        yield Static(id="day")
        yield DayPosts(id="posts", compact=True)
        yield Static(says(("No posts on this day; ", "$quiet"), ("n", "bold $key"), (" writes one.", "$quiet")), id="no-posts")

    def show(self, day: date, data: MonthData, *, now: datetime, zone: ZoneInfo) -> None:
        """Show a day; the mark stays on its post when only the data have changed."""
        marked = self.marked() if day == self.day else None
        rows = data.rows.get(day, ())
        listed = (day, rows) == (self.day, self.rows)
        self.day, self.rows, self.data, self.now, self.zone = day, rows, data, now, zone
        self._say_day()
        if not listed:
            self._list(marked)

    def marked(self) -> Row | None:
        """The post under the mark of the list, or None where there are no posts."""
        place = self.query_one(DayPosts).highlighted
        return self.rows[place] if place is not None and place < len(self.rows) else None

    def on_resize(self) -> None:
        """The lines are cut to the width."""
        if self.content_size.width != self.width_drawn:
            self._say_day()
            self._list(self.marked())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click on a post."""
        event.stop()
        self.post_message(self.Opened())

    def _say_day(self) -> None:
        if self.now is None:
            return
        first, last = day_bounds(self.day, self.zone)
        head = draw_day(
            self.day,
            in_force_on(self.day, self.data.periods, self.data.named, self.zone),
            now=self.now,
            zone=self.zone,
            hours=round((last - first).total_seconds() / 3600),
            width=self.content_size.width,
        )
        if head.plain != self.head:
            self.head = head.plain
            self.query_one("#day", Static).update(head)

    def _list(self, marked: Row | None) -> None:
        posts = self.query_one(DayPosts)
        self.width_drawn = self.content_size.width
        width = max(self.width_drawn - 2, 20)
        posts.clear_options()
        posts.add_options([Option(draw_post(row, self.zone, width)) for row in self.rows])
        places = [place for place, row in enumerate(self.rows) if marked is not None and row.post == marked.post]
        posts.highlighted = places[0] if places else (0 if self.rows else None)
        posts.display = bool(self.rows)
        self.query_one("#no-posts").display = not self.rows
        if not self.rows and posts.has_focus:
            posts.action_leave()
