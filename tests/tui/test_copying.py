"""Copying: words go to a program on its standard input, else to the terminal or into a file; nothing claims to have worked."""

import stat
from collections.abc import Mapping
from pathlib import Path

import pytest
from textual.widgets import Input

from purdah_scheduler.application import writing
from purdah_scheduler.application.writing import Draft
from purdah_scheduler.tui import clipboard
from purdah_scheduler.tui.clipboard import PROGRAMS, Program, hand_over
from purdah_scheduler.tui.compose import ComposeScreen
from purdah_scheduler.tui.queue import QueueScreen
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import listening, settled, shows, tells, until

SHIPPED = PROGRAMS
"""As the product has them: every test has none unless it asks."""


def program(folder: Path, name: str, script: str) -> Mapping[str, str]:
    """A program of that name in an otherwise empty path; the environment that finds it."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o700)
    return {"PATH": str(folder), "DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "WSL_DISTRO_NAME": "Debian"}


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs of the product, which only a made-up path finds."""
    monkeypatch.setattr(clipboard, "PROGRAMS", SHIPPED)


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("name", [one.command[0] for one in SHIPPED])
def test_the_words_go_to_standard_input_and_never_into_the_arguments(tmp_path: Path, name: str) -> None:
    environ = program(tmp_path, name, f'/bin/cat > "{tmp_path}/got"; echo "$@" > "{tmp_path}/arguments"')
    words = "£40m for 112 projects; $(touch x)\n-- second line"
    assert hand_over(words, environ) == name
    encoding = next(one.encoding for one in SHIPPED if one.command[0] == name)
    assert (tmp_path / "got").read_bytes().decode(encoding) == words
    assert "projects" not in (tmp_path / "arguments").read_text("utf-8")


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("missing", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_a_program_is_asked_only_where_its_desktop_is(tmp_path: Path, missing: str) -> None:
    name = "xclip" if missing == "DISPLAY" else "wl-copy"
    environ = {key: value for key, value in program(tmp_path, name, "exit 0").items() if key != missing}
    assert hand_over("words", environ) == ""


@pytest.mark.usefixtures("shipped")
def test_one_that_fails_or_takes_too_long_leaves_it_to_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "PATIENCE", 0.3)
    program(tmp_path, "wl-copy", "exit 1")
    program(tmp_path, "xclip", "exec /bin/sleep 60")
    environ = program(tmp_path, "xsel", f'/bin/cat > "{tmp_path}/got"')
    assert hand_over("words", environ) == "xsel"
    assert (tmp_path / "got").read_text("utf-8") == "words"


async def test_y_sends_the_words_and_says_to_look_at_what_is_pasted(desk: Desk) -> None:
    desk.draft("Tide tables for May.\nSecond line.", at=NOW)
    app = desk.app()
    heard = listening(app)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await shows(pilot, "Tide tables")
        await pilot.press("y")
        await tells(pilot, heard, "The words of post 1: sent to the terminal. Paste to see whether it took it.")
        assert app.clipboard == "Tide tables for May.\nSecond line."


async def test_where_a_program_takes_them_it_is_named(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "PROGRAMS", (Program(command=("keeps",)),))
    monkeypatch.setenv("PATH", program(tmp_path, "keeps", f'/bin/cat > "{tmp_path}/got"')["PATH"])
    desk.draft("Tide tables for May.", at=NOW)
    app = desk.app()
    heard = listening(app)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await shows(pilot, "Tide tables")
        await pilot.press("y")
        await tells(pilot, heard, "The words of post 1: handed to keeps. Paste to see whether it took it.")
    assert (tmp_path / "got").read_text("utf-8") == "Tide tables for May."
    assert app.clipboard == ""


async def test_what_could_command_a_terminal_is_copied_as_a_sign(desk: Desk) -> None:
    desk.smuggle("before\x1b]52;c;SEFDSw==\x07 \u202egnp.exe after")
    app = desk.app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, QueueScreen) and app.screen.view is not None)
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard)
        assert not {"\x1b", "\x07", "\u202e"} & set(app.clipboard)
        assert "after" in app.clipboard


