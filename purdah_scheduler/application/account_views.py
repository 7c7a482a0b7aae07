"""Every account at a moment: how it is, what waits behind it and what went wrong, for faces that show them one by one."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from purdah_scheduler.application.account_health import new_login, troubled
from purdah_scheduler.application.channel_ports import Count
from purdah_scheduler.application.lists import Line, QueueFilter
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.application.server_limits import known_limits
from purdah_scheduler.domain.account_health import Health, LastCheck
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import NEEDS_A_PERSON, DeliveryState, Pause, RateLimit
from purdah_scheduler.domain.server_limits import ServerLimits
from purdah_scheduler.lean import lean_dataclass

_QUEUED = frozenset({str(DeliveryState.SCHEDULED)})
_SOON = 5
"""Posts that are named of those that are due next, and of those that need a person."""


class AccountState(StrEnum):
    """How an account is, in one word: what keeps most from going out comes first."""

    STOPPED = "stopped"
    PAUSED = "paused"
    NEEDS_LOGIN = "needs-login"
    WAITS = "waits"
    ENDS_SOON = "ends-soon"
    UNREACHABLE = "unreachable"
    NOT_ASKED = "not-asked"
    OPEN = "open"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """One account at the moment `at`. `counts` are its posts by state, of those that are queued or need a person.

    `pause` is its own; `stopped` says why everything is, or is empty. `limit` is None once its time has passed. `ends_soon`: its
    credentials end within two weeks, or before the last post that is queued on it.
    """

    account: Account
    at: datetime
    stopped: str
    pause: Pause | None
    check: LastCheck | None
    ends_soon: bool
    limit: RateLimit | None
    published_at: datetime | None
    server: ServerLimits | None
    length: Count
    counts: Mapping[str, int]

    @property
    def state(self) -> AccountState:
        """The word for it."""
        if self.stopped:
            return AccountState.STOPPED
        if self.pause is not None:
            return AccountState.PAUSED
        if self.check is not None and self.check.needs_login(self.at):
            return AccountState.NEEDS_LOGIN
        if self.limit is not None:
            return AccountState.WAITS
        if self.ends_soon:
            return AccountState.ENDS_SOON
        if self.check is not None and self.check.health is not Health.WELL:
            return AccountState.UNREACHABLE
        if self.check is None and self.account.credentials:
            return AccountState.NOT_ASKED
        return AccountState.OPEN

    @property
    def waiting(self) -> int:
        """How many posts are queued on it."""
        return sum(self.counts.get(state, 0) for state in _QUEUED)

    @property
    def next_step(self) -> str:
        """What to type about its state; empty where nothing is to be done."""
        match self.state:
            case AccountState.STOPPED:
                return "purdah-scheduler resume"
            case AccountState.PAUSED:
                return f"purdah-scheduler resume --account {self.account.id}"
            case AccountState.NEEDS_LOGIN | AccountState.ENDS_SOON:
                return new_login(self.account.id)
            case AccountState.UNREACHABLE | AccountState.NOT_ASKED:
                return ask_again(self.account.id)
            case _:
                return ""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What is behind an account: the posts that are due next, and the first of those that need a person."""

    account: str
    due: tuple[Line, ...]
    troubled: tuple[Line, ...]


def ask_again(account: str) -> str:
    """What to type to have the platform of an account asked how it is."""
    return f"purdah-scheduler account check {account}"


def compare_again(account: str) -> str:
    """What to type to have what is on an account compared with what was sent to it."""
    return f"purdah-scheduler reconcile {account}"


def account_lines(office: Office) -> tuple[AccountLine, ...]:
    """Every account of the configuration, in its order."""
    now, house = office.now(), office.house
    with office.store.read() as reader:
        pauses = {pause.account: pause for pause in reader.pauses()}
        checks = {check.account: check for check in reader.account_checks()}
        ending = {check.account for check in troubled(reader, house, now) if not check.needs_login(now)}
        limits = {limit.account: limit for limit in reader.rate_limits() if now < limit.until}
        published, servers = reader.last_published(), known_limits(reader)
        counts = reader.counts_by_account(_QUEUED | NEEDS_A_PERSON)
    everything = pauses.get("")
    stopped = f"{everything.person}: {everything.reason}" if everything is not None else office.stop.reason()
    return tuple(
        AccountLine(
            account=account,
            at=now,
            stopped=stopped,
            pause=pauses.get(account.id),
            check=checks.get(account.id),
            ends_soon=account.id in ending,
            limit=limits.get(account.id),
            published_at=published.get(account.id),
            server=servers.get(account.id),
            length=office.rules.count(account.channel, "", servers.get(account.id)),
            counts={state: number for (name, state), number in counts.items() if name == account.id},
        )
        for account in house.accounts
    )


def behind(reader: Reader, account: str) -> Behind:
    """What is due next on the account, and what of it needs a person."""

    def first(states: frozenset[str]) -> tuple[Line, ...]:
        return reader.lines(QueueFilter(account=account, states=states), limit=_SOON)

    return Behind(account=account, due=first(_QUEUED), troubled=first(NEEDS_A_PERSON))
