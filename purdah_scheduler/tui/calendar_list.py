"""The month as a plain list, a line for each thing of each day: the calendar for who has no use for a grid."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from purdah_scheduler.application.day_words import SORT_WORDS
from purdah_scheduler.application.lists import Row
from purdah_scheduler.domain.civiltime import MONTHS, format_day
from purdah_scheduler.domain.notable import Notable, Sort
from purdah_scheduler.tui import keys
from purdah_scheduler.tui.calendar_grid import draw_post
from purdah_scheduler.tui.calendar_read import MonthData
from purdah_scheduler.tui.month import SIGNS, days_of
from purdah_scheduler.tui.plain import cell, says

_DAY_WIDTH = 17
_SAID_IN_WORDS = frozenset({Sort.BEGINS, Sort.ENDS, Sort.ANNOUNCED})
"""What is notable of a period says in its own words what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """One thing of one day: something notable, a post, or neither where the day is today and has nothing."""

    day: date
    notable: Notable | None = None
    row: Row | None = None


def lines_of(data: MonthData, year: int, month: int, today: date) -> tuple[DayLine, ...]:
    """The lines of a month, day by day: what is notable first, then the posts by their time."""
    found: list[DayLine] = []
    for day in days_of(year, month):
        here = [*(DayLine(day=day, notable=entry) for entry in data.almanac.on(day)), *_posts(data, day)]
        found += here or ([DayLine(day=day)] if day == today else [])
    return tuple(found)


def _posts(data: MonthData, day: date) -> Iterator[DayLine]:
    return (DayLine(day=day, row=row) for row in data.rows.get(day, ()))


def draw_line(line: DayLine, named: dict[str, str], zone: ZoneInfo, width: int, today: date) -> Content:
    """`Thu 7 May 2026  X Polling day: Local elections (England)`."""
    mark = "*" if line.day == today else " "
    head = says((f"{format_day(line.day):<{_DAY_WIDTH - 2}}{mark} ", "bold $key" if line.day == today else ""))
    room = max(width - _DAY_WIDTH, 20)
    if line.row is not None:
        return Content.assemble(head, draw_post(line.row, zone, room))
    if line.notable is None:
        return Content.assemble(head, says(("Nothing on this day", "$quiet")))
    entry = line.notable
    sign = named.get(entry.period, SIGNS.get(entry.sort, " "))
    words = entry.words if entry.sort in _SAID_IN_WORDS else f"{SORT_WORDS[entry.sort]}: {entry.words}"
    return Content.assemble(head, says((f"{sign} ", "bold"), cell(words, room - 2)))


class MonthList(OptionList):
    """The lines of a month; the mark is on the day under the cursor, or the next one that has a line."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("listed")]

    class Pointed(Message):
        """The mark was moved to a line of another day."""

        def __init__(self, day: date) -> None:
            super().__init__()
            self.day = day

    class Opened(Message):
        """A line was chosen; `post` is None where it is about no post."""

        def __init__(self, post: int | None) -> None:
            super().__init__()
            self.post = post

    def __init__(self) -> None:
        super().__init__(id="list", compact=True)
        self.lines: tuple[DayLine, ...] = ()
        self.listed: tuple[object, ...] = ()
        self.again: Callable[[], None] | None = None

    def show(self, data: MonthData, cursor: date, today: date, zone: ZoneInfo) -> None:
        """Show the month of the cursor with the mark on its day; nothing is drawn again that is there already."""
        self.again = partial(self.show, data, cursor, today, zone)
        width = self.scrollable_content_region.width
        if width < 1:
            return  # hidden: it is drawn when it is shown
        lines = lines_of(data, cursor.year, cursor.month, today)
        wanted = (lines, cursor.year, cursor.month, today, width)
        if wanted != self.listed:
            self.listed, self.lines = wanted, lines
            self.clear_options()
            named = dict(data.named)
            nothing = Option(says((f"Nothing is known of {MONTHS[cursor.month - 1]} {cursor.year}.", "$quiet")), disabled=True)
            self.add_options([Option(draw_line(line, named, zone, width, today)) for line in lines] or [nothing])
        marked = self.marked
        if lines and (marked is None or marked.day != cursor):
            self.highlighted = next((place for place, line in enumerate(lines) if line.day >= cursor), len(lines) - 1)

    def on_resize(self) -> None:
        """The lines are cut to the width."""
        if self.again is not None:
            self.again()

    @property
    def marked(self) -> DayLine | None:
        """The line under the mark."""
        return self.lines[self.highlighted] if self.highlighted is not None and self.highlighted < len(self.lines) else None

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
