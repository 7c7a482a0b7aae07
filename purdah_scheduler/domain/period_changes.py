"""Changes of periods that are known: what each does, whether it loosens, and when it takes a second person."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from purdah_scheduler.domain.periods import EndMode, Period, PeriodStatus, in_utc, name_key
from purdah_scheduler.errors import BadInput, WrongState
from purdah_scheduler.lean import lean_dataclass

NOTICE = timedelta(days=30)
"""Loosening a period that is in force, over, or starts within this time (exactly this long included) takes two people."""


class Action(StrEnum):
    """What can be done to a period after it was declared or read from a file."""

    CONFIRM = "confirm"
    EXTEND = "extend"
    LIFT = "lift"
    SHORTEN = "shorten"
    CANCEL = "cancel"
    SUPPRESS = "suppress"

    @property
    def loosens(self) -> bool:
        """Whether it can let a post out that the period would have held."""
        return self not in (Action.CONFIRM, Action.EXTEND)


class Answer(StrEnum):
    """What a second person said to a proposal."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class PeriodChange:
    """One change on record. `instant` is the new end or the moment of the lift; `second` is the second person, or empty.

    `shape` is that of the period as its source had it: what loosens is bound to it, so that a period whose dates or scope are
    written anew is not held open by a change that was made for the old one.
    """

    id: int
    period: str
    action: Action
    reason: str
    person: str
    at: datetime
    shape: str
    instant: datetime | None = None
    second: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", in_utc(self.at, "a change of a period"))
        if self.instant is not None:
            object.__setattr__(self, "instant", in_utc(self.instant, "the instant of a change"))


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change that waits for a second person, or was answered. `seen`: how many changes of the period it was made on."""

    id: int
    period: str
    action: Action
    reason: str
    person: str
    at: datetime
    shape: str
    seen: int
    instant: datetime | None = None
    answer: Answer | None = None
    answered_by: str = ""
    answered_at: datetime | None = None
    answer_reason: str = ""

    def __post_init__(self) -> None:
        for name in ("at", "instant", "answered_at"):
            instant: datetime | None = getattr(self, name)
            if instant is not None:
                object.__setattr__(self, name, in_utc(instant, f"{name} of a proposal"))

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered it."""
        return self.answer is None


def shape(period: Period) -> str:
    """A short hash of what makes a period this one: kind, scope, rules, dates and how it ends. Names and notes are outside.

    What only some periods name is in it only where it is named, so that the shapes on record of all others stay as they are.
    """
    parts = (
        period.id,
        period.kind,
        ",".join(sorted(period.bodies)),
        ",".join(sorted(period.nations)),
        name_key(period.area),
        period.starts.isoformat(),
        period.ends.isoformat(),
        period.end_mode,
        *(f"account {account}" for account in sorted(period.accounts)),
        *(f"channel {channel}" for channel in sorted(period.channels)),
        *([f"campaign {name_key(period.campaign)}"] if period.campaign else []),
        *([f"regime {period.regime}"] if period.regime else []),
    )
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()[:32]


def with_changes(periods: Sequence[Period], changes: Iterable[PeriodChange]) -> tuple[Period, ...]:
    """The periods as they hold after `changes`, which come in the order in which they were made."""
    by_period: dict[str, list[PeriodChange]] = {}
    for change in changes:
        by_period.setdefault(change.period, []).append(change)
    if not by_period:
        return tuple(periods)
    return tuple(_folded(period, by_period.get(period.id, ())) for period in periods)


def _folded(period: Period, changes: Iterable[PeriodChange]) -> Period:
    own, now = shape(period), period
    for change in changes:
        if change.shape == own or not change.action.loosens:
            now = changed(now, change)
    return now


def changed(period: Period, change: PeriodChange) -> Period:
    """The period after one change. A change that does not fit it any more leaves it as it is: the stricter reading holds."""
    instant = change.instant
    match change.action:
        case Action.CONFIRM:
            status = PeriodStatus.CONFIRMED if period.status is PeriodStatus.PROVISIONAL else period.status
            return replace(period, status=status, suppressed="", stopped_at=None if period.suppressed else period.stopped_at)
        case Action.EXTEND if instant is not None:
            again = PeriodStatus.CONFIRMED if period.status in _OVER else period.status
            return replace(period, ends=max(period.ends, instant), lifted_at=None, status=again)
        case Action.LIFT if instant is not None and instant > period.starts:
            return replace(period, status=PeriodStatus.LIFTED, lifted_at=instant)
        case Action.SHORTEN if instant is not None and instant > period.starts:
            return replace(period, ends=min(period.ends, instant))
        case Action.CANCEL:
            return replace(period, status=PeriodStatus.CANCELLED, stopped_at=change.at)
        case Action.SUPPRESS:
            return replace(period, suppressed=change.reason, stopped_at=change.at)
        case _:
            return period


