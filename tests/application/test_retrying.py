"""Retries come later each time, as late as the platform asks, and never too late for the post itself."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.application.retrying import GiveUp, RetryAt, RetryRules, decide

DUE = datetime(2026, 5, 7, 9, 0, tzinfo=UTC)
RULES = RetryRules(first=timedelta(seconds=20), most=timedelta(minutes=10))
QUARTER = timedelta(minutes=15)


def after(
    attempts: int,
    *,
    late: timedelta = timedelta(0),
    asked: timedelta | None = None,
    max_lateness: timedelta = timedelta(hours=5),
    not_after: datetime | None = None,
) -> RetryAt | GiveUp:
    return decide(
        attempts=attempts,
        now=DUE + late,
        due_at=DUE,
        max_lateness=max_lateness,
        not_after=not_after,
        after=asked,
        rules=RULES,
    )


def test_the_pause_doubles_until_it_is_the_longest() -> None:
    seconds = []
    for attempts in range(1, 9):
        choice = after(attempts)
        assert isinstance(choice, RetryAt)
        seconds.append((choice.at - DUE).total_seconds())
    assert seconds == [20, 40, 80, 160, 320, 600, 600, 600]


def test_a_longer_wait_that_the_platform_asks_for_is_kept() -> None:
    assert after(1, asked=timedelta(minutes=3)) == RetryAt(at=DUE + timedelta(minutes=3))


def test_a_shorter_wait_that_the_platform_asks_for_does_not_shorten_ours() -> None:
    assert after(3, asked=timedelta(seconds=1)) == RetryAt(at=DUE + timedelta(seconds=80))
    assert after(1, asked=timedelta(seconds=-5)) == RetryAt(at=DUE + timedelta(seconds=20))


def test_a_try_at_the_last_allowed_instant_would_be_too_late() -> None:
    just_in_time = QUARTER - timedelta(seconds=21)
    assert isinstance(after(1, late=just_in_time, max_lateness=QUARTER), RetryAt)
    assert isinstance(after(1, late=QUARTER - timedelta(seconds=20), max_lateness=QUARTER), GiveUp)


def test_a_try_when_the_window_closes_would_be_too_late() -> None:
    assert isinstance(after(1, not_after=DUE + timedelta(seconds=21)), RetryAt)
    assert isinstance(after(1, not_after=DUE + timedelta(seconds=20)), GiveUp)


def test_a_rate_limit_that_ends_in_a_later_millennium_gives_up_instead_of_failing() -> None:
    assert isinstance(after(1, asked=timedelta.max), GiveUp)


def test_no_number_of_tries_overflows() -> None:
    assert after(10**9) == RetryAt(at=DUE + RULES.most)


@given(
    attempts=st.integers(-1, 60),
    late=st.timedeltas(timedelta(0), timedelta(hours=1)),
    asked=st.none() | st.timedeltas(timedelta(-1), timedelta(days=30)),
    window=st.none() | st.timedeltas(timedelta(seconds=1), timedelta(hours=1)),
)
def test_a_retry_is_after_now_and_in_time_or_there_is_none(
    attempts: int, late: timedelta, asked: timedelta | None, window: timedelta | None
) -> None:
    not_after = None if window is None else DUE + window
    choice = after(attempts, late=late, asked=asked, max_lateness=QUARTER, not_after=not_after)
    if isinstance(choice, RetryAt):
        assert choice.at >= DUE + late + RULES.first
        assert choice.at < DUE + QUARTER
        assert not_after is None or choice.at < not_after
        assert asked is None or choice.at >= DUE + late + asked
