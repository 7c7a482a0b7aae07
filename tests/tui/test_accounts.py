"""The accounts on the screen: how each is and what mends it, the posts behind it, one paused alone, commands and no secrets."""

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.account_health import Health, LastCheck
from purdah_scheduler.domain.posts import RateLimit
from purdah_scheduler.domain.server_limits import ServerLimits
from purdah_scheduler.domain.slots import read_slots
from purdah_scheduler.tui.account_words import slots_in_words
from purdah_scheduler.tui.accounts import AccountsScreen
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.command_box import CommandBox
from purdah_scheduler.tui.dialogs import AskText, Confirm
from purdah_scheduler.tui.post import PostScreen
from purdah_scheduler.tui.queue import QueueScreen
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import listening, picture, seen, settled, shows, tells, types, until

SIZES = [(120, 36), (80, 24)]
HOUR = timedelta(hours=1)


async def opened(pilot: Pilot[None]) -> AccountsScreen:
    """The accounts, with the first in full."""
    await pilot.press("7")
    await until(pilot, lambda: isinstance(pilot.app.screen, AccountsScreen) and pilot.app.screen.behind is not None)
    assert isinstance(pilot.app.screen, AccountsScreen)
    return pilot.app.screen


def with_secrets(desk: Desk) -> None:
    """The first account is on Mastodon and has secrets somewhere."""
    first, *others = desk.office.house.accounts
    accounts = (replace(first, channel="mastodon", credentials="/nowhere/dlt.toml"), *others)
    desk.office = replace(desk.office, house=replace(desk.office.house, accounts=accounts))


def checked(desk: Desk, health: Health, said: str = "", *, ends: timedelta | None = None) -> None:
    """What a daemon keeps when it has asked the platform of the first account."""
    at = desk.clock.now()
    with desk.office.store.write() as tx:
        tx.note_check(LastCheck(account="dlt", at=at, health=health, said=said, expires_at=None if ends is None else at + ends))


def pauses(desk: Desk) -> list[tuple[str, str, str]]:
    """Which accounts are paused, by whom and why."""
    with desk.office.store.read() as reader:
        return [(pause.account, pause.person, pause.reason) for pause in reader.pauses()]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("without_colour", [False, True])
async def test_it_shows_how_each_account_is_and_the_first_in_full(
    desk: Desk, size: tuple[int, int], without_colour: bool
) -> None:
    desk.furnish()
    async with desk.app(without_colour=without_colour).run_test(size=size) as pilot:
        await opened(pilot)
        screen = await shows(pilot, "2 accounts", "dlt-news", "√ Open", "none needed", "@dlt_gov", "1 unknown")
        assert picture(pilot.app)[-1].endswith("? Help")  # type: ignore[arg-type]  # ours
        assert ("Last published" in screen) is (size[0] == 120)


@pytest.mark.parametrize("size", SIZES)
async def test_a_refused_sign_in_says_what_it_was_and_the_command_that_mends_it(desk: Desk, size: tuple[int, int]) -> None:
    with_secrets(desk)
    checked(desk, Health.NEEDS_LOGIN, "The token was revoked (401).")
    async with desk.app().run_test(size=size) as pilot:
        await opened(pilot)
        await shows(
            pilot, "! NEEDS LOGIN", "refused, Today 10:42", "The token was revoked (401)", "purdah-scheduler account add dlt"
        )
        await shows(pilot, "1 NEEDS LOGIN")


async def test_credentials_that_have_ended_are_told_with_their_end(desk: Desk) -> None:
    with_secrets(desk)
    checked(desk, Health.WELL, "It is @dlt.", ends=-HOUR)
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await shows(pilot, "! NEEDS LOGIN", "ENDED Today 09:42", "Its credentials ended today 09:42 BST.", "account add dlt")


async def test_an_end_that_is_near_and_what_the_server_takes_are_told(desk: Desk) -> None:
    with_secrets(desk)
    checked(desk, Health.WELL, "It is @dlt.", ends=timedelta(days=6))
    desk.give_slots("Mon-Tue 09:00 17:00")
    with desk.office.store.write() as tx:
        tx.set_server_limits(
            ServerLimits(account="dlt", max_length=777, max_images=4, max_image_bytes=1_000, max_alt=1_500, at=desk.clock.now())
        )
        tx.note_check(LastCheck(account="dlt-news", at=desk.clock.now(), health=Health.WELL, said=""))
        record(tx, desk.actor("dougal"), "account.limits-learnt", at=desk.clock.now(), public={"account": "dlt"})
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await shows(
            pilot, "? Renew soon", "end Mon 20 Apr 2026 10:42 BST", "777 characters", "4 pictures of 1,000 bytes", "Mon Tue 09:00"
        )


async def test_a_check_of_a_daemon_is_seen_although_the_record_has_no_entry_of_it(desk: Desk) -> None:
    with_secrets(desk)
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await shows(pilot, "· Not asked yet", "never checked")
        checked(desk, Health.WELL, "It is @dlt.")
        await shows(pilot, "√ Open", "ok, Today 10:42")


