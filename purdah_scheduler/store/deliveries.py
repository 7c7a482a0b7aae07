"""Deliveries: queued, claimed by one daemon at a time, saved only from the state they are in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, insert, literal_column, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from purdah_scheduler.application.lists import Waiting
from purdah_scheduler.domain.posts import OVER, Attempt, Delivery, DeliveryState, check_delivery_move, check_late_proof
from purdah_scheduler.errors import NotFound, TryAgain, WrongState
from purdah_scheduler.store import rows, schema
from purdah_scheduler.store.instants import NEVER, kept
from purdah_scheduler.store.queue import due
from purdah_scheduler.store.reader import PostReader
from purdah_scheduler.store.refreshing import refresh

_table, _attempts = schema.deliveries, schema.attempts
_CHUNK = 500
_HOLD = (
    update(_table)
    .where(
        _table.c.id == bindparam("of_id"),
        _table.c.state == bindparam("was"),
        _table.c.fence == bindparam("of_fence"),
        _table.c.due_at == bindparam("of_due"),
    )
    .values(state=bindparam("held"), reason_code=bindparam("code"), reason=bindparam("why"))
)
_HOLDING = ("held", "code", "why", "of_id", "was", "of_fence", "of_due")

_SAVE = (
    update(_table)
    .where(_table.c.id == bindparam("of_id"), _table.c.state == bindparam("was"), _table.c.fence == bindparam("of_fence"))
    .values({name: bindparam(f"new_{name}") for name in rows.DELIVERY})
)
_SAVING = (*(f"new_{name}" for name in rows.DELIVERY), "of_id", "was", "of_fence")
_ADD_ATTEMPT = insert(_attempts)
_END_ATTEMPT = (
    update(_attempts)
    .where(
        _attempts.c.delivery == bindparam("of_delivery"),
        _attempts.c.number == bindparam("of_number"),
        _attempts.c.outcome == literal_column("''"),
    )
    .values(outcome=bindparam("new_outcome"), detail=bindparam("new_detail"), ended_at=bindparam("new_ended_at"))
)
_ENDING = ("new_outcome", "new_detail", "new_ended_at", "of_delivery", "of_number")


def claim(*, now: datetime, owner: str, lease_until: datetime, limit: int) -> ReturningUpdate[Any]:
    """The one statement that finds what is due, takes it and gives it back; PostgreSQL passes over what somebody has locked.

    The look-up stands before the change, so that it is made once: made again for a row, it would lock more than `limit`.
    """
    taken = due(now, limit).with_for_update(skip_locked=True).cte("taken")
    return (
        update(_table)
        .where(_table.c.id.in_(select(taken.c.id)))
        .values(state=str(DeliveryState.CLAIMED), fence=_table.c.fence + 1, owner=owner, lease_until=lease_until)
        .returning(*_table.c)
    )


class DeliveryWriter(PostReader):
    """One part of one post on one account: the unit that is claimed and sent."""

    def add_delivery(self, delivery: Delivery) -> int:
        """Store a delivery (its id is ignored) and point the target of its account at its first part. Returns its id.

        Raises NotFound where the post is not for that account, WrongState where the account has this part of this post open,
        or has had it of this revision: a second one could be sent twice. So does another revision while anything of it is open.
        """
        self.revision(delivery.post, delivery.revision)
        if delivery.account not in {target.account for target in self.targets(delivery.post)}:
            raise NotFound(f"Post {delivery.post} is not for {delivery.account}, so nothing was queued.")
        before = ""
        for other in self.deliveries(delivery.post):
            if other.account != delivery.account or other.state is DeliveryState.CANCELLED:
                continue
            if other.revision == delivery.revision and other.part == delivery.part - 1 and other.state is DeliveryState.PUBLISHED:
                before = other.remote_id
            same, again = other.part == delivery.part, other.revision == delivery.revision
            if (same and again) or (other.state not in OVER and (same or not again)):
                raise WrongState(
                    f"Post {delivery.post} is {other.state} on {delivery.account} already, so it was not queued a second time.",
                    next_step=f"purdah-scheduler post show {delivery.post}",
                )
        values = rows.delivery_values(delivery) | {"follows": before}
        if delivery.part > 1 and not before:
            values["ready_at"] = NEVER
        new_id = self._work.insert(insert(_table), values)
        target = schema.targets
        if delivery.part == 1:
            self._work.change(
                update(target).where(target.c.post == delivery.post, target.c.account == delivery.account).values(delivery=new_id)
            )
        refresh(self._work, [delivery.post])
        return new_id

    def save_delivery(self, delivery: Delivery, *, was: DeliveryState, fence: int | None = None) -> bool:
        """Replace the delivery if it is still `was` (and has `fence`, where given); False, and nothing done, otherwise.

        A fence is never lowered, and what a part follows is left as it is; a part that becomes public is what the next one
        follows. Raises NotFound, and WrongState for a move that the table does not have; a delivery that keeps a state which the
        table does not lead to itself may change in its bookkeeping only (lease, staged, receipt).
        """
        stored = self.delivery(delivery.id)
        if (delivery.post, delivery.account, delivery.part) != (stored.post, stored.account, stored.part):
            raise ValueError("a delivery cannot change its post, account or part")
        if stored.state is not was or (fence is not None and stored.fence != fence):
            return False
        if delivery.state is not was or _purpose(delivery) != _purpose(stored):
            check_delivery_move(was, delivery.state)
            check_late_proof(was, delivery)
        # What it follows is what the row says: the store alone fills that in.
        delivery = replace(delivery, fence=max(delivery.fence, stored.fence), follows=stored.follows)
        self._work.later(_SAVE, _SAVING, (*rows.delivery_kept(delivery), delivery.id, str(was), stored.fence))
        self._work.known.learn("delivery", {delivery.id: delivery})
        if delivery.state is DeliveryState.PUBLISHED and delivery.part < delivery.parts:
            self._let_follow(delivery)
        refresh(self._work, [delivery.post])
        return True

    def _let_follow(self, public: Delivery) -> None:
        """The turn of the next part has come: it answers the one that is public now."""
        retry = _table.c.not_again_before
        self._work.change(
            update(_table)
            .where(
                *(_table.c.post == public.post, _table.c.account == public.account, _table.c.revision == public.revision),
                *(_table.c.part == public.part + 1, _table.c.state != str(DeliveryState.CANCELLED)),
            )
            .values(
                follows=public.remote_id,
                ready_at=case((retry > _table.c.due_at, retry), else_=_table.c.due_at) if public.remote_id else NEVER,
            )
        )

    def hold_all(self, deliveries: Sequence[Delivery | Waiting], *, reason_code: str, reasons: Sequence[str]) -> None:
        """Hold many deliveries, each as it was read and with its own reason.

        Raises WrongState for one whose state does not lead to `held`, and TryAgain where one is not any more what was read.
        """
        for state in {delivery.state for delivery in deliveries}:
            check_delivery_move(state, DeliveryState.HELD)
        held, code = str(DeliveryState.HELD), str(reason_code)
        # In the order of the ids the pages of the tables are met one after the other, each of them once.
        waiting = sorted(zip(deliveries, reasons, strict=True), key=lambda pair: pair[0].id)
        for start in range(0, len(waiting), _CHUNK):
            piece = waiting[start : start + _CHUNK]
            values = [
                (held, code, reason, delivery.id, str(delivery.state), delivery.fence, kept(delivery.due_at))
                for delivery, reason in piece
            ]
            self._work.changed = True
            if self._work.in_bulk(_HOLD, _HOLDING, values) != len(values):
                raise TryAgain(
                    "The queue changed while it was being held, so nothing was changed.", next_step="Try again in a moment."
                )
            refresh(self._work, {delivery.post for delivery, _ in piece})

    def claim_due(self, *, now: datetime, owner: str, lease_until: datetime, limit: int) -> tuple[Delivery, ...]:
        """Move up to `limit` scheduled deliveries whose time has come to `claimed`, raise their fence, set owner and lease.

        Never two of one account while another of that account is claimed or sending. Earliest first.
        """
        check_delivery_move(DeliveryState.SCHEDULED, DeliveryState.CLAIMED)
        claimed = self._work.returning(claim(now=now, owner=owner, lease_until=lease_until, limit=limit))
        if claimed:
            refresh(self._work, [row.post for row in claimed])
        return tuple(rows.delivery_of(row) for row in sorted(claimed, key=lambda row: (row.ready_at, row.id)))

    def add_attempt(self, attempt: Attempt) -> None:
        """Record the intent to send. Raises NotFound for an unknown delivery, WrongState where the number is taken."""
        self.delivery(attempt.delivery)
        known = self.attempts(attempt.delivery)
        if any(each.number == attempt.number for each in known):
            raise WrongState(f"Delivery {attempt.delivery} has an attempt {attempt.number} already, so nothing was recorded.")
        self._work.later(_ADD_ATTEMPT, rows.ATTEMPT, rows.attempt_kept(attempt))
        self._work.known.learn("attempts", {attempt.delivery: tuple(sorted((*known, attempt), key=_number))})

    def end_attempt(self, attempt: Attempt) -> None:
        """Fill in outcome, detail and end of an attempt that has none; late news of an ended attempt is ignored.

        Raises NotFound where there is no such attempt.
        """
        if not attempt.outcome:
            raise ValueError("an attempt ends with an outcome")
        known = {each.number: each for each in self.attempts(attempt.delivery)}
        begun = known.get(attempt.number)
        if begun is None:
            raise NotFound(f"Delivery {attempt.delivery} has no attempt {attempt.number}.")
        if begun.outcome:
            return
        ended_at = None if attempt.ended_at is None else kept(attempt.ended_at)
        values = (attempt.outcome, attempt.detail, ended_at, attempt.delivery, attempt.number)
        self._work.later(_END_ATTEMPT, _ENDING, values)
        known[attempt.number] = replace(begun, outcome=attempt.outcome, detail=attempt.detail, ended_at=attempt.ended_at)
        self._work.known.learn("attempts", {attempt.delivery: tuple(known.values())})


def _number(attempt: Attempt) -> int:
    return attempt.number


def _purpose(delivery: Delivery) -> tuple[datetime, int, str]:
    """What is to be sent, and when."""
    return delivery.due_at, delivery.revision, delivery.digest
