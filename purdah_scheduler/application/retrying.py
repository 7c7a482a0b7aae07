"""Retry as a returned value: when a delivery that was provably not sent may be tried again, or that it may not."""

from datetime import datetime, timedelta

from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class RetryAt:
    """Try again at this instant."""

    at: datetime


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """No try fits before the post would be too late; the sentence says why."""

    reason: str


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class RetryRules:
    """Backoff: `first`, doubling up to `most`, between tries."""

    first: timedelta = timedelta(seconds=5)
    most: timedelta = timedelta(minutes=5)


def decide(
    *,
    attempts: int,
    now: datetime,
    due_at: datetime,
    max_lateness: timedelta,
    not_after: datetime | None,
    after: timedelta | None,
    rules: RetryRules,
) -> RetryAt | GiveUp:
    """When to try again after `attempts` (at least 1) tries; `after` is what the platform asked for.

    The bound is the post's own: a try at the last allowed instant would come too late, so it must be before its allowed
    lateness ends and before its window closes.
    """
    pause = min(rules.first * 2 ** min(max(attempts, 1) - 1, 16), rules.most)
    pause = max(pause, after or timedelta(0))
    latest = due_at + max_lateness
    if not_after is not None:
        latest = min(latest, not_after)
    # Compared as spans: what a platform asks for may lie beyond the last date that there is.
    if pause >= latest - now:
        return GiveUp(reason="It could not be sent in time, and nothing late is sent by itself.")
    return RetryAt(at=now + pause)
