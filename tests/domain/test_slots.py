"""Posting slots: what an entry means, and at which instants its slots are over the nights on which the clocks change."""

from datetime import UTC, date, datetime, time

import pytest

from purdah_scheduler.domain.slots import Slot, read_slots, slots_on
from purdah_scheduler.errors import BadInput


def words(text: str) -> list[str]:
    return [slot.words for slot in read_slots(text)]


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("Sat 10:30", ["Sat 10:30"]),
        ("Mon-Wed 09:00", ["Mon 09:00", "Tue 09:00", "Wed 09:00"]),
        ("friday,  mon 17:00, 09:00", ["Mon 09:00", "Mon 17:00", "Fri 09:00", "Fri 17:00"]),
        ("Mon-Tue, Tue-Wed 08:00", ["Mon 08:00", "Tue 08:00", "Wed 08:00"]),
        ("daily 12:00", [f"{day} 12:00" for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")]),
    ],
)
def test_an_entry_names_days_and_clocks(text: str, slots: list[str]) -> None:
    assert words(text) == slots


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a slot"),
        ("09:00", "not a slot"),
        ("Mon", "not a slot"),
        ("Mon 9:00", "not a slot"),
        ("Mon 09:00 Tue 10:00", "not a slot"),
        ("Mon 24:00", "not a time of day"),
        ("Mon 09:60", "not a time of day"),
        ("Moon 09:00", "“moon” is no day"),
        ("Mon- 09:00", "no day"),
        ("Fri-Mon 09:00", "over the end of the week"),
    ],
)
def test_what_is_no_slot_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_slots(text)


def test_a_slot_is_the_same_wall_time_in_winter_and_in_summer() -> None:
    slots = read_slots("daily 09:00")
    assert slots_on(slots, date(2026, 3, 28)) == (datetime(2026, 3, 28, 9, tzinfo=UTC),)
    assert slots_on(slots, date(2026, 3, 29)) == (datetime(2026, 3, 29, 8, tzinfo=UTC),)
    assert slots_on(slots, date(2026, 10, 25)) == (datetime(2026, 10, 25, 9, tzinfo=UTC),)


def test_a_slot_that_the_clocks_jump_over_is_left_out_that_night() -> None:
    slots = (Slot(weekday=6, clock=time(1, 30)), Slot(weekday=6, clock=time(2, 0)))
    assert slots_on(slots, date(2026, 3, 29)) == (datetime(2026, 3, 29, 1, tzinfo=UTC),)


def test_a_slot_that_happens_twice_is_the_first_of_the_two() -> None:
    assert slots_on(read_slots("Sun 01:30"), date(2026, 10, 25)) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC),)


def test_other_days_of_the_week_have_none_of_its_slots_and_a_leap_day_has_its_own() -> None:
    assert slots_on(read_slots("Sat 10:30"), date(2026, 4, 17)) == ()
    assert slots_on(read_slots("Tue 10:30"), date(2028, 2, 29)) == (datetime(2028, 2, 29, 10, 30, tzinfo=UTC),)
