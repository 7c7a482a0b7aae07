"""The parts of the calendar: the grid that shows a month, its legend, and the day under the cursor with its posts."""

from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from purdah_scheduler.application.lists import Row
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.calendar_day import Explained
from purdah_scheduler.tui.calendar_grid import day_at, draw_day, draw_legend, draw_month, draw_post
from purdah_scheduler.tui.calendar_read import MonthData
from purdah_scheduler.tui.month import MonthView, in_force_on
from purdah_scheduler.tui.plain import says

_MOST_LANES = 5
"""Bands of a week that stand alone that have a line each; the last line names the others."""


class MonthGrid(Widget, can_focus=True):
    """The month itself; the day under the cursor is drawn in reverse."""

    class Chosen(Message):
        """A day was clicked."""

        def __init__(self, day: date) -> None:
            super().__init__()
            self.day = day

    class Dragged(Message):
        """The mouse is over a day with its button down, or was let go there (`dropped`)."""

        def __init__(self, day: date, *, dropped: bool) -> None:
            super().__init__()
            self.day = day
            self.dropped = dropped

    def __init__(self, view: MonthView, cursor: date) -> None:
        super().__init__(id="grid")
        self.view = view
        self.cursor = cursor
        self.drawn: list[Content] = []

    def show(self, view: MonthView, cursor: date) -> None:
        """Draw this month with the cursor there: only the lines that changed are sent to the terminal."""
        if view is self.view and cursor == self.cursor:
            return
        taller = self._tall(view) != self._tall(self.view)
        self.view, self.cursor = view, cursor
        before, after = self.drawn, self._lines()
        if taller or len(before) != len(after):
            self.refresh(layout=taller)
        else:
            width = self.content_size.width
            changed = [row for row, (old, new) in enumerate(zip(before, after, strict=True)) if not old.is_same(new)]
            if changed:
                self.refresh(*(Region(self.gutter.left, self.gutter.top + row, width, 1) for row in changed))

    def render(self) -> Content:
        """The grid at its present size."""
        self.drawn = self._lines()
        return Content("\n").join(self.drawn)

    def _lines(self) -> list[Content]:
        return draw_month(
            self.view,
            cursor=self.cursor,
            width=self.content_size.width,
            height=self.content_size.height,
            focused=self.has_focus,
            bands=not self.screen.has_class("-narrow"),
        )

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as its weeks need, where its height is its own."""
        del container, viewport, width
        return self._tall(self.view)

    def _tall(self, view: MonthView) -> int:
        """The lines of the head and of each week: its dates and, without bands, its letters; else its notes and its bands."""
        if self.screen.has_class("-narrow"):
            return 2 + 2 * len(view.weeks)
        notes = (any(day.note for day in week.days) for week in view.weeks)
        return 2 + sum(max(2, 1 + noted + min(week.lanes, _MOST_LANES)) for noted, week in zip(notes, view.weeks, strict=True))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Something may be carried over the days."""
        day = self._day_under(event) if event.button else None
        if day is not None:
            self.post_message(self.Dragged(day, dropped=False))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Something may be dropped on a day."""
        day = self._day_under(event)
        if day is not None:
            event.stop()
            self.post_message(self.Dragged(day, dropped=True))

    def _day_under(self, event: events.MouseEvent) -> date | None:
        size, place = self.content_size, event.get_content_offset(self)
        return day_at(self.view, place.x, place.y, width=size.width, height=size.height) if place else None

    def on_click(self, event: events.Click) -> None:
        """The day under the mouse."""
        day = self._day_under(event)
        self.focus()
        if day is not None:
            self.post_message(self.Chosen(day))


class Legend(Widget):
    """What the signs of the month mean; always there."""

    def __init__(self, view: MonthView) -> None:
        super().__init__(id="legend")
        self.view = view
        self.drawn = ""

    def show(self, view: MonthView) -> None:
        """Tell the signs of this month, if they are others."""
        self.view = view
        if draw_legend(view, self.content_size.width).plain != self.drawn:
            self.refresh()

    def render(self) -> Content:
        """As much as fits."""
        words = draw_legend(self.view, self.content_size.width)
        self.drawn = words.plain
        return words


class DayPosts(OptionList):
    """The posts of the day under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("agenda")]

    class Grabbed(Message):
        """The mouse went down on a post, which has that place in the list."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    class Left(Message):
        """Back to the month."""

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """The post under the mouse may be dragged to another day."""
        place = event.style.meta.get("option")
        if isinstance(place, int):
            self.post_message(self.Grabbed(place))

    def action_leave(self) -> None:
        """Back to the month."""
        self.post_message(self.Left())


class DayPanel(Vertical):
    """One day: its name, what is notable, the periods in force, its posts, and the explanation of it all."""

    class Opened(Message):
        """A post of the list was chosen."""

    def __init__(self) -> None:
        super().__init__(id="panel")
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
        yield Explained()

    def show(self, day: date, data: MonthData, *, now: datetime, zone: ZoneInfo) -> None:
        """Show a day; the mark stays on its post when only the data have changed."""
        marked = self.marked() if day == self.day else None
        rows = data.rows.get(day, ())
        listed = (day, rows, data.would_hold) == (self.day, self.rows, self.data.would_hold)
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
        head = draw_day(
            self.day,
            in_force_on(self.day, self.data.periods, self.data.named, self.zone),
            self.data.almanac.on(self.day),
            now=self.now,
            zone=self.zone,
            width=self.content_size.width,
            height=self._room(),
            pacing=self.data.pacing.on(self.day, self.zone),
        )
        if head.plain != self.head:
            self.head = head.plain
            self.query_one("#day", Static).update(head)

    def _room(self) -> int:
        """How many lines the head may take: below the month all but three for the posts, beside it a third."""
        height = self.content_size.height
        return max(3, height - (3 if self.rows else 1) if self.screen.has_class("-narrow") else height // 3)

    def _list(self, marked: Row | None) -> None:
        posts = self.query_one(DayPosts)
        self.width_drawn = self.content_size.width
        width = max(self.width_drawn - 2, 20)
        posts.clear_options()
        held = self.data.would_hold
        posts.add_options([Option(draw_post(row, self.zone, width, would_hold=row.post in held)) for row in self.rows])
        places = [place for place, row in enumerate(self.rows) if marked is not None and row.post == marked.post]
        posts.highlighted = places[0] if places else (0 if self.rows else None)
        self.set_class(not self.rows, "-empty")
        if not self.rows and posts.has_focus:
            posts.action_leave()
