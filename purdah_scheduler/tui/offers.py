"""What can be done to a post from a key: which verbs the tables of moves allow, and what the gate would say of a time."""

from collections.abc import Callable
from datetime import datetime

from purdah_scheduler.application.gate import ask
from purdah_scheduler.application.lists import Row
from purdah_scheduler.application.office import Office
from purdah_scheduler.domain.posts import DELIVERY_MOVES, NOTHING_LEFT, POST_MOVES, DeliveryState, PostState, ThreadState
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.words import state_word

VERBS = {
    "post.review": "review",
    "post.edit": "edit",
    "post.submit": "submit",
    "post.schedule": "schedule",
    "post.move": "move_time",
    "post.release": "release",
    "post.hold": "hold",
    "post.by_hand": "by_hand",
    "post.resolve": "resolve",
    "post.withdraw": "withdraw",
    "post.break_glass": "break_glass",
    "post.review_glass": "review_glass",
    "post.revoke": "revoke",
    "post.comment": "comment",
    "post.series": "series",
}
"""Id of the key -> action, in the order in which they are offered."""

_ALWAYS = frozenset({"comment", "series"})
"""What can be done to a post in every state: it says something about it, or makes others."""

_DECIDABLE = frozenset({PostState.IN_REVIEW, PostState.CLEARED, PostState.REJECTED, DeliveryState.SCHEDULED, DeliveryState.HELD})

_OF_THREADS = {
    ThreadState.PARTIAL: frozenset({"review", "schedule", "move_time", "hold", "release", "resolve", "withdraw"}),
    ThreadState.SHORTENED: frozenset({"schedule"}),
}
"""What can be done to a thread of which a part is public: its words stay, and the parts that are not public follow or do not."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The post that a key acts on, as the screen shows it. `state` as people see it; `at`: due or planned.

    `no_glass`, `no_glass_review` and `no_revoking` say why this person cannot break the glass for it, review that or end an
    exemption; empty where they can.
    """

    post: int
    text: str
    state: str
    accounts: tuple[str, ...]
    at: datetime | None
    unknown_on: tuple[str, ...] = ()
    by_hand_on: tuple[str, ...] = ()
    no_glass: str = "This is done on the screen of the post."
    no_glass_review: str = "This is done on the screen of the post."
    no_revoking: str = "This is done on the screen of the post."


def chosen_of(row: Row) -> Chosen:
    """The post of a line, as what a key acts on."""
    return Chosen(post=row.post, text=row.text, state=row.state, accounts=row.accounts, at=row.at)


def allowed(action: str, state: str) -> bool:
    """Whether the tables of moves let a post in this state do that; whether this person may, the service says."""
    post = PostState(state) if state in set(PostState) else None
    delivery = DeliveryState(state) if state in set(DeliveryState) else None
    if action in _ALWAYS:
        return True
    if state in set(ThreadState):
        return action in _OF_THREADS[ThreadState(state)]
    match action:
        case "submit":
            return post is PostState.DRAFT
        case "review":
            return post in _DECIDABLE or delivery in _DECIDABLE
        case "edit":
            if delivery is not None:
                return delivery in NOTHING_LEFT
            return post is not None and PostState.DRAFT in POST_MOVES[post]
        case "schedule":
            return post is PostState.CLEARED or delivery in (DeliveryState.HELD, DeliveryState.MISSED)
        case "move_time":
            return post is PostState.CLEARED or (
                delivery is not None and delivery in NOTHING_LEFT and _moves(delivery, DeliveryState.SCHEDULED)
            )
        case "hold":
            return delivery in (DeliveryState.SCHEDULED, DeliveryState.CLAIMED)
        case "release":
            return delivery is DeliveryState.HELD
        case "withdraw":
            if delivery is not None:
                return _moves(delivery, DeliveryState.CANCELLED)
            return post is not None and PostState.WITHDRAWN in POST_MOVES[post]
        case "resolve":
            return delivery is DeliveryState.UNKNOWN
        case _:
            return True


def offered(action: str, chosen: Chosen) -> bool:
    """The same of a post, with what its accounts need and what this person may do in an emergency."""
    match action:
        case "by_hand":
            return bool(chosen.by_hand_on)
        case "break_glass":
            return not chosen.no_glass
        case "review_glass":
            return not chosen.no_glass_review
        case "revoke":
            return not chosen.no_revoking
        case _:
            return allowed(action, chosen.state)


_NEEDS = {
    "submit": "only a draft is submitted. An edit ({edit}) makes it one again, where nothing of it has left",
    "review": "only what is in review, cleared, queued or held is decided on. A draft is submitted first ({submit})",
    "edit": "what was sent, or may have been, is not edited. Write a new post ({new})",
    "schedule": "only what is cleared, held or missed is scheduled. A draft is submitted first ({submit}), then cleared",
    "move_time": "only what is cleared, queued, held or missed is moved. A draft has its time in its form ({edit})",
    "hold": "only what is queued is held. It is queued once it is scheduled ({schedule})",
    "release": "only what is held is released. What is cleared is scheduled ({schedule})",
    "withdraw": "nothing of it can be taken back any more",
    "by_hand": "no account of it waits for a person to post it by hand",
    "resolve": "its outcome is not in question. Only what may or may not have been published is resolved",
}


def why_not(action: str, chosen: Chosen | None, key_of: Callable[[str], str]) -> str:
    """Why a verb cannot be done to this post now, and what would make it possible; `key_of` has the key of an id."""
    if chosen is None:
        return f"There is no post here to do that to. Write one ({key_of('post.new')}), or show others with a filter."
    if action == "break_glass":
        return chosen.no_glass
    if action == "review_glass":
        return chosen.no_glass_review
    if action == "revoke":
        return chosen.no_revoking
    named = {name.partition(".")[2]: key_of(name) for name in ("post.edit", "post.submit", "post.new", "post.schedule")}
    return f"Post {chosen.post} is {state_word(chosen.state).word}: {_NEEDS[action].format_map(named)}."


def what_then(office: Office, post: int, accounts: tuple[str, ...], at: datetime) -> str:
    """What the gate would say of this post at `at`, in one sentence, and which posts it would stand beside, one each."""
    from purdah_scheduler.application.nearby import Neighbourhood, warnings

    beside = warnings(Neighbourhood(office).of_post(post, at=at), office.house.zone)
    return "\n".join([_gate_says(office, post, accounts, at), *(warned.words for warned in beside)])


def slot_after(office: Office, post: int, after: datetime) -> tuple[datetime | None, str]:
    """The next free slot of the post after a moment, and what was passed over. Raises BadInput where it has no slots."""
    from purdah_scheduler.application.slotting import next_slot

    found = next_slot(office, post, after=after)
    return found.at, found.words(office)


def _gate_says(office: Office, post: int, accounts: tuple[str, ...], at: datetime) -> str:
    """The first account that would be held, or that none would."""
    with office.store.read() as reader:
        for account in accounts:
            answer = ask(
                reader, house=office.house, shelf=office.shelf, post=post, account=account, at=at, stopped=office.stop.reason()
            )
            if not answer.go:
                where = f" on {account}" if len(accounts) > 1 else ""
                return f"It would be HELD{where}: {answer.missed or answer.first.reason}"
    return "Nothing stands against it at that time, as things are now."


def _moves(old: DeliveryState, new: DeliveryState) -> bool:
    return new in DELIVERY_MOVES[old]
