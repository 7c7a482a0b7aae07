"""The questions: `y` and nothing else is a yes, Esc changes nothing, and a time is read back before it is taken."""

from datetime import UTC, datetime
from typing import Any

import pytest
from textual.app import App

from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.errors import TryAgain
from purdah_scheduler.tui.ask_time import AskTime
from purdah_scheduler.tui.dialogs import AskText, Box, Confirm
from purdah_scheduler.tui.theme import THEMES
from tests.tui.conftest import NOW
from tests.tui.seeing import shows, types, until

NOTHING = object()


class Asking(App[None]):
    """An application that asks one question and keeps the answer."""

    def __init__(self, box: Box[Any]) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "purdah-dark"
        self.box = box
        self.answer: Any = NOTHING

    def on_mount(self) -> None:
        """Ask."""
        self.push_screen(self.box, self.keep)

    def keep(self, answer: Any) -> None:
        """Keep what was said."""
        self.answer = answer


def time_box(**more: Any) -> AskTime:
    """A question for a time, at NOW in London."""
    return AskTime("Move post 7", zone=london(), now=lambda: NOW, **more)


async def test_y_is_a_yes() -> None:
    """The one key that confirms."""
    app = Asking(Confirm("Hold post 7?", verb="Hold it"))
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await pilot.press("y")
        await pilot.pause()
    assert app.answer is True


@pytest.mark.parametrize("key", ["n", "escape", "enter", "space", "Y", "q", "H", "W", "tab", "f5", "ctrl+d"])
async def test_every_other_key_is_a_no(key: str) -> None:
    """Above all the capital that asked, and Enter."""
    app = Asking(Confirm("Hold post 7?"))
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await pilot.press(key)
        await pilot.pause()
    assert app.answer is False


async def test_the_box_repeats_text_accounts_and_time() -> None:
    """Nobody confirms something that is not in front of them."""
    box = Confirm("Cancel post 7?", text="The foghorn test.", lines=[("To", "dlt"), ("Due", "Tue 14 Apr 2026 14:30 BST")])
    async with Asking(box).run_test(notifications=True, size=(80, 24)) as pilot:
        screen = await shows(pilot, "Cancel post 7?")
        for words in ("The foghorn test.", "dlt", "Tue 14 Apr 2026 14:30 BST", "any other key  Cancel"):
            assert words in screen


async def test_a_long_text_can_be_read_to_its_end_before_the_yes() -> None:
    """Down scrolls where there is more to see, and is no answer."""
    app = Asking(Confirm("Approve?", text="\n".join(f"line {number}" for number in range(60))))
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        assert "line 59" not in await shows(pilot, "line 0")
        await pilot.press("end")
        await shows(pilot, "line 59")
        assert app.answer is NOTHING
        await pilot.press("y")
        await pilot.pause()
    assert app.answer is True


async def test_a_reason_that_is_needed_cannot_be_empty() -> None:
    """Enter on nothing asks again; Enter on words gives them."""
    app = Asking(AskText("Hold", "Why?"))
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await pilot.press("enter")
        await shows(pilot, "It needs a few words.")
        assert app.answer is NOTHING
        await types(pilot, "  a storm ")
        await pilot.press("enter")
        await pilot.pause()
    assert app.answer == "a storm"


async def test_a_reason_that_may_be_empty_can_be() -> None:
    """And is not the same as leaving."""
    app = Asking(AskText("Cancel", "Why?", needed=False))
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
    assert app.answer == ""


@pytest.mark.parametrize("box", [lambda: AskText("Hold", "Why?"), time_box], ids=["text", "time"])
async def test_esc_gives_nothing(box: Any) -> None:
    """Whatever was typed."""
    app = Asking(box())
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await types(pilot, "tomorrow 9:30")
        await pilot.press("escape")
        await pilot.pause()
    assert app.answer is None


async def test_a_time_is_read_back_in_full_and_given_in_utc() -> None:
    """What people say, what the product understood, and how far away it is."""
    app = Asking(time_box())
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await types(pilot, "tomorrow 9:30")
        await shows(pilot, "Wed 15 Apr 2026 09:30 BST", "in 22 h 48 min")
        await pilot.press("enter")
        await pilot.pause()
    assert app.answer == datetime(2026, 4, 15, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("tomorow 9:30", "not a time"), ("2026-10-25 01:30", "happens twice"), ("2027-03-28 01:30", "does not exist")],
)
async def test_a_time_that_cannot_be_used_is_explained_and_not_taken(typed: str, said: str) -> None:
    """Enter does nothing while there is no time."""
    app = Asking(time_box())
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await types(pilot, typed)
        await shows(pilot, said)
        await pilot.press("enter")
        await pilot.pause()
        assert app.answer is NOTHING


async def test_what_holds_at_that_time_is_said_beside_it() -> None:
    """The note is asked in a thread, for the time that is typed last."""
    app = Asking(time_box(note=lambda at: f"It would be HELD at {at:%H:%M}."))
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await types(pilot, "today 14:30")
        await shows(pilot, "It would be HELD at 13:30.")


async def test_a_note_that_cannot_be_had_says_why() -> None:
    """A busy store is a sentence, not a crash."""

    def busy(at: datetime) -> str:
        raise TryAgain("The queue is busy.")

    async with Asking(time_box(note=busy)).run_test(notifications=True, size=(80, 24)) as pilot:
        await types(pilot, "today 14:30")
        await shows(pilot, "The queue is busy.")


async def test_a_fault_of_the_program_in_a_note_is_not_hidden() -> None:
    """What no service announces ends the interface."""

    def wrong(at: datetime) -> str:
        raise ZeroDivisionError

    async def ask() -> None:
        async with Asking(time_box(note=wrong)).run_test(notifications=True, size=(80, 24)) as pilot:
            await types(pilot, "today 14:30")
            await pilot.pause(0.5)

    with pytest.raises(ZeroDivisionError):
        await ask()


async def test_told_twice_to_leave_a_box_leaves_once_and_takes_no_other_screen_along() -> None:
    app = Asking(Confirm("Really?", verb="do it"))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.screen is app.box)
        app.box.dismiss(True)
        app.box.dismiss(False)
        await pilot.pause()
        assert app.answer is True
        assert len(app.screen_stack) == 1


async def test_a_box_told_to_leave_beneath_another_leaves_when_it_is_on_top_again() -> None:
    app = Asking(Confirm("Really?", verb="do it"))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.screen is app.box)
        above = Confirm("And this?", verb="do that")
        app.push_screen(above)
        await until(pilot, lambda: app.screen is above)
        app.box.dismiss(True)
        await pilot.pause()
        assert app.screen is above
        assert app.answer is NOTHING
        above.dismiss(False)
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert app.answer is True
