"""What can be done to a post from a key: which verbs the tables of moves allow, and what the gate would say of a time."""

from dataclasses import dataclass
from datetime import datetime

from purdah_scheduler.application.gate import ask
from purdah_scheduler.application.nearby import Neighbourhood, warnings
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.slotting import next_slot
from purdah_scheduler.domain.posts import DELIVERY_MOVES, NOTHING_LEFT, POST_MOVES, DeliveryState, PostState, ThreadState

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
}
"""Id of the key -> action, in the order in which they are offered."""

_DECIDABLE = frozenset({PostState.IN_REVIEW, PostState.CLEARED, PostState.REJECTED, DeliveryState.SCHEDULED, DeliveryState.HELD})

_OF_THREADS = {
    ThreadState.PARTIAL: frozenset({"review", "schedule", "move_time", "hold", "release", "resolve", "withdraw"}),
    ThreadState.SHORTENED: frozenset({"schedule"}),
}
"""What can be done to a thread of which a part is public: its words stay, and the parts that are not public follow or do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The post that a key acts on, as the screen shows it. `state` as people see it; `at`: due or planned."""

    post: int
    text: str
    state: str
    accounts: tuple[str, ...]
    at: datetime | None
    unknown_on: tuple[str, ...] = ()
    by_hand_on: tuple[str, ...] = ()


def allowed(action: str, state: str) -> bool:
    """Whether the tables of moves let a post in this state do that; whether this person may, the service says."""
    post = PostState(state) if state in set(PostState) else None
    delivery = DeliveryState(state) if state in set(DeliveryState) else None
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
    """The same of a post, with what its accounts need."""
    return bool(chosen.by_hand_on) if action == "by_hand" else allowed(action, chosen.state)


def what_then(office: Office, post: int, accounts: tuple[str, ...], at: datetime) -> str:
    """What the gate would say of this post at `at`, in one sentence, and which posts it would stand beside, one each."""
    beside = warnings(Neighbourhood(office).of_post(post, at=at), office.house.zone)
    return "\n".join([_gate_says(office, post, accounts, at), *(warned.words for warned in beside)])


def slot_after(office: Office, post: int, after: datetime) -> tuple[datetime | None, str]:
    """The next free slot of the post after a moment, and what was passed over. Raises BadInput where it has no slots."""
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
