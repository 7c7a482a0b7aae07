"""One week of the calendar: its row of the month, and a line for each thing of each of its days; pure, nothing drawn."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from purdah_scheduler.application.lists import Row
from purdah_scheduler.application.slotting import SlotLine
from purdah_scheduler.domain.civiltime import MONTHS
from purdah_scheduler.domain.notable import Notable
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.month import MonthView


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """One thing of one day: something notable, a post, a free slot, a remark on its rhythm, or none of them: the day itself.

    `letters` are those of the periods in force, for the line of the day itself; `in_slot`: the post stands in a posting slot.
    """

    day: date
    notable: Notable | None = None
    row: Row | None = None
    slot: SlotLine | None = None
    remark: str = ""
    letters: str = ""
    in_slot: bool = False
    is_head: bool = False


def week_of(view: MonthView, day: date) -> MonthView:
    """The week of that day alone, with a title of its own; `view` is the month that the day is in."""
    week = next(week for week in view.weeks if any(entry.day == day for entry in week.days))
    first, last = week.days[0].day, week.days[-1].day
    return replace(view, weeks=(week,), heading=f"Week {week.number}: {_span(first, last)}")


def week_days(day: date) -> tuple[date, ...]:
    """The seven days of the week of a day, Monday first."""
    monday = day - timedelta(days=day.weekday())
    return tuple(monday + timedelta(days=number) for number in range(7))


def week_lines(
    days: Iterable[date],
    *,
    rows: Mapping[date, Sequence[Row]],
    slots: Mapping[date, Sequence[SlotLine]],
    notables: Mapping[date, Sequence[Notable]],
    letters: Mapping[date, str],
    remarks: Mapping[date, Sequence[str]],
    now: datetime,
) -> tuple[DayLine, ...]:
    """For each day the day itself, what is notable, its posts and free slots by their time, and what there is to say of them.

    A free slot whose time has passed is no use to anybody and is left out.
    """
    found: list[DayLine] = []
    for day in days:
        found.append(DayLine(day=day, letters=letters.get(day, ""), is_head=True))
        found += [DayLine(day=day, notable=entry) for entry in notables.get(day, ())]
        found += [line for _, _, line in sorted(_timed(day, rows.get(day, ()), slots.get(day, ()), now), key=_by_time)]
        found += [DayLine(day=day, remark=words) for words in remarks.get(day, ())]
    return tuple(found)


_Timed = tuple[datetime, int, DayLine]


def _timed(day: date, rows: Sequence[Row], slots: Sequence[SlotLine], now: datetime) -> Iterator[_Timed]:
    taken = {post for slot in slots for post in slot.posts}
    for row in rows:
        if row.at is not None:
            yield row.at, row.post, DayLine(day=day, row=row, in_slot=row.post in taken)
    for slot in slots:
        if not slot.posts and slot.at > now:
            yield slot.at, 0, DayLine(day=day, slot=slot)


def _by_time(timed: _Timed) -> tuple[datetime, int]:
    return timed[:2]


def _span(first: date, last: date) -> str:
    """`13 to 19 April 2026`, `27 April to 3 May 2026`."""
    end = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    if first.month == last.month:
        return f"{first.day} to {end}"
    year = f" {first.year}" if first.year != last.year else ""
    return f"{first.day} {MONTHS[first.month - 1]}{year} to {end}"


def by_local_day(slots: Iterable[SlotLine], zone: ZoneInfo) -> dict[date, tuple[SlotLine, ...]]:
    """Slots by the local day on which they are."""
    found: dict[date, list[SlotLine]] = {}
    for slot in slots:
        found.setdefault(slot.at.astimezone(zone).date(), []).append(slot)
    return {day: tuple(lines) for day, lines in found.items()}
