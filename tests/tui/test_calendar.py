"""The calendar on the screen: bands and letters that need no colour, the agenda of a day, its keys, and midnight."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from textual.geometry import Region
from textual.pilot import Pilot

from purdah_scheduler.application import calendars
from purdah_scheduler.domain.periods import Body, Kind, Nation, Period
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.calendar import CalendarScreen
from purdah_scheduler.tui.calendar_day import Explained
from purdah_scheduler.tui.calendar_grid import day_at
from purdah_scheduler.tui.calendar_list import DayList
from purdah_scheduler.tui.calendar_parts import DayPosts, MonthGrid
from purdah_scheduler.tui.compose import ComposeScreen
from purdah_scheduler.tui.post import PostScreen
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import picture, seen, shows, types, until


async def opened(pilot: Pilot[None]) -> CalendarScreen:
    """The calendar, with what it has read on the screen."""
    app = pilot.app
    assert isinstance(app, PurdahApp)
    await pilot.press("4")
    await shows(pilot, "General election 2026")
    assert isinstance(app.screen, CalendarScreen)
    return app.screen


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_the_month_the_legend_and_the_day_are_always_there(desk: Desk, size: tuple[int, int]) -> None:
    desk.furnish()
    async with desk.app().run_test(size=size) as pilot:
        await opened(pilot)
        screen = await shows(pilot, "April 2026", "14*", "├─┤", " period", "* today", "Tuesday 14 April 2026")
        assert " 16 13" in screen


async def test_a_band_begins_goes_on_and_names_its_period_in_every_week(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        bands = [line for line in picture(pilot.app) if re.search(r"─ G General el.*: strict r", line)]  # type: ignore[arg-type]  # ours
        assert len(bands) == 4
        assert "├─ G" in bands[0]
        assert all("◂─ G" in band for band in bands[1:])
        assert all("▸" in band for band in bands)


async def test_a_narrow_window_has_the_letters_of_each_day_instead(desk: Desk) -> None:
    async with desk.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        lines = picture(pilot.app)  # type: ignore[arg-type]  # ours
        letters = [line for line in lines if "G────" in line]
        assert "├G" in letters[0]
        assert letters[1].count("G") == 7
        await pilot.press("right_square_bracket")
        await shows(pilot, "May 2026")
        assert any("G┤" in line for line in picture(pilot.app))  # type: ignore[arg-type]  # ours


async def test_days_count_their_posts_and_those_that_wait_for_a_person(desk: Desk) -> None:
    desk.furnish()
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await shows(pilot, "14* 7p 4!", "15  1p", "16 d 1p")


async def test_the_agenda_says_the_place_in_the_period_and_each_post_with_its_state(desk: Desk) -> None:
    desk.furnish()
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await shows(pilot, "day 5 of 28; ends", "Fri 8 May 2026 00:00 BST", "11:42 > Scheduled", "14:42 = HELD")


@pytest.mark.parametrize(
    ("keys", "day"),
    [
        (("l",), date(2026, 4, 15)),
        (("right",), date(2026, 4, 15)),
        (("h",), date(2026, 4, 13)),
        (("left",), date(2026, 4, 13)),
        (("j",), date(2026, 4, 21)),
        (("down",), date(2026, 4, 21)),
        (("k",), date(2026, 4, 7)),
        (("up",), date(2026, 4, 7)),
        (("right_square_bracket",), date(2026, 5, 14)),
        (("pagedown",), date(2026, 5, 14)),
        (("left_square_bracket",), date(2026, 3, 14)),
        (("right_curly_bracket",), date(2027, 4, 14)),
        (("left_curly_bracket",), date(2025, 4, 14)),
        (("comma",), date(2026, 4, 10)),
        (("full_stop", "comma"), date(2026, 4, 10)),
        (("p",), date(2026, 5, 7)),
        (("0",), date(2026, 4, 13)),
        (("dollar_sign",), date(2026, 4, 19)),
        (("full_stop",), date(2026, 5, 7)),
        (("right_curly_bracket", "t"), date(2026, 4, 14)),
    ],
)
async def test_every_key_moves_to_its_day(desk: Desk, keys: tuple[str, ...], day: date) -> None:
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press(*keys)
        await pilot.pause()
        assert screen.cursor == day


async def test_any_date_can_be_gone_to_and_one_that_cannot_be_read_is_refused(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 36), notifications=True) as pilot:
        screen = await opened(pilot)
        await pilot.press("g")
        await types(pilot, "25 dec 2027")
        await pilot.press("enter")
        await shows(pilot, "December 2027", "Saturday 25 December 2027")
        await pilot.press("g")
        await types(pilot, "soonish")
        await pilot.press("enter")
        await shows(pilot, "“soonish” names no day")
        assert screen.cursor == date(2027, 12, 25)


async def test_a_month_that_is_turned_to_shows_its_own_posts(desk: Desk) -> None:
    desk.draft("A post in June.", at=NOW + timedelta(days=60))
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("right_square_bracket", "right_square_bracket")
        await shows(pilot, "June 2026", "13  1p")


async def test_enter_goes_to_the_posts_of_the_day_and_from_there_to_the_post(desk: Desk) -> None:
    posts = desk.furnish()
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await shows(pilot, "HELD")
        await pilot.press("enter", "end")
        assert screen.query_one(DayPosts).has_focus
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PostScreen))
        assert isinstance(pilot.app.screen, PostScreen)
        await shows(pilot, f"Post {posts['review']}")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("escape")
        assert screen.query_one(MonthGrid).has_focus


async def test_a_new_post_is_planned_for_the_day_under_the_cursor(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("l", "n")
        await until(pilot, lambda: isinstance(pilot.app.screen, ComposeScreen))
        await shows(pilot, "= Wed 15 Apr 2026 09:00 BST")


async def test_the_day_says_which_posts_are_close_and_which_account_has_none_for_days(desk: Desk) -> None:
    first = desk.scheduled("One.", at=NOW + timedelta(hours=2))
    second = desk.scheduled("Two.", at=NOW + timedelta(hours=2, minutes=5))
    house = desk.office.house
    desk.office = replace(desk.office, house=replace(house, spacing=replace(house.spacing, gap=timedelta(days=5))))
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        words = "".join((await shows(pilot, "? dlt: posts", "? dlt-news: no post for")).split())
        assert f"posts{first}and{second}5minutesapart" in words
        await pilot.press("right")
        await shows(pilot, "? dlt: no post for 19 days")


async def test_the_marked_post_is_moved_after_a_look_ahead_and_a_yes(desk: Desk) -> None:
    post = desk.scheduled("Tide tables.", at=NOW + timedelta(hours=3))
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await shows(pilot, "Scheduled")
        await pilot.press("m")
        assert "Move post" not in seen(pilot.app)  # type: ignore[arg-type]  # ours
        await pilot.press("enter", "m")
        await shows(pilot, f"Move post {post}")
        await pilot.press("ctrl+a", "ctrl+k")
        await types(pilot, "2026-04-16 12:00")
        await pilot.press("enter")
        await shows(pilot, f"Move post {post}?", "Nothing stands against it")
        await pilot.press("y")
        await shows(pilot, "16 d 1p")
    with desk.office.store.read() as reader:
        assert [entry.state for entry in reader.deliveries(post)] == [DeliveryState.SCHEDULED]
        assert reader.deliveries(post)[0].due_at == NOW.replace(day=16, hour=11, minute=0)


async def test_a_post_is_carried_to_another_day_by_keys_and_the_gate_is_heard_before_the_drop(desk: Desk) -> None:
    post = desk.scheduled("Tide tables.", at=NOW + timedelta(hours=3))
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await shows(pilot, "Scheduled")
        await pilot.press("enter", "c")
        await until(pilot, lambda: screen.carried is not None)
        await pilot.press("right", "right")
        await shows(pilot, f"Carrying post {post} to Thu 16 Apr 2026 13:42 BST: Nothing stands against it")
        await pilot.press("escape")
        await until(pilot, lambda: screen.carried is None)
        await pilot.press("left", "left", "enter", "c", "right", "enter")
        await shows(pilot, f"Move post {post}?", "Wed 15 Apr 2026 13:42 BST", "Nothing stands against it")
        await pilot.press("y")
        await shows(pilot, "Queued on dlt for Wed 15 Apr 2026 13:42 BST")
    with desk.office.store.read() as reader:
        assert [entry.due_at for entry in reader.deliveries(post)] == [NOW + timedelta(days=1, hours=3)]


async def test_a_post_is_dragged_to_another_day_with_the_mouse_and_a_no_leaves_it(desk: Desk) -> None:
    post = desk.scheduled("Tide tables.", at=NOW + timedelta(hours=3))
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await shows(pilot, "Scheduled")
        grid, view = screen.query_one(MonthGrid), screen.query_one(MonthGrid).view
        places = [(x, y) for y in range(grid.content_size.height) for x in range(grid.content_size.width)]
        size = grid.content_size
        day = date(2026, 4, 17)
        spot = next(at for at in places if day_at(view, *at, width=size.width, height=size.height) == day)
        await pilot.mouse_down(DayPosts, offset=(3, 0))
        await until(pilot, lambda: screen.carried is not None)
        await pilot.mouse_up("#day")
        await until(pilot, lambda: screen.carried is None)
        await pilot.mouse_down(DayPosts, offset=(3, 0))
        await until(pilot, lambda: screen.carried is not None)
        screen.on_month_grid_dragged(MonthGrid.Dragged(day, dropped=False))
        await shows(pilot, f"Carrying post {post} to Fri 17 Apr 2026 13:42 BST")
        await pilot.mouse_up(MonthGrid, offset=spot)
        await shows(pilot, f"Move post {post}?")
        await pilot.press("n")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.carried is None
    with desk.office.store.read() as reader:
        assert [entry.due_at for entry in reader.deliveries(post)] == [NOW + timedelta(hours=3)]


async def test_a_day_without_that_clock_time_takes_nothing(desk: Desk) -> None:
    post = desk.scheduled("Tide tables.", at=datetime(2026, 10, 24, 0, 30, tzinfo=UTC))
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        screen = await opened(pilot)
        screen.go(date(2026, 10, 24))
        await shows(pilot, "Scheduled")
        await pilot.press("enter", "c", "right")
        await shows(pilot, "happens twice")
        await pilot.press("enter")
        await until(pilot, lambda: screen.carried is None)
        assert pilot.app.screen is screen
    with desk.office.store.read() as reader:
        assert reader.deliveries(post)[0].due_at.day == 24


async def test_at_midnight_the_mark_and_a_cursor_on_today_go_on_and_another_cursor_stays(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        desk.clock.at = NOW + timedelta(hours=13, minutes=17)
        screen.roll_over()
        assert (screen.cursor, screen.today) == (date(2026, 4, 14), date(2026, 4, 14))
        desk.clock.at = NOW + timedelta(hours=13, minutes=18)
        screen.roll_over()
        assert (screen.cursor, screen.today) == (date(2026, 4, 15), date(2026, 4, 15))
        await shows(pilot, "15*")
        screen.go(date(2026, 4, 20))
        desk.clock.at = NOW + timedelta(days=2)
        screen.roll_over()
        assert (screen.cursor, screen.today) == (date(2026, 4, 20), date(2026, 4, 16))


async def test_the_day_of_a_clock_change_is_marked_and_said(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("g")
        await types(pilot, "25 oct 2026")
        await pilot.press("enter")
        await shows(
            pilot, "25 ~", "Clocks -1", "~ clocks change", "~ Clocks change: The clocks go back at", "01:30 happens twice"
        )


async def test_a_day_that_is_clicked_is_the_day_of_the_cursor(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        lines = picture(pilot.app)  # type: ignore[arg-type]  # ours
        row = next(number for number, line in enumerate(lines) if line.startswith("  17 20"))
        await pilot.click(offset=(lines[row].index("22"), row))
        await until(pilot, lambda: screen.cursor == date(2026, 4, 22))


async def test_a_post_of_somebody_else_appears_and_the_mark_stays_on_its_post(desk: Desk) -> None:
    first = desk.draft("The first of the day.", at=NOW + timedelta(hours=5))
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await shows(pilot, "The first of")
        await pilot.press("enter")
        desk.draft("An earlier one.", at=NOW + timedelta(hours=4))
        await shows(pilot, "An earlier one")
        chosen = screen.chosen()
        assert chosen is not None
        assert chosen.post == first


# --- what is notable, the explanation, the list -------------------------------------------------------------------


async def test_a_day_has_its_signs_with_their_words_in_the_legend_under_the_dates_and_beside_it(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await shows(pilot, "6 h", "Bank hol.", "h bank holiday", "20 d", "Register")
        await pilot.press("p")
        await shows(pilot, "7 X", "Poll day", "X polling day", "X Polling day: UK general election", "h bank holiday")


async def test_a_sign_that_is_not_on_view_is_not_in_the_legend(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        assert "clocks change" not in seen(pilot.app)  # type: ignore[arg-type]  # ours
        await pilot.press("left_square_bracket")
        await shows(pilot, "March 2026", "29 ~", "~ clocks change")


async def test_the_day_is_explained_beside_the_month_with_its_rules_and_its_posts(desk: Desk) -> None:
    desk.furnish()
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await shows(pilot, "What holds on Tue 14 Apr 2026", "Rules: strict rules", "Held: publication")
        await pilot.press("i")
        await until(pilot, lambda: screen.query_one(Explained).has_focus)
        await pilot.press(*("pagedown",) * 6)
        await shows(pilot, "What becomes of the posts", "is blocked")
        assert screen.cursor == date(2026, 4, 14)
        await pilot.press("escape")
        await until(pilot, lambda: screen.query_one(MonthGrid).has_focus)
        await pilot.press("l", "l", "i")
        await until(pilot, lambda: screen.query_one(Explained).has_focus)
        await pilot.press(*("pagedown",) * 6)
        await shows(pilot, "What becomes of the posts", "is blocked: “General election")
        assert screen.cursor == date(2026, 4, 16)


async def test_in_a_narrow_window_the_explanation_takes_the_place_of_the_month_until_it_is_left(desk: Desk) -> None:
    async with desk.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        assert "What holds" not in seen(pilot.app)  # type: ignore[arg-type]  # ours
        await pilot.press("p", "i")
        await shows(pilot, "What holds on Thu 7 May 2026", "Polling day: UK general election", "Basis: announced")
        assert not screen.query_one(MonthGrid).region
        await pilot.press("escape")
        await shows(pilot, "wk Mon")
        assert "What holds" not in seen(pilot.app)  # type: ignore[arg-type]  # ours


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_the_month_as_a_list_has_a_line_for_each_thing_with_its_day(desk: Desk, size: tuple[int, int]) -> None:
    posts = desk.furnish()
    async with desk.app().run_test(size=size) as pilot:
        screen = await opened(pilot)
        await pilot.press("v", "v")
        await shows(
            pilot, "Mon 6 Apr 2026   h Bank holiday: Easter", "Fri 10 Apr 2026  G First day, from 00:00", "Tue 14 Apr 2026*"
        )
        assert "wk Mon" not in seen(pilot.app)  # type: ignore[arg-type]  # ours
        await until(pilot, lambda: screen.query_one(DayList).has_focus)
        await pilot.press("k")
        assert screen.cursor == date(2026, 4, 10)
        await pilot.press("j", "j", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PostScreen))
        await shows(pilot, f"Post {posts['unknown']}")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("p")
        await shows(pilot, "Thu 7 May 2026   X Polling day: UK general election")
        await pilot.press("v")
        await shows(pilot, "wk Mon")


async def test_a_month_of_which_nothing_is_known_says_so_in_the_list(desk: Desk) -> None:
    async with desk.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("v", "v")
        screen.go(date(2031, 6, 1))
        await shows(pilot, "Nothing is known of June 2031")
        await pilot.press("i")
        await shows(pilot, "Bank holidays are known for 2012 to 2028, not for 2031")


async def test_who_asked_for_plain_lines_begins_with_the_list(desk: Desk) -> None:
    desk.config = replace(desk.config, interface=replace(desk.config.interface, accessible=True))
    async with desk.app().run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        await shows(pilot, "Fri 10 Apr 2026  G First day")


async def test_a_step_of_the_cursor_draws_only_the_lines_that_change(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await shows(pilot, "What holds on Tue 14 Apr 2026")
        grid = screen.query_one(MonthGrid)
        drawn: list[tuple[Region, ...]] = []
        monkeypatch.setattr(grid, "refresh", lambda *regions, **_: drawn.append(regions))
        await pilot.press("l")
        await pilot.press("j")
        assert [[region.height for region in regions] for regions in drawn] == [[1], [1, 1]]


async def test_a_day_with_more_than_fits_says_that_there_is_more(desk: Desk) -> None:
    for number in range(9):
        desk.clock.at = NOW
        calendars.declare(desk.office, desk.actor("carys"), _blackout(number))
    async with desk.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await shows(pilot, "… and more: i explains the day")


def _blackout(number: int) -> Period:
    return Period(
        id=f"blackout-{number}",
        name=f"Blackout {number}",
        kind=Kind.DEPARTMENTAL,
        bodies=frozenset({Body.UK_CIVIL_SERVICE}),
        nations=frozenset({Nation.UK}),
        starts=NOW - timedelta(days=1),
        ends=NOW + timedelta(days=1),
    )
