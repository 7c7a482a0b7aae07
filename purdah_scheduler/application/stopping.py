"""Stopping: the emergency stop for everything or one account, and people who may no longer act."""

from contextlib import suppress

from purdah_scheduler.application.office import Actor, Office, require, require_active, require_role
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.posts import Pause
from purdah_scheduler.errors import BadInput, BadSetup, TryAgain, WrongState

_ANYBODY = (Role.AUTHOR, Role.APPROVER, Role.PROPRIETY, Role.PUBLISHER, Role.OPERATOR)


def pause(office: Office, actor: Actor, *, reason: str, account: str = "") -> None:
    """Stop all publishing, or one account's. Everybody but a viewer may.

    The switch that needs no store is set before the record is written, so that a store that is busy, full or damaged
    does not keep anybody from stopping.
    """
    if not reason.strip():
        raise BadInput("A stop needs a reason, so nothing was stopped.", next_step='purdah-scheduler pause --reason "…"')
    require_role(actor, *_ANYBODY, to="stop publishing")
    if account:
        office.house.account(account)
    else:
        with suppress(TryAgain, BadSetup), office.store.read() as reader:
            require_active(actor, reader, to="stop publishing")
        office.stop.set(f"{actor.person.id}: {reason.strip()}")
    now = office.now()
    with office.store.write() as tx:
        require_active(actor, tx, to="stop publishing")
        tx.set_pause(Pause(account=account, person=actor.person.id, reason=reason.strip(), at=now))
        record(tx, actor, "publishing.paused", at=now, public={"account": account}, private={"reason": reason})


def resume(office: Office, actor: Actor, *, account: str = "") -> None:
    """Let publishing go on; nothing that was held meanwhile is sent by this. Raises WrongState if nothing is paused."""
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.PUBLISHER, Role.OPERATOR, to="let publishing go on")
        stopped = any(known.account == account for known in tx.pauses()) or (not account and bool(office.stop.reason()))
        if not stopped:
            raise WrongState(f"{account or 'Publishing'} is not paused, so nothing was changed.")
        tx.end_pause(account)
        record(tx, actor, "publishing.resumed", at=now, public={"account": account})
    if not account:
        office.stop.clear()


def suspend(office: Office, actor: Actor, person: str, *, reason: str = "") -> None:
    """Stop a person from acting; clearances that the person gave stop counting at once."""
    target = office.house.person(person)
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.OPERATOR, to="suspend people")
        if person in tx.suspended():
            raise WrongState(f"{target.name} is suspended already, so nothing was changed.")
        tx.suspend(person, actor.person.id, now)
        record(tx, actor, "person.suspended", at=now, private={"who": person, "reason": reason})


def restore(office: Office, actor: Actor, person: str) -> None:
    """Let a suspended person act again; clearances that were given before count again."""
    target = office.house.person(person)
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.OPERATOR, to="restore people")
        if person == actor.person.id:
            raise BadInput("Nobody restores themselves, so nothing was changed.")
        if person not in tx.suspended():
            raise WrongState(f"{target.name} is not suspended, so nothing was changed.")
        tx.restore(person)
        record(tx, actor, "person.restored", at=now, private={"who": person})
