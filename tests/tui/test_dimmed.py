"""A key that does nothing now says why in a line, and what would make it work: pressed, clicked or chosen by its name."""

import pytest

from purdah_scheduler.domain.posts import DeliveryState, PostState, ThreadState
from purdah_scheduler.tui.audit import AuditScreen
from purdah_scheduler.tui.calendar import CalendarScreen
from purdah_scheduler.tui.checklist import ChecklistScreen
from purdah_scheduler.tui.compose import ComposeScreen
from purdah_scheduler.tui.dimmed import Speaks, do
from purdah_scheduler.tui.offers import VERBS, Chosen, offered, why_not
from purdah_scheduler.tui.post import PostScreen
from purdah_scheduler.tui.queue import QueueScreen
from purdah_scheduler.tui.review import ReviewScreen
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import listening, settled, shows, tells, until

STATES = [*map(str, PostState), *map(str, DeliveryState), *map(str, ThreadState)]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", sorted(set(VERBS.values()) - {"comment"}))
def test_every_verb_that_is_dimmed_in_a_state_has_its_reason(action: str, state: str) -> None:
    """In one line of at most three on a narrow screen, and without a brace that was not filled in."""
    chosen = Chosen(post=12, text="words", state=state, accounts=("dlt",), at=None)
    if not offered(action, chosen):
        words = why_not(action, chosen, lambda name: f"<{name}>")
        assert 20 < len(words) < 190
        assert "\n" not in words
        assert "{" not in words


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_keys_of_a_draft_say_what_it_lacks(desk: Desk, size: tuple[int, int]) -> None:
    desk.draft("Tide tables.", at=NOW)
    async with desk.app().run_test(size=size, notifications=True) as pilot:
        heard = listening(pilot.app)  # type: ignore[arg-type]  # ours
        await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen) and pilot.app.screen.view is not None)
        for key, words in (("s", "only what is cleared"), ("r", "only what is held is released"), ("H", "only what is queued")):
            await pilot.press(key)
            await tells(pilot, heard, words)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PostScreen) and pilot.app.screen.view is not None)
        for key, words in (("b", "waits for a person to post it by hand"), ("R", "its outcome is not in question")):
            await pilot.press(key)
            await tells(pilot, heard, words)


async def test_a_key_of_the_configuration_is_named_as_it_is(desk: Desk) -> None:
    desk.draft("Tide tables.", at=NOW)
    async with desk.app(keymap={"post.submit": "f3"}).run_test(size=(80, 24), notifications=True) as pilot:
        heard = listening(pilot.app)  # type: ignore[arg-type]  # ours
        await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen) and pilot.app.screen.view is not None)
        await pilot.press("s")
        await tells(pilot, heard, "(f3)")


async def test_an_empty_queue_says_that_there_is_nothing(desk: Desk) -> None:
    async with desk.app().run_test(size=(80, 24), notifications=True) as pilot:
        heard = listening(pilot.app)  # type: ignore[arg-type]  # ours
        await shows(pilot, "No posts are open")
        await pilot.press("enter")
        await tells(pilot, heard, "There is no post here")
        await pilot.press("e")
        await tells(pilot, heard, "There is no post here")


async def test_the_review_says_why_nothing_can_be_decided(desk: Desk) -> None:
    post = desk.submitted("Tides.\n" * 45, at=NOW)
    async with desk.app("bede").run_test(size=(80, 24), notifications=True) as pilot:
        heard = listening(pilot.app)  # type: ignore[arg-type]  # ours
        await pilot.press("3")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReviewScreen) and pilot.app.screen.case is not None)
        await settled(pilot)
        for key, words in (("a", "Read to the end"), ("x", "nothing to exempt"), ("w", "none to take back")):
            await pilot.press(key)
            await tells(pilot, heard, words)
    async with desk.app("asha").run_test(size=(80, 24), notifications=True) as pilot:
        heard = listening(pilot.app)  # type: ignore[arg-type]  # ours
        pilot.app.review_post(post)  # type: ignore[attr-defined]  # ours
        await until(pilot, lambda: isinstance(pilot.app.screen, ReviewScreen) and pilot.app.screen.case is not None)
        await settled(pilot)
        for key, words in (("a", "nobody clears their own words"), ("c", "You have no stage on which to say no")):
            await pilot.press(key)
            await tells(pilot, heard, words)


async def test_calendar_checklist_record_and_compose_say_it_too(desk: Desk) -> None:
    desk.clock.at = NOW.replace(month=6)
    app = desk.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        heard = listening(app)
        await pilot.press("4")
        await until(pilot, lambda: isinstance(app.screen, CalendarScreen))
        await settled(pilot)
        await pilot.press("enter")
        await tells(pilot, heard, "No post is due or planned on that day")
        await pilot.press("6")
        await until(pilot, lambda: isinstance(app.screen, AuditScreen))
        await settled(pilot)
        await pilot.press("y")
        await tells(pilot, heard, "No entry is under the cursor")
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        await settled(pilot)
        await pilot.press("f5")
        await tells(pilot, heard, "none to move past")
        app.push_screen(ChecklistScreen("ge-2026"))
        await until(pilot, lambda: isinstance(app.screen, ChecklistScreen) and app.screen.marked() is not None)
        await pilot.press("enter")
        await tells(pilot, heard, "This item is about no post")


async def test_a_click_on_a_dimmed_key_and_its_name_in_the_palette_speak(desk: Desk) -> None:
    desk.submitted("Tides.\n" * 45, at=NOW)
    app = desk.app("bede")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        heard = listening(app)
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, ReviewScreen) and app.screen.case is not None)
        await settled(pilot)
        await pilot.click("Foot", offset=(2, 0))
        await tells(pilot, heard, "Read to the end of the text first: ↓ or PgDn.")
        assert isinstance(app.screen, Speaks)
        await do(app.screen, "withdraw")
        await tells(pilot, heard, "none to take back")


async def test_what_is_typed_into_a_field_says_nothing(desk: Desk) -> None:
    desk.draft("Tide tables.", at=NOW)
    async with desk.app().run_test(size=(80, 24), notifications=True) as pilot:
        heard = listening(pilot.app)  # type: ignore[arg-type]  # ours
        await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen) and pilot.app.screen.view is not None)
        await pilot.press("slash", "s", "r", "H")
        await settled(pilot)
        assert heard == []
