"""Several posts in one go: shown first and truly, done one by one through the one gate, and none is lost by another's refusal."""

from datetime import timedelta

import pytest

from purdah_scheduler.application import bulk, calendars, commenting, scheduling, undoing, writing
from purdah_scheduler.application.bulk import Act, Errand, Outcome, Prospect
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.people import Person
from purdah_scheduler.domain.posts import DeliveryState, PostState
from purdah_scheduler.domain.shifts import Shift
from purdah_scheduler.errors import BadInput
from tests.application.desk import ALF, ANN, MONDAY, PAT, VIC, Desk, election

NOON = MONDAY + timedelta(hours=3)
DAY = timedelta(days=1)


def looked(desk: Desk, errand: Errand, *posts: int, person: Person = ANN) -> list[Prospect]:
    return list(bulk.look(desk.office, desk.act(person), errand, posts))


def done(desk: Desk, errand: Errand, *posts: int, person: Person = ANN) -> list[Outcome]:
    return list(bulk.run(desk.office, desk.act(person), errand, looked(desk, errand, *posts, person=person)))


def entries(desk: Desk) -> int:
    with desk.office.store.read() as reader:
        assert verify(reader.entries()).ok
        return len(list(reader.entries()))


@pytest.mark.parametrize("act", [act for act in Act if act is not Act.UNDO])
def test_looking_changes_nothing_and_says_what_then_happens(desk: Desk, act: Act) -> None:
    """Each post comes out as it was shown, done or refused; before that not one entry is written."""
    posts = [desk.write("A draft.", planned_at=NOON), desk.cleared("Cleared.", planned_at=NOON), desk.queued(NOON, "Queued.")]
    posts.append(desk.queued(NOON, "Held."))
    scheduling.hold(desk.office, desk.act(ANN), posts[-1], reason="wait")
    errand = Errand(act=act, by=Shift(days=1) if act is Act.MOVE else None, reason="Storm.")
    before, mark = entries(desk), desk.office.store.change_mark()
    shown = looked(desk, errand, *posts)
    assert (entries(desk), desk.office.store.change_mark()) == (before, mark)
    came = list(bulk.run(desk.office, desk.act(ANN), errand, shown))
    assert [one.done for one in came] == [not one.refusal for one in shown]
    assert [one.words for one in came] == [one.refusal or one.words for one in shown]
    assert any(one.done for one in came)


def test_posts_are_moved_each_by_as_much_and_the_gate_is_asked_for_each(desk: Desk) -> None:
    first, second = desk.queued(NOON, "One."), desk.queued(NOON + DAY, "Two.", category="announcement")
    calendars.declare(desk.office, desk.act(PAT), election(starts=NOON + 2 * DAY))
    shown = looked(desk, Errand(act=Act.MOVE, by=Shift(days=1)), first, second)
    assert [(one.at, one.held) for one in shown] == [(NOON + DAY, False), (NOON + 2 * DAY, True)]
    came = list(bulk.run(desk.office, desk.act(ANN), Errand(act=Act.MOVE, by=Shift(days=1)), shown))
    assert [one.done for one in came] == [True, True]
    assert came[1].words.startswith("HELD on dept")
    assert [(desk.delivery(post).state, desk.delivery(post).due_at) for post in (first, second)] == [
        (DeliveryState.SCHEDULED, NOON + DAY),
        (DeliveryState.HELD, NOON + 2 * DAY),
    ]


def test_the_refusal_of_one_stops_no_other_and_each_is_reported_once(desk: Desk) -> None:
    draft, queued, missing, again = desk.write("A draft."), desk.queued(NOON), 99, desk.queued(NOON + DAY, "Two.")
    came = done(desk, Errand(act=Act.HOLD, reason="Storm."), draft, queued, missing, again, queued)
    assert [(one.post, one.done) for one in came] == [(draft, False), (queued, True), (missing, False), (again, True)]
    assert "nothing queued" in came[0].words
    assert "no post 99" in came[2].words
    assert desk.delivery(again).state is DeliveryState.HELD


def test_a_post_of_which_anything_was_recorded_since_it_was_shown_is_left_alone(desk: Desk) -> None:
    moved, edited, said, plain = (desk.queued(NOON + n * DAY, f"Post {n}.") for n in range(4))
    errand = Errand(act=Act.CANCEL, reason="Off.")
    shown = looked(desk, errand, moved, edited, said, plain)
    scheduling.schedule(desk.office, desk.act(ALF), moved, at=NOON + timedelta(hours=1))
    writing.revise(desk.office, desk.act(ALF), edited, desk.draft("Other words."))
    commenting.comment(desk.office, desk.act(ALF), said, words="Look.")
    came = list(bulk.run(desk.office, desk.act(ANN), errand, shown))
    assert [one.done for one in came] == [False, False, True, True]
    assert "alf scheduled post" in came[0].words
    assert "alf edited post" in came[1].words
    assert desk.delivery(moved).state is DeliveryState.SCHEDULED
    assert desk.state(edited) is PostState.DRAFT


def test_whoever_stops_asking_ends_it_between_two_posts(desk: Desk) -> None:
    posts = [desk.queued(NOON + n * DAY, f"Post {n}.") for n in range(3)]
    errand = Errand(act=Act.HOLD, reason="Storm.")
    came = bulk.run(desk.office, desk.act(ANN), errand, looked(desk, errand, *posts))
    next(came)
    came.close()  # type: ignore[attr-defined]  # it is a generator
    assert [desk.delivery(post).state for post in posts] == [DeliveryState.HELD, DeliveryState.SCHEDULED, DeliveryState.SCHEDULED]


def test_a_person_without_the_role_is_told_so_for_each_and_changes_nothing(desk: Desk) -> None:
    post = desk.queued(NOON)
    (shown,) = looked(desk, Errand(act=Act.HOLD, reason="Storm."), post, person=VIC)
    assert "role" in shown.refusal
    assert desk.delivery(post).state is DeliveryState.SCHEDULED


def test_more_posts_than_anybody_looks_through_are_refused(desk: Desk) -> None:
    with pytest.raises(BadInput, match="at most 500"):
        bulk.look(desk.office, desk.act(ANN), Errand(act=Act.SUBMIT), range(1, 502))


def test_what_it_would_stand_beside_is_told(desk: Desk) -> None:
    desk.queued(NOON + DAY, "The bridge opens on Monday at nine.")
    post = desk.queued(NOON, "The bridge opens on Monday at nine.")
    (shown,) = looked(desk, Errand(act=Act.MOVE, at=NOON + DAY), post)
    assert any("close" in words or "same" in words for words in shown.beside)


def test_an_errand_is_undone_from_each_post_where_that_can_be(desk: Desk) -> None:
    posts = [desk.queued(NOON + n * DAY, f"Post {n}.") for n in range(3)]
    came = done(desk, Errand(act=Act.MOVE, by=Shift(days=7)), *posts)
    assert undoing.last_of(desk.office, desk.act(ANN)) == max(one.entry for one in came)
    scheduling.hold(desk.office, desk.act(ALF), posts[1], reason="Mine now.")
    back = done(desk, Errand(act=Act.UNDO), *reversed(posts))
    assert [(one.post, one.done) for one in back] == [(posts[2], True), (posts[1], False), (posts[0], True)]
    assert "alf held it since" in back[1].words
    assert [desk.delivery(post).due_at for post in posts] == [NOON, NOON + 8 * DAY, NOON + 2 * DAY]
