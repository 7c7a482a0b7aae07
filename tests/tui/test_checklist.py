"""The checklist on the screen: opened from the calendar, ticked with a key, told without colour, whatever people wrote."""

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from purdah_scheduler.application import calendars, checklists, scheduling, writing
from purdah_scheduler.domain.checklist import Day
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.periods import Body, Kind, Nation, Period
from purdah_scheduler.errors import NotFound
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.calendar import CalendarScreen
from purdah_scheduler.tui.checklist import ChecklistScreen
from purdah_scheduler.tui.checklist_line import period_for
from purdah_scheduler.tui.post import PostScreen
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import picture, seen, settled, shows, types, until
from tests.tui.test_hostile import BODIES, harmful

SIZES = [(120, 36), (80, 24)]


async def opened(pilot: Pilot[None]) -> ChecklistScreen:
    """The checklist of the period in force, from the calendar."""
    app = pilot.app
    assert isinstance(app, PurdahApp)
    await pilot.press("4")
    await shows(pilot, "First-day checklist of General election 2026: 0 of ")
    await pilot.press("f")
    await shows(pilot, "Checklist of the first day: Fri 10 Apr 2026")
    await until(pilot, lambda: isinstance(app.screen, ChecklistScreen) and app.screen.marked() is not None)
    assert isinstance(app.screen, ChecklistScreen)
    return app.screen


def done(desk: Desk, day: Day = Day.FIRST) -> list[str]:
    """Keys of the items that are done."""
    listed = checklists.checklist(desk.office, "ge-2026", day)
    return [entry.item.key for entry in listed.entries if entry.done]


@pytest.mark.parametrize("size", SIZES)
async def test_it_opens_from_the_calendar_and_shows_an_item_in_full(desk: Desk, size: tuple[int, int]) -> None:
    desk.furnish()
    async with desk.app().run_test(size=size) as pilot:
        await opened(pilot)
        await shows(
            pilot,
            "General election 2026",
            "The notice on each account",
            "[ ]   1 Publish the notice on @dlt_gov (dlt)",
            "A wording to start from:",
            "space Tick",
        )
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, CalendarScreen))


@pytest.mark.parametrize("without_colour", [False, True])
async def test_space_ticks_and_takes_back_and_asks_for_nothing(desk: Desk, without_colour: bool) -> None:
    async with desk.app(without_colour=without_colour).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("j", "space")
        await shows(pilot, "[x]   2 Publish the notice on @dlt_news", "Done by Asha Rowntree", "1 of ")
        assert done(desk) == ["notice-dlt-news"]
        await pilot.press("space")
        await shows(pilot, "[ ]   2 Publish the notice on @dlt_news", "0 of ")
        assert done(desk) == []


async def test_a_note_is_asked_for_and_kept(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("n")
        await shows(pilot, "What was done?")
        await types(pilot, "Agreed with q and f")
        await pilot.press("enter")
        await shows(pilot, "Agreed with q and f", "[x]   1")
    listed = checklists.checklist(desk.office, "ge-2026", Day.FIRST)
    assert listed.entries[0].mark is not None
    assert listed.entries[0].mark.note == "Agreed with q and f"


async def test_a_note_that_is_left_ticks_nothing(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("n")
        await shows(pilot, "What was done?")
        await pilot.press("escape")
        await settled(pilot)
        assert done(desk) == []


async def test_the_other_day_and_back(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("f")
        await shows(pilot, "Checklist of the last day: Thu 7 May 2026", "Make sure that the end is still right")
        await pilot.press("space")
        await shows(pilot, "[x]   1")
        assert (done(desk), done(desk, Day.LAST)) == ([], ["over"])
        await pilot.press("f")
        await shows(pilot, "Checklist of the first day")


async def test_the_mark_stays_on_its_item_and_a_post_that_moved_is_told(desk: Desk) -> None:
    post = desk.scheduled("Tide tables.", at=NOW + timedelta(days=2))
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press("end", "space")
        await shows(pilot, "Done by Asha Rowntree")
        desk.scheduled("An earlier one.", at=NOW + timedelta(days=1))
        scheduling.schedule(desk.office, desk.actor(), post, at=NOW + timedelta(days=3))
        await shows(pilot, "[!]", "! Changed since it was ticked by", "1 changed since it was ticked.", "An earlier")
        entry = screen.marked()
        assert entry is not None
        assert entry.item.key == f"queue-{post}-dlt"
        await pilot.press("space")
        await shows(pilot, "Done by Asha Rowntree")


async def test_enter_opens_the_post_of_an_item_and_nothing_where_there_is_none(desk: Desk) -> None:
    post = desk.scheduled("Tide tables.", at=NOW + timedelta(days=2))
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert pilot.app.screen is screen
        await pilot.press("end")
        await shows(pilot, f"Key: queue-{post}-dlt")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PostScreen))
        await shows(pilot, f"Post {post}")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)


