"""Changing a period: what tightens holds at once, what loosens waits for a second person; the queue is swept with it.

One transaction holds the change, its entry and the sweep. Nothing here puts a post back in the queue: people choose new times.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application.office import Actor, House, Office, require, require_known
from purdah_scheduler.application.ports import Reader, Writer
from purdah_scheduler.application.recording import record
from purdah_scheduler.application.sweeping import QUEUED, Effect, Swept, effects_between, sweep
from purdah_scheduler.domain.people import Person, Role
from purdah_scheduler.domain.period_changes import (
    Action,
    Answer,
    PeriodChange,
    Proposal,
    check_change,
    needs_second,
    shape,
    with_changes,
)
from purdah_scheduler.domain.periods import Period, PeriodStatus
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.errors import BadInput, NotAllowed, NotFound, WrongState
from purdah_scheduler.lean import lean_dataclass

PROPOSERS = (Role.AUTHOR, Role.APPROVER, Role.PROPRIETY, Role.PUBLISHER, Role.OPERATOR)
"""Who may tighten a period, and propose to loosen one: those who may declare one."""

SECONDS = (Role.APPROVER, Role.PROPRIETY, Role.OPERATOR)
"""Who may answer a proposal of somebody else, and loosen alone what starts in more than 30 days."""

_WAITING = (*QUEUED, DeliveryState.HELD)
_DONE = {
    Action.CONFIRM: "confirmed",
    Action.EXTEND: "extended",
    Action.LIFT: "lifted",
    Action.SHORTEN: "shortened",
    Action.CANCEL: "cancelled",
    Action.SUPPRESS: "suppressed",
}
_WHY = {
    Action.CONFIRM: "“{name}” is confirmed",
    Action.EXTEND: "“{name}” ends later",
    Action.LIFT: "“{name}” is over",
    Action.SHORTEN: "“{name}” is over before its time",
    Action.CANCEL: "“{name}” is cancelled",
    Action.SUPPRESS: "“{name}” does not hold in this department",
}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What came of asking for a change: it holds (with what the sweep did), or it waits as `proposal` for one of `seconds`."""

    period: Period
    action: Action
    swept: Swept
    proposal: Proposal | None = None
    seconds: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What is the case once it holds, as the beginning of a sentence."""
        return _WHY[self.action].format(name=self.period.name)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What a change would do: the period as it is and as it would be, and each post that gets another verdict by it.

    `waits`: it takes a second person first, one of `seconds`. `proposer`: whose proposal it is; empty for a change of one's own.
    """

    before: Period
    after: Period
    action: Action
    effects: tuple[Effect, ...]
    waits: bool = False
    seconds: tuple[str, ...] = ()
    reason: str = ""
    proposer: str = ""


def foresee(
    office: Office, actor: Actor, period_id: str, action: Action, *, instant: datetime | None = None, reason: str = ""
) -> Foreseen:
    """What `change` would do; nothing is changed. Raises as it does."""
    now = office.now()
    _check_reason(action, reason)
    with office.store.read() as reader:
        asked = _asked(reader, office.house, actor, period_id, action, instant, now)
        made = asked.made(reason.strip(), actor, now)
        return Foreseen(
            before=asked.period,
            after=_held_now(office.house.calendar(reader, made), period_id),
            action=action,
            effects=_effects(reader, office.house, made, now),
            waits=asked.waits,
            seconds=seconds(office.house, reader, actor.person.id) if asked.waits else (),
            reason=reason.strip(),
        )


def foresee_yes(office: Office, actor: Actor, proposal_id: int) -> Foreseen:
    """What `accept` would do; nothing is changed. Raises as it does."""
    now = office.now()
    with office.store.read() as reader:
        proposal, period = _acceptable(reader, office.house, actor, proposal_id, now)
        made = _accepted(proposal, actor, now)
        return Foreseen(
            before=period,
            after=_held_now(office.house.calendar(reader, made), period.id),
            action=proposal.action,
            effects=_effects(reader, office.house, made, now),
            reason=proposal.reason,
            proposer=proposal.person,
        )


def change(
    office: Office, actor: Actor, period_id: str, action: Action, *, instant: datetime | None = None, reason: str = ""
) -> Changed:
    """Change a period of any source, or propose it where that takes a second person.

    `instant`: the new end (extend, shorten), or when it was over (lift; now unless given). Raises NotFound, NotAllowed,
    WrongState and BadInput where the change does not fit the period, or lacks a reason (a confirmation needs none).
    """
    now = office.now()
    _check_reason(action, reason)
    with office.store.write() as tx:
        asked = _asked(tx, office.house, actor, period_id, action, instant, now)
        if asked.waits:
            return _propose(tx, office.house, actor, asked, reason.strip(), now)
        return _apply(tx, office.house, actor, asked.period, asked.made(reason.strip(), actor, now), now)


