"""Undo: the last thing that a person did to a post, taken back by an ordinary action through the same gate and record.

Nothing is rewound: the counter-action is checked and recorded as if it had been typed, and can itself be undone.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice

from purdah_scheduler.application import deciding, scheduling, writing
from purdah_scheduler.application.office import Actor, Office, require
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain.audit import Entry
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.posts import PostState
from purdah_scheduler.errors import WrongState
from purdah_scheduler.lean import lean_dataclass

_LOOKED_AT = 2_000
"""Entries of the record that are looked through for the last one of a person."""

_PASSED_OVER = frozenset({"post.commented"})
"""What changes nothing of a post, and stands in the way of no undo."""

_SAID = {
    "post.created": "wrote",
    "post.edited": "edited",
    "post.retitled": "renamed",
    "post.submitted": "submitted",
    "post.cancelled": "cancelled",
    "post.scheduled": "scheduled",
    "post.held": "held",
    "post.released": "released",
    "decision.approve": "approved",
    "decision.reject": "said no to",
    "decision.withdraw": "took back a decision on",
    "delivery.claimed": "began to prepare",
    "delivery.sending": "began to send",
    "delivery.published": "published",
    "delivery.resolved": "settled",
}
"""The commonest actions as a verb in the past."""

_NOT_UNDONE = {
    "post.submitted": "people were asked to read it; an edit takes it back from them",
    "post.retitled": "the former title is not kept",
    "decision.withdraw": "decide again in Review",
    "delivery.resolved": "what was settled is on record",
    "delivery.in-hand": "the words have left this machine",
}

Act = Callable[[Office, Actor], object]


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What would be undone, and how: `did` and `then` are sentences; `at` is the time that the post would have again.

    `entry` is the number of the entry that it takes back.
    """

    entry: int
    post: int
    did: str
    then: str
    at: datetime | None
    act: Act


def last_act(office: Office, actor: Actor, *, on: int | None = None) -> Undo:
    """The last thing that this person did to a post, or to the post `on`, and what would take it back; nothing is changed.

    Raises WrongState, with the reason, where there is nothing, where it cannot be undone, and where somebody or the daemon has
    done something to the post since.
    """
    with office.store.read() as reader:
        mine = next((entry for entry in _newest(reader, on) if _is_of(entry, actor.person.id)), None)
        if mine is None or mine.post is None:
            where = "" if on is None else f" on post {on}"
            raise WrongState(f"There is nothing of yours to undo{where}.")
        of_post = [entry for entry in reader.entries(post=mine.post, newest_first=True) if entry.action not in _PASSED_OVER]
        did = f"{said(mine.action)} post {mine.post}, {format_local(mine.at, office.house.zone)}"
        if of_post[0].seq != mine.seq:
            since = of_post[0]
            who = str(since.facts.get("person") or "the daemon")
            raise WrongState(
                f"You {did}; that cannot be undone, because {who} {said(since.action)} it since. Nothing was changed.",
                next_step=f"purdah-scheduler post show {mine.post}",
            )
        if mine.action in _NOT_UNDONE:
            raise WrongState(
                f"You {did}; that cannot be undone: {_NOT_UNDONE[mine.action]}. Nothing was changed.",
                next_step=f"purdah-scheduler post show {mine.post}",
            )
        then, at, act = _counter(office, reader, mine, of_post[1:])
    return Undo(entry=mine.seq, post=mine.post, did=did, then=then, at=at, act=act)


def undo(office: Office, actor: Actor, shown: Undo, *, on: int | None = None) -> str:
    """Take it back, if it is still the last thing that was done, or done to the post `on`. Returns what became of it.

    Raises WrongState where anything was done since it was shown, and what the counter-action raises: HeldByGate, BadTime.
    """
    if last_act(office, actor, on=on).entry != shown.entry:
        raise WrongState("Something was done since that was shown, so nothing was undone.", next_step="Look again.")
    shown.act(office, actor)
    return shown.then


def last_on(reader: Reader, post: int) -> Entry | None:
    """The newest entry about a post that stands in the way of an undo: a comment changes nothing of it."""
    return next((entry for entry in reader.entries(post=post, newest_first=True) if entry.action not in _PASSED_OVER), None)


def last_of(office: Office, actor: Actor) -> int:
    """The number of the newest entry about a post that this person made; 0 for none."""
    with office.store.read() as reader:
        return next((entry.seq for entry in _newest(reader, None) if _is_of(entry, actor.person.id)), 0)


