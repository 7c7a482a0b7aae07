"""Compose on the screen: lengths and verdict while typing, nothing typed is lost, and nobody's edit or clearance goes unseen."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from purdah_scheduler.application import exempting, writing
from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.views import PostView, post_view
from purdah_scheduler.application.writing import Draft
from purdah_scheduler.domain.posts import PostState
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.compose import ComposeScreen
from purdah_scheduler.tui.compose_fields import Field, Tick, WordsArea
from purdah_scheduler.tui.compose_pictures import PictureList
from purdah_scheduler.tui.queue import QueueScreen
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import seen, shows, types, until

HOUR = timedelta(hours=1)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def ours(pilot: Pilot[None]) -> PurdahApp:
    """The application."""
    assert isinstance(pilot.app, PurdahApp)
    return pilot.app


def drafts(desk: Desk) -> list[Path]:
    """The files of unsaved words."""
    return sorted((desk.folder / "data" / "drafts").glob("*.json"))


def read(desk: Desk, post: int) -> PostView:
    """The post as the store has it."""
    return post_view(desk.office, post)


def posts(desk: Desk) -> int:
    """How many posts there are."""
    with desk.office.store.read() as reader:
        return len(reader.row_ids(QueueFilter()))


async def opened(pilot: Pilot[None], post: int | None = None) -> ComposeScreen:
    """Compose, ready to type."""
    app = ours(pilot)
    await pilot.pause()
    app.compose_post(post)
    await pilot.pause()
    screen = next(screen for screen in reversed(app.screen_stack) if isinstance(screen, ComposeScreen))
    await until(pilot, lambda: screen.ready)
    return screen


async def fill(pilot: Pilot[None], screen: ComposeScreen, text: str, *, category: str = "operational-service") -> None:
    """A text for the department's account, of a category."""
    await types(pilot, text)
    tick = next(tick for tick in screen.query(Tick) if tick.name == "dlt")
    tick.focus()
    await pilot.press("space")
    screen.query_one("#category").value = category  # type: ignore[attr-defined]  # a Select
    await pilot.pause()


def put(screen: ComposeScreen, field: str, value: str) -> None:
    """Put a value into a field of one line."""
    screen.query_one(f"#{field}", Field).value = value


# --- while typing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_length_and_verdict_follow_what_is_typed(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.app().run_test(size=size) as pilot:
        screen = await opened(pilot)
        await fill(pilot, screen, "abcde")
        await shows(pilot, "dlt 5/500", "√ Allowed")
        put(screen, "when", "tomorrow 9:30")
        await shows(pilot, "= Wed 15 Apr 2026 09:30 BST", "Wed 15 Apr 2026 09:30 BST")
        screen.query_one("#category").value = "funding"  # type: ignore[attr-defined]  # a Select
        await shows(pilot, "BLOCKED: will be held, not", "f5 The first moment that is free")


async def test_the_verdict_names_its_rule_period_and_source(desk: Desk) -> None:
    post = desk.draft("Funding words.", category="funding", at=NOW + HOUR)
    async with desk.app().run_test(size=(120, 50)) as pilot:
        await opened(pilot, post)
        await shows(pilot, "“General election 2026” is in", "rule funding in strict, period", "https://example.gov.uk/election-")


async def test_at_80_columns_two_lines_say_the_verdict_and_f8_shows_every_check(desk: Desk) -> None:
    post = desk.draft("Funding words.", category="funding", at=NOW + HOUR)
    async with desk.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, post)
        await shows(pilot, "Checks  f8 shows all", "= BLOCKED: will be held, not published")
        assert "rule funding in strict" not in seen(ours(pilot))
        await pilot.press("f8")
        await shows(pilot, "rule funding in strict, period ge-2026")
        await pilot.press("space")
        await until(pilot, lambda: pilot.app.screen is screen)


async def test_f5_plans_it_for_the_first_moment_after_the_period(desk: Desk) -> None:
    post = desk.draft("Funding words.", category="funding", at=NOW + HOUR)
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, post)
        await shows(pilot, "f5 The first moment")
        await pilot.press("f5")
        await shows(pilot, "= Fri 8 May 2026 00:00 BST", "√ Allowed")
        assert screen.query_one("#when", Field).value == "Fri 8 May 2026 00:00 BST"


