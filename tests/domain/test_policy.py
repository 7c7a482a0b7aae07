"""Verdicts: the two look-ups, the eight modifiers and the order among them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purdah_scheduler.calendars.shipped import load
from purdah_scheduler.domain.calendar import Calendar
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.people import AccountKind
from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period, PeriodStatus
from purdah_scheduler.domain.policy import POLITICALLY_SENSITIVE, Case, Judgement, Verdict, judge
from purdah_scheduler.errors import BadInput

PERIODS, RULES = load()
START = datetime(2030, 4, 30, 23, 1, tzinfo=UTC)
END = datetime(2030, 6, 6, 23, 0, tzinfo=UTC)
INSIDE = START + timedelta(days=3)
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)
CATEGORIES = sorted(RULES.categories)
REGIMES = sorted(RULES.regime_labels)


def period(kind: Kind, body: Body, *, named: str = "p", **changes: object) -> Period:
    made = Period(
        id=named,
        name=f"The {kind} period",
        kind=kind,
        bodies=frozenset({body}),
        nations=frozenset({Nation.UK}),
        starts=START,
        ends=END,
        source="https://example.org/note",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the keywords are fields of Period


GENERAL = period(Kind.GENERAL, Body.UK_CIVIL_SERVICE)
IN_REGIME = {
    "strict": GENERAL,
    "care": period(Kind.LOCAL, Body.UK_CIVIL_SERVICE),
    "care-territorial": period(Kind.SENEDD, Body.UK_CIVIL_SERVICE),
    "other-government": period(Kind.GENERAL, Body.SCOTTISH_GOV),
    "publicity": period(Kind.LOCAL, Body.LOCAL_AUTHORITY),
    "referendum": period(Kind.REFERENDUM, Body.UK_CIVIL_SERVICE),
    "area": period(Kind.BY_ELECTION, Body.UK_CIVIL_SERVICE, area="Ettrick"),
    "freeze": period(Kind.FREEZE, Body.UK_CIVIL_SERVICE),
}


def case_in(found: Period, category: str, *, at: datetime = INSIDE, **changes: object) -> Case:
    made = Case(body=next(iter(found.bodies)), category=category, at=at, area=found.area)
    return replace(made, **changes)  # type: ignore[arg-type]  # the keywords are fields of Case


def verdict_in(found: Period, category: str, *, at: datetime = INSIDE, **changes: object) -> Judgement:
    return judge(case_in(found, category, at=at, **changes), [found], RULES)


def codes(judgement: Judgement) -> list[str]:
    return [finding.code for finding in judgement.findings]


# --- the two look-ups ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("regime", [regime for regime in REGIMES if regime != "none"])
@pytest.mark.parametrize("category", CATEGORIES)
def test_inside_a_period_the_rule_of_its_regime_decides(category: str, regime: str) -> None:
    """216 rules less the year-round column; a post touches the question, so that the referendum column speaks too."""
    judgement = verdict_in(IN_REGIME[regime], category, marks=Marks(touches_referendum=True))
    floor = RULES.rules[category, "none"]
    rule = RULES.rules[category, regime]
    assert judgement.verdict == max(rule, floor, key=lambda verdict: verdict.rank)
    assert (regime in codes(judgement)) is (rule is not Verdict.ALLOW)
    assert judgement.periods == ("p",)


@pytest.mark.parametrize("category", CATEGORIES)
def test_outside_every_period_the_year_round_rules_decide(category: str) -> None:
    judgement = verdict_in(GENERAL, category, at=START - MINUTE)
    assert judgement.verdict is (Verdict.FLAG if category == "politician-share" else Verdict.ALLOW)
    assert codes(judgement) == (["propriety"] if category == "politician-share" else [])
    assert judgement.periods == ()


def test_a_finding_names_its_rule_its_period_its_sources_and_since_when_a_sign_off_counts() -> None:
    finding = verdict_in(GENERAL, "announcement").findings[0]
    assert (finding.code, finding.period, finding.regime, finding.rule) == ("strict", "p", "strict", "announcement in strict")
    assert "“The general period” is in force" in finding.reason
    assert "held" in finding.reason
    assert finding.source.startswith("https://gov.uk/government/publications/election-guidance")
    assert finding.source.endswith(" ; https://example.org/note")
    assert finding.since == START


def test_a_rule_with_no_outside_source_says_so() -> None:
    assert verdict_in(GENERAL, "national-occasion").findings[0].source == "product default ; https://example.org/note"


@pytest.mark.parametrize(
    ("at", "verdict"), [(START - MINUTE, "allow"), (START, "block"), (END - MINUTE, "block"), (END, "allow")]
)
def test_the_rule_holds_from_the_first_minute_to_the_minute_before_the_end(at: datetime, verdict: str) -> None:
    assert verdict_in(GENERAL, "announcement", at=at).verdict == verdict


def test_a_body_that_a_period_names_without_a_rule_is_flagged_so_that_a_person_looks() -> None:
    judgement = verdict_in(period(Kind.SCOTTISH_PARLIAMENT, Body.WELSH_GOV), "recruitment")
    assert judgement.verdict is Verdict.FLAG
    assert codes(judgement) == ["no-rule"]


def test_a_category_that_the_rules_do_not_have_is_held_and_no_exemption_lifts_that() -> None:
    judgement = verdict_in(GENERAL, "gossip", at=START - MINUTE, exemption="please")
    assert judgement.verdict is Verdict.BLOCK
    assert codes(judgement) == ["no-rule"]


def test_past_its_end_an_unlifted_period_still_decides_and_the_code_says_why() -> None:
    unlifted = replace(GENERAL, end_mode=EndMode.MANUAL_LIFT)
    judgement = verdict_in(unlifted, "announcement", at=END)
    assert codes(judgement) == ["awaiting-lift:strict"]
    assert "nobody has recorded that it is over" in judgement.findings[0].reason
    assert codes(verdict_in(unlifted, "announcement", at=END - MINUTE)) == ["strict"]
    over = replace(unlifted, lifted_at=END)
    assert verdict_in(over, "announcement", at=END).verdict is Verdict.ALLOW
    assert codes(verdict_in(over, "announcement", at=END, not_lifted=frozenset({"p"}))) == ["awaiting-lift:strict"]


def test_a_cancelled_period_releases_what_it_held() -> None:
    cancelled = replace(GENERAL, status=PeriodStatus.CANCELLED, announced_at=START - timedelta(days=9))
    for at in (START - MINUTE, INSIDE, END):
        judgement = verdict_in(cancelled, "announcement", at=at, approved_at=START - timedelta(days=20))
        assert (judgement.verdict, judgement.periods) == (Verdict.ALLOW, ())


# --- referendums and areas ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_referendum_catches_only_what_touches_the_question_or_the_vote(category: str) -> None:
    judgement = verdict_in(IN_REGIME["referendum"], category)
    caught = category in {"election-info", "voter-encouragement"}
    assert ("referendum" in codes(judgement)) is caught
    assert judgement.periods == ("p",)


def test_a_by_election_catches_only_posts_about_its_area() -> None:
    by_election = IN_REGIME["area"]
    assert verdict_in(by_election, "funding").verdict is Verdict.BLOCK
    elsewhere = verdict_in(by_election, "funding", area="Dundee")
    assert (elsewhere.verdict, elsewhere.periods) == (Verdict.ALLOW, ())


def test_the_audience_decides_which_nations_periods_apply() -> None:
    scottish = period(Kind.SCOTTISH_PARLIAMENT, Body.UK_CIVIL_SERVICE, nations=frozenset({Nation.SCOTLAND}))
    verdicts = {nation: str(verdict_in(scottish, "announcement", nation=nation).verdict) for nation in ("", *Nation)}
    assert verdicts == {"": "flag", "UK": "flag", "Scotland": "flag", "England": "allow", "Wales": "allow", "NI": "allow"}


def test_a_nation_nobody_knows_is_refused_rather_than_matched_to_nothing() -> None:
    with pytest.raises(BadInput, match="no nation “Britain”"):
        case_in(GENERAL, "announcement", nation="Britain")


def test_a_case_refuses_naive_instants() -> None:
    naive = datetime(2030, 5, 1)  # noqa: DTZ001 - the point of the test
    with pytest.raises(ValueError, match="moment of sending has no time zone"):
        case_in(GENERAL, "announcement", at=naive)
    with pytest.raises(ValueError, match="moment of approval has no time zone"):
        case_in(GENERAL, "announcement", approved_at=naive)


# --- modifiers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("regime", ["strict", "publicity"])
@pytest.mark.parametrize("category", CATEGORIES)
def test_naming_a_politician_is_blocked_in_strict_and_publicity_and_flagged_for_safety(category: str, regime: str) -> None:
    judgement = verdict_in(IN_REGIME[regime], category, marks=Marks(names_politician=True))
    assert judgement.verdict is (Verdict.FLAG if category == "emergency-safety" else Verdict.BLOCK)
    assert codes(judgement).count("names-politician") == 1


@pytest.mark.parametrize("regime", ["care", "care-territorial", "other-government", "referendum", "area"])
@pytest.mark.parametrize("category", CATEGORIES)
def test_naming_a_politician_elsewhere_turns_allow_into_flag(category: str, regime: str) -> None:
    plain = verdict_in(IN_REGIME[regime], category)
    named = verdict_in(IN_REGIME[regime], category, marks=Marks(names_politician=True))
    assert named.verdict is (Verdict.FLAG if plain.verdict is Verdict.ALLOW else plain.verdict)


@pytest.mark.parametrize("category", CATEGORIES)
def test_naming_a_politician_needs_a_sign_off_on_every_day_of_the_year(category: str) -> None:
    judgement = verdict_in(GENERAL, category, at=START - timedelta(days=300), marks=Marks(names_politician=True))
    assert judgement.verdict is Verdict.FLAG
    assert [flag.since for flag in judgement.flags] == [None]


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_leader_account_is_one_step_stricter_in_strict_except_for_safety(category: str) -> None:
    plain = verdict_in(GENERAL, category)
    leader = verdict_in(GENERAL, category, account_kind=AccountKind.LEADER)
    stricter = plain.verdict is Verdict.ALLOW and category != "emergency-safety"
    assert leader.verdict is (Verdict.FLAG if stricter else plain.verdict)
    assert ("leader-account" in codes(leader)) is stricter


@pytest.mark.parametrize("regime", ["care", "care-territorial", "other-government", "publicity", "referendum", "area"])
def test_a_leader_account_is_like_any_other_outside_strict(regime: str) -> None:
    assert verdict_in(IN_REGIME[regime], "recruitment", account_kind=AccountKind.LEADER).verdict is Verdict.ALLOW


def test_what_is_joint_with_the_uk_government_is_blocked_only_in_other_government() -> None:
    for regime, found in IN_REGIME.items():
        judgement = verdict_in(found, "recruitment", marks=Marks(joint_uk=True))
        assert ("joint-uk" in codes(judgement)) is (regime == "other-government")
        # A freeze holds it anyway, joint or not.
        assert (judgement.verdict is Verdict.BLOCK) is (regime in ("other-government", "freeze"))


@pytest.mark.parametrize("category", CATEGORIES)
def test_between_announcement_and_start_politically_sensitive_posts_are_flagged(category: str) -> None:
    announced_at = START - timedelta(days=3)
    announced = replace(GENERAL, announced_at=announced_at)
    sensitive = category in POLITICALLY_SENSITIVE
    for at, expected in (
        (announced_at - MINUTE, False),
        (announced_at, sensitive),
        (START - MINUTE, sensitive),
        (START, False),
    ):
        assert ("announced-not-started" in codes(verdict_in(announced, category, at=at))) is expected
    if sensitive:
        flags = verdict_in(announced, category, at=announced_at).flags
        assert [flag.since for flag in flags if flag.period] == [announced_at]


def test_an_announced_period_of_somebody_else_flags_nothing() -> None:
    announced = replace(GENERAL, announced_at=START - timedelta(days=3), nations=frozenset({Nation.WALES}))
    assert verdict_in(announced, "announcement", at=START - MINUTE, nation="Scotland").findings == ()


def test_an_announced_referendum_flags_only_what_touches_the_question() -> None:
    announced = replace(IN_REGIME["referendum"], announced_at=START - timedelta(days=3))
    assert verdict_in(announced, "announcement", at=START - MINUTE).findings == ()
    touching = verdict_in(announced, "announcement", at=START - MINUTE, marks=Marks(touches_referendum=True))
    assert codes(touching) == ["announced-not-started"]


@pytest.mark.parametrize("category", CATEGORIES)
def test_an_approval_from_before_the_end_of_a_strict_period_is_stale_for_sensitive_posts(category: str) -> None:
    sensitive = category in POLITICALLY_SENSITIVE
    judgement = verdict_in(GENERAL, category, at=END, approved_at=END - MINUTE)
    assert ("stale-after-election" in codes(judgement)) is sensitive
    assert [flag.since for flag in judgement.flags if flag.period] == ([END] if sensitive else [])
    assert "stale-after-election" not in codes(verdict_in(GENERAL, category, at=END, approved_at=END))
    assert "stale-after-election" not in codes(verdict_in(GENERAL, category, at=END - MINUTE, approved_at=START))
    assert "stale-after-election" not in codes(verdict_in(GENERAL, category, at=END))


def test_an_approval_goes_stale_at_the_actual_end_be_it_late_or_early() -> None:
    for lifted_at in (END + timedelta(days=5), END - timedelta(days=5)):
        lifted = replace(GENERAL, end_mode=EndMode.MANUAL_LIFT, lifted_at=lifted_at)
        judgement = verdict_in(lifted, "funding", at=lifted_at, approved_at=lifted_at - MINUTE)
        assert codes(judgement) == ["stale-after-election"]
        assert [flag.since for flag in judgement.flags] == [lifted_at]
    unlifted = replace(GENERAL, end_mode=EndMode.MANUAL_LIFT)
    assert codes(verdict_in(unlifted, "funding", at=END, approved_at=START - MINUTE)) == ["awaiting-lift:strict"]


@pytest.mark.parametrize("regime", [regime for regime in IN_REGIME if regime != "strict"])
def test_only_strict_periods_make_approvals_stale(regime: str) -> None:
    judgement = verdict_in(IN_REGIME[regime], "funding", at=END, approved_at=START - MINUTE, marks=Marks(touches_referendum=True))
    assert judgement.findings == ()


@pytest.mark.parametrize("at", [START - timedelta(days=100), INSIDE, END])
def test_partisan_content_is_blocked_in_and_out_of_periods_and_nothing_lifts_it(at: datetime) -> None:
    judgement = verdict_in(GENERAL, "emergency-safety", at=at, marks=Marks(partisan=True), exemption="a reason")
    assert judgement.verdict is Verdict.BLOCK
    assert codes(judgement)[0] == "partisan"
    assert "exempted" not in codes(judgement)


def test_what_nothing_lifts_comes_before_what_an_exemption_could_lift() -> None:
    judgement = verdict_in(GENERAL, "announcement", marks=Marks(partisan=True))
    assert codes(judgement) == ["partisan", "strict"]


def test_an_exemption_lifts_a_block_and_keeps_it_on_view() -> None:
    judgement = verdict_in(GENERAL, "campaign", exemption=" Flu season; agreed 3 May ")
    assert judgement.verdict is Verdict.ALLOW
    assert judgement.standing == ()
    assert [(finding.code, finding.lifted) for finding in judgement.findings] == [("strict", True), ("exempted", False)]
    assert judgement.findings[1].reason.endswith(": Flu season; agreed 3 May")


def test_an_exemption_without_a_reason_lifts_nothing() -> None:
    assert verdict_in(GENERAL, "campaign", exemption="  ").verdict is Verdict.BLOCK


def test_an_exemption_of_something_that_needs_none_leaves_no_trace() -> None:
    assert verdict_in(GENERAL, "recruitment", exemption="to be safe").findings == ()


@pytest.mark.parametrize("category", CATEGORIES)
def test_an_exemption_never_lifts_the_referendum_regime(category: str) -> None:
    marks = Marks(touches_referendum=True, names_politician=True)
    without = verdict_in(IN_REGIME["referendum"], category, marks=marks)
    exempted = verdict_in(IN_REGIME["referendum"], category, marks=marks, exemption="a reason")
    assert exempted.verdict is without.verdict


# --- overlaps -----------------------------------------------------------------------------------------------------


def test_overlapping_periods_are_all_named_and_the_strictest_finding_comes_first() -> None:
    care = period(Kind.LOCAL, Body.UK_CIVIL_SERVICE, named="a-local", starts=START - timedelta(days=9))
    judgement = judge(case_in(GENERAL, "announcement"), [GENERAL, care], RULES)
    assert judgement.periods == ("a-local", "p")
    assert codes(judgement) == ["strict", "care"]
    assert judgement.verdict is Verdict.BLOCK


def test_each_flag_of_overlapping_periods_has_an_instant_and_a_key_of_its_own() -> None:
    early = period(Kind.LOCAL, Body.UK_CIVIL_SERVICE, named="early", starts=START - timedelta(days=9))
    late = period(Kind.SENEDD, Body.UK_CIVIL_SERVICE, named="late", starts=START + timedelta(days=1))
    judgement = judge(case_in(GENERAL, "announcement"), [early, late], RULES)
    assert [finding.period for finding in judgement.standing] == ["early", "late"]
    assert [flag.since for flag in judgement.flags] == [early.starts, late.starts]
    assert len({flag.key for flag in judgement.flags}) == 2


def test_8_june_2017_has_a_general_election_for_one_body_and_a_by_election_for_another() -> None:
    at = datetime(2017, 6, 8, 11, tzinfo=UTC)
    ettrick = Case(
        body=Body.SCOTTISH_GOV, category="funding", at=at, nation="Scotland", area="Ettrick, Roxburgh and Berwickshire"
    )
    assert judge(ettrick, PERIODS, RULES).periods == ("ge-2017-devolved", "by-ettrick-2017")
    assert judge(replace(ettrick, area=""), PERIODS, RULES).verdict is Verdict.FLAG
    assert judge(ettrick, PERIODS, RULES).verdict is Verdict.BLOCK


def test_2_may_2019_is_the_last_day_of_one_period_and_the_first_of_the_next() -> None:
    at = datetime(2019, 5, 2, 11, tzinfo=UTC)
    judgement = judge(Case(body=Body.UK_CIVIL_SERVICE, category="announcement", at=at, nation="England"), PERIODS, RULES)
    assert judgement.periods == ("cs-local-2019", "ep-2019")
    assert codes(judgement) == ["care", "care"]


@pytest.mark.parametrize(
    ("body", "nation", "day", "period_id"),
    [
        (Body.LOCAL_AUTHORITY, "Scotland", (3, 16), "la-sp-2026"),
        (Body.SCOTTISH_GOV, "Scotland", (3, 26), "sp-2026"),
        (Body.LOCAL_AUTHORITY, "England", (3, 30), "la-eng-2026"),
        (Body.LOCAL_AUTHORITY, "Wales", (3, 30), "la-senedd-2026"),
        (Body.WELSH_GOV, "Wales", (4, 8), "senedd-2026"),
        (Body.UK_CIVIL_SERVICE, "England", (4, 16), "cs-local-2026"),
    ],
)
def test_one_polling_day_in_2026_has_five_starts(body: Body, nation: str, day: tuple[int, int], period_id: str) -> None:
    first = datetime(2026, *day, 12, tzinfo=UTC)
    case = Case(body=body, category="announcement", at=first, nation=nation)
    assert judge(case, PERIODS, RULES).periods == (period_id,)
    assert judge(replace(case, at=first - timedelta(days=1)), PERIODS, RULES).periods == ()


# --- freezes ------------------------------------------------------------------------------------------------------


def test_a_freeze_without_an_end_holds_until_somebody_lifts_it_and_an_exemption_lets_one_post_out() -> None:
    """What is critical or required by law goes with clearance (domain.md 2.7)."""
    freeze = period(Kind.FREEZE, Body.ALB, ends=START + MINUTE, end_mode=EndMode.MANUAL_LIFT)
    much_later = END + timedelta(days=400)
    judgement = verdict_in(freeze, "operational-service", at=much_later)
    assert (judgement.verdict, codes(judgement)) == (Verdict.BLOCK, ["freeze"])
    assert "is in force (a freeze: everything waits)" in judgement.findings[0].reason
    assert "royal" not in judgement.findings[0].reason
    assert "govuk-content-publishing-guidance" in judgement.findings[0].source
    assert verdict_in(freeze, "operational-service", at=much_later, exemption="a legal duty").verdict is Verdict.ALLOW
    assert verdict_in(freeze, "emergency-safety", at=much_later).verdict is Verdict.FLAG
    lifted = replace(freeze, lifted_at=much_later)
    assert verdict_in(lifted, "operational-service", at=much_later).verdict is Verdict.ALLOW
    assert verdict_in(lifted, "operational-service", at=much_later - MINUTE).verdict is Verdict.BLOCK


def test_a_departmental_blackout_flags_what_is_sensitive_and_lets_services_run() -> None:
    blackout = period(Kind.DEPARTMENTAL, Body.UK_CIVIL_SERVICE)
    assert verdict_in(blackout, "announcement").verdict is Verdict.FLAG
    assert verdict_in(blackout, "operational-service").verdict is Verdict.ALLOW


@pytest.mark.parametrize("regime", RULES.own_regimes)
@pytest.mark.parametrize("category", CATEGORIES)
def test_a_departmental_period_with_rules_of_its_own_does_what_those_rules_do(category: str, regime: str) -> None:
    blackout = replace(period(Kind.DEPARTMENTAL, Body.UK_CIVIL_SERVICE), regime=regime)
    election = IN_REGIME[regime]
    for changes in ({}, {"marks": Marks(names_politician=True, joint_uk=True)}, {"account_kind": AccountKind.LEADER}):
        own, kinds = verdict_in(blackout, category, **changes), verdict_in(election, category, **changes)
        assert (own.verdict, codes(own)) == (kinds.verdict, codes(kinds))


def test_a_departmental_period_cannot_choose_the_rules_of_every_day_nor_the_ban_of_a_referendum() -> None:
    assert set(RULES.regime_labels) - set(RULES.own_regimes) == {"none", "referendum"}


def test_rules_of_its_own_and_limits_are_said_in_the_reason() -> None:
    pause = replace(
        period(Kind.DEPARTMENTAL, Body.UK_CIVIL_SERVICE),
        name="Winter pause",
        regime="care",
        accounts=frozenset({"x-main", "x-ministers"}),
        announced_at=START - MINUTE,
    )
    (finding,) = verdict_in(pause, "announcement", account="x-main").findings
    assert finding.reason == (
        "“Winter pause” is in force (by its own rules: particular care; only on the accounts x-main and x-ministers): posts of "
        "the kind “New policy, decision or ministerial announcement” need a second person's sign-off, with a reason."
    )
    (announced,) = verdict_in(pause, "announcement", account="x-main", at=START - MINUTE).findings
    assert announced.reason.startswith("“Winter pause” (only on the accounts x-main and x-ministers) is announced and has not")
    joint = verdict_in(replace(pause, regime="other-government"), "event", account="x-main", marks=Marks(joint_uk=True))
    assert joint.findings[0].reason.startswith("In “Winter pause” (only on the accounts x-main and x-ministers) nothing is")


@pytest.mark.parametrize(
    ("limit", "within"),
    [
        ({"accounts": frozenset({"x-main"})}, {"account": "x-main"}),
        ({"channels": frozenset({"x"})}, {"channel": "x"}),
        ({"campaign": "Winter warmth"}, {"marks": Marks(campaign="winter WARMTH")}),
        ({"area": "Ettrick"}, {"area": "ettrick"}),
    ],
)
@pytest.mark.parametrize(
    ("at", "held"),
    [(START - TICK, False), (START, True), (END - TICK, True), (END, False)],
    ids=["before", "start", "last", "end"],
)
def test_a_limited_period_holds_what_is_within_it_from_its_first_instant_to_before_its_end(
    limit: dict[str, object], within: dict[str, object], at: datetime, held: bool
) -> None:
    limited = replace(GENERAL, **limit)  # type: ignore[arg-type]  # the keywords are fields of Period
    inside = case_in(limited, "announcement", at=at, **within)
    outside = case_in(GENERAL, "announcement", at=at)
    for calendar in ([limited], Calendar([limited])):
        assert judge(inside, calendar, RULES).verdict is (Verdict.BLOCK if held else Verdict.ALLOW)
        assert judge(outside, calendar, RULES).verdict is Verdict.ALLOW


# --- properties ---------------------------------------------------------------------------------------------------

_hours = st.integers(-60, 60).map(lambda hours: START + timedelta(hours=hours))
_bodies = st.sampled_from([Body.UK_CIVIL_SERVICE, Body.SCOTTISH_GOV, Body.LOCAL_AUTHORITY, Body.OPCC])


@st.composite
def periods(draw: st.DrawFn) -> Period:
    starts = draw(_hours)
    announced = draw(st.none() | st.integers(0, 40))
    kind = draw(st.sampled_from(list(Kind)))
    return Period(
        id=draw(st.sampled_from(["a", "b", "c", "d", "e"])),
        name="Some period",
        kind=kind,
        bodies=frozenset(draw(st.sets(_bodies, min_size=1))),
        nations=frozenset(draw(st.sets(st.sampled_from(list(Nation)), min_size=1))),
        area=draw(st.sampled_from(["", "Ettrick"])),
        accounts=frozenset(draw(st.sets(st.sampled_from(["x-main", "x-min"])))),
        channels=frozenset(draw(st.sets(st.sampled_from(["x", "outbox"]), max_size=1))),
        campaign=draw(st.sampled_from(["", "", "Winter warmth"])),
        regime=draw(st.sampled_from(["", *RULES.own_regimes])) if kind is Kind.DEPARTMENTAL else "",
        starts=starts,
        ends=starts + timedelta(hours=draw(st.integers(1, 40))),
        end_mode=draw(st.sampled_from(list(EndMode))),
        status=draw(st.sampled_from(list(PeriodStatus))),
        announced_at=None if announced is None else starts - timedelta(hours=announced),
    )


cases = st.builds(
    Case,
    body=_bodies,
    category=st.sampled_from(CATEGORIES),
    at=_hours,
    nation=st.sampled_from(["", *Nation]),
    area=st.sampled_from(["", "Ettrick"]),
    account=st.sampled_from(["", "x-main", "x-min", "another"]),
    channel=st.sampled_from(["", "x", "outbox"]),
    account_kind=st.sampled_from(list(AccountKind)),
    marks=st.builds(
        Marks,
        names_politician=st.booleans(),
        partisan=st.booleans(),
        joint_uk=st.booleans(),
        touches_referendum=st.booleans(),
        campaign=st.sampled_from(["", "Winter warmth", "winter  warmth", "Summer"]),
    ),
    approved_at=st.none() | _hours,
    not_lifted=st.frozensets(st.sampled_from(["a", "b", "c"])),
    exemption=st.sampled_from(["", "a reason"]),
)


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    return max(verdicts, key=lambda verdict: verdict.rank, default=Verdict.ALLOW)


@settings(deadline=None)
@given(cases, st.lists(periods(), max_size=4))
def test_the_strictest_standing_finding_is_the_verdict_and_comes_first(case: Case, calendar: list[Period]) -> None:
    judgement = judge(case, calendar, RULES)
    assert judgement.verdict is strictest(finding.verdict for finding in judgement.standing)
    assert not judgement.standing or judgement.findings[0].verdict is judgement.verdict
    assert all(finding.reason.endswith(".") or finding.code == "exempted" for finding in judgement.findings)
    assert all(finding.source for finding in judgement.findings)


@settings(deadline=None)
@given(cases, st.lists(periods(), max_size=3), periods())
def test_one_more_period_never_makes_the_verdict_laxer(case: Case, calendar: list[Period], another: Period) -> None:
    before, after = judge(case, calendar, RULES), judge(case, [*calendar, another], RULES)
    assert after.verdict.rank >= before.verdict.rank
    assert set(before.periods) <= set(after.periods)


@settings(deadline=None)
@given(cases, st.lists(periods(), max_size=4))
def test_an_exemption_never_lifts_partisan_content_or_the_referendum_regime(case: Case, calendar: list[Period]) -> None:
    judgement = judge(replace(case, exemption="a reason"), calendar, RULES)
    untouchable = [f for f in judgement.findings if f.code == "partisan" or f.regime == "referendum"]
    assert not any(finding.lifted for finding in untouchable)
    assert judgement.verdict is strictest(finding.verdict for finding in untouchable)


@settings(deadline=None)
@given(cases, st.lists(periods(), max_size=4))
def test_an_exemption_takes_no_finding_out_of_view(case: Case, calendar: list[Period]) -> None:
    without = judge(replace(case, exemption=""), calendar, RULES)
    exempted = judge(replace(case, exemption="a reason"), calendar, RULES)
    assert {(f.code, f.period) for f in without.findings} == {
        (f.code, f.period) for f in exempted.findings if f.code != "exempted"
    }
    assert exempted.verdict.rank <= without.verdict.rank


@settings(deadline=None)
@given(cases, st.lists(periods(), max_size=4))
def test_the_order_of_the_calendar_changes_nothing(case: Case, calendar: list[Period]) -> None:
    unique = list({found.id: found for found in calendar}.values())
    assert judge(case, unique, RULES) == judge(case, list(reversed(unique)), RULES)
