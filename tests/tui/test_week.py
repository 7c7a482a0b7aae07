"""The week on the calendar: its bands, its slots, its posts with state and accounts, what is close, and carrying within it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from textual.pilot import Pilot

from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.calendar import CalendarScreen
from purdah_scheduler.tui.calendar_list import DayList
from purdah_scheduler.tui.compose import ComposeScreen
from purdah_scheduler.tui.post import PostScreen
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import picture, seen, shows, until


async def week(pilot: Pilot[None]) -> CalendarScreen:
    """The week of today, read and with its list in focus."""
    app = pilot.app
    assert isinstance(app, PurdahApp)
    await pilot.press("4")
    await shows(pilot, "General election 2026")
    screen = app.screen
    assert isinstance(screen, CalendarScreen)
    await pilot.press("v")
    await shows(pilot, "Week 16: 13 to 19 April 2026", "Tuesday 14 April")
    await until(pilot, lambda: screen.query_one(DayList).has_focus)
    return screen


async def mark(pilot: Pilot[None], screen: CalendarScreen, post: int) -> None:
    """Walk down to the line of a post."""
    listed = screen.query_one(DayList)
    for _ in range(60):
        if listed.marked is not None and listed.marked.row is not None and listed.marked.row.post == post:
            return
        await pilot.press("j")
        await pilot.pause()
    raise AssertionError(f"post {post} is on no line\n" + seen(pilot.app))  # type: ignore[arg-type]  # ours


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_the_week_has_its_days_with_their_posts_states_and_accounts(desk: Desk, size: tuple[int, int]) -> None:
    desk.furnish()
    async with desk.app().run_test(size=size) as pilot:
        await week(pilot)
        screen = await shows(pilot, "Tuesday 14 April  today  in G", "11:42 > Scheduled", "dlt, dlt-news")
        assert " 16 13" in screen
        if size[0] == 120:
            await shows(pilot, "◂─ G General el", "14:42 = HELD", "Wednesday 15 April  in G")


async def test_free_slots_and_those_that_are_taken_are_shown_and_one_that_has_passed_is_not(desk: Desk) -> None:
    desk.give_slots("Mon-Fri 09:30 13:42 17:00")
    desk.scheduled("Tide tables.", at=NOW + timedelta(hours=3))
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await week(pilot)
        await shows(pilot, "17:00 slot free", "slot dlt", "? dlt: no post on this day, 3 slots free")
        tuesday = [line for line in picture(pilot.app) if "09:30 slot free" in line]  # type: ignore[arg-type]  # ours
        assert len(tuesday) == 3  # Wednesday to Friday: Monday is over, and so is this morning


async def test_a_new_post_on_a_free_slot_is_planned_for_its_minute_and_its_account(desk: Desk) -> None:
    desk.give_slots("Mon-Fri 17:25")
    app = desk.app()
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await week(pilot)
        await shows(pilot, "17:25 slot free")
        listed = screen.query_one(DayList)
        for _ in range(20):
            if listed.marked is not None and listed.marked.slot is not None:
                break
            await pilot.press("j")
            await pilot.pause()
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen) and app.screen.current.when)
        assert isinstance(app.screen, ComposeScreen)
        assert (app.screen.current.accounts, app.screen.current.when) == (("dlt",), "Tue 14 Apr 2026 17:25")


async def test_posts_that_are_close_are_told_on_their_day(desk: Desk) -> None:
    first = desk.scheduled("One.", at=NOW + timedelta(days=2))
    second = desk.scheduled("Two.", at=NOW + timedelta(days=2, minutes=5))
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await week(pilot)
        await shows(pilot, f"? dlt: posts {first} and {second} 5 minutes apart")


async def test_v_goes_from_the_month_to_the_week_to_the_list_and_round(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await week(pilot)
        await pilot.press("v")
        await shows(pilot, "Fri 10 Apr 2026  G First day")
        assert not screen.weekly
        await pilot.press("v")
        await shows(pilot, "April 2026", " wk Mon", " 18 27")
        assert not screen.query_one(DayList).region


async def test_the_keys_go_by_line_by_day_and_by_week(desk: Desk) -> None:
    desk.furnish()
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await week(pilot)
        await pilot.press("right_square_bracket")
        await shows(pilot, "Week 17: 20 to 26 April 2026", "Monday 20 April")
        assert screen.cursor == date(2026, 4, 21)
        await pilot.press("left_square_bracket", "l")
        await shows(pilot, "Week 16: 13 to 19 April 2026")
        assert screen.cursor == date(2026, 4, 15)
        await pilot.press("dollar_sign")
        await until(pilot, lambda: screen.cursor == date(2026, 4, 19))
        await pilot.press("j")
        await shows(pilot, "Week 17: 20 to 26 April 2026")
        assert screen.cursor == date(2026, 4, 20)
        await pilot.press("k")
        await until(pilot, lambda: screen.cursor == date(2026, 4, 19))


async def test_a_week_that_runs_into_another_month_is_whole_on_both_sides(desk: Desk) -> None:
    desk.draft("A post in May.", at=datetime(2026, 5, 2, 9, tzinfo=UTC))
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await week(pilot)
        screen.go(date(2026, 4, 30))
        await shows(pilot, "Week 18: 27 April to 3 May 2026", "A post in May")
        screen.go(date(2026, 5, 1))
        await shows(pilot, "Week 18: 27 April to 3 May 2026", "Thursday 30 April", "A post in May")


async def test_a_post_of_the_week_is_opened_moved_and_carried_by_keys_from_its_line(desk: Desk) -> None:
    post = desk.scheduled("Tide tables.", at=NOW + timedelta(hours=3))
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        screen = await week(pilot)
        await shows(pilot, "Tide tables")
        await mark(pilot, screen, post)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PostScreen))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("m")
        await shows(pilot, f"Move post {post}")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("c")
        await until(pilot, lambda: screen.carried is not None)
        await pilot.press("l", "l")
        await shows(pilot, f"Carrying post {post} to Thu 16 Apr 2026 13:42 BST: Nothing stands against it")
        await pilot.press("enter")
        await shows(pilot, f"Move post {post}?", "Thu 16 Apr 2026 13:42 BST")
        await pilot.press("y")
        await shows(pilot, "Queued on dlt for Thu 16 Apr 2026 13:42 BST")
    with desk.office.store.read() as reader:
        assert [entry.due_at for entry in reader.deliveries(post)] == [NOW + timedelta(days=2, hours=3)]


async def test_a_post_is_dragged_from_its_line_to_another_day_and_a_no_leaves_it(desk: Desk) -> None:
    post = desk.scheduled("Tide tables.", at=NOW + timedelta(hours=3))
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        screen = await week(pilot)
        await shows(pilot, "Tide tables")
        lines = [(line.day, line.row.post if line.row else None) for line in screen.query_one(DayList).lines]
        grabbed = next(place for place, (_, found) in enumerate(lines) if found == post)
        friday = next(place for place, (day, _) in enumerate(lines) if day == date(2026, 4, 17))
        await pilot.mouse_down(DayList, offset=(10, grabbed))
        await until(pilot, lambda: screen.carried is not None)
        await pilot.mouse_up(DayList, offset=(10, friday))
        await shows(pilot, f"Move post {post}?", "Fri 17 Apr 2026 13:42 BST")
        await pilot.press("n")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.carried is None
    with desk.office.store.read() as reader:
        assert reader.deliveries(post)[0].state is DeliveryState.SCHEDULED
        assert reader.deliveries(post)[0].due_at == NOW + timedelta(hours=3)


async def test_the_hour_that_happens_twice_carries_its_zone(desk: Desk) -> None:
    desk.draft("In summer time.", at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    desk.draft("In winter time.", at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await week(pilot)
        screen.go(date(2026, 10, 25))
        await shows(pilot, "01:30 BST · Draft", "01:30 GMT · Draft", "~ Clocks change")


async def test_somebody_elses_post_appears_and_the_mark_stays_on_its_own(desk: Desk) -> None:
    post = desk.scheduled("Tide tables.", at=NOW + timedelta(hours=3))
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await week(pilot)
        await shows(pilot, "Tide tables")
        await mark(pilot, screen, post)
        desk.draft("An earlier one.", at=NOW + timedelta(hours=1))
        await shows(pilot, "An earlier one")
        chosen = screen.chosen()
        assert chosen is not None
        assert chosen.post == post


async def test_without_colour_the_week_says_its_states_in_words(desk: Desk) -> None:
    desk.furnish()
    async with desk.app(without_colour=True).run_test(size=(80, 24)) as pilot:
        await week(pilot)
        await shows(pilot, "> Scheduled")
