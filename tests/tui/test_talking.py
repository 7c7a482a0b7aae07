"""Comments in the interface: written to people of a list, shown where a post is, new until they have been on the screen."""

import pytest

from purdah_scheduler.application import commenting, reading
from purdah_scheduler.application.commenting import Comment, comments_in
from purdah_scheduler.tui.post import PostScreen
from purdah_scheduler.tui.queue import QueueScreen
from purdah_scheduler.tui.queue_words import Marked
from purdah_scheduler.tui.review import ReviewScreen
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import listening, seen, settled, shows, tells, types, until
from tests.tui.test_hostile import BODIES, harmful


def said(desk: Desk, post: int) -> tuple[Comment, ...]:
    """The comments of a post."""
    with desk.office.store.read() as reader:
        return comments_in(reader.entries(post=post))


def say(desk: Desk, post: int, words: str, *, by: str = "bede", to: tuple[str, ...] = ()) -> None:
    """A comment."""
    commenting.comment(desk.office, desk.actor(by), post, words=words, to=to)


@pytest.mark.parametrize("where", ["queue", "post", "review"])
@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_a_comment_is_written_to_people_of_a_list(desk: Desk, where: str, size: tuple[int, int]) -> None:
    post = desk.submitted("Tide tables for May.", at=NOW)
    app = desk.app("bede")
    async with app.run_test(size=size, notifications=True) as pilot:
        heard = listening(app)
        await shows(pilot, "Tide tables")
        if where == "post":
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, PostScreen) and app.screen.view is not None)
        elif where == "review":
            await pilot.press("3")
            await until(pilot, lambda: isinstance(app.screen, ReviewScreen) and app.screen.case is not None)
        await pilot.press("C")
        await shows(pilot, f"Comment on post {post}", "Freedom of Information")
        await types(pilot, "Is May right?")
        await pilot.press("enter")
        await shows(pilot, "For whom is it?", "[ ] Asha Rowntree", "[ ] Carys Penhallow")
        assert "Bede Calloway  bede" not in seen(app)
        await pilot.press("space", "j", "space", "k", "space", "enter")
        await tells(pilot, heard, "is on the record, for carys")
    (comment,) = said(desk, post)
    assert (comment.person, comment.words, comment.to, comment.revision) == ("bede", "Is May right?", ("carys",), 1)


async def test_esc_in_either_box_says_nothing(desk: Desk) -> None:
    post = desk.submitted("Tide tables for May.", at=NOW)
    async with desk.app("bede").run_test(size=(80, 24)) as pilot:
        await shows(pilot, "Tide tables")
        await pilot.press("C")
        await shows(pilot, "What do you say?")
        await pilot.press("escape", "C")
        await shows(pilot, "What do you say?")
        await types(pilot, "No.")
        await pilot.press("enter")
        await shows(pilot, "For whom is it?")
        await pilot.press("space", "escape")
        await settled(pilot)
    assert said(desk, post) == ()


async def test_a_viewer_is_refused_in_the_words_of_the_service(desk: Desk) -> None:
    post = desk.submitted("Tide tables for May.", at=NOW)
    async with desk.app("erin").run_test(size=(120, 36), notifications=True) as pilot:
        await shows(pilot, "Tide tables")
        await pilot.press("C")
        await shows(pilot, "What do you say?")
        await types(pilot, "Hello.")
        await pilot.press("enter")
        await shows(pilot, "For whom is it?")
        await pilot.press("enter")
        await shows(pilot, "may not comment on posts")
    assert said(desk, post) == ()


async def test_what_is_new_to_me_is_counted_in_the_queue_and_read_on_the_post(desk: Desk) -> None:
    post = desk.submitted("Tide tables for May.", at=NOW)
    say(desk, post, "Is May right?")
    say(desk, post, "For Carys alone.", to=("carys",))
    app = desk.app("asha")
    async with app.run_test(size=(120, 36)) as pilot:
        await shows(pilot, "2 new comments for you", "2 new  Tide", "Comments")
        await pilot.press("enter")
        await shows(pilot, "new  bede  ", "Is May right?")
        await until(pilot, lambda: not reading.unread(desk.office, desk.config.person("asha")))
        assert "new  bede" in seen(app), "the mark stays while the screen is open"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen) and app.screen.marks == Marked())


async def test_a_comment_below_the_screen_stays_new_until_it_has_been_on_it(desk: Desk) -> None:
    post = desk.submitted("A line.\n" * 60, at=NOW)
    say(desk, post, "Is it too long?", by="asha", to=("bede",))
    bede = desk.config.person("bede")
    app = desk.app("bede")
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "A line.")
        for key, screen in (("enter", PostScreen), ("a", ReviewScreen)):
            await pilot.press(key)
            await settled(pilot)
            await shows(pilot, "A line.")
            assert isinstance(app.screen, screen)
            assert reading.unread(desk.office, bede), screen.__name__
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, QueueScreen))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, ReviewScreen) and app.screen.case is not None)
        for _ in range(20):
            await pilot.press("pagedown")
        await until(pilot, lambda: not reading.unread(desk.office, bede))
        await shows(pilot, "new  asha to bede")


async def test_hostile_comments_do_nothing_wherever_they_are_shown(desk: Desk) -> None:
    post = desk.submitted("Tide tables for May.", at=NOW)
    for body in ("[/]", "[@click=app.bell]press me[/]", "[red]", BODIES["emoji"], BODIES["frame"]):
        say(desk, post, body, to=("asha",))
    app = desk.app("asha")
    async with app.run_test(size=(120, 36)) as pilot:
        await shows(pilot, "5 new")
        for show in (app.open_post, app.review_post):
            show(post)
            await settled(pilot)
            assert not harmful(seen(app))
            await pilot.press("end")
            await settled(pilot)
            assert not harmful(seen(app))
            await pilot.press("escape")
    assert app.crash is None
