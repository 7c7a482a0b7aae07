"""The month as a calendar of periods: weeks, day cells, one lane for each period, and the day's agenda; pure, nothing drawn."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from string import ascii_uppercase
from zoneinfo import ZoneInfo

from purdah_scheduler.application.lists import Row
from purdah_scheduler.domain.civiltime import (
    MONTHS,
    day_bounds,
    format_local,
    last_date,
    local_date,
    month_weeks,
)
from purdah_scheduler.domain.notable import Almanac, Notable, Sort
from purdah_scheduler.domain.periods import EndMode, Kind, Period, PeriodStatus
from purdah_scheduler.domain.posts import NEEDS_A_PERSON, DeliveryState, PostState
from purdah_scheduler.lean import lean_dataclass

_FAR = datetime(9000, 1, 1, tzinfo=UTC)
_LETTER_GAP = timedelta(days=70)
"""Two periods that can be on one screen (six weeks, and the month beside it) never share a letter."""

_FIRST_CHOICE = {
    Kind.GENERAL: "G",
    Kind.LOCAL: "L",
    Kind.MAYORAL: "M",
    Kind.PCC: "P",
    Kind.EUROPEAN: "E",
    Kind.SCOTTISH_PARLIAMENT: "S",
    Kind.SENEDD: "W",
    Kind.NI_ASSEMBLY: "N",
    Kind.REFERENDUM: "R",
    Kind.BY_ELECTION: "B",
    Kind.FREEZE: "F",
    Kind.DEPARTMENTAL: "D",
}

SIGNS = {Sort.POLL: "X", Sort.DEADLINE: "d", Sort.HOLIDAY: "h", Sort.CLOCKS: "~"}
"""What stands in a day's cell, what matters most first; the legend, the day and the list say each in words."""

_GONE = frozenset({str(DeliveryState.CANCELLED), str(PostState.WITHDRAWN)})
_NEEDS_A_PERSON = NEEDS_A_PERSON | {str(PostState.REJECTED)}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """How many posts have their moment on a day, and how many of them wait for a person (held, missed and the like)."""

    posts: int = 0
    waiting: int = 0


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class DayCell:
    """One day of the grid, with what is notable on it besides periods."""

    day: date
    in_month: bool
    today: bool
    count: DayCount
    notables: tuple[Notable, ...] = ()

    @property
    def signs(self) -> str:
        """One sign for each sort of notable thing, what matters most first."""
        return "".join(sign for sort, sign in SIGNS.items() if any(entry.sort is sort for entry in self.notables))

    @property
    def note(self) -> str:
        """The thing that matters most in one or two words, with a plus where there are others; empty where there is none."""
        words = list(dict.fromkeys(entry.brief for entry in self.notables if entry.brief))
        return f"{words[0]}{'+' if len(words) > 1 else ''}" if words else ""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A period in one week: columns `first` to `last` (Monday is 0), and whether its own first or last day is among them.

    `rules` are those that it brings, in words. `dotted`: the period is provisional, or is past its earliest end and waits to
    be lifted. `until` is the period's last day, None while its end is open.
    """

    period: Period
    letter: str
    rules: str
    lane: int
    first: int
    last: int
    starts: bool
    ends: bool
    dotted: bool
    until: date | None

    def covers(self, column: int) -> bool:
        """Whether the band is in force on that day of the week."""
        return self.first <= column <= self.last


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class WeekRow:
    """One week: its ISO number, its days, and its bands by lane; a period has the same lane in every week of the month."""

    number: int
    days: tuple[DayCell, ...]
    bands: tuple[Band, ...]

    @property
    def lanes(self) -> int:
        """How many lanes it needs."""
        return max((band.lane + 1 for band in self.bands), default=0)

    def shown(self, lanes: int) -> tuple[tuple[Band, ...], tuple[Band, ...]]:
        """The bands that fit on `lanes` lines, and those that only the last line's `+WB` can name."""
        over = [band for band in self.bands if band.lane >= lanes]
        if not over:
            return self.bands, ()
        hidden = tuple(band for band in self.bands if band.lane >= lanes - 1)
        return tuple(band for band in self.bands if band.lane < lanes - 1), hidden


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class MonthView:
    """A month, filled up to whole weeks; or some of its weeks, under a `heading` of their own."""

    year: int
    month: int
    weeks: tuple[WeekRow, ...]
    heading: str = ""

    @property
    def title(self) -> str:
        return self.heading or f"{MONTHS[self.month - 1]} {self.year}"

    @property
    def bands(self) -> tuple[Band, ...]:
        """The bands of every week."""
        return tuple(band for week in self.weeks for band in week.bands)

    @property
    def days(self) -> tuple[DayCell, ...]:
        """The days of every week."""
        return tuple(day for week in self.weeks for day in week.days)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """A period on one day, in words: `day 20 of 43` and when it ends."""

    period: Period
    letter: str
    place: str
    ends: str


