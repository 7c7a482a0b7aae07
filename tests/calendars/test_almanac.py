"""What is notable on a day is what the law, the calendar and the clocks say, and nothing is made up where they say nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from purdah_scheduler.calendars import shipped
from purdah_scheduler.calendars.almanac import almanac
from purdah_scheduler.calendars.polls import polls_of
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.notable import Almanac, Sort
from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period, PeriodStatus

SHIPPED = shipped.load()[0]
OURS = [period for period in SHIPPED if Body.UK_CIVIL_SERVICE in period.bodies]
CLOSE = datetime(2027, 5, 6, 21, tzinfo=UTC)


def of(
    first: date,
    last: date | None = None,
    *,
    periods: Sequence[Period] = SHIPPED,
    ours: Sequence[Period] = OURS,
    nations: Sequence[Nation] = (Nation.UK,),
) -> Almanac:
    return almanac(first, last or first, periods=periods, ours=ours, nations=nations, zone=london())


def words(found: Almanac, day: date, sort: Sort) -> list[str]:
    return [entry.words for entry in found.on(day) if entry.sort is sort]


def invented(kind: Kind = Kind.LOCAL, **changes: object) -> Period:
    """A period before polls on 6 May 2027 in England."""
    period = Period(
        id="invented",
        name="Invented polls: governments",
        kind=kind,
        bodies=frozenset({Body.UK_CIVIL_SERVICE}),
        nations=frozenset({Nation.ENGLAND}),
        starts=CLOSE - timedelta(days=21),
        ends=CLOSE,
        polling_day=date(2027, 5, 6),
        source="https://www.gov.example/notice",
    )
    return replace(period, **changes)  # type: ignore[arg-type]  # built by name


@pytest.mark.parametrize(
    ("day", "sort", "said"),
    [
        (date(2026, 5, 7), Sort.POLL, ["Local elections (England)", "Scottish Parliament election", "Senedd election"]),
        (date(2026, 3, 25), Sort.DEADLINE, ["Notice of election, at the latest: Scottish Parliament election"]),
        (
            date(2026, 3, 30),
            Sort.DEADLINE,
            [
                "Notice of election, at the latest: Local elections (England)",
                "Notice of election, at the latest: Senedd election",
            ],
        ),
        (date(2026, 4, 1), Sort.DEADLINE, ["Nominations close: Scottish Parliament election"]),
        (
            date(2026, 4, 9),
            Sort.DEADLINE,
            ["Nominations close: Local elections (England)", "Nominations close: Senedd election"],
        ),
        (
            date(2026, 4, 20),
            Sort.DEADLINE,
            [
                "Last day to register to vote: Local elections (England)",
                "Last day to register to vote: Scottish Parliament election",
                "Last day to register to vote: Senedd election",
            ],
        ),
        (
            date(2024, 4, 5),
            Sort.DEADLINE,
            [
                "Nominations close: Local elections (England and Wales)",
                "Nominations close: Mayoral elections (Liverpool City Region)",
            ],
        ),
        (date(2024, 3, 19), Sort.DEADLINE, ["Notice of election, at the latest: Mayoral elections (Greater London)"]),
        (date(2024, 6, 4), Sort.DEADLINE, ["Notice of election, at the latest: UK general election"]),
        (date(2024, 6, 14), Sort.DEADLINE, ["Last day to apply for a postal vote in Northern Ireland: UK general election"]),
        (
            date(2023, 9, 19),
            Sort.DEADLINE,
            ["Last day to register to vote: UK Parliament by-election, Rutherglen and Hamilton West"],
        ),
        (date(2016, 6, 7), Sort.DEADLINE, ["Last day to register to vote: EU membership referendum 2016"]),
        (date(2026, 4, 3), Sort.HOLIDAY, ["Good Friday"]),
        (date(2026, 4, 6), Sort.HOLIDAY, ["Easter Monday (England, Wales, NI)"]),
        (date(2026, 5, 4), Sort.HOLIDAY, ["Early May bank holiday"]),
        (date(2026, 3, 29), Sort.CLOCKS, ["The clocks go forward at 01:00 to 02:00: 01:30 does not exist"]),
        (date(2026, 10, 25), Sort.CLOCKS, ["The clocks go back at 02:00 to 01:00: 01:30 happens twice"]),
        (date(2026, 4, 16), Sort.BEGINS, ["First day, from 00:00: Local elections 2026: UK civil service and ALBs"]),
        (date(2024, 5, 25), Sort.BEGINS, ["First day, from 00:01: UK general election 2024"]),
        (date(2024, 5, 22), Sort.ANNOUNCED, ["Announced: UK general election 2024"]),
    ],
)
def test_a_day_has_what_was_published_for_it(day: date, sort: Sort, said: list[str]) -> None:
    assert words(of(day), day, sort) == said


def test_no_date_of_a_voter_authority_certificate_is_in_it() -> None:
    found = of(date(2026, 3, 1), date(2026, 5, 31))
    assert not [entry for day in found.days for entry in found.on(day) if "ertificate" in entry.words]
    assert not found.on(date(2026, 4, 28))


def test_the_things_of_a_day_come_in_the_order_of_what_matters_most() -> None:
    found = [entry.sort for entry in of(date(2026, 5, 7)).on(date(2026, 5, 7))]
    assert found == [Sort.POLL] * 3 + [Sort.ENDS] * 3


def test_only_the_edges_of_our_own_periods_are_told() -> None:
    found = of(date(2026, 3, 16))
    assert not found.on(date(2026, 3, 16)), "the period of Scottish councils is not about us"


# --- polls --------------------------------------------------------------------------------------------------------


def test_a_thursday_of_three_hundred_councils_is_one_poll() -> None:
    councils = [invented(id=f"c{number}", area=f"Council {number}") for number in range(300)]
    (poll,) = polls_of(councils, date(2027, 5, 6), date(2027, 5, 6))
    assert poll.title() == "Local elections (300 places in England)"
    found = of(date(2027, 3, 1), date(2027, 5, 31), periods=councils, ours=[])
    assert sum(len(found.on(day)) for day in found.days if words(found, day, Sort.DEADLINE)) == 5


def test_a_few_places_are_named() -> None:
    here = [invented(id=f"c{number}", area=place) for number, place in enumerate(("Northby", "Anytown"))]
    assert [poll.title() for poll in polls_of(here, CLOSE.date(), CLOSE.date())] == ["Local elections (Anytown and Northby)"]


def test_what_is_cancelled_or_suppressed_is_no_poll() -> None:
    gone = [invented(status=PeriodStatus.CANCELLED), invented(id="other", suppressed="not ours")]
    assert polls_of(gone, CLOSE.date(), CLOSE.date()) == ()


def test_local_polls_in_nobody_knows_which_nation_have_no_deadline() -> None:
    found = of(date(2027, 3, 1), date(2027, 5, 31), periods=[invented(nations=frozenset({Nation.UK}))], ours=[])
    assert words(found, date(2027, 5, 6), Sort.POLL) == ["Local elections"]
    assert not [entry for day in found.days for entry in found.on(day) if entry.sort is Sort.DEADLINE]


def test_a_by_election_has_the_dates_that_every_kind_of_by_election_shares_and_no_other() -> None:
    by = invented(Kind.BY_ELECTION, name="By-election, Anytown", area="Anytown")
    found = of(date(2027, 3, 1), date(2027, 5, 31), periods=[by], ours=[])
    said = [entry.words for day in sorted(found.days) for entry in found.on(day) if entry.sort is Sort.DEADLINE]
    assert said == [
        "Last day to register to vote: By-election, Anytown",
        "Last day to apply for a postal vote: By-election, Anytown",
    ]


@pytest.mark.parametrize("kind", [Kind.EUROPEAN, Kind.DEPARTMENTAL, Kind.FREEZE])
def test_a_kind_without_a_timetable_has_no_deadline(kind: Kind) -> None:
    found = of(date(2027, 3, 1), date(2027, 5, 31), periods=[invented(kind)], ours=[])
    assert not [entry for day in found.days for entry in found.on(day) if entry.sort is Sort.DEADLINE]


# --- periods ------------------------------------------------------------------------------------------------------


def test_a_period_that_ends_at_midnight_has_its_last_day_before() -> None:
    found = of(date(2027, 5, 5), date(2027, 5, 7), periods=[], ours=[invented(ends=datetime(2027, 5, 6, 23, tzinfo=UTC))])
    assert words(found, date(2027, 5, 6), Sort.ENDS) == ["Last day, until the end of the day: Invented polls: governments"]
    assert not found.on(date(2027, 5, 7))


def test_an_open_end_is_said_on_the_earliest_day_and_a_freeze_has_none() -> None:
    (said,) = words(of(CLOSE.date(), periods=[], ours=[invented(end_mode=EndMode.MANUAL_LIFT)]), CLOSE.date(), Sort.ENDS)
    assert said.startswith("Last day at the earliest")
    freeze = invented(Kind.FREEZE, end_mode=EndMode.MANUAL_LIFT)
    assert not words(of(CLOSE.date(), periods=[], ours=[freeze]), CLOSE.date(), Sort.ENDS)


# --- bank holidays ------------------------------------------------------------------------------------------------


def test_bank_holidays_are_those_of_the_nations_of_our_accounts() -> None:
    day = date(2026, 4, 6)
    assert words(of(day, nations=[Nation.SCOTLAND]), day, Sort.HOLIDAY) == []
    assert words(of(day, nations=[Nation.WALES]), day, Sort.HOLIDAY) == ["Easter Monday (England, Wales, NI)"]


@pytest.mark.parametrize(
    ("day", "nations", "said"),
    [
        (date(2026, 4, 7), [Nation.UK], "A working day."),
        (date(2026, 4, 5), [Nation.UK], "No working day: it is a Sunday."),
        (date(2026, 4, 3), [Nation.UK], "No working day: it is a bank holiday."),
        (date(2026, 4, 6), [Nation.UK], "A bank holiday in England, Wales and NI; a working day in Scotland."),
        (date(2026, 4, 6), [Nation.SCOTLAND], "A working day."),
        (date(2031, 4, 7), [Nation.UK], "A weekday; whether it is a bank holiday is not known."),
        (date(2031, 4, 6), [Nation.UK], "No working day: it is a Sunday."),
    ],
)
def test_a_working_day_is_one_in_the_nations_of_our_accounts(day: date, nations: list[Nation], said: str) -> None:
    assert of(day, nations=nations).working_day(day) == said


@pytest.mark.parametrize("year", [2011, 2029])
def test_a_year_without_bank_holidays_says_so_and_has_no_deadline(year: int) -> None:
    poll = invented(polling_day=date(year, 5, 6))
    found = of(date(year, 1, 1), date(year, 12, 31), periods=[poll], ours=[])
    assert f"known for 2012 to 2028, not for {year}" in found.gap(date(year, 5, 6))
    assert {entry.sort for day in found.days for entry in found.on(day)} == {Sort.POLL, Sort.CLOCKS}
    assert found.gap(date(2028, 12, 31)) == ""


def test_an_almanac_that_is_empty_knows_that_it_knows_nothing() -> None:
    assert "not known here" in Almanac().gap(date(2026, 5, 7))
