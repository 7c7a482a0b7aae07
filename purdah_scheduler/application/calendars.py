"""Calendars: declare a period, see first what it would do to the queue, and sweep the queue in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from purdah_scheduler.application.gate import Matter, judgement_of
from purdah_scheduler.application.office import Actor, House, Office, require
from purdah_scheduler.application.ports import Reader, Writer
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.policy import Finding, Judgement, Verdict
from purdah_scheduler.domain.posts import Delivery, DeliveryState, HoldReason, check_delivery_move
from purdah_scheduler.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a calendar change does to one delivery: the judgement before and after it, at its due time."""

    delivery: Delivery
    title: str
    before: Judgement
    after: Judgement

    @property
    def changed(self) -> bool:
        return self.before.verdict is not self.after.verdict


def impact(reader: Reader, house: House, *periods: Period) -> tuple[Effect, ...]:
    """Each queued delivery with its verdict now and with `periods` in the calendar, by due time; nothing is changed."""
    with_them = replace(house, periods=(*house.periods, *periods))
    effects = []
    for delivery in reader.in_state((DeliveryState.SCHEDULED, DeliveryState.CLAIMED)):
        account = next((known for known in house.accounts if known.id == delivery.account), None)
        if account is None:
            continue
        matter = Matter.read(reader, house, delivery.post)
        effects.append(
            Effect(
                delivery=delivery,
                title=matter.post.title,
                before=judgement_of(matter, reader, house, account, delivery.due_at),
                after=judgement_of(matter, reader, with_them, account, delivery.due_at),
            )
        )
    return tuple(effects)


def declare(office: Office, actor: Actor, period: Period) -> tuple[Effect, ...]:
    """Put a period in force on every host at once and hold what it blocks, one entry a post. One person is enough.

    Returns every effect on the queue. Raises BadInput where the id is taken by a period of any source.
    """
    return declare_all(office, actor, (period,))


def declare_all(office: Office, actor: Actor, periods: Sequence[Period]) -> tuple[Effect, ...]:
    """Declare several periods in one transaction: all of them come into force, or none does.

    Each has an entry of its own; a post that several of them block is held once. Raises as `declare` does.
    """
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.AUTHOR, Role.APPROVER, Role.PROPRIETY, Role.PUBLISHER, Role.OPERATOR, to="declare periods")
        taken = {known.id for known in office.house.calendar(tx)}
        for period in periods:
            if period.id in taken:
                raise BadInput(
                    f"There is a period “{period.id}” already, so nothing was declared.",
                    next_step="purdah-scheduler calendar list",
                )
            taken.add(period.id)
        effects = impact(tx, office.house, *periods)
        for period in periods:
            _put_in_force(tx, actor, period, effects, now)
        for effect in effects:
            if effect.changed and effect.after.verdict is Verdict.BLOCK:
                _hold(tx, actor, effect, now)
    return effects


def _put_in_force(tx: Writer, actor: Actor, period: Period, effects: Sequence[Effect], now: datetime) -> None:
    """Store one period, with its entry: what it holds and flags among everything that is declared with it."""
    touched = [
        effect.after.verdict
        for effect in effects
        if effect.changed and any(finding.verdict is effect.after.verdict for finding in _counting(effect, period))
    ]
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
            "held": touched.count(Verdict.BLOCK),
            "flagged": touched.count(Verdict.FLAG),
        },
        private={"name": period.name, "source": period.source, "basis": period.basis_note},
    )


def _counting(effect: Effect, period: Period) -> list[Finding]:
    """The findings of this period that no exemption lifts."""
    return [finding for finding in effect.after.findings if finding.period == period.id and not finding.lifted]


def _hold(tx: Writer, actor: Actor, effect: Effect, now: datetime) -> None:
    """Hold what is blocked now, with the finding that blocks it as the reason."""
    entry = effect.delivery
    check_delivery_move(entry.state, DeliveryState.HELD)
    blocking = next(finding for finding in effect.after.findings if finding.verdict is Verdict.BLOCK and not finding.lifted)
    held = replace(entry, state=DeliveryState.HELD, reason_code=HoldReason.BLOCKED, reason=blocking.reason)
    tx.save_delivery(held, was=entry.state)
    record(
        tx,
        actor,
        "delivery.held",
        at=now,
        post=entry.post,
        delivery=entry.id,
        public={"account": entry.account, "code": str(HoldReason.BLOCKED), "period": blocking.period},
    )
