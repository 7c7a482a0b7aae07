"""What an approval would lead to is the gate's own answer, asked with that approval and without writing any."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from purdah_scheduler.application import calendars, writing
from purdah_scheduler.application.gate import ask
from purdah_scheduler.application.matter import Matter
from purdah_scheduler.application.supposing import if_approved
from purdah_scheduler.domain.clearance import SIGN_OFF, Stage
from purdah_scheduler.domain.people import Role
from purdah_scheduler.domain.posts import HoldReason
from tests.application.desk import ANN, BOB, MONDAY, PAT, Desk, election

NOON = MONDAY + timedelta(hours=3)


def submitted(desk: Desk, **changes: object) -> int:
    post = desk.write(**changes)  # type: ignore[arg-type]  # fields of Draft
    writing.submit(desk.office, desk.act(ANN), post)
    return post


def codes(desk: Desk, post: int, stage: str = "press") -> list[tuple[str, list[HoldReason]]]:
    person = PAT if stage == SIGN_OFF else BOB
    return [(one.account, [hold.code for hold in one.answer.holds]) for one in if_approved(desk.office, person, post, stage)]


def test_the_last_yes_lets_it_go_at_its_time_and_is_not_on_record(desk: Desk) -> None:
    post = submitted(desk, planned_at=NOON, accounts=("dept", "agency"))
    before = desk.office.store.change_mark()
    found = if_approved(desk.office, BOB, post, "press")
    assert [(one.account, one.at, one.answer.go) for one in found] == [("agency", NOON, True), ("dept", NOON, True)]
    assert desk.office.store.change_mark() == before
    with desk.office.store.read() as reader:
        assert reader.decisions(post) == ()


def test_a_block_a_missing_stage_and_a_stop_are_told_as_the_gate_tells_them(desk: Desk) -> None:
    press = Stage(id="second", label="Second look", role=Role.PROPRIETY)
    desk.office = replace(desk.office, house=replace(desk.office.house, chain=(*desk.office.house.chain, press)))
    calendars.declare(desk.office, desk.act(PAT), election())
    post = submitted(desk, planned_at=NOON, category="announcement")
    desk.office.stop.set("Drill")
    assert codes(desk, post) == [("dept", [HoldReason.PAUSED, HoldReason.BLOCKED, HoldReason.CLEARANCE])]


def test_a_sign_off_answers_the_flags_that_it_would_answer(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    post = desk.cleared(category="factual-policy", planned_at=NOON)
    assert codes(desk, post, SIGN_OFF) == [("dept", [])]


def test_one_that_is_late_is_asked_of_now(desk: Desk) -> None:
    post = submitted(desk, planned_at=MONDAY - timedelta(hours=1))
    (found,) = if_approved(desk.office, BOB, post, "press")
    assert found.at == MONDAY


def test_the_gate_supposes_nothing_about_what_is_about_to_be_sent(desk: Desk) -> None:
    post = desk.queued(NOON)
    delivery = desk.delivery(post)
    with desk.office.store.read() as reader:
        matter = Matter.read(reader, desk.office.house, post)
        asked = partial(ask, reader, house=desk.office.house, shelf=desk.office.shelf, post=post, account="dept", at=NOON)
        with pytest.raises(ValueError, match="never supposed"):
            asked(delivery=delivery, matter=matter)
