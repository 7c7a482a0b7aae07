"""The drawing of a month: week rows, day cells, period bands or their letters, and the agenda of one day."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from textual.content import Content

from purdah_scheduler.application.lists import Row
from purdah_scheduler.domain.civiltime import DAYS, MONTHS, local_date
from purdah_scheduler.domain.periods import PeriodStatus
from purdah_scheduler.tui.month import Band, DayCell, InForce, MonthView, WeekRow
from purdah_scheduler.tui.plain import cell, says
from purdah_scheduler.tui.postwords import block
from purdah_scheduler.tui.words import state_word

NUMBER_WIDTH = 4
"""The column of the week numbers, in cells."""

_SOLID, _DOTTED = "$band-text on $band", "$notice-text on $notice"
_STATE_WIDTH = 10


def draw_legend(width: int) -> Content:
    """What the signs of the grid mean, as much as fits."""
    signs = (
        says(("├─┤", _SOLID), " pre-election period"),
        says(("├┄┤", _DOTTED), " unconfirmed"),
        says(("*", "bold"), " today"),
        says(("3p", "bold"), " posts"),
        says(("2!", "bold $text-error"), " held, failed"),
        says(("±", "bold"), " clocks change"),
    )
    kept: list[Content] = []
    room = width
    for sign in signs:
        room -= sign.cell_length + 2
        if room < -2:
            break
        kept.append(sign)
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


def draw_month(view: MonthView, *, cursor: date, width: int, height: int, focused: bool, bands: bool) -> Content:
    """The whole grid; `bands` draws each period on a lane of its own, otherwise one line of letters stands under each date."""
    cells, lines_per_week = day_width(width), week_height(view, height)
    lines = [
        says((f" {view.title}", "bold $key")),
        says((" wk ", "$quiet"), *((f"{name[:3]:<{cells}}", "$quiet") for name in DAYS)),
    ]
    for number, week in enumerate(view.weeks):
        block = [_dates(week, cursor, cells, focused=focused)]
        if bands:
            lanes = max(1, lines_per_week - (2 if lines_per_week - 2 >= view.lanes else 1))
            block += _lanes(week, lanes, cells, first_week=number == 0)
        else:
            block.append(_letters(week, cells))
        block += [Content("")] * (lines_per_week - len(block))
        lines += block[:lines_per_week]
    return Content("\n").join(lines)


def draw_day(day: date, in_force: Sequence[InForce], *, now: datetime, zone: ZoneInfo, hours: int, width: int) -> Content:
    """The head of the agenda: the day in words, and each period with its place in it and its end, on as few lines as fit."""
    distance = (day - local_date(now, zone)).days
    near = {0: ", today", 1: ", tomorrow", -1: ", yesterday"}.get(distance, "")
    lines = [says((f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}", "bold"), (near, "$quiet"))]
    if hours != 24:
        lines.append(says((f"The clocks go {'forward' if hours < 24 else 'back'}: {hours} hours", "bold")))
    for entry in in_force:
        lines += _period(entry, width)
    if not in_force:
        lines.append(says(("No pre-election period", "$quiet")))
    return block(lines, width)


def _period(entry: InForce, width: int) -> list[Content]:
    provisional = entry.period.status is PeriodStatus.PROVISIONAL
    name = says((f" {entry.letter} ", f"bold {_DOTTED if provisional else _SOLID}"), " ", (entry.period.name, "bold"))
    said = [entry.place, entry.ends, *(["unconfirmed"] if provisional else [])]
    whole = Content.assemble(name, "  ", says((", ".join(said), "$quiet")))
    if whole.cell_length <= width:
        return [whole]
    return [name, *(says((f"    {part}", "$quiet")) for part in said)]


def draw_post(row: Row, zone: ZoneInfo, width: int) -> Content:
    """A post of the agenda on one line: time, state in a word, title."""
    word = state_word(row.state)
    clock = f"{row.at.astimezone(zone):%H:%M}" if row.at is not None else "     "
    head = f"{clock} {word.sign} {word.word:<{_STATE_WIDTH}}"
    return Content.assemble((f"{clock} ", "$quiet"), (head[6:], word.style), says(cell(row.title, max(width - len(head), 8))))


def _dates(week: WeekRow, cursor: date, cells: int, *, focused: bool) -> Content:
    parts: list[Content] = [says((f" {week.number:>2} ", "$quiet"))]
    for entry in week.days:
        text = _date(entry, cells - 1)
        if entry.day == cursor:
            text = text.stylize("reverse" if focused else "underline")
        parts += [text, Content(" ")]
    return Content("").join(parts)


def _date(entry: DayCell, room: int) -> Content:
    marks = ("*" if entry.today else " ") + ("±" if entry.hours != 24 else "")
    posts = f" {entry.count.posts}p" if entry.count.posts else ""
    waiting = f" {entry.count.waiting}!" if entry.count.waiting else ""
    spare = room - 2 - len(marks)
    if len(posts) + len(waiting) > spare:
        posts, waiting = posts.strip(), waiting.strip()
    ink = "bold $key" if entry.today else ("bold" if entry.in_month else "$quiet")
    text = Content.assemble(
        (f"{entry.day.day:>2}{marks}", ink),
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
            parts += [Content(" " * max(start - at, 0)), says((f"+{''.join(band.letter for band in hidden)}", "bold"))]
        lines.append(Content("").join(parts))
    return lines


def _bar_width(band: Band, cells: int) -> int:
    return (band.last - band.first + 1) * cells - 1


def _bar(band: Band, cells: int, *, with_end: bool) -> Content:
    """`├─ L Local elections (England) to 7 May ───▸`."""
    width, fill = _bar_width(band, cells), "┄" if band.dotted else "─"
    left = ("├" if band.starts else "◂") + fill
    right = "┤" if band.ends else "▸"
    room = width - len(left) - 5
    name = cell(band.period.name, max(room, 1)) if room > 2 else ""
    label = Content.assemble(" ", (band.letter, "bold"), says(f" {name} " if name else " "))
    if with_end and band.until is not None and not band.ends:
        tail = f"to {band.until.day} {MONTHS[band.until.month - 1][:3]} "
        if label.cell_length + len(tail) + len(left) + 2 <= width:
            label = Content.assemble(label, tail)
    rest = width - len(left) - label.cell_length - 1
    return Content.assemble(left, label, fill * max(rest, 0), right).stylize_before(_DOTTED if band.dotted else _SOLID)


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
