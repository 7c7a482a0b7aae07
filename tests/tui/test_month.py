"""The month's weeks, lanes, letters and words are right at their edges: month ends, clock changes, open ends, full lanes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from purdah_scheduler.application.lists import Row
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.notable import Almanac, Notable, Sort
from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period, PeriodStatus
from purdah_scheduler.tui.month import (
    DayCount,
    MonthView,
    boundary,
    day_counts,
    in_force_on,
    letters,
    month_span,
    month_view,
    shifted,
)

ZONE = london()
TODAY = date(2026, 4, 14)


def local(*parts: int) -> datetime:
    """A wall time in London as an instant."""
    return datetime(*parts, tzinfo=ZONE).astimezone(UTC)  # type: ignore[misc, arg-type]  # only ints are given


def period(name: str, starts: datetime, ends: datetime, *, kind: Kind = Kind.LOCAL) -> Period:
    """An invented period that concerns the civil service in the whole UK."""
    return Period(
        id=name.lower().replace(" ", "-"),
        name=name,
        kind=kind,
        bodies=frozenset({Body.UK_CIVIL_SERVICE}),
        nations=frozenset({Nation.UK}),
        starts=starts,
        ends=ends,
    )


LOCAL = period("Local elections", local(2026, 3, 26), local(2026, 5, 7, 22))
SENEDD = period("Senedd Cymru", local(2026, 4, 8), local(2026, 5, 7, 22), kind=Kind.SENEDD)


def view(
    *periods: Period,
    year: int = 2026,
    month: int = 4,
    counts: dict[date, DayCount] | None = None,
    notables: Sequence[Notable] = (),
) -> MonthView:
    """The month with these periods and notable things alone."""
    return month_view(
        year,
        month,
        today=TODAY,
        zone=ZONE,
        periods=periods,
        counts=counts or {},
        named=letters(periods),
        rules={period.id: "particular care" for period in periods},
        almanac=Almanac(days={day: tuple(entry for entry in notables if entry.on == day) for day in {e.on for e in notables}}),
    )


def row(post: int, at: datetime | None, state: str = "scheduled") -> Row:
    """A line of the queue."""
    return Row(
        post=post,
        title=f"Post {post}",
        text="words",
        state=state,
        at=at,
        sort_at=at or local(2026, 4, 1),
        accounts=("dept-outbox",),
        category="announcement",
        author="asha",
        reason_code="",
        reason="",
        remote_url="",
        revision=1,
    )


def test_weeks_start_on_monday_and_carry_their_iso_number() -> None:
    april = view()
    assert [week.number for week in april.weeks] == [14, 15, 16, 17, 18]
    assert april.weeks[0].days[0].day == date(2026, 3, 30)
    assert not april.weeks[0].days[0].in_month
    assert all(week.days[0].day.weekday() == 0 for week in april.weeks)


def test_the_first_of_january_can_be_in_the_last_week_of_the_year_before() -> None:
    assert view(year=2027, month=1).weeks[0].number == 53


def test_a_band_has_edges_only_on_its_own_first_and_last_day() -> None:
    weeks = view(SENEDD).weeks
    assert [[(b.first, b.last, b.starts, b.ends) for b in week.bands] for week in weeks] == [
        [],
        [(2, 6, True, False)],
        [(0, 6, False, False)],
        [(0, 6, False, False)],
        [(0, 6, False, False)],
    ]
    last = view(SENEDD, month=5).weeks[1].bands[0]
    assert (last.first, last.last, last.starts, last.ends) == (0, 3, False, True)


def test_a_period_that_ends_at_midnight_does_not_touch_the_day_that_begins_then() -> None:
    to_midnight = period("Short", local(2026, 4, 14), local(2026, 4, 16))
    band = view(to_midnight).weeks[2].bands[0]
    assert (band.first, band.last, band.starts, band.ends) == (1, 2, True, True)


def test_a_period_that_starts_a_minute_after_midnight_in_summer_time_starts_on_that_local_day() -> None:
    started = period("General", local(2024, 5, 25, 0, 1), local(2024, 7, 5), kind=Kind.GENERAL)
    band = view(started, year=2024, month=5).weeks[3].bands[0]
    assert (band.first, band.starts) == (5, True)


def test_a_period_keeps_its_lane_in_every_week_of_the_month() -> None:
    short = period("By-election Northby", local(2026, 4, 1), local(2026, 4, 9), kind=Kind.BY_ELECTION)
    weeks = view(LOCAL, short, SENEDD).weeks
    lanes = {
        band.period.name: {b.lane for week in weeks for b in week.bands if b.period is band.period} for band in weeks[1].bands
    }
    assert lanes == {"Local elections": {0}, "By-election Northby": {1}, "Senedd Cymru": {2}}


def test_a_lane_is_used_again_once_its_period_is_over() -> None:
    early = period("Early", local(2026, 4, 1), local(2026, 4, 3))
    late = period("Late", local(2026, 4, 20), local(2026, 4, 22))
    assert {band.lane for week in view(early, late).weeks for band in week.bands} == {0}


def test_more_periods_than_lanes_leave_the_last_line_to_the_letters_of_the_rest() -> None:
    names = ("Alpha", "Bravo", "Castle", "Delta")
    crowd = [period(name, local(2026, 4, 1 + number), local(2026, 4, 30)) for number, name in enumerate(names)]
    week = view(*crowd).weeks[1]
    shown, hidden = week.shown(3)
    assert [band.period.name for band in shown] == ["Alpha", "Bravo"]
    assert [band.period.name for band in hidden] == ["Castle", "Delta"]
    assert week.shown(4) == (week.bands, ())


def test_a_provisional_period_is_dotted_and_a_confirmed_one_is_not() -> None:
    assert view(replace(LOCAL, status=PeriodStatus.PROVISIONAL)).weeks[0].bands[0].dotted
    assert not view(LOCAL).weeks[0].bands[0].dotted


def test_a_period_that_nobody_has_lifted_goes_on_dotted_past_its_earliest_end() -> None:
    waits = replace(period("Open", local(2026, 4, 1), local(2026, 4, 13)), end_mode=EndMode.MANUAL_LIFT)
    weeks = view(waits).weeks
    assert [band.dotted for week in weeks for band in week.bands] == [False, False, True, True, True]
    assert not any(band.ends for week in weeks for band in week.bands)


def test_a_cancelled_period_has_no_band() -> None:
    assert view(replace(LOCAL, status=PeriodStatus.CANCELLED)).bands == ()


def test_a_day_has_a_sign_for_each_sort_of_thing_and_a_word_for_the_first() -> None:
    day = date(2026, 4, 20)
    things = [
        Notable(on=day, sort=Sort.HOLIDAY, words="Queue Day", brief="Bank holiday"),
        Notable(on=day, sort=Sort.POLL, words="Local elections", brief="Polling day"),
        Notable(on=day, sort=Sort.POLL, words="Senedd election", brief="Polling day"),
        Notable(on=day, sort=Sort.BEGINS, words="First day"),
    ]
    cells = {cell.day: cell for cell in view(notables=sorted(things, key=lambda entry: list(Sort).index(entry.sort))).days}
    assert (cells[day].signs, cells[day].note) == ("Xh", "Polling day+")
    assert (cells[TODAY].signs, cells[TODAY].note) == ("", "")


def test_a_band_carries_the_rules_of_its_period_in_words() -> None:
    assert {band.rules for band in view(LOCAL).bands} == {"particular care"}


def test_today_is_marked_once() -> None:
    assert [cell.day for week in view().weeks for cell in week.days if cell.today] == [TODAY]


def test_letters_are_unique_among_periods_that_can_be_on_one_screen_and_free_again_later() -> None:
    again = period("Local by-elections", local(2026, 4, 20), local(2026, 5, 1))
    years_later = period("Local elections 2030", local(2030, 3, 26), local(2030, 5, 2))
    named = letters([years_later, again, LOCAL, SENEDD])
    assert named == {LOCAL.id: "L", SENEDD.id: "W", again.id: "O", years_later.id: "L"}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_period_has_a_letter_and_a_band(kind: Kind) -> None:
    of_kind = replace(LOCAL, kind=kind, end_mode=EndMode.MANUAL_LIFT)
    assert letters([of_kind])[LOCAL.id].isalpha()
    assert len(view(of_kind).bands) == 5


def test_letters_never_run_out_into_one_another() -> None:
    crowd = [replace(LOCAL, id=f"p{number}", name="Zzz") for number in range(26)]
    assert len(set(letters(crowd).values())) == 26


def test_posts_are_counted_on_their_local_day_and_only_while_they_can_still_be_sent_or_were() -> None:
    counts = day_counts(
        [
            row(1, local(2026, 4, 14, 0, 30)),
            row(2, local(2026, 4, 14, 23, 59), "held"),
            row(3, local(2026, 4, 14, 12), "cancelled"),
            row(4, local(2026, 4, 15), "published"),
            row(5, None, "draft"),
            row(6, local(2026, 4, 15, 9), "missed"),
        ],
        ZONE,
    )
    assert counts == {date(2026, 4, 14): DayCount(posts=2, waiting=1), date(2026, 4, 15): DayCount(posts=2, waiting=1)}


def test_the_agenda_says_which_day_of_how_many_it_is_and_when_the_period_ends() -> None:
    first, second = in_force_on(TODAY, [SENEDD, LOCAL], letters([SENEDD, LOCAL]), ZONE)
    assert (first.letter, first.place, first.ends) == ("L", "day 20 of 43", "ends Thu 7 May 2026 22:00 BST")
    assert (second.letter, second.place) == ("W", "day 7 of 30")


def test_an_open_end_is_said_as_such() -> None:
    waits = replace(LOCAL, end_mode=EndMode.MANUAL_LIFT)
    (entry,) = in_force_on(date(2026, 5, 20), [waits], letters([waits]), ZONE)
    assert entry.place == "day 56"
    assert entry.ends == "until it is lifted, not before Thu 7 May 2026 22:00 BST"


def test_the_span_of_a_month_is_that_of_its_whole_weeks() -> None:
    first, last = month_span(2026, 3, ZONE)
    assert (first, last) == (local(2026, 2, 23), local(2026, 4, 6))
    assert last - first == timedelta(weeks=6) - timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_turning_the_month_keeps_the_day_where_the_month_has_it(day: date, months: int, expected: date) -> None:
    assert shifted(day, months) == expected


def test_the_boundary_is_a_first_or_a_last_day() -> None:
    calendar = [LOCAL, SENEDD]
    days = [date(2026, 1, 1)]
    while (day := boundary(days[-1], calendar, ZONE)) is not None:
        days.append(day)
    assert days[1:] == [date(2026, 3, 26), date(2026, 4, 8), date(2026, 5, 7)]
    assert boundary(date(2026, 5, 7), calendar, ZONE, back=True) == date(2026, 4, 8)
    assert boundary(date(2026, 3, 26), calendar, ZONE, back=True) is None
