"""A day as a person names it to look at it: one that has passed is as good as one to come."""

from contextlib import suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

from purdah_scheduler.domain.civiltime import FIRST_YEAR, LAST_YEAR, MONTHS, local_date, parse_local
from purdah_scheduler.errors import BadTime

_EXAMPLES = "Try 14 apr, 14/4/2027, fri, a week tomorrow, first monday in march, +2w or may 2027."


def read_day(typed: str, *, now: datetime, zone: ZoneInfo) -> date:
    """The day that a person names to look at: a date of this year may have passed, a month alone is its first day.

    Raises BadTime for what names no day.
    """
    month, _, year = typed.strip().lower().partition(" ")
    named = [number for number, name in enumerate(MONTHS, 1) if len(month) >= 3 and name.lower().startswith(month)]
    if named and (not year or (year.isdecimal() and FIRST_YEAR <= int(year) <= LAST_YEAR)):
        return date(int(year) if year else local_date(now, zone).year, named[0], 1)
    return read_date(typed, now=now, zone=zone)


def read_date(typed: str, *, now: datetime, zone: ZoneInfo) -> date:
    """The same of a day alone: the name of a month is none. Raises BadTime."""
    words = typed.strip()
    today = local_date(now, zone)
    for tail in (" 12:00", f" {today.year} 12:00", f"/{today.year} 12:00", "") if words else ():
        with suppress(BadTime):
            return local_date(parse_local(words + tail, now=now, zone=zone).at, zone)
    raise BadTime(
        f"“{words[:40]}” names no day, so no day was shown.",
        next_step=_EXAMPLES,
    )
