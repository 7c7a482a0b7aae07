"""The drawing of a month: week rows, day cells, period bands or their letters, and the agenda of one day."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from textual.content import Content

from purdah_scheduler.application.day_words import SORT_WORDS, together
from purdah_scheduler.application.lists import Row
from purdah_scheduler.domain.civiltime import DAYS, MONTHS, format_clock, local_date
from purdah_scheduler.domain.notable import Notable
from purdah_scheduler.domain.periods import PeriodStatus
from purdah_scheduler.domain.reveal import ELLIPSIS
from purdah_scheduler.tui.month import SIGNS, Band, DayCell, InForce, MonthView, WeekRow
from purdah_scheduler.tui.plain import cell, says
from purdah_scheduler.tui.postwords import block
from purdah_scheduler.tui.words import Word, state_word

NUMBER_WIDTH = 4
"""The column of the week numbers, in cells."""

_SOLID, _DOTTED = "$band-text on $band", "$notice-text on $notice"
_CLOCK_WIDTH = 5
_STATE_WIDTH = 11
_WOULD_HOLD = Word(word="would hold", sign="=", tone="wait")
_SHORTEST_NAME = 3
_WIDE_LEGEND = 100
_NAMED_LETTERS = 8
"""Periods beyond the lanes that are named by their letters; of more than that there is only the number."""

SIGN_WORDS = {"X": "polling day", "d": "deadline", "h": "bank holiday", "~": "clocks change"}
"""The signs of a day's cell for the legend."""


def draw_legend(view: MonthView, width: int) -> Content:
    """What the signs of this month mean, what matters most first, as much as fits; a sign that is not there is not told."""
    days, bands = view.days, view.bands
    signs = "".join(day.signs for day in days)
    told = [
        (any(not band.dotted for band in bands), ("├─┤", _SOLID), " pre-election period" if width >= _WIDE_LEGEND else " period"),
        (any(band.dotted for band in bands), ("├┄┤", _DOTTED), " unconfirmed"),
        *((sign in signs, (sign, "bold"), f" {word}") for sign, word in SIGN_WORDS.items()),
        (any(day.count.waiting for day in days), ("2!", "bold $text-error"), " held, failed"),
        (any(day.count.posts for day in days), ("3p", "bold"), " posts"),
        (any(day.today for day in days), ("*", "bold"), " today"),
    ]
    kept: list[Content] = []
    room = width
    for there, sign, words in told:
        said = says(sign, words)
        if there and said.cell_length <= room:
            kept.append(said)
            room -= said.cell_length + 2
    return Content("  ").join(kept)


