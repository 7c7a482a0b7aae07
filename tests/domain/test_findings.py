"""What a sign-off or an exemption is bound to changes exactly when the ground of the finding does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from purdah_scheduler.calendars import shipped
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.findings import Finding, Ground, period_of, rule_keys
from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period, PeriodStatus
from purdah_scheduler.domain.policy import Case, Judgement, Verdict, judge
from purdah_scheduler.domain.rulebook import Rulebook, RuleChange

RULES = shipped.load()[1]
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
POLL = Period(
    id="local-2027",
    name="Local elections 2027",
    kind=Kind.LOCAL,
    bodies=frozenset({Body.UK_CIVIL_SERVICE}),
    nations=frozenset({Nation.ENGLAND}),
    starts=NOON - DAY,
    ends=NOON + 9 * DAY,
)
HARSHER = RuleChange(category="campaign", regime="care", verdict=Verdict.FLAG, reason="We ask the Cabinet Office first")


def found(period: Period = POLL, category: str = "campaign", rules: Rulebook = RULES, at: datetime = NOON) -> Finding:
    """The finding of one period on one post."""
    case = Case(body=Body.UK_CIVIL_SERVICE, category=category, at=at, nation="England")
    (finding,) = judge(case, [period], rules).findings
    return finding


def test_the_key_is_the_same_on_another_day_and_after_a_restart() -> None:
    again = Period(**{name: getattr(POLL, name) for name in Period.__dataclass_fields__})
    assert found().key == found(again, at=NOON + DAY).key
    assert period_of(found().key) == "local-2027"


@pytest.mark.parametrize(
    "changed",
    [
        replace(POLL, ends=POLL.ends + DAY),
        replace(POLL, ends=POLL.ends - DAY),
        replace(POLL, starts=POLL.starts - DAY),
        replace(POLL, nations=frozenset({Nation.UK})),
        replace(POLL, bodies=frozenset({Body.UK_CIVIL_SERVICE, Body.ALB})),
        replace(POLL, kind=Kind.EUROPEAN),
        replace(POLL, end_mode=EndMode.MANUAL_LIFT),
        replace(POLL, id="local-2027-again"),
    ],
    ids=["later end", "earlier end", "earlier start", "wider", "another body", "kind", "end mode", "another period"],
)
def test_another_shape_of_the_period_is_another_key(changed: Period) -> None:
    assert found(changed).key != found().key
    assert found(changed).rule_key != found().rule_key


def test_what_is_only_said_of_a_period_is_outside_the_key() -> None:
    said = replace(POLL, name="Polls", notes="note", status=PeriodStatus.PROVISIONAL, source="https://example.org")
    assert found(said).key == found().key


def test_a_rule_of_the_departments_own_and_its_reason_are_in_the_key() -> None:
    """Even one that leaves the verdict what it was would be another rule; the rulebook itself drops those."""
    ground = found().ground
    assert ground is not None
    other = replace(ground, change=HARSHER)
    keys = {known.key("care", Verdict.FLAG) for known in (ground, other, replace(other, change=replace(HARSHER, reason="No")))}
    assert len(keys) == 3
    stricter = RULES.changed_by([RuleChange(category="campaign", regime="care", verdict=Verdict.BLOCK)])
    assert found(rules=stricter).key != found().key
    assert found(rules=stricter).rule_key != found().rule_key


def test_a_period_that_waits_to_be_lifted_is_the_one_that_was_in_force() -> None:
    poll = replace(POLL, kind=Kind.GENERAL, end_mode=EndMode.MANUAL_LIFT)
    waiting = found(poll, at=poll.ends + DAY)
    assert waiting.code == "awaiting-lift:strict"
    assert waiting.key == found(poll).key


def test_each_finding_of_one_post_has_a_key_of_its_own() -> None:
    case = Case(body=Body.UK_CIVIL_SERVICE, category="campaign", at=NOON, nation="England", marks=Marks(names_politician=True))
    other = replace(POLL, id="again")
    findings = judge(case, [POLL, other, replace(POLL, id="gap", starts=NOON + DAY, announced_at=NOON - DAY)], RULES).findings
    assert len(findings) >= 3
    assert len({finding.key for finding in findings}) == len(findings)
    assert all(finding.key for finding in findings)


def test_nothing_answers_what_has_no_ground() -> None:
    partisan = judge(Case(body=Body.ALB, category="event", at=NOON, marks=Marks(partisan=True)), [], RULES).findings[0]
    assert (partisan.code, partisan.key, partisan.rule_key) == ("partisan", "", "")


# --- what exemptions on record lift ---------------------------------------------------------------------------------


def lifted(case: Case, lifts: dict[str, str], *periods: Period) -> Judgement:
    return judge(replace(case, lifts=lifts), periods, RULES)


STRICT = replace(POLL, id="ge", name="General election", kind=Kind.GENERAL)
ANNOUNCEMENT = Case(body=Body.UK_CIVIL_SERVICE, category="announcement", at=NOON, nation="England")


def test_an_exemption_lifts_the_findings_that_it_answers_and_says_so() -> None:
    key = found(STRICT, "announcement").key
    judgement = lifted(ANNOUNCEMENT, {key: "exemption 7, granted by carys"}, STRICT)
    assert judgement.verdict is Verdict.ALLOW
    assert [(f.code, f.lifted, f.lifted_by) for f in judgement.findings if f.period] == [
        ("strict", True, "exemption 7, granted by carys")
    ]
    assert [f.reason for f in judgement.findings if f.code == "exempted"] == ["Lifted by exemption 7, granted by carys"]


def test_an_exemption_lifts_no_other_period() -> None:
    key = found(STRICT, "announcement").key
    again = replace(STRICT, id="ge-again")
    judgement = lifted(ANNOUNCEMENT, {key: "exemption 7"}, STRICT, again)
    assert judgement.verdict is Verdict.BLOCK
    assert [f.period for f in judgement.standing] == ["ge-again"]


def test_a_campaigns_exemption_lifts_every_finding_of_its_periods_rules() -> None:
    case = replace(ANNOUNCEMENT, marks=Marks(names_politician=True))
    keys = dict.fromkeys(rule_keys(STRICT, "strict", RULES), "exemption 8")
    assert lifted(case, keys, STRICT).verdict is Verdict.ALLOW
    assert lifted(case, keys, replace(STRICT, ends=STRICT.ends + DAY)).verdict is Verdict.BLOCK


@pytest.mark.parametrize("marks", [Marks(partisan=True), Marks(touches_referendum=True)], ids=["partisan", "referendum"])
def test_no_key_lifts_partisan_content_or_a_referendum(marks: Marks) -> None:
    """Even one that was granted by mistake."""
    vote = replace(POLL, id="ref", kind=Kind.REFERENDUM)
    case = replace(ANNOUNCEMENT, marks=marks)
    judgement = judge(case, [vote], RULES)
    every = {key: "exemption 9" for f in judgement.findings for key in (f.key, f.rule_key)}
    every |= dict.fromkeys(rule_keys(vote, "referendum", RULES), "exemption 9")
    assert lifted(case, every, vote).verdict is Verdict.BLOCK


def test_the_rules_of_every_day_have_a_key_and_are_of_no_period() -> None:
    case = Case(body=Body.ALB, category="event", at=NOON, marks=Marks(names_politician=True))
    (finding,) = judge(case, [], RULES).findings
    assert (period_of(finding.key), finding.rule_key) == ("", "")
    assert finding.about == "every day of the year: rule names a politician in none"


def test_a_ground_without_a_rule_has_keys_too() -> None:
    ground = Ground.of(POLL, "", "event", RULES)
    assert ground.ruled is None
    assert ground.key("no-rule", Verdict.FLAG) != ground.rule_key()
