"""The list above the queue of a new department: it is ticked as things are done, and can be put away for good."""

from dataclasses import replace
from pathlib import Path

import pytest

from purdah_scheduler.config import INVENTED_PEOPLE, example_config, parse_config
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.tui.first_steps import FirstSteps
from purdah_scheduler.tui.kept import Kept
from purdah_scheduler.tui.queue import QueueScreen
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import picture, seen, settled, shows, types, until


def test_the_people_that_count_as_invented_are_those_of_a_new_configuration(tmp_path: Path) -> None:
    config = parse_config(example_config("Department"), tmp_path / "config.toml")
    assert {person.name for person in config.people} == INVENTED_PEOPLE


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_a_new_department_sees_what_is_left_with_the_command_for_each(desk: Desk, size: tuple[int, int]) -> None:
    """The daemon of the desk has just been seen, so that step is ticked; the queue below it still says what it says."""
    app = desk.app()
    async with app.run_test(size=size) as pilot:
        screen = await shows(pilot, "3 of 6 done", "[ ] 2  An account that has readers", "account add", "No posts")
        assert "[x] 3  Who must clear a post" in screen
        assert "[x] 5  The daemon that publishes" in screen


async def test_a_small_window_has_the_next_step_alone(desk: Desk) -> None:
    app = desk.app()
    async with app.run_test(size=(60, 18)) as pilot:
        screen = await shows(pilot, "Step 1 of 6: People and their roles", "No posts are open")
        assert "Step 2" not in screen


async def test_a_step_is_ticked_when_it_is_done(desk: Desk) -> None:
    app = desk.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await shows(pilot, "[ ] 6  A first post")
        desk.draft("Tide tables for May.")
        app.changed()
        await shows(pilot, "[x] 6  A first post")


async def test_z_puts_it_away_for_good_for_this_person_alone(desk: Desk) -> None:
    app = desk.app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await shows(pilot, "Until the first post can go out")
        await pilot.press("z")
        await until(pilot, lambda: not app.screen.query_one(FirstSteps).display)
        await settled(pilot)
    for person, there in (("asha", False), ("bede", True)):
        again = desk.app(person)
        async with again.run_test(size=(120, 36)) as pilot:
            await shows(pilot, "No posts are open")
            await settled(pilot)
            await until(pilot, lambda there=there, again=again: ("Until the first" in seen(again)) is there)  # type: ignore[misc]  # bound


async def test_a_department_that_has_published_is_not_told_how_to_begin(desk: Desk) -> None:
    post = desk.scheduled("Lighthouse open days begin on Saturday.", at=NOW)
    desk.settle(post, DeliveryState.PUBLISHED, remote_id="1", published_at=NOW)
    app = desk.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, QueueScreen) and len(app.screen.listing.items) == 1)
        await until(pilot, lambda: app.status is not None)
        await settled(pilot)
        assert "Until the first post" not in seen(app)
        assert app.screen.check_action("put_away", ()) is False


async def test_an_empty_list_says_whether_there_is_nothing_or_something_is_hidden(desk: Desk) -> None:
    """Nothing was ever written; then one post that a filter hides, and how many it hides."""
    app = desk.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await shows(pilot, "No posts are open: nobody has written one yet.", "Press n")
        desk.draft("Tide tables for May.")
        app.changed()
        await shows(pilot, "Tide tables for May.")
        await pilot.press("slash")
        await types(pilot, "held")
        await pilot.press("enter")
        await shows(pilot, "No post matches  held", "It hides 1 post.", "Press esc")


def test_what_is_kept_is_a_word_that_only_its_owner_reads_and_nothing_where_nothing_can_be_written(tmp_path: Path) -> None:
    kept = Kept(folder=tmp_path / "interface", person="a/b")
    assert kept.word("tour") == ""
    kept.keep("tour", "3")
    assert kept.word("tour") == "3"
    assert replace(kept, person="c").word("tour") == ""
    (file,) = (tmp_path / "interface").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    (tmp_path / "file").write_text("", "utf-8")
    lost = Kept(folder=tmp_path / "file", person="a")
    lost.keep("tour", "3")
    assert lost.word("tour") == ""


async def test_the_lines_of_the_list_fit_the_window(desk: Desk) -> None:
    """A command that is longer than its line is cut with a sign, never wrapped into the next."""
    app = desk.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "[ ] 1  People")
        assert all(len(line) <= 80 for line in picture(app))
        assert sum("[ ]" in line or "[x]" in line for line in picture(app)) == 6
