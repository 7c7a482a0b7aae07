"""Making a queue at home on a machine: at first by itself, later by a person who answers for there being no other copy."""

from dataclasses import replace

from purdah_scheduler.application.office import Actor, Office, require
from purdah_scheduler.application.outcomes import DAEMON
from purdah_scheduler.application.ports import Writer
from purdah_scheduler.application.recording import entry_of, record
from purdah_scheduler.domain.audit import NewEntry
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.posts import Delivery, DeliveryState, Home, check_delivery_move
from purdah_scheduler.errors import BadInput

_WHY = "This queue is a copy, or was restored: the post may have been sent from the other one since. It is not sent by itself."
_OPEN = (DeliveryState.SCHEDULED, DeliveryState.CLAIMED, DeliveryState.SENDING)


def settle(office: Office, home: Home) -> None:
    """Make a queue that was never published from at home here."""
    now = office.now()
    with office.store.write() as tx:
        tx.set_home(home)
        private = {"person": DAEMON, "host": home.host, "path": home.path}
        tx.record(NewEntry(action="queue.settled", at=now, public={"face": "daemon"}, private=private))


def adopt(office: Office, actor: Actor, home: Home, *, reason: str) -> tuple[Delivery, ...]:
    """Make this copy the one that is published from, on the word of an operator that no daemon runs on another.

    Whatever was due by now and is not settled here may have been sent from the other one: it becomes unknown, for a person to
    look. Returns that. Call it only while no daemon runs on this queue.
    """
    if not reason.strip():
        raise BadInput(
            "Adopting a queue needs a reason, so nothing was changed.", next_step='purdah-scheduler daemon adopt --reason "…"'
        )
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.OPERATOR, to="adopt a queue")
        before = tx.home()
        lost = tuple(
            _give_up(tx, actor, entry, office)
            for entry in tx.in_state(_OPEN)
            if entry.state is not DeliveryState.SCHEDULED or entry.due_at <= now
        )
        tx.set_home(home)
        tx.forget_daemons()
        record(
            tx,
            actor,
            "queue.adopted",
            at=now,
            public={"unknown": len(lost)},
            private={
                "reason": reason.strip(),
                "host": home.host,
                "path": home.path,
                "was_on": before.host if before else "",
                "was_at": before.path if before else "",
            },
        )
    return lost


def _give_up(tx: Writer, actor: Actor, entry: Delivery, office: Office) -> Delivery:
    lost = replace(entry, state=DeliveryState.UNKNOWN, owner="", lease_until=None, reason_code="outcome-unknown", reason=_WHY)
    check_delivery_move(entry.state, lost.state)
    tx.save_delivery(lost, was=entry.state, fence=entry.fence)
    public = {"account": entry.account, "state": str(lost.state), "code": lost.reason_code}
    tx.record(
        entry_of(
            actor,
            "delivery.unknown",
            at=office.now(),
            post=entry.post,
            delivery=entry.id,
            public=public,
            private={"reason": lost.reason},
        )
    )
    return lost
