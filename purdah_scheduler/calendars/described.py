"""The period that a person describes, in words of a command or of a form, before it is tried or declared."""

from collections.abc import Mapping
from datetime import datetime

from purdah_scheduler.calendars.period_table import Names, read_period
from purdah_scheduler.domain.civiltime import day_bounds, format_local, local_date, london, parse_local
from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period
from purdah_scheduler.errors import BadInput, BadTime
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What was said of a period; what was not said is empty. Times are as they were typed, in UK time."""

    kind: str | None = None
    bodies: tuple[str, ...] = ()
    nations: tuple[str, ...] = ()
    area: str = ""
    accounts: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    campaign: str = ""
    regime: str = ""
    starts: str | None = None
    ends: str | None = None

    @property
    def is_limited(self) -> bool:
        """Whether it names accounts, channels or a campaign: of a freeze or a blackout that says enough of whom it binds."""
        return bool(self.accounts or self.channels or self.campaign) and self.kind in (Kind.FREEZE, Kind.DEPARTMENTAL)

    @property
    def is_for_all(self) -> bool:
        """Whether it is a freeze of which nothing was said but that: it binds every body, to every audience."""
        return self.kind == Kind.FREEZE and not (self.bodies or self.nations or self.area or self.is_limited)

    @property
    def missing(self) -> tuple[str, ...]:
        """What has to be said of it and was not, in the words `kind`, `body`, `nation`, `starts` and `ends`."""
        wanted = (
            ("kind", self.kind),
            ("body", self.bodies or self.is_limited or self.is_for_all),
            ("nation", self.nations or self.is_limited or self.is_for_all),
            ("starts", self.starts),
            ("ends", self.ends or self.kind == Kind.FREEZE),
        )
        return tuple(word for word, said in wanted if not said)

    def begins(self, now: datetime) -> datetime:
        """When it starts; a day alone is its first moment. Raises BadTime; only where a start was said."""
        return edge_of(self.starts or "", 0, now=now)

    def until(self, period: Period) -> str:
        """Its end in words."""
        if self.ends is None and period.end_mode is EndMode.MANUAL_LIFT:
            return "until a person records that it is over"
        return f"to {format_local(period.ends, london())}"

    def period(self, now: datetime, names: Names, more: Mapping[str, object], *, undone: str, see: str) -> Period:
        """The period, read as one of a calendar file is, with `more` keys of it; nothing may be `missing`.

        `undone` completes "Nothing was …". Raises BadInput with every fault, BadTime.
        """
        table: dict[str, object] = {
            "kind": self.kind,
            "bodies": list(map(str, Body)) if self.is_for_all else list(self.bodies),
            "nations": list(map(str, Nation)) if self.is_for_all else list(self.nations),
            "area": self.area,
            "accounts": list(self.accounts),
            "channels": list(self.channels),
            "campaign": self.campaign,
            "regime": self.regime,
        }
        found = read_period(
            {
                **{key: value for key, value in table.items() if value},
                "starts": self.begins(now),
                **({"ends": edge_of(self.ends, 1, now=now)} if self.ends else {}),
                **more,
            },
            origin="store",
            names=names,
        )
        if isinstance(found, Period):
            return found
        faults = " ".join(fault.sentence[:1].upper() + fault.sentence[1:] for fault in found)
        raise BadInput(f"{faults} Nothing was {undone}.", next_step=see)


def edge_of(typed: str, edge: int, *, now: datetime) -> datetime:
    """A moment in UK time; of a day alone its beginning (`edge` 0) or its end (1), which holds for longer. Raises BadTime."""
    try:
        return uk_time(typed, now)
    except BadTime as fault:
        try:
            day = local_date(uk_time(f"{typed} 00:00", now), london())
        except BadTime:
            raise fault from None
        return day_bounds(day, london())[edge]


def uk_time(typed: str, now: datetime) -> datetime:
    """Elections run on UK time, whatever zone a user reads times in. Raises BadTime."""
    return parse_local(typed, now=now, zone=london()).at
