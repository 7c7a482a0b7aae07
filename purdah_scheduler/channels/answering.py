"""What the answers of all platforms have in common: how they are read, what each status means, and how long one asks to wait.

The tables are deliberately short: only an answer that says plainly "not published" may lead to another send.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from purdah_scheduler.application.answers import ChannelError, NeedsLogin, OutcomeUnknown, Rejected, RetryLater
from purdah_scheduler.application.timekeeping import Hear
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.web import RequestFailed

_LONGEST_WAIT = timedelta(hours=24)
_LONGEST_QUOTE = 300
_SHORTEST_HIDDEN = 12
_LONGEST_NAME = 253
_WORDS = ("detail", "message", "error_description", "title", "error")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One whole answer; `document` is None where the body is no JSON object, `listing` where it is no JSON list.

    `listing` has the objects of the list alone.
    """

    status: int
    headers: Mapping[str, str]
    document: Mapping[str, Any] | None
    listing: tuple[Mapping[str, Any], ...] | None = None

    @classmethod
    def of(cls, response: requests.Response) -> "Answer":
        """Read without trusting the body to be what the status promises."""
        try:
            body = json.loads(response.content)
        except (ValueError, RecursionError):
            body = None
        return cls(
            status=response.status_code,
            headers=response.headers,
            document=body if isinstance(body, dict) else None,
            listing=tuple(item for item in body if isinstance(item, dict)) if isinstance(body, list) else None,
        )

    def text(self, name: str) -> str:
        """The text under `name`, or an empty one."""
        value = self.document.get(name) if self.document is not None else None
        return value if isinstance(value, str) else ""

    def name(self, name: str) -> str:
        """The name under `name` as it can be shown, or an empty text for what is none."""
        return shown_name(self.document.get(name)) if self.document is not None else ""

    def sentences(self) -> Iterator[str]:
        """What the platform says in its own words: of itself, then of each of its `errors`."""
        if self.document is None:
            return
        errors = self.document.get("errors")
        for source in (self.document, *(errors if isinstance(errors, list) else ())):
            if isinstance(source, dict):
                said = next((value for name in _WORDS if (value := source.get(name))), "")
                if isinstance(said, str):
                    yield said

    def words(self, hide: Sequence[str]) -> str:
        """What the platform says, on one line of at most 300 characters, with each text of `hide` taken out."""
        words = " ".join(dict.fromkeys(text for text in self.sentences() if text))
        for text in hide:
            words = words.replace(text, "(hidden)")
        words = " ".join("".join(char if char.isprintable() else " " for char in words).split())
        return words[:_LONGEST_QUOTE] if words else f"status {self.status} without words"


def shown_name(value: object) -> str:
    """A name that a platform tells, or an empty text for what is none: it is shown in terminals."""
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and value.isprintable() else ""


def public_address(value: object) -> str:
    """The address of a post as a platform tells it, or an empty text for what nobody should be sent to."""
    plain = isinstance(value, str) and re.fullmatch(r"https?://[!-~]{1,1000}", value)
    return str(value) if plain else ""


def hidden(secrets: Sequence[str], text: str = "") -> tuple[str, ...]:
    """What no message may repeat: the secrets, and a post's text unless it is too short to be told from words."""
    return (*secrets, *((text,) if len(text) >= _SHORTEST_HIDDEN else ()))


def ask(call: Callable[[], requests.Response], *, platform: str, writes: bool, hear: Hear) -> Answer:
    """One request and its whole answer; statuses are judged by the caller. Raises RetryLater and OutcomeUnknown.

    `writes`: whether the request can publish or delete something. Errors are raised after the handler has ended, so that none
    carries the request, with its Authorization, along.
    """
    failure: ChannelError
    try:
        answer = Answer.of(call())
    except RequestFailed as broken:
        if not writes:
            failure = RetryLater(f"{platform} could not be asked ({broken}).")
        elif broken.departed:
            failure = OutcomeUnknown(f"{platform} gave no clear answer ({broken}); it may have done what was asked.")
        else:
            failure = RetryLater(f"{platform} could not be reached ({broken}). Nothing was sent.")
    except Exception as odd:  # noqa: BLE001 - not hidden: whoever sends is told that nobody knows
        words = f"An unexpected fault while asking {platform} ({type(odd).__name__})"
        failure = OutcomeUnknown(f"{words}; it may have done what was asked.") if writes else RetryLater(f"{words}.")
    else:
        said = dated(answer)
        if said is not None:
            hear(said)
        return answer
    raise failure


