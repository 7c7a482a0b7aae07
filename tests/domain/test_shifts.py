"""A shift keeps the time of day over days, lets hours really pass, and never lands on a time that no clock shows."""

from datetime import UTC, datetime, timedelta

import pytest

from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.shifts import Shift, read_shift
from purdah_scheduler.errors import BadTime

BEFORE_THE_CHANGE = datetime(2026, 10, 24, 8, 30, tzinfo=UTC)
"""09:30 in London on the day before the clocks go back."""


@pytest.mark.parametrize(
    ("typed", "shift"),
    [
        ("+1d", Shift(days=1)),
        (" -2 W ", Shift(days=-14)),
        ("+3h", Shift(time=timedelta(hours=3))),
        ("- 30m", Shift(time=timedelta(minutes=-30))),
    ],
)
def test_a_shift_is_read_as_it_is_typed(typed: str, shift: Shift) -> None:
    assert read_shift(typed) == shift


@pytest.mark.parametrize("typed", ["", "1d", "+1", "+d", "+1d 09:00", "+1000d", "tomorrow 9am", "+1y", "+\u0661d"])
def test_what_is_no_shift_is_left_to_others(typed: str) -> None:
    assert read_shift(typed) is None


def test_days_keep_the_time_of_day_over_the_change_of_the_clocks_and_hours_do_not() -> None:
    assert Shift(days=1).of(BEFORE_THE_CHANGE, london()) == BEFORE_THE_CHANGE + timedelta(hours=25)
    assert Shift(time=timedelta(hours=24)).of(BEFORE_THE_CHANGE, london()) == BEFORE_THE_CHANGE + timedelta(hours=24)


def test_a_time_that_no_clock_shows_or_that_happens_twice_is_refused() -> None:
    for wall, words in (
        (datetime(2026, 3, 28, 1, 30, tzinfo=UTC), "does not exist"),
        (datetime(2026, 10, 24, 0, 30, tzinfo=UTC), "twice"),
    ):
        with pytest.raises(BadTime, match=words):
            Shift(days=1).of(wall, london())
