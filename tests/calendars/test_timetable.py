"""The statutory dates are the published ones, the days that do not count are named, and what is unknown is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.calendars.election_ids import place_name, read_id
from purdah_scheduler.calendars.timetable import Timetable, bank_holidays_known, nations_of, timetable
from purdah_scheduler.domain.periods import Kind, Nation
from purdah_scheduler.errors import BadInput


def dates_of(text: str, nation: Nation | None = None) -> Timetable:
    election = read_id(text)
    return timetable(election, nations_of(election, nation))


def on(dates: Timetable, event: str) -> str:
    return next((deadline.on.isoformat() for deadline in dates.deadlines if deadline.event.startswith(event)), "")


@pytest.mark.parametrize(
    ("text", "nation", "notice", "nominations", "registration", "postal"),
    [
        ("local.2026-05-07", Nation.ENGLAND, "2026-03-30", "2026-04-09", "2026-04-20", "2026-04-21"),
        ("sp.2026-05-07", None, "2026-03-25", "2026-04-01", "2026-04-20", "2026-04-21"),
        ("senedd.2026-05-07", None, "2026-03-30", "2026-04-09", "2026-04-20", "2026-04-21"),
        ("parl.2024-07-04", None, "2024-06-04", "2024-06-07", "2024-06-18", "2024-06-19"),
        ("local.2022-05-05", Nation.SCOTLAND, "2022-03-23", "2022-03-30", "2022-04-18", "2022-04-19"),
        ("nia.2022-05-05", None, "2022-03-28", "2022-04-08", "2022-04-14", "2022-04-12"),
        ("ref.2016-06-23", Nation.ENGLAND, "", "", "2016-06-07", "2016-06-08"),
    ],
)
def test_the_dates_are_those_of_the_published_table(
    text: str, nation: Nation | None, notice: str, nominations: str, registration: str, postal: str
) -> None:
    dates = dates_of(text, nation)
    found = [on(dates, event) for event in ("NOTICE", "CLOSE", "REGISTRATION", "POSTAL")]
    assert found == [notice, nominations, registration, postal]
    assert (dates.notice.isoformat() if dates.notice else "") == notice


@pytest.mark.parametrize("text", ["local.2026-05-07", "sp.2026-05-07", "nia.2022-05-05", "ref.2016-06-23", "parl.2024-07-04"])
def test_no_date_for_voter_authority_certificates_is_ever_given(text: str) -> None:
    election = read_id(text)
    dates = timetable(election, nations_of(election, Nation.NI if text.startswith(("local", "ref", "parl")) else None))
    assert dates.deadlines
    assert not [deadline for deadline in dates.deadlines if "VAC" in deadline.event or "ertificate" in deadline.label]


@pytest.mark.parametrize(
    ("text", "nation", "days"),
    [
        ("local.2027-05-06", Nation.ENGLAND, 25),
        ("local.2027-05-06", Nation.WALES, 25),
        ("local.2027-05-06", Nation.NI, 25),
        ("local.2027-05-06", Nation.SCOTLAND, 28),
        ("local.city-of-london.2025-03-20", None, 25),
        ("mayor.greater-manchester-ca.2028-05-04", None, 25),
        ("mayor.london.2028-05-04", None, 30),
        ("gla.a.2028-05-04", None, 30),
        ("pcc.2028-05-04", None, 25),
        ("senedd.2026-05-07", None, 25),
        ("nia.2027-05-06", None, 25),
        ("sp.2026-05-07", None, 28),
        ("parl.2024-07-04", Nation.WALES, 22),
    ],
)
def test_the_notice_is_as_many_working_days_before_the_poll_as_the_law_says(text: str, nation: Nation | None, days: int) -> None:
    assert dates_of(text, nation).working_days == days


@given(
    st.dates(date(2012, 3, 15), date(2028, 12, 26)),
    st.sampled_from([(Nation.ENGLAND, 25), (Nation.WALES, 25), (Nation.NI, 25), (Nation.SCOTLAND, 28)]),
)
def test_on_any_day_the_named_days_and_the_weekends_are_all_that_is_not_counted(day: date, law: tuple[Nation, int]) -> None:
    nation, days = law
    dates = dates_of(f"local.{day}", nation)
    assert dates.notice is not None
    off = {entry.on for entry in dates.days_off}
    span = [dates.notice + timedelta(days=number) for number in range((day - dates.notice).days)]
    assert len([each for each in span if each.weekday() < 5 and each not in off]) == dates.working_days == days
    assert dates.notice.weekday() < 5
    assert dates.notice not in off


def test_the_days_that_are_not_counted_are_named() -> None:
    winter = dates_of("local.2025-01-16", Nation.ENGLAND)
    assert [(entry.on.isoformat(), entry.name) for entry in winter.days_off] == [
        ("2024-12-24", "Christmas Eve"),
        ("2024-12-25", "Christmas Day"),
        ("2024-12-26", "Boxing Day"),
        ("2025-01-01", "New Year\N{RIGHT SINGLE QUOTATION MARK}s Day"),
    ]
    assert winter.notice == date(2024, 12, 6)


def test_easter_monday_is_left_out_in_scotland_though_it_is_no_bank_holiday_there() -> None:
    assert date(2026, 4, 6) in [entry.on for entry in dates_of("sp.2026-05-07").days_off]
    assert date(2026, 4, 6) not in [entry.on for entry in dates_of("parl.2026-05-07", Nation.SCOTLAND).days_off]


def test_where_the_nations_differ_a_general_election_has_the_earliest_notice() -> None:
    alone = {nation: dates_of("parl.2019-12-12", nation).notice for nation in (Nation.ENGLAND, Nation.SCOTLAND, Nation.NI)}
    together = dates_of("parl.2019-12-12")
    assert alone[Nation.SCOTLAND] == together.notice == date(2019, 11, 11)
    assert alone[Nation.ENGLAND] == date(2019, 11, 12)
    assert "Northern Ireland" in together.remarks[0]


def test_the_notice_of_a_by_election_to_westminster_is_not_worked_out() -> None:
    dates = dates_of("parl.anytown.by.2027-02-25", Nation.ENGLAND)
    assert dates.notice is None
    assert [deadline.event for deadline in dates.deadlines] == ["POSTAL_VOTE_APPLICATION_DEADLINE", "REGISTRATION_DEADLINE"][::-1]


# --- what is refused ----------------------------------------------------------------------------------------------


def test_bank_holidays_are_known_for_seventeen_years() -> None:
    assert bank_holidays_known() == (date(2012, 1, 2), date(2028, 12, 26))


@pytest.mark.parametrize(
    "text", ["local.2012-01-02", "local.2012-02-03", "local.2028-12-27", "local.2011-05-05", "local.2040-05-03"]
)
def test_years_without_bank_holidays_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="outside, so nothing was derived"):
        dates_of(text, Nation.ENGLAND)


@pytest.mark.parametrize("text", ["local.2012-05-03", "local.2028-12-21", "local.city-of-london.2013-03-21"])
def test_the_first_and_the_last_year_are_not(text: str) -> None:
    assert dates_of(text, Nation.ENGLAND).notice


@pytest.mark.parametrize(
    "text",
    [
        "",
        "local",
        "2026-05-07",
        "local.2026-5-7",
        "local..2026-05-07",
        "local.2026-05-07.",
        "local.a b.2026-05-07",
        "local.\x1b[31m.2026-05-07",
        "lo cal.2026-05-07",
        "local." + "x" * 300 + ".2026-05-07",
    ],
)
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is not an election id, so nothing was derived"):
        read_id(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("europarl.2019-05-23", "No statutory timetable is known for European"),
        ("loca.2026-05-07", "no type of election “loca”"),
        ("local.2026-02-30", "no date 2026-02-30"),
        ("local.2026-13-01", "no date 2026-13-01"),
    ],
)
def test_what_has_no_timetable_is_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_id(text)


@pytest.mark.parametrize(
    ("text", "nation"),
    [
        ("local.2026-05-07", None),
        ("local.2026-05-07", Nation.UK),
        ("ref.2016-06-23", None),
        ("sp.2026-05-07", Nation.WALES),
        ("pcc.2028-05-04", Nation.SCOTLAND),
        ("mayor.london.2028-05-04", Nation.WALES),
        ("local.city-of-london.2025-03-20", Nation.SCOTLAND),
    ],
)
def test_a_nation_that_is_missing_or_cannot_be_is_refused(text: str, nation: Nation | None) -> None:
    with pytest.raises(BadInput, match="so nothing was derived"):
        nations_of(read_id(text), nation)


def test_an_id_that_a_terminal_would_obey_is_written_out_in_the_refusal() -> None:
    with pytest.raises(BadInput) as refusal:
        read_id("one\ntwo\x1b[2J\ud800\u202e")
    assert refusal.value.message.isprintable()


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_in_one_sentence(text: str) -> None:
    try:
        found = read_id(text)
    except BadInput as refusal:
        hint = refusal.next_step
    else:
        hint = found.text
    assert hint


def test_the_parts_of_an_id_are_read() -> None:
    glen = read_id("sp.c.glen-constituency.2026-05-07")
    assert (glen.kind, glen.places, glen.by) == (Kind.SCOTTISH_PARLIAMENT, ("glen-constituency",), False)
    dale = read_id(" LOCAL.exampleshire.dale-ward.by.2026-05-07 ")
    assert (dale.kind, dale.places, dale.by) == (Kind.BY_ELECTION, ("exampleshire", "dale-ward"), True)
    assert place_name("rutherglen-and-hamilton-west") == "Rutherglen and Hamilton West"
