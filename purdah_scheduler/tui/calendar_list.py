"""The days of a month or a week as plain lines, one for each thing: the calendar for who has no use for a grid."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from purdah_scheduler.application.day_words import SORT_WORDS
from purdah_scheduler.application.lists import Row
from purdah_scheduler.domain.civiltime import DAYS, MONTHS, format_clock, format_day
from purdah_scheduler.domain.notable import Notable, Sort
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.calendar_grid import draw_post
from purdah_scheduler.tui.calendar_read import MonthData
from purdah_scheduler.tui.month import SIGNS, days_of, in_force_on
from purdah_scheduler.tui.plain import cell, says
from purdah_scheduler.tui.week import DayLine, week_days, week_lines

_DAY_WIDTH = 17
_SAID_IN_WORDS = frozenset({Sort.BEGINS, Sort.ENDS, Sort.ANNOUNCED})
"""What is notable of a period says in its own words what it is."""


def lines_of(data: MonthData, year: int, month: int, today: date) -> tuple[DayLine, ...]:
    """The lines of a month, day by day: what is notable first, then the posts by their time."""
    found: list[DayLine] = []
    for day in days_of(year, month):
        here = [*(DayLine(day=day, notable=entry) for entry in data.almanac.on(day)), *_posts(data, day)]
        found += here or ([DayLine(day=day, is_head=True)] if day == today else [])
    return tuple(found)


def lines_of_week(data: MonthData, day: date, now: datetime, zone: ZoneInfo) -> tuple[DayLine, ...]:
    """The lines of the week of a day: each day with its periods by letter, its posts and free slots, and what to look at."""
    days = week_days(day)
    return week_lines(
        days,
        rows=data.rows,
        slots=data.slots,
        notables={each: data.almanac.on(each) for each in days},
        letters={each: "".join(entry.letter for entry in in_force_on(each, data.periods, data.named, zone)) for each in days},
        remarks={each: data.pacing.on(each, zone) for each in days},
        now=now,
    )


def _posts(data: MonthData, day: date) -> Iterator[DayLine]:
    return (DayLine(day=day, row=row) for row in data.rows.get(day, ()))


def draw_line(line: DayLine, data: MonthData, zone: ZoneInfo, width: int, today: date) -> Content:
    """A line of the month: `Thu 7 May 2026  X Polling day: Local elections (England)`."""
    mark = "*" if line.day == today else " "
    head = says((f"{format_day(line.day):<{_DAY_WIDTH - 2}}{mark} ", "bold $key" if line.day == today else ""))
    room = max(width - _DAY_WIDTH, 20)
    if line.row is not None:
        return Content.assemble(head, draw_post(line.row, zone, room, would_hold=line.row.post in data.would_hold))
    if line.notable is None:
        return Content.assemble(head, says(("Nothing on this day", "$quiet")))
    return Content.assemble(head, _notable(line.notable, data, room))


def draw_week_line(line: DayLine, data: MonthData, zone: ZoneInfo, width: int, today: date) -> Content:
    """A line of a week: the day itself, or what is on it, set in under it."""
    room = max(width - 2, 20)
    if line.is_head:
        name = f"{DAYS[line.day.weekday()]} {line.day.day} {MONTHS[line.day.month - 1]}"
        periods = f"  in {', '.join(line.letters)}" if line.letters else ""
        style = "bold $key" if line.day == today else "bold"
        return says((name, style), ("  today" if line.day == today else "", "$key"), (periods, "bold"))
    accounts = room // 4
    if line.row is not None:
        post = draw_post(line.row, zone, room - accounts - 1, would_hold=line.row.post in data.would_hold)
        return _in_columns(post, ("slot " if line.in_slot else "") + ", ".join(line.row.accounts), room, accounts)
    if line.slot is not None:
        free = says((f"{format_clock(line.slot.at, zone)} ", "$quiet"), "slot free")
        return _in_columns(free, line.slot.account, room, accounts)
    if line.notable is not None:
        return Content.assemble("  ", _notable(line.notable, data, room))
    return says(("  ? ", "$text-warning"), cell(line.remark, room - 2))


def _in_columns(said: Content, where: str, room: int, accounts: int) -> Content:
    """What there is, set in, with its accounts in the last column."""
    return Content.assemble("  ", said.truncate(room - accounts - 1, pad=True), " ", says((cell(where, accounts), "$quiet")))


def _notable(entry: Notable, data: MonthData, room: int) -> Content:
    sign = data.named.get(entry.period, SIGNS.get(entry.sort, " "))
    words = entry.words if entry.sort in _SAID_IN_WORDS else f"{SORT_WORDS[entry.sort]}: {entry.words}"
    return says((f"{sign} ", "bold"), cell(words, room - 2))


class DayList(OptionList):
    """The lines of a month or of a week; the mark is on the day under the cursor, or the next one that has a line."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("listed")]

    class Pointed(Message):
        """The mark was moved to a line of another day, or beyond the first or last line."""

        def __init__(self, day: date) -> None:
            super().__init__()
            self.day = day

    class Opened(Message):
        """A line was chosen; `post` is None where it is about no post."""

        def __init__(self, post: int | None) -> None:
            super().__init__()
            self.post = post

    class Grabbed(Message):
        """The mouse went down on a post."""

        def __init__(self, row: Row) -> None:
            super().__init__()
            self.row = row

    class Dragged(Message):
        """The mouse is over a line of a day with its button down, or was let go there (`dropped`)."""

        def __init__(self, day: date, *, dropped: bool) -> None:
            super().__init__()
            self.day = day
            self.dropped = dropped

    def __init__(self) -> None:
        super().__init__(id="list", compact=True)
        self.lines: tuple[DayLine, ...] = ()
        self.listed: tuple[object, ...] = ()
        self.pressed: int | None = None
        self.again: Callable[[], None] | None = None

    def show(self, data: MonthData, cursor: date, today: date, zone: ZoneInfo, *, week_at: datetime | None = None) -> None:
        """Show the month of the cursor, or its week as at `week_at`, with the mark on its day or on the post that it was on.

        Nothing is drawn again that is there already.
        """
        self.again = partial(self.show, data, cursor, today, zone, week_at=week_at)
        width = self.scrollable_content_region.width
        if width < 1:
            return  # hidden: it is drawn when it is shown
        if week_at is None:
            lines, draw = lines_of(data, cursor.year, cursor.month, today), draw_line
        else:
            lines, draw = lines_of_week(data, cursor, week_at, zone), draw_week_line
        before = self.marked
        wanted = (lines, draw, data.would_hold, cursor.year, cursor.month, today, width)
        if wanted != self.listed:
            self.listed, self.lines = wanted, lines
            self.clear_options()
            month = f"{MONTHS[cursor.month - 1]} {cursor.year}"
            words = says((f"Nothing is known of {month}; ", "$quiet"), ("n", "bold $key"), (" writes a post for it.", "$quiet"))
            nothing = Option(words, disabled=True)
            self.add_options([Option(draw(line, data, zone, width, today)) for line in lines] or [nothing])
        marked = self.marked
        if lines and (marked is None or marked.day != cursor):
            self.highlighted = self._place(before, cursor)

    def _place(self, before: DayLine | None, cursor: date) -> int:
        """Where the mark goes: to the post that it was on, if that is on the day of the cursor still; else to the day."""
        if before is not None and before.row is not None:
            for place, line in enumerate(self.lines):
                if line.day == cursor and line.row is not None and line.row.post == before.row.post:
                    return place
        return next((place for place, line in enumerate(self.lines) if line.day >= cursor), len(self.lines) - 1)

    def on_resize(self) -> None:
        """The lines are cut to the width."""
        if self.again is not None:
            self.again()

    @property
    def marked(self) -> DayLine | None:
        """The line under the mark."""
        return self.lines[self.highlighted] if self.highlighted is not None and self.highlighted < len(self.lines) else None

    def action_cursor_down(self) -> None:
        """The next line; after the last the day after it."""
        if self.lines and self.highlighted == len(self.lines) - 1:
            self.post_message(self.Pointed(self.lines[-1].day + timedelta(days=1)))
        else:
            super().action_cursor_down()

    def action_cursor_up(self) -> None:
        """The line before; before the first the day before it."""
        if self.lines and self.highlighted == 0:
            self.post_message(self.Pointed(self.lines[0].day - timedelta(days=1)))
        else:
            super().action_cursor_up()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """The mark was moved."""
        event.stop()
        if self.has_focus and self.marked is not None:
            self.post_message(self.Pointed(self.marked.day))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click on a line."""
        event.stop()
        if self.marked is not None:
            self.post_message(self.Opened(self.marked.row.post if self.marked.row else None))

    # --- the mouse --------------------------------------------------------------------------------------------

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """The post under the mouse may be dragged to another day."""
        self.pressed = _line_under(event)
        line = self._line(self.pressed)
        if line is not None and line.row is not None:
            self.post_message(self.Grabbed(line.row))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Something may be carried over the days."""
        line = self._line(_line_under(event)) if event.button else None
        if line is not None:
            self.post_message(self.Dragged(line.day, dropped=False))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Something may be dropped on a day."""
        line = self._line(_line_under(event))
        if line is not None:
            event.stop()
            self.post_message(self.Dragged(line.day, dropped=True))

    def on_click(self, event: events.Click) -> None:
        """A press that ended on another line was a drag, and opens nothing."""
        if _line_under(event) != self.pressed:
            event.stop()
            event.prevent_default()

    def _line(self, place: int | None) -> DayLine | None:
        return self.lines[place] if place is not None and place < len(self.lines) else None


def _line_under(event: events.MouseEvent) -> int | None:
    """The place of the line under the mouse."""
    place = event.style.meta.get("option")
    return place if isinstance(place, int) else None
