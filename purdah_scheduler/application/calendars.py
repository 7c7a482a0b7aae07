"""Calendars: declare a period, see first what it would do to the queue, and sweep the queue in the same transaction."""

from dataclasses import dataclass, replace

from purdah_scheduler.application.gate import Matter, judgement_of
from purdah_scheduler.application.office import Actor, House, Office, require
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.policy import Judgement, Verdict
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


def impact(reader: Reader, house: House, period: Period) -> tuple[Effect, ...]:
    """Each queued delivery with its verdict now and with `period` in the calendar, by due time; nothing is changed."""
    with_it = replace(house, periods=(*house.periods, period))
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
                after=judgement_of(matter, reader, with_it, account, delivery.due_at),
            )
        )
    return tuple(effects)


def declare(office: Office, actor: Actor, period: Period) -> tuple[Effect, ...]:
    """Put a period in force on every host at once and hold what it blocks, one entry a post. One person is enough.

    Returns every effect on the queue. Raises BadInput where the id is taken by a period of any source.
    """
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.AUTHOR, Role.APPROVER, Role.PROPRIETY, Role.PUBLISHER, Role.OPERATOR, to="declare periods")
        if any(known.id == period.id for known in office.house.calendar(tx)):
            raise BadInput(
                f"There is a period “{period.id}” already, so nothing was declared.", next_step="purdah-scheduler calendar list"
            )
        effects = impact(tx, office.house, period)
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
                "held": sum(effect.changed and effect.after.verdict is Verdict.BLOCK for effect in effects),
                "flagged": sum(effect.changed and effect.after.verdict is Verdict.FLAG for effect in effects),
            },
            private={"name": period.name, "source": period.source},
        )
        for effect in effects:
            if effect.changed and effect.after.verdict is Verdict.BLOCK:
                entry = effect.delivery
                check_delivery_move(entry.state, DeliveryState.HELD)
                reason = next(f.reason for f in effect.after.findings if f.verdict is Verdict.BLOCK and not f.lifted)
                held = replace(entry, state=DeliveryState.HELD, reason_code=HoldReason.BLOCKED, reason=reason)
                tx.save_delivery(held, was=entry.state)
                record(
                    tx,
                    actor,
                    "delivery.held",
                    at=now,
                    post=entry.post,
                    delivery=entry.id,
                    public={"account": entry.account, "code": str(HoldReason.BLOCKED), "period": period.id},
                )
    return effects