async def test_f6_plans_it_for_the_next_free_slot_and_again_for_the_one_after(desk: Desk) -> None:
    desk.give_slots("daily 09:00 12:00")
    desk.scheduled("Taken already.", at=NOW.replace(hour=11, minute=0))
    post = desk.draft("Our phone lines open at eight.", category="operational-service")
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        screen = await opened(pilot, post)
        await pilot.press("f6")
        await shows(pilot, "= Wed 15 Apr 2026 09:00 BST", "Passed over 1 slot")
        await pilot.press("f6")
        await shows(pilot, "= Wed 15 Apr 2026 12:00 BST")
        assert screen.query_one("#when", Field).value == "Wed 15 Apr 2026 12:00 BST"


async def test_f6_without_slots_says_so_and_leaves_the_time(desk: Desk) -> None:
    post = desk.draft("Our phone lines open at eight.", category="operational-service", at=NOW + HOUR)
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        screen = await opened(pilot, post)
        before = screen.query_one("#when", Field).value
        await pilot.press("f6")
        await shows(pilot, "There are no slots for dlt")
        assert screen.query_one("#when", Field).value == before


async def test_a_time_that_happens_twice_is_said_and_not_guessed(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        put(screen, "when", "2026-10-25 01:30")
        await shows(pilot, "cannot be read", "happens twice")


async def test_an_account_gets_words_of_its_own_by_typing_and_loses_them_by_f9(desk: Desk) -> None:
    post = desk.draft("Common.", at=NOW + HOUR, accounts="dlt dlt-news")
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, post)
        screen.query_one("#whose").value = "dlt-news"  # type: ignore[attr-defined]  # a Select
        await shows(pilot, "what every account says")
        screen.query_one(WordsArea).focus()
        await pilot.press("end")
        await types(pilot, " Own")
        await shows(pilot, "dlt 7/500", "dlt-news 11/500", "words of its own; f9")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: read(desk, post).revision.number == 2)
        assert [entry.text for entry in read(desk, post).accounts] == ["Common.", "Common. Own"]
        await pilot.press("f9")
        await shows(pilot, "dlt-news 7/500")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: read(desk, post).revision.number == 3)
    assert [entry.text for entry in read(desk, post).accounts] == ["Common.", "Common."]


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_the_same_words_on_an_account_are_told_while_they_are_typed(desk: Desk, size: tuple[int, int]) -> None:
    other = desk.draft("Storm on the way.")
    async with desk.app().run_test(size=size) as pilot:
        screen = await opened(pilot)
        await fill(pilot, screen, "storm on  the WAY")
        await shows(pilot, f"? Post {other}")


async def test_letters_are_text_while_a_field_has_focus(desk: Desk) -> None:
    async with desk.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("q", "exclamation_mark", "1", "a", "question_mark")
        assert screen.query_one(WordsArea).text == "q!1a?"
        assert pilot.app.screen is screen


# --- saving -------------------------------------------------------------------------------------------------------


