"""Everything that can be said of a post can be said in compose, and is read back: who clears it, its window, its kind."""

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.widgets import Select

from purdah_scheduler.application import writing
from purdah_scheduler.application.writing import Draft
from purdah_scheduler.domain.periods import Nation
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.tui.compose_checks import check
from purdah_scheduler.tui.compose_fields import Field, Tick, WordsArea
from purdah_scheduler.tui.compose_form import Form
from purdah_scheduler.tui.compose_images import Images
from purdah_scheduler.tui.compose_view import window_words
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import seen, shows, types, until
from tests.tui.test_compose import fill, opened, ours, put, read

HOUR = timedelta(hours=1)


def on_channels(desk: Desk, first: str, second: str = "outbox") -> None:
    """Put the two accounts on these channels."""
    one, two = desk.office.house.accounts
    accounts = (replace(one, channel=first), replace(two, channel=second))
    desk.office = replace(desk.office, house=replace(desk.office.house, accounts=accounts))


# --- what is read back --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_the_time_is_read_back_whole_with_the_letter_of_its_period(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.app().run_test(size=size) as pilot:
        screen = await opened(pilot)
        await fill(pilot, screen, "Words.")
        put(screen, "when", "tomorrow 9:30")
        await shows(pilot, "= Wed 15 Apr 2026 09:30 BST, in G")
        put(screen, "when", "9 may 2026 9:30")
        await shows(pilot, "= Sat 9 May 2026 09:30 BST")
        assert "BST, in G" not in seen(ours(pilot))


async def test_the_window_is_read_back_in_words(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 60)) as pilot:
        screen = await opened(pilot)
        put(screen, "not_before", "tomorrow 9am")
        put(screen, "not_after", "fri noon")
        await shows(pilot, "= from Wed 15 Apr 2026 09:00 BST until Fri 17 Apr 2026 12:00 BST")
        put(screen, "not_after", "soonish")
        await shows(pilot, "cannot be read: see the checks")


@pytest.mark.parametrize(
    ("read_back", "typed", "words"),
    [
        ({}, ("", ""), ""),
        ({"not_before": "A"}, ("a", ""), "= from A on"),
        ({"not_after": "B"}, ("", "b"), "= until B"),
        ({"not_before": "A", "not_after": "B"}, ("a", "b"), "= from A until B"),
        ({"not_before": "A"}, ("a", "b"), "cannot be read: see the checks"),
    ],
)
def test_a_window_in_words(read_back: dict[str, str], typed: tuple[str, str], words: str) -> None:
    assert window_words(read_back, *typed) == words


async def test_who_will_have_to_clear_it_is_said_by_stage_and_name_before_it_is_submitted(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 50)) as pilot:
        screen = await opened(pilot)
        await fill(pilot, screen, "How to vote.", category="election-info")
        await shows(pilot, "Who clears it", "Policy approval", "Bede Calloway, Carys Penhallow", "Sign-off of a flag")


async def test_whoever_writes_it_is_not_among_those_who_clear_it(desk: Desk) -> None:
    async with desk.app("bede").run_test(size=(120, 50)) as pilot:
        screen = await opened(pilot)
        await fill(pilot, screen, "Words.")
        await shows(pilot, "Who clears it", "  Carys Penhallow")
        assert "Bede Calloway" not in seen(ours(pilot))


async def test_what_is_hard_to_read_is_told_with_its_number_while_it_is_typed(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 50)) as pilot:
        screen = await opened(pilot)
        screen.query_one(WordsArea).load_text("#floodwarning " + "word " * 26)
        await shows(pilot, "Easier to read", "A sentence has 26 words", "#floodwarning is in small letters")


async def test_at_80_columns_a_hint_is_told_where_nothing_else_is(desk: Desk) -> None:
    post = desk.draft("The #Tides are high today.", at=NOW + HOUR)
    async with desk.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot, post)
        await shows(pilot, "Checks: 1 thing to look at", "· #Tides stands among the words")


# --- what kind of post --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_f3_explains_every_kind_of_post_and_how_the_period_treats_it(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.app().run_test(size=size) as pilot:
        screen = await opened(pilot)
        await fill(pilot, screen, "Words.", category="funding")
        await until(pilot, lambda: screen.checks is not None and screen.checks.verdict is Verdict.BLOCK)
        assert "f3 explains" in " ".join(seen(ours(pilot)).split())
        await pilot.press("f3")
        await shows(
            pilot, "Kinds of post", "(chosen)", "= BLOCKED: will be held", "on most days: Allowed", "“General election 2026”"
        )
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)


