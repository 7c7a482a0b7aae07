"""What a person can decide is weighed from the post as it was read; the boundaries of each way are here."""

from dataclasses import replace
from datetime import timedelta

import pytest

from purdah_scheduler.application import deciding, scheduling, writing
from purdah_scheduler.application.writing import Draft
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice, Stage
from purdah_scheduler.domain.people import Role
from purdah_scheduler.tui.review_case import Case, case_of
from tests.tui.conftest import NOW, Desk

HOUR = timedelta(hours=1)


def case(desk: Desk, post: int, person: str) -> Case:
    """The post as that person has it."""
    return case_of(desk.office, desk.config.person(person), post)


def code(desk: Desk, post: int) -> str:
    """The digest of the current revision."""
    return case(desk, post, "erin").view.digest


def revised(desk: Desk, post: int, text: str) -> None:
    """Another revision by asha, submitted."""
    draft = Draft(accounts=("dlt",), text=text, category="operational-service", planned_at=NOW + HOUR)
    writing.revise(desk.office, desk.actor(), post, draft)
    writing.submit(desk.office, desk.actor(), post)


def test_a_missing_stage_is_for_those_with_its_role_who_wrote_none_of_it(desk: Desk) -> None:
    post = desk.submitted("Words.", at=NOW + HOUR)
    assert case(desk, post, "bede").stage == "policy"
    assert case(desk, post, "asha").why_not == "You wrote a revision of it, and nobody clears their own words."
    assert case(desk, post, "erin").why_not == "“Policy approval” comes next; it can be given by: bede, carys."


def test_a_draft_is_for_nobody_to_decide(desk: Desk) -> None:
    found = case(desk, desk.draft("Words."), "bede")
    assert (found.stage, found.no_stage) == ("", "")
    assert found.why_not == "It is a draft: there is nothing to decide yet."


def test_who_approved_can_take_it_back_and_say_no_and_not_approve_again(desk: Desk) -> None:
    found = case(desk, desk.cleared("Words.", at=NOW + HOUR), "bede")
    assert found.stage == ""
    assert found.why_not == "Every clearance that it needs stands."
    assert found.no_stage == "policy"
    assert found.standing is not None
    assert found.standing.choice is Choice.APPROVE


def test_a_decision_that_was_taken_back_no_longer_stands(desk: Desk) -> None:
    post = desk.cleared("Words.", at=NOW + HOUR)
    deciding.decide(desk.office, desk.actor("bede"), post, stage="policy", choice=Choice.WITHDRAW, typed_digest=code(desk, post))
    found = case(desk, post, "bede")
    assert found.standing is None
    assert found.stage == "policy"


def test_it_is_read_against_the_revision_that_the_person_last_decided_on(desk: Desk) -> None:
    post = desk.cleared("First words.", at=NOW + HOUR)
    revised(desk, post, "Second words.")
    writing.revise(desk.office, desk.actor(), post, Draft(accounts=("dlt",), text="Third words.", category="operational-service"))
    found = case(desk, post, "bede")
    assert found.base is not None
    assert found.base.number == 1
    assert found.base_words.startswith("revision 1, which you approved Tue 14 Apr 2026")


def test_one_who_never_decided_reads_it_against_the_revision_before(desk: Desk) -> None:
    post = desk.cleared("First words.", at=NOW + HOUR)
    revised(desk, post, "Second words.")
    found = case(desk, post, "carys")
    assert found.base is not None
    assert found.base_words == "revision 1 by asha"
    assert case(desk, desk.submitted("Only words."), "carys").base is None


@pytest.mark.parametrize(
    ("category", "planned", "outcome"),
    [
        ("funding", HOUR, "HELD at Tue 14 Apr 2026 11:42 BST: an approval does not lift a pre-election period."),
        ("operational-service", HOUR, "can be scheduled for its planned time, Tue 14 Apr 2026 11:42 BST."),
        ("operational-service", -HOUR, "has passed: it needs a new one."),
        ("operational-service", None, "waits for somebody to choose its time."),
        ("election-info", HOUR, "unless its flag is signed off by then."),
    ],
)
def test_what_an_approval_leads_to_is_said_before(desk: Desk, category: str, planned: timedelta | None, outcome: str) -> None:
    post = desk.submitted("Words.", category=category, at=None if planned is None else NOW + planned)
    assert case(desk, post, "bede").outcome.endswith(outcome)


def test_an_approval_of_one_stage_of_two_says_who_comes_next(desk: Desk) -> None:
    press = Stage(id="press", label="Press office", role=Role.PROPRIETY)
    house = replace(desk.office.house, chain=(*desk.office.house.chain, press))
    desk.office = replace(desk.office, house=house)
    post = desk.submitted("Words.", at=NOW + HOUR)
    assert case(desk, post, "bede").outcome == "It waits for “Press office” (carys) next."
    assert case(desk, post, "carys").stage == "policy"


def test_a_stage_of_two_people_says_how_many_more(desk: Desk) -> None:
    two = replace(desk.office.house.chain[0], people=2)
    desk.office = replace(desk.office, house=replace(desk.office.house, chain=(two,)))
    post = desk.submitted("Words.", at=NOW + HOUR)
    assert case(desk, post, "bede").outcome == "It waits for 1 more on “Policy approval” next."


def test_a_flag_waits_for_the_sign_off_of_propriety_once_the_chain_is_complete(desk: Desk) -> None:
    post = desk.submitted("How to vote.", category="election-info", at=NOW + HOUR)
    assert case(desk, post, "carys").stage == "policy"
    deciding.decide(desk.office, desk.actor("bede"), post, stage="policy", choice=Choice.APPROVE, typed_digest=code(desk, post))
    assert case(desk, post, "carys").stage == SIGN_OFF
    assert case(desk, post, "bede").why_not == "“Sign-off of a flag” comes next; it can be given by: carys."
    scheduling.schedule(desk.office, desk.actor(), post, at=NOW + HOUR)
    assert case(desk, post, "carys").outcome == "It is cleared, and goes out at its time, Tue 14 Apr 2026 11:42 BST."


def test_only_the_role_for_it_may_exempt_and_only_where_something_blocks(desk: Desk) -> None:
    blocked = desk.submitted("Funding.", category="funding", at=NOW + HOUR)
    free = desk.submitted("Lights.", at=NOW + HOUR)
    role = desk.office.house.exemption_role
    for person in ("bede", "carys", "erin"):
        assert case(desk, blocked, person).may_exempt == desk.config.person(person).has(role)
        assert not case(desk, free, person).may_exempt