async def test_a_new_post_is_saved_with_every_field(desk: Desk, tmp_path: Path) -> None:
    image = tmp_path / "map.png"
    image.write_bytes(PNG)
    async with desk.app().run_test(size=(120, 36), notifications=True) as pilot:
        screen = await opened(pilot)
        await fill(pilot, screen, "New words.")
        for field, value in {
            "when": "tomorrow 9:30",
            "area": "Northby",
            "not_before": "tomorrow 9:00",
            "not_after": "tomorrow 10:00",
            "campaign": "Be ready",
            "title": "A title",
            "notes": "A note",
        }.items():
            put(screen, field, value)
        screen.query_one("#nation").value = "England"  # type: ignore[attr-defined]  # a Select
        next(tick for tick in screen.query(Tick) if tick.name == "joint_uk").focus()
        await pilot.press("space")
        put(screen, "path", str(image))
        screen.query_one("#path", Field).focus()
        await pilot.press("enter")
        await until(pilot, lambda: len(screen.query_one(PictureList).boxes) == 1)
        screen.query_one(PictureList).boxes[0].alt.value = "A map of lights"
        await pilot.press("ctrl+s")
        await shows(pilot, "is saved, revision 1")
        post = screen.saved.post
        assert post is not None
    view = read(desk, post)
    content = view.revision.content
    assert (view.post.title, view.post.notes, view.post.planned_at) == (
        "A title",
        "A note",
        NOW.replace(day=15, hour=8, minute=30),
    )
    assert (content.category, content.nation, content.area) == ("operational-service", "England", "Northby")
    assert (content.marks.joint_uk, content.marks.partisan, content.marks.campaign) == (True, False, "Be ready")
    assert content.not_before == NOW.replace(day=15, hour=8, minute=0)
    assert content.not_after == NOW.replace(day=15, hour=9, minute=0)
    assert [(medium.type, medium.alt) for medium in content.media] == [("image/png", "A map of lights")]
    assert drafts(desk) == []


@pytest.mark.parametrize("typed_meanwhile", [False, True])
async def test_an_autosave_during_a_save_leaves_a_file_only_if_something_was_typed(desk: Desk, typed_meanwhile: bool) -> None:
    async with desk.app().run_test(size=(120, 36), notifications=True) as pilot:
        screen = await opened(pilot)
        await fill(pilot, screen, "New words.")
        form, keeper = screen.form.read(), screen.keeper
        assert keeper is not None
        turn = keeper.turn()
        assert keeper.keep(form, keeper.turn(), NOW)
        if typed_meanwhile:
            put(screen, "title", "Typed meanwhile")
        screen._took(replace(form, post=1, seen_revision=1), form, turn, None)
        assert bool(drafts(desk)) is typed_meanwhile


async def test_a_second_save_edits_the_post_that_the_first_one_made(desk: Desk) -> None:
    async with desk.app().run_test(size=(80, 24), notifications=True) as pilot:
        screen = await opened(pilot)
        await fill(pilot, screen, "One")
        await pilot.press("ctrl+s")
        await shows(pilot, "is saved, revision 1")
        screen.query_one(WordsArea).focus()
        await pilot.press("ctrl+end")
        await types(pilot, "Two")
        await pilot.press("ctrl+s")
        await shows(pilot, "is saved, revision 2")
    assert posts(desk) == 1


async def test_what_the_service_refuses_is_said_and_the_words_stay(desk: Desk) -> None:
    async with desk.app("erin").run_test(size=(120, 36), notifications=True) as pilot:
        screen = await opened(pilot)
        await fill(pilot, screen, "Words")
        await pilot.press("ctrl+s")
        await shows(pilot, "Erin Vale may not write posts")
        assert screen.query_one(WordsArea).text == "Words"
    assert posts(desk) == 0
    assert len(drafts(desk)) == 1


async def test_without_a_category_nothing_is_saved(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot)
        await types(pilot, "Words")
        await pilot.press("ctrl+s")
        await shows(pilot, "The post has no category")
    assert posts(desk) == 0


async def test_an_edit_that_drops_clearances_names_them_before_it_is_saved(desk: Desk) -> None:
    post = desk.cleared("Cleared words.", at=NOW + HOUR)
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot, post)
        await shows(pilot, "a change drops 1 clearance")
        await pilot.press("X", "ctrl+s")
        await shows(pilot, "It drops 1 decision", "bede  approved on policy")
        await pilot.press("n")
        await pilot.pause(0.1)
        assert read(desk, post).post.state is PostState.CLEARED
        await pilot.press("ctrl+s")
        await shows(pilot, "It drops 1 decision")
        await pilot.press("y")
        await until(pilot, lambda: read(desk, post).revision.number == 2)
    assert read(desk, post).post.state is PostState.DRAFT