def letters(periods: Iterable[Period]) -> dict[str, str]:
    """A letter for each period: its kind's own, else one of its name, else any; unique among periods near each other in time.

    The letter depends on the whole calendar and not on the month shown, so that it stays when the month turns.
    """
    found: dict[str, str] = {}
    near: list[tuple[datetime, str]] = []
    for period in sorted(periods, key=lambda period: (period.starts, period.id)):
        near = [(free_at, letter) for free_at, letter in near if free_at > period.starts]
        taken = {letter for _, letter in near}
        wanted = [
            _FIRST_CHOICE[period.kind],
            *(char for char in period.name.upper() if char in ascii_uppercase),
            *ascii_uppercase,
        ]
        letter = found[period.id] = next((letter for letter in wanted if letter not in taken), "?")
        near.append(((period.ended_at() or _FAR) + _LETTER_GAP, letter))
    return found


def day_counts(rows: Iterable[Row], zone: ZoneInfo) -> dict[date, DayCount]:
    """Posts by the local day of their moment; those without a time, or taken back, are not counted."""
    posts: Counter[date] = Counter()
    waiting: Counter[date] = Counter()
    for row in rows:
        if row.at is not None and row.state not in _GONE:
            day = local_date(row.at, zone)
            posts[day] += 1
            waiting[day] += row.state in _NEEDS_A_PERSON
    return {day: DayCount(posts=number, waiting=waiting[day]) for day, number in posts.items()}


