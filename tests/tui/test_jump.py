"""Jump mode: a letter on everything that can have the focus, a number for each screen, and Esc leaves all as it is."""

import pytest
from textual.widgets import Input, TextArea

from purdah_scheduler.tui.compose import ComposeScreen
from purdah_scheduler.tui.dialogs import AskText
from purdah_scheduler.tui.jump import JumpScreen
from purdah_scheduler.tui.queue import QueueScreen
from purdah_scheduler.tui.review import ReviewScreen
from purdah_scheduler.tui.rowlist import RowList
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import drawn, seen, settled, shows, types, until


async def test_in_compose_a_letter_goes_to_a_field_while_words_are_typed(desk: Desk) -> None:
    """The words stay as they are: the letter is no word."""
    app = desk.app()
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await shows(pilot, "No posts are open")
        app.compose_post(None)
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen) and app.screen.ready)
        area = app.screen.query_one("#text", TextArea)
        area.focus()
        await types(pilot, "tides")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, JumpScreen))
        assert isinstance(app.screen, JumpScreen)
        when = next(one for one in app.screen.targets.values() if one.widget is not None and one.widget.id == "when")
        await pilot.press(when.key)
        await until(pilot, lambda: app.focused is when.widget)
        assert area.text == "tides"
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, JumpScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        assert app.focused is when.widget


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
@pytest.mark.parametrize("place", ["compose", "queue", "review", "calendar", "audit"])
async def test_a_label_covers_no_word(desk: Desk, place: str, size: tuple[int, int]) -> None:
    """Where a letter is put there was no letter and no figure; the number of a screen stands on itself."""
    desk.submitted("Harbour lights are out tonight.", at=NOW)
    app = desk.app("bede")
    async with app.run_test(size=size, notifications=True) as pilot:
        await shows(pilot, "Harbour lights")
        app.action_go(place)
        await settled(pilot)
        before = drawn(app)
        await pilot.press("ctrl+o")
        await shows(pilot, "a letter goes there")
        after = drawn(app)
        assert isinstance(app.screen, JumpScreen)
        labels = [(key, one.spot) for key, one in app.screen.targets.items() if one.spot is not None]
        assert any(key.isalpha() for key, _ in labels)
        for key, spot in labels:
            covered = before.get(spot.y, "")[spot.x : spot.x + 1]
            assert after[spot.y][spot.x] == key
            assert covered == key or not covered.isalnum()


async def test_a_number_goes_to_its_screen_and_a_form_is_left_with_its_words_kept(desk: Desk) -> None:
    app = desk.app("bede")
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await shows(pilot, "No posts are open")
        app.compose_post(None)
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen) and app.screen.ready)
        app.screen.query_one("#text", TextArea).focus()
        await types(pilot, "tides")
        await pilot.press("ctrl+o")
        await shows(pilot, "a number to a screen")
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, ReviewScreen))
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))
        app.compose_post(None)
        await shows(pilot, "tides")


async def test_every_other_key_and_the_key_itself_leave(desk: Desk) -> None:
    desk.draft("Tide tables.", at=NOW)
    app = desk.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "Tide tables.")
        for key in ("escape", "ctrl+o", "exclamation_mark", "down"):
            await pilot.press("ctrl+o")
            await until(pilot, lambda: isinstance(app.screen, JumpScreen))
            await pilot.press(key)
            await until(pilot, lambda: isinstance(app.screen, QueueScreen))
        assert isinstance(app.focused, RowList)


async def test_without_colour_the_labels_are_reversed_and_the_screen_stays_to_be_seen(desk: Desk) -> None:
    desk.draft("Tide tables.", at=NOW)
    app = desk.app(without_colour=True)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "Tide tables.")
        await pilot.press("ctrl+o")
        await shows(pilot, "a letter goes there", "Tide tables.")
        assert all(label.rich_style.reverse for label in app.screen.query(".label"))


async def test_in_a_box_it_goes_to_its_field_and_to_no_screen(desk: Desk) -> None:
    app = desk.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "No posts are open")
        app.push_screen(AskText("Why?", "Why?"))
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, JumpScreen))
        assert "a number" not in seen(app)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.focused, Input))