def day_width(width: int) -> int:
    """How many cells a day has in a grid of `width` cells."""
    return max(6, min(13, (width - NUMBER_WIDTH) // 7))


def day_at(view: MonthView, x: int, y: int, *, width: int, height: int) -> date | None:
    """The day that is drawn at a place of the grid, or None."""
    column, row = (x - NUMBER_WIDTH) // day_width(width), (y - 2) // week_height(view, height)
    if x < NUMBER_WIDTH or column > 6 or y < 2 or row >= len(view.weeks):
        return None
    return view.weeks[row].days[column].day


def week_height(view: MonthView, height: int) -> int:
    """How many lines a week has in a grid of `height` lines."""
    return max(2, (height - 2) // len(view.weeks))


def draw_month(view: MonthView, *, cursor: date, width: int, height: int, focused: bool, bands: bool) -> list[Content]:
    """The lines of the grid; `bands` draws each period on a lane of its own, otherwise a line of letters stands under each date.

    A line with bands that is to spare says in a word what is notable of each day.
    """
    cells, lines_per_week = day_width(width), week_height(view, height)
    lines = [
        says((f" {view.title}", "bold $key")),
        says((" wk ", "$quiet"), *((f"{name[:3]:<{cells}}", "$quiet") for name in DAYS)),
    ]
    for number, week in enumerate(view.weeks):
        drawn = [_dates(week, cursor, cells, focused=focused)]
        if bands:
            spare = lines_per_week - 1 - week.lanes
            if spare > 0 and any(day.note for day in week.days):
                drawn.append(_notes(week, cells))
                spare -= 1
            room = lines_per_week - len(drawn)
            drawn += _lanes(week, room - 1 if spare > 0 else room, cells, first_week=number == 0)
        else:
            drawn.append(_letters(week, cells))
        drawn += [Content("")] * (lines_per_week - len(drawn))
        lines += drawn[:lines_per_week]
    return lines


def draw_day(
    day: date,
    in_force: Sequence[InForce],
    notables: Sequence[Notable],
    *,
    now: datetime,
    zone: ZoneInfo,
    width: int,
    height: int,
    pacing: Sequence[str] = (),
) -> Content:
    """The head of the day: its date, what is notable with its sign and in words, a line for each period, gaps and clashes.

    It takes `height` lines at most; what does not fit is said to be more.
    """
    distance = (day - local_date(now, zone)).days
    near = {0: ", today", 1: ", tomorrow", -1: ", yesterday"}.get(distance, "")
    lines = [says((f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}", "bold"), (near, "$quiet"))]
    for sort, words in together(notables):
        if sort in SIGNS:
            lines.append(says((f"{SIGNS[sort]} ", "bold"), (f"{SORT_WORDS[sort]}: ", "bold"), words))
    lines += [_period(entry, width) for entry in in_force[:height]]
    if not in_force:
        lines.append(says(("No pre-election period", "$quiet")))
    lines += [says(("? ", "$text-warning"), words) for words in pacing]
    rows = block(lines, width).split("\n", allow_blank=True)
    if len(rows) > height:
        rows = [*rows[: height - 1], says(("… and more: ", "bold"), ("i", "bold $key"), (" explains the day", "bold"))]
    return Content("\n").join(rows)


def _period(entry: InForce, width: int) -> Content:
    """` L  Local elections (England)  day 20 of 43, ends Thu 7 May 2026 22:00 BST`, as much as fits on one line."""
    provisional = entry.period.status is PeriodStatus.PROVISIONAL
    letter = says((f" {entry.letter} ", f"bold {_DOTTED if provisional else _SOLID}"), " ")
    said = ", ".join([entry.place, *(["unconfirmed"] if provisional else []), entry.ends])
    if len(said) > width // 2:
        said = ", ".join([entry.place, *(["unconfirmed"] if provisional else [])])
    name = cell(entry.period.name, max(width - letter.cell_length - len(said) - 2, 8))
    return Content.assemble(letter, says((name, "bold"), (f"  {said}", "$quiet")))


def draw_post(row: Row, zone: ZoneInfo, width: int, *, would_hold: bool = False) -> Content:
    """A post of the agenda on one line: time, state in a word, title; what an imagined period `would_hold` says that instead."""
    word = _WOULD_HOLD if would_hold else state_word(row.state)
    clock = format_clock(row.at, zone) if row.at is not None else " " * _CLOCK_WIDTH
    state = f"{word.sign} {word.word:<{_STATE_WIDTH}}"
    room = max(width - len(clock) - 1 - len(state), 8)
    return Content.assemble((f"{clock} ", "$quiet"), (state, word.style), says(cell(row.title, room)))


def _notes(week: WeekRow, cells: int) -> Content:
    """Under the dates: what is notable of each day in a word."""
    parts: list[Content] = [Content(" " * NUMBER_WIDTH)]
    for entry in week.days:
        word = cell(entry.note if len(entry.note) < cells else entry.note.rstrip("+"), cells - 1) if entry.note else ""
        parts.append(says((f"{word:<{cells}}", "italic $foreground" if entry.in_month else "italic $quiet")))
    return Content("").join(parts)


def _dates(week: WeekRow, cursor: date, cells: int, *, focused: bool) -> Content:
    parts: list[Content] = [says((f" {week.number:>2} ", "$quiet"))]
    for entry in week.days:
        text = _date(entry, cells - 1)
        if entry.day == cursor:
            text = text.stylize("reverse" if focused else "underline")
        parts += [text, Content(" ")]
    return Content("").join(parts)


def _date(entry: DayCell, room: int) -> Content:
    """`14*Xd 3p 2!`; where that is too long the signs of least weight go first, and the posts never do."""
    posts = f" {entry.count.posts}p" if entry.count.posts else ""
    waiting = f" {entry.count.waiting}!" if entry.count.waiting else ""
    today, signs = ("*" if entry.today else " "), entry.signs
    if 3 + len(signs) + len(posts) + len(waiting) > room:
        waiting = waiting.strip()
    if 3 + len(signs) + len(posts) + len(waiting) > room:
        posts = posts.strip()
    signs = signs[: max(room - 3 - len(posts) - len(waiting), 0)]
    ink = "bold $key" if entry.today else ("bold" if entry.in_month else "$quiet")
    text = Content.assemble(
        (f"{entry.day.day:>2}{today}", ink),
        (signs, "bold"),
        (posts, "$foreground" if entry.in_month else "$quiet"),
        (waiting, "bold $text-error"),
    )
    return text.truncate(room, pad=True)


def _lanes(week: WeekRow, lanes: int, cells: int, *, first_week: bool) -> list[Content]:
    """One line for each lane; the last one names what does not fit by its letters."""
    shown, hidden = week.shown(lanes)
    lines = []
    for lane in range(lanes):
        parts: list[Content] = [Content(" " * NUMBER_WIDTH)]
        at = 0
        for band in shown:
            if band.lane == lane:
                start = band.first * cells
                parts += [Content(" " * (start - at)), _bar(band, cells, with_end=band.starts or first_week)]
                at = start + _bar_width(band, cells)
        if lane == lanes - 1 and hidden:
            start = min(band.first for band in hidden) * cells
            names = "".join(band.letter for band in hidden)
            more = f"+{names}" if len(names) <= _NAMED_LETTERS else f"+{len(names)} more periods"
            parts += [Content(" " * max(start - at, 0)), says((more, "bold"))]
        lines.append(Content("").join(parts))
    return lines


def _bar_width(band: Band, cells: int) -> int:
    return (band.last - band.first + 1) * cells - 1


def _bar(band: Band, cells: int, *, with_end: bool) -> Content:
    """`├─ L Local elections (England): particular care to 7 May ───▸`."""
    width, fill = _bar_width(band, cells), "┄" if band.dotted else "─"
    left = ("├" if band.starts else "◂") + fill
    right = "┤" if band.ends else "▸"
    tail = f"to {band.until.day} {MONTHS[band.until.month - 1][:3]} " if with_end and band.until and not band.ends else ""
    room = width - len(left) - 5
    said = _name_and_rules(band, room - len(tail))
    if tail and said.endswith(ELLIPSIS):
        said, tail = _name_and_rules(band, room), ""
    label = Content.assemble(" ", (band.letter, "bold"), says(f" {said} " if said else " "), tail)
    rest = width - len(left) - label.cell_length - 1
    return Content.assemble(left, label, fill * max(rest, 0), right).stylize_before(_DOTTED if band.dotted else _SOLID)


def _name_and_rules(band: Band, room: int) -> str:
    """The name and the rules in words; where both do not fit each is cut, and says so by its ellipsis."""
    if room < _SHORTEST_NAME:
        return ""
    rules = f": {band.rules}" if band.rules else ""
    name = cell(band.period.name, max(room - len(rules), room // 2))
    return cell(f"{name}{rules}", room)


def _letters(week: WeekRow, cells: int) -> Content:
    """The line under the dates where there is no room for bands: the letters of each day, joined where they go on."""
    parts: list[Content] = [Content(" " * NUMBER_WIDTH)]
    for column in range(7):
        here = [band for band in week.bands if band.covers(column)]
        if not here:
            parts.append(Content(" " * cells))
            continue
        fill = "┄" if all(band.dotted for band in here) else "─"
        starts = any(band.starts and band.first == column for band in here)
        ends = any(band.ends and band.last == column for band in here)
        goes_on = any(band.last > column or (column == 6 and not band.ends) for band in here)
        lead = "├" if starts else ("◂" if column == 0 else fill)
        room = cells - 3
        names = "".join(band.letter for band in here)
        names = names if len(names) <= room else f"{names[: room - 2]}+{len(names) - room + 2}"
        text = lead + names + ("┤" if ends else "")
        if goes_on:
            text = f"{text:{fill}<{cells}}" if column < 6 else f"{text:{fill}<{cells - 2}}▸"
        style = _DOTTED if all(band.dotted for band in here) else _SOLID
        parts.append(Content.assemble((text, style), " " * (cells - len(text))))
    return Content("").join(parts)
