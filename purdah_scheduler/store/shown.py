"""What a list shows of a post and of each of its accounts: one state, one moment, one reason."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime

from purdah_scheduler.domain.content import Content
from purdah_scheduler.domain.posts import TROUBLE, AccountState, DeliveryState, PostState, ThreadState
from purdah_scheduler.lean import lean_dataclass

_D = DeliveryState

_OUT_OF_HAND = (_D.PUBLISHED, _D.CANCELLED, ThreadState.SHORTENED)
_PREVIEW = 280


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class OnAccount:
    """One account of a post as far as lists need it; `state` is None where it has no delivery."""

    account: str
    state: AccountState | None
    due_at: datetime | None
    reason_code: str
    reason: str
    remote_url: str


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a post shows as a whole."""

    state: str
    at: datetime | None
    reason_code: str
    reason: str
    remote_url: str


def account_state(post: PostState, entry: OnAccount) -> str:
    """The state of one account: its deliveries', or the post's where there is none or the only one was taken back."""
    if entry.state is None or (entry.state is _D.CANCELLED and post is not PostState.SCHEDULED):
        return str(post)
    return str(entry.state)


def shown(post: PostState, planned_at: datetime | None, accounts: Sequence[OnAccount]) -> Shown:
    """The post as a whole: until it is scheduled its own state, from then on that of the account that needs a person most.

    A post that was taken out of the queue but still has a delivery that is queued, under way or waits for somebody shows that
    delivery: nothing is hidden behind "draft".
    """
    published = next((entry.remote_url for entry in accounts if entry.remote_url), "")
    counting = [
        entry
        for entry in accounts
        if entry.state is not None and (post is PostState.SCHEDULED or entry.state not in _OUT_OF_HAND)
    ]
    if not counting:
        return Shown(state=str(post), at=planned_at, reason_code="", reason="", remote_url=published)
    first = min(counting, key=_need)
    return Shown(
        state=str(first.state),
        at=first.due_at,
        reason_code=first.reason_code,
        reason=first.reason,
        remote_url=first.remote_url or published,
    )


def _need(entry: OnAccount) -> tuple[int, datetime, str]:
    if entry.state is None or entry.due_at is None:
        raise ValueError("only an account with a delivery can be compared")
    return TROUBLE.index(entry.state), entry.due_at, entry.account


def folded(text: str) -> str:
    """The form in which words are searched: without case, composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def preview(content: Content) -> str:
    """The beginning of what the first account says."""
    return content.accounts[0].text[:_PREVIEW]


def searched(content: Content) -> str:
    """Everything that any account says, and what the card says, once, folded."""
    parts = dict.fromkeys(part for entry in content.accounts for part in entry.parts)
    card = [] if content.card is None else [content.card.title, content.card.description, content.card.address]
    return folded("\n\n".join([*parts, *card]))
