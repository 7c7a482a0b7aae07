"""How far something is moved in time: by days and weeks on the wall clock, or by hours and minutes that really pass."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from purdah_scheduler.domain.civiltime import instant_of
from purdah_scheduler.lean import lean_dataclass

_SHIFT = re.compile(r"(?P<sign>[+-]) ?(?P<count>[0-9]{1,3}) ?(?P<unit>[mhdw])")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """So many `days`, over which the time of day stays, and so much `time`; either may be negative."""

    days: int = 0
    time: timedelta = timedelta(0)

    def of(self, at: datetime, zone: ZoneInfo) -> datetime:
        """The instant so far from `at`. Raises BadTime where the clocks of `zone` never show it, or show it twice."""
        if not self.days:
            return at + self.time
        wall = at.astimezone(zone).replace(tzinfo=None) + timedelta(days=self.days)
        return instant_of(wall, zone) + self.time


def read_shift(typed: str) -> Shift | None:
    """`+1d`, `-2h`, `+30m` or `+1w` as a shift; None for what is none, such as a time."""
    found = _SHIFT.fullmatch(typed.strip().casefold())
    if found is None:
        return None
    count = int(found["count"]) * (1 if found["sign"] == "+" else -1)
    match found["unit"]:
        case "w":
            return Shift(days=7 * count)
        case "d":
            return Shift(days=count)
        case "h":
            return Shift(time=timedelta(hours=count))
        case _:
            return Shift(time=timedelta(minutes=count))
