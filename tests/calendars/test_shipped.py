"""The shipped calendar: complete, sourced, and the same as what domain research recorded."""

import tomllib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import pytest

from purdah_scheduler.calendars.shipped import load
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.periods import Basis, Body, EndMode, Kind, Nation, Period, PeriodStatus, StartsPrecision
from purdah_scheduler.domain.policy import POLITICALLY_SENSITIVE, Verdict

PERIODS, RULES = load()
BY_ID = {period.id: period for period in PERIODS}


def wall(instant: datetime) -> str:
    return instant.astimezone(london()).strftime("%Y-%m-%dT%H:%M")


def test_it_is_whole() -> None:
    assert (len(PERIODS), len(BY_ID), len(RULES.regimes), len(RULES.rules), len(RULES.categories)) == (93, 93, 92, 216, 24)
    assert Counter(period.kind for period in PERIODS) == {
        Kind.LOCAL: 45,
        Kind.GENERAL: 13,
        Kind.SCOTTISH_PARLIAMENT: 8,
        Kind.NI_ASSEMBLY: 7,
        Kind.SENEDD: 6,
        Kind.REFERENDUM: 4,
        Kind.PCC: 3,
        Kind.EUROPEAN: 3,
        Kind.BY_ELECTION: 2,
        Kind.MAYORAL: 2,
    }
    assert Counter(period.status for period in PERIODS) == {PeriodStatus.HELD: 91, PeriodStatus.CANCELLED: 2}
    assert {p.id for p in PERIODS if p.status is PeriodStatus.CANCELLED} == {"cs-local-2020", "la-eng-2020"}


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: str(period.id))
def test_every_period_has_an_address_a_basis_in_words_and_how_sure_it_is(period: Period) -> None:
    assert "http" in period.source
    assert period.basis_note
    assert period.ends_note
    assert period.confidence.startswith(("high", "medium", "low"))
    assert period.origin == "shipped"


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: str(period.id))
def test_every_period_has_a_rule_for_each_body_that_it_names(period: Period) -> None:
    assert {(period.kind, body) for body in period.bodies} <= set(RULES.regimes)


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: str(period.id))
def test_every_period_covers_its_polling_day_or_ends_at_the_close_of_poll(period: Period) -> None:
    assert period.polling_day is not None
    assert period.starts.astimezone(london()).date() < period.polling_day
    assert wall(period.ends) >= f"{period.polling_day}T22:00"


@pytest.mark.parametrize("period", [p for p in PERIODS if p.end_mode is EndMode.MANUAL_LIFT], ids=lambda period: str(period.id))
def test_manual_lift_periods_of_past_elections_count_as_lifted_at_their_end(period: Period) -> None:
    assert period.lifted_at == period.ends
    assert not period.in_force(period.ends)
    assert period.in_force(period.ends, {period.id})


def test_the_general_election_of_2024_is_recorded_to_the_minute() -> None:
    period = BY_ID["ge-2024-uk"]
    assert (wall(period.starts), wall(period.ends)) == ("2024-05-25T00:01", "2024-07-05T00:01")
    assert period.starts == datetime(2024, 5, 24, 23, 1, tzinfo=UTC)
    assert period.starts_precision is StartsPrecision.MINUTE
    assert period.announced_at is not None
    assert wall(period.announced_at) == "2024-05-22T00:00"
    assert period.bodies == {Body.UK_CIVIL_SERVICE, Body.ALB, Body.NHS_NATIONAL, Body.NHS_LOCAL}
    assert period.nations == {Nation.UK}
    assert period.polling_day == date(2024, 7, 4)


def test_the_two_readings_of_2017_are_said_and_the_cautious_one_is_used() -> None:
    period = BY_ID["ge-2017-uk"]
    assert period.starts_precision is StartsPrecision.AMBIGUOUS
    assert wall(period.starts) == "2017-04-22T00:00"


