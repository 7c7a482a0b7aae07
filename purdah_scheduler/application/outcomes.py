"""What came of a try to send, and how the moves that only the daemon makes are put on record."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from purdah_scheduler.application.answers import Receipt
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.ports import Writer
from purdah_scheduler.domain.audit import NewEntry, Plain
from purdah_scheduler.domain.posts import Attempt, Delivery, DeliveryState, HoldReason, Pause, check_delivery_move

DAEMON = "the daemon"
"""Who acts, in the record, where no person does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The daemon that publishes: a name that no other has, and for how long a claim is its own."""

    name: str
    lease: timedelta = timedelta(seconds=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one try: the next state, its reason, and a receipt where there is one."""

    state: DeliveryState
    detail: str
    code: str = ""
    receipt: Receipt | None = None
    retry_at: datetime | None = None
    login_needed: bool = False


def move(
    tx: Writer,
    owner: Owner,
    entry: Delivery,
    moved: Delivery,
    now: datetime,
    *,
    action: str = "",
    facts: Mapping[str, Plain] | None = None,
) -> bool:
    """Make one move of the table together with its entry; False, and nothing done, where `entry` is no longer as it was."""
    check_delivery_move(entry.state, moved.state)
    if not tx.save_delivery(moved, was=entry.state, fence=entry.fence):
        return False
    note(tx, owner, moved, now, action or f"delivery.{moved.state}", facts)
    return True


def note(tx: Writer, owner: Owner, entry: Delivery, now: datetime, action: str, facts: Mapping[str, Plain] | None = None) -> None:
    """Put on record what happened to a delivery; its reason goes into the personal part."""
    tx.record(
        NewEntry(
            action=action,
            at=now,
            post=entry.post,
            delivery=entry.id,
            public={
                "face": "daemon",
                "owner": owner.name,
                "account": entry.account,
                "state": str(entry.state),
                "code": str(entry.reason_code),
                **(facts or {}),
            },
            private={"person": DAEMON, "reason": entry.reason},
        )
    )


def let_go(entry: Delivery, state: DeliveryState, *, code: str = "", reason: str = "") -> Delivery:
    """The delivery in `state`, in nobody's hands."""
    return replace(entry, state=state, owner="", lease_until=None, reason_code=code, reason=reason)


def need_login(tx: Writer, account: str, now: datetime) -> None:
    """Hold the whole account; a pause that a person has set stays as that person gave it."""
    if all(pause.account != account for pause in tx.pauses()):
        words = "The platform refuses the credentials of this account."
        tx.set_pause(Pause(account=account, person=DAEMON, reason=words, at=now))


def settle(office: Office, owner: Owner, sending: Delivery, outcome: Outcome) -> Delivery:
    """Record what came of the attempt that `sending` is, and return the delivery as it stands then.

    Only the attempt that owns the delivery may move it; a receipt that comes late is accepted all the same, because it is
    proof that the post is public. Raises TryAgain and StoreUnusable.
    """
    with office.store.write() as tx:
        now = office.now()
        entry = tx.delivery(sending.id)
        if entry.state is not DeliveryState.SENDING or entry.fence != sending.fence:
            return entry if outcome.receipt is None else _late_proof(tx, owner, entry, sending, outcome, now)
        _end_attempt(tx, sending, outcome, now)
        if outcome.state is DeliveryState.MISSED:
            # Nothing was sent and it is queued no longer: two moves of the table, one step for people.
            waiting = let_go(entry, DeliveryState.SCHEDULED)
            move(tx, owner, entry, waiting, now, action="delivery.not-sent")
            entry = waiting
        settled = _settled(entry, outcome, now)
        move(tx, owner, entry, settled, now, facts=_receipt_facts(outcome))
        if outcome.login_needed:
            need_login(tx, entry.account, now)
    return settled


def _late_proof(tx: Writer, owner: Owner, entry: Delivery, sending: Delivery, outcome: Outcome, now: datetime) -> Delivery:
    """The post is public, and its delivery was given up meanwhile: never let it go out a second time."""
    _end_attempt(tx, sending, outcome, now)
    if entry.state is DeliveryState.UNKNOWN:
        settled = _settled(entry, outcome, now)
        move(tx, owner, entry, settled, now, facts=_receipt_facts(outcome))
        return settled
    note(tx, owner, entry, now, "delivery.late-proof", _receipt_facts(outcome))
    if entry.state not in (DeliveryState.SCHEDULED, DeliveryState.CLAIMED, DeliveryState.HELD):
        return entry
    where = outcome.receipt.url if outcome.receipt else ""
    reason = f"It is public after all, by an earlier try ({where}): cancel it, or it would be published twice."
    held = let_go(entry, DeliveryState.HELD, code=HoldReason.ALREADY_PUBLIC, reason=reason)
    move(tx, owner, entry, held, now)
    return held


def _settled(entry: Delivery, outcome: Outcome, now: datetime) -> Delivery:
    published = outcome.state is DeliveryState.PUBLISHED
    receipt = outcome.receipt
    return replace(
        let_go(entry, outcome.state, code=outcome.code, reason="" if published else outcome.detail),
        not_again_before=outcome.retry_at,
        remote_id=receipt.remote_id if receipt else "",
        remote_url=receipt.url if receipt else "",
        published_at=now if published else None,
    )


def _end_attempt(tx: Writer, sending: Delivery, outcome: Outcome, now: datetime) -> None:
    known = next((attempt for attempt in tx.attempts(sending.id) if attempt.number == sending.attempts), None)
    if known is not None:
        end_attempt(tx, known, outcome.state, outcome.detail, now)


def end_attempt(tx: Writer, attempt: Attempt, state: DeliveryState, detail: str, now: datetime) -> None:
    """Put on record what came of an attempt; one that has its end keeps it."""
    if not attempt.outcome:
        tx.end_attempt(replace(attempt, outcome=str(state), detail=detail, ended_at=now))


def _receipt_facts(outcome: Outcome) -> dict[str, Plain]:
    receipt = outcome.receipt
    return {"remote_id": receipt.remote_id, "url": receipt.url} if receipt else {}
