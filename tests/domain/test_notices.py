"""Quiet hours by the clock on the wall, and who is told what by which way."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from purdah_scheduler.domain.notices import NoticeKind, NoticeRules, QuietHours, Subscriber, Way, WayKind

LONDON = ZoneInfo("Europe/London")
NIGHT = QuietHours(starts=time(19), ends=time(7, 30))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-01-10T18:59:59", None),
        ("2026-01-10T19:00:00", "2026-01-11T07:30:00"),
        ("2026-01-11T00:00:00", "2026-01-11T07:30:00"),
        ("2026-01-11T07:29:59", "2026-01-11T07:30:00"),
        ("2026-01-11T07:30:00", None),
        ("2026-07-10T18:30:00", "2026-07-11T06:30:00"),
        # The nights in which the clocks change: 23:00 is three hours away by the wall, two or four by the instant.
        ("2026-03-28T22:00:00", "2026-03-29T06:30:00"),
        ("2026-10-24T21:00:00", "2026-10-25T07:30:00"),
    ],
)
def test_quiet_hours_go_over_midnight_and_by_the_wall(moment: str, until: str | None) -> None:
    assert NIGHT.until(at(moment), LONDON) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("moment", "until"),
    [("2026-01-10T12:30:00", "2026-01-10T13:00:00"), ("2026-01-10T13:00:00", None), ("2026-01-10T23:00:00", None)],
)
def test_quiet_hours_within_a_day(moment: str, until: str | None) -> None:
    assert QuietHours(starts=time(12), ends=time(13)).until(at(moment), LONDON) == (at(until) if until else None)


def test_an_end_that_the_clocks_pass_over_is_as_much_later() -> None:
    assert QuietHours(starts=time(22), ends=time(1, 30)).until(at("2026-03-29T00:10:00"), LONDON) == at("2026-03-29T01:30:00")


def test_an_end_that_happens_twice_is_over_at_its_first_and_never_in_the_past() -> None:
    hours = QuietHours(starts=time(22), ends=time(1, 30))
    assert hours.until(at("2026-10-25T00:10:00"), LONDON) == at("2026-10-25T00:30:00")
    assert hours.until(at("2026-10-25T01:10:00"), LONDON) == at("2026-10-25T01:30:00")


def test_people_who_share_a_way_are_told_together_and_only_of_what_they_want() -> None:
    rules = NoticeRules(
        ways=(Way(id="room", kind=WayKind.APPRISE), Way(id="mail", kind=WayKind.APPRISE)),
        subscribers=(
            Subscriber(person="ann", ways=("room",)),
            Subscriber(person="bob", ways=("room", "mail"), kinds=frozenset({NoticeKind.HELD})),
        ),
    )
    assert rules.told(NoticeKind.HELD) == {"room": ("ann", "bob"), "mail": ("bob",)}
    assert rules.told(NoticeKind.MISSED) == {"room": ("ann",)}
    assert rules.told(NoticeKind.HELD, {"bob"}) == {"room": ("bob",), "mail": ("bob",)}
