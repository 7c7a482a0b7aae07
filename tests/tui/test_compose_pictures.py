"""Pictures in compose: attached by path, described, put in order and taken away; what is unreadable is never attached."""

import struct
from pathlib import Path

import pytest
from textual.pilot import Pilot

from purdah_scheduler.application import writing
from purdah_scheduler.application.writing import Attachment, Draft
from purdah_scheduler.tui.compose import ComposeScreen
from purdah_scheduler.tui.compose_fields import Field
from purdah_scheduler.tui.compose_form import Attached, Form
from purdah_scheduler.tui.compose_pictures import PictureList
from purdah_scheduler.tui.picture_path import completed
from tests.tui.conftest import Desk
from tests.tui.seeing import shows, types, until
from tests.tui.test_compose import fill, opened, put, read


def png(width: int, height: int, more: bytes = b"") -> bytes:
    """The beginning of a picture of that size."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + bytes(40) + more


def with_pictures(desk: Desk, many: int) -> int:
    """A draft with that many pictures."""
    pictures = tuple(Attachment(data=png(8, 8, bytes([n])), type="image/png", alt=f"Image {n}") for n in range(1, many + 1))
    draft = Draft(accounts=("dlt",), text="Words.", category="operational-service", attachments=pictures)
    return writing.new_post(desk.office, desk.actor(), draft)


def alts(desk: Desk, post: int) -> list[str]:
    """The alternative texts as they are stored."""
    return [medium.alt for medium in read(desk, post).revision.content.media]


async def attach(pilot: Pilot[None], screen: ComposeScreen, path: Path) -> None:
    """Give the path and enter."""
    put(screen, "path", str(path))
    screen.query_one("#path", Field).focus()
    await pilot.press("enter")


# --- attaching ----------------------------------------------------------------------------------------------------


async def test_a_picture_is_attached_by_its_path_seen_with_its_size_and_described(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "map.png").write_bytes(png(1200, 675))
    async with desk.app().run_test(size=(120, 50), notifications=True) as pilot:
        screen = await opened(pilot)
        await fill(pilot, screen, "Words.")
        await attach(pilot, screen, tmp_path / "map.png")
        await shows(pilot, "Image 1 of 1  map.png  PNG  1,200 by 675  64 bytes", "no alternative text: say what it shows")
        await until(pilot, lambda: isinstance(screen.focused, Field) and screen.focused.id is None)
        await types(pilot, "A map")
        await shows(pilot, "5 of 1,000 characters", "1 of 4")
        await pilot.press("ctrl+s")
        await shows(pilot, "is saved, revision 1")
        post = screen.saved.post
        assert post is not None
    assert alts(desk, post) == ["A map"]


@pytest.mark.parametrize("name", ["nowhere.png", "words.png"])
async def test_what_is_no_picture_is_said_and_not_attached(desk: Desk, tmp_path: Path, name: str) -> None:
    (tmp_path / "words.png").write_bytes(b"no image")
    async with desk.app().run_test(size=(120, 50), notifications=True) as pilot:
        screen = await opened(pilot)
        await attach(pilot, screen, tmp_path / name)
        await shows(pilot, "There is no file" if name == "nowhere.png" else "is not a PNG")
        assert screen.query_one(PictureList).pictures == ()
        assert screen.query_one("#path", Field).value.endswith(name)


async def test_a_description_that_does_not_fit_says_where(desk: Desk) -> None:
    post = with_pictures(desk, 1)
    async with desk.app().run_test(size=(120, 50)) as pilot:
        screen = await opened(pilot, post)
        await shows(pilot, "7 of 1,000 characters")
        screen.query_one(PictureList).boxes[0].alt.value = "x" * 1001
        await shows(pilot, "1,001 characters, TOO LONG: dlt takes 1,000")


# --- order --------------------------------------------------------------------------------------------------------


async def test_keys_put_pictures_in_order_and_keep_the_focus_on_the_one_that_moves(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "new.png").write_bytes(png(9, 9))
    post = with_pictures(desk, 2)
    async with desk.app().run_test(size=(120, 50), notifications=True) as pilot:
        screen = await opened(pilot, post)
        await attach(pilot, screen, tmp_path / "new.png")
        await until(pilot, lambda: isinstance(screen.focused, Field) and screen.focused.id is None)
        await types(pilot, "New")
        pictures = screen.query_one(PictureList)
        pictures.boxes[2].head.focus()
        await pilot.press("less_than_sign", "less_than_sign", "less_than_sign")
        assert [one.alt for one in pictures.pictures] == ["New", "Image 1", "Image 2"]
        assert pictures.boxes[0].head.has_focus
        await pilot.press("greater_than_sign")
        await shows(pilot, "Image 2 of 3  new.png")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: read(desk, post).revision.number == 2)
    assert alts(desk, post) == ["Image 1", "New", "Image 2"]


async def test_a_picture_is_taken_away_by_a_capital_d_once_the_post_is_saved(desk: Desk) -> None:
    post = with_pictures(desk, 2)
    async with desk.app().run_test(size=(120, 50), notifications=True) as pilot:
        screen = await opened(pilot, post)
        await shows(pilot, "Image 2 of 2")
        screen.query_one(PictureList).boxes[0].head.focus()
        await pilot.press("d")
        assert len(screen.query_one(PictureList).pictures) == 2
        await pilot.press("D")
        await shows(pilot, "Image 1 of 1")
        assert alts(desk, post) == ["Image 1", "Image 2"]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: read(desk, post).revision.number == 2)
    assert alts(desk, post) == ["Image 2"]


async def test_another_description_of_a_stored_picture_is_another_revision(desk: Desk) -> None:
    post = with_pictures(desk, 2)
    async with desk.app().run_test(size=(120, 50), notifications=True) as pilot:
        screen = await opened(pilot, post)
        screen.query_one(PictureList).boxes[1].alt.focus()
        await types(pilot, " again")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: read(desk, post).revision.number == 2)
    assert alts(desk, post) == ["Image 1", "Image 2 again"]


def test_a_form_keeps_the_order_of_old_and_new_pictures_and_forgets_one_that_is_usual() -> None:
    kept, new = Attached(path="a.png", alt="A"), Attached(path="b.png", alt="B")
    form = Form().with_pictures([new, kept])
    assert form.pictures == (new, kept)
    assert form.order == ()


# --- completing ---------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures, a folder, and what is no picture."""
    for name in ("map-north.png", "map-south.PNG", "photo.jpeg", "notes.txt", ".hidden.png", "bad\x1b[31m.png"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "old").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("m", "map-"),
        ("map-", "map-north.png"),
        ("map-s", "map-south.PNG"),
        ("ph", "photo.jpeg"),
        ("o", "old/"),
        (".h", ".hidden.png"),
        ("notes", None),
        ("bad", None),
        ("nothing", None),
        ("none/such", None),
    ],
)
def test_a_path_is_completed_as_far_as_all_that_begin_so_agree(folder: Path, typed: str, found: str | None) -> None:
    assert completed(f"{folder}/{typed}") == (None if found is None else f"{folder}/{found}")


async def test_the_arrow_takes_what_is_offered(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    async with desk.app().run_test(size=(120, 50)) as pilot:
        screen = await opened(pilot)
        field = screen.query_one("#path", Field)
        field.focus()
        field.value = "ph"
        field.cursor_position = len(field.value)
        await shows(pilot, "photo.jpeg")
        await pilot.press("right")
        assert field.value == "photo.jpeg"