def publishing_error(
    answer: Answer, *, platform: str, refusals: Collection[int], hide: Sequence[str], now: datetime
) -> ChannelError | None:
    """What an answer to a publishing request says against it; None for a plain success or one still to be read.

    `refusals` are the statuses by which this platform says that it will never take the post.
    """
    status = answer.status
    if status == 429:
        words = f"{platform} takes no more posts for now (rate limit). Nothing was published."
        return RetryLater(words, after=wait_of(answer, now))
    if status == 401:
        return NeedsLogin(f"{platform} refuses the account's credentials: {answer.words(hide)}")
    if status in refusals:
        return Rejected(f"{platform} refused the post: {answer.words(hide)}")
    if 300 <= status < 400:
        words = f"{platform} answered with a redirect ({status}), which is not followed"
        return OutcomeUnknown(f"{words}; the post may have been published.")
    if not 200 <= status < 300:
        return OutcomeUnknown(f"{platform} answered {status} ({answer.words(hide)}); the post may have been published.")
    return None


def preparing_error(
    answer: Answer, *, platform: str, refusals: Collection[int], hide: Sequence[str], now: datetime
) -> ChannelError | None:
    """The same for an upload or a draft, which can be repeated: nothing public can have come of it."""
    if answer.status in refusals:
        return Rejected(f"{platform} refused what the post needs: {answer.words(hide)}")
    return reading_error(answer, platform=platform, hide=hide, now=now)


def reading_error(
    answer: Answer, *, platform: str, hide: Sequence[str], now: datetime, listing: bool = False
) -> ChannelError | None:
    """The same for a request that only reads: it speaks of the request, never of a post, so it never rejects one.

    `listing`: whether a JSON list is asked for, and not an object.
    """
    if answer.status == 401:
        return NeedsLogin(f"{platform} refuses the account's credentials: {answer.words(hide)}")
    if answer.status == 429:
        return RetryLater(f"{platform} answers no more questions for now (rate limit).", after=wait_of(answer, now))
    if not 200 <= answer.status < 300 or (answer.listing if listing else answer.document) is None:
        return RetryLater(f"{platform} could not be asked: it answered {answer.status} ({answer.words(hide)}).")
    return None


def deleting_error(
    answer: Answer, *, platform: str, refusals: Collection[int], hide: Sequence[str], now: datetime
) -> ChannelError:
    """What an answer means that is no plain "deleted"."""
    words = answer.words(hide)
    if answer.status == 401:
        return NeedsLogin(f"{platform} refuses the account's credentials: {words}")
    if answer.status == 429:
        return RetryLater(f"{platform} deletes nothing for now (rate limit).", after=wait_of(answer, now))
    if answer.status in refusals:
        return Rejected(f"{platform} did not delete the post: {words}")
    return OutcomeUnknown(f"{platform} answered {answer.status} ({words}); the post may still be there.")


def wait_of(answer: Answer, now: datetime) -> timedelta | None:
    """How long a platform asks to wait: until the latest reset among the limits that are used up, else its Retry-After.

    Platforms send several limits side by side, and resets as seconds since 1970 or as RFC 3339. Measured from the answer's own
    Date where it has one, so that a wrong local clock does no harm; at least a second and at most 24 hours, because servers
    have sent resets centuries away.
    """
    headers = {name.lower(): value for name, value in answer.headers.items()}
    resets = [
        _instant(value)
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


def _instant(value: str) -> float | None:
    """Seconds since 1970 of a number of them, or of an RFC 3339 instant."""
    whole = _whole(value)
    if whole is not None:
        return float(whole)
    at = moment(value.strip())
    return None if at is None else at.timestamp()


def _whole(value: str | None) -> int | None:
    return int(value) if value is not None and re.fullmatch(r"[0-9]{1,15}", value.strip()) else None


def moment(value: object) -> datetime | None:
    """An RFC 3339 instant as a platform writes it (UTC where it names no zone); None for anything else."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        if at is None:
            return None
        return at.astimezone(UTC) if at.tzinfo is not None else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def dated(answer: Answer) -> datetime | None:
    """The answer's `Date`: what the platform's clock said, to the second; None where it has none that can be read."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    try:
        said = parsedate_to_datetime(headers.get("date", ""))
        return said.astimezone(UTC) if said.tzinfo is not None else said.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
