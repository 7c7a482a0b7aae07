"""What came of a try to send, and how the moves that only the daemon makes are put on record."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from purdah_scheduler.application.answers import Receipt
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.ports import Reader, Writer
from purdah_scheduler.domain.audit import NewEntry, Plain
from purdah_scheduler.domain.posts import (
    DELIVERY_MOVES,
    NOTHING_LEFT,
    OVER,
    Attempt,
    Delivery,
    DeliveryState,
    HoldReason,
    Pause,
    RateLimit,
    check_delivery_move,
)
from purdah_scheduler.lean import lean_dataclass

DAEMON = "the daemon"
"""Who acts, in the record, where no person does."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The daemon that publishes: a name that no other has, and for how long a claim is its own."""

    name: str
    lease: timedelta = timedelta(seconds=90)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one try: the next state, its reason, a receipt or a limit of the whole account where there is one."""

    state: DeliveryState
    detail: str
    code: str = ""
    receipt: Receipt | None = None
    retry_at: datetime | None = None
    login_needed: bool = False
    limit: RateLimit | None = None


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
                **part_facts(entry),
                **(facts or {}),
            },
            private={"person": DAEMON, "reason": entry.reason},
        )
    )


def part_facts(entry: Delivery) -> dict[str, Plain]:
    """Which part of a thread it is; of what is no thread nothing is said."""
    return {"part": entry.part, "parts": entry.parts} if entry.parts > 1 else {}


def let_go(entry: Delivery, state: DeliveryState, *, code: str = "", reason: str = "") -> Delivery:
    """The delivery in `state`, in nobody's hands."""
    return replace(entry, state=state, owner="", lease_until=None, reason_code=code, reason=reason)


def put_off(entry: Delivery, until: datetime | None) -> Delivery:
    """The delivery back in the queue; with `until` it waits so long for people to be told of a break-glass."""
    if until is None:
        return let_go(entry, DeliveryState.SCHEDULED)
    reason = "Break-glass: it waits until everybody was told."
    return replace(let_go(entry, DeliveryState.SCHEDULED, code="telling-first", reason=reason), not_again_before=until)


def not_sent(tx: Writer, owner: Owner, entry: Delivery, now: datetime) -> Delivery:
    """The first half of giving up what was not sent and is queued no longer: two moves of the table, one step for people."""
    waiting = let_go(entry, DeliveryState.SCHEDULED)
    move(tx, owner, entry, waiting, now, action="delivery.not-sent")
    return waiting


def need_login(tx: Writer, account: str, now: datetime) -> None:
    """Hold the whole account; a pause that a person has set stays as that person gave it."""
    if all(pause.account != account for pause in tx.pauses()):
        words = "The platform refuses the credentials of this account."
        tx.set_pause(Pause(account=account, person=DAEMON, reason=words, at=now))


def limit_account(tx: Writer, owner: Owner, limit: RateLimit | None) -> None:
    """Remember, over a restart too, that the platform takes nothing of the account until then; a later end stays."""
    if limit is None or any(known.account == limit.account and known.until >= limit.until for known in tx.rate_limits()):
        return
    tx.set_rate_limit(limit)
    public: dict[str, Plain] = {
        "face": "daemon",
        "owner": owner.name,
        "account": limit.account,
        "until": limit.until.isoformat(),
    }
    private: dict[str, Plain] = {"person": DAEMON, "reason": limit.reason}
    tx.record(NewEntry(action="account.rate-limited", at=limit.at, public=public, private=private))


def limited(reader: Reader, account: str, now: datetime) -> RateLimit | None:
    """The limit that holds for the account at `now`."""
    return next((limit for limit in reader.rate_limits() if limit.account == account and now < limit.until), None)


def settle(office: Office, owner: Owner, sending: Delivery, outcome: Outcome) -> Delivery:
    """Record what came of the attempt that `sending` is, and return the delivery as it stands then.

    Only the attempt that owns the delivery may move it; a receipt that comes late is accepted all the same, because it is
    proof that the post is public. Raises TryAgain and StoreUnusable.
    """
    (settled,) = settle_all(office, owner, ((sending, outcome),))
    return settled