async def test_another_title_or_time_drops_nothing_and_asks_nothing(desk: Desk) -> None:
    post = desk.cleared("Cleared words.", at=NOW + HOUR)
    async with desk.app().run_test(size=(120, 36), notifications=True) as pilot:
        screen = await opened(pilot, post)
        put(screen, "title", "Another title")
        put(screen, "when", "+3h")
        await pilot.press("ctrl+s")
        await shows(pilot, "is saved, revision 1")
    view = read(desk, post)
    assert (view.post.title, view.post.state) == ("Another title", PostState.CLEARED)
    assert view.post.planned_at == NOW + 3 * HOUR


async def test_a_colleagues_edit_is_shown_and_replaced_only_when_told_to(desk: Desk) -> None:
    post = desk.draft("Words of asha.", at=NOW + HOUR)
    async with desk.app("bede").run_test(size=(120, 36), notifications=True) as pilot:
        screen = await opened(pilot, post)
        await pilot.press("X")
        draft = Draft(accounts=("dlt",), text="New words of asha.", category="operational-service", planned_at=NOW + HOUR)
        writing.revise(desk.office, desk.actor(), post, draft)
        await shows(pilot, "revision 2 was saved meanwhile")
        await pilot.press("ctrl+s")
        await shows(pilot, "asha saved revision 2", "New words of asha.")
        await pilot.press("n")
        await pilot.pause(0.1)
        assert read(desk, post).revision.number == 2
        await pilot.press("ctrl+s")
        await shows(pilot, "asha saved revision 2")
        await pilot.press("y")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: read(desk, post).revision.number == 3)
    assert read(desk, post).accounts[0].text == "XWords of asha."


async def test_f2_saves_submits_and_goes_back(desk: Desk) -> None:
    async with desk.app().run_test(size=(80, 24), notifications=True) as pilot:
        screen = await opened(pilot)
        await fill(pilot, screen, "Words")
        await pilot.press("f2")
        await shows(pilot, "waits for clearance now")
        await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen))
        post = screen.saved.post
        assert post is not None
    assert read(desk, post).post.state is PostState.IN_REVIEW


async def test_f2_on_a_text_that_is_too_long_saves_it_and_says_why_it_is_not_submitted(desk: Desk) -> None:
    post = desk.draft("x" * 501, at=NOW + HOUR)
    async with desk.app().run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot, post)
        await shows(pilot, "501/500 TOO LONG")
        await pilot.press("f2")
        await shows(pilot, "was not submitted")
    assert read(desk, post).post.state is PostState.DRAFT


# --- keeping ------------------------------------------------------------------------------------------------------


async def test_words_are_kept_a_second_after_the_last_key_without_being_saved(desk: Desk) -> None:
    async with desk.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await types(pilot, "Not saved")
        await until(pilot, lambda: drafts(desk))
        await shows(pilot, "unsaved, kept 10:42:00")
        assert "Not saved" in drafts(desk)[0].read_text("utf-8")
    assert posts(desk) == 0


@pytest.mark.parametrize("way", ["escape", "ctrl+q"])
async def test_every_way_out_keeps_the_words_at_once_and_compose_offers_them_again(desk: Desk, way: str) -> None:
    async with desk.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await types(pilot, "Half a thought")
        await pilot.press(way)
    assert len(drafts(desk)) == 1
    async with desk.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await shows(pilot, "Words that were not saved", "Half a thought")
        await pilot.press("y")
        await until(pilot, lambda: screen.query_one(WordsArea).text == "Half a thought")
        assert screen.query_one(WordsArea).has_focus


async def test_words_are_thrown_away_by_a_capital_d_only(desk: Desk) -> None:
    async with desk.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await types(pilot, "Half a thought")
        await pilot.press("escape")
        screen = await opened(pilot)
        await shows(pilot, "Words that were not saved")
        await pilot.press("d")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert len(drafts(desk)) == 1
        await types(pilot, "Another one")
        await pilot.press("escape")
        assert len(drafts(desk)) == 2
        screen = await opened(pilot)
        await shows(pilot, "Another one")
        await pilot.press("D")
        await until(pilot, lambda: len(drafts(desk)) == 1)
    assert "Half a thought" in drafts(desk)[0].read_text("utf-8")


