"""Civil time: what is read as which instant, what is refused, and what people and programs are shown."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purdah_scheduler.domain.civiltime import (
    Moment,
    day_bounds,
    format_clock,
    format_local,
    instant_of,
    local_date,
    london,
    month_weeks,
    parse_local,
    rfc3339,
)
from purdah_scheduler.errors import BadTime

LONDON = ZoneInfo("Europe/London")
# Tuesday 14 April 2026, 10:00:37 BST
NOW = datetime(2026, 4, 14, 9, 0, 37, 5, tzinfo=UTC)


def at(text: str, now: datetime = NOW) -> str:
    return parse_local(text, now=now, zone=LONDON).at.strftime("%Y-%m-%dT%H:%M:%SZ")


def refusal(text: str, now: datetime = NOW) -> str:
    with pytest.raises(BadTime) as caught:
        parse_local(text, now=now, zone=LONDON)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-07T09:30", "2026-05-07T08:30:00Z"),
        ("2026-05-07 09:30", "2026-05-07T08:30:00Z"),
        ("2026-05-07T09:30:15", "2026-05-07T08:30:15Z"),
        ("2026-01-07T09:30", "2026-01-07T09:30:00Z"),
        ("7 May 2026 9:30", "2026-05-07T08:30:00Z"),
        ("7th may 9.30am", "2026-05-07T08:30:00Z"),
        ("Thu 7 May 2026 09:30", "2026-05-07T08:30:00Z"),
        ("Thursday, 7 May 2026 9:30 pm", "2026-05-07T20:30:00Z"),
        ("1 Sept 2026 09:00", "2026-09-01T08:00:00Z"),
        ("14/4 09:30", "2026-04-14T08:30:00Z"),
        ("14/4/2026 9am", "2026-04-14T08:00:00Z"),
        ("3/4/2027 9am", "2027-04-03T08:00:00Z"),
        ("today 09:30", "2026-04-14T08:30:00Z"),
        ("Tomorrow  09:30", "2026-04-15T08:30:00Z"),
        ("tomorrow at 9pm", "2026-04-15T20:00:00Z"),
        ("yesterday 09:30", "2026-04-13T08:30:00Z"),
        ("today 12am", "2026-04-13T23:00:00Z"),
        ("today 12pm", "2026-04-14T11:00:00Z"),
        ("next tuesday 9am", "2026-04-21T08:00:00Z"),
        ("next tuesday 11am", "2026-04-21T10:00:00Z"),
        ("next wednesday 9am", "2026-04-15T08:00:00Z"),
        ("tue 10:00", "2026-04-21T09:00:00Z"),
        ("tue 10:01", "2026-04-14T09:01:00Z"),
        ("this fri 9:30", "2026-04-17T08:30:00Z"),
        ("+3d 09:00", "2026-04-17T08:00:00Z"),
        ("+1w 09:00", "2026-04-21T08:00:00Z"),
        ("+2h", "2026-04-14T11:00:37Z"),
        ("+90m", "2026-04-14T10:30:37Z"),
        ("now", "2026-04-14T09:00:37Z"),
        ("noon", "2026-04-14T11:00:00Z"),
        ("midnight", "2026-04-14T23:00:00Z"),
        ("tomorrow noon", "2026-04-15T11:00:00Z"),
        ("Tue 14 Apr 2026 14:30 BST", "2026-04-14T13:30:00Z"),
        ("2026-05-07T09:30Z", "2026-05-07T09:30:00Z"),
        ("2026-05-07T09:30+01:00", "2026-05-07T08:30:00Z"),
        ("2026-05-07T09:30-0500", "2026-05-07T14:30:00Z"),
        ("2028-02-29 09:00", "2028-02-29T09:00:00Z"),
    ],
)
def test_what_people_type_is_read_as_the_instant_they_mean(text: str, expected: str) -> None:
    assert at(text) == expected


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2015-03-30T00:30", "2015-03-29T23:30:00Z"),
        ("2024-05-25T00:01", "2024-05-24T23:01:00Z"),
        ("2019-11-06T00:01", "2019-11-06T00:01:00Z"),
        ("2026-04-08T00:01", "2026-04-07T23:01:00Z"),
        ("2024-03-31T00:59", "2024-03-31T00:59:00Z"),
        ("2024-03-31T02:00", "2024-03-31T01:00:00Z"),
        ("2024-10-27T00:59", "2024-10-26T23:59:00Z"),
        ("2024-10-27T02:00", "2024-10-27T02:00:00Z"),
    ],
)
def test_local_times_beside_a_clock_change_have_their_own_instants(local: str, utc: str) -> None:
    assert at(local) == utc


@pytest.mark.parametrize("text", ["2024-10-27T01:30", "27/10/2024 1:30am", "Sun 27 Oct 2024 01:30"])
def test_a_time_that_happens_twice_is_refused_with_both_readings_as_they_can_be_typed(text: str) -> None:
    message = refusal(text)
    assert "happens twice" in message
    assert "2024-10-27T01:30+01:00 or 2024-10-27T01:30+00:00" in message
    assert at("2024-10-27T01:30+01:00") == "2024-10-27T00:30:00Z"
    assert at("2024-10-27T01:30+00:00") == "2024-10-27T01:30:00Z"
    assert at("2024-10-27 01:30 BST") == "2024-10-27T00:30:00Z"
    assert at("2024-10-27 01:30 GMT") == "2024-10-27T01:30:00Z"


def test_a_time_that_does_not_exist_is_refused_with_both_readings_as_they_can_be_typed() -> None:
    message = refusal("2015-03-29T01:30")
    assert "does not exist" in message
    assert "clocks go forward" in message
    assert "2015-03-29T02:30+01:00 or 2015-03-29T00:30+00:00" in message
    assert at("2015-03-29T02:30+01:00") == "2015-03-29T01:30:00Z"
    assert at("2015-03-29T00:30+00:00") == "2015-03-29T00:30:00Z"


def test_relative_hours_count_elapsed_time_over_a_clock_change() -> None:
    before_the_change = datetime(2024, 10, 26, 23, 30, tzinfo=UTC)
    assert at("+3h", before_the_change) == "2024-10-27T02:30:00Z"
    assert at("+1d 00:30", before_the_change) == "2024-10-28T00:30:00Z"


def test_a_relative_day_that_lands_on_a_missing_time_is_refused() -> None:
    assert "does not exist" in refusal("tomorrow 01:30", datetime(2024, 3, 30, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "No time was given"),
        ("   ", "No time was given"),
        ("2026-05-07", "a day without a time"),
        ("tomorrow", "a day without a time"),
        ("7 May", "a day without a time"),
        ("+3d", "a day without a time"),
        ("09:30", "today 09:30 or tomorrow 09:30"),
        ("tomorrow 9", "no am or pm"),
        ("2026-13-45", "no such date"),
        ("2026-13-45 09:30", "no such date"),
        ("4/14 09:30", "no such date"),
        ("31/4/2026 09:30", "no such date"),
        ("2026-02-29 09:00", "no such date"),
        ("today 24:00", "not a time of day"),
        ("today 9:60", "not a time of day"),
        ("today 13pm", "not a time of day"),
        ("today 0am", "not a time of day"),
        ("tomorow 9", "Did you mean “tomorrow”?"),
        ("tomorow 09:00", "Did you mean “tomorrow”?"),
        ("7 Agust 09:00", "Did you mean “august”?"),
        ("Tomato 14 Apr 2026 14:30", "not a time that can be read"),
        ("Wed 14 Apr 2026 14:30", "Tue 14 Apr 2026 is not a Wednesday"),
        ("tomorrow midnight", "2026-04-15T00:00 or 2026-04-16T00:00"),
        ("13/4 09:00", "Mon 13 Apr 2026 has passed"),
        ("1999-12-31 09:00", "outside 2000 to 2100"),
        ("9999-12-31T23:59-12:00", "outside 2000 to 2100"),
        ("2026-05-07T09:30+25:00", "not an offset"),
        ("2026-05-07T09:30.5", "not a time that can be read"),
        ("14-04-2026 09:00", "not a time that can be read"),
        ("\uff17 May 2026 09:30", "not a time that can be read"),
        ("-2h", "not a time that can be read"),
        ("tomorrowt9:30", "not a time that can be read"),
        ("9" * 200, "not a time that can be read"),
    ],
)
def test_what_cannot_be_read_for_certain_is_refused_in_words(text: str, says: str) -> None:
    message = refusal(text)
    assert says in message
    assert "no time was set" in message


@pytest.mark.parametrize("text", ["\x1b[2J", "9\x7f", "tomorrow\u202e 09:60", "7 May\n2026", "\ud800 9am", "x\u2028y midnight"])
def test_what_a_terminal_would_obey_is_written_out_in_the_refusal(text: str) -> None:
    assert refusal(text).isprintable()


def test_a_date_with_no_year_is_the_next_such_date() -> None:
    assert at("1/3 09:00") == "2027-03-01T09:00:00Z"
    assert at("31 December 09:00") == "2026-12-31T09:00:00Z"
    assert at("29/2 09:00", datetime(2027, 6, 1, tzinfo=UTC)) == "2028-02-29T09:00:00Z"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in 2 hours", "2026-04-14T11:00:37Z"),
        ("in two hours", "2026-04-14T11:00:37Z"),
        ("in half an hour", "2026-04-14T09:30:37Z"),
        ("in an hour and a half", "2026-04-14T10:30:37Z"),
        ("90 minutes from now", "2026-04-14T10:30:37Z"),
        ("in 3 days 14:00", "2026-04-17T13:00:00Z"),
        ("in a fortnight at 9am", "2026-04-28T08:00:00Z"),
        ("11:30", "2026-04-14T10:30:00Z"),
        ("half past eleven", "2026-04-14T10:30:00Z"),
        ("tomorrow half past nine", "2026-04-15T08:30:00Z"),
        ("Half past nine, tomorrow", "2026-04-15T08:30:00Z"),
        ("tomorrow at half nine", "2026-04-15T08:30:00Z"),
        ("quarter to five pm", "2026-04-14T15:45:00Z"),
        ("friday at ten to nine", "2026-04-17T07:50:00Z"),
        ("tomorrow quarter past twelve", "2026-04-15T11:15:00Z"),
        ("nine o\u2019clock tomorrow", "2026-04-15T08:00:00Z"),
        ("tomorrow nine thirty am", "2026-04-15T08:30:00Z"),
        ("tomorrow nine am", "2026-04-15T08:00:00Z"),
        ("tonight at nine", "2026-04-14T20:00:00Z"),
        ("this evening 7:30", "2026-04-14T18:30:00Z"),
        ("3 in the afternoon on friday", "2026-04-17T14:00:00Z"),
        ("tomorrow evening 19:30", "2026-04-15T18:30:00Z"),
        ("9:30 tomorrow", "2026-04-15T08:30:00Z"),
        ("noon on thursday", "2026-04-16T11:00:00Z"),
        ("2pm 14/5", "2026-05-14T13:00:00Z"),
        ("first monday in march 9am", "2027-03-01T09:00:00Z"),
        ("9am on the first monday in march 2028", "2028-03-06T09:00:00Z"),
        ("last friday of may at noon", "2026-05-29T11:00:00Z"),
        ("second tuesday of next month 10:00", "2026-05-12T09:00:00Z"),
        ("last monday of this month 10:00", "2026-04-27T09:00:00Z"),
        ("last thursday in february 2028 9am", "2028-02-24T09:00:00Z"),
        ("fifth tuesday in february 2028 9am", "2028-02-29T09:00:00Z"),
        ("the day after tomorrow noon", "2026-04-16T11:00:00Z"),
        ("monday week 9am", "2026-04-27T08:00:00Z"),
        ("a week on friday 9am", "2026-04-24T08:00:00Z"),
        ("a week today 9am", "2026-04-21T08:00:00Z"),
        ("a fortnight tomorrow 9am", "2026-04-29T08:00:00Z"),
        ("friday next week 10:00", "2026-04-24T09:00:00Z"),
        ("next week on monday 10:00", "2026-04-20T09:00:00Z"),
        ("april 20 9am", "2026-04-20T08:00:00Z"),
        ("the 20th of april at 9am", "2026-04-20T08:00:00Z"),
        ("14/4/27 9:30", "2027-04-14T08:30:00Z"),
    ],
)
def test_times_are_read_as_people_say_them(text: str, expected: str) -> None:
    assert at(text) == expected


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("tomorrow at half past two", "tomorrow 02:30", "tomorrow 14:30"),
        ("ten to five on friday", "friday 04:50", "friday 16:50"),
        ("tomorrow 9", "tomorrow 09:00", "tomorrow 21:00"),
        ("tomorrow evening at 12", "tomorrow 00:00", "tomorrow 12:00"),
        ("tuesday week 9am", "2026-04-21", "2026-04-28"),
        ("midnight tomorrow", "2026-04-15T00:00", "2026-04-16T00:00"),
        ("09:30", "today 09:30", "tomorrow 09:30"),
        ("half past one am on 25 oct 2026", "2026-10-25T01:30+01:00", "2026-10-25T01:30+00:00"),
        ("half past one am on 28 mar 2027", "2027-03-28T02:30+01:00", "2027-03-28T00:30+00:00"),
    ],
)
def test_words_with_two_readings_are_refused_with_both(text: str, first: str, second: str) -> None:
    message = refusal(text)
    assert first in message
    assert second in message
    assert "no time was set" in message or "No time was set" in message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tomorrow morning", "Add the time: tomorrow 09:30"),
        ("99 past nine", "no time of day"),
        ("fifth monday in february 2026 9am", "has no fifth"),
        ("first monday in april 9am", "was on 2026-04-06"),
        ("in 3 days", "a day without a time"),
        ("tomorrow evening 9am", "no time was set"),
        ("first funday in march 9am", "not a time that can be read"),
        ("12 past 13", "no time of day"),
    ],
)
def test_words_that_name_no_time_are_refused(text: str, says: str) -> None:
    assert says in refusal(text)


def test_a_time_alone_is_todays_while_it_is_still_to_come() -> None:
    assert at("10:01") == "2026-04-14T09:01:00Z"
    assert "has passed today" in refusal("10:00")


_wall_times = st.datetimes(  # Hypothesis wants its bounds naive
    min_value=datetime(2001, 1, 1),  # noqa: DTZ001 - see above
    max_value=datetime(2099, 12, 30),  # noqa: DTZ001 - see above
)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_no_text_makes_the_reader_fail_in_any_other_way(text: str) -> None:
    try:
        found = parse_local(text, now=NOW, zone=LONDON)
    except BadTime:
        return
    assert found.at.tzinfo is UTC


@settings(deadline=None)
@given(
    st.from_regex(
        r"\A(now|today|tomorrow|next mon|sat|\+[0-9]{1,3}[dw]|[0-9]{1,2}/[0-9]{1,2}|"
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2} [a-z]{3})"
        r"([ t][0-9]{1,2}([:.][0-9]{2})?(am|pm|z|[+-][0-9]{4})?)?\Z"
    )
)
def test_no_near_miss_of_a_time_makes_the_reader_fail_in_any_other_way(text: str) -> None:
    try:
        shown = parse_local(text, now=NOW, zone=LONDON).text
    except BadTime as fault:
        shown = fault.next_step
    assert shown


@settings(deadline=None)
@given(_wall_times)
def test_what_programs_are_shown_reads_back_as_the_same_instant(wall: datetime) -> None:
    instant = wall.replace(microsecond=0, tzinfo=UTC)
    assert parse_local(rfc3339(instant, LONDON), now=NOW, zone=LONDON).at == instant
    to_the_minute = instant.replace(second=0)
    assert parse_local(format_local(instant, LONDON), now=NOW, zone=LONDON).at == to_the_minute


@settings(deadline=None)
@given(_wall_times)
def test_a_wall_time_is_either_exact_or_refused(wall: datetime) -> None:
    try:
        instant = instant_of(wall, LONDON)
    except BadTime:
        assert wall.month in (3, 10)
        assert wall.hour == 1
    else:
        assert instant.astimezone(LONDON).replace(tzinfo=None) == wall


def test_people_are_shown_weekday_date_time_and_zone() -> None:
    instant = datetime(2026, 4, 14, 13, 30, tzinfo=UTC)
    assert format_local(instant, LONDON) == "Tue 14 Apr 2026 14:30 BST"
    assert format_local(datetime(2026, 1, 5, 9, 5, tzinfo=UTC), LONDON) == "Mon 5 Jan 2026 09:05 GMT"
    assert format_local(instant, LONDON, NOW) == "today 14:30 BST"
    assert format_local(instant, LONDON, NOW - timedelta(days=1)) == "tomorrow 14:30 BST"
    assert format_local(instant, LONDON, NOW + timedelta(days=1)) == "yesterday 14:30 BST"
    assert format_local(instant, LONDON, NOW + timedelta(days=2)) == "Tue 14 Apr 2026 14:30 BST"


def test_today_is_the_local_day_not_the_utc_day() -> None:
    just_after_midnight = datetime(2024, 5, 24, 23, 1, tzinfo=UTC)
    assert local_date(just_after_midnight, LONDON) == date(2024, 5, 25)
    assert at("today 09:00", just_after_midnight) == "2024-05-25T08:00:00Z"


def test_a_local_day_has_23_24_or_25_hours() -> None:
    hours = [
        (last - first) / timedelta(hours=1)
        for first, last in (day_bounds(day, LONDON) for day in (date(2024, 3, 31), date(2024, 5, 25), date(2024, 10, 27)))
    ]
    assert hours == [23, 24, 25]


def test_a_month_calendar_starts_on_mondays_and_numbers_weeks_as_iso_does() -> None:
    weeks = month_weeks(2027, 1)
    assert weeks[0].number == 53
    assert weeks[0].days[0] == date(2026, 12, 28)
    assert [week.number for week in weeks] == [53, 1, 2, 3, 4]
    assert all(len(week.days) == 7 and week.days[0].weekday() == 0 for week in weeks)


def test_a_moment_refuses_anything_but_utc() -> None:
    with pytest.raises(ValueError, match="UTC"):
        Moment(at=datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))), text="x", zone="Europe/London")
    assert parse_local(" noon ", now=NOW, zone=london()) == Moment(
        at=datetime(2026, 4, 14, 11, tzinfo=UTC), text="noon", zone="Europe/London"
    )


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ("2026-10-24T23:59Z", "00:59"),
        ("2026-10-25T00:30Z", "01:30 BST"),
        ("2026-10-25T01:30Z", "01:30 GMT"),
        ("2026-10-25T02:00Z", "02:00"),
        ("2027-03-28T01:30Z", "02:30"),
    ],
)
def test_a_time_of_day_carries_its_zone_only_in_the_hour_that_happens_twice(at: str, says: str) -> None:
    assert format_clock(datetime.fromisoformat(at), ZoneInfo("Europe/London")) == says
