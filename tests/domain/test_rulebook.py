"""Rules that a department has otherwise than the product: stricter freely, laxer with a reason that everybody sees."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.periods import Kind, Period
from purdah_scheduler.domain.policy import Case, judge
from purdah_scheduler.domain.rulebook import RuleChange, Verdict
from tests.domain.test_policy import CATEGORIES, GENERAL, RULES, case_in, cases, periods

REASON = "Our minister agreed it in writing"
LOCAL = replace(GENERAL, id="le", name="Some local elections", kind=Kind.LOCAL)
FLAGGED = next(category for category in CATEGORIES if RULES.rules[category, "care"] is Verdict.FLAG)


def changed(category: str, regime: str, verdict: Verdict, reason: str = "") -> RuleChange:
    return RuleChange(category=category, regime=regime, verdict=verdict, reason=reason)


def test_a_laxer_rule_stands_beside_the_verdict_with_its_reason_even_where_it_allows() -> None:
    case = case_in(LOCAL, FLAGGED)
    assert judge(case, [LOCAL], RULES).verdict is Verdict.FLAG
    judgement = judge(case, [LOCAL], RULES.changed_by([changed(FLAGGED, "care", Verdict.ALLOW, REASON)]))
    assert judgement.verdict is Verdict.ALLOW
    (finding,) = (found for found in judgement.findings if found.code == "house-rule")
    assert (finding.verdict, finding.period, finding.regime) == (Verdict.ALLOW, "le", "care")
    assert finding.reason.endswith(f"laxer than the product's, which is flag: {REASON}.")


def test_a_rule_that_is_laxer_and_still_flags_says_so_in_its_finding() -> None:
    blocked = next(category for category in CATEGORIES if RULES.rules[category, "strict"] is Verdict.BLOCK)
    rules = RULES.changed_by([changed(blocked, "strict", Verdict.FLAG, REASON)])
    judgement = judge(case_in(GENERAL, blocked), [GENERAL], rules)
    (finding,) = (found for found in judgement.findings if found.regime == "strict")
    assert (finding.verdict, REASON in finding.reason) == (Verdict.FLAG, True)


def test_a_stricter_rule_needs_no_reason_and_says_that_it_is_ours() -> None:
    rules = RULES.changed_by([changed(FLAGGED, "care", Verdict.BLOCK)])
    judgement = judge(case_in(LOCAL, FLAGGED), [LOCAL], rules)
    assert judgement.verdict is Verdict.BLOCK
    assert judgement.findings[0].reason.endswith("This department's own rule is stricter than the product's, which is flag.")


def test_a_year_round_rule_can_be_changed_and_a_named_politician_is_still_flagged() -> None:
    flagged = "event"
    rules = RULES.changed_by([changed(flagged, "none", Verdict.FLAG)])
    assert judge(case_in(GENERAL, flagged), [], rules).verdict is Verdict.FLAG
    rules = rules.changed_by([changed(flagged, "none", Verdict.ALLOW, REASON)])
    case = case_in(GENERAL, flagged)
    judgement = judge(case, [], rules)
    assert (judgement.verdict, [found.code for found in judgement.findings]) == (Verdict.ALLOW, ["house-rule"])
    named = judge(replace(case, marks=Marks(names_politician=True)), [], rules)
    assert (named.verdict, [found.code for found in named.findings]) == (Verdict.FLAG, ["names-politician", "house-rule"])
    exempted = judge(replace(case, exemption="a reason"), [], rules)
    assert [(found.code, found.lifted) for found in exempted.findings] == [("house-rule", False)]


def test_what_is_the_products_rule_already_changes_nothing() -> None:
    rules = RULES.changed_by([changed(FLAGGED, "care", Verdict.FLAG)])
    assert (dict(rules.rules), rules.changes) == (dict(RULES.rules), {})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (changed(FLAGGED, "care", Verdict.ALLOW), "needs a reason of at least 10"),
        (changed(FLAGGED, "care", Verdict.ALLOW, "  9 chars   "), "needs a reason of at least 10"),
        (changed("election-info", "referendum", Verdict.ALLOW, REASON), "the law bars a laxer one"),
        (changed("politician-share", "none", Verdict.ALLOW, REASON), "never has a laxer one"),
        (changed("politician-share", "care", Verdict.ALLOW, REASON), "never has a laxer one"),
        (changed("evnt", "care", Verdict.BLOCK), "no rule for evnt in care"),
    ],
)
def test_what_may_not_be_changed_so_is_refused_with_the_reason(change: RuleChange, words: str) -> None:
    assert RULES.rules.get((change.category, change.regime)) is not Verdict.ALLOW
    with pytest.raises(ValueError, match=words):
        RULES.changed_by([change])


def test_a_stricter_rule_is_free_in_a_referendum_and_for_politicians() -> None:
    allowed = next(category for category in CATEGORIES if RULES.rules[category, "referendum"] is Verdict.ALLOW)
    rules = RULES.changed_by([changed(allowed, "referendum", Verdict.BLOCK), changed("politician-share", "care", Verdict.BLOCK)])
    assert (rules.rules[allowed, "referendum"], rules.rules["politician-share", "care"]) == (Verdict.BLOCK, Verdict.BLOCK)


@settings(deadline=None)
@given(cases, st.lists(periods(), max_size=4), st.sampled_from(sorted(RULES.rules)), st.sampled_from(list(Verdict)))
def test_a_stricter_rule_never_loosens_a_verdict_and_a_laxer_one_never_tightens(
    case: Case, calendar: list[Period], key: tuple[str, str], verdict: Verdict
) -> None:
    change = RuleChange(category=key[0], regime=key[1], verdict=verdict, reason=REASON)
    if RULES.objection(change):
        return
    before = judge(case, calendar, RULES).verdict.rank
    after = judge(case, calendar, RULES.changed_by([change])).verdict.rank
    assert after >= before if verdict.rank >= RULES.rules[key].rank else after <= before


@settings(deadline=None)
@given(cases, st.lists(periods(), max_size=4), st.sampled_from(sorted(RULES.rules)))
def test_partisan_content_is_blocked_whatever_the_rules_say(case: Case, calendar: list[Period], key: tuple[str, str]) -> None:
    change = RuleChange(category=key[0], regime=key[1], verdict=Verdict.ALLOW, reason=REASON)
    rules = RULES if RULES.objection(change) else RULES.changed_by([change])
    partisan = replace(case, marks=Marks(partisan=True))
    assert judge(partisan, calendar, rules).verdict is Verdict.BLOCK
