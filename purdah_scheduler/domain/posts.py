"""Posts and deliveries: their states, and the one table of allowed moves that everything asks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from purdah_scheduler.domain.content import Content
from purdah_scheduler.domain.people import Assurance
from purdah_scheduler.errors import WrongState
from purdah_scheduler.lean import lean_dataclass


class PostState(StrEnum):
    """Where the words are: a cache for people and lists, never read as truth by the gate."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CLEARED = "cleared"
    SCHEDULED = "scheduled"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class DeliveryState(StrEnum):
    """Where one post on one account is."""

    SCHEDULED = "scheduled"
    CLAIMED = "claimed"
    SENDING = "sending"
    PUBLISHED = "published"
    UNKNOWN = "unknown"
    HELD = "held"
    MISSED = "missed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ThreadState(StrEnum):
    """Where a post of several parts is on one account, once some of them are public and others are not."""

    PARTIAL = "partial"
    SHORTENED = "shortened"


AccountState = DeliveryState | ThreadState
"""Where a post is on one account, all its parts together."""

MEANING: Mapping[PostState | AccountState, str] = {
    PostState.DRAFT: "being written; nobody has been asked to clear it",
    PostState.IN_REVIEW: "waits for the people who must clear it",
    PostState.CLEARED: "cleared; needs a time",
    PostState.REJECTED: "somebody said no; edit it, or have the no taken back",
    PostState.WITHDRAWN: "taken back; nothing will be sent",
    DeliveryState.SCHEDULED: "will be sent at its time if the gate says yes then",
    DeliveryState.CLAIMED: "the daemon prepares it; nothing has left",
    DeliveryState.SENDING: "the intent is on record and the request is under way",
    DeliveryState.PUBLISHED: "published; the receipt is on record",
    DeliveryState.UNKNOWN: "may have been published; a person must look and say",
    DeliveryState.HELD: "not sent; a person must act on the named reason",
    DeliveryState.MISSED: "too late to be sent by itself; choose a new time",
    DeliveryState.FAILED: "refused by the platform for good; edit or cancel it",
    DeliveryState.CANCELLED: "will not be sent",
    ThreadState.PARTIAL: "some parts of the thread are public, and not all of them",
    ThreadState.SHORTENED: "some parts of the thread are public; the rest was cancelled",
}
"""Each state in a sentence. `scheduled` is one word for people, be it the post's or its delivery's."""

_P, _D, _T = PostState, DeliveryState, ThreadState

POST_MOVES: Mapping[PostState, frozenset[PostState]] = {
    _P.DRAFT: frozenset({_P.DRAFT, _P.IN_REVIEW, _P.WITHDRAWN}),
    _P.IN_REVIEW: frozenset({_P.DRAFT, _P.IN_REVIEW, _P.CLEARED, _P.REJECTED, _P.WITHDRAWN}),
    _P.CLEARED: frozenset({_P.DRAFT, _P.IN_REVIEW, _P.SCHEDULED, _P.REJECTED, _P.WITHDRAWN}),
    _P.SCHEDULED: frozenset({_P.DRAFT, _P.IN_REVIEW, _P.SCHEDULED, _P.CLEARED, _P.REJECTED, _P.WITHDRAWN}),
    _P.REJECTED: frozenset({_P.DRAFT, _P.IN_REVIEW, _P.CLEARED, _P.WITHDRAWN}),
    _P.WITHDRAWN: frozenset({_P.DRAFT}),
}

DELIVERY_MOVES: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    # Unknown without having been sent from here: this queue is a copy, and the other one may have sent it. Published from a state
    # in which nothing is under way: proof of an earlier try came late.
    _D.SCHEDULED: frozenset({_D.SCHEDULED, _D.CLAIMED, _D.HELD, _D.MISSED, _D.CANCELLED, _D.UNKNOWN, _D.PUBLISHED}),
    _D.CLAIMED: frozenset({_D.SCHEDULED, _D.SENDING, _D.HELD, _D.MISSED, _D.FAILED, _D.CANCELLED, _D.UNKNOWN, _D.PUBLISHED}),
    _D.SENDING: frozenset({_D.PUBLISHED, _D.FAILED, _D.SCHEDULED, _D.HELD, _D.UNKNOWN}),
    _D.UNKNOWN: frozenset({_D.PUBLISHED, _D.SCHEDULED, _D.HELD}),
    _D.HELD: frozenset({_D.SCHEDULED, _D.HELD, _D.CANCELLED, _D.PUBLISHED}),
    _D.MISSED: frozenset({_D.SCHEDULED, _D.CANCELLED, _D.PUBLISHED}),
    _D.FAILED: frozenset({_D.SCHEDULED, _D.CANCELLED, _D.PUBLISHED}),
    _D.PUBLISHED: frozenset(),
    _D.CANCELLED: frozenset({_D.PUBLISHED}),
}

