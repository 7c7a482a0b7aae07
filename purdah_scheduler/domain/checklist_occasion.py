"""What a checklist is made of: the period, the accounts that it binds, their posts, and the people who decide in it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.people import Account, AccountKind, Person, Role
from purdah_scheduler.domain.periods import Kind, Period
from purdah_scheduler.domain.policy import OWN_DEFAULT, POLITICALLY_SENSITIVE, Rulebook, Verdict
from purdah_scheduler.domain.rulebook import ABOUT_VOTING, joined
from purdah_scheduler.lean import lean_dataclass

LOOK_BACK = timedelta(weeks=8)
"""How long before today posts were published that may still be pinned, boosted or shared; product default."""

PAID = frozenset({"paid-advertising", "campaign"})
"""Categories behind which money may be booked."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A post that is public on one account; `at` is when it was due."""

    post: int
    title: str
    account: str
    at: datetime
    url: str
    category: str
    area: str
    marks: Marks


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A queued delivery whose time is inside the period: its verdict, in words what happens to it, and what can be done."""

    post: int
    delivery: int
    title: str
    account: str
    due_at: datetime
    category: str
    verdict: Verdict
    fate: str
    advice: str


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Afterwards:
    """A delivery that a person has to see to once the period is over: held in it, or queued behind it on an old clearance."""

    post: int
    delivery: int
    title: str
    account: str
    due_at: datetime
    is_held: bool
    needs: str


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Exempted:
    """An exemption that still stands for a post on an account of the period, or, without a post, for the campaign `title`."""

    exemption: int
    post: int | None
    title: str
    until: datetime


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Everything that the two lists are made of. `accounts` are those that the period binds, by id.

    `more_inside` counts queued posts beyond those that are named. `paused` are the keys of paid items ticked on the first day.
    """

    period: Period
    zone: ZoneInfo
    rulebook: Rulebook
    accounts: tuple[Account, ...]
    signers: tuple[Person, ...] = ()
    exempters: tuple[Person, ...] = ()
    sign_off_roles: tuple[Role, ...] = (Role.PROPRIETY,)
    published: tuple[Published, ...] = ()
    inside: tuple[Inside, ...] = ()
    more_inside: int = 0
    afterwards: tuple[Afterwards, ...] = ()
    exempted: tuple[Exempted, ...] = ()
    paused: frozenset[str] = frozenset()

    def regime(self, account: Account) -> str:
        """The rules that hold on an account in this period; empty where there are none."""
        return self.rulebook.regime_in(self.period, account.body) or ""

    def when(self, at: datetime) -> str:
        """A moment in the house's zone, for people."""
        return format_local(at, self.zone)

    def source(self, *names: str, own: bool = False) -> str:
        """The addresses of these sources of the rulebook; `own`: the item itself is this product's default, made from them."""
        known = [self.rulebook.sources[name] for name in names if name in self.rulebook.sources]
        found = joined([*([OWN_DEFAULT] if own else []), *(source.url or source.title for source in known)])
        return found or OWN_DEFAULT

    def verdict_on(self, category: str, account: Account) -> Verdict:
        """What the period does to a kind of post on an account, by its rules alone; what has no rule is flagged."""
        return self.rulebook.rules.get((category, self.regime(account)), Verdict.FLAG)

    def leaders(self) -> tuple[Account, ...]:
        """Accounts of senior officials."""
        return tuple(account for account in self.accounts if account.kind is AccountKind.LEADER)

    def partners(self) -> tuple[Account, ...]:
        """Accounts that are shared with others."""
        return tuple(account for account in self.accounts if account.kind is AccountKind.PARTNER)

    def sensitive_on(self, account: Account) -> tuple[Published, ...]:
        """Posts that are public on an account and would not be posted now, newest first: what may still be pinned there."""
        touches: Callable[[Published], bool] = _about_the_question if self.period.kind is Kind.REFERENDUM else _political
        found = [post for post in self.published if post.account == account.id and touches(post)]
        return tuple(sorted(found, key=lambda post: (post.at, post.post), reverse=True))


def bound(period: Period, accounts: Iterable[Account]) -> tuple[Account, ...]:
    """The accounts that a period can touch, by id: an area and a campaign of the period narrow posts and not accounts."""
    anything = replace(period, area="", campaign="")
    return tuple(sorted((a for a in accounts if anything.concerns(a.place)), key=lambda account: account.id))


def handle_of(account: Account) -> str:
    """An account as people know it, with its id where that is another word."""
    plain = account.handle.removeprefix("@")
    return account.handle if not account.handle or plain == account.id else f"{account.handle} ({account.id})"


def _political(post: Published) -> bool:
    return post.category in POLITICALLY_SENSITIVE or post.marks.names_politician


def _about_the_question(post: Published) -> bool:
    return post.category in ABOUT_VOTING or post.marks.touches_referendum
