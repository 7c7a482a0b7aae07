"""A day is explained whole: every period that touches it, in words that are true at its half-days, and its posts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from purdah_scheduler.application import calendars, writing
from purdah_scheduler.application.day_words import by_body, line_in_words, period_facts, post_in_words, together, told
from purdah_scheduler.application.days import Day, Standing, explain, posts_of
from purdah_scheduler.calendars import shipped
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.notable import Almanac, Notable, Sort
from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period, PeriodStatus
from purdah_scheduler.domain.policy import POLITICALLY_SENSITIVE, Verdict
from purdah_scheduler.domain.rulebook import RuleChange
from tests.application.desk import ANN, MONDAY, PAT, Desk, election

RULES = shipped.load()[1]
GENERAL = Period(
    id="ge",
    name="Invented general election",
    kind=Kind.GENERAL,
    bodies=frozenset({Body.UK_CIVIL_SERVICE, Body.LOCAL_AUTHORITY}),
    nations=frozenset({Nation.UK}),
    starts=datetime(2024, 5, 24, 23, 1, tzinfo=UTC),
    ends=datetime(2024, 7, 4, 21, tzinfo=UTC),
    announced_at=datetime(2024, 5, 22, 16, tzinfo=UTC),
    basis_note="called on the steps",
    source="https://www.gov.example/a ; https://www.gov.example/b",
)


def day(on: date, *periods: Period, bodies: tuple[Body, ...] = (Body.UK_CIVIL_SERVICE,), almanac: Almanac | None = None) -> Day:
    return explain(on, zone=london(), periods=periods, bodies_in=lambda _: bodies, rulebook=RULES, almanac=almanac or Almanac())


def facts(found: Day, part: int = 1) -> dict[str, str]:
    """The facts of a part; of those with one label, all in one."""
    said: dict[str, str] = {}
    for label, words in told(found, london())[part].facts:
        said[label] = f"{said[label]} | {words}" if label in said else words
    return said


# --- how a period stands ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "label", "said"),
    [
        (date(2024, 5, 22), "Announced", "on this day at 17:00; it starts Sat 25 May 2024 00:01 BST"),
        (date(2024, 5, 23), "Announced", "and not begun; it starts Sat 25 May 2024 00:01 BST"),
        (date(2024, 5, 25), "In force", "from 00:01, day 1 of 41; ends Thu 4 Jul 2024 22:00 BST"),
        (date(2024, 6, 1), "In force", "all day, day 8 of 41; ends Thu 4 Jul 2024 22:00 BST"),
        (date(2024, 7, 4), "In force", "until 22:00, day 41 of 41; ends Thu 4 Jul 2024 22:00 BST"),
    ],
)
def test_the_part_of_the_day_in_which_a_period_holds_is_said(on: date, label: str, said: str) -> None:
    assert facts(day(on, GENERAL))[label] == said


@pytest.mark.parametrize("on", [date(2024, 5, 21), date(2024, 7, 5)])
def test_a_period_has_nothing_to_do_with_the_days_around_it(on: date) -> None:
    assert day(on, GENERAL).periods == ()
    assert facts(day(on, GENERAL), 0)["Periods"] == "None is in force, announced or ends on this day."


def test_both_edges_on_one_day_are_said() -> None:
    short = replace(GENERAL, starts=datetime(2024, 6, 3, 9, tzinfo=UTC), ends=datetime(2024, 6, 3, 11, tzinfo=UTC))
    assert facts(day(date(2024, 6, 3), short))["In force"].startswith("from 10:00 until 12:00, day 1 of 1;")


def test_what_ended_at_midnight_is_over_on_the_day_that_begins_then_and_says_nothing_of_rules() -> None:
    found = day(date(2024, 7, 5), replace(GENERAL, ends=datetime(2024, 7, 4, 23, tzinfo=UTC)))
    assert found.periods[0].standing is Standing.ENDED
    assert facts(found)["Over"] == "since 00:00 on this day"
    assert "Rules" not in facts(found)


def test_what_nobody_has_lifted_says_so_and_who_can() -> None:
    waits = replace(GENERAL, end_mode=EndMode.MANUAL_LIFT)
    before, after = facts(day(date(2024, 6, 1), waits)), facts(day(date(2024, 7, 9), waits))
    assert before["In force"].endswith("until a person records that it is over, not before Thu 4 Jul 2024 22:00 BST")
    assert after["Still in force"] == "all day, day 46; its earliest end has passed and nobody has recorded that it is over"
    assert after["Lifted by"].startswith("one person proposes it, and a second one accepts it (role approver")
    assert "Lifted by" not in facts(day(date(2024, 6, 1), replace(waits, lifted_at=waits.ends)))


@pytest.mark.parametrize("off", [{"status": PeriodStatus.CANCELLED}, {"suppressed": "not ours"}])
def test_what_is_off_is_not_in_the_day(off: dict[str, object]) -> None:
    assert day(date(2024, 6, 1), replace(GENERAL, **off)).periods == ()  # type: ignore[arg-type]  # built by name


def test_a_period_of_other_bodies_is_not_in_the_day() -> None:
    assert day(date(2024, 6, 1), GENERAL, bodies=(Body.ALB,)).periods == ()


def test_what_is_provisional_says_that_it_holds_all_the_same() -> None:
    assert "it holds all the same" in facts(day(date(2024, 6, 1), replace(GENERAL, status=PeriodStatus.PROVISIONAL)))["Status"]


# --- the rules ----------------------------------------------------------------------------------------------------


def test_each_regime_of_our_bodies_is_told_with_what_it_holds_flags_and_lets_go() -> None:
    found = day(date(2024, 6, 1), GENERAL, bodies=(Body.UK_CIVIL_SERVICE, Body.LOCAL_AUTHORITY)).periods[0]
    assert [(ruling.regime, ruling.bodies) for ruling in found.rulings] == [
        ("publicity", (Body.LOCAL_AUTHORITY,)),
        ("strict", (Body.UK_CIVIL_SERVICE,)),
    ]
    strict = found.rulings[1]
    assert {"announcement", "campaign"} <= set(strict.held)
    assert "factual-policy" in strict.flagged
    assert "emergency-safety" in strict.free
    assert set(strict.held) | set(strict.flagged) | set(strict.free) == set(RULES.categories)


def test_before_the_start_only_what_is_politically_sensitive_is_flagged() -> None:
    (ruling,) = day(date(2024, 5, 23), GENERAL).periods[0].rulings
    assert ruling.held == ()
    assert set(ruling.flagged) == POLITICALLY_SENSITIVE


def test_a_body_without_a_rule_has_every_post_flagged() -> None:
    said = facts(day(date(2024, 6, 1), replace(GENERAL, bodies=frozenset({Body.OPCC}), kind=Kind.EUROPEAN), bodies=(Body.OPCC,)))
    assert said["Sign-off"] == "every post"
    assert "no rule is known" in said["Rules"]


def test_a_referendum_is_about_what_touches_its_question() -> None:
    assert "only what touches the question" in facts(day(date(2024, 6, 1), replace(GENERAL, kind=Kind.REFERENDUM)))["Rules"]


def test_a_rule_of_this_department_is_told_with_its_reason() -> None:
    change = RuleChange(category="event", regime="strict", verdict=Verdict.BLOCK, reason="our events draw the press")
    rules = RULES.changed_by([change])
    found = explain(
        date(2024, 6, 1),
        zone=london(),
        periods=[GENERAL],
        bodies_in=lambda period: period.bodies,
        rulebook=rules,
        almanac=Almanac(),
    )
    assert "our events draw the press" in facts(found)["Own rule"]
    assert "event" in facts(found)["Held"]


def test_scope_basis_and_each_source_are_told() -> None:
    said = facts(day(date(2024, 6, 1), replace(GENERAL, area="Northby")))
    assert said["About"] == "posts about Northby, for audiences in the UK"
    assert said["Basis"] == "announced: called on the steps"
    assert said["Source"] == "https://www.gov.example/a | https://www.gov.example/b"


def test_the_dates_of_the_almanac_come_first_and_edges_are_left_to_the_periods() -> None:
    on = date(2024, 7, 4)
    entries = tuple(Notable(on=on, sort=sort, words=f"about {sort}") for sort in Sort)
    almanac = Almanac(days={on: entries}, holidays_from=date(2012, 1, 2), holidays_until=date(2028, 12, 26))
    said = facts(day(on, almanac=almanac), 0)
    assert list(said) == ["Polling day", "Deadline", "Clocks change", "Bank holiday", "Day", "Periods"]


def test_polls_of_one_day_and_what_they_share_are_told_in_one_text_each() -> None:
    on = date(2026, 4, 20)
    said = [
        (Sort.POLL, "Senedd election"),
        (Sort.POLL, "Local elections"),
        (Sort.DEADLINE, "Nominations close: Senedd election"),
        (Sort.DEADLINE, "Last day to register: Senedd election"),
        (Sort.DEADLINE, "Nominations close: Local elections"),
    ]
    assert together([Notable(on=on, sort=sort, words=words) for sort, words in said]) == (
        (Sort.POLL, "Senedd election; Local elections"),
        (Sort.DEADLINE, "Nominations close: Senedd election; Local elections"),
        (Sort.DEADLINE, "Last day to register: Senedd election"),
    )


def test_a_period_on_a_day_is_one_line_for_the_page_to_print() -> None:
    (entry,) = day(date(2024, 7, 4), GENERAL).periods
    assert line_in_words(entry, london()) == (
        "Invented general election: in force until 22:00, day 41 of 41; ends Thu 4 Jul 2024 22:00 BST. "
        "Rules: strict rules, as in a general election."
    )


def test_what_several_rules_hold_is_told_by_body_unless_it_is_the_same_for_all() -> None:
    (entry,) = day(date(2024, 6, 1), GENERAL, bodies=(Body.UK_CIVIL_SERVICE, Body.LOCAL_AUTHORITY)).periods
    assert by_body(entry.rulings, lambda ruling: ruling.held).startswith("local-authority: announcement")
    assert "; uk-civil-service: publication" in by_body(entry.rulings, lambda ruling: ruling.held)
    (alone,) = day(date(2024, 6, 1), GENERAL).periods
    assert by_body(alone.rulings, lambda ruling: ruling.held).startswith("publication, consultation")


# --- posts --------------------------------------------------------------------------------------------------------


def test_the_posts_of_a_day_have_their_verdict_at_their_moment_with_its_reason(desk: Desk) -> None:
    fine = desk.queued(MONDAY + timedelta(hours=2))
    desk.write("New money.", category="funding", planned_at=MONDAY + timedelta(hours=3))
    desk.write("Tomorrow.", planned_at=MONDAY + timedelta(days=1))
    calendars.declare(desk.office, desk.act(PAT), election())
    first, second = posts_of(desk.office, MONDAY.date())
    assert (first.row.post, first.verdict, post_in_words(first)) == (fine, Verdict.ALLOW, "may go out")
    assert second.verdict is Verdict.BLOCK
    assert post_in_words(second).startswith("is blocked: “Invented general election” is in force")


def test_what_has_been_taken_back_is_not_judged(desk: Desk) -> None:
    post = desk.queued(MONDAY + timedelta(hours=2))
    writing.cancel(desk.office, desk.act(ANN), post, reason="not wanted")
    (entry,) = posts_of(desk.office, MONDAY.date())
    assert (entry.row.state, entry.verdict, post_in_words(entry)) == ("withdrawn", None, "")


def test_the_hours_of_a_day_on_which_the_clocks_change_are_told() -> None:
    assert [day(on).hours for on in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 14))] == [23, 25, 24]


def test_a_period_of_one_account_tells_the_rules_of_its_body_alone_and_to_what_it_is_limited() -> None:
    limited = replace(GENERAL, kind=Kind.DEPARTMENTAL, regime="care", accounts=frozenset({"dept"}))
    found = explain(
        date(2024, 6, 1),
        zone=london(),
        periods=[limited, replace(limited, id="elsewhere", accounts=frozenset({"gone"}))],
        bodies_in=lambda period: {Body.UK_CIVIL_SERVICE, Body.ALB} if "dept" in period.accounts else (),
        rulebook=RULES,
        almanac=Almanac(),
    )
    (entry,) = found.periods
    facts = dict(period_facts(entry, london()))
    assert facts["Rules"] == "by its own rules: particular care (uk-civil-service)"
    assert facts["About"] == "audiences in the UK; only on the account dept"
