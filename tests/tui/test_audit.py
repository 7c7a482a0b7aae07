"""The record on the screen: the whole of it at once, its filter, an entry in full, verifying, exporting and copying."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from purdah_scheduler.application import writing
from purdah_scheduler.application.recording import entry_of
from purdah_scheduler.application.verifying import verify_record
from purdah_scheduler.application.writing import Draft
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.errors import BadInput
from purdah_scheduler.tui.audit import AuditScreen
from purdah_scheduler.tui.audit_filter import read_entry_filter
from purdah_scheduler.tui.post import PostScreen
from purdah_scheduler.tui.rowlist import KEPT, PAGE
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import listening, picture, seen, settled, shows, tells, types, until

SIZES = [(120, 36), (80, 24)]


async def opened(pilot: Pilot[None]) -> AuditScreen:
    """The record, with its newest entry in full."""
    await pilot.press("6")
    await until(pilot, lambda: isinstance(pilot.app.screen, AuditScreen) and pilot.app.screen.view is not None)
    assert isinstance(pilot.app.screen, AuditScreen)
    return pilot.app.screen


def read(file: Path) -> tuple[int, str]:
    """The permission bits of a file, and what is in it."""
    return file.stat().st_mode & 0o777, file.read_text("utf-8")


def length(desk: Desk) -> int:
    """How many entries the record has."""
    return verify_record(desk.office).found.entries


def fill(desk: Desk, number: int) -> None:
    """So many entries at once."""
    with desk.office.store.write() as tx:
        tx.record_all([entry_of(desk.actor("dougal"), "queue.swept", at=NOW) for _ in range(number)])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("without_colour", [False, True])
async def test_it_shows_the_newest_first_and_that_one_in_full(desk: Desk, size: tuple[int, int], without_colour: bool) -> None:
    desk.furnish()
    number = length(desk)
    async with desk.app(without_colour=without_colour).run_test(size=size) as pilot:
        await opened(pilot)
        screen = await shows(pilot, f"{number} entries, newest first", "not verified yet", "delivery missed", f"Entry {number}")
        assert "hash" in screen
        assert "previous" in screen
        assert picture(pilot.app)[-1].endswith("? Help")  # type: ignore[arg-type]  # ours
        assert ("From" in screen) is (size[0] == 120)


async def test_a_long_record_is_held_as_numbers_and_read_where_it_is_looked_at(desk: Desk) -> None:
    """Twenty thousand entries: every number, and no more pages of entries than are kept."""
    fill(desk, 20_000)
    async with desk.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await shows(pilot, "20,000 entries")
        await pilot.press("end")
        await shows(pilot, "Entry 1 ")
        await pilot.press("home")
        await shows(pilot, "Entry 20,000")
        for _ in range(12):
            await pilot.press("pagedown")
        await settled(pilot)
        rows = screen.listing
        assert sum(rows.line_of(item) is not None for item in rows.items) <= KEPT * PAGE


async def test_each_key_moves_as_in_every_list(desk: Desk) -> None:
    fill(desk, 300)
    async with desk.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        for pressed, row in (("j", 1), ("down", 2), ("k", 1), ("up", 0), ("end", 299), ("home", 0), ("pagedown", 10), ("t", 0)):
            await pilot.press(pressed)
            await settled(pilot)
            assert screen.listing.cursor == row, pressed


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("person:bede", "policy"),
        ("action:edited", "2 entr"),
        ("post:1 action:created", "1 entry"),
        ("person:daemon", "Nothing in the record is like"),
        ("person:eve", "eve is nobody in the configuration"),
        ("lighthouse", "Lighthouse"),
        ("from:15/4", "Nothing in the record is like"),
    ],
)
async def test_a_filter_in_words(desk: Desk, typed: str, words: str) -> None:
    first = desk.cleared("Lighthouse open days begin on Saturday.")
    for text in ("Lighthouse open days begin on Sunday.", "Lighthouse open days begin on Monday."):
        writing.revise(desk.office, desk.actor(), first, draft(text))
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("slash")
        await types(pilot, typed)
        await pilot.press("enter")
        await shows(pilot, words, "esc Clear")
        await pilot.press("escape")
        await shows(pilot, f"Record  {length(desk)} entries")


def draft(text: str) -> Draft:
    """A draft for the one account."""
    return Draft(accounts=("dlt",), text=text, category="operational-service")


@pytest.mark.parametrize("typed", ["persn:bede", "post:x", "post:-1", "from:never", "post:99999999999999999999"])
async def test_a_filter_that_cannot_be_used_says_why_and_changes_nothing(desk: Desk, typed: str) -> None:
    desk.furnish()
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("slash")
        pilot.app.screen.query_one("#filter", Input).value = typed
        await pilot.press("enter")
        await until(pilot, lambda: "-mistaken" in pilot.app.screen.query_one("FilterLine").classes)
        await pilot.press("escape")
        await shows(pilot, f"{length(desk)} entries, newest first")


def test_the_filter_reads_days_as_whole_days_of_the_office() -> None:
    wanted = read_entry_filter("from:14/4 to:14/4 Action:Decision", now=NOW, zone=london()).asked
    assert (wanted.since.isoformat(), wanted.until.isoformat()) == ("2026-04-13T23:00:00+00:00", "2026-04-14T23:00:00+00:00")  # type: ignore[union-attr]  # both given
    assert wanted.action == "decision"
    with pytest.raises(BadInput, match="Did you mean person"):
        read_entry_filter("persn:x", now=NOW, zone=london())


async def test_an_edit_shows_what_was_before_and_after(desk: Desk) -> None:
    post = desk.draft("Tide tables for April.")
    writing.revise(desk.office, desk.actor(), post, draft("Tide tables for May."))
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await shows(pilot, "revision 1 to 2", "- Tide tables for April.", "+ Tide tables for May.")


async def test_what_was_erased_says_so_and_shows_no_words(desk: Desk) -> None:
    post = desk.draft("Words of April.")
    writing.revise(desk.office, desk.actor(), post, draft("Words of May."))
    number = length(desk)
    with desk.office.store.write() as tx:
        tx.erase_entries([number])
        tx.record(entry_of(desk.actor(), "record.erased", at=NOW))
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("down")
        await shows(pilot, f"Entry {number}", "were erased from this entry", "(erased)")
        assert "Words of" not in seen(pilot.app)  # type: ignore[arg-type]  # ours


async def test_enter_opens_the_post_of_an_entry(desk: Desk) -> None:
    post = desk.draft("Tide tables.")
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PostScreen))
        await shows(pilot, f"Post {post}")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)


async def test_going_to_a_date_finds_the_last_entry_of_that_day(desk: Desk) -> None:
    first = desk.draft("On the fourteenth.")
    desk.clock.at = NOW.replace(day=16)
    desk.draft("On the sixteenth.")
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press("g")
        await shows(pilot, "Which day?")
        await types(pilot, "15/4")
        await pilot.press("enter")
        await until(pilot, lambda: screen.view is not None and screen.view.entry.post == first)


async def test_a_new_entry_appears_and_the_cursor_stays_on_its_own(desk: Desk) -> None:
    desk.furnish()
    number = length(desk)
    async with desk.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("down")
        await until(pilot, lambda: screen.listing.pointed == number - 1)
        desk.draft("Another.")
        await shows(pilot, f"{number + 1} entries")
        assert screen.listing.pointed == number - 1


async def test_verifying_says_in_words_that_the_record_is_whole(desk: Desk) -> None:
    desk.furnish()
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("V")
        await shows(pilot, "Verify the record")
        await pilot.press("enter")
        await shows(pilot, f"The record is whole: {length(desk)} entries.", "purdah-checkpoint-v1", "It was compared with no")
        await pilot.press("escape")
        await shows(pilot, "whole at 10:42:00")


async def test_verifying_beside_a_checkpoint_that_was_typed(desk: Desk) -> None:
    """One that fits says what it proves; one of a later entry says that the record was cut."""
    desk.furnish()
    kept = verify_record(desk.office).now
    later = f"purdah-checkpoint-v1 {kept.seq + 5} {'0' * 64}"
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("V")
        await shows(pilot, "Verify the record")
        for line, words in (
            (kept.line, "It matches 1 checkpoint"),
            (later, "The record is not whole"),
            ("/nowhere", "No such file"),
        ):
            pilot.app.screen.query_one("#answer", Input).value = line
            await pilot.press("enter")
            await shows(pilot, words)
        pilot.app.screen.query_one("#answer", Input).value = later
        await pilot.press("enter")
        await shows(pilot, "keep a copy")
        await pilot.press("escape")
        await shows(pilot, "NOT WHOLE")


async def test_an_export_asks_then_writes_a_file_that_says_where_it_is(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    post = desk.draft("Tide tables.")
    desk.draft("Another.")
    async with desk.app().run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("E")
        await shows(pilot, "Export the record", "Names and reasons")
        for name, typed in (("post", str(post)), ("form", "jsnl")):
            pilot.app.screen.query_one(f"#{name}", Input).value = typed
        await pilot.press(*["enter"] * 6)
        await shows(pilot, "Did you mean jsonl?")
        pilot.app.screen.query_one("#form", Input).value = "jsonl"
        pilot.app.screen.query_one("#names", Input).value = "no"
        await pilot.press("enter")
        await shows(pilot, "Only you can read it.")
    mode, text = read(tmp_path / "record-2026-04-14-1042.jsonl")
    assert mode == 0o600
    assert "Tide tables." in text
    assert "Another." not in text
    assert '"asha"' not in text


async def test_an_export_never_replaces_a_file_and_esc_writes_none(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    kept = tmp_path / "mine.html"
    kept.write_text("mine", "utf-8")
    desk.draft("Tide tables.")
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("E")
        await shows(pilot, "Export the record")
        pilot.app.screen.query_one("#file", Input).value = "mine"
        await pilot.press(*["down"] * 5, "enter")
        await shows(pilot, "already.")
        await pilot.press("escape")
        await settled(pilot)
    assert read(kept)[1] == "mine"


async def test_copying_sends_the_entry_and_claims_no_more(desk: Desk) -> None:
    desk.draft("Tide tables.")
    app = desk.app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot)
        heard = listening(app)
        await pilot.press("y")
        await tells(pilot, heard, "Entry 1: sent to the terminal. Paste to see whether it took it.")
        assert "Entry 1" in app.clipboard
        assert "post created" in app.clipboard