async def test_a_viewer_is_told_no_and_a_cancelled_post_that_was_ticked_is_counted(desk: Desk) -> None:
    post = desk.scheduled("Tide tables.", at=NOW + timedelta(days=2))
    key = f"queue-{post}-dlt"
    checklists.tick(desk.office, desk.actor(), "ge-2026", Day.FIRST, [key])
    writing.cancel(desk.office, desk.actor(), post, reason="Off.")
    async with desk.app("erin").run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot)
        await shows(pilot, "1 ticked item is no longer on the list.")
        await pilot.press("space")
        await shows(pilot, "may not tick checklists")
        assert done(desk) == []


async def test_the_keys_reach_every_item_and_stop_at_both_ends(desk: Desk) -> None:
    desk.furnish()
    async with desk.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        listed = screen.listed
        assert listed is not None
        walked = []
        for _ in range(len(listed.entries) + 2):
            entry = screen.marked()
            assert entry is not None
            walked.append(entry.number)
            await pilot.press("j")
            await pilot.pause()
        last = len(listed.entries)
        assert walked == [*range(1, last + 1), last, last]
        for keys, number in ((("home",), 1), (("k",), 1), (("end",), last), (("pageup", "pageup", "pageup", "pageup"), 1)):
            await pilot.press(*keys)
            await pilot.pause()
            entry = screen.marked()
            assert entry is not None
            assert entry.number == number
        assert "The notice on each account" in seen(pilot.app)  # type: ignore[arg-type]  # ours


async def test_the_next_period_has_its_own_list(desk: Desk) -> None:
    later = Period(
        id="later",
        name="A later poll",
        kind=Kind.LOCAL,
        bodies=frozenset({Body.UK_CIVIL_SERVICE}),
        nations=frozenset({Nation.UK}),
        starts=NOW + timedelta(days=60),
        ends=NOW + timedelta(days=80),
    )
    calendars.declare(desk.office, desk.actor(), later)
    async with desk.app().run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("right_square_bracket")
        await shows(pilot, "A later poll", "Checklist of the first day: Sat 13 Jun 2026")
        await pilot.press("right_square_bracket")
        await shows(pilot, "There is no period after this one.")
        await pilot.press("left_square_bracket")
        await shows(pilot, "Checklist of the first day: Fri 10 Apr 2026")


async def test_the_line_of_the_calendar_counts_what_is_done(desk: Desk) -> None:
    async with desk.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("space")
        await shows(pilot, "[x]   1")
        await pilot.press("escape")
        await shows(pilot, "First-day checklist of General election 2026: 1 of ")


async def test_without_any_period_the_key_says_so(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 36), notifications=True) as pilot:
        await pilot.press("4")
        await shows(pilot, "First-day checklist")
        await pilot.press("right_curly_bracket", "f")
        await shows(pilot, "No pre-election period that is known")
        assert not any("checklist of" in line for line in picture(pilot.app))  # type: ignore[arg-type]  # ours


async def test_a_period_that_is_not_there_is_told_and_left(desk: Desk) -> None:
    app = desk.app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        app.push_screen(ChecklistScreen("nowhere"))
        await shows(pilot, "There is no period “nowhere”")
        await until(pilot, lambda: not isinstance(app.screen, ChecklistScreen))


async def test_a_period_that_two_readings_do_not_find_is_left_once(desk: Desk) -> None:
    app = desk.app()
    async with app.run_test(size=(120, 36)) as pilot:
        screen = ChecklistScreen("nowhere")
        await app.push_screen(screen)
        screen.unread(NotFound("There is no period “nowhere”."))
        screen.unread(NotFound("There is no period “nowhere”."))
        await until(pilot, lambda: not isinstance(app.screen, ChecklistScreen))
        assert len(app.screen_stack) == 1


def test_the_period_of_a_day_is_the_last_to_begin_and_else_the_next() -> None:
    def period(name: str, start: int, end: int) -> Period:
        return Period(
            id=name,
            name=name,
            kind=Kind.LOCAL,
            bodies=frozenset({Body.ALB}),
            nations=frozenset({Nation.UK}),
            starts=NOW + timedelta(days=start),
            ends=NOW + timedelta(days=end),
        )

    periods = (period("a", 0, 20), period("b", 5, 9), period("c", 40, 50))
    for days, name in ((1, "a"), (6, "b"), (12, "a"), (30, "c"), (45, "c")):
        found = period_for((NOW + timedelta(days=days)).date(), periods, london())
        assert found is not None
        assert found.id == name
    assert period_for((NOW + timedelta(days=60)).date(), periods, london()) is None


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("size", SIZES)
async def test_hostile_names_of_periods_and_accounts_are_shown_and_do_nothing(
    desk: Desk, body: str, size: tuple[int, int]
) -> None:
    house = desk.office.house
    period = replace(house.periods[0], name=body or "x", ends_note=body, source=body)
    accounts = tuple(replace(account, handle=body or "x") for account in house.accounts)
    people = tuple(replace(person, name=body or "x") for person in house.people)
    desk.office = replace(desk.office, house=replace(house, periods=(period,), accounts=accounts, people=people))
    app = desk.app()
    async with app.run_test(size=size) as pilot:
        app.push_screen(ChecklistScreen("ge-2026"))
        await until(pilot, lambda: isinstance(app.screen, ChecklistScreen) and app.screen.marked() is not None)
        await pilot.press("space", "f")
        await settled(pilot)
        found = harmful(seen(app))
    assert app.crash is None
    assert not found
