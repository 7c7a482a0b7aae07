"""Where a period stands at a moment: before it, in it, past its end, or not at all."""

from datetime import datetime
from enum import StrEnum

from purdah_scheduler.domain.periods import Period


class Standing(StrEnum):
    """A word for where a period stands. `awaiting its end`: in force until a person records that it is over."""

    COMING = "coming"
    ANNOUNCED = "announced"
    IN_FORCE = "in force"
    AWAITING_END = "awaiting its end"
    OVER = "over"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether it holds no more, or never did."""
        return self in (Standing.OVER, Standing.SUPPRESSED, Standing.CANCELLED)


def standing(period: Period, now: datetime) -> Standing:
    """Where the period stands at `now`."""
    if period.is_off:
        return Standing.SUPPRESSED if period.suppressed else Standing.CANCELLED
    if period.in_force(now):
        return Standing.AWAITING_END if period.awaiting_lift(now) else Standing.IN_FORCE
    ended = period.ended_at()
    if ended is not None and ended <= now:
        return Standing.OVER
    return Standing.ANNOUNCED if period.in_notice_gap(now) else Standing.COMING