NOTHING_LEFT = frozenset({_D.SCHEDULED, _D.CLAIMED, _D.HELD, _D.MISSED, _D.FAILED})
"""States of a delivery that a person can still take back: certainly nothing public. A claimed one is taken back safely,
because the intent is only recorded while the delivery is still claimed by that daemon."""

WAITS_FOR_A_PERSON = frozenset({_D.UNKNOWN, _D.HELD, _D.MISSED, _D.FAILED})
"""States that no daemon leaves by itself."""

NEEDS_A_PERSON = frozenset(map(str, (*WAITS_FOR_A_PERSON, _T.PARTIAL)))
"""Where a post is on an account when somebody has to look at it."""

OVER = frozenset({_D.PUBLISHED, _D.CANCELLED})
"""States that no person and no daemon leaves; a cancelled delivery becomes published where late proof says that it was."""

TROUBLE: tuple[AccountState, ...] = (
    *(_D.UNKNOWN, _T.PARTIAL, _D.FAILED, _D.HELD, _D.MISSED, _D.SENDING, _D.CLAIMED, _D.SCHEDULED),
    *(_T.SHORTENED, _D.PUBLISHED, _D.CANCELLED),
)
"""Where a post can be on an account, what needs a person most first."""


class HoldReason(StrEnum):
    """Why a delivery is held, one code a reason; the sentence is stored beside it."""

    BLOCKED = "blocked"
    PERIOD_OVER = "period-over"
    SIGN_OFF = "sign-off-missing"
    CLEARANCE = "clearance-missing"
    EXPIRED = "clearance-expired"
    PAUSED = "paused"
    NEEDS_LOGIN = "needs-login"
    ACCOUNT = "account-unknown"
    CLOCK = "clock-in-doubt"
    CONTENT = "content-changed"
    BY_PERSON = "held-by-person"
    NOT_SENT = "was-not-published"
    ALREADY_PUBLIC = "already-public"
    FAULT = "unforeseen-fault"
    BY_HAND = "post-by-hand"


IN_HAND = "in-hand"
"""The reason code of an unknown delivery whose words a person has taken, to post them by hand."""


def check_post_move(old: PostState, new: PostState) -> None:
    """Raise WrongState unless the table allows a post to go from `old` to `new`."""
    if new not in POST_MOVES[old]:
        raise WrongState(f"A post that is {old.replace('_', ' ')} cannot become {new.replace('_', ' ')}, so nothing was changed.")


def check_delivery_move(old: DeliveryState, new: DeliveryState) -> None:
    """Raise WrongState unless the table allows a delivery to go from `old` to `new`."""
    if new not in DELIVERY_MOVES[old]:
        raise WrongState(f"A delivery that is {old} cannot become {new}, so nothing was changed.")


