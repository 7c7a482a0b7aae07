"""Marks in the queue, and what the verbs do to all that is marked: shown first, done one by one, reported, undone."""

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from purdah_scheduler.application import bulk, deciding, scheduling
from purdah_scheduler.application.bulk import Errand, Outcome, Prospect
from purdah_scheduler.application.office import Actor, Office
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.tui import bulk_box
from purdah_scheduler.tui.bulk_box import BulkBox
from purdah_scheduler.tui.queue import QueueScreen
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import picture, settled, shows, types, until

HOUR = timedelta(hours=1)


def queue(pilot: Pilot[Any]) -> QueueScreen:
    """The queue, which is on view or below a box."""
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, QueueScreen))


def due(desk: Desk, post: int) -> tuple[DeliveryState, Any]:
    with desk.office.store.read() as reader:
        entry = reader.deliveries(post)[-1]
    return entry.state, entry.due_at


def three(desk: Desk) -> list[int]:
    """Three posts that are queued, an hour apart, tomorrow."""
    return [desk.scheduled(f"Post number {n}.", at=NOW + (24 + n) * HOUR, category="emergency-safety") for n in range(3)]


async def opened(pilot: Pilot[Any], rows: int) -> None:
    await until(pilot, lambda: len(queue(pilot).listing.items) == rows)
    await settled(pilot)


async def test_a_mark_is_a_star_before_the_post_and_a_count_above_the_list(desk: Desk) -> None:
    three(desk)
    app = desk.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, 3)
        await pilot.press("home", "space", "space")
        screen = await shows(pilot, "* 2 marked")
        starred = [line for line in screen.splitlines() if line[1:2] == "*"]
        assert ["Post number 0." in starred[0], "Post number 1." in starred[1], len(starred)] == [True, True, 2]
        assert next(line for line in picture(app) if line.startswith("▌")).endswith("Post number 2.")
        await pilot.press("up", "space")
        await shows(pilot, "* 1 marked")


async def test_marks_stay_on_their_posts_through_filters_and_reloads_and_only_their_own_key_takes_them_away(desk: Desk) -> None:
    """Esc clears the filter and leaves the marks."""
    posts = three(desk)
    async with desk.app().run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, 3)
        await pilot.press("home", "space")
        await pilot.press("slash")
        await types(pilot, "number 2")
        await pilot.press("enter")
        await shows(pilot, "* 1 marked (1 not shown)")
        await pilot.press("A")
        await shows(pilot, "* 2 marked (1 not shown)", "1 post shown, 2 marked now")
        await pilot.press("escape")
        await opened(pilot, 3)
        desk.draft("Squeezed in above.", at=NOW + HOUR)
        await shows(pilot, "Squeezed in above.", "* 2 marked")
        assert queue(pilot).in_order() == (posts[0], posts[2])
        await pilot.press("U")
        await until(pilot, lambda: "marked" not in picture(pilot.app)[2])  # type: ignore[arg-type]  # the app under test


async def test_all_marked_are_moved_by_a_shift_after_a_list_and_a_y_and_u_takes_it_back(desk: Desk) -> None:
    """The box says post by post what would happen; the cursor's own post is not touched unless it is marked."""
    posts = three(desk)
    async with desk.app().run_test(size=(120, 40), notifications=True) as pilot:
        await opened(pilot, 3)
        await pilot.press("home", "space", "space", "m")
        await shows(pilot, "Move 2 posts", "each by that much")
        await types(pilot, "+2d")
        await pilot.press("enter")
        await shows(pilot, "2 would be moved.", "Queued on dlt for Fri 17 Apr 2026 10:42 BST", "y  Move 2 posts")
        assert due(desk, posts[0])[1] == NOW + 24 * HOUR
        await pilot.press("y")
        await shows(pilot, "2 of 2 moved.", "any key")
        assert [due(desk, post)[1] - NOW for post in posts] == [72 * HOUR, 73 * HOUR, 26 * HOUR]
        await pilot.press("enter")
        await until(pilot, lambda: not queue(pilot).picked)
        await pilot.press("u")
        await shows(pilot, "Undo 2 posts", "goes back to Wed 15 Apr 2026 10:42 BST", "y  Undo 2 posts")
        await pilot.press("y")
        await shows(pilot, "2 of 2 undone.")
    assert [due(desk, post)[1] - NOW for post in posts] == [24 * HOUR, 25 * HOUR, 26 * HOUR]


async def test_what_is_refused_is_told_with_its_reason_and_stays_marked(desk: Desk) -> None:
    posts, draft = three(desk), desk.draft("Only a draft.", at=NOW + 30 * HOUR)
    async with desk.app().run_test(size=(120, 40), notifications=True) as pilot:
        await opened(pilot, 4)
        await pilot.press("A", "H")
        await shows(pilot, "Hold 4 posts", "Why?")
        await types(pilot, "storm")
        await pilot.press("enter")
        await shows(pilot, "3 would be held. 1 would not", f"Not possible: Post {draft} has nothing queued", "y  Hold 3 posts")
        scheduling.hold(desk.office, desk.actor("dougal"), posts[0], reason="first")
        await pilot.press("y")
        await shows(pilot, "2 of 4 held. 2 refused", f"dougal held post {posts[0]} after it was shown")
        await pilot.press("enter")
        await until(pilot, lambda: queue(pilot).picked == {posts[0], draft})
    assert [due(desk, post)[0] for post in posts] == [DeliveryState.HELD] * 3


