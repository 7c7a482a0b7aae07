"""The guided tour, walked on the real demonstration: every step is noticed when it was taken, and none before."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select

from purdah_scheduler import bootstrap
from purdah_scheduler.application.office import Office
from purdah_scheduler.config import Config
from purdah_scheduler.demo.department import OFFICER
from purdah_scheduler.demo.folder import make_folder
from purdah_scheduler.demo.run import prepare
from purdah_scheduler.tui import key_table
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.compose_fields import Tick, WordsArea
from purdah_scheduler.tui.kept import kept_of
from purdah_scheduler.tui.tour_steps import STEPS
from purdah_scheduler.tui.wishes import TourWish
from tests.tui.conftest import Desk
from tests.tui.seeing import seen, settled, types, until


class Demonstration:
    """The invented department, without its daemon."""

    def __init__(self, folder: Path) -> None:
        path = make_folder(folder)
        prepare(path)
        self.config: Config = bootstrap.read_config(path)
        self.office: Office = bootstrap.open_office(self.config)

    def app(self, wish: TourWish) -> PurdahApp:
        """The interface on it."""
        actor = bootstrap.make_actor(self.config, self.office.store, OFFICER, face="tui")
        return PurdahApp(self.office, self.config, actor, tour=wish)


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """One for all: it takes seconds to prepare."""
    made = Demonstration(tmp_path_factory.mktemp("tour") / "demo")
    yield made
    made.office.store.close()


@pytest.fixture
def fresh(demonstration: Demonstration) -> Demonstration:
    """Nothing is kept of an earlier tour."""
    for file in (demonstration.config.data_folder / "interface").glob("*"):
        file.unlink()
    return demonstration


async def stands(pilot: Pilot[Any], step: int, title: str = "") -> None:
    """Wait until the strip says that step; a busy machine takes its time."""
    words = f"Tour {step} of 10: {title or STEPS[step - 1].title}"
    for _ in range(200):
        await pilot.pause(0.1)
        if words in seen(pilot.app):  # type: ignore[arg-type]  # it is ours
            return
    raise AssertionError(f"it never said {words!r}\n{seen(pilot.app)}")  # type: ignore[arg-type]  # it is ours


async def has(pilot: Pilot[Any], *words: str) -> None:
    """Wait until these are on the screen."""
    for _ in range(200):
        await pilot.pause(0.1)
        if all(word in seen(pilot.app) for word in words):  # type: ignore[arg-type]  # it is ours
            return
    raise AssertionError(f"never seen: {words}\n{seen(pilot.app)}")  # type: ignore[arg-type]  # it is ours


async def test_all_ten_steps_as_a_newcomer_walks_them(fresh: Demonstration) -> None:
    app = fresh.app(TourWish.BEGIN)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await stands(pilot, 1)
        await pilot.pause(1.0)
        await stands(pilot, 1)
        await pilot.press("j")
        await stands(pilot, 2)
        await pilot.press("slash")
        await types(pilot, "state:held")
        await pilot.press("enter")
        await has(pilot, "state:held  ")
        await settled(pilot)
        await pilot.press("enter")
        await has(pilot, "Pre-election check")
        await stands(pilot, 3)
        await pilot.press("escape")
        await settled(pilot)
        await pilot.press("escape", "slash")
        await types(pilot, "permit state:scheduled from:tomorrow")
        await pilot.press("enter")
        await has(pilot, "from:tomorrow")
        await settled(pilot)
        await pilot.press("m")
        await has(pilot, "enter")
        field = app.screen.query_one("#answer", Input)
        field.value = "tomorrow 14:00"
        await settled(pilot)
        await pilot.press("enter")
        await has(pilot, "any other key")
        await pilot.press("y")
        await stands(pilot, 4)
        await pilot.press("2")
        await has(pilot, "New post")
        await until_ready(pilot)
        app.screen.query_one(WordsArea).load_text("The Sallow footbridge has a new handrail.")
        await stands(pilot, 5)
        for tick in app.screen.query(".account").results(Tick):
            if tick.name == "rivers":
                tick.focus()
                await pilot.press("space")
        app.screen.query_one("#when", Input).value = "tomorrow 9:30"
        app.screen.query_one("#category", Select).value = "funding"
        await stands(pilot, 6)
        await pilot.press("f2")
        await stands(pilot, 7)
        await settled(pilot)
        app.action_go("review")
        await has(pilot, "for your decision")
        await settled(pilot)
        await pilot.press("c")
        await has(pilot, "enter")
        app.screen.query_one("#answer", Input).value = "Say which office."
        await pilot.press("enter")
        await settled(pilot)
        if "any other key" in seen(app):
            await pilot.press("y")
        await stands(pilot, 8)
        await pilot.press("4")
        await has(pilot, "What holds on")
        await pilot.press("i")
        await stands(pilot, 9)
        await pilot.press("1")
        for reason in ("A drill.", ""):
            await settled(pilot)
            await pilot.press("exclamation_mark")
            if reason:
                await has(pilot, "Why?")
                app.screen.query_one("#answer", Input).value = reason
                await pilot.press("enter")
            await has(pilot, "any other key")
            await pilot.press("y")
            await has(pilot, "publishing is stopped" if reason else "Publishing goes on")
            await until(pilot, lambda paused=bool(reason): app.status is not None and bool(app.status.pauses) is paused)  # type: ignore[misc]  # bound
        await stands(pilot, 10)
        await pilot.press("6")
        await settled(pilot)
        await pilot.press("V")
        await has(pilot, "Verify the record")
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("escape")
        await has(pilot, "That was the tour.", "purdah-scheduler init")
        await pilot.press("ctrl+t")
        await settled(pilot)
        assert "That was the tour" not in seen(app)
        assert kept_of(app).word("tour") == "done"


async def until_ready(pilot: Pilot[Any]) -> None:
    """Wait until something can be typed."""
    for _ in range(200):
        await pilot.pause(0.1)
        if getattr(pilot.app.screen, "ready", False):
            return
    raise AssertionError("compose never came")


async def test_it_is_offered_once_and_begins_with_its_key(fresh: Demonstration) -> None:
    app = fresh.app(TourWish.OFFER)
    async with app.run_test(size=(80, 24)) as pilot:
        await has(pilot, "New here?", "^t")
        await pilot.press("ctrl+t")
        await stands(pilot, 1)
    again = fresh.app(TourWish.OFFER)
    async with again.run_test(size=(80, 24)) as pilot:
        await has(pilot, "need a person")
        await settled(pilot)
        assert "New here?" not in seen(again)


async def test_a_step_can_be_skipped_and_the_tour_left_and_taken_up_where_it_was(fresh: Demonstration) -> None:
    app = fresh.app(TourWish.BEGIN)
    async with app.run_test(size=(80, 24)) as pilot:
        await stands(pilot, 1)
        for step in (2, 3):
            await pilot.press("ctrl+t")
            await has(pilot, "Skip this step")
            await pilot.press("s")
            await stands(pilot, step)
        await pilot.press("ctrl+t")
        await has(pilot, "Leave the tour")
        await pilot.press("x")
        await stands(pilot, 3)
        await pilot.press("ctrl+t")
        await has(pilot, "Leave the tour")
        await pilot.press("l")
        await settled(pilot)
        assert "Tour 3" not in seen(app)
    later = fresh.app(TourWish.NONE)
    async with later.run_test(size=(80, 24)) as pilot:
        await has(pilot, "need a person")
        assert "Tour 3" not in seen(later)
        await pilot.press("ctrl+t")
        await stands(pilot, 3)


async def test_a_queue_that_is_no_demonstration_has_no_tour_and_says_where_one_is(desk: Desk) -> None:
    app = desk.app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await has(pilot, "No posts are open")
        await pilot.press("ctrl+t")
        await has(pilot, "purdah-scheduler demo --tour")


@pytest.mark.parametrize("place", range(10))
def test_every_key_that_a_step_names_is_in_the_table(place: int) -> None:
    known = {key.id for key in key_table.KEYS}
    assert set(re.findall(r"<([a-z]+\.[a-z_]+)>", STEPS[place].words)) <= known


@pytest.mark.parametrize("size", [(60, 18), (80, 24)])
async def test_the_strip_of_every_step_is_whole_and_leaves_the_list_its_room(fresh: Demonstration, size: tuple[int, int]) -> None:
    app = fresh.app(TourWish.BEGIN)
    async with app.run_test(size=size) as pilot:
        await stands(pilot, 1)
        assert app.guide is not None
        for place, step in enumerate(STEPS):
            app.guide._stand_at(place)
            await has(pilot, f"Tour {place + 1} of 10: {step.title}")
            last = step.words.rstrip(".").split()[-1]
            assert last in seen(app).rsplit("Tour ", 1)[1]
