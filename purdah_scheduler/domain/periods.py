"""Periods: the stretches of local time in which a rule applies to a body's posts."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum

from purdah_scheduler.lean import lean_dataclass


class Kind(StrEnum):
    """What the period belongs to; together with the body it selects the regime.

    `freeze` holds everything (a royal death, an emergency, a break-in); `departmental` is a department's own blackout.
    """

    GENERAL = "general"
    LOCAL = "local"
    MAYORAL = "mayoral"
    PCC = "pcc"
    EUROPEAN = "european"
    SCOTTISH_PARLIAMENT = "scottish-parliament"
    SENEDD = "senedd"
    NI_ASSEMBLY = "ni-assembly"
    REFERENDUM = "referendum"
    BY_ELECTION = "by-election"
    FREEZE = "freeze"
    DEPARTMENTAL = "departmental"


class Body(StrEnum):
    """Who speaks: the kind of public body that owns an account."""

    UK_CIVIL_SERVICE = "uk-civil-service"
    ALB = "alb"
    NHS_NATIONAL = "nhs-national"
    NHS_LOCAL = "nhs-local"
    LOCAL_AUTHORITY = "local-authority"
    SCOTTISH_GOV = "scottish-gov"
    WELSH_GOV = "welsh-gov"
    NI_DEPARTMENTS = "ni-departments"
    OPCC = "opcc"


class Nation(StrEnum):
    """The nation of the audience; UK means every nation."""

    UK = "UK"
    ENGLAND = "England"
    SCOTLAND = "Scotland"
    WALES = "Wales"
    NI = "NI"


class EndMode(StrEnum):
    """`fixed`: over at `ends`. `manual-lift`: in force past `ends` until a person records that it is over."""

    FIXED = "fixed"
    MANUAL_LIFT = "manual-lift"


class PeriodStatus(StrEnum):
    """`held` is a past election that took place: its manual lift is known."""

    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    HELD = "held"
    LIFTED = "lifted"
    CANCELLED = "cancelled"


class Basis(StrEnum):
    """Why the period starts when it does."""

    STATUTORY = "statutory"
    CONVENTION = "convention"
    ANNOUNCED = "announced"
    DEPARTMENTAL = "departmental"


class StartsPrecision(StrEnum):
    """How well the start is known: to the minute, by date only (then 00:00 local), or with two readings of one note."""

    MINUTE = "minute"
    DATE = "date"
    AMBIGUOUS = "ambiguous"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a post is: who speaks, to which audience, about which area, on which account and channel, in which campaign.

    An empty text is none: no area, no campaign, an account that is not known. No nation counts as UK.
    """

    body: Body
    nation: str = Nation.UK
    area: str = ""
    account: str = ""
    channel: str = ""
    campaign: str = ""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One stretch [starts, ends) in which a rule applies to `bodies` that speak to `nations`.

    Where `area`, `accounts`, `channels` or `campaign` are named, it touches only posts that are within each of them. `regime`
    is a departmental period's own, in place of the one that its kind and the body select.
    Instants are kept in UTC whatever zone they came in: two times of one zone compare by the clock on the wall, which is wrong
    in the hour that happens twice. `origin` is `shipped`, `FILE:LINE` or `store`; `confidence` and the notes are for people.
    `suppressed` is why a period of the product's data or of a file does not hold in this department; `stopped_at` is when it was
    cancelled or suppressed here by a person.
    Raises ValueError for a naive instant, an empty set of bodies or nations, an end that is not after the start, or a regime
    of its own where the kind is not departmental.
    """

    id: str
    name: str
    kind: Kind
    bodies: frozenset[Body]
    nations: frozenset[Nation]
    starts: datetime
    ends: datetime
    area: str = ""
    accounts: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    campaign: str = ""
    regime: str = ""
    starts_precision: StartsPrecision = StartsPrecision.MINUTE
    end_mode: EndMode = EndMode.FIXED
    basis: Basis = Basis.ANNOUNCED
    basis_note: str = ""
    ends_note: str = ""
    announced_at: datetime | None = None
    status: PeriodStatus = PeriodStatus.CONFIRMED
    lifted_at: datetime | None = None
    polling_day: date | None = None
    source: str = ""
    confidence: str = ""
    notes: str = ""
    origin: str = "store"
    suppressed: str = ""
    stopped_at: datetime | None = None

    def __post_init__(self) -> None:
        for name in ("starts", "ends", "announced_at", "lifted_at", "stopped_at"):
            instant: datetime | None = getattr(self, name)
            if instant is not None:
                object.__setattr__(self, name, in_utc(instant, f"{name} of period {self.id}"))
        if self.ends <= self.starts:
            raise ValueError(f"period {self.id} ends before it starts")
        if not self.bodies or not self.nations:
            raise ValueError(f"period {self.id} names no body or no nation")
        if self.regime and self.kind is not Kind.DEPARTMENTAL:
            raise ValueError(f"period {self.id} has rules of its own and is not departmental")

    @property
    def is_off(self) -> bool:
        """Whether it never holds: it was cancelled, or is suppressed in this department."""
        return self.status is PeriodStatus.CANCELLED or bool(self.suppressed)

    def binds(self, body: Body, account: str = "", channel: str = "") -> bool:
        """Whether a post on that account can be in this period's scope; audience, area and campaign are each post's own."""
        return (
            body in self.bodies
            and (not self.accounts or account in self.accounts)
            and (not self.channels or channel in self.channels)
        )

    def concerns(self, place: Place) -> bool:
        """Whether posts at `place` are within this period's scope, at any time.

        The audience decides, not the seat of the office; no nation counts as UK, which meets every nation. A period with an
        area, accounts, channels or a campaign touches only posts within each of them (domain.md section 1).
        """
        if not self.binds(place.body, place.account, place.channel):
            return False
        if self.area and name_key(self.area) != name_key(place.area):
            return False
        if self.campaign and name_key(self.campaign) != name_key(place.campaign):
            return False
        audience = place.nation or Nation.UK
        return audience == Nation.UK or Nation.UK in self.nations or audience in self.nations

    def limits(self) -> str:
        """To which accounts, channels and campaign it is limited, in words; empty where it names none of them."""
        said = [
            f"only on the {what}{'s' if len(names) > 1 else ''} {joined(sorted(names))}"
            for what, names in (("account", self.accounts), ("channel", self.channels))
            if names
        ]
        return "; ".join([*said, *([f"only the campaign “{self.campaign}”"] if self.campaign else [])])

    def ended_at(self, not_lifted: Iterable[str] = ()) -> datetime | None:
        """The instant from which the period is no longer in force, or None while that is open; its start if it is off.

        A fixed period ends at `ends`, or at a lift recorded before that. A manual-lift period ends when its lift was recorded,
        be that before or after `ends`; one that is `held` or `lifted` with no instant on record ended at `ends`. `not_lifted`
        names manual-lift periods to treat as open whatever is recorded. No period ends before it starts.
        """
        if self.is_off:
            return self.starts
        if self.end_mode is EndMode.FIXED:
            end = self.ends if self.lifted_at is None else min(self.ends, self.lifted_at)
            return max(self.starts, end)
        if self.id in frozenset(not_lifted):
            return None
        if self.lifted_at is not None:
            return max(self.starts, self.lifted_at)
        return self.ends if self.status in (PeriodStatus.HELD, PeriodStatus.LIFTED) else None

    def held_until(self) -> datetime | None:
        """The instant until which it did hold posts, or None while that is open; its start if it never began.

        Unlike `ended_at` this remembers a period that was cancelled or suppressed after it had begun.
        """
        if self.is_off and self.stopped_at is not None:
            return max(self.starts, self.stopped_at)
        return self.ended_at()

    def in_force(self, at: datetime, not_lifted: Iterable[str] = ()) -> bool:
        """Whether the period holds at this instant; a cancelled one never does."""
        if at < self.starts:
            return False
        end = self.ended_at(not_lifted)
        return end is None or at < end

    def awaiting_lift(self, at: datetime, not_lifted: Iterable[str] = ()) -> bool:
        """Whether the period is in force past its earliest end, because nobody has recorded that it is over."""
        return at >= self.ends and self.in_force(at, not_lifted)

    def in_notice_gap(self, at: datetime) -> bool:
        """Whether the period is announced and has not begun: the gap [announced_at, starts)."""
        if self.is_off or self.announced_at is None:
            return False
        return self.announced_at <= at < self.starts

    def overlaps(self, first: datetime, last: datetime, not_lifted: Iterable[str] = ()) -> bool:
        """Whether the period is in force at any instant of [first, last): what a day of a month calendar asks."""
        end = self.ended_at(not_lifted)
        return self.starts < last and (end is None or (first < end and self.starts < end))


def in_utc(instant: datetime, what: str) -> datetime:
    """The same instant in UTC. Raises ValueError for a naive one; `what` names it in the message."""
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise ValueError(f"{what} has no time zone")
    return instant.astimezone(UTC)


def name_key(name: str) -> str:
    """The form in which names of areas and of campaigns are compared: letters without case, every run of spaces as one."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def joined(words: Iterable[str]) -> str:
    """Several words as people list them: `England, Wales and NI`."""
    *most, last = [str(word) for word in words]
    return f"{', '.join(most)} and {last}" if most else last


def concerning(periods: Iterable[Period], place: Place) -> tuple[Period, ...]:
    """The periods within whose scope a post at `place` is, in order of start and then id."""
    found = (period for period in periods if period.concerns(place))
    return tuple(sorted(found, key=lambda period: (period.starts, period.id)))
