"""Whether an account can be posted to: asked of its platform by whoever may load its tokens, and put into one word."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from purdah_scheduler.application.answers import AccountCheck, ChannelError, Limits, NeedsLogin, RetryLater
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.domain.people import Account
from purdah_scheduler.errors import BadSetup


class Health(StrEnum):
    """How an account is, the worst last."""

    WELL = "well"
    LATER = "later"
    UNREACHABLE = "unreachable"
    NEEDS_LOGIN = "needs-login"
    NOT_SET_UP = "not-set-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of asking: `said` in words, and what the platform told where it told anything."""

    account: Account
    health: Health
    said: str
    next_step: str = ""
    answer: AccountCheck | None = None
    limits: Limits | None = None


def check(account: Account, open_channel: Callable[[Account], Channel]) -> Checked:
    """Ask the platform who the account is and whether it may publish there. Nothing is sent, and every outcome is told."""
    try:
        channel = open_channel(account)
        answer = channel.check_account()
    except BadSetup as fault:
        return Checked(account=account, health=Health.NOT_SET_UP, said=fault.message, next_step=fault.next_step)
    except NeedsLogin as fault:
        return Checked(account=account, health=Health.NEEDS_LOGIN, said=str(fault), next_step=new_login(account.id))
    except RetryLater as fault:
        health = Health.UNREACHABLE if fault.after is None else Health.LATER
        return Checked(account=account, health=health, said=str(fault), next_step=f"purdah-scheduler account check {account.id}")
    except ChannelError as fault:
        return Checked(account=account, health=Health.UNREACHABLE, said=str(fault))
    health = Health.WELL if answer.ok else Health.NEEDS_LOGIN
    step = "" if answer.ok else new_login(account.id)
    return Checked(account=account, health=health, said=answer.detail, next_step=step, answer=answer, limits=channel.limits)


def new_login(account: str) -> str:
    """What to type where the credentials of an account are refused."""
    return f"purdah-scheduler account add {account}"