async def test_the_audience_follows_the_accounts_until_somebody_chooses_another(desk: Desk) -> None:
    one, two = desk.office.house.accounts
    accounts = (replace(one, nation=Nation.WALES), replace(two, nation=Nation.SCOTLAND))
    desk.office = replace(desk.office, house=replace(desk.office.house, accounts=accounts))
    async with desk.app().run_test(size=(120, 50)) as pilot:
        screen = await opened(pilot)
        first, second = list(screen.query(".account").results(Tick))
        first.action_tick()
        await until(pilot, lambda: screen.form.read().nation == "Wales")
        second.action_tick()
        await until(pilot, lambda: screen.form.read().nation == "UK")
        screen.query_one("#nation").value = "NI"  # type: ignore[attr-defined]  # a Select
        await pilot.pause()
        second.action_tick()
        await pilot.pause()
        assert screen.form.read().nation == "NI"


# --- settings -----------------------------------------------------------------------------------------------------


async def test_settings_are_shown_where_an_account_has_them_and_nowhere_else(desk: Desk) -> None:
    on_channels(desk, "x", "mastodon")
    async with desk.app().run_test(size=(120, 60)) as pilot:
        screen = await opened(pilot)
        first, second = list(screen.query(".account").results(Tick))
        first.action_tick()
        await pilot.pause()
        assert not any(word in seen(ours(pilot)) for word in ("Warning", "Seen by", "Language", "Reply to"))
        second.action_tick()
        await shows(pilot, "Warning", "Seen by", "public: everyone", "Language", "Reply to")


async def test_every_setting_is_saved_and_found_again(desk: Desk) -> None:
    on_channels(desk, "mastodon")
    async with desk.app().run_test(size=(120, 60), notifications=True) as pilot:
        screen = await opened(pilot)
        await fill(pilot, screen, "Dŵr uchel.")
        await shows(pilot, "Seen by")
        put(screen, "content_warning", "Llifogydd")
        put(screen, "lang", "cy")
        put(screen, "reply_to", "112233")
        screen.query_one("#visibility").value = "unlisted"  # type: ignore[attr-defined]  # a Select
        await pilot.pause()
        await pilot.press("ctrl+s")
        await shows(pilot, "is saved, revision 1")
        post = screen.saved.post
        assert post is not None
    (said,) = read(desk, post).revision.content.accounts
    assert (said.content_warning, said.visibility, said.lang, said.reply_to) == ("Llifogydd", "unlisted", "cy", "112233")
    async with desk.app().run_test(size=(120, 60)) as pilot:
        screen = await opened(pilot, post)
        await shows(pilot, "Llifogydd", "unlisted: everyone, but on no public list", "112233")
        assert screen.query_one("#lang", Field).value == "cy"


async def test_a_setting_that_the_channel_lacks_can_be_taken_away(desk: Desk) -> None:
    draft = Draft(accounts=("dlt",), text="Words.", category="operational-service", content_warning="Flooding")
    post = writing.new_post(desk.office, desk.actor(), draft)
    on_channels(desk, "x")
    async with desk.app().run_test(size=(120, 60), notifications=True) as pilot:
        screen = await opened(pilot, post)
        await shows(pilot, "Flooding", "X has no content warnings")
        screen.query_one("#content_warning", Field).focus()
        await pilot.press("home", *["delete"] * len("Flooding"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: read(desk, post).revision.number == 2)
    assert read(desk, post).accounts[0].problems == ()


async def test_the_words_of_one_account_are_counted_beside_them(desk: Desk) -> None:
    post = desk.draft("Common.", at=NOW + HOUR, accounts="dlt dlt-news")
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, post)
        screen.query_one("#whose").value = "dlt-news"  # type: ignore[attr-defined]  # a Select
        await shows(pilot, "7/500  what every account says")
        screen.query_one(WordsArea).focus()
        await pilot.press("ctrl+end")
        await types(pilot, "!")
        await shows(pilot, "8/500  words of its own")


def test_without_anybody_who_writes_it_nobody_is_said_to_clear_it(desk: Desk) -> None:
    form = Form(accounts=("dlt",), text="Words.", category="operational-service")
    assert check(desk.office, form, Images()).wanted == ()
    told = check(desk.office, form, Images(), author=desk.actor().person).wanted
    assert [(one.stage, one.people) for one in told] == [("policy", ("bede", "carys"))]


async def test_typing_letters_finds_a_kind_of_post(desk: Desk) -> None:
    """In the open list of categories, by any part of what a kind is called; enter takes it."""
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        chooser = screen.query_one("#category", Select)
        chooser.focus()
        await pilot.press("enter")
        await until(pilot, lambda: chooser.expanded)
        await types(pilot, "consult")
        await pilot.press("enter")
        await until(pilot, lambda: not chooser.expanded)
        assert chooser.value == "consultation"