async def test_a_form_that_was_not_touched_leaves_nothing_behind(desk: Desk) -> None:
    post = desk.cleared("Cleared words.", at=NOW + HOUR)
    async with desk.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot, post)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen))
        await opened(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen))
    assert drafts(desk) == []


async def test_a_kept_file_that_cannot_be_read_is_said_and_the_form_opens(desk: Desk) -> None:
    folder = desk.folder / "data" / "drafts"
    folder.mkdir()
    (folder / "asha-new-00.json").write_text("{", "utf-8")
    async with desk.app().run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot)
        await shows(pilot, "cannot be read,", "New post")
    assert (folder / "asha-new-00.json").exists()


async def test_words_that_cannot_be_kept_are_said(desk: Desk) -> None:
    (desk.folder / "data" / "drafts").write_text("in the way", "utf-8")
    async with desk.app().run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot)
        await types(pilot, "Words")
        await shows(pilot, "could not be kept")


# --- the editor ---------------------------------------------------------------------------------------------------


@contextmanager
def editor(monkeypatch: pytest.MonkeyPatch, script: Path, words: str) -> Iterator[None]:
    """An editor that is a small program, in a terminal that can be handed over."""
    script.write_text(words, "utf-8")
    script.chmod(0o700)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", str(script))
    monkeypatch.setattr(PurdahApp, "suspend", lambda _: nullcontext())
    yield


async def test_f4_takes_what_the_editor_left(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    post = desk.draft("Old words.", at=NOW + HOUR)
    with editor(monkeypatch, tmp_path / "ed", "#!/bin/sh\ngrep -q 'Old words.' \"$1\" && printf 'New words.\\n' > \"$1\"\n"):
        async with desk.app().run_test(size=(80, 24)) as pilot:
            screen = await opened(pilot, post)
            await pilot.press("f4")
            await until(pilot, lambda: screen.query_one(WordsArea).text == "New words.")
            await pilot.press("ctrl+z")
            await until(pilot, lambda: screen.query_one(WordsArea).text == "Old words.")


FAILS = '#!/bin/sh\nprintf x > "$1"; exit 3\n'
NO_TEXT = "#!/bin/sh\nprintf '\\377' > \"$1\"\n"
NO_PROGRAM = "#!/nowhere/sh\n"


@pytest.mark.parametrize(
    ("words", "said"), [(FAILS, "status 3"), (NO_TEXT, "not text in UTF-8"), (NO_PROGRAM, "could not be started")]
)
async def test_an_editor_that_fails_leaves_the_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: str, said: str
) -> None:
    post = desk.draft("Old words.", at=NOW + HOUR)
    with editor(monkeypatch, tmp_path / "ed", words):
        async with desk.app().run_test(size=(80, 24), notifications=True) as pilot:
            screen = await opened(pilot, post)
            await pilot.press("f4")
            await shows(pilot, said)
            assert screen.query_one(WordsArea).text == "Old words."


# --- hostile words ------------------------------------------------------------------------------------------------


async def test_hidden_characters_of_a_stored_post_are_visible_in_the_field_and_named_in_the_checks(desk: Desk) -> None:
    post = desk.smuggle("safe\x1b]52;c;aGk=\x07 \u202etext [/] [@click=app.bell]x[/]", title="t\x1b[2J", reason="n\x1b[2J")
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, post)
        shown = await shows(pilot, "safe␛]52;c;aGk=␇", "[/] [@click=app.bell]x[/]", "(U+001B) at position 5")
        assert "\x1b" not in shown
        assert screen.query_one("#notes", Field).value == "n␛[2J"


async def test_an_edit_that_makes_an_exemption_lapse_names_it_before_it_is_saved(desk: Desk) -> None:
    post = desk.scheduled("Funding words.", at=NOW + HOUR, category="funding")
    exempting.grant_exemption(
        desk.office, desk.actor("carys"), post, until=NOW + 2 * HOUR, reason="Agreed with the propriety team"
    )
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot, post)
        await shows(pilot, "a change drops 1 clearance and 1 exemption")
        await pilot.press("X", "ctrl+s")
        await shows(pilot, "It drops 1 decision and 1 exception", "carys  granted exemption 1, until")