def month_span(year: int, month: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants [first, last) of the weeks that a month is shown with."""
    weeks = month_weeks(year, month)
    return day_bounds(weeks[0].days[0], zone)[0], day_bounds(weeks[-1].days[-1], zone)[1]


def month_view(
    year: int,
    month: int,
    *,
    today: date,
    zone: ZoneInfo,
    periods: Sequence[Period],
    counts: Mapping[date, DayCount],
    named: Mapping[str, str],
    rules: Mapping[str, str],
    almanac: Almanac,
) -> MonthView:
    """The weeks of a month with their bands; `named` is the letter of each period, `rules` are those that it brings in words.

    Lanes are given in order of start: the lowest that no other period has in any of the weeks that this one touches.
    """
    weeks = month_weeks(year, month)
    starts = [[day_bounds(day, zone)[0] for day in week.days] for week in weeks]
    edges = [*(first[0] for first in starts), month_span(year, month, zone)[1]]
    periods = [period for period in periods if period.overlaps(edges[0], edges[-1])]
    covered = {
        period.id: [_columns(period, each, until) for each, until in zip(starts, edges[1:], strict=True)] for period in periods
    }
    lanes = _lanes(periods, covered)
    rows = []
    for number, week in enumerate(weeks):
        bands = [
            _band(
                period,
                week.days,
                columns,
                begins=starts[number][columns[0]],
                lane=lanes[period.id],
                letter=named.get(period.id, "?"),
                rules=rules.get(period.id, ""),
                zone=zone,
            )
            for period in periods
            if (columns := covered[period.id][number]) is not None
        ]
        days = tuple(
            DayCell(
                day=day,
                in_month=day.month == month,
                today=day == today,
                count=counts.get(day, DayCount()),
                notables=almanac.on(day),
            )
            for day in week.days
        )
        rows.append(WeekRow(number=week.number, days=days, bands=tuple(sorted(bands, key=lambda band: band.lane))))
    return MonthView(year=year, month=month, weeks=tuple(rows))


def in_force_on(day: date, periods: Iterable[Period], named: Mapping[str, str], zone: ZoneInfo) -> tuple[InForce, ...]:
    """The periods of a day in words, those that started first coming first."""
    first, last = day_bounds(day, zone)
    return tuple(
        InForce(period=period, letter=named.get(period.id, "?"), place=_place(period, day, zone), ends=_ends(period, zone))
        for period in sorted(periods, key=lambda period: (period.starts, period.id))
        if period.overlaps(first, last)
    )


def days_of(year: int, month: int) -> tuple[date, ...]:
    """The days of a month, without those that fill up its weeks."""
    return tuple(day for week in month_weeks(year, month) for day in week.days if day.month == month)


def shifted(day: date, months: int) -> date:
    """The same day `months` later (or earlier, when negative), or the last day of that month where it is shorter."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))


def _columns(period: Period, starts: Sequence[datetime], until: datetime) -> tuple[int, int] | None:
    """The first and the last day of a week on which the period holds, by the instants at which its days start, or None."""
    if not period.overlaps(starts[0], until):
        return None
    end = period.ended_at()
    first = max(bisect_right(starts, period.starts) - 1, 0)
    return first, len(starts) - 1 if end is None else bisect_left(starts, end) - 1


def _lanes(periods: Sequence[Period], covered: Mapping[str, Sequence[tuple[int, int] | None]]) -> dict[str, int]:
    """A lane for each period that is in the month at all."""
    taken: list[set[int]] = []
    lanes: dict[str, int] = {}
    for period in sorted(periods, key=lambda period: (period.starts, period.id)):
        weeks = {number for number, columns in enumerate(covered[period.id]) if columns is not None}
        lane = next((lane for lane, used in enumerate(taken) if used.isdisjoint(weeks)), len(taken))
        if lane == len(taken):
            taken.append(set())
        taken[lane] |= weeks
        lanes[period.id] = lane
    return lanes


def _band(
    period: Period,
    days: Sequence[date],
    columns: tuple[int, int],
    *,
    begins: datetime,
    lane: int,
    letter: str,
    rules: str,
    zone: ZoneInfo,
) -> Band:
    first, last = columns
    final = _last_day(period, zone)
    waiting = period.ended_at() is None and begins >= period.ends
    return Band(
        period=period,
        letter=letter,
        rules=rules,
        lane=lane,
        first=first,
        last=last,
        starts=local_date(period.starts, zone) == days[first],
        ends=final is not None and final == days[last],
        dotted=waiting or period.status is PeriodStatus.PROVISIONAL,
        until=final,
    )


def _last_day(period: Period, zone: ZoneInfo) -> date | None:
    """The last local day that the period touches, or None while its end is open."""
    end = period.ended_at()
    return None if end is None else last_date(end, zone)


def _place(period: Period, day: date, zone: ZoneInfo) -> str:
    start = local_date(period.starts, zone)
    number = (day - start).days + 1
    final = _last_day(period, zone)
    return f"day {number}" if final is None else f"day {number} of {(final - start).days + 1}"


def _ends(period: Period, zone: ZoneInfo) -> str:
    end = period.ended_at()
    if end is None:
        return f"until it is lifted, not before {format_local(period.ends, zone)}"
    word = "lifted" if period.end_mode is EndMode.MANUAL_LIFT and period.lifted_at is not None else "ends"
    return f"{word} {format_local(end, zone)}"


def boundary(day: date, periods: Iterable[Period], zone: ZoneInfo, *, back: bool = False) -> date | None:
    """The next day after `day` (or before it, going back) on which a period starts or is in force for the last time, or None."""
    edges = {edge for period in periods for edge in (local_date(period.starts, zone), _last_day(period, zone)) if edge}
    return beside(day, edges, back=back)


def beside(day: date, days: Iterable[date], *, back: bool = False) -> date | None:
    """The nearest of `days` after that day, or before it, going back; None where there is none."""
    return (
        max((one for one in days if one < day), default=None) if back else min((one for one in days if one > day), default=None)
    )
