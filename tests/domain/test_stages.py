"""Which stages a post needs inside a period and outside, how long their clearances last, and who can take a rejection back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from purdah_scheduler.domain.clearance import SIGN_OFF, Choice, Decision, Setting, Stage, Standing, When, standing
from purdah_scheduler.domain.content import AccountContent, Content, Marks
from purdah_scheduler.domain.people import Person, Role
from purdah_scheduler.domain.rulebook import PUBLICITY, STRICT

NOON = datetime(2026, 4, 14, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CONTENT = Content(accounts=(AccountContent(account="dfx", channel="outbox", parts=("Words",)),), category="announcement")
ANN = Person(id="ann", name="Ann", roles=frozenset({Role.AUTHOR, Role.APPROVER, Role.PROPRIETY}))
BOB = Person(id="bob", name="Bob", roles=frozenset({Role.APPROVER}))
CAT = Person(id="cat", name="Cat", roles=frozenset({Role.APPROVER, Role.PROPRIETY}))
VIC = Person(id="vic", name="Vic", roles=frozenset({Role.VIEWER}))
PRESS = Stage(id="press", label="Press office", role=Role.APPROVER)
PROPRIETY = Stage(id="propriety", label="Propriety", role=Role.PROPRIETY, when=When.INSIDE)
MINISTER = Stage(id="minister", label="Private office", role=Role.APPROVER, when=When.OUTSIDE)
OUTSIDE, INSIDE = Setting(at=NOON), Setting(at=NOON, regimes=frozenset({STRICT}))


def said(person: Person, stage: str = "press", choice: Choice = Choice.APPROVE, **changes: object) -> Decision:
    base = Decision(person=person.id, stage=stage, choice=choice, digest="d1", revision=1, at=NOON)
    return replace(base, **changes)  # type: ignore[arg-type]  # built by name


def stands(
    *decisions: Decision,
    chain: tuple[Stage, ...] = (PRESS,),
    settings: tuple[Setting, ...] = (OUTSIDE,),
    content: Content = CONTENT,
    people: tuple[Person, ...] = (ANN, BOB, CAT, VIC),
) -> Standing:
    return standing(
        chain=chain,
        content=content,
        settings=settings,
        digest="d1",
        revision=1,
        decisions=decisions,
        authors=frozenset({"ann"}),
        people=people,
        sign_off_roles=frozenset({Role.PROPRIETY}),
    )


def test_a_stage_for_inside_is_asked_for_while_a_period_of_its_regime_is_in_force_and_at_no_other_time() -> None:
    chain = (PRESS, PROPRIETY)
    assert stands(said(BOB), chain=chain).complete
    assert [gap.stage for gap in stands(said(BOB), chain=chain, settings=(INSIDE,)).missing] == ["propriety"]
    publicity = Setting(at=NOON, regimes=frozenset({PUBLICITY}))
    assert stands(said(BOB), chain=chain, settings=(publicity,)).complete


def test_a_stage_names_the_regimes_that_it_is_about() -> None:
    stage = replace(PROPRIETY, regimes=frozenset({PUBLICITY}))
    assert stage.needed_in((Setting(at=NOON, regimes=frozenset({PUBLICITY, "care"})),))
    assert not stage.needed_in((INSIDE,))


def test_a_stage_for_outside_falls_away_inside() -> None:
    chain = (PRESS, MINISTER)
    assert [gap.stage for gap in stands(said(BOB), chain=chain).missing] == ["minister"]
    assert stands(said(BOB), chain=chain, settings=(INSIDE,)).needed == ("press",)


def test_a_post_that_may_go_out_inside_or_outside_needs_both_chains() -> None:
    found = stands(chain=(PRESS, PROPRIETY, MINISTER), settings=(OUTSIDE, INSIDE))
    assert found.needed == ("press", "propriety", "minister")


@pytest.mark.parametrize("mark", ["names_politician", "partisan", "joint_uk", "touches_referendum"])
def test_a_stage_can_be_for_posts_with_a_mark(mark: str) -> None:
    stage = replace(PRESS, marks=frozenset({mark}))
    assert not stage.concerns(CONTENT)
    marked = Marks(**{mark: True})  # type: ignore[arg-type]  # built by name
    assert stage.concerns(replace(CONTENT, marks=marked))


def test_a_stage_can_be_for_posts_of_any_campaign() -> None:
    stage = replace(PRESS, marks=frozenset({"campaign"}))
    assert stage.concerns(replace(CONTENT, marks=Marks(campaign="Clocks")))
    assert not stage.concerns(CONTENT)


def test_an_expired_clearance_stops_counting_at_that_very_moment_and_is_named() -> None:
    stage = replace(PRESS, expires_after=DAY)
    last = replace(OUTSIDE, at=NOON + DAY - timedelta(seconds=1))
    assert stands(said(BOB), chain=(stage,), settings=(last,)).complete
    found = stands(said(BOB), chain=(stage,), settings=(replace(OUTSIDE, at=NOON + DAY),))
    assert not found.complete
    assert [(one.decision.person, one.until) for one in found.missing[0].expired] == [("bob", NOON + DAY)]


def test_inside_a_period_the_shorter_time_holds() -> None:
    stage = replace(PRESS, expires_after=7 * DAY, expires_inside=DAY)
    later = NOON + 2 * DAY
    assert stands(said(BOB), chain=(stage,), settings=(replace(OUTSIDE, at=later),)).complete
    assert not stands(said(BOB), chain=(stage,), settings=(replace(INSIDE, at=later),)).complete


def test_a_clearance_that_will_expire_is_told_while_it_counts() -> None:
    found = stands(said(BOB), chain=(replace(PRESS, expires_after=DAY),))
    assert [(last.decision.person, last.until) for last in found.lasting] == [("bob", NOON + DAY)]
    assert stands(said(BOB)).lasting == ()


def test_of_two_clearances_the_one_that_has_not_expired_counts() -> None:
    stage = replace(PRESS, expires_after=DAY)
    now = replace(OUTSIDE, at=NOON + DAY)
    found = stands(said(BOB), said(CAT, at=NOON + timedelta(hours=1)), chain=(stage,), settings=(now,))
    assert [decision.person for decision in found.counting] == ["cat"]


def test_a_clearance_given_anew_by_the_same_person_counts_from_then_on() -> None:
    stage = replace(PRESS, expires_after=DAY)
    now = replace(OUTSIDE, at=NOON + DAY)
    assert stands(said(BOB), said(BOB, at=NOON + DAY), chain=(stage,), settings=(now,)).complete


def test_a_rejection_is_taken_back_by_another_person_of_the_stage_and_nothing_else_of_the_stage_is() -> None:
    found = stands(said(BOB, choice=Choice.REJECT), said(CAT, choice=Choice.WITHDRAW))
    assert found.rejected_by == ()
    assert not found.complete


@pytest.mark.parametrize("person", [ANN, VIC, Person(id="left", name="Left", roles=frozenset({Role.APPROVER}))])
def test_a_rejection_is_not_taken_back_by_an_author_or_without_the_role_or_by_one_who_may_not_act(person: Person) -> None:
    assert stands(said(BOB, choice=Choice.REJECT), said(person, choice=Choice.WITHDRAW)).rejected_by


def test_whoever_takes_back_an_own_yes_leaves_the_no_of_others() -> None:
    found = stands(said(CAT), said(BOB, choice=Choice.REJECT), said(CAT, choice=Choice.WITHDRAW))
    assert [decision.person for decision in found.rejected_by] == ["bob"]


def test_a_no_said_again_after_it_was_taken_back_stands() -> None:
    no = said(BOB, choice=Choice.REJECT)
    assert stands(no, said(CAT, choice=Choice.WITHDRAW), no).rejected_by


def test_a_no_to_a_flag_is_taken_back_by_a_person_who_signs_off() -> None:
    no = said(CAT, SIGN_OFF, choice=Choice.REJECT)
    assert stands(no, said(BOB, SIGN_OFF, choice=Choice.WITHDRAW)).rejected_by
    pat = Person(id="pat", name="Pat", roles=frozenset({Role.PROPRIETY}))
    assert not stands(no, said(pat, SIGN_OFF, choice=Choice.WITHDRAW), people=(ANN, BOB, CAT, pat)).rejected_by


def test_a_setting_has_an_aware_moment_and_clearances_count_in_one_at_least() -> None:
    with pytest.raises(ValueError, match="aware"):
        Setting(at=NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="setting"):
        stands(settings=())
