"""Who will have to clear a draft is known before it is submitted, and is what is wanted of it afterwards."""

from dataclasses import replace
from datetime import timedelta

from purdah_scheduler.application import calendars, writing
from purdah_scheduler.application.clearers import will_want
from purdah_scheduler.application.views import post_view
from purdah_scheduler.domain.clearance import SIGN_OFF, Stage, When
from purdah_scheduler.domain.people import Role
from tests.application.desk import ANN, BOB, MONDAY, PAT, Desk, election

NOON = MONDAY + timedelta(hours=3)


def test_a_new_draft_wants_what_the_submitted_post_will_want(desk: Desk) -> None:
    calendars.declare(desk.office, desk.act(PAT), election())
    draft = desk.draft(category="factual-policy", planned_at=NOON)
    told = will_want(desk.office, ANN, draft)
    post = writing.new_post(desk.office, desk.act(ANN), draft)
    writing.submit(desk.office, desk.act(ANN), post)
    wanted = post_view(desk.office, post).missing
    assert [(one.stage, one.label, one.people) for one in told] == [(one.stage, one.label, one.people) for one in wanted]
    assert [one.stage for one in told] == ["press", SIGN_OFF]


def test_who_writes_it_is_not_among_those_who_clear_it(desk: Desk) -> None:
    assert "ann" not in will_want(desk.office, ANN, desk.draft())[0].people
    assert "bob" not in will_want(desk.office, BOB, desk.draft())[0].people


def test_the_time_decides_which_stages_it_wants(desk: Desk) -> None:
    inside = Stage(id="inside", label="Propriety", role=Role.PROPRIETY, when=When.INSIDE)
    desk.office = replace(desk.office, house=replace(desk.office.house, chain=(*desk.office.house.chain, inside)))
    calendars.declare(desk.office, desk.act(PAT), election(starts=NOON))
    before, after = (desk.draft(planned_at=NOON + timedelta(hours=hour)) for hour in (-1, 1))
    assert [one.stage for one in will_want(desk.office, ANN, before)] == ["press"]
    assert [one.stage for one in will_want(desk.office, ANN, after)] == ["press", "inside"]


def test_an_edit_that_says_the_same_wants_nothing_again_and_one_that_does_not_wants_all(desk: Desk) -> None:
    post = desk.cleared(planned_at=NOON)
    assert will_want(desk.office, ANN, desk.draft(planned_at=NOON), post=post) == ()
    edit = will_want(desk.office, ANN, desk.draft("Other words.", planned_at=NOON), post=post)
    assert [one.stage for one in edit] == ["press"]


def test_whoever_edits_it_can_no_longer_clear_it(desk: Desk) -> None:
    post = desk.write(planned_at=NOON)
    (wanted,) = will_want(desk.office, BOB, desk.draft("Bob's words.", planned_at=NOON), post=post)
    assert wanted.people == ("pat",)


def test_nothing_is_written_by_asking(desk: Desk) -> None:
    before = desk.office.store.change_mark()
    will_want(desk.office, ANN, desk.draft(attachments=(writing.Attachment(data=b"x", type="image/png", alt="A map"),)))
    assert desk.office.store.change_mark() == before
