"""Scheduling: a cleared post gets its time, is held, released, moved, and settled when its outcome is unknown."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from purdah_scheduler.application.gate import Answer, ask
from purdah_scheduler.application.looking_up import one_unknown
from purdah_scheduler.application.office import Actor, Office, require
from purdah_scheduler.application.outcomes import part_facts
from purdah_scheduler.application.ports import Writer
from purdah_scheduler.application.recording import record
from purdah_scheduler.application.writing import check_not_public, is_public_after_all
from purdah_scheduler.domain import threads
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import (
    Attempt,
    Delivery,
    DeliveryState,
    HoldReason,
    Post,
    PostState,
    Revision,
    check_delivery_move,
    check_post_move,
)
from purdah_scheduler.errors import BadInput, BadTime, HeldByGate, NotFound, WrongState
from purdah_scheduler.lean import lean_dataclass

_JUST_NOW = timedelta(seconds=60)
"""A person who types the present minute means now."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """What scheduling did on one account: the state that the delivery is in, and what the gate says of its time.

    Of a thread it is the next part, `part` of `parts`; those behind it go out after it.
    """

    account: str
    delivery: int
    state: DeliveryState
    due_at: datetime
    answer: Answer
    part: int = 1
    parts: int = 1


def queued_words(queued: Sequence[Queued], zone: ZoneInfo) -> str:
    """What became of each account that got a time, one line each."""
    said = []
    for entry in queued:
        if entry.state is DeliveryState.HELD:
            said.append(f"HELD on {entry.account}: {entry.answer.first.reason}")
        else:
            warning = f" It will be held if nothing changes: {entry.answer.first.reason}" if entry.answer.holds else ""
            said.append(f"Queued on {entry.account} for {format_local(entry.due_at, zone)}.{warning}")
    return "\n".join(said)


def schedule(
    office: Office, actor: Actor, post_id: int, *, at: datetime | None = None, accounts: tuple[str, ...] = ()
) -> tuple[Queued, ...]:
    """Queue a cleared post for `at` (or the time its author planned), or move what is queued and has not left.

    The gate is asked as a warning: what is blocked at that time is put on hold at once, so that nobody counts on it;
    what still needs a sign-off is queued, and held at its time if it has none by then. Raises WrongState unless the post is
    cleared, BadTime for a time that has passed or lies outside its window, NotFound for an account that is not its own.
    """
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.AUTHOR, Role.PUBLISHER, to="schedule posts")
        post = tx.post(post_id)
        revision = tx.revision(post_id, post.revision)
        _check_cleared(post, "scheduled")
        due = _due(office, post, revision.content.not_before, revision.content.not_after, at, now)
        names = _targets(tx, post_id, accounts)
        queued = tuple(_queue(office, tx, post, revision, name, due, chosen=at is not None) for name in names)
        if not queued:
            raise WrongState(f"Post {post_id} has been sent on every account, so nothing was scheduled.")
        if post.state is not PostState.SCHEDULED:
            check_post_move(post.state, PostState.SCHEDULED)
        tx.save_post(replace(post, state=PostState.SCHEDULED, planned_at=due))
        record(
            tx,
            actor,
            "post.scheduled",
            at=now,
            post=post_id,
            public={
                "digest": revision.digest,
                "due": due.isoformat(),
                "accounts": [entry.account for entry in queued],
                "states": [str(entry.state) for entry in queued],
                "verdict": str(max((entry.answer.judgement.verdict for entry in queued), key=lambda verdict: verdict.rank)),
            },
        )
    return queued


def hold(office: Office, actor: Actor, post_id: int, *, reason: str) -> int:
    """Hold everything of a post that is queued, with a reason. Returns on how many accounts something was held."""
    if not reason.strip():
        raise BadInput("A hold needs a reason, so nothing was held.", next_step="Give it with --reason.")
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.AUTHOR, Role.APPROVER, Role.PROPRIETY, Role.PUBLISHER, Role.OPERATOR, to="hold posts")
        held = [entry for entry in tx.deliveries(post_id) if entry.state in (DeliveryState.SCHEDULED, DeliveryState.CLAIMED)]
        if not held:
            raise WrongState(
                f"Post {post_id} has nothing queued, so nothing was held.", next_step=f"purdah-scheduler post show {post_id}"
            )
        accounts = dict.fromkeys(entry.account for entry in held)
        for entry in held:
            words = f"Held by {actor.person.id}: {reason.strip()}"
            _move(tx, entry, DeliveryState.HELD, code=HoldReason.BY_PERSON, reason=words)
        record(
            tx,
            actor,
            "post.held",
            at=now,
            post=post_id,
            public={"accounts": list(accounts)},
            private={"reason": reason},
        )
    return len(accounts)


def release(office: Office, actor: Actor, post_id: int, *, at: datetime | None = None) -> tuple[Queued, ...]:
    """Put held deliveries back in the queue, at `at` or their own time, if the gate says yes to that time.

    A thread goes on at its next part, with all that is behind it. Raises WrongState unless the post is cleared, HeldByGate with
    the first reason if the gate says no, BadTime if the time has passed: release never sends late.
    """
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.AUTHOR, Role.PUBLISHER, to="release posts")
        post = tx.post(post_id)
        revision = tx.revision(post_id, post.revision)
        held = [entry for entry in tx.deliveries(post_id) if entry.state is DeliveryState.HELD]
        if not held:
            raise WrongState(
                f"Post {post_id} has nothing on hold, so nothing was released.", next_step=f"purdah-scheduler post show {post_id}"
            )
        _check_cleared(post, "released")
        for entry in held:
            check_not_public(entry, "released")
        due = _due(office, post, revision.content.not_before, revision.content.not_after, at or held[0].due_at, now)
        queued = []
        accounts = tuple(dict.fromkeys(entry.account for entry in held))
        _targets(tx, post_id, accounts)
        for account in accounts:
            answer = ask(
                tx,
                house=office.house,
                shelf=office.shelf,
                post=post_id,
                account=account,
                at=due,
                stopped=office.stop.reason(),
            )
            if not answer.go:
                first = answer.missed or answer.first.reason
                step = "" if answer.missed else answer.first.next_step
                raise HeldByGate(f"Post {post_id} stays on hold on {account}: {first}", next_step=step)
            queued.append(_queue(office, tx, post, revision, account, due, chosen=at is not None))
        tx.save_post(replace(post, state=PostState.SCHEDULED, planned_at=due))
        record(
            tx,
            actor,
            "post.released",
            at=now,
            post=post_id,
            public={"accounts": list(accounts), "due": due.isoformat(), "digest": revision.digest},
        )
    return tuple(queued)


def resolve(
    office: Office,
    actor: Actor,
    post_id: int,
    *,
    published_url: str = "",
    not_published: bool = False,
    account: str = "",
    part: int = 0,
) -> Delivery:
    """Settle a delivery whose outcome is unknown, by a person who has looked at the account; a thread, part by part.

    With an address it is published, and the next part of a thread has its turn; with `not_published` it is put on hold until a
    person gives it a new time: it is never sent again by itself. Raises WrongState where nothing is unknown, BadInput unless
    exactly one is said.
    """
    if bool(published_url) == not_published:
        raise BadInput(
            "Say either that it was published, with its address, or that it was not; nothing was changed.",
            next_step=f"purdah-scheduler post resolve {post_id} --published URL, or --not-published",
        )
    if published_url and not published_url.startswith(("https://", "http://", "outbox:")):
        raise BadInput(
            f"“{published_url}” is not an address, so nothing was changed.", next_step="Copy it from the post on the platform."
        )
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.PUBLISHER, Role.OPERATOR, to="settle unknown outcomes")
        entry = one_unknown(tx, post_id, account, part)
        if published_url:
            remote_id = office.rules.remote_id(
                tx.revision(post_id, entry.revision).content.on(entry.account).channel, published_url
            )
            if entry.part < entry.parts and not remote_id:
                raise BadInput(
                    f"“{published_url}” names no post there, and the next part has to answer it; nothing was changed.",
                    next_step="Open the post itself on the platform, and copy its address from there.",
                )
            settled = replace(
                entry,
                state=DeliveryState.PUBLISHED,
                remote_url=published_url,
                remote_id=remote_id,
                published_at=now,
                reason_code="",
                reason=f"Found on the platform by {actor.person.id}.",
            )
        else:
            settled = replace(
                entry,
                state=DeliveryState.HELD,
                reason_code=HoldReason.NOT_SENT,
                reason=f"{actor.person.id} looked and it was not published. Choose a new time or cancel it.",
            )
        check_delivery_move(entry.state, settled.state)
        tx.save_delivery(settled, was=entry.state)
        _end_attempt(tx, entry, "published" if published_url else "not published", f"settled by {actor.person.id}", now)
        record(
            tx,
            actor,
            "delivery.resolved",
            at=now,
            post=post_id,
            delivery=entry.id,
            public={"account": entry.account, "state": str(settled.state), **part_facts(entry)},
            private={"url": published_url},
        )
    return settled


def _end_attempt(tx: Writer, entry: Delivery, outcome: str, detail: str, now: datetime) -> None:
    attempts = tx.attempts(entry.id)
    if attempts and not attempts[-1].outcome:
        last: Attempt = attempts[-1]
        tx.end_attempt(replace(last, outcome=outcome, detail=detail, ended_at=now))


def _check_cleared(post: Post, what: str) -> None:
    if post.state not in (PostState.CLEARED, PostState.SCHEDULED):
        raise WrongState(
            f"Post {post.id} is {post.state.replace('_', ' ')}, not cleared, so it was not {what}.",
            next_step=f"What is missing: purdah-scheduler post show {post.id}",
        )


def _due(
    office: Office, post: Post, opens: datetime | None, closes: datetime | None, at: datetime | None, now: datetime
) -> datetime:
    due = at or post.planned_at
    if due is None:
        raise BadTime(
            f"Post {post.id} has no time, so it was not scheduled.", next_step=f"purdah-scheduler post schedule {post.id} --at …"
        )
    words = format_local(due, office.house.zone)
    if due < now - _JUST_NOW:
        raise BadTime(
            f"{words} has passed, so post {post.id} was not scheduled: nothing is sent late.",
            next_step=f"Choose a new time: purdah-scheduler post schedule {post.id} --at …",
        )
    if opens is not None and due < opens:
        edge = format_local(opens, office.house.zone)
        raise BadTime(f"{words} is before the window that was cleared opens ({edge}), so nothing was scheduled.")
    if closes is not None and due >= closes:
        edge = format_local(closes, office.house.zone)
        raise BadTime(f"{words} is after the window that was cleared closes ({edge}), so nothing was scheduled.")
    return max(due, now)


def _targets(tx: Writer, post_id: int, accounts: tuple[str, ...]) -> tuple[str, ...]:
    """The accounts to queue: all that have nothing out yet or a thread to go on with, or those named."""
    deliveries = tx.deliveries(post_id)
    known = [target.account for target in tx.targets(post_id)]
    for name in accounts:
        if name not in known:
            raise NotFound(
                f"Post {post_id} is not for {name}, so nothing was scheduled.", next_step=f"It is for: {', '.join(known)}."
            )
    names = []
    for name in known:
        if accounts and name not in accounts:
            continue
        parts = threads.current(deliveries, name)
        if accounts:
            for entry in parts:
                check_not_public(entry, f"scheduled on {name}")
        if not parts or (threads.can_go_on(parts) and not any(map(is_public_after_all, parts))):
            names.append(name)
        elif accounts:
            why = f" {threads.reason_of(parts)}" if len(parts) > 1 else ""
            raise WrongState(
                f"Post {post_id} is {threads.state_of(parts)} on {name}, so it was not scheduled.{why}",
                next_step=f"purdah-scheduler post show {post_id}",
            )
    return tuple(names)


def _queue(office: Office, tx: Writer, post: Post, revision: Revision, account: str, due: datetime, *, chosen: bool) -> Queued:
    """Make or move the deliveries of one account that are not public, and hold the first at once where the gate blocks that time.

    `chosen`: a person has just named the time. Without that, nothing goes back to the queue which the calendar held and let go.
    """
    answer = ask(tx, house=office.house, shelf=office.shelf, post=post.id, account=account, at=due, stopped=office.stop.reason())
    deliveries = tx.deliveries(post.id)
    _check_nothing_out(deliveries, post, account)
    olds = {entry.part: entry for entry in threads.current(deliveries, account)}
    parts = len(revision.content.on(account).parts)
    rest = [part for part in range(1, parts + 1) if part not in olds or olds[part].state is not DeliveryState.PUBLISHED]
    old = olds.get(rest[0])
    if not chosen and old is not None and _wants_new_time(old, answer):
        raise HeldByGate(
            f"Post {post.id} was held on {account} by a period that no longer blocks it, and its old time may be wrong now, so "
            "nothing was scheduled.",
            next_step=f"Choose a new time: purdah-scheduler post schedule {post.id} --at …",
        )
    first, *_ = [_queue_part(tx, post, revision.digest, account, due, part, parts, olds.get(part)) for part in rest]
    if answer.judgement.verdict is Verdict.BLOCK and not answer.go:
        blocked = next((found for found in answer.holds if found.code is HoldReason.BLOCKED), None)
        if blocked is not None:
            first = _move(tx, first, DeliveryState.HELD, code=blocked.code, reason=blocked.reason)
    return Queued(
        account=account, delivery=first.id, state=first.state, due_at=due, answer=answer, part=first.part, parts=first.parts
    )


def _queue_part(
    tx: Writer, post: Post, digest: str, account: str, due: datetime, part: int, parts: int, old: Delivery | None
) -> Delivery:
    fresh = Delivery(
        id=0,
        post=post.id,
        account=account,
        state=DeliveryState.SCHEDULED,
        due_at=due,
        revision=post.revision,
        digest=digest,
        part=part,
        parts=parts,
    )
    if old is None or old.state is DeliveryState.CANCELLED:
        return replace(fresh, id=tx.add_delivery(fresh))
    check_delivery_move(old.state, DeliveryState.SCHEDULED)
    entry = replace(fresh, id=old.id, fence=old.fence, attempts=old.attempts)
    tx.save_delivery(entry, was=old.state)
    return entry


def _check_nothing_out(deliveries: Sequence[Delivery], post: Post, account: str) -> None:
    """Raise WrongState where the account has an earlier text of the post: late proof can come when it was edited since."""
    if any(
        known.account == account and known.state is DeliveryState.PUBLISHED and known.revision != post.revision
        for known in deliveries
    ):
        raise WrongState(
            f"An earlier text of post {post.id} is public on {account}, so it was not scheduled there.",
            next_step="Write a new post for what is still to be said.",
        )


def _wants_new_time(old: Delivery, answer: Answer) -> bool:
    """Whether the calendar held it and no longer does, other than by an exemption: lifting a period publishes nothing."""
    if old.state is not DeliveryState.HELD or old.reason_code not in (HoldReason.BLOCKED, HoldReason.PERIOD_OVER):
        return False
    if old.reason_code == HoldReason.PERIOD_OVER:
        return True
    judged = answer.judgement
    return judged.verdict is not Verdict.BLOCK and not any(finding.lifted for finding in judged.findings)


def _move(tx: Writer, entry: Delivery, state: DeliveryState, *, code: str, reason: str) -> Delivery:
    check_delivery_move(entry.state, state)
    moved = replace(entry, state=state, reason_code=code, reason=reason)
    tx.save_delivery(moved, was=entry.state)
    return moved
