"""Putting right what a dead daemon, or a worker that never came back, left behind."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from purdah_scheduler.application.office import Office
from purdah_scheduler.application.outcomes import Owner, end_attempt, let_go, move, note, proof_in
from purdah_scheduler.application.ports import Writer
from purdah_scheduler.domain.posts import Delivery, DeliveryState

_DIED = "The daemon stopped between the request and its answer: the post may be public. It is not sent again by itself."
_SILENT = "No answer came in time: the post may be public. It is not sent again by itself."
_GRACE = timedelta(seconds=60)
"""A claim ends with its lease; a send is given up this much later, which is longer than one request can last."""


def recover(office: Office, owner: Owner) -> tuple[Delivery, ...]:
    """Put right what a dead daemon left: claimed goes back (nothing had left), sending becomes unknown.

    Call it once, before the first claim, and only while it is certain that no other daemon lives on this store. Returns what
    became unknown. Raises TryAgain and StoreUnusable.
    """
    now = office.now()
    with office.store.read() as reader:
        if not reader.in_state((DeliveryState.CLAIMED, DeliveryState.SENDING)):
            return ()
    with office.store.write() as tx:
        for entry in tx.in_state((DeliveryState.CLAIMED,)):
            _give_back(tx, owner, entry, now, "the daemon stopped")
        lost = []
        for entry in tx.in_state((DeliveryState.SENDING,)):
            # Whoever sent it is dead: nothing of this attempt can leave any more.
            for attempt in tx.attempts(entry.id)[-1:]:
                end_attempt(tx, attempt, DeliveryState.UNKNOWN, _DIED, now)
            lost.append(_give_up(tx, owner, entry, now, _DIED))
        return tuple(entry for entry in lost if entry.state is DeliveryState.UNKNOWN)


def tidy(office: Office, owner: Owner) -> tuple[Delivery, ...]:
    """Take back claims whose lease ran out, and give up sends that have had no answer for a minute longer than that.

    Returns what changed. Raises TryAgain and StoreUnusable.
    """
    now = office.now()
    with office.store.read() as reader:
        stale = [entry for entry in reader.in_state((DeliveryState.CLAIMED, DeliveryState.SENDING)) if _is_stale(entry, now)]
    if not stale:
        return ()
    changed = []
    with office.store.write() as tx:
        for seen in stale:
            entry = tx.delivery(seen.id)
            if entry.state is not seen.state or entry.fence != seen.fence:
                continue
            if entry.state is DeliveryState.CLAIMED:
                changed.append(_give_back(tx, owner, entry, now, "lease ran out"))
            else:
                changed.append(_give_up(tx, owner, entry, now, _SILENT))
    return tuple(changed)


def renew(office: Office, owner: Owner, held: Sequence[Delivery]) -> tuple[Delivery, ...]:
    """Lengthen the claims of `held` that are half over, and return them as they stand then.

    Only of what is still this owner's, not run out and not yet late: a preparation that never ends must not keep its account for
    ever. It only saves work: that nothing is sent twice hangs on the fence. Raises TryAgain and StoreUnusable.
    """
    now = office.now()
    if not any(_is_half_over(entry, owner, now) for entry in held):
        return ()
    renewed = []
    with office.store.write() as tx:
        for known in held:
            entry = tx.delivery(known.id)
            mine = (entry.state, entry.fence, entry.owner) == (DeliveryState.CLAIMED, known.fence, owner.name)
            account = next((each for each in office.house.accounts if each.id == entry.account), None)
            if not mine or account is None or not _is_half_over(entry, owner, now) or now - entry.due_at > account.max_lateness:
                continue
            longer = replace(entry, lease_until=now + owner.lease)
            tx.save_delivery(longer, was=entry.state, fence=entry.fence)
            note(tx, owner, longer, now, "delivery.claim-renewed", {"fence": entry.fence})
            renewed.append(longer)
    return tuple(renewed)


def _is_half_over(entry: Delivery, owner: Owner, now: datetime) -> bool:
    return entry.lease_until is not None and now < entry.lease_until <= now + owner.lease / 2


def _is_stale(entry: Delivery, now: datetime) -> bool:
    if entry.lease_until is None:
        return False
    return now >= entry.lease_until + (_GRACE if entry.state is DeliveryState.SENDING else timedelta(0))


def _give_back(tx: Writer, owner: Owner, entry: Delivery, now: datetime, why: str) -> Delivery:
    back = let_go(entry, DeliveryState.SCHEDULED)
    move(tx, owner, entry, back, now, action="delivery.unclaimed", facts={"why": why})
    return back


def _give_up(tx: Writer, owner: Owner, entry: Delivery, now: datetime, reason: str) -> Delivery:
    if proof_in(entry) is not None:  # an earlier try of it is public: whatever came of this one, it is published
        known = replace(let_go(entry, DeliveryState.PUBLISHED), published_at=now)
        move(tx, owner, entry, known, now, facts={"remote_id": entry.remote_id, "url": entry.remote_url, "late": True})
        return known
    lost = let_go(entry, DeliveryState.UNKNOWN, code="outcome-unknown", reason=reason)
    move(tx, owner, entry, lost, now)
    return lost
