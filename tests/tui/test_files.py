"""Files in and out of the interface: posts, calendars, the checkpoint, the notices; nothing is replaced, nothing half done."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.domain.notices import Item, Notice, NoticeKind, NoticeState, Subscriber
from purdah_scheduler.domain.posts import PostState
from purdah_scheduler.errors import BadInput, ProductError
from purdah_scheduler.kept_checkpoints import read_kept
from purdah_scheduler.tui.compose_form import Attached
from purdah_scheduler.tui.compose_images import Images
from purdah_scheduler.tui.named_file import file_there, form_asked, new_file, path_of, write_new
from purdah_scheduler.tui.notices import MOST, notices_in_words
from purdah_scheduler.tui.path_field import completed
from purdah_scheduler.tui.picture_path import completed as picture_completed
from purdah_scheduler.tui.welcome_queue import read_team
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import listening, seen, shows, tells, types, until

LONDON = ZoneInfo("Europe/London")
TWO = """accounts,category,text,at
dlt,operational-service,"Our [/] phone lines open.",
dlt,operational-service,Tide tables.,2026-04-20T09:30
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files go that are named without a folder."""
    found = tmp_path / "files"
    found.mkdir()
    monkeypatch.chdir(found)
    return found


def written(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def posts(desk: Desk) -> list[int]:
    with desk.office.store.read() as reader:
        return list(reader.row_ids(QueueFilter()))


async def test_import_shows_every_post_and_saves_all_after_a_yes(desk: Desk, folder: Path) -> None:
    (folder / "two.csv").write_text(TWO, "utf-8")
    app = desk.app()
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "Open posts")
        await pilot.press("I")
        await shows(pilot, "Import posts", "Every post of the file becomes a draft of yours")
        await types(pilot, "two.csv")
        await pilot.press("enter")
        words = await shows(pilot, "Import 2 posts as drafts of yours?", "y  Save them as drafts")
        assert "line 2: can be saved, no time yet, ALLOW: may go out" in words
        assert "line 3: can be saved, Mon 20 Apr 2026 09:30 BST" in words
        await pilot.press("I")
        await until(pilot, lambda: "Import 2 posts" not in seen(app))
        assert posts(desk) == []
        await pilot.press("I", *"two", "full_stop", *"csv", "enter")
        await shows(pilot, "y  Save them as drafts")
        await pilot.press("y")
        await shows(pilot, "2 posts saved as drafts of asha, from post 1 on.")
    with desk.office.store.read() as reader:
        made = [reader.post(post) for post in posts(desk)]
    assert {(post.state, post.created_by) for post in made} == {(PostState.DRAFT, "asha")}


async def test_import_shows_every_fault_by_its_line_and_saves_nothing(desk: Desk, folder: Path) -> None:
    (folder / "bad.csv").write_text(TWO + "nowhere,operational-service,Text,\ndlt,[/],Text,\n", "utf-8")
    async with desk.app().run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "Open posts")
        await pilot.press("I", *"bad", "full_stop", *"csv", "enter")
        await shows(pilot, "Nothing was imported", "0 of 4 posts were imported", "line 4:", "line 5:", "f  Write it to a file")
        await pilot.press("f")
        await shows(pilot, "Which file?")
        await pilot.press("enter")
        await shows(pilot, "written to")
    assert posts(desk) == []
    assert "line 5:" in (folder / "bad-faults.txt").read_text("utf-8")


async def test_a_file_that_is_not_there_is_said_in_the_box(desk: Desk) -> None:
    async with desk.app().run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "Open posts")
        await pilot.press("I", *"gone", "enter")
        await shows(pilot, "There is no file gone.")
        await pilot.press("escape")


async def test_who_is_no_author_is_told_so_by_the_key(desk: Desk) -> None:
    app = desk.app("erin")
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "Open posts")
        heard = listening(app)
        await pilot.press("I")
        await tells(pilot, heard, "may not import posts: that needs the role author.")


async def test_the_posts_of_a_filter_are_exported_and_read_back(desk: Desk, folder: Path) -> None:
    desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "Open posts")
        heard = listening(app)
        await pilot.press("slash", *"state", "colon", *"draft", "enter")
        await shows(pilot, "Filter")
        await pilot.press("E")
        await shows(pilot, "Export posts", "state:draft", "posts-2026-04-14-1042")
        await pilot.press("enter", "enter", "enter")
        await tells(pilot, heard, "posts-2026-04-14-1042.csv: 1 post. Only you can read it.")
        await pilot.press("E", "enter", "enter", "enter")
        await shows(pilot, "is there already.")
    file = folder / "posts-2026-04-14-1042.csv"
    assert file.stat().st_mode & 0o777 == 0o600
    assert "Consultation on buoys" in file.read_text("utf-8")
    assert "Lighthouse" not in file.read_text("utf-8")


async def test_an_export_needs_a_filter_that_can_be_read(desk: Desk, folder: Path) -> None:
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "Open posts")
        await pilot.press("E")
        await shows(pilot, "Export posts")
        await pilot.press("ctrl+u", *"state", "colon", *"hld", "enter", "enter", "enter")
        await shows(pilot, "Did you mean held?")
    assert written(folder) == []


@pytest.mark.parametrize("screen", ["4", "5"])
async def test_the_periods_are_exported_as_a_calendar(desk: Desk, folder: Path, screen: str) -> None:
    """With the posts if they are wanted, and with their words only if those are."""
    desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "Open posts")
        heard = listening(app)
        await pilot.press(screen)
        await shows(pilot, "General election 2026")
        await pilot.press("E")
        await shows(pilot, "Export the calendar", "Other bodies")
        await pilot.press("enter", "ctrl+u", *"yes", "enter", "ctrl+u", *"grid", "enter")
        await tells(pilot, heard, "grid.ics: 1 period and 10 posts. Only you can read it.")
    data = (folder / "grid.ics").read_text("utf-8")
    assert data.startswith("BEGIN:VCALENDAR")
    assert "General election 2026" in data
    assert "Consultation on buoys" in data  # the title of a post
    assert "40m for 112 projects" not in data


async def test_the_checkpoint_is_shown_and_written_as_the_command_prints_it(desk: Desk, folder: Path) -> None:
    desk.draft("Tide tables.")
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "Open posts")
        await pilot.press("6")
        await shows(pilot, "Record", "newest first")
        await pilot.press("K")
        await shows(pilot, "Checkpoint", "purdah-checkpoint", "Keep that line elsewhere")
        await pilot.press("f")
        await shows(pilot, "Which file?")
        await pilot.press("enter")
        await shows(pilot, "written to")
    (file,) = written(folder)
    with desk.office.store.read() as reader:
        head = next(iter(reader.entries(newest_first=True, limit=1))).hash
    assert file.read_text("utf-8").startswith("purdah-checkpoint")
    assert head in file.read_text("utf-8")


NOTICE = Notice(
    id=7,
    channel="email",
    people=("asha", "bede"),
    kind=NoticeKind.HELD,
    topic="held",
    items=tuple(Item(post=post) for post in (3, 5)),
    at=NOW,
    ready_at=NOW,
)


def test_notices_say_who_what_and_what_came_of_it() -> None:
    told = replace(NOTICE, state=NoticeState.SENT, tries=1, ended_at=NOW)
    failed = replace(NOTICE, id=8, state=NoticeState.GIVEN_UP, tries=3, ended_at=NOW, fault="refused\n[/] by \x1b[2J")
    words = notices_in_words([failed, told], zone=LONDON, now=NOW)
    assert "8  today 10:42 BST  asha, bede by email: given up" in words
    assert "a post was held; 2 posts: 3, 5" in words
    assert "    told today 10:42 BST" in words
    assert "3 tries: refused␊[/] by ␛[2J" in words


def test_notices_end_with_the_command_that_shows_more() -> None:
    words = notices_in_words([NOTICE] * (MOST + 1), zone=LONDON, now=NOW)
    assert words.count("asha, bede") == MOST
    assert words.endswith("purdah-scheduler notify log --limit 1000")


async def test_the_daemon_s_screen_shows_the_notices(desk: Desk) -> None:
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "Open posts")
        await pilot.press("8")
        await shows(pilot, "Publishing")
        await pilot.press("N")
        await shows(pilot, "Who was told what", "Nobody was told anything yet.")


async def test_what_reads_secrets_is_shown_as_a_command(desk: Desk) -> None:
    """The comparison of an account with what was sent, and the test message to a person who has a channel."""
    notices = replace(desk.config.notices, subscribers=(Subscriber(person="asha", ways=("hook",)),))
    desk.config = replace(desk.config, notices=notices)
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "Open posts")
        await pilot.press("7")
        await shows(pilot, "Sign-in")
        await pilot.press("R")
        await shows(pilot, "purdah-scheduler reconcile dlt")
        await pilot.press("x", "p")
        await shows(pilot, "Roles")
        await pilot.press("T")
        await shows(pilot, "purdah-scheduler notify test asha")
        await pilot.press("x", "down", "T")
        await shows(pilot, "is told nothing")


@pytest.mark.parametrize("typed", ["", "~nobody-of-that-name/x.csv", "a\x00b", "x" * 5_000, "/" * 5_000, "gone.csv", "."])
def test_no_name_of_a_file_ends_in_anything_but_a_sentence(typed: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        file_there(typed)
    if typed not in ("gone.csv", ".", "/" * 5_000):
        with pytest.raises(BadInput):
            write_new(new_file(typed, "csv", tmp_path), b"")


def test_a_new_file_has_its_ending_and_replaces_nothing(tmp_path: Path) -> None:
    assert new_file("april", "csv", tmp_path) == tmp_path / "april.csv"
    assert new_file("April.CSV", "csv", tmp_path) == tmp_path / "April.CSV"
    write_new(tmp_path / "april.csv", b"one")
    with pytest.raises(BadInput, match="there already"):
        new_file("april", "csv", tmp_path)
    with pytest.raises(BadInput, match="there already, so nothing was written"):
        write_new(tmp_path / "april.csv", b"two")
    assert (tmp_path / "april.csv").read_bytes() == b"one"
    assert path_of("~") == Path.home()


@pytest.mark.parametrize("typed", ["~nobody-of-that-name/x", "a\x00b", "x" * 5_000, "/", "gone"])
def test_whatever_is_typed_for_a_path_anywhere_is_answered_in_a_sentence(typed: str) -> None:
    """A picture of compose, the team's queue of the first page, what a record is compared with; completing one is silent."""
    with pytest.raises(ProductError):
        Images().load((Attached(path=typed, alt=""),))
    with pytest.raises(ProductError):
        read_team(typed)
    with pytest.raises(ProductError):
        read_kept(typed)
    assert completed(typed)[0].startswith(typed)
    assert picture_completed(typed) is None or typed == "/"


def test_a_format_that_is_not_known_names_the_nearest() -> None:
    assert form_asked("CSV", ("jsonl", "csv")) == "csv"
    with pytest.raises(BadInput, match="Did you mean csv"):
        form_asked("cvs", ("jsonl", "csv"))
