"""Stopping: the emergency stop for everything or one account, and people who may no longer act."""

from contextlib import suppress
from datetime import datetime

from purdah_scheduler.application.matter import Matter, settings_ahead
from purdah_scheduler.application.office import Actor, Office, require, require_active, require_known, require_role
from purdah_scheduler.application.ports import Reader, StopSwitch, Writer
from purdah_scheduler.application.recording import entry_of, record
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.posts import DeliveryState, HoldReason, Pause
from purdah_scheduler.errors import BadInput, BadSetup, NotAllowed, TryAgain, WrongState

_ANYBODY = (Role.AUTHOR, Role.APPROVER, Role.PROPRIETY, Role.PUBLISHER, Role.OPERATOR)


def pause(office: Office, actor: Actor, *, reason: str, account: str = "") -> None:
    """Stop all publishing, or one account's. Everybody but a viewer may.

    The switch that needs no store is set before the record is written, so that a store that is busy, full or damaged
    does not keep anybody from stopping.
    """
    words = said(reason)
    require_role(actor, *_ANYBODY, to="stop publishing")
    if account:
        office.house.account(account)
    else:
        with suppress(TryAgain, BadSetup), office.store.read() as reader:
            require_active(actor, reader, to="stop publishing")
        with suppress(TryAgain):  # the pause below stops everything too
            stop_here(office.stop, actor, reason=reason)
    now = office.now()
    with office.store.write() as tx:
        require_active(actor, tx, to="stop publishing")
        tx.set_pause(Pause(account=account, person=actor.person.id, reason=words, at=now))
        record(tx, actor, "publishing.paused", at=now, public={"account": account}, private={"reason": reason})


def stop_here(switch: StopSwitch, actor: Actor, *, reason: str) -> None:
    """Stop the daemons of this machine by the switch that needs no store. Nothing of it is on record.

    Raises BadInput without a reason, NotAllowed for a viewer, TryAgain where the switch cannot be set.
    """
    words = said(reason)
    require_role(actor, *_ANYBODY, to="stop publishing")
    switch.set(f"{actor.person.id}: {words}")


def said(reason: str) -> str:
    """The reason of a stop. Raises BadInput where none was given."""
    if not reason.strip():
        raise BadInput("A stop needs a reason, so nothing was stopped.", next_step='purdah-scheduler pause --reason "…"')
    return reason.strip()


def resume(office: Office, actor: Actor, *, account: str = "") -> int:
    """Let publishing go on; returns how many deliveries came due meanwhile and are held by this, each for a new time.

    Nothing late is sent by it, whether or not a daemon ran meanwhile. Raises WrongState if nothing is paused, NotAllowed where it
    takes another person than the one who stopped.
    """
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.PUBLISHER, Role.OPERATOR, to="let publishing go on")
        require_known(office.house.least.answer, actor.assurance, "The yes to going on")
        stopped = any(known.account == account for known in tx.pauses()) or (not account and bool(office.stop.reason()))
        if not stopped:
            raise WrongState(f"{account or 'Publishing'} is not paused, so nothing was changed.")
        _require_second(office, actor, tx, account)
        tx.end_pause(account)
        late = _hold_late(tx, actor, account, now)
        record(tx, actor, "publishing.resumed", at=now, public={"account": account, "held": late})
    if not account:
        office.stop.clear()
    return late


def _require_second(office: Office, actor: Actor, reader: Reader, account: str) -> None:
    """Raise NotAllowed where the house wants another person than the one who stopped."""
    stopped_by = {pause.person for pause in reader.pauses() if pause.account == account}
    if not account:
        stopped_by.add(office.stop.reason().partition(":")[0])
    if office.house.resume_needs_second and actor.person.id in stopped_by:
        raise NotAllowed(
            f"{actor.person.name} stopped it, and here nobody undoes a stop of their own, so nothing was changed.",
            next_step="Another person with the role publisher or operator types: purdah-scheduler resume"
            + (f" --account {account}" if account else ""),
        )


def _hold_late(tx: Writer, actor: Actor, account: str, now: datetime) -> int:
    """Hold what came due while no daemon was there to hold it: it must not go out in a burst when one starts."""
    late = [entry for entry in tx.in_state((DeliveryState.SCHEDULED,)) if entry.due_at <= now and account in ("", entry.account)]
    tx.hold_all(late, reason_code=HoldReason.PAUSED, reasons=["It came due while publishing was stopped."] * len(late))
    tx.record_all(
        entry_of(
            actor,
            "delivery.held",
            at=now,
            post=entry.post,
            delivery=entry.id,
            public={"account": entry.account, "code": str(HoldReason.PAUSED)},
        )
        for entry in late
    )
    return len(late)


def suspend(office: Office, actor: Actor, person: str, *, reason: str = "") -> tuple[int, ...]:
    """Stop a person from acting; returns the queued posts that are not cleared any more without this person, next due first.

    They stay queued, because `restore` makes the same clearances count again, and are held when they are due. Nobody suspends
    themselves: the last operator would be gone, and nobody could restore anybody.
    """
    target = office.house.person(person)
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.OPERATOR, to="suspend people")
        if person == actor.person.id:
            raise BadInput("Nobody suspends themselves, so nothing was changed.", next_step="Another operator does it.")
        if person in tx.suspended():
            raise WrongState(f"{target.name} is suspended already, so nothing was changed.")
        tx.suspend(person, actor.person.id, now)
        record(tx, actor, "person.suspended", at=now, private={"who": person, "reason": reason})
    return _leaned_on(office, person)


def _leaned_on(office: Office, person: str) -> tuple[int, ...]:
    house, now = office.house, office.now()
    with office.store.read() as reader:
        queued = dict.fromkeys(entry.post for entry in reader.in_state((DeliveryState.SCHEDULED,)))
        theirs = [paper.post for paper in reader.papers(list(queued)) if any(said.person == person for said in paper.decisions)]
        people, calendar = house.active(reader), house.calendar(reader)
        lost = []
        for dossier in reader.dossiers(theirs):
            matter = Matter.of(house, dossier, people, ())
            if not matter.standing(house, settings_ahead(matter, house, calendar, dossier.deliveries, now)).complete:
                lost.append(matter.post.id)
    return tuple(lost)


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