def accept(office: Office, actor: Actor, proposal_id: int) -> Changed:
    """Say yes to somebody else's proposal: the change holds from now on, and the queue is swept.

    Raises NotFound; NotAllowed for its proposer and without the role; WrongState where it was answered, its proposer is
    suspended, or the period is not any more what it was proposed for.
    """
    now = office.now()
    with office.store.write() as tx:
        proposal, period = _acceptable(tx, office.house, actor, proposal_id, now)
        _answer(tx, actor, proposal, Answer.ACCEPTED, "", now)
        return _apply(tx, office.house, actor, period, _accepted(proposal, actor, now), now, proposal=proposal_id)


def refuse(office: Office, actor: Actor, proposal_id: int, *, reason: str = "") -> Proposal:
    """Say no to a proposal, or take back one's own: the period holds as before. Raises NotFound, NotAllowed, WrongState."""
    now = office.now()
    with office.store.write() as tx:
        proposal = _open(tx, proposal_id)
        own = actor.person.id == proposal.person
        require(actor, tx, *(PROPOSERS if own else SECONDS), to="refuse changes of periods")
        answered = _answer(tx, actor, proposal, Answer.REFUSED, reason.strip(), now)
        record(
            tx,
            actor,
            "period.proposal-refused",
            at=now,
            public={"period": proposal.period, "action": str(proposal.action), "proposal": proposal_id},
            private={"proposer": proposal.person, "reason": reason.strip()},
        )
    return answered


def seconds(house: House, reader: Reader, proposer: str) -> tuple[str, ...]:
    """The people who could accept a proposal of `proposer` today, by id."""
    return tuple(sorted(person.id for person in house.active(reader) if _may_second(person, proposer)))


def impact_of_known(reader: Reader, house: House, period_id: str) -> tuple[Effect, ...]:
    """What a period of the calendar does to the queue: each verdict without it and with it in force; nothing is changed.

    What is held is listed too. A cancelled, suppressed or lifted period is taken as if it held. Raises NotFound.
    """
    _, period = _period(reader, house, period_id)
    without = tuple(known for known in house.calendar(reader) if known.id != period_id)
    holds = replace(period, status=PeriodStatus.CONFIRMED, suppressed="", stopped_at=None, lifted_at=None)
    return effects_between(reader, house, without, (*without, holds), states=_WAITING)


