"""A duplicate says the same and is a post of its own: no time, no window, no clearance."""

from dataclasses import replace
from datetime import timedelta

import pytest

from purdah_scheduler.application import duplicating, scheduling
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.posts import PostState
from purdah_scheduler.errors import NotAllowed, NotFound, WrongState
from tests.application.desk import ALF, ANN, BOB, MONDAY, Desk

NOON = MONDAY + timedelta(hours=3)


def test_a_duplicate_is_a_draft_with_the_words_and_without_time_window_and_clearance(desk: Desk) -> None:
    post = desk.queued(NOON, "Our phone lines open.", title="Phones", notes="Ask Bob.", not_before=MONDAY, area="Leeds")
    made = duplicating.duplicate(desk.office, desk.act(ALF), post)
    with desk.office.store.read() as reader:
        copy, content = reader.post(made), reader.revision(made, 1).content
        source = reader.revision(post, 1).content
        assert (copy.state, copy.planned_at, copy.created_by) == (PostState.DRAFT, None, "alf")
        assert (copy.title, copy.notes) == ("Phones", "Ask Bob.")
        assert content == replace(source, not_before=None, not_after=None)
        assert reader.decisions(made) == ()
        assert reader.deliveries(made) == ()
        (entry,) = reader.entries(post=made)
        assert (entry.action, entry.facts["copied_from"]) == ("post.created", post)
        assert verify(reader.entries()).ok
    with pytest.raises(WrongState, match="not cleared"):
        scheduling.schedule(desk.office, desk.act(ANN), made, at=NOON)


def test_who_may_not_write_may_not_duplicate(desk: Desk) -> None:
    post = desk.write()
    with pytest.raises(NotAllowed):
        duplicating.duplicate(desk.office, desk.act(BOB), post)


def test_a_post_that_is_not_there_and_an_account_that_is_gone_are_refused(desk: Desk) -> None:
    post = desk.write()
    with pytest.raises(NotFound, match="99"):
        duplicating.duplicate(desk.office, desk.act(ANN), 99)
    others = tuple(account for account in desk.office.house.accounts if account.id != "dept")
    office = replace(desk.office, house=replace(desk.office.house, accounts=others))
    with pytest.raises(NotFound, match="dept"):
        duplicating.duplicate(office, desk.act(ANN), post)
