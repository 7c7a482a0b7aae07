"""People, their roles, and the accounts they post to."""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from purdah_scheduler.domain.periods import Body, Nation, Period, Place
from purdah_scheduler.domain.slots import Slot
from purdah_scheduler.domain.ssh_keys import SigningKey
from purdah_scheduler.errors import NotFound
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.mistyped import meant


class Role(StrEnum):
    """What a person may do; one person may have several."""

    AUTHOR = "author"
    APPROVER = "approver"
    PROPRIETY = "propriety"
    PUBLISHER = "publisher"
    OPERATOR = "operator"
    DUTY = "duty"
    VIEWER = "viewer"


class Assurance(StrEnum):
    """How the person behind a decision was known, weakest first.

    `claimed` is one operating-system account: recorded, not verified; one account cannot prove two people.
    """

    CLAIMED = "claimed"
    AUTHENTICATED = "authenticated"
    SIGNED = "signed"

    @property
    def rank(self) -> int:
        return _RANKS[self]

    @property
    def words(self) -> str:
        """What it is worth, as it is shown beside everything that it stands on."""
        return _WORDS[self]

    @property
    def short(self) -> str:
        """The same where there is little room."""
        return _SHORT[self]

    @property
    def how(self) -> str:
        """What it asks of a person, completing “a person with the role approver”; empty where it asks nothing."""
        return _HOW[self]


_RANKS = {assurance: rank for rank, assurance in enumerate(Assurance)}
_WORDS = {
    Assurance.CLAIMED: "recorded, not verified: one account cannot prove two people",
    Assurance.AUTHENTICATED: "authenticated: the database knew the login of this person",
    Assurance.SIGNED: "signed with a key of this person",
}
_SHORT = {Assurance.CLAIMED: "recorded, not verified", Assurance.AUTHENTICATED: "by login", Assurance.SIGNED: "signed"}
_HOW = {Assurance.CLAIMED: "", Assurance.AUTHENTICATED: " who is known by a login", Assurance.SIGNED: " who signs it"}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Least:
    """How surely whoever gives these must be known, at least: a sign-off, an exemption, and a second person's answer.

    Stages have a minimum of their own. An answer is the second yes to a change of the calendar, or to going on after a stop.
    """

    sign_off: Assurance = Assurance.CLAIMED
    exemption: Assurance = Assurance.CLAIMED
    answer: Assurance = Assurance.CLAIMED


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A login of the store's database: the person whom it stands for (empty: none), and whether it owns the tables."""

    name: str
    person: str = ""
    keeps: bool = False


class AccountKind(StrEnum):
    """Whose voice the account is; `leader` accounts are one step stricter in a strict period (domain.md 2.8)."""

    DEPARTMENT = "department"
    LEADER = "leader"
    ALB = "alb"
    PARTNER = "partner"
    LOCAL_AUTHORITY = "local-authority"
    NHS = "nhs"


class Replies(StrEnum):
    """Who may reply to the posts of an account, where its platform lets that be chosen."""

    EVERYONE = "everyone"
    FOLLOWING = "following"
    MENTIONED = "mentioned"
    SUBSCRIBERS = "subscribers"
    VERIFIED = "verified"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may act.

    `os_users` are login names that stand for this person on this machine; `keys` verify what the person has signed.
    """

    id: str
    name: str
    roles: frozenset[Role]
    os_users: frozenset[str] = frozenset()
    keys: tuple[SigningKey, ...] = ()

    def has(self, *roles: Role) -> bool:
        """Whether the person has at least one of `roles`."""
        return not self.roles.isdisjoint(roles)


def by_hand(channel: str) -> bool:
    """Whether a person posts on accounts of this channel, and nothing is sent to them."""
    return channel == "manual" or channel.startswith("manual-")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One handle on one channel, owned by a body. `max_lateness`: a delivery later than this is `missed`.

    `base_url` replaces the platform's address (https; http on loopback alone). `credentials` names the file that holds
    the tokens; only the daemon opens it. `threads`: a post of several parts may go out there, each part a post of its own.
    `replies`: who may reply there; it belongs to the account and not to what is cleared, since it changes no word of it.
    `categories`: those of the blog, by name, into which its posts go; none: the one that the blog puts posts into by itself.
    """

    id: str
    channel: str
    handle: str
    kind: AccountKind
    body: Body
    nation: Nation = Nation.UK
    area: str = ""
    base_url: str = ""
    credentials: str = ""
    max_lateness: timedelta = timedelta(minutes=15)
    threads: bool = False
    slots: tuple[Slot, ...] = ()
    replies: Replies = Replies.EVERYONE
    categories: tuple[str, ...] = ()

    @property
    def is_by_hand(self) -> bool:
        """Whether a person posts on it, and nothing is sent."""
        return by_hand(self.channel)

    @property
    def place(self) -> Place:
        """Where its posts are that name no other audience or area, and no campaign."""
        return Place(body=self.body, nation=self.nation, area=self.area, account=self.id, channel=self.channel)

    def bound_by(self, period: Period) -> bool:
        """Whether posts on it can be within the period's scope."""
        return period.binds(self.body, self.id, self.channel)


_Named = TypeVar("_Named", Person, Account)


def person_by_id(people: Collection[Person], person_id: str) -> Person:
    """The person with this id. Raises NotFound, naming the nearest."""
    return _by_id(people, person_id, what="person", plural="people")


def account_by_id(accounts: Collection[Account], account_id: str) -> Account:
    """The account with this id. Raises NotFound, naming the nearest."""
    return _by_id(accounts, account_id, what="account", plural="accounts")


def _by_id(among: Collection[_Named], wanted: str, *, what: str, plural: str) -> _Named:
    for each in among:
        if each.id == wanted:
            return each
    ids = sorted(each.id for each in among)
    hint = meant(wanted, ids)
    raise NotFound(
        f"There is no {what} {wanted!r} in the configuration, so nothing was done.",
        next_step=f"{hint}The {plural} are: {', '.join(ids) or 'none'}.",
    )
