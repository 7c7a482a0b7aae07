"""Which clearances count: the digest, the revision, the people, the order and the moment all matter."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from purdah_scheduler.domain.clearance import SIGN_OFF, Choice, Decision, Setting, Stage, Standing, signed_off, standing
from purdah_scheduler.domain.content import AccountContent, Content
from purdah_scheduler.domain.people import Assurance, Person, Role

NOON = datetime(2026, 4, 14, 12, 0, tzinfo=UTC)
CONTENT = Content(accounts=(AccountContent(account="dfx", channel="outbox", parts=("Words",)),), category="announcement")
POLICY = Stage(id="policy", label="Policy", role=Role.APPROVER)
PRESS = Stage(id="press", label="Press office", role=Role.APPROVER)
ANN = Person(id="ann", name="Ann", roles=frozenset({Role.AUTHOR, Role.APPROVER}))
BOB = Person(id="bob", name="Bob", roles=frozenset({Role.APPROVER}))
CAT = Person(id="cat", name="Cat", roles=frozenset({Role.APPROVER, Role.PROPRIETY}))
VIC = Person(id="vic", name="Vic", roles=frozenset({Role.VIEWER}))
PEOPLE = (ANN, BOB, CAT, VIC)


def said(person: Person, stage: str = "policy", choice: Choice = Choice.APPROVE, **changes: object) -> Decision:
    base = Decision(person=person.id, stage=stage, choice=choice, digest="d1", revision=1, at=NOON)
    return replace(base, **changes)  # type: ignore[arg-type]  # built by name


def stands(
    *decisions: Decision,
    chain: tuple[Stage, ...] = (POLICY,),
    people: tuple[Person, ...] = PEOPLE,
    at: datetime = NOON,
    regimes: frozenset[str] = frozenset(),
) -> Standing:
    return standing(
        chain=chain,
        content=CONTENT,
        settings=(Setting(at=at, regimes=regimes),),
        digest="d1",
        revision=1,
        decisions=decisions,
        authors=frozenset({"ann"}),
        people=people,
    )


def test_one_clearance_of_this_digest_completes_a_chain_of_one() -> None:
    assert stands(said(BOB)).complete


def test_nothing_said_is_not_cleared_and_names_who_could() -> None:
    found = stands()
    assert not found.complete
    assert found.missing[0].people == ("bob", "cat")


@pytest.mark.parametrize(
    "decision",
    [
        said(BOB, digest="d2"),
        said(BOB, revision=2),
        said(ANN),
        said(VIC),
        said(BOB, stage="press"),
        said(BOB, choice=Choice.WITHDRAW),
        said(Person(id="left", name="Left", roles=frozenset({Role.APPROVER}))),
    ],
    ids=["other digest", "other revision", "an author", "without the role", "other stage", "withdrawn", "unknown person"],
)
def test_what_is_not_a_clearance_of_this_text_by_an_entitled_person_does_not_count(decision: Decision) -> None:
    assert not stands(decision).complete


def test_the_latest_word_of_a_person_counts() -> None:
    assert not stands(said(BOB), said(BOB, choice=Choice.WITHDRAW, at=NOON + timedelta(minutes=1))).complete
    assert stands(said(BOB, choice=Choice.REJECT), said(BOB, at=NOON + timedelta(minutes=1))).complete


def test_a_rejection_stands_whatever_others_say() -> None:
    found = stands(said(CAT, choice=Choice.REJECT), said(BOB))
    assert not found.complete
    assert [decision.person for decision in found.rejected_by] == ["cat"]


def test_a_rejection_of_an_older_text_does_not_bind_the_new_one() -> None:
    assert stands(said(CAT, choice=Choice.REJECT, digest="d0", revision=0), said(BOB)).complete


def test_two_stages_need_two_people() -> None:
    both = (said(BOB), said(BOB, stage="press"))
    assert [missing.stage for missing in stands(*both, chain=(POLICY, PRESS)).missing] == ["press"]
    assert stands(said(BOB), said(CAT, stage="press"), chain=(POLICY, PRESS)).complete


def test_a_stage_of_two_people_needs_both() -> None:
    pair = replace(POLICY, people=2)
    assert not stands(said(BOB), chain=(pair,)).complete
    assert stands(said(BOB), said(CAT), chain=(pair,)).complete


def test_the_clearances_of_a_suspended_person_stop_counting() -> None:
    assert not stands(said(BOB), people=(ANN, CAT)).complete


def test_a_weaker_assurance_than_the_stage_asks_does_not_count() -> None:
    strict = replace(POLICY, min_assurance=Assurance.AUTHENTICATED)
    assert not stands(said(BOB), chain=(strict,)).complete
    assert stands(said(BOB, assurance=Assurance.SIGNED), chain=(strict,)).complete


def test_a_stage_concerns_its_accounts_and_categories_only() -> None:
    assert not replace(POLICY, accounts=frozenset({"other"})).concerns(CONTENT)
    assert not replace(POLICY, categories=frozenset({"event"})).concerns(CONTENT)
    assert replace(POLICY, accounts=frozenset({"dfx"}), categories=frozenset({"announcement"})).concerns(CONTENT)


def test_cleared_at_is_the_oldest_clearance_that_counts() -> None:
    later = NOON + timedelta(hours=1)
    assert stands(said(BOB, at=later), said(CAT, stage="press"), chain=(POLICY, PRESS)).cleared_at == NOON


def sign(decision: Decision, since: datetime | None) -> Decision | None:
    return signed_off(
        digest="d1",
        revision=1,
        decisions=(decision,),
        authors=frozenset({"ann"}),
        people=PEOPLE,
        role=Role.PROPRIETY,
        key="p:flag",
        since=since,
    )


def test_a_sign_off_counts_from_the_start_of_the_period_on() -> None:
    given = said(CAT, stage=SIGN_OFF, answers=("p:other", "p:flag"))
    assert sign(given, None) == given
    assert sign(given, NOON) == given
    assert sign(given, NOON + timedelta(microseconds=1)) is None


@pytest.mark.parametrize("answers", [(), ("p:other",), ("",)], ids=["none", "another flag", "an empty one"])
def test_a_sign_off_counts_for_the_flags_that_it_answers_alone(answers: tuple[str, ...]) -> None:
    assert sign(said(CAT, stage=SIGN_OFF, answers=answers), None) is None


def test_a_clearance_is_not_a_sign_off() -> None:
    assert sign(said(CAT, answers=("p:flag",)), None) is None


@pytest.mark.parametrize(
    "decision",
    [
        said(BOB, stage=SIGN_OFF, answers=("p:flag",)),
        said(CAT, stage=SIGN_OFF, answers=("p:flag",), digest="d2"),
        said(CAT, stage=SIGN_OFF, answers=("p:flag",), choice=Choice.REJECT),
    ],
    ids=["without the role", "other digest", "a no"],
)
def test_a_sign_off_needs_the_role_the_digest_and_a_yes(decision: Decision) -> None:
    assert sign(decision, None) is None


def test_a_decision_refuses_a_naive_instant() -> None:
    with pytest.raises(ValueError, match="aware"):
        said(BOB, at=NOON.replace(tzinfo=None))
