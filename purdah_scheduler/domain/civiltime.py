"""Civil time: what people type and read, as exact instants; a local time that is missing or happens twice is refused."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

from purdah_scheduler.domain.reveal import one_line
from purdah_scheduler.errors import BadTime
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.mistyped import nearest

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
FIRST_YEAR, LAST_YEAR = 2000, 2100
EXAMPLES = "2026-05-07T09:30, 7 May 9:30, 14/4 9am, tomorrow half past nine, next tuesday 9am, +3d 09:00 or in 2 hours"

_DAY_WORDS = {word: number for number, name in enumerate(DAYS) for word in (name.lower(), name[:3].lower())} | {
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
}
_MONTH_WORDS = {word: number for number, name in enumerate(MONTHS, 1) for word in (name.lower(), name[:3].lower())} | {"sept": 9}
_NEAR_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_NAMED_OFFSETS = {"z": 0, "utc": 0, "gmt": 0, "bst": 60}

_MAX_TYPED = 60
_JUST_PASSED = 31
_TIME = re.compile(
    r"(?:^| |(?<=[0-9])t)(?:at )?(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?)? ?(?P<half>am|pm)?"
    r"(?: ?(?P<offset>z|utc|gmt|bst|[+-][0-9]{2}:?[0-9]{2}))?$"
)
_WORD_TIME = re.compile(r"(?:^| )(?:at )?(?P<word>noon|midnight)$")
_ISO_DATE = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_SLASH_DATE = re.compile(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})(?:/(?P<year>[0-9]{4}))?")
_WORD_DATE = re.compile(r"(?:(?P<weekday>[a-z]+) )?(?P<day>[0-9]{1,2})(?:st|nd|rd|th)? (?P<month>[a-z]+)(?: (?P<year>[0-9]{4}))?")
_WEEKDAY = re.compile(r"(?:(?P<which>next|this|on) )?(?P<weekday>[a-z]+)")
_DAYS_AHEAD = re.compile(r"\+(?P<count>[0-9]{1,3})(?P<unit>[dw])")
_AHEAD = re.compile(r"\+(?P<count>[0-9]{1,4})(?P<unit>[mh])")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An instant as a person gave it: `at` in UTC, `text` as typed, `zone` the zone it was read in."""

    at: datetime
    text: str
    zone: str

    def __post_init__(self) -> None:
        if self.at.tzinfo is not UTC:
            raise ValueError("a moment is kept in UTC")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One row of a month calendar: the ISO 8601 week number and its seven days, Monday first."""

    number: int
    days: tuple[date, ...]


@cache
def london() -> ZoneInfo:
    """Europe/London: the zone of every UK election, whatever zone a user reads times in."""
    return ZoneInfo("Europe/London")


def parse_local(text: str, *, now: datetime, zone: ZoneInfo) -> Moment:
    """The instant that `text` names in `zone`, as seen at `now` (aware).

    British: the day comes before the month. A date with no year is the next such date, a weekday the next such moment
    (`next tuesday` is never today); an offset (`+01:00`, `Z`, `BST`, `GMT`) settles a time that happens twice.
    Raises BadTime for anything else, and for a time that does not exist or happens twice: nothing is guessed.
    """
    from purdah_scheduler.domain.spoken_time import Names, in_figures  # for who types a time: its patterns are made on loading

    typed = one_line(text, _MAX_TYPED)
    words = " ".join(text.casefold().replace(",", " ").split())
    if not words:
        raise BadTime("No time was given, so no time was set.", next_step=f"Try {EXAMPLES}.")
    if len(words) > _MAX_TYPED:
        raise _unreadable(typed)
    local_now = now.astimezone(zone).replace(microsecond=0)
    words = in_figures(words, today=local_now.date(), names=Names(weekdays=_DAY_WORDS, months=_MONTH_WORDS), typed=typed)
    if words == "now":
        return Moment(at=local_now.astimezone(UTC), text=text.strip(), zone=zone.key)
    if ahead := _AHEAD.fullmatch(words):
        span = timedelta(**{"minutes" if ahead["unit"] == "m" else "hours": int(ahead["count"])})
        return Moment(at=local_now.astimezone(UTC) + span, text=text.strip(), zone=zone.key)
    if words in ("noon", "midnight"):
        return Moment(at=_next_word_time(words, local_now, zone), text=text.strip(), zone=zone.key)

    if word := _WORD_TIME.search(words):
        day = _read_date(words[: word.start()], typed, local_now, time(12))
        if word["word"] == "midnight":
            raise BadTime(
                f"“{typed}” can mean the start or the end of that day, so no time was set.",
                next_step=f"Type {day.isoformat()}T00:00 or {_next_day(day, typed).isoformat()}T00:00.",
            )
        return Moment(at=instant_of(datetime.combine(day, time(12)), zone), text=text.strip(), zone=zone.key)

    found = _TIME.search(words)
    if found is None:
        raise _no_time(words, typed, local_now)
    if found["minute"] is None and found["half"] is None:
        raise _half_a_time(words[: found.start()], found["hour"], typed, local_now)
    clock = _read_clock(found)
    day = _read_date(words[: found.start()], typed, local_now, clock)
    if found["offset"] is not None:
        return Moment(at=_with_offset(day, clock, found["offset"]), text=text.strip(), zone=zone.key)
    return Moment(at=instant_of(datetime.combine(day, clock), zone), text=text.strip(), zone=zone.key)


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant at which the clocks of `zone` show `wall` (naive).

    zoneinfo itself accepts any wall time, so it is sent to UTC and back. Raises BadTime, with both readings written as they can
    be typed, where the clocks never show it (they went forward) or show it twice (they went back).
    """
    readings = [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    if readings[0] == readings[1]:
        return readings[0]
    shown = _bare(wall)
    typeable = " or ".join(_bare(reading.astimezone(zone)) for reading in readings)
    if readings[0].astimezone(zone).replace(tzinfo=None) == wall:
        raise BadTime(
            f"{shown} happens twice, because the clocks go back: {typeable}. No time was set.",
            next_step="Type the one that you mean.",
        )
    raise BadTime(
        f"{shown} does not exist, because the clocks go forward over it. No time was set. Did you mean {typeable}?",
        next_step="Type the one that you mean.",
    )


def first_instant(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """The first UTC instant at which the clocks of `zone` show `wall` (naive), or None where they jump over it.

    For times that come again and again, where nobody is there to ask: a person's own time is `instant_of`.
    """
    at = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return at if at.astimezone(zone).replace(tzinfo=None) == wall else None


def format_local(at: datetime, zone: ZoneInfo, now: datetime | None = None) -> str:
    """How people read an instant: `Tue 14 Apr 2026 14:30 BST`; with `now`, `today`, `tomorrow` or `yesterday`."""
    local = at.astimezone(zone)
    clock = f"{local:%H:%M} {local.tzname()}"
    if now is not None:
        distance = (local.date() - now.astimezone(zone).date()).days
        for word, days in _NEAR_DAYS.items():
            if days == distance:
                return f"{word} {clock}"
    return f"{format_day(local.date())} {clock}"


def format_clock(at: datetime, zone: ZoneInfo) -> str:
    """The time of day of an instant: `14:30`; with its zone (`01:30 GMT`) in the hour that the clocks show twice."""
    local = at.astimezone(zone)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{local:%H:%M} {local.tzname()}" if twice else f"{local:%H:%M}"


def format_day(day: date) -> str:
    """How people read a date: `Tue 14 Apr 2026`, in English whatever the locale."""
    return f"{DAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def rfc3339(at: datetime, zone: ZoneInfo) -> str:
    """How programs read an instant: RFC 3339 with the offset of `zone`, to the second."""
    return at.astimezone(zone).isoformat(timespec="seconds")


def local_date(at: datetime, zone: ZoneInfo) -> date:
    """The date on the wall at that instant: never the UTC date."""
    return at.astimezone(zone).date()


def last_date(end: datetime, zone: ZoneInfo) -> date:
    """The last local date of what ends at `end`, which is no part of it: of what ends at midnight, the day before."""
    return local_date(end - timedelta(microseconds=1), zone)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants [first, last) of a local day, in UTC: 23, 24 or 25 hours."""
    first, last = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (day, day + timedelta(days=1)))
    return first, last


def month_weeks(year: int, month: int) -> tuple[Week, ...]:
    """The rows of a month calendar, Monday first, filled up with the days of the months beside it."""
    import calendar

    rows = calendar.Calendar(firstweekday=calendar.MONDAY).monthdatescalendar(year, month)
    return tuple(Week(number=row[0].isocalendar().week, days=tuple(row)) for row in rows)


# --- reading ------------------------------------------------------------------------------------------------------


def _read_clock(found: re.Match[str]) -> time:
    hour, minute, second = int(found["hour"]), int(found["minute"] or 0), int(found["second"] or 0)
    if found["half"] is not None:
        if not 1 <= hour <= 12:
            raise BadTime(f"{hour} {found['half']} is not a time of day, so no time was set.", next_step=f"Try {EXAMPLES}.")
        hour = hour % 12 + (12 if found["half"] == "pm" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        raise BadTime(
            f"{found.group().strip(' t')} is not a time of day, so no time was set.",
            next_step=f"Hours run from 00 to 23, minutes and seconds from 00 to 59. Try {EXAMPLES}.",
        ) from None


def _read_date(words: str, typed: str, local_now: datetime, clock: time) -> date:
    today = local_now.date()
    words = words.strip()
    if not words:
        if clock > local_now.time():
            return today
        shown = clock.isoformat(timespec="seconds" if clock.second else "minutes")
        raise BadTime(
            f"{shown} is a time without a day and has passed today, so no time was set.",
            next_step=f"Type today {shown} or tomorrow {shown}.",
        )
    if found := _ISO_DATE.fullmatch(words):
        return _real_date(int(found["year"]), int(found["month"]), int(found["day"]), typed)
    if found := _SLASH_DATE.fullmatch(words):
        return _dated(found["year"], int(found["month"]), int(found["day"]), typed, today)
    if words in _NEAR_DAYS:
        return today + timedelta(days=_NEAR_DAYS[words])
    if found := _DAYS_AHEAD.fullmatch(words):
        return _within(today + timedelta(days=int(found["count"]) * (7 if found["unit"] == "w" else 1)), typed)
    if (found := _WORD_DATE.fullmatch(words)) and found["month"] in _MONTH_WORDS:
        return _word_date(found, typed, today)
    if (found := _WEEKDAY.fullmatch(words)) and found["weekday"] in _DAY_WORDS:
        distance = (_DAY_WORDS[found["weekday"]] - today.weekday()) % 7
        if distance == 0 and (found["which"] == "next" or clock <= local_now.time()):
            distance = 7
        return today + timedelta(days=distance)
    raise _unreadable(typed, words)


def _word_date(found: re.Match[str], typed: str, today: date) -> date:
    day = _dated(found["year"], _MONTH_WORDS[found["month"]], int(found["day"]), typed, today)
    weekday = found["weekday"]
    if weekday is not None:
        if weekday not in _DAY_WORDS:
            raise _unreadable(typed, weekday)
        if _DAY_WORDS[weekday] != day.weekday():
            raise BadTime(
                f"{format_day(day)} is not a {DAYS[_DAY_WORDS[weekday]]}, so no time was set.",
                next_step="Correct the day or the date.",
            )
    return day


def _dated(year: str | None, month: int, day: int, typed: str, today: date) -> date:
    """A date with or without its year; without one, the next such date, today included.

    One that passed in the last weeks is refused: it is a slip far more often than a date of next year.
    """
    if year is not None:
        return _real_date(int(year), month, day, typed)
    for candidate in (today.year, today.year + 1):
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if found >= today:
            return _within(found, typed)
        if (today - found).days <= _JUST_PASSED:
            raise BadTime(f"{format_day(found)} has passed, so no time was set.", next_step="Give the date with its year.")
    raise _no_such_date(typed)


def _real_date(year: int, month: int, day: int, typed: str) -> date:
    try:
        return _within(date(year, month, day), typed)
    except ValueError:
        raise _no_such_date(typed) from None


def _within(day: date, typed: str) -> date:
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return day
    raise BadTime(f"“{typed}” is outside {FIRST_YEAR} to {LAST_YEAR}, so no time was set.", next_step="Check the year.")


def _next_day(day: date, typed: str) -> date:
    return _within(day + timedelta(days=1), typed)


def _next_word_time(word: str, local_now: datetime, zone: ZoneInfo) -> datetime:
    """The next noon or midnight after now: said alone, neither can be misread."""
    clock = time(12) if word == "noon" else time()
    day = local_now.date()
    if clock <= local_now.time():
        day += timedelta(days=1)
    return instant_of(datetime.combine(day, clock), zone)


def _with_offset(day: date, clock: time, offset: str) -> datetime:
    if offset in _NAMED_OFFSETS:
        minutes = _NAMED_OFFSETS[offset]
    else:
        hours, rest = int(offset[1:3]), int(offset[-2:])
        if hours > 14 or rest > 59:
            raise BadTime(
                f"{offset} is not an offset from UTC, so no time was set.", next_step="In the UK it is +00:00 or +01:00."
            )
        minutes = (hours * 60 + rest) * (-1 if offset[0] == "-" else 1)
    return datetime.combine(day, clock, timezone(timedelta(minutes=minutes))).astimezone(UTC)


# --- refusing -----------------------------------------------------------------------------------------------------


def _bare(at: datetime) -> str:
    return at.isoformat(timespec="seconds" if at.second else "minutes")


def _no_such_date(typed: str) -> BadTime:
    return BadTime(
        f"“{typed}” has no such date in it, so no time was set.", next_step=f"The day comes before the month. Try {EXAMPLES}."
    )


def _no_time(words: str, typed: str, local_now: datetime) -> BadTime:
    """Why nothing in `words` is a time: a date alone, or something that cannot be read at all."""
    try:
        _read_date(words, typed, local_now, time())
    except BadTime as fault:
        return fault
    return BadTime(f"“{typed}” is a day without a time, so no time was set.", next_step=f"Add the time: {typed} 09:30.")


def _half_a_time(words: str, hour: str, typed: str, local_now: datetime) -> BadTime:
    """Why an hour alone is refused: it may be of the morning or of the evening, if it is an hour at all."""
    try:
        _read_date(words, typed, local_now, time())
    except BadTime:
        return _unreadable(typed, words)
    day, clock = one_line(words.strip(), _MAX_TYPED), int(hour)
    readings = [f"{day} {clock:02}:00", f"{day} {clock % 12 + 12:02}:00"] if 1 <= clock <= 11 else [f"{day} {clock:02}:00"]
    return BadTime(
        f"The {hour} in “{typed}” has no minutes and no am or pm, so no time was set.",
        next_step=f"Type {' or '.join(readings)}.",
    )


def _unreadable(typed: str, words: str = "") -> BadTime:
    known = [*_NEAR_DAYS, *_DAY_WORDS, *_MONTH_WORDS, "noon", "midnight"]
    unknown = [word for word in words.split() if word.isalpha() and word not in known]
    near = next((close for word in unknown if (close := nearest(word, known, likeness=0.7))), "")
    hint = f" Did you mean “{near}”?" if near else ""
    return BadTime(f"“{typed}” is not a time that can be read, so no time was set.{hint}", next_step=f"Try {EXAMPLES}.")
