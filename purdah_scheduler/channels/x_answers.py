"""What X's answers mean: published, refused, later, or nobody knows.

The table is deliberately short: only an answer that says plainly "not published" may lead to another send.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from purdah_scheduler.application.answers import AlreadyPublished, ChannelError, NeedsLogin, OutcomeUnknown, Rejected, RetryLater

_LONGEST_WAIT = timedelta(hours=24)
_LONGEST_QUOTE = 300
_DUPLICATE = re.compile(r"duplicate content|status is a duplicate", re.IGNORECASE)
_REMOTE_ID = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One whole answer; `document` is None where the body is no JSON object."""

    status: int
    headers: Mapping[str, str]
    document: Mapping[str, Any] | None

    @classmethod
    def of(cls, response: requests.Response) -> "Answer":
        """Read without trusting the body to be what the status promises."""
        try:
            body = json.loads(response.content)
        except (ValueError, RecursionError):
            body = None
        document = body if isinstance(body, dict) else None
        return cls(status=response.status_code, headers=response.headers, document=document)

    def data(self) -> Mapping[str, Any]:
        """The object under `data`, or an empty one."""
        value = self.document.get("data") if self.document is not None else None
        return value if isinstance(value, dict) else {}

    def items(self) -> list[Mapping[str, Any]]:
        """The objects listed under `data`."""
        value = self.document.get("data") if self.document is not None else None
        return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []

    def words(self, hide: Sequence[str]) -> str:
        """What X says, on one line of at most 300 characters, with each text of `hide` taken out."""
        said = list(dict.fromkeys(text for text in self._texts() if text))
        words = " ".join(said)
        for text in hide:
            words = words.replace(text, "(hidden)")
        words = " ".join("".join(char if char.isprintable() else " " for char in words).split())
        return words[:_LONGEST_QUOTE] if words else f"status {self.status} without words"

    def _texts(self) -> Iterator[str]:
        if self.document is None:
            return
        errors = self.document.get("errors")
        for source in (self.document, *(errors if isinstance(errors, list) else ())):
            if isinstance(source, dict):
                detail = source.get("detail") or source.get("message") or source.get("title")
                if isinstance(detail, str):
                    yield detail

    def is_duplicate(self) -> bool:
        """Whether X refuses the post because it has the same one; there is no code for it, only the sentence."""
        return self.status == 403 and any(_DUPLICATE.search(text) for text in self._texts())


def remote_id(answer: Answer) -> str:
    """The id of a post that was just published. Raises ChannelError for everything that is not plainly that."""
    if answer.status in (200, 201):
        found = str(answer.data().get("id", ""))
        if _REMOTE_ID.fullmatch(found):
            return found
    raise OutcomeUnknown(f"X answered {answer.status} without the id of the post, so it may have been published.")


def is_remote_id(text: str) -> bool:
    """Whether `text` can be the id of a post on X: digits alone."""
    return _REMOTE_ID.fullmatch(text) is not None


def publishing_error(answer: Answer, *, hide: Sequence[str], now: datetime) -> ChannelError | None:
    """What an answer to a publishing request says against it; None for a plain success or one still to be read."""
    status = answer.status
    if status == 429:
        return RetryLater("X takes no more posts for now (rate limit). Nothing was published.", after=wait_of(answer, now))
    if status == 401:
        return NeedsLogin(f"X refuses the account's tokens: {answer.words(hide)}")
    if answer.is_duplicate():
        return AlreadyPublished(f"X has this post already: {answer.words(hide)}")
    if status in (400, 403):
        return Rejected(f"X refused the post: {answer.words(hide)}")
    if status == 200 and answer.document is not None and not answer.document.get("data") and answer.document.get("errors"):
        return Rejected(f"X refused the post: {answer.words(hide)}")
    if 300 <= status < 400:
        return OutcomeUnknown(f"X answered with a redirect ({status}), which is not followed; the post may have been published.")
    if not 200 <= status < 300:
        return OutcomeUnknown(f"X answered {status} ({answer.words(hide)}); the post may have been published.")
    return None


def reading_error(answer: Answer, *, hide: Sequence[str], now: datetime) -> ChannelError | None:
    """The same for a request that only reads: it speaks of the request, never of a post, so it never rejects one."""
    if answer.status == 401:
        return NeedsLogin(f"X refuses the account's tokens: {answer.words(hide)}")
    if answer.status == 429:
        return RetryLater("X answers no more questions for now (rate limit).", after=wait_of(answer, now))
    if answer.status != 200 or answer.document is None:
        return RetryLater(f"X could not be asked: it answered {answer.status} ({answer.words(hide)}).")
    return None


def wait_of(answer: Answer, now: datetime) -> timedelta | None:
    """How long X asks to wait: until the latest reset among the limits that are used up, else its Retry-After.

    X sends 15-minute and 24-hour limits side by side. Measured from the answer's own Date where it has one, so that a wrong
    local clock does no harm; at least a second and at most 24 hours, because servers have sent resets centuries away.
    """
    headers = {name.lower(): value for name, value in answer.headers.items()}
    resets = [
        _whole(value)
        for name, value in headers.items()
        if name.endswith("-reset") and _whole(headers.get(name.removesuffix("reset") + "remaining")) in (0, None)
    ]
    latest = max((reset for reset in resets if reset is not None), default=None)
    if latest is not None:
        seconds = latest - (dated(answer) or now).timestamp()
    else:
        after = _whole(headers.get("retry-after"))
        if after is None:
            return None
        seconds = after
    return timedelta(seconds=min(max(seconds, 1.0), _LONGEST_WAIT.total_seconds()))


def _whole(value: str | None) -> int | None:
    return int(value) if value is not None and re.fullmatch(r"[0-9]{1,15}", value.strip()) else None


def dated(answer: Answer) -> datetime | None:
    """The answer's `Date`: what the platform's clock said, to the second; None where it has none that can be read."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    try:
        said = parsedate_to_datetime(headers.get("date", ""))
        return said.astimezone(UTC) if said.tzinfo is not None else said.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