@pytest.mark.parametrize("period", [p for p in PERIODS if "three weeks before poll" in p.basis_note], ids=lambda p: str(p.id))
def test_the_convention_is_three_weeks_before_the_poll(period: Period) -> None:
    assert period.basis is Basis.CONVENTION
    assert period.polling_day is not None
    assert period.starts.astimezone(london()).date() == period.polling_day - timedelta(days=21)


@pytest.mark.parametrize("period", [p for p in PERIODS if p.kind is Kind.REFERENDUM], ids=lambda p: str(p.id))
def test_a_referendum_period_is_28_days_that_end_with_the_poll(period: Period) -> None:
    assert period.basis is Basis.STATUTORY
    local_days = period.ends.astimezone(london()).date() - period.starts.astimezone(london()).date()
    assert local_days == timedelta(days=28)


def test_every_regime_has_a_rule_for_every_category_and_a_name() -> None:
    assert set(RULES.rules) == {(category, regime) for category in RULES.categories for regime in RULES.regime_labels}
    assert set(RULES.regimes.values()) == set(RULES.regime_labels) - {"none"}
    assert set(RULES.categories) >= POLITICALLY_SENSITIVE


@pytest.mark.parametrize("body", Body)
def test_who_decides_in_a_body_has_a_source_or_is_said_to_have_none(body: Body) -> None:
    """The table of domain.md 2.6; nothing public was found for departments in Northern Ireland."""
    decider = RULES.deciders.get(body)
    if decider is None:
        assert body is Body.NI_DEPARTMENTS
        assert "No public source" in RULES.who_decides(body)
        return
    assert decider.where
    assert decider.first
    assert decider.sources
    for source in decider.sources:
        assert source.url.startswith("https://")
        assert source.title in RULES.who_decides(body)


def test_who_decides_in_a_department_is_a_sentence_with_its_source_and_how_sure_it_is() -> None:
    said = RULES.who_decides(Body.UK_CIVIL_SERVICE)
    assert said.startswith("In a UK department the people to ask are the line manager, and the Director of Communication, then ")
    assert "23 May 2024" in said
    assert "was not read" in said


def test_every_rule_and_modifier_has_sources_that_resolve() -> None:
    assert set(RULES.categories) < set(RULES.rule_sources)
    assert {key for keys in RULES.rule_sources.values() for key in keys} == set(RULES.sources)
    for key, source in RULES.sources.items():
        assert source.title
        assert source.url.startswith(("https://", "http://")) or "not recorded" in source.title or key == "product default"


def test_modifiers_that_no_source_backs_say_that_they_are_a_product_default() -> None:
    for code in ("announced-not-started", "stale-after-election", "no-rule"):
        assert RULES.addresses(code).startswith("product default")


def test_care_is_a_flag_and_never_a_block() -> None:
    """At local polls the government stays in office and business goes on: a tool that blocks there is wrong."""
    for regime in ("care", "care-territorial", "none"):
        assert Verdict.BLOCK not in {RULES.rules[category, regime] for category in RULES.categories}


def test_safety_is_allowed_in_every_regime_but_a_freeze_which_asks_for_a_second_person() -> None:
    found = {regime: RULES.rules["emergency-safety", regime] for regime in RULES.regime_labels}
    assert found.pop("freeze") is Verdict.FLAG
    assert set(found.values()) == {Verdict.ALLOW}


def test_a_freeze_holds_everything_else_of_every_body() -> None:
    held = {RULES.rules[category, "freeze"] for category in RULES.categories if category != "emergency-safety"}
    assert held == {Verdict.BLOCK}
    assert {RULES.regimes[Kind.FREEZE, body] for body in Body} == {"freeze"}
    assert {RULES.regimes[Kind.DEPARTMENTAL, body] for body in Body} == {"care"}


def test_it_is_read_once() -> None:
    assert load() is load()


@pytest.mark.parametrize("name", ["periods.toml", "regimes.toml", "rules.toml"])
def test_the_data_files_are_plain_toml_that_says_what_it_is(name: str) -> None:
    text = files("purdah_scheduler.data.uk").joinpath(name).read_text(encoding="utf-8")
    assert tomllib.loads(text)
    assert text.startswith("# ")