def said(action: str) -> str:
    """An action of the record as a verb in the past."""
    return _SAID.get(action, f"did {action.replace('.', ' ')} on")


def _newest(reader: Reader, post: int | None) -> Iterator[Entry]:
    found = islice(reader.entries(post=post, newest_first=True), _LOOKED_AT)
    return (entry for entry in found if entry.post is not None)


def _is_of(entry: Entry, person: str) -> bool:
    return entry.action not in _PASSED_OVER and entry.facts.get("person") == person


def _counter(office: Office, reader: Reader, mine: Entry, before: list[Entry]) -> tuple[str, datetime | None, Act]:
    """What takes an entry back: in words, the time that the post would have, and the action. Raises WrongState."""
    number = mine.post or 0
    post = reader.post(number)
    match mine.action:
        case "post.scheduled" | "post.released":
            earlier = next((entry for entry in before if entry.action in ("post.scheduled", "post.released", "post.held")), None)
            was_queued = mine.action == "post.scheduled" and earlier is not None and earlier.action != "post.held"
            if not was_queued or earlier is None or earlier.facts.get("digest") != mine.facts.get("digest"):
                then = f"Post {number} is taken out of the queue and held; nothing of it is sent."
                return then, None, partial(_hold, number)
            due = datetime.fromisoformat(str(earlier.facts["due"]))
            words = format_local(due, office.house.zone)
            if due <= office.now():
                raise WrongState(
                    f"The move of post {number} cannot be undone: its former time, {words}, has passed. Nothing was changed.",
                    next_step=f"Choose another: purdah-scheduler post move {number} --at …",
                )
            return f"Post {number} goes back to {words}.", due, partial(_move_back, number, due, _accounts(mine))
        case "post.held":
            held = [entry.due_at for entry in reader.deliveries(number)]
            return (
                f"Post {number} goes back to the queue, if the gate says yes.",
                max(held, default=None),
                partial(_release, number),
            )
        case "post.cancelled" if post.state is PostState.WITHDRAWN:
            then = f"Post {number} is a draft again, with the same words; every clearance has to be given again."
            return then, None, partial(_put_words, number, post.revision)
        case "post.cancelled":
            raise WrongState(f"The cancelling of post {number} cannot be undone: a part of it is public. Nothing was changed.")
        case "post.edited" if post.revision > 1:
            then = f"Post {number} has the words of revision {post.revision - 1} again, as a draft; clearances do not come back."
            return then, None, partial(_put_words, number, post.revision - 1)
        case "post.created":
            return f"Post {number} is withdrawn.", None, partial(_cancel, number)
        case "decision.approve":
            on = f"post {number} on {mine.facts['stage']}"
            then = f"Your approval of {on} is taken back. What needs it waits until it is given again."
            return then, None, partial(_unsay, mine)
        case "decision.reject":
            return f"Your no to post {number} on {mine.facts['stage']} is taken back.", None, partial(_unsay, mine)
        case _:
            raise WrongState(f"You {said(mine.action)} post {number}; that has no undo. Nothing was changed.")


def _accounts(entry: Entry) -> tuple[str, ...]:
    named = entry.facts.get("accounts")
    return tuple(map(str, named)) if isinstance(named, list) else ()


def _hold(post: int, office: Office, actor: Actor) -> None:
    scheduling.hold(office, actor, post, reason="Its scheduling was undone.")


def _release(post: int, office: Office, actor: Actor) -> None:
    scheduling.release(office, actor, post)


def _move_back(post: int, due: datetime, accounts: tuple[str, ...], office: Office, actor: Actor) -> None:
    scheduling.schedule(office, actor, post, at=due, accounts=accounts)


def _cancel(post: int, office: Office, actor: Actor) -> None:
    writing.cancel(office, actor, post, reason="Its writing was undone.")


def _unsay(entry: Entry, office: Office, actor: Actor) -> None:
    """Withdraw the decision of an entry, on the words that it was about."""
    deciding.decide(
        office,
        actor,
        entry.post or 0,
        stage=str(entry.facts["stage"]),
        choice=Choice.WITHDRAW,
        typed_digest=str(entry.facts["digest"]),
        reason="The decision was undone.",
    )


def _put_words(post: int, revision: int, office: Office, actor: Actor) -> None:
    """The words of an earlier revision as the next one: decisions on that one do not count for this."""
    with office.store.write() as tx:
        require(actor, tx, Role.AUTHOR, to="edit posts")
        writing.put_words(tx, actor, tx.post(post), tx.revision(post, revision).content, now=office.now())