def settle_all(office: Office, owner: Owner, known: Sequence[tuple[Delivery, Outcome]]) -> tuple[Delivery, ...]:
    """The same for many deliveries in one transaction, in their order."""
    with office.store.write() as tx:
        tx.foresee([sending.id for sending, _ in known])
        return tuple(_settle(tx, owner, sending, outcome, office.now()) for sending, outcome in known)


def _settle(tx: Writer, owner: Owner, sending: Delivery, outcome: Outcome, now: datetime) -> Delivery:
    entry = tx.delivery(sending.id)
    if entry.state is not DeliveryState.SENDING or entry.fence != sending.fence:
        return entry if outcome.receipt is None else _late_proof(tx, owner, entry, sending, outcome, now)
    _end_attempt(tx, sending, outcome, now)
    proof = proof_in(entry)
    if proof is not None and outcome.receipt is None:
        outcome = Outcome(state=DeliveryState.PUBLISHED, detail="", receipt=proof, login_needed=outcome.login_needed)
    if outcome.state is DeliveryState.MISSED:
        entry = not_sent(tx, owner, entry, now)
    settled = _settled(entry, outcome, now)
    move(tx, owner, entry, settled, now, facts=_receipt_facts(outcome))
    note_break_glass(tx, owner, settled, now)
    if outcome.login_needed:
        need_login(tx, entry.account, now)
    limit_account(tx, owner, outcome.limit)
    return settled


def note_break_glass(tx: Writer, owner: Owner, entry: Delivery, now: datetime) -> None:
    """An entry of its own for each break-glass for whose very text this is the proof that it is public."""
    if entry.state is DeliveryState.PUBLISHED:
        for glass in tx.break_glasses(entry.post):
            if (glass.digest, glass.revision) == (entry.digest, entry.revision):
                facts: dict[str, Plain] = {"break_glass": glass.id, "incident": glass.incident, "stages": list(glass.stages)}
                note(tx, owner, entry, now, "break_glass.published", facts)


def _late_proof(tx: Writer, owner: Owner, entry: Delivery, sending: Delivery, outcome: Outcome, now: datetime) -> Delivery:
    """The post is public, and its delivery was given up meanwhile: it is published, and never goes out a second time."""
    _end_attempt(tx, sending, outcome, now)
    facts = {**_receipt_facts(outcome), "late": True}
    siblings = [
        other
        for other in tx.deliveries(entry.post)
        if other.account == entry.account
        and other.id != entry.id
        and other.state not in OVER
        and (other.part == entry.part or other.revision != entry.revision)
    ]
    for other in siblings:
        # Cancelled meanwhile and queued anew: the same words are what is public, and other words may not follow unseen.
        if other.revision == entry.revision:
            return _proven(tx, owner, other, outcome, now, facts)
        note(tx, owner, other, now, "delivery.late-proof", facts)
        if DeliveryState.HELD in DELIVERY_MOVES[other.state] and other.state in NOTHING_LEFT:
            where = outcome.receipt.url if outcome.receipt else ""
            reason = f"An earlier text of it is public after all ({where}): cancel it and write a new post for what is new."
            move(tx, owner, other, let_go(other, DeliveryState.HELD, code=HoldReason.ALREADY_PUBLIC, reason=reason), now)
    return _proven(tx, owner, entry, outcome, now, facts)


def _proven(tx: Writer, owner: Owner, entry: Delivery, outcome: Outcome, now: datetime, facts: Mapping[str, Plain]) -> Delivery:
    """The delivery of which an earlier try is known to be public."""
    if DeliveryState.PUBLISHED in DELIVERY_MOVES[entry.state] and entry.state is not DeliveryState.SENDING:
        settled = _settled(entry, outcome, now)
        move(tx, owner, entry, settled, now, facts=facts)
        return settled
    if entry.state is DeliveryState.SENDING and outcome.receipt is not None:
        # A later try is under way: its own answer comes first, and the proof waits in the row for it.
        entry = replace(entry, remote_id=outcome.receipt.remote_id, remote_url=outcome.receipt.url)
        tx.save_delivery(entry, was=entry.state, fence=entry.fence)
    note(tx, owner, entry, now, "delivery.late-proof", facts)
    return entry


def proof_in(entry: Delivery) -> Receipt | None:
    """The receipt of an earlier try that came while this one was under way."""
    return Receipt(remote_id=entry.remote_id, url=entry.remote_url) if entry.remote_id else None


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
