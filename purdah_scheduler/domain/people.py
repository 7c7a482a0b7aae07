"""People, their roles, and the accounts they post to."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from purdah_scheduler.domain.periods import Body, Nation


class Role(StrEnum):
    """What a person may do; one person may have several."""

    AUTHOR = "author"
    APPROVER = "approver"
    PROPRIETY = "propriety"
    PUBLISHER = "publisher"
    OPERATOR = "operator"
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
        return list(Assurance).index(self)


class AccountKind(StrEnum):
    """Whose voice the account is; `leader` accounts are one step stricter in a strict period (domain.md 2.8)."""

    DEPARTMENT = "department"
    LEADER = "leader"
    ALB = "alb"
    PARTNER = "partner"
    LOCAL_AUTHORITY = "local-authority"
    NHS = "nhs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may act. `os_users` are login names that stand for this person on this machine."""

    id: str
    name: str
    roles: frozenset[Role]
    os_users: frozenset[str] = frozenset()

    def has(self, *roles: Role) -> bool:
        """Whether the person has at least one of `roles`."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One handle on one channel, owned by a body. `max_lateness`: a delivery later than this is `missed`.

    `base_url` replaces the platform's address (https; http on loopback alone). `credentials` names the file that holds
    the tokens; only the daemon opens it. `url_template` gives the public address of a remote id.
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
