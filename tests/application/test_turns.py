"""Whose turn it is, is one answer: what waits for a person, what waits for others and for whom, and what the person did today."""

from datetime import timedelta

from purdah_scheduler.application import calendars, commenting, turns, writing
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice
from tests.application.desk import ALF, ANN, BOB, MONDAY, PAT, Desk, election

NOON = MONDAY + timedelta(hours=3)


def submitted(desk: Desk, text: str = "Phone lines open at 8am.", **changes: object) -> int:
    post = desk.write(text, **changes)
    writing.submit(desk.office, desk.act(ANN), post)
    return post


def test_what_waits_is_for_one_who_can_give_it_and_for_others_to_everybody_else(desk: Desk) -> None:
    later, sooner = (submitted(desk, planned_at=NOON + timedelta(hours=hour)) for hour in (2, 1))
    bobs, anns = turns.turns_of(desk.office, BOB), turns.turns_of(desk.office, ANN)
    assert [(entry.row.post, entry.label) for entry in bobs.mine] == [(sooner, "Press office"), (later, "Press office")]
    assert bobs.others == ()
    assert anns.mine == ()
    assert [(entry.row.post, entry.wanted.people) for entry in anns.others] == [(sooner, ("bob", "pat")), (later, ("bob", "pat"))]


def test_what_waits_for_nobody_is_in_no_list(desk: Desk) -> None:
    desk.write()
    desk.queued(NOON)
    assert turns.turns_of(desk.office, ALF).posts == ()


def test_a_flag_waits_for_those_who_sign_it_off(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    post = desk.queued(NOON, category="factual-policy")
    assert [(entry.row.post, entry.stage) for entry in turns.turns_of(desk.office, PAT).mine] == [(post, SIGN_OFF)]
    assert [entry.wanted.stage for entry in turns.turns_of(desk.office, BOB).others] == [SIGN_OFF]


def test_the_last_thing_done_today_on_each_post_is_told_newest_first(desk: Desk) -> None:
    one, two = submitted(desk), submitted(desk)
    desk.decide(BOB, one)
    desk.clock.forward(timedelta(minutes=1))
    desk.decide(BOB, two, Choice.REJECT, reason="The figure is of last year.")
    desk.clock.forward(timedelta(minutes=1))
    commenting.comment(desk.office, desk.act(BOB), one, words="Thank you.")
    done = turns.turns_of(desk.office, BOB).done
    assert [(entry.row.post, entry.action) for entry in done] == [(one, "post.commented"), (two, "decision.reject")]
    assert turns.turns_of(desk.office, PAT).done == ()


def test_what_was_done_yesterday_is_not_of_today(desk: Desk) -> None:
    desk.decide(BOB, submitted(desk))
    desk.clock.forward(timedelta(hours=15))
    assert turns.turns_of(desk.office, BOB).done == ()


def test_a_list_ends_where_it_is_told_to(desk: Desk) -> None:
    for _ in range(3):
        submitted(desk, planned_at=NOON)
    assert len(turns.turns_of(desk.office, BOB, limit=2).mine) == 2
    assert len(turns.turns_of(desk.office, ANN, limit=2).others) == 2
