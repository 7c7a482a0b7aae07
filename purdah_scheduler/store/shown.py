"""What a list shows of a post and of each of its accounts: one state, one moment, one reason."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from purdah_scheduler.domain.content import Content
from purdah_scheduler.domain.posts import DeliveryState, PostState

_D = DeliveryState

TROUBLE = (_D.UNKNOWN, _D.FAILED, _D.HELD, _D.MISSED, _D.SENDING, _D.CLAIMED, _D.SCHEDULED, _D.PUBLISHED, _D.CANCELLED)
"""States of deliveries, the one that needs a person most first."""

_PREVIEW = 280


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One account of a post as far as lists need it; `state` is None where it has no delivery."""

    account: str
    state: DeliveryState | None
    due_at: datetime | None
    reason_code: str
    reason: str
    remote_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a post shows as a whole."""

    state: str
    at: datetime | None
    reason_code: str
    reason: str
    remote_url: str


def part_state(post: PostState, part: Part) -> str:
    """The state of one account: its delivery's, or the post's where there is none or the only one was taken back."""
    if part.state is None or (part.state is _D.CANCELLED and post is not PostState.SCHEDULED):
        return str(post)
    return str(part.state)


def shown(post: PostState, planned_at: datetime | None, parts: Sequence[Part]) -> Shown:
    """The post as a whole: until it is scheduled its own state, from then on its delivery that needs a person most.

    A post that was taken out of the queue but still has a delivery that is queued, under way or waits for somebody shows that
    delivery: nothing is hidden behind "draft".
    """
    published = next((part.remote_url for part in parts if part.remote_url), "")
    counting = [
        part
        for part in parts
        if part.state is not None and (post is PostState.SCHEDULED or part.state not in (_D.PUBLISHED, _D.CANCELLED))
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


def _need(part: Part) -> tuple[int, datetime, str]:
    if part.state is None or part.due_at is None:
        raise ValueError("only an account with a delivery can be compared")
    return TROUBLE.index(part.state), part.due_at, part.account


def folded(text: str) -> str:
    """The form in which words are searched: without case, composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def preview(content: Content) -> str:
    """The beginning of what the first account says."""
    return content.accounts[0].text[:_PREVIEW]


def searched(content: Content) -> str:
    """Everything that any account says, once, folded."""
    return folded("\n\n".join(dict.fromkeys(part for entry in content.accounts for part in entry.parts)))
