"""Posts beside a post: the same words and near times are told with number, state and time, and stop nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from purdah_scheduler.application import nearby, scheduling, writing
from purdah_scheduler.application.nearby import Nearness, Neighbour, Neighbourhood, warnings
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.domain.spacing import Spacing
from tests.application.desk import ANN, MONDAY, Desk

NOON = MONDAY + timedelta(hours=3)
TEXT = "The swing bridge is closed to traffic from Saturday noon until Sunday evening for repairs."


def beside(desk: Desk, text: str = TEXT, **more: object) -> tuple[Neighbour, ...]:
    """What stands beside these words on the department's account at noon."""
    given = {"at": NOON, **more}
    return Neighbourhood(desk.office).of({"dept": text}, **given)  # type: ignore[arg-type]  # built by name


def told(desk: Desk, text: str = TEXT, **more: object) -> list[tuple[str, int]]:
    """The same as pairs of why and which."""
    return [(str(entry.nearness), entry.post) for entry in beside(desk, text, **more)]


def test_the_same_words_are_told_with_the_post_its_state_and_its_time(desk: Desk) -> None:
    post = desk.queued(NOON + timedelta(days=2), TEXT, title="Bridge")
    (entry,) = beside(desk, TEXT.upper())
    assert (entry.nearness, entry.post, entry.state, entry.at) == (
        Nearness.SAME_TEXT,
        post,
        "scheduled",
        NOON + timedelta(days=2),
    )
    (warned,) = warnings([entry], desk.office.house.zone)
    assert warned.words == f"Post {post} “Bridge” says the same on dept: scheduled for Wed 25 Nov 2026 12:00 GMT."


def test_nearly_the_same_words_are_told_and_others_are_not(desk: Desk) -> None:
    post = desk.write(TEXT.replace("swing", "lifting"), planned_at=NOON + timedelta(days=1))
    desk.write("Our phone lines open at 8am.", planned_at=NOON + timedelta(days=1))
    assert told(desk) == [("similar-text", post)]


@pytest.mark.parametrize(("apart", "is_told"), [(timedelta(days=30), True), (timedelta(days=30, seconds=1), False)])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_same_words_are_told_up_to_the_days_that_are_set(desk: Desk, apart: timedelta, is_told: bool, sign: int) -> None:
    post = desk.write(TEXT, planned_at=NOON + sign * apart)
    assert told(desk) == ([("same-text", post)] if is_told else [])


@pytest.mark.parametrize(
    ("apart", "is_told"), [(timedelta(0), True), (timedelta(minutes=14, seconds=59), True), (timedelta(minutes=15), False)]
)
def test_posts_close_in_time_are_told_up_to_the_minutes_that_are_set(desk: Desk, apart: timedelta, is_told: bool) -> None:
    post = desk.queued(NOON + apart, "Something else entirely, in words of its own.")
    assert told(desk) == ([("close-in-time", post)] if is_told else [])


def test_a_draft_without_a_time_is_told_for_its_words_and_never_as_close(desk: Desk) -> None:
    post = desk.write(TEXT)
    (entry,) = beside(desk)
    assert (entry.post, entry.nearness, entry.at) == (post, Nearness.SAME_TEXT, None)
    assert warnings([entry], desk.office.house.zone)[0].words.endswith("draft without a time.")
    assert told(desk, at=None) == [("same-text", post)]


def test_the_post_itself_another_account_and_what_was_taken_back_are_not_told(desk: Desk) -> None:
    own = desk.queued(NOON, TEXT)
    desk.queued(NOON, TEXT, accounts=("agency",))
    gone = desk.queued(NOON, TEXT)
    writing.cancel(desk.office, desk.act(ANN), gone)
    assert told(desk, own=own) == []


def test_what_was_published_lately_is_told(desk: Desk) -> None:
    post = desk.queued(NOON, TEXT)
    with desk.office.store.write() as tx:
        for state in (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.PUBLISHED):
            before = tx.deliveries(post)[-1]
            done = NOON if state is DeliveryState.PUBLISHED else None
            tx.save_delivery(replace(before, state=state, published_at=done), was=before.state)
        record(tx, desk.act(ANN), "delivery.published", at=NOON, post=post)
    (entry,) = beside(desk, at=NOON + timedelta(days=3))
    assert warnings([entry], desk.office.house.zone)[0].words.endswith(
        "says the same on dept: published, Mon 23 Nov 2026 12:00 GMT."
    )


def test_a_change_of_the_store_is_seen_by_whoever_keeps_what_was_read(desk: Desk) -> None:
    around = Neighbourhood(desk.office)
    assert around.of({"dept": TEXT}, at=NOON) == ()
    post = desk.write(TEXT, planned_at=NOON)
    assert {entry.post for entry in around.of({"dept": TEXT}, at=NOON)} == {post}


def test_nothing_is_told_where_both_warnings_are_turned_off(desk: Desk) -> None:
    desk.queued(NOON, TEXT)
    office = replace(desk.office, house=replace(desk.office.house, spacing=Spacing(same_text=timedelta(0), close=timedelta(0))))
    assert Neighbourhood(office).of({"dept": TEXT}, at=NOON) == ()


def test_of_many_the_nearest_three_are_named_and_the_rest_counted(desk: Desk) -> None:
    posts = [desk.write(TEXT, planned_at=NOON + timedelta(days=day)) for day in range(5, 0, -1)]
    said = warnings(beside(desk), desk.office.house.zone)
    assert [warned.posts for warned in said] == [(posts[4],), (posts[3],), (posts[2],), (posts[1], posts[0])]
    assert said[-1].words == "2 more on dept say the same."


def test_where_an_account_has_too_many_posts_those_of_fewer_days_are_compared(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearby, "MOST_COMPARED", 3)
    near = desk.write(TEXT, planned_at=NOON + timedelta(hours=1))
    for day in (8, 9, 10, 11):
        desk.write(TEXT, planned_at=NOON + timedelta(days=day))
    assert told(desk) == [("same-text", near)]


def test_a_stored_post_is_held_against_the_others_at_a_time_that_is_tried(desk: Desk) -> None:
    other = desk.queued(NOON + timedelta(hours=5), "Something else entirely, in words of its own.")
    post = desk.cleared(TEXT)
    around = Neighbourhood(desk.office)
    assert around.of_post(post, at=NOON) == ()
    assert [entry.post for entry in around.of_post(post, at=NOON + timedelta(hours=5, minutes=5))] == [other]
    assert scheduling.schedule(desk.office, desk.act(ANN), post, at=NOON + timedelta(hours=5))[0].state is DeliveryState.SCHEDULED
