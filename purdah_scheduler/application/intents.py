"""The intent to send: the gate is asked anew, and only its yes lets the attempt and `sending` be written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application import outcomes
from purdah_scheduler.application.gate import Answer
from purdah_scheduler.application.outcomes import Owner
from purdah_scheduler.application.ports import Reader, Writer
from purdah_scheduler.application.timekeeping import clock_facts
from purdah_scheduler.domain.audit import Plain
from purdah_scheduler.domain.posts import Attempt, Delivery, DeliveryState, HoldReason, RateLimit
from purdah_scheduler.errors import ProductError, TryAgain
from purdah_scheduler.lean import lean_dataclass

Ask = Callable[[Reader, Delivery, datetime], Answer]
"""How the gate is asked about a delivery at a moment."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A claimed delivery that is about to be sent; without `staged` it is to be given up, as the gate said a moment ago.

    `begins` (boot seconds), where it is known, is when its time has come by what can be believed of the clock.
    """

    claimed: Delivery
    staged: Mapping[str, str] | None
    begins: float | None = None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """The delivery after the gate was asked; `asked_at` (boot seconds) only where this very call recorded the intent.

    Where the platform takes nothing of the account yet, `limit` says so and nothing was changed.
    """

    entry: Delivery
    asked_at: float | None = None
    limit: RateLimit | None = None


def intend_all(
    tx: Writer, owner: Owner, wishes: Sequence[Wish], *, ask: Ask, asked_at: float, now: datetime, at: datetime
) -> tuple[Intent, ...]:
    """Judge each delivery by what this transaction reads, and record what follows; each by itself, all in one commit.

    They are judged as of `at`, before which that commit must not be made; `now` and `asked_at` (boot seconds) are what the
    clocks say. None of it counts before the commit. Raises what the store raises, and TryAgain.
    """
    tx.foresee([wish.claimed.id for wish in wishes])
    tx.foresee_posts(sorted({wish.claimed.post for wish in wishes}))
    clock = clock_facts(tx, owner.name, now, asked_at)
    return tuple(_intend(tx, owner, wish, ask=ask, asked_at=asked_at, now=at, clock=clock) for wish in wishes)


def is_held_by(owner: Owner, entry: Delivery, claimed: Delivery) -> bool:
    """Whether the claim is still the one that this owner was given."""
    return entry.state is DeliveryState.CLAIMED and entry.fence == claimed.fence and entry.owner == owner.name


def _intend(
    tx: Writer, owner: Owner, wish: Wish, *, ask: Ask, asked_at: float, now: datetime, clock: Mapping[str, Plain]
) -> Intent:
    entry = tx.delivery(wish.claimed.id)
    if not is_held_by(owner, entry, wish.claimed):
        return Intent(entry=entry)
    if now < entry.ready_at:  # the clock went back since it was claimed: nothing is sent early, and nobody is asked too soon
        return _moved(tx, owner, entry, outcomes.let_go(entry, DeliveryState.SCHEDULED), now, {})
    try:
        answer = ask(tx, entry, now)
    except ProductError:
        raise
    except Exception as fault:  # noqa: BLE001 - named in the reason; without this it would be tried for ever in silence
        reason = f"It could not be judged: an unforeseen fault ({type(fault).__name__}). Nothing was sent."
        moved = outcomes.let_go(entry, DeliveryState.HELD, code=HoldReason.FAULT, reason=reason)
        return _moved(tx, owner, entry, moved, now, {})
    late = bool(answer.missed) and all(hold.code is not HoldReason.CLOCK for hold in answer.holds)
    if entry.lease_until is not None and now >= entry.lease_until:
        moved = outcomes.let_go(entry, DeliveryState.SCHEDULED)
    elif late:  # by a clock in doubt nobody can say that anything is late: it is held instead
        moved = outcomes.let_go(entry, DeliveryState.MISSED, code="too-late", reason=answer.missed)
    elif answer.holds:
        moved = outcomes.let_go(entry, DeliveryState.HELD, code=answer.first.code, reason=answer.first.reason)
    elif answer.wait_until is not None or wish.staged is None:
        moved = outcomes.put_off(entry, answer.wait_until)
    elif limit := outcomes.limited(tx, entry.account, now):
        return Intent(entry=entry, limit=limit)
    else:
        number = entry.attempts + 1
        moved = replace(entry, state=DeliveryState.SENDING, attempts=number, staged=dict(wish.staged), reason_code="", reason="")
        tx.add_attempt(Attempt(delivery=entry.id, number=number, intent_at=now, owner=owner.name))
    if moved.state is not DeliveryState.SENDING:
        return _moved(tx, owner, entry, moved, now, _facts(answer, entry))
    return replace(_moved(tx, owner, entry, moved, now, {**_facts(answer, entry), **clock}), asked_at=asked_at)


def _moved(tx: Writer, owner: Owner, entry: Delivery, moved: Delivery, now: datetime, facts: Mapping[str, Plain]) -> Intent:
    action = "delivery.unclaimed" if moved.state is DeliveryState.SCHEDULED else ""
    if not outcomes.move(tx, owner, entry, moved, now, action=action, facts=facts):
        raise TryAgain(f"Delivery {entry.id} was changed by somebody else meanwhile, so nothing was sent.")
    return Intent(entry=moved)


def _facts(answer: Answer, entry: Delivery) -> dict[str, Plain]:
    """What the gate found, for the record."""
    return {
        "digest": answer.digest,
        "verdict": str(answer.judgement.verdict),
        "periods": list(answer.judgement.periods),
        "fence": entry.fence,
        "clearances": [*answer.standing.in_short],
    }
