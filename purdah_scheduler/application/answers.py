"""What a channel answers: a receipt, what it takes, what it can prove, or one of the errors that say what may have happened."""

from dataclasses import replace
from datetime import datetime, timedelta

from purdah_scheduler.domain.server_limits import ServerLimits
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof of a published post: the platform's id, and its public address where it has one."""

    remote_id: str
    url: str = ""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a channel takes; lengths in the channel's own unit (`unit` is shown to people).

    `max_bytes` is of the text in UTF-8, and 0 where only `max_length` counts. Pictures: how many, of which MIME types, how many
    bytes each, and how many characters of description.
    """

    max_length: int
    unit: str
    max_bytes: int = 0
    max_images: int = 0
    image_types: tuple[str, ...] = ()
    max_image_bytes: int = 0
    max_alt: int = 0

    def within(self, told: ServerLimits | None) -> "Limits":
        """These, or those of the account's server where it told them."""
        if told is None:
            return self
        return replace(
            self,
            max_length=told.max_length,
            max_images=told.max_images,
            max_image_bytes=told.max_image_bytes,
            max_alt=told.max_alt,
        )


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class AccountCheck:
    """The answer to "who am I, may I publish".

    `expires_at`: when the credentials end, where the platform or a person says so. `cost`: what it charges for, where it charges.
    """

    ok: bool
    handle: str
    detail: str
    expires_at: datetime | None = None
    cost: str = ""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class RemotePost:
    """One post as a platform lists it, whoever sent it; `remote_id` and `url` as a receipt has them, `text` as people read it."""

    remote_id: str
    url: str
    at: datetime | None
    text: str


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """The posts of an account since a moment, the newest first; not `whole` where there are more than were asked for."""

    posts: tuple[RemotePost, ...]
    whole: bool


class ChannelError(Exception):
    """A channel's answer that is not a receipt; each leaf says whether something can have been published."""


class RetryLater(ChannelError):
    """Certainly not published; the same request may be tried again after `after` (None: by our own backoff)."""

    def __init__(self, message: str, *, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class NeedsLogin(ChannelError):
    """Certainly not published: the credentials are refused. The whole account is held."""


class Rejected(ChannelError):
    """Certainly not published, and the same request will never be taken."""


class AlreadyPublished(ChannelError):
    """The platform says that it has this post already; `receipt` where it says which one."""

    def __init__(self, message: str, *, receipt: Receipt | None = None) -> None:
        super().__init__(message)
        self.receipt = receipt


class ByHand(ChannelError):
    """Certainly not published: nothing can be sent to this account, a person posts there."""


class OutcomeUnknown(ChannelError):
    """The request may have left and no clear answer came: never sent again by itself."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What looking a post up can prove on a channel: that it is there and, for itself, that it is not.

    `lag`: how long after a request has ended the platform may still bring its post to light.
    """

    presence: bool
    absence: bool
    lag: timedelta = timedelta(0)