async def test_the_cursor_stays_on_its_account_and_shows_that_one(desk: Desk) -> None:
    async with desk.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("j")
        await shows(pilot, "@dlt_news")
        desk.scheduled("Tide tables.", at=NOW + HOUR, accounts="dlt-news")
        await shows(pilot, "Tide tables.")
        assert screen.account_line is not None
        assert screen.account_line.account.id == "dlt-news"


async def test_enter_shows_what_waits_behind_the_account_in_the_queue(desk: Desk) -> None:
    desk.scheduled("Tide tables.", at=NOW + HOUR, accounts="dlt-news")
    desk.scheduled("Harbour lights.", at=NOW + HOUR)
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("down")
        await shows(pilot, "@dlt_news", "Tide tables.")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen))
        screen = await shows(pilot, "account:dlt-news", "Tide tables.", "1 post")
        assert "Harbour lights" not in screen


async def test_a_post_that_is_open_over_the_queue_is_not_closed_by_it(desk: Desk) -> None:
    post = desk.scheduled("Tide tables.", at=NOW + HOUR)
    app = desk.app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        heard = listening(app)
        app.open_post(post)
        await until(pilot, lambda: isinstance(app.screen, PostScreen) and app.screen.view is not None)
        await opened(pilot)
        await pilot.press("enter")
        await tells(pilot, heard, "once you close what is open over it")
        assert isinstance(app.screen, PostScreen)
        await pilot.press("escape")
        await shows(pilot, "account:dlt ")


async def test_an_account_is_paused_with_a_reason_and_y_and_let_go_on_with_y(desk: Desk) -> None:
    app = desk.app("dougal")
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        heard = listening(app)
        await opened(pilot)
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await types(pilot, "leak")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, AccountsScreen))
        assert pauses(desk) == []
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await types(pilot, "leak")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await tells(pilot, heard, "Publishing to dlt is paused.")
        assert pauses(desk) == [("dlt", "dougal", "leak")]
        await shows(pilot, "= Paused", "By dougal since Today 10:42: leak", "resume --account dlt")
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await tells(pilot, heard, "Publishing to dlt goes on.")
        assert pauses(desk) == []


async def test_a_viewer_is_refused_by_the_service_in_its_words(desk: Desk) -> None:
    app = desk.app("erin")
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await types(pilot, "leak")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await shows(pilot, "may not stop publishing")
        assert pauses(desk) == []


@pytest.mark.parametrize(("key", "verb"), [("T", "check"), ("S", "add")])
async def test_what_needs_secrets_is_a_command_to_type_elsewhere(desk: Desk, key: str, verb: str) -> None:
    """It is shown and copied; nothing is asked of anybody, and nothing is changed."""
    with_secrets(desk)
    app = desk.app()
    async with app.run_test(size=(80, 24)) as pilot:
        heard = listening(app)
        await opened(pilot)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, CommandBox))
        await shows(pilot, f"purdah-scheduler account {verb} dlt")
        await tells(pilot, heard, "The command: sent to the terminal. Paste to see whether it took it.")
        assert app.clipboard == f"purdah-scheduler account {verb} dlt"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, AccountsScreen))


@pytest.mark.parametrize(("key", "words"), [("S", "dlt has no secrets"), ("enter", "No post is queued on dlt")])
async def test_a_dimmed_key_says_why(desk: Desk, key: str, words: str) -> None:
    app = desk.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        heard = listening(app)
        await opened(pilot)
        await pilot.press(key)
        await tells(pilot, heard, words)
        assert isinstance(app.screen, AccountsScreen)


async def test_the_stop_of_this_machine_is_seen_on_every_account(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await shows(pilot, "√ Open")
        desk.office.stop.set("dougal: a test")
        desk.beat()
        await shows(pilot, "2 STOPPED", "All publishing is stopped. dougal: a test")


async def test_an_account_that_waits_for_its_platform_says_until_when(desk: Desk) -> None:

    with desk.office.store.write() as tx:
        tx.set_rate_limit(RateLimit(account="dlt", until=NOW + HOUR, reason="“429”", at=NOW))
        record(tx, desk.actor("dougal"), "account.limited", at=NOW, public={"account": "dlt"})
    async with desk.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await shows(pilot, "» Waits", "takes nothing before today 11:42 BST: “429”")


def test_days_with_the_same_slots_stand_together() -> None:
    slots = (*read_slots("Mon-Wed 09:00 17:00"), *read_slots("Sat 10:30"))
    assert slots_in_words(slots) == "Mon Tue Wed 09:00 17:00; Sat 10:30"
    assert slots_in_words(()) == ""


async def test_twenty_accounts_scroll_and_keep_their_detail(desk: Desk) -> None:
    first = desk.office.house.accounts[0]
    many = tuple(replace(first, id=f"region-{number:02}", handle=f"@region{number:02}") for number in range(20))
    desk.office = replace(desk.office, house=replace(desk.office.house, accounts=many))
    app: PurdahApp = desk.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("end")
        await shows(pilot, "@region19")
        await settled(pilot)
        assert screen.listing.cursor == 19
        assert "region-00" not in seen(app)
