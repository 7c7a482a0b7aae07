"""What the store answers about many things at once: lines of a list, the queue as a sweep sees it, whole dossiers."""

from datetime import datetime

from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.domain.clearance import Decision
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.posts import Delivery, DeliveryState, Exemption, Post, Revision
from purdah_scheduler.errors import StoreUnusable
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Which posts a list shows. Empty means every one; `words` match title and text, case-insensitively.

    `states` are states of posts or deliveries as a person sees them (`Row.state`). `since`/`until`: half-open on the
    row's moment (UTC).
    """

    states: frozenset[str] = frozenset()
    account: str = ""
    author: str = ""
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """Which entries of the record a list shows. Empty means every one; every one of `words` is in what the entry says.

    `action` is a whole one or a part of it up to or from a dot (`decision`, `edited`). `since`/`until`: half-open (UTC).
    """

    person: str = ""
    action: str = ""
    post: int | None = None
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the queue: a post as a whole.

    `state` is the post's state until it is scheduled; from then on the state of its delivery that needs a person most.
    `at` is the due time, the planned time, or None; `sort_at` is `at` or the time of creation.
    """

    post: int
    title: str
    text: str
    state: str
    at: datetime | None
    sort_at: datetime
    accounts: tuple[str, ...]
    category: str
    author: str
    reason_code: str
    reason: str
    remote_url: str
    revision: int


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One post on one account, for lists that go account by account."""

    post: int
    title: str
    account: str
    state: str
    at: datetime | None
    reason_code: str
    reason: str
    remote_url: str


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Classed:
    """How a post is classified, for the rules: what people chose of its current revision, and nothing else of it."""

    category: str
    nation: str
    area: str
    marks: Marks


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One delivery as a sweep of the whole queue sees it: the fields of that name of the delivery, and of its post.

    `exempted`: an exemption of its post, or of its campaign, is on record, standing or not. Of a thread there is one, for the
    part that is next.
    """

    id: int
    post: int
    account: str
    state: DeliveryState
    due_at: datetime
    fence: int
    reason_code: str
    reason: str
    title: str
    classed: Classed
    exempted: bool
    part: int = 1


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What says whether and when a post was cleared, without its words: `digest` is taken of the current revision anew."""

    post: int
    revision: int
    digest: str
    accounts: tuple[str, ...]
    authors: frozenset[str]
    decisions: tuple[Decision, ...]


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A post with everything that hangs on it and the gate weighs; each part as the reader's method of that name gives it."""

    post: Post
    revisions: tuple[Revision, ...]
    decisions: tuple[Decision, ...]
    exemptions: tuple[Exemption, ...]
    deliveries: tuple[Delivery, ...]
    break_glasses: tuple[BreakGlass, ...] = ()

    @property
    def current(self) -> Revision:
        """What the post says now. Raises StoreUnusable where that revision is gone."""
        for revision in self.revisions:
            if revision.number == self.post.revision:
                return revision
        raise StoreUnusable(
            f"Revision {self.post.revision} of post {self.post.id} is not in the store, which was changed from outside, "
            "so nothing was done.",
            next_step="purdah-scheduler doctor --thorough",
        )


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One account of a post's current revision, and its delivery once the post has been scheduled (else None)."""

    post: int
    account: str
    delivery: int | None
