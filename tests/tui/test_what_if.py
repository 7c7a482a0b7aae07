"""What if, on the calendar: an imagined period stands on it as imagined, its posts are named, nothing is written, Esc ends it."""

from datetime import date, timedelta

import pytest
from textual.pilot import Pilot

from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.calendar import CalendarScreen
from purdah_scheduler.tui.fields_box import AskFields
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import seen, shows, types, until

LATER = timedelta(days=60)
"""After the election of the desk's calendar is over."""


async def opened(pilot: Pilot[None]) -> CalendarScreen:
    """The calendar, read."""
    app = pilot.app
    assert isinstance(app, PurdahApp)
    await pilot.press("4")
    await shows(pilot, "wk Mon", "* today")
    assert isinstance(app.screen, CalendarScreen)
    return app.screen


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_a_general_election_is_imagined_its_posts_are_named_and_esc_ends_it(desk: Desk, size: tuple[int, int]) -> None:
    desk.clock.at = NOW + LATER
    desk.beat()
    post = desk.scheduled("New funding for tide gauges.", at=NOW + LATER + timedelta(hours=3), category="funding")
    with desk.office.store.read() as reader:
        before = len([*reader.entries()])
    async with desk.app().run_test(size=size) as pilot:
        screen = await opened(pilot)
        await shows(pilot, "13:42 > Scheduled")
        await pilot.press("w")
        await shows(pilot, "What if?", "A general election is called today; poll Thu 23 Jul 2026 or later")
        await pilot.press("e")
        await shows(pilot, "IMAGINED: a general election is called today", "it would hold 1 and flag 0", "w lists", "esc ends it")
        await shows(pilot, "13:42 = would hold")
        if size[0] == 120:
            await shows(pilot, "┄ ? IMAGINED", "├┄┤ unconfirmed")
        await pilot.press("w")
        await shows(pilot, "Would be held", f"{post}  dlt", "New funding for tide gauges", "Nothing is written")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("escape")
        await shows(pilot, "13:42 > Scheduled")
        assert "IMAGINED" not in seen(pilot.app)  # type: ignore[arg-type]  # ours
    with desk.office.store.read() as reader:
        assert len([*reader.entries()]) == before
        assert reader.periods() == ()
        assert reader.deliveries(post)[0].state is DeliveryState.SCHEDULED


async def test_days_from_the_cursor_are_imagined_and_what_cannot_be_one_is_refused(desk: Desk) -> None:
    desk.clock.at = NOW + LATER
    desk.beat()
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press("l", "w", "d")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskFields))
        await shows(pilot, "Sun 14 Jun 2026", "Sat 4 Jul 2026", "general")
        await pilot.press("enter", "enter", "ctrl+a", "ctrl+k")
        await types(pilot, "lokal")
        await pilot.press("enter")
        await shows(pilot, "“lokal” is no kind of period, so nothing was tried. Did you mean local?")
        await pilot.press("ctrl+a", "ctrl+k")
        await types(pilot, "local")
        await pilot.press("enter")
        await shows(pilot, "IMAGINED: a period of the kind local, Sun 14 Jun 2026 to Sat 4 Jul 2026", "Of 0 queued posts")
        assert screen.imagined is not None
        await pilot.press("w")
        await shows(pilot, "No queued post would have another verdict")


async def test_any_other_key_imagines_nothing(desk: Desk) -> None:
    async with desk.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("w")
        await shows(pilot, "What if?")
        await pilot.press("y")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.imagined is None


async def test_what_is_imagined_stays_while_the_month_turns_and_counts_what_others_queue(desk: Desk) -> None:
    desk.clock.at = NOW + LATER
    desk.beat()
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press("w", "e")
        await shows(pilot, "Of 0 queued posts it would hold 0")
        await pilot.press("right_square_bracket")
        await shows(pilot, "July 2026", "┄ ? IMAGINED", "Of 0 queued posts it would hold 0")
        desk.scheduled("New funding for tide gauges.", at=NOW + LATER + timedelta(days=9), category="funding")
        await shows(pilot, "Of 1 queued post it would hold 1")
        assert screen.cursor == date(2026, 7, 13)


async def test_an_imagined_period_has_no_checklist(desk: Desk) -> None:
    desk.clock.at = NOW + LATER
    desk.beat()
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press("w", "e")
        await shows(pilot, "IMAGINED: a general")
        assert screen.period_here() is None
