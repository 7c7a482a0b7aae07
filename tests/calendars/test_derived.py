"""The periods that follow from an election id are those that were published, and what nobody can derive is said."""

from datetime import date, datetime, time, timedelta

import pytest

from purdah_scheduler.calendars import shipped
from purdah_scheduler.calendars.derived import derive, period_id
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.periods import Basis, Body, EndMode, Kind, Nation, Period, PeriodStatus
from purdah_scheduler.errors import BadInput

SHIPPED = {period.id: period for period in shipped.load()[0]}
NATIONS = {"eng": Nation.ENGLAND, "wls": Nation.WALES, "sct": Nation.SCOTLAND, "ni": Nation.NI}


def parts_of(text: str, nation: Nation | None = None, **more: object) -> dict[str, Period]:
    found = derive(text, nation, **more)  # type: ignore[arg-type]  # passed by name
    return {part.name: part.period for part in found.parts}


def wall(at: datetime) -> datetime:
    return at.astimezone(london()).replace(tzinfo=None)


COUNCILS = [
    pytest.param(period, NATIONS[period.id.split("-")[1]], id=period.id)
    for period in SHIPPED.values()
    if period.id.startswith("la-")
    and period.id.split("-")[1] in NATIONS
    and period.polling_day is not None
    and period.polling_day.year >= 2012
    and "directed" not in period.notes
]


def test_there_are_23_starts_of_councils_to_compare_with() -> None:
    assert len(COUNCILS) == 23


@pytest.mark.parametrize(("published", "nation"), COUNCILS)
def test_councils_start_on_the_published_day(published: Period, nation: Nation) -> None:
    councils = parts_of(f"local.{published.polling_day}", nation)["councils"]
    assert (councils.starts, councils.ends) == (published.starts, published.ends)
    assert published.bodies <= councils.bodies
    assert (councils.kind, councils.basis, councils.status) == (Kind.LOCAL, Basis.STATUTORY, PeriodStatus.PROVISIONAL)


@pytest.mark.parametrize("name", ["ge-2015-la", "ge-2017-la", "ge-2019-la", "ge-2024-la"])
def test_in_a_general_election_the_councils_part_can_be_derived(name: str) -> None:
    published = SHIPPED[name]
    councils = parts_of(f"parl.{published.polling_day}")["councils"]
    assert (councils.starts, councils.ends, councils.bodies) == (published.starts, published.ends, published.bodies)


def test_the_start_of_a_general_election_cannot_be_derived_and_the_announcement_is_asked_for() -> None:
    found = derive("parl.2024-07-04")
    assert [part.name for part in found.parts] == ["councils"]
    (gap,) = found.not_derived
    assert Body.UK_CIVIL_SERVICE in gap.bodies
    assert Body.SCOTTISH_GOV in gap.bodies
    assert "Cabinet Office announces" in gap.reason
    assert "calendar declare --kind general --end-mode manual-lift" in gap.next_step


THREE_WEEKS = [
    ("local.2016-05-05", Nation.ENGLAND, "cs-local-2016"),
    ("local.2017-05-04", Nation.ENGLAND, "cs-local-2017"),
    ("local.2021-05-06", Nation.ENGLAND, "cs-local-2021"),
    ("local.2022-05-05", Nation.ENGLAND, "cs-local-2022"),
    ("local.2023-05-04", Nation.ENGLAND, "cs-local-2023"),
    ("local.2023-05-18", Nation.NI, "cs-local-2023-ni"),
    ("local.2024-05-02", Nation.ENGLAND, "cs-local-2024"),
    ("pcc.2012-11-15", None, "cs-pcc-2012"),
    ("local.2026-05-07", Nation.ENGLAND, "cs-local-2026"),
]


@pytest.mark.parametrize(("text", "nation", "name"), THREE_WEEKS)
def test_the_uk_civil_service_starts_three_weeks_before_the_poll(text: str, nation: Nation | None, name: str) -> None:
    published, government = SHIPPED[name], parts_of(text, nation)["government"]
    assert (government.starts, government.ends) == (published.starts, published.ends)
    assert government.bodies == published.bodies
    assert government.nations <= published.nations
    assert government.basis is Basis.CONVENTION


@pytest.mark.parametrize(
    ("text", "nation", "part", "name"),
    [
        ("local.2022-05-05", Nation.SCOTLAND, "scottish-gov", "sg-local-2022"),
        ("local.2022-05-05", Nation.WALES, "welsh-gov", "wg-local-2022"),
        ("local.2019-05-02", Nation.NI, "ni-departments", "nics-local-2019"),
        ("ref.2016-06-23", Nation.UK, "everyone", "ref-eu-2016"),
        ("ref.2014-09-18", Nation.SCOTLAND, "everyone", "ref-scot-2014"),
        ("pcc.2024-05-02", None, "opcc", "opcc-2024"),
        ("mayor.london.2024-05-02", None, "councils", "mayor-london-2024"),
        ("senedd.2026-05-07", None, "councils", "la-senedd-2026"),
        ("parl.rutherglen-and-hamilton-west.by.2023-10-05", Nation.SCOTLAND, "government", "by-rutherglen-2023"),
    ],
)
def test_each_kind_of_body_has_the_published_dates(text: str, nation: Nation | None, part: str, name: str) -> None:
    published, found = SHIPPED[name], parts_of(text, nation)[part]
    assert (found.starts, found.ends, found.kind) == (published.starts, published.ends, published.kind)
    assert (found.area, found.end_mode) == (published.area, published.end_mode)
    assert published.bodies <= found.bodies


