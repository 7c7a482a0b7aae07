"""Whether an account can be posted to: asked of its platform by whoever may load its tokens, and put into one word."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from purdah_scheduler.application.answers import AccountCheck, ChannelError, Limits, NeedsLogin, RetryLater
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.application.lists import Line, QueueFilter
from purdah_scheduler.application.office import House
from purdah_scheduler.application.ports import Reader, Writer
from purdah_scheduler.domain.account_health import Health, LastCheck
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.errors import BadSetup
from purdah_scheduler.lean import lean_dataclass

_MOST = 100
"""Posts behind credentials that end which are counted one by one."""
_NAMED = 5


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of asking: `said` in words, and what the platform told where it told anything.

    `expires_at`: when the credentials end, where the platform or a person says so, unless they are refused.
    """

    account: Account
    health: Health
    said: str
    next_step: str = ""
    answer: AccountCheck | None = None
    limits: Limits | None = None
    expires_at: datetime | None = None

    def kept(self, at: datetime, before: LastCheck | None = None) -> LastCheck:
        """What is kept of it; while the platform cannot be asked, the end of the credentials that was known `before`."""
        expires_at = self.expires_at
        if expires_at is None and before is not None and self.health in (Health.UNREACHABLE, Health.LATER):
            expires_at = before.expires_at
        return LastCheck(account=self.account.id, at=at, health=self.health, said=self.said, expires_at=expires_at)


def note(tx: Writer, found: Checked, at: datetime) -> None:
    """Keep what came of asking for lists, notices and warnings."""
    before = next((known for known in tx.account_checks() if known.account == found.account.id), None)
    tx.note_check(found.kept(at, before))


def check(account: Account, open_channel: Callable[[Account], Channel]) -> Checked:
    """Ask the platform who the account is and whether it may publish there. Nothing is sent, and every outcome is told."""
    ends_at = None
    try:
        channel = open_channel(account)
        ends_at = channel.ends_at
        answer = channel.check_account()
    except BadSetup as fault:
        return Checked(account=account, health=Health.NOT_SET_UP, said=fault.message, next_step=fault.next_step)
    except NeedsLogin as fault:
        return Checked(account=account, health=Health.NEEDS_LOGIN, said=str(fault), next_step=new_login(account.id))
    except RetryLater as fault:
        health = Health.UNREACHABLE if fault.after is None else Health.LATER
        step = f"purdah-scheduler account check {account.id}"
        return Checked(account=account, health=health, said=str(fault), next_step=step, expires_at=ends_at)
    except ChannelError as fault:
        return Checked(account=account, health=Health.UNREACHABLE, said=str(fault), expires_at=ends_at)
    health = Health.WELL if answer.ok else Health.NEEDS_LOGIN
    step = "" if answer.ok else new_login(account.id)
    return Checked(
        account=account,
        health=health,
        said=answer.detail,
        next_step=step,
        answer=answer,
        limits=channel.limits,
        expires_at=answer.expires_at,
    )


def new_login(account: str) -> str:
    """What to type where the credentials of an account are refused."""
    return f"purdah-scheduler account add {account}"


def troubled(reader: Reader, house: House, now: datetime) -> tuple[LastCheck, ...]:
    """The accounts of the house whose credentials are refused or missing, or end soon or before what is queued on them."""
    known = {account.id for account in house.accounts}
    checks = [check for check in reader.account_checks() if check.account in known]
    return tuple(
        check for check in checks if check.needs_login(now) or check.ends_soon(now, last_due=_last_due(reader, check, now))
    )


def in_words(check: LastCheck, zone: ZoneInfo, now: datetime) -> str:
    """What a person should know of a troubled account, in a sentence."""
    if check.is_refused or check.expires_at is None:
        return f"{check.account} needs a login: {check.said}"
    ended = "ended" if check.expires_at <= now else "end"
    return f"The credentials of {check.account} {ended} {format_local(check.expires_at, zone, now)}."


def posts_hit(reader: Reader, check: LastCheck, now: datetime) -> tuple[int, ...]:
    """The posts that are queued on a troubled account and will be held unless a person acts, by time; 100 at most."""
    return tuple(dict.fromkeys(line.post for line in _queued_behind(reader, check, now, limit=_MOST)))


def hit_in_words(posts: Sequence[int]) -> str:
    """Which posts they are, in a sentence; empty where there is none."""
    if not posts:
        return ""
    named = ", ".join(map(str, posts[:_NAMED]))
    more = "" if len(posts) <= _NAMED else f" and {'at least ' * (len(posts) >= _MOST)}{len(posts) - _NAMED} more"
    return f"Queued behind that: post{'s' * (len(posts) > 1)} {named}{more}."


def _queued_behind(reader: Reader, check: LastCheck, now: datetime, *, limit: int) -> Sequence[Line]:
    """What is due on the account when nothing can be sent there: after its credentials have ended, or at all."""
    since = None if check.needs_login(now) else check.expires_at
    states = frozenset({str(DeliveryState.SCHEDULED)})
    return reader.lines(QueueFilter(account=check.account, states=states, since=since), limit=limit)


def _last_due(reader: Reader, check: LastCheck, now: datetime) -> datetime | None:
    """A time at which something is still due on the account after its credentials have ended, if there is any."""
    lines = _queued_behind(reader, check, now, limit=1) if check.expires_at is not None else ()
    return lines[0].at if lines else None
