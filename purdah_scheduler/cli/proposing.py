"""The period that options describe, for `calendar declare` and `calendar impact`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import wraps
from typing import Any

import click

from purdah_scheduler.cli.checking import BODY, NATION
from purdah_scheduler.cli.grammar import Body as Command
from purdah_scheduler.cli.grammar import OneOf
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.domain.civiltime import day_bounds, format_local, local_date, london, parse_local
from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period
from purdah_scheduler.errors import BadInput, BadTime

_KIND = OneOf("kind of period", lambda: Kind)
_OPTIONS = (
    click.option(
        "--kind",
        type=_KIND,
        metavar="KIND",
        help="The kind of election, or freeze, or departmental; it selects the rules.",
    ),
    click.option(
        "--body",
        "bodies",
        type=BODY,
        multiple=True,
        metavar="BODY",
        help="Whom it binds; can be repeated. A freeze that names nothing binds all.",
    ),
    click.option("--nation", "nations", type=NATION, multiple=True, metavar="NATION", help="Of the audience; can be repeated."),
    click.option("--area", default="", help="The council, force or constituency, if it holds in one place."),
    click.option("--account", "accounts", multiple=True, metavar="ID", help="Only posts on this account; can be repeated."),
    click.option("--channel", "channels", multiple=True, metavar="NAME", help="Only posts on this channel; can be repeated."),
    click.option("--campaign", default="", help="Only posts that carry this campaign."),
    click.option("--regime", default="", metavar="RULES", help="Departmental only: rules of its own, such as strict."),
    click.option("--starts", metavar="TIME", help="UK time, whatever zone the configuration has; a day alone is from 00:00 on."),
    click.option(
        "--ends",
        metavar="TIME",
        help="UK time; the period ends just before it. A day alone is in it to its end. A freeze needs none.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What the options say of a period; what was not given is empty."""

    kind: str | None
    bodies: tuple[str, ...]
    nations: tuple[str, ...]
    area: str
    accounts: tuple[str, ...]
    channels: tuple[str, ...]
    campaign: str
    regime: str
    starts: str | None
    ends: str | None

    @property
    def is_limited(self) -> bool:
        """Whether it names accounts, channels or a campaign: of a freeze or a blackout that says enough of whom it binds."""
        return bool(self.accounts or self.channels or self.campaign) and self.kind in (Kind.FREEZE, Kind.DEPARTMENTAL)

    @property
    def is_for_all(self) -> bool:
        """Whether it is a freeze of which nothing was said but that: it binds every body, to every audience."""
        return self.kind == Kind.FREEZE and not (self.bodies or self.nations or self.area or self.is_limited)

    @property
    def said_nothing(self) -> bool:
        """Whether no option was given."""
        return not any(getattr(self, name) for name in _NAMES)

    def begins(self, call: Invocation) -> datetime:
        """When it starts; a day alone is its first moment. Raises BadTime; only where a start was given."""
        return _edge(call, self.starts or "", 0)

    def until(self, period: Period) -> str:
        """Its end in words."""
        if self.ends is None and period.end_mode is EndMode.MANUAL_LIFT:
            return "until a person records that it is over"
        return f"to {format_local(period.ends, london())}"

    def check(self, *, undone: str, see: str) -> None:
        """Raise BadInput with every option that is missing; `undone` completes "so nothing was …"."""
        wanted = (
            ("--kind", self.kind),
            ("--body", self.bodies or self.is_limited or self.is_for_all),
            ("--nation", self.nations or self.is_limited or self.is_for_all),
            ("--starts", self.starts),
            ("--ends", self.ends or self.kind == Kind.FREEZE),
        )
        missing = [option for option, given in wanted if not given]
        if missing:
            raise BadInput(f"The period needs {', '.join(missing)} too, so nothing was {undone}.", next_step=see)

    def period(self, call: Invocation, more: Mapping[str, object], *, undone: str, see: str) -> Period:
        """The period, read as one of a calendar file is, with `more` keys of it. Raises BadInput with every fault, BadTime."""
        from purdah_scheduler import bootstrap
        from purdah_scheduler.calendars.period_table import read_period

        self.check(undone=undone, see=see)
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
                "starts": self.begins(call),
                **({"ends": _edge(call, self.ends, 1)} if self.ends else {}),
                **more,
            },
            origin="store",
            names=bootstrap.names_for(call.config),
        )
        if isinstance(found, Period):
            return found
        faults = " ".join(fault.sentence[:1].upper() + fault.sentence[1:] for fault in found)
        raise BadInput(f"{faults} Nothing was {undone}.", next_step=see)


_NAMES = tuple(field.name for field in fields(Described))


def described_options(body: Command) -> Command:
    """Add the options that describe a period; the command receives them as `described`."""

    @wraps(body)
    def gathered(*args: Any, **typed: Any) -> int | None:
        described = Described(**{name: typed.pop(name) for name in _NAMES})
        return body(*args, described=described, **typed)

    command: Command = gathered
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def _edge(call: Invocation, typed: str, edge: int) -> datetime:
    """A moment in UK time; of a day alone its beginning (`edge` 0) or its end (1), which holds for longer. Raises BadTime."""
    try:
        return uk_time(call, typed)
    except BadTime as fault:
        try:
            day = local_date(uk_time(call, f"{typed} 00:00"), london())
        except BadTime:
            raise fault from None
        return day_bounds(day, london())[edge]


def uk_time(call: Invocation, typed: str) -> datetime:
    """Elections run on UK time, whatever zone a user reads times in. Raises BadTime."""
    return parse_local(typed, now=call.now, zone=london()).at