def test_a_referendum_is_the_28_days_that_end_with_the_poll() -> None:
    period = parts_of("ref.2016-06-23", Nation.UK)["everyone"]
    assert wall(period.starts) == datetime(2016, 5, 27)  # noqa: DTZ001 -- wall time on both sides
    assert period.ends - period.starts == timedelta(days=28)


@pytest.mark.parametrize(("text", "body"), [("sp.2026-05-07", "scottish-gov"), ("senedd.2026-05-07", "welsh-gov")])
def test_in_a_devolved_election_only_the_councils_part_follows(text: str, body: str) -> None:
    found = derive(text)
    assert [part.name for part in found.parts] == ["councils"]
    own, territorial = found.not_derived
    assert own.bodies == (Body(body),)
    assert Body.UK_CIVIL_SERVICE in territorial.bodies
    assert "from the day on which its government's period starts" in territorial.reason


def test_the_office_of_a_commissioner_stays_until_a_person_says_that_it_is_over() -> None:
    period = parts_of("pcc.2024-05-02")["opcc"]
    assert period.end_mode is EndMode.MANUAL_LIFT
    assert period.in_force(period.ends + timedelta(days=30))


def test_a_by_election_is_about_one_place() -> None:
    ward = parts_of("local.exampleshire.dale-ward.by.2026-05-07", Nation.ENGLAND)
    assert {name: period.area for name, period in ward.items()} == {"councils": "Dale Ward"}
    assert ward["councils"].kind is Kind.BY_ELECTION
    with pytest.raises(BadInput, match="names none"):
        derive("parl.by.2027-02-25", Nation.ENGLAND)
    assert parts_of("parl.by.2027-02-25", Nation.ENGLAND, area="Anytown")["government"].area == "Anytown"


def test_the_poll_of_one_council_holds_no_government() -> None:
    found = derive("local.exampleshire.2026-05-07", Nation.ENGLAND, area="Exampleshire Council")
    assert [(part.name, part.period.area) for part in found.parts] == [("councils", "Exampleshire Council")]
    assert "not for the election of one council" in found.not_derived[0].reason


def test_every_derived_period_is_provisional_with_its_basis_and_source() -> None:
    for text in ("local.2026-05-07", "pcc.2028-05-04", "parl.2028-05-04", "ref.2028-05-04", "nia.2027-05-06", "gla.2028-05-04"):
        nation = Nation.NI if text.startswith("local") else Nation.UK if text.startswith("ref") else None
        for part in derive(text, nation).parts:
            period = part.period
            assert period.status is PeriodStatus.PROVISIONAL
            assert period.basis_note
            assert period.source.startswith("https://")
            assert wall(period.starts).time() == time()


# --- the real day of the notice -----------------------------------------------------------------------------------


def test_an_earlier_notice_moves_what_starts_with_it_and_nothing_else() -> None:
    latest = parts_of("local.2022-05-05", Nation.SCOTLAND)
    earlier = parts_of("local.2022-05-05", Nation.SCOTLAND, notice=date(2022, 3, 14))
    assert earlier["councils"].starts == SHIPPED["la-sct-2022"].starts
    assert "published on Mon 14 Mar 2022; the latest day was Wed 23 Mar 2022" in earlier["councils"].basis_note
    assert earlier["government"] == latest["government"]
    assert earlier["councils"].id == f"{latest['councils'].id}-from-2022-03-14"


@pytest.mark.parametrize(
    ("notice", "words"),
    [
        (date(2026, 3, 31), "is later, so nothing was derived"),
        (date(2026, 2, 3), "more than three months before the poll"),
        (date(2025, 3, 20), "more than three months before the poll"),
    ],
)
def test_a_notice_that_is_too_late_or_in_the_wrong_year_is_refused(notice: date, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        derive("local.2026-05-07", Nation.ENGLAND, notice=notice)


@pytest.mark.parametrize("notice", [date(2026, 3, 30), date(2026, 2, 4)])
def test_a_notice_on_the_last_lawful_day_is_taken(notice: date) -> None:
    assert wall(parts_of("local.2026-05-07", Nation.ENGLAND, notice=notice)["councils"].starts).date() == notice


@pytest.mark.parametrize(("text", "nation"), [("ref.2028-05-04", Nation.UK), ("parl.anytown.by.2027-02-25", Nation.ENGLAND)])
def test_a_notice_is_refused_where_nothing_starts_with_one(text: str, nation: Nation) -> None:
    with pytest.raises(BadInput, match="No period of"):
        derive(text, nation, notice=date(2027, 1, 20))


# --- ids ----------------------------------------------------------------------------------------------------------


def test_an_id_is_at_most_64_long_and_two_long_ones_stay_apart() -> None:
    first, second = (period_id("local", "x" * 80 + end, "2026-05-07-councils") for end in ("a", "b"))
    assert len(first) == len(second) == 64
    assert first != second
    assert first.endswith("-2026-05-07-councils")
    assert period_id("local", "england", "2026-05-07-councils") == "local-england-2026-05-07-councils"


@pytest.mark.parametrize("wanted", ["councils", "Councils", "local-england-2026-05-07-councils"])
def test_a_part_is_found_by_name_or_id(wanted: str) -> None:
    assert Body.LOCAL_AUTHORITY in derive("local.2026-05-07", Nation.ENGLAND).part(wanted).bodies


def test_an_unknown_part_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadInput) as refusal:
        derive("local.2026-05-07", Nation.ENGLAND).part("opcc")
    assert refusal.value.next_step == "There is: councils, government."
