"""Rules that repeat: what words mean, that wall time holds over the clocks' changes, and that every rule has an end."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.domain.recurrence import MOST_TIMES, read_rule, times_of
from purdah_scheduler.errors import BadInput
from tests.fuzz import fuzzed, in_time, read_or_refused, texts

LONDON = ZoneInfo("Europe/London")


def walls(rule: str, first: str, **end: object) -> list[str]:
    """The times of a rule as London shows them."""
    start = datetime.fromisoformat(first).replace(tzinfo=LONDON)
    found = times_of(read_rule(rule), first=start, **{"until": None, "count": None, **end})  # type: ignore[arg-type]  # by name
    return [each.at.astimezone(LONDON).strftime("%a %d %b %H:%M %Z") for each in found]


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("week", "FREQ=WEEKLY"),
        ("every 2 weeks", "FREQ=WEEKLY;INTERVAL=2"),
        ("fortnight", "FREQ=WEEKLY;INTERVAL=2"),
        ("other day", "FREQ=DAILY;INTERVAL=2"),
        ("weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("Thu, mon and wednesday", "FREQ=WEEKLY;BYDAY=MO,WE,TH"),
        ("2 weeks on monday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
        ("month on the first monday", "FREQ=MONTHLY;BYDAY=1MO"),
        ("month on the last Friday", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("month on the 15th", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("month on the last day", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("quarter", "FREQ=MONTHLY;INTERVAL=3"),
        ("year", "FREQ=YEARLY"),
        ("rrule:freq=monthly;byday=1MO", "FREQ=MONTHLY;BYDAY=1MO"),
    ],
)
def test_words_mean_a_rule(words: str, rule: str) -> None:
    assert read_rule(words) == rule


@pytest.mark.parametrize(
    "words",
    [
        *(
            "",
            "soon",
            "hour",
            "0 weeks",
            "month on the 32nd",
            "month on the fifth blueday",
            "week on the 15th",
            "monday tomorrow",
        ),
        *("FREQ=HOURLY", "FREQ=DAILY;COUNT=3", "FREQ=DAILY;UNTIL=20300101", "FREQ=DAILY;BYHOUR=9", "BYDAY=MO", "FREQ=DAILY;X"),
        *("FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;INTERVAL=0", "FREQ=MONTHLY;BYDAY=9MO"),
    ],
)
def test_what_is_no_rule_is_refused(words: str) -> None:
    with pytest.raises(BadInput, match="othing was made"):
        read_rule(words)


def test_nine_stays_nine_over_both_nights_on_which_the_clocks_change() -> None:
    assert walls("day", "2026-03-28T09:00", count=3) == ["Sat 28 Mar 09:00 GMT", "Sun 29 Mar 09:00 BST", "Mon 30 Mar 09:00 BST"]
    assert walls("day", "2026-10-24T09:00", count=3) == ["Sat 24 Oct 09:00 BST", "Sun 25 Oct 09:00 GMT", "Mon 26 Oct 09:00 GMT"]


def test_a_time_that_the_clocks_jump_over_moves_by_the_jump_and_says_so() -> None:
    first = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)
    found = times_of("FREQ=DAILY", first=first, until=None, count=3)
    assert [(each.at.astimezone(LONDON).strftime("%d %H:%M"), each.shifted) for each in found] == [
        ("28 01:30", False),
        ("29 02:30", True),
        ("30 01:30", False),
    ]


def test_a_time_that_happens_twice_is_the_first_of_the_two() -> None:
    assert walls("day", "2026-10-24T01:30", count=2) == ["Sat 24 Oct 01:30 BST", "Sun 25 Oct 01:30 BST"]


def test_the_first_monday_and_the_end_count_by_local_days() -> None:
    assert walls("month on the first monday", "2026-09-01T09:00", until=date(2026, 12, 7)) == [
        "Mon 07 Sep 09:00 BST",
        "Mon 05 Oct 09:00 BST",
        "Mon 02 Nov 09:00 GMT",
        "Mon 07 Dec 09:00 GMT",
    ]
    assert len(walls("month on the first monday", "2026-09-01T09:00", until=date(2026, 12, 6))) == 3


def test_a_month_without_the_day_has_no_time_and_a_leap_day_comes_every_four_years() -> None:
    assert walls("month on the 31st", "2026-01-31T09:00", count=3) == [
        "Sat 31 Jan 09:00 GMT",
        "Tue 31 Mar 09:00 BST",
        "Sun 31 May 09:00 BST",
    ]
    assert walls("year", "2028-02-29T09:00", count=2) == ["Tue 29 Feb 09:00 GMT", "Sun 29 Feb 09:00 GMT"]


@pytest.mark.parametrize(
    ("end", "says"),
    [
        ({}, "has one end"),
        ({"until": date(2026, 12, 1), "count": 3}, "has one end"),
        ({"count": 0}, "1 to 60"),
        ({"count": MOST_TIMES + 1}, "1 to 60"),
        ({"until": date(2027, 1, 1)}, "more than 60"),
        ({"until": date(2025, 1, 1)}, "no such times"),
    ],
)
def test_a_series_without_one_usable_end_is_refused(end: dict[str, object], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        walls("day", "2026-09-01T09:00", **end)


def test_a_rule_that_never_comes_is_refused_soon() -> None:
    with pytest.raises(BadInput, match="no such times"):
        walls("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-09-01T09:00", count=2)


_PIECES = st.sampled_from(
    [
        *("INTERVAL=1", "INTERVAL=99", "BYDAY=MO,-1FR", "BYDAY=5SU", "BYDAY=TU", "BYMONTHDAY=31", "BYMONTHDAY=-1,29"),
        *("BYMONTH=2", "BYMONTH=4,12", "BYSETPOS=-1", "BYSETPOS=99", "WKST=SU", "INTERVAL=0", "BYMONTHDAY=0"),
    ]
)
_RULES = st.tuples(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]), st.lists(_PIECES, max_size=4)).map(
    lambda drawn: ";".join([f"FREQ={drawn[0]}", *drawn[1]])
)


@in_time
@fuzzed
@given(texts | st.from_regex(r"FREQ=(DAILY|YEARLY)(;[A-Z]{2,10}=[A-Z0-9,+-]{0,9}){0,3}", fullmatch=True) | _RULES)
def test_any_rule_is_followed_or_refused(text: str) -> None:
    with read_or_refused(BadInput):
        found = times_of(read_rule(text), first=datetime(2026, 3, 1, 9, tzinfo=UTC), until=None, count=5)
        assert [each.at for each in found] == sorted({each.at for each in found})
