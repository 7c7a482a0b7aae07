"""Calendars: declare a period, see first what it would do to the queue, and sweep the queue in the same transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application.office import Actor, House, Office, require
from purdah_scheduler.application.ports import Reader, Writer
from purdah_scheduler.application.recording import record
from purdah_scheduler.application.sweeping import QUEUED, Effect, effects_between, hold_blocked
from purdah_scheduler.domain.audit import Plain
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.policy import Judgement, Verdict
from purdah_scheduler.errors import BadInput

__all__ = ["QUEUED", "Effect", "declare", "declare_all", "impact"]


def impact(reader: Reader, house: House, *periods: Period, every: bool = True) -> tuple[Effect, ...]:
    """Each queued delivery with its verdict now and with `periods` in the calendar, by due time; nothing is changed.

    Without `every`, what they cannot give another verdict is left out, which a long queue answers much sooner.
    """
    calendar = house.calendar(reader)
    return effects_between(reader, house, calendar, (*calendar, *periods), every=every)


def declare(office: Office, actor: Actor, period: Period) -> tuple[Effect, ...]:
    """Put a period in force on every host at once and hold what it blocks, one entry a post. One person is enough.

    Returns the effects on what it can touch, by due time. Raises BadInput where the id is taken by a period of any source.
    """
    return declare_all(office, actor, (period,))


def declare_all(office: Office, actor: Actor, periods: Sequence[Period]) -> tuple[Effect, ...]:
    """Declare several periods in one transaction: all of them come into force, or none does.

    Each has an entry of its own; a post that several of them block is held once. Raises as `declare` does.
    """
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.AUTHOR, Role.APPROVER, Role.PROPRIETY, Role.PUBLISHER, Role.OPERATOR, to="declare periods")
        # An id that a change on record names is taken for good: the change would hold for the new period too.
        taken = {known.id for known in office.house.calendar(tx)} | {change.period for change in tx.period_changes()}
        for period in periods:
            if period.id in taken:
                raise BadInput(
                    f"There is a period “{period.id}” already, so nothing was declared.",
                    next_step="purdah-scheduler calendar list",
                )
            taken.add(period.id)
        effects = impact(tx, office.house, *periods, every=False)
        for period in periods:
            _put_in_force(tx, actor, period, effects, now)
        blocked = [effect for effect in effects if effect.changed and effect.after.verdict is Verdict.BLOCK]
        hold_blocked(tx, actor, blocked, now)
    return effects


def _put_in_force(tx: Writer, actor: Actor, period: Period, effects: Sequence[Effect], now: datetime) -> None:
    """Store one period, with its entry: what it holds and flags among everything that is declared with it."""
    # Very many effects share their judgement after the change, and each of those is looked through once.
    after = {id(effect.after): effect.after for effect in effects}
    of_it = {key for key, judged in after.items() if _decides(period, judged)}
    touched = [effect.after.verdict for effect in effects if id(effect.after) in of_it and effect.changed]
    tx.declare_period(replace(period, origin="store"))
    record(
        tx,
        actor,
        "period.declared",
        at=now,
        public={
            "period": period.id,
            "kind": str(period.kind),
            "starts": period.starts.isoformat(),
            "ends": period.ends.isoformat(),
            **_limits(period),
            "held": touched.count(Verdict.BLOCK),
            "flagged": touched.count(Verdict.FLAG),
        },
        private={
            "name": period.name,
            "source": period.source,
            "basis": period.basis_note,
            **({"campaign": period.campaign} if period.campaign else {}),
        },
    )


def _limits(period: Period) -> dict[str, Plain]:
    """To which accounts and channels it is limited, and its own rules, where it has any."""
    named: dict[str, Plain] = {
        "accounts": [*sorted(period.accounts)],
        "channels": [*sorted(period.channels)],
        "regime": period.regime,
    }
    return {name: value for name, value in named.items() if value}


def _decides(period: Period, judged: Judgement) -> bool:
    """Whether a finding of this period that no exemption lifts has the verdict of the whole."""
    return any(
        finding.period == period.id and not finding.lifted and finding.verdict is judged.verdict for finding in judged.findings
    )
