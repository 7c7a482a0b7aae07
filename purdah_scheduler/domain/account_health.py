"""How an account was when its platform was last asked, and what of that a person should act on."""

from datetime import datetime, timedelta
from enum import StrEnum

from purdah_scheduler.lean import lean_dataclass

AHEAD = timedelta(days=14)
"""So long before credentials end people are told."""


class Health(StrEnum):
    """How an account is, the worst last."""

    WELL = "well"
    LATER = "later"
    UNREACHABLE = "unreachable"
    NEEDS_LOGIN = "needs-login"
    NOT_SET_UP = "not-set-up"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class LastCheck:
    """What came of asking at that time; `expires_at`: when the credentials end, where the platform or a person says so."""

    account: str
    at: datetime
    health: Health
    said: str
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None or (self.expires_at is not None and self.expires_at.tzinfo is None):
            raise ValueError("a check needs aware instants")

    @property
    def is_refused(self) -> bool:
        """Whether the platform did not take the credentials, or there were none."""
        return self.health in (Health.NEEDS_LOGIN, Health.NOT_SET_UP)

    def needs_login(self, now: datetime) -> bool:
        """Whether a person must act before anything more can be counted on: they are refused, or have ended."""
        return self.is_refused or (self.expires_at is not None and self.expires_at <= now)

    def ends_soon(self, now: datetime, *, last_due: datetime | None = None) -> bool:
        """Whether the credentials end within `AHEAD`, or before the last post that is queued on the account."""
        if self.expires_at is None:
            return False
        return self.expires_at <= now + AHEAD or (last_due is not None and self.expires_at <= last_due)