_OVER = (PeriodStatus.LIFTED, PeriodStatus.HELD)


def needs_second(period: Period, action: Action, now: datetime) -> bool:
    """Whether the change waits for a second person: it loosens a period that has begun or begins within 30 days.

    A period that is over counts too: it still asks for new approvals of what was approved before its end.
    """
    return action.loosens and period.starts - now <= NOTICE


def check_change(period: Period, action: Action, instant: datetime | None, now: datetime) -> None:
    """Raise WrongState or BadInput where the change makes no sense for the period as it stands."""
    name = f"“{period.name}” ({period.id})"
    if period.is_off and not (action is Action.CONFIRM and period.suppressed):
        how = "suppressed here" if period.suppressed else "cancelled"
        step = (
            f"purdah-scheduler calendar confirm {period.id}" if period.suppressed else "purdah-scheduler calendar declare --help"
        )
        raise WrongState(f"{name} is {how} already, so nothing was changed.", next_step=f"To have it hold again: {step}")
    match action:
        case Action.CONFIRM:
            if period.status is not PeriodStatus.PROVISIONAL and not period.suppressed:
                raise WrongState(f"{name} is {period.status} and not provisional, so there was nothing to confirm.")
        case Action.LIFT:
            _check_lift(period, name, _given(instant, now), now)
        case Action.SHORTEN:
            _check_shorten(period, name, _given(instant, None), now)
        case Action.EXTEND:
            end = period.ended_at() or period.ends
            if _given(instant, None) <= end:
                raise BadInput(
                    f"{name} does not end before that time as it is, so nothing was changed.",
                    next_step="Give a later --to; calendar shorten makes it end earlier.",
                )
        case Action.SUPPRESS:
            if period.origin == "store":
                raise WrongState(
                    f"{name} was declared here, so it is cancelled and not suppressed; nothing was changed.",
                    next_step=f"purdah-scheduler calendar cancel {period.id} --reason …",
                )
        case Action.CANCEL:
            pass


def _check_lift(period: Period, name: str, instant: datetime, now: datetime) -> None:
    if period.end_mode is not EndMode.MANUAL_LIFT:
        raise WrongState(
            f"{name} ends at a fixed time, so it was not lifted.",
            next_step=f"To end it earlier: purdah-scheduler calendar shorten {period.id} --to … --reason …",
        )
    if period.ended_at() is not None:
        raise WrongState(f"{name} is over already, so nothing was changed.")
    if instant > now:
        raise BadInput(
            f"A lift records that {name} is over, and that time has not come, so nothing was changed.",
            next_step="Lift it when it is over.",
        )
    if instant <= period.starts:
        raise BadInput(
            f"{name} had not begun at that time, so it was not lifted.",
            next_step=f"If it does not take place: purdah-scheduler calendar cancel {period.id} --reason …",
        )


def _check_shorten(period: Period, name: str, instant: datetime, now: datetime) -> None:
    if period.end_mode is EndMode.MANUAL_LIFT:
        raise WrongState(
            f"{name} lasts until a person records that it is over, so it was not shortened.",
            next_step=f"When it is over: purdah-scheduler calendar lift {period.id} --reason …",
        )
    end = period.ended_at()
    if end is not None and end <= now:
        raise WrongState(f"{name} is over already, so nothing was changed.")
    if instant >= period.ends:
        raise BadInput(
            f"{name} does not end after that time as it is, so nothing was changed.", next_step="Give an earlier --to."
        )
    if instant <= period.starts:
        raise BadInput(
            f"{name} would end before it starts, so nothing was changed.",
            next_step=f"If it does not take place: purdah-scheduler calendar cancel {period.id} --reason …",
        )


def _given(instant: datetime | None, default: datetime | None) -> datetime:
    found = instant or default
    if found is None:
        raise BadInput("The new end of the period was not given, so nothing was changed.", next_step="Give it with --to.")
    return found
