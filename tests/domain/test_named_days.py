"""People name a day to look at as they like, and what names none is refused."""

from datetime import date, datetime

import pytest

from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.named_days import read_day
from purdah_scheduler.errors import BadTime

NOW = datetime(2026, 4, 14, 10, 42, tzinfo=london())


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("14 apr", date(2026, 4, 14)),
        ("1 apr", date(2026, 4, 1)),
        ("1/4", date(2026, 4, 1)),
        ("25/12/2027", date(2027, 12, 25)),
        ("2027-12-25", date(2027, 12, 25)),
        ("tomorrow", date(2026, 4, 15)),
        ("+2w", date(2026, 4, 28)),
        ("fri", date(2026, 4, 17)),
        ("next tuesday", date(2026, 4, 21)),
        ("7 May 2031", date(2031, 5, 7)),
        ("may", date(2026, 5, 1)),
        ("jan", date(2026, 1, 1)),
        ("may 2027", date(2027, 5, 1)),
        ("now", date(2026, 4, 14)),
    ],
)
def test_a_day_to_look_at_may_have_passed(typed: str, day: date) -> None:
    assert read_day(typed, now=NOW, zone=london()) == day


@pytest.mark.parametrize("typed", ["", "soonish", "31 feb", "may 3027", "ma"])
def test_what_names_no_day_is_refused(typed: str) -> None:
    with pytest.raises(BadTime, match="names no day"):
        read_day(typed, now=NOW, zone=london())
