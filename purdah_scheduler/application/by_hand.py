"""Posting by hand: the gate is asked when a person takes the words, and the address is put on record afterwards.

The daemon claims such a delivery at its time like any other and finds that nothing can be sent to its account: it holds it as
`post-by-hand`. From the moment that a person has the words nobody can know whether they are public until that person says so,
so that the delivery is `unknown` then, with an attempt in that person's name; `scheduling.resolve` settles it.
"""

from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application.gate import Answer, ask
from purdah_scheduler.application.office import Actor, Office, require
from purdah_scheduler.application.outcomes import Owner, let_go, move, not_sent
from purdah_scheduler.application.outgoing import outgoing_of
from purdah_scheduler.application.ports import Reader, Writer
from purdah_scheduler.application.recording import record
from purdah_scheduler.application.timekeeping import behind_the_record
from purdah_scheduler.domain.audit import Plain
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.content import Outgoing
from purdah_scheduler.domain.people import Account, Role
from purdah_scheduler.domain.posts import IN_HAND, Attempt, Delivery, DeliveryState, HoldReason, check_delivery_move
from purdah_scheduler.errors import BadInput, HeldByGate, TryAgain, WrongState
from purdah_scheduler.lean import lean_dataclass

_TOO_LATE = "Nobody posted it by hand in time."


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class InHand:
    """What a person posts by hand now: exactly this, on this account."""

    delivery: Delivery
    account: Account
    outgoing: Outgoing


def take(office: Office, actor: Actor, post_id: int, *, account: str = "") -> InHand:
    """Give a person the words of what is to be posted by hand, if the gate says yes at this moment.

    What was given already is given again, and the gate is asked again. Nothing is changed where it says no. Raises NotFound,
    WrongState where nothing of the post is to be posted by hand, BadInput where several accounts are and none is named, and
    HeldByGate with the first reason.
    """
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.PUBLISHER, to="post by hand")
        entry = _one(tx, post_id, account)
        answer = ask(
            tx,
            house=office.house,
            shelf=office.shelf,
            post=post_id,
            account=entry.account,
            at=now,
            delivery=entry,
            clock_doubt=behind_the_record(now, tx.high_water()),
            stopped=office.stop.reason(),
        )
        if not answer.go:
            raise _refusal(entry, answer)
        known = office.house.account(entry.account)
        content = tx.revision(entry.post, entry.revision).content
        outgoing = outgoing_of(content, known, entry)
        blobs = {medium.sha256: office.shelf.get(medium.sha256) for medium in outgoing.files}
        if entry.state is DeliveryState.HELD:
            entry = _hand_over(office, tx, actor, entry, answer, now)
    return InHand(delivery=entry, account=known, outgoing=replace(outgoing, blobs=blobs))


def give_up_late(office: Office, owner: Owner) -> tuple[Delivery, ...]:
    """What waits to be posted by hand and is too late for that becomes missed. Returns what changed."""
    late = {account.id: account.max_lateness for account in office.house.accounts if account.is_by_hand}
    if not late:
        return ()
    now = office.now()

    def is_late(entry: Delivery) -> bool:
        return entry.account in late and now - entry.due_at > late[entry.account]

    with office.store.read() as reader:
        seen = [entry for entry in reader.in_state((DeliveryState.HELD,), code=HoldReason.BY_HAND) if is_late(entry)]
    if not seen:
        return ()
    missed = []
    with office.store.write() as tx:
        for entry in map(tx.delivery, (known.id for known in seen)):
            if _waits(entry) and is_late(entry):
                queued = not_sent(tx, owner, entry, now)
                gone = let_go(queued, DeliveryState.MISSED, code="too-late", reason=_TOO_LATE)
                move(tx, owner, queued, gone, now)
                missed.append(gone)
    return tuple(missed)


def _waits(entry: Delivery) -> bool:
    return entry.state is DeliveryState.HELD and entry.reason_code == HoldReason.BY_HAND


def is_in_hand(entry: Delivery) -> bool:
    """Whether a person has the words of it and has not said yet what came of that."""
    return entry.state is DeliveryState.UNKNOWN and entry.reason_code == IN_HAND


def _one(reader: Reader, post_id: int, account: str) -> Delivery:
    reader.post(post_id)
    waiting = [
        entry for entry in reader.deliveries(post_id) if (_waits(entry) or is_in_hand(entry)) and account in ("", entry.account)
    ]
    if not waiting:
        where = f" on {account}" if account else ""
        raise WrongState(
            f"Nothing of post {post_id} is to be posted by hand{where} now, so its words were not given.",
            next_step=f"Where it stands: purdah-scheduler post show {post_id}",
        )
    if len(waiting) > 1:
        names = ", ".join(entry.account for entry in waiting)
        raise BadInput(
            f"Post {post_id} is to be posted by hand on {names}, so nothing was done.", next_step="Name one with --account."
        )
    return waiting[0]


def _refusal(entry: Delivery, answer: Answer) -> HeldByGate:
    first = answer.missed or answer.first.reason
    if is_in_hand(entry):
        return HeldByGate(
            f"Post {entry.post} must not be posted on {entry.account} any more: {first}",
            next_step=f"Where you have not posted it: purdah-scheduler post resolve {entry.post} --not-published",
        )
    step = f"purdah-scheduler post schedule {entry.post} --at …" if answer.missed else answer.first.next_step
    return HeldByGate(f"Post {entry.post} may not be posted on {entry.account} now: {first}", next_step=step)


def _hand_over(office: Office, tx: Writer, actor: Actor, entry: Delivery, answer: Answer, now: datetime) -> Delivery:
    """The intent of a person: on record before the words are given."""
    person = actor.person.id
    number = entry.attempts + 1
    words = f"{person} has had it to post by hand since {format_local(now, office.house.zone)}: record what came of it."
    # Nobody claims what goes from queue to hand in one transaction: two moves of the table, one step for people.
    queued = let_go(entry, DeliveryState.SCHEDULED)
    taken = replace(let_go(queued, DeliveryState.UNKNOWN, code=IN_HAND, reason=words), attempts=number, fence=entry.fence + 1)
    for before, after in ((entry, queued), (queued, taken)):
        check_delivery_move(before.state, after.state)
        if not tx.save_delivery(after, was=before.state, fence=before.fence):
            raise TryAgain(f"Post {entry.post} was changed by somebody else meanwhile, so its words were not given.")
    tx.add_attempt(Attempt(delivery=entry.id, number=number, intent_at=now, owner=f"by hand: {person}"))
    clearances: list[Plain] = [f"{decision.stage}@{decision.revision}" for decision in answer.standing.counting]
    record(
        tx,
        actor,
        "delivery.in-hand",
        at=now,
        post=entry.post,
        delivery=entry.id,
        public={
            "account": entry.account,
            "state": str(taken.state),
            "code": str(taken.reason_code),
            "digest": answer.digest,
            "verdict": str(answer.judgement.verdict),
            "periods": list(answer.judgement.periods),
            "clearances": clearances,
        },
        private={"reason": words},
    )
    return taken
