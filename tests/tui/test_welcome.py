"""The first page: each of its keys, what it shows before it creates anything, and what it says where it cannot."""

import os
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from purdah_scheduler import bootstrap
from purdah_scheduler.tui.path_field import completed
from purdah_scheduler.tui.welcome import Opening, WelcomeApp
from purdah_scheduler.tui.wishes import wants_accessible
from tests.tui.conftest import Desk
from tests.tui.seeing import seen, settled, until
from tests.tui.terminal import Terminal

PAGE = (80, 24)


async def says(pilot: Pilot[Any], *words: str) -> None:
    """Wait for these words, wherever a line breaks; a new queue takes its time on a busy machine."""
    for _ in range(600):
        await pilot.pause(0.1)
        shown = "".join(seen(pilot.app).split())  # type: ignore[arg-type]  # any app has a screen
        if all("".join(word.split()) in shown for word in words):
            return
    raise AssertionError(f"never said: {words}\n{seen(pilot.app)}")  # type: ignore[arg-type]  # any app has a screen


def created(folder: Path) -> list[Path]:
    """What is in a folder."""
    return list(folder.iterdir())


def read_only(folder: Path, *, again: bool = False) -> None:
    """Let nothing be created in a folder, or let it be `again`."""
    folder.chmod(0o700 if again else 0o500)


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 36)])
@pytest.mark.parametrize("without_colour", [False, True])
async def test_every_way_in_has_its_key_in_sight(tmp_path: Path, size: tuple[int, int], without_colour: bool) -> None:
    app = WelcomeApp(tmp_path / "config.toml", without_colour=without_colour)
    async with app.run_test(size=size) as pilot:
        await says(pilot, "There is no queue for you", "d Demo", "n New queue", "o Open", "q Quit")
        await pilot.press("q")
    assert app.return_value is None
    assert not created(tmp_path)


async def test_d_opens_the_demonstration(tmp_path: Path) -> None:
    app = WelcomeApp(tmp_path / "config.toml")
    async with app.run_test(size=PAGE) as pilot:
        await pilot.press("d")
    assert app.return_value == Opening()


