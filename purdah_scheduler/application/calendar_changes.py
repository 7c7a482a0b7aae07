"""Changing a period: what tightens holds at once, what loosens waits for a second person; the queue is swept with it.

One transaction holds the change, its entry and the sweep. Nothing here puts a post back in the queue: people choose new times.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What came of asking for a change: it holds (with what the sweep did), or it waits as `proposal` for one of `seconds`."""

    period: Period
    action: Action
    swept: Swept
    proposal: Proposal | None = None
    seconds: tuple[str, ...] = ()


def change(
    office: Office, actor: Actor, period_id: str, action: Action, *, instant: datetime | None = None, reason: str = ""
) -> Changed:
    """Change a period of any source, or propose it where that takes a second person.

    `instant`: the new end (extend, shorten), or when it was over (lift; now unless given). Raises NotFound, NotAllowed,
    WrongState and BadInput where the change does not fit the period, or lacks a reason (a confirmation needs none).
    """
    now = office.now()
    if action is not Action.CONFIRM and not reason.strip():
        raise BadInput(f"To {action} a period needs a reason, so nothing was changed.", next_step="Give it with --reason.")
    with office.store.write() as tx:
        require(actor, tx, *PROPOSERS, to="change periods")
        base, period = _period(tx, office.house, period_id)
        moment = now if action is Action.LIFT and instant is None else instant
        check_change(period, action, moment, now)
        if needs_second(period, action, now):
            return _propose(tx, office.house, actor, base, period, action, moment, reason.strip(), now)
        if action.loosens:
            require(actor, tx, *SECONDS, to=f"{action} periods")
        made = PeriodChange(
            id=0,
            period=period_id,
            action=action,
            instant=moment,
            reason=reason.strip(),
            person=actor.person.id,
            at=now,
            shape=shape(base),
        )
        return _apply(tx, office.house, actor, period, made, now)


def accept(office: Office, actor: Actor, proposal_id: int) -> Changed:
    """Say yes to somebody else's proposal: the change holds from now on, and the queue is swept.

    Raises NotFound; NotAllowed for its proposer and without the role; WrongState where it was answered, its proposer is
    suspended, or the period is not any more what it was proposed for.
    """
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, *SECONDS, to="accept changes of periods")
        require_known(office.house.least.answer, actor.assurance, "The yes to a change of the calendar")
        proposal = _open(tx, proposal_id)
        if actor.person.id == proposal.person:
            raise NotAllowed(
                f"{actor.person.name} made proposal {proposal_id}; it takes somebody else to accept it, so nothing was changed.",
                next_step=f"It can be accepted by: {', '.join(seconds(office.house, tx, proposal.person)) or _NOBODY}.",
            )
        if proposal.person in tx.suspended():
            raise WrongState(
                f"{proposal.person}, who made proposal {proposal_id}, is suspended, so nothing was changed.",
                next_step=f"purdah-scheduler calendar refuse {proposal_id}",
            )
        base, period = _period(tx, office.house, proposal.period)
        if shape(base) != proposal.shape or _changes_of(tx, proposal.period) != proposal.seen:
            raise WrongState(
                f"The period {proposal.period} was changed after proposal {proposal_id} was made, so nothing was changed.",
                next_step=f"purdah-scheduler calendar refuse {proposal_id}, then propose it anew.",
            )
        check_change(period, proposal.action, proposal.instant, now)
        _answer(tx, actor, proposal, Answer.ACCEPTED, "", now)
        made = PeriodChange(
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
        return _apply(tx, office.house, actor, period, made, now, proposal=proposal_id)


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


def _propose(
    tx: Writer,
    house: House,
    actor: Actor,
    base: Period,
    period: Period,
    action: Action,
    instant: datetime | None,
    reason: str,
    now: datetime,
) -> Changed:
    """Store the proposal with its entry; the period holds on, and so does everything that it holds."""
    same = next((p for p in tx.proposals() if p.is_open and (p.period, p.action) == (period.id, action)), None)
    if same is not None:
        raise WrongState(
            f"Proposal {same.id} of {same.person} to {action} {period.id} waits for an answer already, so nothing was changed.",
            next_step=f"purdah-scheduler calendar accept {same.id}, or purdah-scheduler calendar refuse {same.id}",
        )
    proposal = Proposal(
        id=0,
        period=period.id,
        action=action,
        instant=instant,
        reason=reason,
        person=actor.person.id,
        at=now,
        shape=shape(base),
        seen=_changes_of(tx, period.id),
    )
    proposal = replace(proposal, id=tx.add_proposal(proposal))
    record(
        tx,
        actor,
        "period.proposed",
        at=now,
        public={"period": period.id, "action": str(action), "instant": _stamp(instant), "proposal": proposal.id},
        private={"reason": reason},
    )
    return Changed(period=period, action=action, swept=Swept(), proposal=proposal, seconds=seconds(house, tx, actor.person.id))


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
