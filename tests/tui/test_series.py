"""Series in the interface: every time is shown before any draft is made, and the rest is taken back only after a box."""

import pytest
from textual.pilot import Pilot

from purdah_scheduler.application import repeating
from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.domain.posts import PostState
from purdah_scheduler.tui.dialogs import AskText, Confirm
from purdah_scheduler.tui.fields_box import AskFields
from purdah_scheduler.tui.queue import QueueScreen
from purdah_scheduler.tui.series import SeriesBox
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import shows, types, until


def repeated(desk: Desk, count: int = 3) -> tuple[int, ...]:
    """A series of drafts."""
    post = desk.draft("The foghorn is tested at noon.", at=NOW.replace(day=15))
    return repeating.make(desk.office, desk.actor(), repeating.plan(desk.office, post, every="week", count=count)).posts


async def asked(pilot: Pilot[None]) -> None:
    """The key was pressed and its box is there."""
    await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen) and pilot.app.screen.chosen() is not None)
    await pilot.press("o")


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_a_post_is_repeated_after_every_time_was_shown_with_its_verdict(desk: Desk, size: tuple[int, int]) -> None:
    post = desk.draft("The foghorn is tested at noon.", at=NOW.replace(day=27), category="funding")
    async with desk.app().run_test(notifications=True, size=size) as pilot:
        await asked(pilot)
        await shows(pilot, f"Repeat post {post}", "Every", "Until (a day)", "or how many")
        await pilot.press("enter", "enter")
        await types(pilot, "3")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await shows(
            pilot,
            f"Make 3 drafts from post {post}?",
            "1  Mon 4 May 2026 10:42 BST  BLOCKED",
            "General election 2026",
            "Bank holiday:",
            "FREQ=WEEKLY",
        )
        await pilot.press("y")
        await shows(pilot, "Series 1: posts 2 to 4 are drafts")
    with desk.office.store.read() as reader:
        series = reader.series_of(2)
        assert series is not None
        assert [reader.post(each).state for each in series.posts] == [PostState.DRAFT] * 3


async def test_a_no_makes_nothing(desk: Desk) -> None:
    post = desk.draft("The foghorn is tested at noon.", at=NOW.replace(day=27))
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await asked(pilot)
        await shows(pilot, "Until (a day)")
        await pilot.press("enter")
        await types(pilot, "31 may")
        await pilot.press("enter", "enter", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen))
    with desk.office.store.read() as reader:
        assert list(reader.row_ids(QueueFilter())) == [post]


async def test_what_cannot_be_a_series_is_refused_in_the_box_and_what_was_typed_stays(desk: Desk) -> None:
    desk.draft("The foghorn is tested at noon.", at=NOW.replace(day=27))
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        await asked(pilot)
        await shows(pilot, "Until (a day)")
        await pilot.press("enter", "enter", "enter", "enter")
        await shows(pilot, "A series has one end, so")
        await pilot.press("up")
        await types(pilot, "900")
        await pilot.press("enter", "enter")
        await shows(pilot, "is not a number from 1 to 60")
        await pilot.press("up", "ctrl+a", "ctrl+k")
        await types(pilot, "3")
        await pilot.press("enter")
        await types(pilot, "1/4/2026 9am")
        await pilot.press("enter")
        await shows(pilot, "has passed", "Repeat post", "1/4/2026 9am")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskFields))


async def test_a_post_without_a_time_asks_for_the_first(desk: Desk) -> None:
    desk.draft("The foghorn is tested at noon.")
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await asked(pilot)
        await shows(pilot, "Its time  none")
        await pilot.press("enter", "enter")
        await types(pilot, "2")
        await pilot.press("enter", "enter")
        await shows(pilot, "The post has no time of its own, so")


async def test_the_series_of_a_post_lists_its_posts_and_opens_one(desk: Desk) -> None:
    posts = repeated(desk)
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await shows(pilot, "foghorn")
        pilot.app.open_post(posts[1])  # type: ignore[attr-defined]  # the app under test
        await shows(pilot, f"Post {posts[1]}", "2 of 3")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, SeriesBox))
        await shows(pilot, "Series 1: 3 posts", "FREQ=WEEKLY", "1 of 3  Wed 22 Apr 2026 10:42 BST", "3 of 3")
        await pilot.press("j", "enter")
        await shows(pilot, f"Post {posts[2]}", "3 of 3")


async def test_the_rest_is_cancelled_by_a_capital_a_reason_and_a_yes(desk: Desk) -> None:
    posts = repeated(desk)
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "foghorn")
        pilot.app.open_post(posts[1])  # type: ignore[attr-defined]  # the app under test
        await shows(pilot, "2 of 3")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, SeriesBox))
        await pilot.press("X")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskText))
        await types(pilot, "over")
        await pilot.press("enter")
        await shows(pilot, f"Cancel post {posts[1]} and 1 later one?", "over")
        await pilot.press("X")
        await until(pilot, lambda: not isinstance(pilot.app.screen, Confirm))
        with desk.office.store.read() as reader:
            assert [reader.post(each).state for each in posts] == [PostState.DRAFT] * 3
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, SeriesBox))
        await pilot.press("X")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskText))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("y")
        await shows(pilot, "2 posts taken back and will not be sent")
    with desk.office.store.read() as reader:
        assert [reader.post(each).state for each in posts] == [PostState.DRAFT, PostState.WITHDRAWN, PostState.WITHDRAWN]


async def test_the_box_of_a_series_repeats_its_post_anew(desk: Desk) -> None:
    posts = repeated(desk)
    async with desk.app().run_test(size=(80, 24)) as pilot:
        await shows(pilot, "foghorn")
        pilot.app.open_post(posts[0])  # type: ignore[attr-defined]  # the app under test
        await shows(pilot, "1 of 3")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, SeriesBox))
        await pilot.press("n")
        await shows(pilot, f"Repeat post {posts[0]}")