async def test_n_shows_every_path_and_creates_none_before_the_y(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    app = WelcomeApp(folder / "config.toml")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("n")
        await says(pilot, f"{folder}/config.toml", f"{folder}/purdah.db", f"{folder}/calendar.d", "y Create it")
        await pilot.press("n")
        await settled(pilot)
        assert not folder.exists()
        await pilot.press("escape")
        await says(pilot, "There is no queue for you")
    assert not created(tmp_path)


async def test_y_runs_init_says_what_it_made_and_opens_it_for_whoever_says_who_they_are(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    app = WelcomeApp(path)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("n", "y")
        await says(pilot, "It is made", "written", str(path), f"{tmp_path}/new/purdah.db")
        await pilot.press("enter")
        await says(pilot, "Who are you?", "asha  Asha Rowntree", "purdah-scheduler --as asha")
        await pilot.press("down", "enter")
    assert app.return_value == Opening(config=path, person="bede")
    office = bootstrap.open_office(bootstrap.read_config(path))
    office.store.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
async def test_a_home_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    app = WelcomeApp(tmp_path / "new" / "config.toml")
    read_only(tmp_path)
    try:
        async with app.run_test(size=(120, 36)) as pilot:
            await pilot.press("n", "y")
            await says(pilot, "could not be written: Permission denied. Nothing was created.")
    finally:
        read_only(tmp_path, again=True)


async def test_a_folder_that_cannot_be_made_is_one_sentence_and_can_be_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    app = WelcomeApp(tmp_path / "file" / "config.toml")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("n", "y")
        await says(pilot, "is in the way, so nothing was written.")
        (tmp_path / "file").unlink()
        await pilot.press("y")
        await says(pilot, "It is made")


async def test_a_configuration_whose_queue_is_missing_is_said_and_its_queue_created(desk: Desk) -> None:
    desk.office.store.close()
    for file in desk.config.data_folder.iterdir():
        if file.is_file():
            file.unlink()
    app = WelcomeApp(desk.config.path, config=desk.config, person="asha")
    async with app.run_test(size=(120, 36)) as pilot:
        await says(pilot, "There is a configuration", str(desk.config.store_path))
        await pilot.press("n")
        await says(pilot, str(desk.config.store_path), "y Create it")
        assert not desk.config.store_path.exists()
        await pilot.press("y")
        await says(pilot, "It is made", "found")
        await pilot.press("enter")
    assert app.return_value == Opening(config=desk.config.path, person="asha")
    assert desk.config.store_path.exists()


async def test_o_opens_what_is_a_configuration_and_says_what_is_none(desk: Desk) -> None:
    """The folder that holds it will do; how it is found the next time is said and not done."""
    app = WelcomeApp(desk.folder / "nowhere" / "config.toml", person="asha")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("o", "enter")
        await says(pilot, "No path was typed")
        field = app.screen.query_one("#answer")
        field.value = str(desk.folder / "calendar.d")  # type: ignore[attr-defined]  # it is the Input
        await pilot.press("enter")
        await says(pilot, "config.toml")
        assert app.is_running
        field.value = str(desk.folder)  # type: ignore[attr-defined]  # it is the Input
        await pilot.press("enter")
        await says(pilot, f"export PURDAH_CONFIG={desk.config.path}", "Neither is done for you.")
        await pilot.press("enter")
    assert app.return_value == Opening(config=desk.config.path, person="asha")
    assert not (desk.folder / "nowhere").exists()


async def test_tab_completes_the_path_and_shows_what_there_is_to_choose(tmp_path: Path) -> None:
    for name in ("alpha", "alps"):
        (tmp_path / name).mkdir()
    app = WelcomeApp(tmp_path / "none" / "config.toml")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("o")
        field = app.screen.query_one("#answer")
        field.value = f"{tmp_path}/a"  # type: ignore[attr-defined]  # it is the Input
        await pilot.press("tab")
        await until(pilot, lambda: field.value == f"{tmp_path}/alp")  # type: ignore[attr-defined]  # it is the Input
        await says(pilot, "alpha/", "alps/")


def test_a_path_is_completed_as_far_as_it_is_certain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders and TOML files; hidden ones where a dot was typed; nothing where there is nothing, or nobody may look."""
    (tmp_path / "team").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("config.toml", "config.bak", "notes.txt"):
        (tmp_path / name).write_text("", "utf-8")
    assert completed(f"{tmp_path}/c") == (f"{tmp_path}/config.toml", ())
    assert completed(f"{tmp_path}/t") == (f"{tmp_path}/team/", ())
    assert completed(f"{tmp_path}/") == (f"{tmp_path}/", ("config.toml", "team/"))
    assert completed(f"{tmp_path}/.h") == (f"{tmp_path}/.hidden/", ())
    assert completed(f"{tmp_path}/x") == (f"{tmp_path}/x", ())
    assert completed(f"{tmp_path}/none/x") == (f"{tmp_path}/none/x", ())
    monkeypatch.setenv("HOME", str(tmp_path))
    assert completed("~/te") == ("~/team/", ())


def test_accessible_mode_can_be_asked_for_by_the_environment() -> None:
    assert wants_accessible({"PURDAH_ACCESSIBLE": "1"})
    assert not any(wants_accessible(environment) for environment in ({}, {"PURDAH_ACCESSIBLE": ""}, {"PURDAH_ACCESSIBLE": "0"}))


def test_from_an_empty_home_to_the_queue_in_a_real_terminal(invented_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """n, y, enter, enter: the queue is there with its list of first steps, in the same terminal."""
    monkeypatch.delenv("PURDAH_CONFIG")
    terminal = Terminal("-m", "purdah_scheduler", columns=120, lines=36)
    try:
        terminal.shows("There is no queue for you")
        terminal.press("n")
        terminal.shows("y Create it")
        assert not any(path.name == "purdah.db" for path in invented_home.rglob("*"))
        terminal.press("y")
        terminal.until(lambda: "It is made" in terminal.text(), "the queue", 60)
        terminal.press("\r")
        terminal.shows("Who are you?")
        terminal.press("\r")
        terminal.until(lambda: "Until the first post can go out" in terminal.text(), "the queue with its first steps", 60)
        terminal.press("q")
        assert terminal.ended(60) == 0
    finally:
        terminal.close()
