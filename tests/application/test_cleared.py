"""When many posts were cleared, told from what was said of others like them: never anything else than a look at each."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purdah_scheduler.application.cleared import Clearances
from purdah_scheduler.application.lists import Classed, Papers
from purdah_scheduler.application.office import House
from purdah_scheduler.domain.clearance import Choice, Decision, Setting, Stage, When
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.people import Assurance, Person, Role
from tests.application.desk import ALF, ANN, BOB, MONDAY, PAT, Desk, open_desk

DIGESTS = ("a" * 64, "b" * 64)
CLASSED = (
    Classed(category="statistics", nation="uk", area="", marks=Marks()),
    Classed(category="visit-photo", nation="uk", area="", marks=Marks(names_politician=True)),
)
STAGES = st.builds(
    Stage,
    id=st.just("press"),
    label=st.just("Stage"),
    role=st.just(Role.APPROVER),
    people=st.integers(1, 2),
    categories=st.sampled_from([frozenset[str](), frozenset({"visit-photo"})]),
    accounts=st.sampled_from([frozenset[str](), frozenset({"dept"})]),
    expires_after=st.sampled_from([None, timedelta(hours=2)]),
)
CHAINS = st.tuples(STAGES, st.sampled_from([(), (Stage(id="policy", label="Policy", role=Role.PROPRIETY),)])).map(
    lambda found: (found[0], *found[1])
)


def said(person: Person, stage: str, hours: int, **otherwise: Any) -> Decision:
    yes = Decision(
        person=person.id, stage=stage, choice=Choice.APPROVE, digest=DIGESTS[0], revision=1, at=MONDAY + timedelta(hours=hours)
    )
    return replace(yes, **otherwise)


# Few people say few things, so that posts of which the same was said come up again and again, with one thing changed.
DECISIONS = st.lists(
    st.builds(
        said,
        st.sampled_from([BOB, PAT]),
        st.sampled_from(["press", "press", "policy"]),
        st.integers(0, 3),
        choice=st.sampled_from([Choice.APPROVE, Choice.APPROVE, Choice.APPROVE, Choice.WITHDRAW]),
        digest=st.sampled_from([DIGESTS[0], DIGESTS[0], DIGESTS[1]]),
        revision=st.sampled_from([1, 1, 2]),
    ),
    min_size=1,
    max_size=3,
)
PAPERS = st.builds(
    Papers,
    post=st.integers(1, 9),
    revision=st.just(1),
    digest=st.just(DIGESTS[0]),
    accounts=st.sampled_from([("dept",), ("agency",)]),
    authors=st.sampled_from([frozenset({ANN.id}), frozenset({ANN.id, BOB.id})]),
    decisions=DECISIONS.map(lambda found: tuple(sorted(found, key=lambda decision: decision.at))),
)


def test_it_is_the_same_as_a_look_at_each_however_many_came_before(tmp_path_factory: pytest.TempPathFactory) -> None:
    house: House = open_desk(tmp_path_factory.mktemp("cleared")).office.house

    @settings(deadline=None, max_examples=60)
    @given(CHAINS, st.lists(st.tuples(PAPERS, st.sampled_from(CLASSED), st.integers(0, 12)), min_size=8, max_size=24))
    def proof(chain: tuple[Stage, ...], posts: list[tuple[Papers, Classed, int]]) -> None:
        clearances = Clearances(replace(house, chain=chain), (ANN, ALF, BOB, PAT))
        for papers, classed, hours in posts:
            at = MONDAY + timedelta(hours=hours)
            plain = clearances.standing(papers, classed, Setting(at=at)).cleared_at
            assert clearances.cleared_at(papers, classed, at, frozenset()) == plain

    proof()


def test_a_decision_that_a_login_or_a_signature_proved_is_looked_at_each_time(tmp_path_factory: pytest.TempPathFactory) -> None:
    house = open_desk(tmp_path_factory.mktemp("proved")).office.house
    clearances = Clearances(house, (BOB,))
    for assurance, cleared_at in ((Assurance.CLAIMED, MONDAY), (Assurance.AUTHENTICATED, None)):  # a file knows no logins
        yes = said(BOB, "press", 0, assurance=assurance)
        papers = Papers(post=1, revision=1, digest=DIGESTS[0], accounts=("dept",), authors=frozenset({ANN.id}), decisions=(yes,))
        assert clearances.cleared_at(papers, CLASSED[0], MONDAY, frozenset()) == cleared_at


PRESS = Stage(id="press", label="Press office", role=Role.APPROVER)
FIRST = Papers(
    post=1,
    revision=1,
    digest=DIGESTS[0],
    accounts=("dept",),
    authors=frozenset({ANN.id}),
    decisions=(said(BOB, "press", 0),),
)
_BOB_PAT_BOB = (said(BOB, "press", 0), said(PAT, "press", 1), said(BOB, "press", 2))
_AT_ONCE = (said(BOB, "press", 0), said(PAT, "press", 1), said(BOB, "press", 1))
PARTED: dict[str, tuple[Stage, Papers, Papers]] = {
    "by account": (replace(PRESS, accounts=frozenset({"dept"})), FIRST, replace(FIRST, accounts=("agency",))),
    "by author": (PRESS, FIRST, replace(FIRST, authors=frozenset({BOB.id}))),
    "by revision": (PRESS, FIRST, replace(FIRST, revision=2)),
    "by digest": (PRESS, FIRST, replace(FIRST, digest=DIGESTS[1])),
    "by who said it": (PRESS, FIRST, replace(FIRST, decisions=(said(ANN, "press", 0),))),
    "by words that came at the same moment": (
        PRESS,
        replace(FIRST, decisions=_BOB_PAT_BOB),
        replace(FIRST, decisions=_AT_ONCE),
    ),
    "by age, where a stage expires": (
        replace(PRESS, expires_after=timedelta(hours=2)),
        replace(FIRST, decisions=(said(BOB, "press", 3),)),
        FIRST,
    ),
}


@pytest.mark.parametrize("parted", PARTED)
def test_posts_that_one_thing_parts_are_told_apart(desk: Desk, parted: str) -> None:
    stage, first, second = PARTED[parted]
    at = MONDAY + timedelta(hours=4)
    for papers in ((first, second), (second, first)):
        clearances = Clearances(replace(desk.office.house, chain=(stage,)), (ANN, ALF, BOB, PAT))
        for each in papers:
            plain = clearances.standing(each, CLASSED[0], Setting(at=at)).cleared_at
            assert clearances.cleared_at(each, CLASSED[0], at, frozenset()) == plain


def test_posts_that_a_period_parts_are_told_apart(desk: Desk) -> None:
    stage = replace(PRESS, when=When.INSIDE, regimes=frozenset({"strict"}))
    clearances = Clearances(replace(desk.office.house, chain=(stage,)), (BOB,))
    assert clearances.cleared_at(FIRST, CLASSED[0], MONDAY, frozenset()) is None
    assert clearances.cleared_at(FIRST, CLASSED[0], MONDAY, frozenset({"strict"})) == MONDAY