async def test_an_account_with_words_of_its_own_has_them_under_its_name(desk: Desk) -> None:
    draft = Draft(accounts=("dlt", "dlt-news"), text="Common.", texts={"dlt-news": "Own."}, category="operational-service")
    writing.new_post(desk.office, desk.actor(), draft)
    app = desk.app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await shows(pilot, "Common.")
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard)
        assert app.clipboard == "dlt:\nCommon.\n\ndlt-news:\nOwn."


async def test_with_marks_y_copies_the_numbers_as_commands_take_them(desk: Desk) -> None:
    posts = [desk.draft(f"Post {n}.", at=NOW) for n in range(3)]
    app = desk.app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await shows(pilot, "Post 2.")
        await pilot.press("A", "y")
        await until(pilot, lambda: app.clipboard)
        assert app.clipboard == " ".join(map(str, posts))


async def test_the_report_is_shown_copied_or_written_into_a_file_for_its_owner_alone(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything that the screen of the post says; a file that is there is never replaced."""
    monkeypatch.chdir(tmp_path)
    post = desk.cleared("Tide tables for May.", at=NOW)
    app = desk.app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await shows(pilot, "Tide tables")
        await pilot.press("Y")
        await shows(pilot, f"The report of post {post}", "c  Copy it", "f  Write it to a file")
        await pilot.press("c")
        await until(pilot, lambda: app.clipboard)
        for words in ("Tide tables for May.", "Clearance", "Policy approval: bede", "History"):
            assert words in app.clipboard
        for answer in ("is there already", "written to"):
            await pilot.press("Y")
            await shows(pilot, "f  Write it to a file")
            await pilot.press("f")
            await shows(pilot, "Only you will be able to read it")
            if answer == "is there already":
                (tmp_path / "kept.txt").write_text("mine", "utf-8")
                app.screen.query_one("#answer", Input).value = "kept.txt"
            await pilot.press("enter")
            await shows(pilot, answer)
    written = tmp_path / f"post-{post}-report.txt"
    assert "Policy approval: bede" in written.read_text("utf-8")
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert (tmp_path / "kept.txt").read_text("utf-8") == "mine"


@pytest.mark.parametrize("place", ["post", "review", "calendar", "audit"])
async def test_every_screen_with_something_to_copy_copies_it(desk: Desk, place: str) -> None:
    post = desk.submitted("Harbour lights are out tonight.", at=NOW)
    app = desk.app("bede")
    wanted = {
        "post": "Harbour lights",
        "review": "Harbour lights",
        "calendar": "What holds on Tue 14 Apr 2026",
        "audit": "Entry 2",
    }
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await shows(pilot, "Harbour lights")
        if place in ("post", "review"):
            (app.open_post if place == "post" else app.review_post)(post)
        else:
            app.action_go(place)
        await settled(pilot)
        await until(pilot, lambda: app.screen.check_action("copy", ()))
        await pilot.press("y")
        await until(pilot, lambda: wanted[place] in app.clipboard)
        await pilot.press("Y")
        await shows(pilot, "Write it to a file")
        await pilot.press("escape")
    assert app.crash is None


async def test_d_makes_a_draft_that_says_the_same_and_opens_it(desk: Desk) -> None:
    desk.cleared("Tide tables for May.", at=NOW)
    app = desk.app()
    heard = listening(app)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await shows(pilot, "Tide tables")
        await pilot.press("d")
        await tells(pilot, heard, "Post 2 is a draft that says what post 1 says")
        await shows(pilot, "Edit post 2, revision 1")
        assert isinstance(app.screen, ComposeScreen)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))
    with desk.office.store.read() as reader:
        assert reader.post(2).planned_at is None


async def test_d_without_the_role_is_refused_in_words(desk: Desk) -> None:
    desk.draft("Tide tables for May.", at=NOW)
    async with desk.app("erin").run_test(size=(120, 36), notifications=True) as pilot:
        await shows(pilot, "Tide tables")
        await pilot.press("d")
        await shows(pilot, "duplicate posts")
        assert isinstance(pilot.app.screen, QueueScreen)
