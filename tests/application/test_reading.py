"""What people have read: noted where they had the whole text before them, and never asked when anything is cleared."""

from datetime import timedelta

import pytest

from purdah_scheduler.application import commenting, deciding, reading, writing
from purdah_scheduler.application.views import post_view
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.people import Person
from purdah_scheduler.domain.posts import PostState
from purdah_scheduler.domain.readings import Reading
from purdah_scheduler.errors import NotFound, StaleDigest
from tests.application.desk import ALF, ANN, BOB, MONDAY, PAT, VIC, Desk


def known(desk: Desk, post: int, person: Person) -> Reading | None:
    with desk.office.store.read() as reader:
        return reader.reading(post, person.id)


def revision_read(desk: Desk, post: int, person: Person) -> int:
    found = known(desk, post, person)
    return 0 if found is None else found.revision


def numbers(desk: Desk, person: Person) -> dict[int, list[str]]:
    return {post: [comment.words for comment in found] for post, found in reading.unread(desk.office, person).items()}


def test_whoever_writes_a_revision_has_read_it_and_nobody_else(desk: Desk) -> None:
    post = desk.write()
    assert [revision_read(desk, post, person) for person in (ANN, ALF, BOB)] == [1, 0, 0]
    writing.revise(desk.office, desk.act(ALF), post, desk.draft("Phone lines open at 9am."))
    assert [revision_read(desk, post, person) for person in (ANN, ALF, BOB)] == [1, 2, 0]
    writing.revise(desk.office, desk.act(ANN), post, desk.draft("Phone lines open at 9am.", title="Another title"))
    assert revision_read(desk, post, ANN) == 1, "a new title shows nobody the words"


def test_whoever_decides_or_comments_has_read_what_it_was_about(desk: Desk) -> None:
    post = desk.cleared()
    assert revision_read(desk, post, BOB) == 1
    commenting.comment(desk.office, desk.act(PAT), post, words="Right?")
    assert revision_read(desk, post, PAT) == 1


def test_a_decision_that_is_refused_leaves_no_reading(desk: Desk) -> None:
    post = desk.write()
    writing.submit(desk.office, desk.act(ANN), post)
    with pytest.raises(StaleDigest):
        deciding.decide(desk.office, desk.act(BOB), post, stage="press", choice=Choice.APPROVE, typed_digest="0000-0000")
    assert known(desk, post, BOB) is None


def test_a_text_that_was_whole_on_the_screen_is_noted_once_with_its_time_and_changes_nothing_else(desk: Desk) -> None:
    post = desk.cleared()
    before = post_view(desk.office, post)
    assert reading.has_read(desk.office, desk.act(PAT), post, 1)
    desk.clock.forward(timedelta(hours=1))
    mark = desk.office.store.change_mark()
    assert reading.has_read(desk.office, desk.act(PAT), post, 1)
    assert desk.office.store.change_mark() == mark, "what is known is not written again"
    assert known(desk, post, PAT) == Reading(post=post, person="pat", at=MONDAY, revision=1)
    after = post_view(desk.office, post)
    assert (after.history, after.post, after.standing) == (before.history, before.post, before.standing)


def test_what_does_not_exist_was_read_by_nobody(desk: Desk) -> None:
    post = desk.write()
    with pytest.raises(NotFound):
        reading.has_read(desk.office, desk.act(BOB), post, 2)
    with pytest.raises(NotFound):
        reading.has_seen_comments(desk.office, desk.act(BOB), post + 1, 1)
    assert known(desk, post, BOB) is None


def test_a_clearance_takes_no_reading_and_a_reading_is_no_clearance(desk: Desk) -> None:
    """Reading is a help for people. The digest that they type is what binds."""
    post = desk.write()
    writing.submit(desk.office, desk.act(ANN), post)
    reading.has_read(desk.office, desk.act(BOB), post, 1)
    assert desk.state(post) is PostState.IN_REVIEW
    assert desk.decide(PAT, post) is PostState.CLEARED


def test_comments_are_unread_for_those_they_are_for_and_for_the_writers_of_the_post(desk: Desk) -> None:
    mine, other = desk.write(), desk.write()
    writing.revise(desk.office, desk.act(ALF), other, desk.draft("Phone lines open at 9am."))
    commenting.comment(desk.office, desk.act(BOB), mine, words="One.")
    commenting.comment(desk.office, desk.act(BOB), other, words="Two.", to=("pat", "bob"))
    commenting.comment(desk.office, desk.act(ANN), mine, words="Three.", to=("vic",))
    assert numbers(desk, ANN) == {mine: ["One."], other: ["Two."]}
    assert numbers(desk, ALF) == {other: ["Two."]}
    assert numbers(desk, PAT) == {other: ["Two."]}
    assert numbers(desk, VIC) == {mine: ["Three."]}
    assert numbers(desk, BOB) == {}, "nobody has to read what they said themselves"


def test_comments_that_were_seen_are_read_and_later_ones_are_not(desk: Desk) -> None:
    post = desk.write()
    commenting.comment(desk.office, desk.act(BOB), post, words="One.")
    (first,) = reading.unread(desk.office, ANN)[post]
    assert reading.has_seen_comments(desk.office, desk.act(ANN), post, first.number)
    assert numbers(desk, ANN) == {}
    commenting.comment(desk.office, desk.act(PAT), post, words="Two.")
    assert numbers(desk, ANN) == {post: ["Two."]}
    assert reading.how_many(reading.unread(desk.office, ANN)) == 1
    assert revision_read(desk, post, BOB) == 1


def test_readings_are_no_part_of_the_record(desk: Desk) -> None:
    post = desk.write()
    with desk.office.store.read() as reader:
        before = verify(reader.entries())
    reading.has_read(desk.office, desk.act(VIC), post, 1)
    reading.has_seen_comments(desk.office, desk.act(VIC), post, 1)
    with desk.office.store.read() as reader:
        assert verify(reader.entries()) == before
