"""What the application needs from platforms: one account to publish through, and what every face may know of a channel."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from purdah_scheduler.application.answers import AccountCheck, Limits, Proof, Receipt, Recent
from purdah_scheduler.domain.as_read import Sight
from purdah_scheduler.domain.content import Outgoing, Problem
from purdah_scheduler.domain.server_limits import ServerLimits
from purdah_scheduler.lean import lean_dataclass


class Channel(Protocol):
    """One account on one platform. `commit` is exactly one request; everything repeatable is in `stage`."""

    @property
    def limits(self) -> Limits: ...

    @property
    def proof(self) -> Proof:
        """What `find_published` can prove."""
        ...

    @property
    def ends_at(self) -> datetime | None:
        """When the account's credentials end, where a person said so."""
        ...

    def validate(self, outgoing: Outgoing) -> tuple[Problem, ...]:
        """Every problem at once, without the network."""
        ...

    def check_account(self) -> AccountCheck:
        """Ask the platform who this account is. Raises ChannelError."""
        ...

    def stage(self, outgoing: Outgoing, staged: Mapping[str, str]) -> dict[str, str]:
        """Do what can be repeated (uploads, drafts); the result is stored before `commit`. Raises ChannelError."""
        ...

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:
        """Publish by exactly one request. Raises ChannelError; anything unexpected after the request left is OutcomeUnknown."""
        ...

    def find_published(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt | None:
        """Look the post up on the platform; None only where all of the time since `not_before` was seen. Raises ChannelError."""
        ...

    def delete(self, remote_id: str) -> None:
        """Take a post down; deleting what is gone succeeds. Raises ChannelError."""
        ...


class ListingChannel(Channel, Protocol):
    """A channel that can say what is on its account, as every one that is shipped can, or says that only a person can look."""

    def recent(self, since: datetime, *, limit: int) -> Recent:
        """What is public on the account since then, whoever sent it, `limit` posts at most; only reads. Raises ChannelError."""
        ...


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How long a text is on a channel, in the channel's own `unit`."""

    used: int
    limit: int
    unit: str


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which settings of a post a channel has, `visibilities` by its own words; any other is refused, or means nothing.

    `card`: it shows a card that is given with a post; `focus`: it crops a picture around its focus.
    """

    visibilities: tuple[str, ...] = ()
    content_warning: bool = False
    language: bool = False
    reply: bool = False
    card: bool = False
    focus: bool = False


class ChannelRules(Protocol):
    """What every face may know of a channel without loading its code: how it counts, and what it refuses."""

    def count(self, channel: str, text: str, told: ServerLimits | None = None) -> Count:
        """The length of a text there; `told` is what the account's server takes, where that is known."""
        ...

    def problems(self, channel: str, outgoing: Outgoing, told: ServerLimits | None = None) -> tuple[Problem, ...]:
        """Everything that the channel would refuse: of the text, the pictures, the card and the settings; `told` as above."""
        ...

    def limits(self, channel: str, told: ServerLimits | None = None) -> Limits:
        """What the channel takes: length, pictures, descriptions; `told` as above."""
        ...

    def settings(self, channel: str) -> Settings:
        """Which settings of a post it has."""
        ...

    def sight(self, channel: str, text: str, *, has_card: bool = False) -> Sight:
        """What the channel's readers see of a text; `has_card`: a card is given with it."""
        ...

    def has_threads(self, channel: str) -> bool:
        """Whether a line of `---` parts a text there; elsewhere it is a line like any other."""
        ...

    def remote_id(self, channel: str, address: str) -> str:
        """The platform's id of the post at that address, which another one can answer; empty where it names none."""
        ...
