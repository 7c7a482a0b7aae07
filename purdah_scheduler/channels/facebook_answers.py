"""What the answers of Facebook's Graph API mean, by the codes of Meta's own documents; what is not among them is in doubt."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application.answers import (
    AlreadyPublished,
    ChannelError,
    NeedsLogin,
    OutcomeUnknown,
    Rejected,
    RetryLater,
)
from purdah_scheduler.channels.answering import Answer, preparing_error, publishing_error, wait_of
from purdah_scheduler.lean import lean_dataclass

_LOGIN = frozenset({10, 102, 190, 368, *range(200, 300)})
"""No token, no permission, or a Page that Facebook keeps from posting for a while (368)."""
_RATE = frozenset({4, 17, 32, 341, 613, *range(80_000, 80_015)})
_TRANSIENT = frozenset({1, 2})
_DUPLICATE = 506
_NOT_THERE = (100, 33)
_REFUSALS = frozenset({400, 403, 404})


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class GraphError:
    """What the API says against a request; `words` is an answer whose words can be shown."""

    code: int
    subcode: int
    is_transient: bool
    words: Answer

    @property
    def is_gone(self) -> bool:
        """Whether what was asked for is not there, or not to be seen with this token."""
        return (self.code, self.subcode) == _NOT_THERE


def graph_error(answer: Answer) -> GraphError | None:
    """The error in an answer, where it has one in the API's own form."""
    said = answer.document.get("error") if answer.document is not None else None
    if not isinstance(said, Mapping) or not isinstance(said.get("code"), int):
        return None
    subcode = said.get("error_subcode")
    return GraphError(
        code=said["code"],
        subcode=subcode if isinstance(subcode, int) else 0,
        is_transient=said.get("is_transient") is True,
        words=replace(answer, document=said),
    )


def refused_publishing(answer: Answer, *, hide: Sequence[str], now: datetime) -> ChannelError | None:
    """What an answer to the publishing request says against it; None for a success or one that is still to be read."""
    error = graph_error(answer)
    if error is None:
        return publishing_error(answer, platform="Facebook", refusals=(), hide=hide, now=now)
    plain = _of_account(error, answer, hide=hide, now=now)
    if plain is not None:
        return plain
    words = error.words.words(hide)
    if error.code == _DUPLICATE:
        return AlreadyPublished(f"Facebook says that the Page has this post already: {words}")
    if error.code in _TRANSIENT or error.is_transient or answer.status not in _REFUSALS:
        return OutcomeUnknown(f"Facebook answered {answer.status} ({words}); the post may have been published.")
    return Rejected(f"Facebook refused the post: {words}")


def refused_preparing(answer: Answer, *, hide: Sequence[str], now: datetime) -> ChannelError | None:
    """The same of a look, an upload or an unpublished post, which can be repeated: nothing public can have come of it."""
    error = graph_error(answer)
    if error is None:
        return preparing_error(answer, platform="Facebook", refusals=(), hide=hide, now=now)
    plain = _of_account(error, answer, hide=hide, now=now)
    if plain is not None:
        return plain
    words = error.words.words(hide)
    if error.code in _TRANSIENT or error.is_transient or answer.status not in _REFUSALS:
        return RetryLater(f"Facebook could not be asked: it answered {answer.status} ({words}).")
    return Rejected(f"Facebook refused what the post needs: {words}")


def _of_account(error: GraphError, answer: Answer, *, hide: Sequence[str], now: datetime) -> ChannelError | None:
    """What holds for every post of the account: it needs a login, or takes no more for now."""
    if error.code in _RATE:
        return RetryLater(
            "Facebook takes no more requests for now (rate limit). Nothing was published.", after=wait_of(answer, now)
        )
    if error.code in _LOGIN:
        return NeedsLogin(f"Facebook refuses the Page's token, or what it asks for: {error.words.words(hide)}")
    return None