@pytest.mark.parametrize("key", ["n", "W", "escape", "enter"])
async def test_every_key_but_y_leaves_all_as_it_is(desk: Desk, key: str) -> None:
    posts = three(desk)
    async with desk.app().run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot, 3)
        await pilot.press("A", "W")
        await shows(pilot, "Cancel 3 posts")
        await pilot.press("enter")
        await shows(pilot, "y  Cancel 3 posts")
        await pilot.press(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen))
        assert queue(pilot).picked == set(posts)
    assert {due(desk, post)[0] for post in posts} == {DeliveryState.SCHEDULED}


async def test_nobody_approves_several_at_once(desk: Desk) -> None:
    desk.submitted("One.", at=NOW + HOUR)
    desk.submitted("Two.", at=NOW + 2 * HOUR)
    async with desk.app("bede").run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot, 2)
        await pilot.press("A", "a")
        await shows(pilot, "Nobody approves several posts at once", "U takes the marks away")
        assert isinstance(pilot.app.screen, QueueScreen)


async def test_several_are_submitted_scheduled_and_released_with_an_empty_time(desk: Desk) -> None:
    """Without an answer each keeps its own time."""
    posts = [desk.draft(f"Draft {n}.", at=NOW + (24 + n) * HOUR, category="emergency-safety") for n in range(2)]
    async with desk.app().run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot, 2)
        await pilot.press("A", "f2")
        await shows(pilot, "Waits for clearance.", "y  Submit 2 posts")
        await pilot.press("y")
        await shows(pilot, "2 of 2 submitted.")
        await pilot.press("enter")
        for post in posts:
            with desk.office.store.read() as reader:
                code = reader.revision(post, 1).digest
            deciding.decide(desk.office, desk.actor("bede"), post, stage="policy", choice=Choice.APPROVE, typed_digest=code)
        await settled(pilot)
        await pilot.press("A", "s")
        await shows(pilot, "each for the time that its author planned")
        await pilot.press("enter")
        await shows(pilot, "y  Schedule 2 posts")
        await pilot.press("y")
        await shows(pilot, "2 of 2 scheduled.")
    assert [due(desk, post) for post in posts] == [(DeliveryState.SCHEDULED, NOW + (24 + n) * HOUR) for n in range(2)]


async def test_a_move_needs_a_time_that_can_be_read(desk: Desk) -> None:
    three(desk)
    async with desk.app().run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot, 3)
        await pilot.press("A", "m", "enter")
        await shows(pilot, "No new time was given")
        await types(pilot, "whenever")
        await pilot.press("enter")
        await shows(pilot, "whenever")
        assert not isinstance(pilot.app.screen, BulkBox)


async def test_a_long_run_says_how_far_it_has_come_and_esc_ends_it_between_two_posts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts, go_on = three(desk), threading.Event()

    def slow(office: Office, actor: Actor, errand: Errand, prospects: Sequence[Prospect]) -> Iterator[Outcome]:
        for outcome in bulk.run(office, actor, errand, prospects):
            yield outcome
            go_on.wait(60)

    monkeypatch.setattr(bulk_box, "run", slow)
    async with desk.app().run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot, 3)
        await pilot.press("A", "W", "enter")
        await shows(pilot, "y  Cancel 3 posts")
        await pilot.press("y")
        await shows(pilot, f"1 of 3, post {posts[0]}.", "esc  End after the post in hand")
        await pilot.press("escape")
        await shows(pilot, "Ending after the post in hand")
        go_on.set()
        await shows(
            pilot, "2 of 3 cancelled. Ended before the last 1: nothing was done to it.", "Not begun. Nothing was done to it."
        )
    assert [due(desk, post)[0] for post in posts] == [DeliveryState.CANCELLED, DeliveryState.CANCELLED, DeliveryState.SCHEDULED]


async def test_a_key_that_comes_before_the_list_is_shown_confirms_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    posts, go_on = three(desk), threading.Event()

    def late(office: Office, actor: Actor, errand: Errand, posts: Sequence[int]) -> Iterator[Prospect]:
        go_on.wait(60)
        return bulk.look(office, actor, errand, posts)

    monkeypatch.setattr(bulk_box, "look", late)
    async with desk.app().run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot, 3)
        await pilot.press("A", "W", "enter")
        await shows(pilot, "Looking what would become of each")
        await pilot.press("y", "y")
        go_on.set()
        await shows(pilot, "y  Cancel 3 posts")
    assert {due(desk, post)[0] for post in posts} == {DeliveryState.SCHEDULED}


async def test_more_than_anybody_looks_through_are_refused_in_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST", 2)
    three(desk)
    async with desk.app().run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot, 3)
        await pilot.press("A", "W", "enter")
        await shows(pilot, "3 posts are marked, and at most 2 are acted on in one go", "any key  Back")