def check_late_proof(old: DeliveryState, delivery: "Delivery") -> None:
    """Raise WrongState for a delivery that becomes published without a receipt while nothing of it was being sent."""
    is_sent = old in (DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.PUBLISHED)
    if delivery.state is DeliveryState.PUBLISHED and not is_sent and not (delivery.remote_id or delivery.remote_url):
        raise WrongState(f"A delivery that is {old} becomes published by a receipt alone, so nothing was changed.")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """The thing people talk about; its words are in its revisions, the newest of which is current.

    `planned_at` is the moment that the author has in mind (UTC); it sends nothing by itself.
    """

    id: int
    title: str
    state: PostState
    revision: int
    created_by: str
    created_at: datetime
    planned_at: datetime | None = None
    notes: str = ""
    row_version: int = 1


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One immutable content of a post and the person who wrote it."""

    post: int
    number: int
    content: Content
    digest: str
    author: str
    at: datetime


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One part of one post on one account: the unit that is claimed and sent. A post that is no thread has one part.

    `fence` rises with each claim and `owner` names the daemon that holds it: only that owner, with that fence, may write.
    `not_again_before` bounds a retry (UTC). `part` counts from 1 to `parts`; `follows` is the platform's id of the part before
    it, and empty until that part is public: the store alone fills it in.
    """

    id: int
    post: int
    account: str
    state: DeliveryState
    due_at: datetime
    revision: int
    digest: str
    reason_code: str = ""
    reason: str = ""
    fence: int = 0
    owner: str = ""
    lease_until: datetime | None = None
    attempts: int = 0
    not_again_before: datetime | None = None
    remote_id: str = ""
    remote_url: str = ""
    published_at: datetime | None = None
    staged: Mapping[str, str] | None = None
    part: int = 1
    parts: int = 1
    follows: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.part <= self.parts:
            raise ValueError("a thread has no such part")

    @property
    def ready_at(self) -> datetime:
        """When it may go out: at its due time, or at that of its retry if that is later."""
        return self.due_at if self.not_again_before is None else max(self.due_at, self.not_again_before)

    @property
    def waits(self) -> bool:
        """Whether the part before it is not known to be public: it may not be claimed."""
        return self.part > 1 and not self.follows


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to send a delivery: when the intent was recorded, and what came of it (empty while not known)."""

    delivery: int
    number: int
    intent_at: datetime
    owner: str
    outcome: str = ""
    detail: str = ""
    ended_at: datetime | None = None


class Seen(StrEnum):
    """What came of a look on the platform; `asked` is a person's wish for one."""

    ASKED = "asked"
    FOUND = "found"
    ABSENT = "absent"
    UNCLEAR = "unclear"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """One look on the platform for a delivery whose outcome is unknown, after its attempt of that number.

    `again_at`: when the daemon looks next by itself (UTC); None where it looks no more.
    """

    delivery: int
    attempt: int
    at: datetime
    outcome: Seen
    detail: str = ""
    again_at: datetime | None = None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """The platform of an account takes nothing more until then, as it said at that time, in these words."""

    account: str
    until: datetime
    reason: str
    at: datetime


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """A reasoned, expiring lift for one digest of one post, or for a campaign, by a person who wrote no word of what it lifts.

    `post` is None for a campaign's, whose `campaign` has its name and `digest` is empty. `answers` are the keys of what it
    lifts, and of nothing else: findings of a post (`Finding.key`), rules of periods for a campaign (`Finding.rule_key`).
    """

    id: int
    post: int | None
    person: str
    reason: str
    at: datetime
    expires_at: datetime
    digest: str = ""
    campaign: str = ""
    answers: tuple[str, ...] = ()
    assurance: Assurance = Assurance.CLAIMED
    revoked_at: datetime | None = None

    def __post_init__(self) -> None:
        if (self.post is None) is not bool(self.campaign.strip()):
            raise ValueError("an exemption is for a post or for a campaign")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The emergency stop: everything (empty `account`) or one account, since when, by whom, why."""

    account: str
    person: str
    reason: str
    at: datetime


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """The last sign of life of one daemon, `owner` as in the claims that it makes; `stopped_at` when it said goodbye.

    `clock_doubt` is a sentence while it does not believe its clock and sends nothing. `platform_ahead`: by how many seconds its
    clock was ahead of the platform that answered last, at `platform_heard_at`.
    """

    owner: str
    host: str
    pid: int
    started_at: datetime
    seen_at: datetime
    every: float
    version: str
    stopped_at: datetime | None = None
    clock_doubt: str = ""
    platform_ahead: float | None = None
    platform_heard_at: datetime | None = None

    @property
    def last_sign_at(self) -> datetime:
        """When it was last known to live."""
        return self.stopped_at or self.seen_at

    def is_alive(self, now: datetime) -> bool:
        """Whether it was seen within three of its heartbeats, and has not said goodbye."""
        return self.stopped_at is None and abs(now - self.seen_at) <= timedelta(seconds=3 * self.every)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a queue is published from: the machine (a hash of its id; empty for a backup), its name, the place of the file."""

    machine: str
    host: str
    path: str