_NOBODY = "nobody in the configuration"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A change that somebody may ask for: the period as its source has it and as it holds, and whether it waits."""

    base: Period
    period: Period
    action: Action
    instant: datetime | None
    waits: bool

    def made(self, reason: str, actor: Actor, now: datetime) -> PeriodChange:
        """The change itself, made by one person."""
        return PeriodChange(
            id=0,
            period=self.base.id,
            action=self.action,
            instant=self.instant,
            reason=reason,
            person=actor.person.id,
            at=now,
            shape=shape(self.base),
        )


def _asked(
    reader: Reader, house: House, actor: Actor, period_id: str, action: Action, instant: datetime | None, now: datetime
) -> _Asked:
    """Raises NotFound, NotAllowed, WrongState and BadInput where the change cannot be asked for."""
    require(actor, reader, *PROPOSERS, to="change periods")
    base, period = _period(reader, house, period_id)
    moment = now if action is Action.LIFT and instant is None else instant
    check_change(period, action, moment, now)
    waits = needs_second(period, action, now)
    if waits:
        _check_unasked(reader, period, action)
    elif action.loosens:
        require(actor, reader, *SECONDS, to=f"{action} periods")
    return _Asked(base=base, period=period, action=action, instant=moment, waits=waits)


def _check_reason(action: Action, reason: str) -> None:
    """A confirmation alone needs none. Raises BadInput."""
    if action is not Action.CONFIRM and not reason.strip():
        raise BadInput(f"To {action} a period needs a reason, so nothing was changed.", next_step="Give it with --reason.")


def _check_unasked(reader: Reader, period: Period, action: Action) -> None:
    """Raise WrongState where the same waits for an answer already."""
    same = next((p for p in reader.proposals() if p.is_open and (p.period, p.action) == (period.id, action)), None)
    if same is not None:
        raise WrongState(
            f"Proposal {same.id} of {same.person} to {action} {period.id} waits for an answer already, so nothing was changed.",
            next_step=f"purdah-scheduler calendar accept {same.id}, or purdah-scheduler calendar refuse {same.id}",
        )


def _acceptable(reader: Reader, house: House, actor: Actor, proposal_id: int, now: datetime) -> tuple[Proposal, Period]:
    """The proposal, and the period as it holds. Raises as `accept` does."""
    require(actor, reader, *SECONDS, to="accept changes of periods")
    require_known(house.least.answer, actor.assurance, "The yes to a change of the calendar")
    proposal = _open(reader, proposal_id)
    if actor.person.id == proposal.person:
        raise NotAllowed(
            f"{actor.person.name} made proposal {proposal_id}; it takes somebody else to accept it, so nothing was changed.",
            next_step=f"It can be accepted by: {', '.join(seconds(house, reader, proposal.person)) or _NOBODY}.",
        )
    if proposal.person in reader.suspended():
        raise WrongState(
            f"{proposal.person}, who made proposal {proposal_id}, is suspended, so nothing was changed.",
            next_step=f"purdah-scheduler calendar refuse {proposal_id}",
        )
    base, period = _period(reader, house, proposal.period)
    if shape(base) != proposal.shape or _changes_of(reader, proposal.period) != proposal.seen:
        raise WrongState(
            f"The period {proposal.period} was changed after proposal {proposal_id} was made, so nothing was changed.",
            next_step=f"purdah-scheduler calendar refuse {proposal_id}, then propose it anew.",
        )
    check_change(period, proposal.action, proposal.instant, now)
    return proposal, period


def _accepted(proposal: Proposal, actor: Actor, now: datetime) -> PeriodChange:
    """The change that was proposed, made by two people."""
    return PeriodChange(
        id=0,
        period=proposal.period,
        action=proposal.action,
        instant=proposal.instant,
        reason=proposal.reason,
        person=proposal.person,
        second=actor.person.id,
        at=now,
        shape=proposal.shape,
    )


def _effects(reader: Reader, house: House, made: PeriodChange, now: datetime) -> tuple[Effect, ...]:
    """What is queued or held and gets another verdict by the change, as the sweep would find it."""
    before, after = house.calendar(reader), house.calendar(reader, made)
    return effects_between(reader, house, before, after, now=now, states=_WAITING, every=False)


def _may_second(person: Person, proposer: str) -> bool:
    return person.id != proposer and person.has(*SECONDS)


def _period(reader: Reader, house: House, period_id: str) -> tuple[Period, Period]:
    """The period as its source has it, and as it holds after every change."""
    base = next((known for known in (*house.periods, *reader.periods()) if known.id == period_id), None)
    if base is None:
        raise NotFound(
            f"There is no period “{period_id}”, so nothing was changed.", next_step="purdah-scheduler calendar list --all"
        )
    return base, with_changes((base,), reader.period_changes())[0]


def _changes_of(reader: Reader, period_id: str) -> int:
    return sum(known.period == period_id for known in reader.period_changes())


def _open(reader: Reader, proposal_id: int) -> Proposal:
    proposal = next((known for known in reader.proposals() if known.id == proposal_id), None)
    if proposal is None:
        raise NotFound(
            f"There is no proposal {proposal_id}, so nothing was changed.", next_step="purdah-scheduler calendar proposals"
        )
    if not proposal.is_open:
        raise WrongState(f"Proposal {proposal_id} was {proposal.answer} by {proposal.answered_by}, so nothing was changed.")
    return proposal


def _propose(tx: Writer, house: House, actor: Actor, asked: _Asked, reason: str, now: datetime) -> Changed:
    """Store the proposal with its entry; the period holds on, and so does everything that it holds."""
    period = asked.period
    proposal = Proposal(
        id=0,
        period=period.id,
        action=asked.action,
        instant=asked.instant,
        reason=reason,
        person=actor.person.id,
        at=now,
        shape=shape(asked.base),
        seen=_changes_of(tx, period.id),
    )
    proposal = replace(proposal, id=tx.add_proposal(proposal))
    record(
        tx,
        actor,
        "period.proposed",
        at=now,
        public={
            "period": period.id,
            "action": str(asked.action),
            "instant": _stamp(asked.instant),
            "proposal": proposal.id,
        },
        private={"reason": reason},
    )
    return Changed(
        period=period,
        action=asked.action,
        swept=Swept(),
        proposal=proposal,
        seconds=seconds(house, tx, actor.person.id),
    )


def _answer(tx: Writer, actor: Actor, proposal: Proposal, answer: Answer, reason: str, now: datetime) -> Proposal:
    answered = replace(proposal, answer=answer, answered_by=actor.person.id, answered_at=now, answer_reason=reason)
    tx.answer_proposal(answered)
    return answered


def _apply(
    tx: Writer, house: House, actor: Actor, period: Period, made: PeriodChange, now: datetime, *, proposal: int | None = None
) -> Changed:
    """Store the change, sweep the queue from the old calendar to the new one, and put it on record."""
    before = house.calendar(tx)
    tx.add_period_change(made)
    after = house.calendar(tx)
    record(
        tx,
        actor,
        f"period.{_DONE[made.action]}",
        at=now,
        public={
            "period": period.id,
            "action": str(made.action),
            "instant": _stamp(made.instant),
            "proposal": proposal,
            "people": 2 if made.second else 1,
        },
        private={"reason": made.reason, **({"proposer": made.person} if made.second else {})},
    )
    swept = sweep(tx, actor, house, before, after, now, why=_WHY[made.action].format(name=period.name))
    return Changed(period=_held_now(after, period.id), action=made.action, swept=swept)


def _held_now(calendar: Iterable[Period], period_id: str) -> Period:
    return next(period for period in calendar if period.id == period_id)


def _stamp(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
