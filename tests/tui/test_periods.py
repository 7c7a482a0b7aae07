"""The periods on the screen: every one in words, each change shown before it is made, and nothing done by the key that asked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input

from purdah_scheduler.application import calendar_changes, calendars
from purdah_scheduler.application.period_views import PeriodLine
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.period_changes import Action, Answer, Proposal
from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period, PeriodStatus
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.errors import BadInput, BadTime
from purdah_scheduler.tui.calendar import CalendarScreen
from purdah_scheduler.tui.checklist import ChecklistScreen
from purdah_scheduler.tui.fields_box import AskFields
from purdah_scheduler.tui.periods import PeriodsScreen, place_at
from purdah_scheduler.tui.periods_boxes import HeldBox, ImpactBox
from purdah_scheduler.tui.periods_filter import read_period_filter
from purdah_scheduler.tui.periods_form import WAYS, free_id, read_form
from purdah_scheduler.tui.periods_words import period_pieces
from purdah_scheduler.tui.post import PostScreen
from purdah_scheduler.tui.rowlist import KEPT
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import listening, seen, settled, shows, tells, types, until
from tests.tui.test_hostile import BODIES, harmful

SIZES = [(120, 36), (80, 24)]
DAY = timedelta(days=1)
SAMPLE = Path(__file__).parent.parent / "data" / "everyelection-sample.json"


def later(**changes: object) -> Period:
    """A provisional period of ours that begins in six days."""
    period = Period(
        id="later",
        name="Elections in the autumn",
        kind=Kind.LOCAL,
        bodies=frozenset({Body.UK_CIVIL_SERVICE}),
        nations=frozenset({Nation.ENGLAND}),
        starts=NOW + 6 * DAY,
        ends=NOW + 20 * DAY,
        status=PeriodStatus.PROVISIONAL,
    )
    return replace(period, **changes)  # type: ignore[arg-type]  # built by name


async def opened(pilot: Pilot[None], pointed: str = "ge-2026") -> PeriodsScreen:
    """The list, with one period under the cursor and shown in full."""
    app = pilot.app
    await pilot.press("5")
    await until(pilot, lambda: isinstance(app.screen, PeriodsScreen) and app.screen.page is not None)
    screen = app.screen
    assert isinstance(screen, PeriodsScreen)
    screen.listing.move_to(list(screen.shown).index(screen.numbers[pointed]))
    await until(pilot, lambda: screen.page is not None and screen.page.view.period.id == pointed)
    await settled(pilot)
    return screen


async def fill(pilot: Pilot[None], **answers: str) -> None:
    """Fill in a form and give it."""
    app = pilot.app
    await until(pilot, lambda: isinstance(app.screen, AskFields))
    for name, answer in answers.items():
        app.screen.query_one(f"#{name}", Input).value = answer
    app.screen.set_focus(list(app.screen.query(Input))[-1])
    await pilot.press("enter")


def known(desk: Desk, period_id: str) -> Period:
    """The period as it holds."""
    with desk.office.store.read() as reader:
        return next(period for period in desk.office.house.calendar(reader) if period.id == period_id)


def ids(desk: Desk) -> set[str]:
    with desk.office.store.read() as reader:
        return {period.id for period in desk.office.house.calendar(reader)}


def proposals(desk: Desk) -> tuple[Proposal, ...]:
    with desk.office.store.read() as reader:
        return reader.proposals()


def state(desk: Desk, post: int) -> DeliveryState:
    with desk.office.store.read() as reader:
        return reader.deliveries(post)[-1].state


# --- the list -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "without_colour"), [((120, 36), False), ((80, 24), True)])
async def test_every_source_is_listed_with_its_state_in_words(desk: Desk, size: tuple[int, int], without_colour: bool) -> None:
    desk.furnish()
    calendars.declare(desk.office, desk.actor(), later())
    async with desk.app(without_colour=without_colour).run_test(size=size) as pilot:
        await opened(pilot)
        screen = await shows(
            pilot,
            "Periods  2 periods   1 in force here",
            "General election 2026",
            "= in force, day 5 of 28",
            "> provisional, in 6 days",
            "holds 1 post",
            "n New",
        )
        assert "[5 Periods]" in screen or "5 Periods" in screen


async def test_a_period_in_full_says_its_rules_its_source_and_the_dates_of_the_law(desk: Desk) -> None:
    async with desk.app().run_test(size=(120, 60)) as pilot:
        screen = await opened(pilot)
        screen.query_one("#period").styles.height = 34
        await shows(
            pilot,
            "blocks: ",
            "Fri 10 Apr 2026 00:00 BST",
            "Thu 7 May 2026",
            "By law",
            "https://example.gov.uk/election-guidance",
            "own.toml:2",
        )


async def test_who_declared_it_and_what_waits_is_told(desk: Desk) -> None:
    calendars.declare(desk.office, desk.actor("carys"), later())
    calendar_changes.change(desk.office, desk.actor("asha"), "later", Action.CANCEL, reason="It is off.")
    async with desk.app().run_test(size=(120, 60)) as pilot:
        screen = await opened(pilot, "later")
        screen.query_one("#period").styles.height = 34
        await shows(
            pilot,
            "? awaits a second person",
            "Proposal 1: cancel, by asha",
            "“It is off.”  It can be answered by: bede, carys, dougal.",
            "Declared by  Carys Penhallow",
            "1 change for a second person",
        )


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("state:in-force", {"ge-2026"}),
        ("state:provisional,suppressed", {"later"}),
        ("state:over", set()),
        ("source:file", {"ge-2026"}),
        ("source:store kind:local", {"later"}),
        ("kind:blocks", {"ge-2026"}),
        ("nation:england", {"later"}),
        ("autumn ELECTIONS", {"later"}),
    ],
)
async def test_a_filter_in_words(desk: Desk, typed: str, shown: set[str]) -> None:
    calendars.declare(desk.office, desk.actor(), later())
    async with desk.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("slash")
        screen.query_one("#filter", Input).value = typed
        await pilot.press("enter")
        await until(pilot, lambda: {line.period.id for line in screen.shown.values()} == shown)
        await shows(pilot, "esc Clear" if shown else "(2 periods are hidden.)")
        await pilot.press("escape")
        await until(pilot, lambda: len(screen.shown) == 2)


@pytest.mark.parametrize("typed", ["state:forse", "kind:locl", "nation:france", "from:1/4", "source:web"])
def test_a_filter_that_cannot_be_used_says_what_can(typed: str) -> None:
    with pytest.raises(BadInput, match="so the filter was not changed"):
        read_period_filter(typed)


async def test_the_cursor_stays_on_its_period_when_an_earlier_one_is_declared(desk: Desk) -> None:
    calendars.declare(desk.office, desk.actor(), later())
    async with desk.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "later")
        calendars.declare(desk.office, desk.actor(), later(id="sooner", starts=NOW + DAY))
        await until(pilot, lambda: len(screen.shown) == 3)
        assert screen.line is not None
        assert screen.line.period.id == "later"


async def test_thousands_of_periods_are_held_as_lines_that_are_drawn_when_they_are_seen(desk: Desk) -> None:
    many = [
        later(id=f"p-{number}", name=f"By-election {number}", starts=NOW + number * DAY / 24, ends=NOW + 400 * DAY)
        for number in range(3000)
    ]
    desk.office = replace(desk.office, house=replace(desk.office.house, periods=(*desk.office.house.periods, *many)))
    async with desk.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await shows(pilot, "3,001 periods")
        await pilot.press("end")
        await shows(pilot, "By-election 2999")
        await pilot.press("t")
        await shows(pilot, "General election 2026")
        assert len(screen.listing._pages) <= KEPT


async def test_going_to_a_date_finds_what_is_in_force_then_or_comes_next(desk: Desk) -> None:
    calendars.declare(desk.office, desk.actor(), later(starts=NOW + 60 * DAY, ends=NOW + 70 * DAY))
    async with desk.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("g")
        await shows(pilot, "Which day?")
        await types(pilot, "1 june")
        await pilot.press("enter")
        await until(pilot, lambda: screen.line is not None and screen.line.period.id == "later")


# --- what it opens ------------------------------------------------------------------------------------------------


async def test_enter_lists_the_posts_that_it_holds_and_opens_one(desk: Desk) -> None:
    post = desk.furnish()["funding"]
    async with desk.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("enter")
        await shows(pilot, "Held by “General election 2026”", "1 post is held", "= HELD")
        assert isinstance(pilot.app.screen, HeldBox)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PostScreen))
        await shows(pilot, f"Post {post}")


async def test_m_is_its_first_day_in_the_calendar_and_f_its_checklist(desk: Desk) -> None:
    calendars.declare(desk.office, desk.actor(), later(starts=NOW + 90 * DAY, ends=NOW + 99 * DAY))
    app = desk.app()
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "later")
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, ChecklistScreen))
        await shows(pilot, "Elections in the autumn")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, CalendarScreen))
        assert isinstance(app.screen, CalendarScreen)
        assert app.screen.cursor == date(2026, 7, 13)


# --- new ones -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_a_freeze_shows_what_it_would_hold_and_holds_it_after_a_yes(desk: Desk, size: tuple[int, int]) -> None:
    post = desk.scheduled("Tide tables.", at=NOW + DAY)
    async with desk.app("carys").run_test(size=size, notifications=True) as pilot:
        await opened(pilot)
        for key, done in (("n", False), ("y", True)):
            await pilot.press("n")
            await shows(pilot, "Declare a period", "2  Hold everything: a freeze")
            await pilot.press("2")
            await fill(pilot, name="Break-in")
            await shows(pilot, "Declare “Break-in”?", "1 post would be held", "allow → BLOCK", "Tide tables.", "y  Declare it")
            assert state(desk, post) is DeliveryState.SCHEDULED
            await pilot.press(key)
            await until(pilot, lambda: isinstance(pilot.app.screen, PeriodsScreen))
            await settled(pilot)
            assert ("freeze-2026-04-14" in ids(desk)) is done
        await shows(pilot, "“Break-in” is declared as freeze-2026-04-14", "in force, day 1")
    assert state(desk, post) is DeliveryState.HELD
    period = known(desk, "freeze-2026-04-14")
    assert (period.end_mode, period.bodies) == (EndMode.MANUAL_LIFT, frozenset(Body))


async def test_a_general_election_announced_today_is_one_choice(desk: Desk) -> None:
    async with desk.app("carys").run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press("n", "1")
        await fill(pilot)
        await shows(pilot, "The period needs an end or a polling day too.")
        await fill(pilot, polling="28 may 2026")
        await shows(pilot, "Declare “General election 2026”?", "or later")
        await pilot.press("y")
        await until(pilot, lambda: screen.line is not None and screen.line.period.id == "general-2026-04-14")
    period = known(desk, "general-2026-04-14")
    assert (period.starts, period.ends) == (NOW, datetime(2026, 5, 28, 23, tzinfo=UTC))
    assert (period.end_mode, period.status, period.polling_day) == (
        EndMode.MANUAL_LIFT,
        PeriodStatus.CONFIRMED,
        date(2026, 5, 28),
    )
    assert (period.nations, period.bodies) == (frozenset({Nation.UK}), frozenset({Body.UK_CIVIL_SERVICE}))


async def test_what_if_writes_nothing_whatever_is_pressed(desk: Desk) -> None:
    desk.scheduled("Tide tables.", at=NOW + DAY)
    before = ids(desk)
    async with desk.app("erin").run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("w", "2")
        await fill(pilot, name="Freeze")
        await shows(pilot, "What if there were “Freeze”?", "allow → BLOCK", "any key  Back, nothing was changed")
        await pilot.press("y")
        await settled(pilot)
    assert ids(desk) == before


async def test_a_period_that_follows_from_the_law_is_declared_provisional(desk: Desk) -> None:
    async with desk.app("carys").run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        await pilot.press("n", "6")
        await fill(pilot, election="local.2027-05-06")
        await shows(pilot, "names none of")
        await fill(pilot, nation="england")
        await shows(pilot, "Which of the periods that follow?", "Polling day", "any other key")
        await pilot.press("1")
        await until(pilot, lambda: isinstance(pilot.app.screen, ImpactBox))
        await pilot.press("y")
        await until(pilot, lambda: len(screen.shown) == 2)
        await until(pilot, lambda: screen.line is not None and screen.line.period.status is PeriodStatus.PROVISIONAL)


async def test_a_file_is_looked_into_and_declared_as_one(desk: Desk) -> None:
    before = ids(desk)
    async with desk.app("carys").run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        for key, number in (("escape", 1), ("y", 5), ("y", 5)):
            await pilot.press("I")
            await fill(pilot, file=str(SAMPLE))
            await until(pilot, lambda: isinstance(pilot.app.screen, ImpactBox))
            await shows(pilot, "There is nothing new" if len(screen.shown) == 5 else "Import 4 periods?")
            await pilot.press(key)
            await until(pilot, lambda: isinstance(pilot.app.screen, PeriodsScreen))
            await until(pilot, lambda wanted=number: len(screen.shown) == wanted)  # type: ignore[misc]  # mypy sees no default
    assert len(ids(desk) - before) == 4


async def test_a_file_that_cannot_be_imported_says_why(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{", "utf-8")
    (tmp_path / "council.ics").write_text("BEGIN:VCALENDAR\n", "utf-8")
    async with desk.app("carys").run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("I")
        for file, words in (("nowhere.json", "There is no file"), ("council.ics", "does not say which election")):
            await fill(pilot, file=str(tmp_path / file))
            await shows(pilot, words)
        await fill(pilot, file=str(tmp_path / "bad.json"))
        await shows(pilot, "bad.json")
        await until(pilot, lambda: isinstance(pilot.app.screen, PeriodsScreen))


def test_a_form_reads_what_people_type(desk: Desk) -> None:
    other = WAYS[4]
    answers = {
        "kind": "Local",
        "name": "Spring",
        "bodies": "ALB, uk-civil-service",
        "nations": "england wales",
        "area": "",
        "accounts": "dlt",
        "campaign": "",
        "starts": "1 june 2026",
        "polling": "",
        "ends": "3 june 2026",
        "source": "",
        "notes": "",
    }
    period = read_form(other, answers, desk.office)
    assert (period.starts, period.ends) == (datetime(2026, 5, 31, 23, tzinfo=UTC), datetime(2026, 6, 3, 23, tzinfo=UTC))
    assert (period.id, period.nations) == ("local-2026-06-01", frozenset({Nation.ENGLAND, Nation.WALES}))
    assert (period.accounts, period.end_mode) == (frozenset({"dlt"}), EndMode.FIXED)
    assert read_form(other, {**answers, "ends": "3 june 2026 or later"}, desk.office).end_mode is EndMode.MANUAL_LIFT
    for wrong, words in (
        ({"kind": "locl"}, "Did you mean local"),
        ({"bodies": "alb council"}, "There is no body “council”"),
        ({"nations": ""}, "needs a nation"),
        ({"name": " "}, "Name is empty"),
        ({"accounts": "dtl"}, "There is no account"),
        ({"ends": "1 may 2026"}, "The end is not after the start"),
    ):
        with pytest.raises(BadInput, match=words):
            read_form(other, {**answers, **wrong}, desk.office)
    with pytest.raises(BadTime, match="names no polling day"):
        read_form(other, {**answers, "polling": "someday"}, desk.office)


def test_a_blackout_that_names_nothing_is_of_our_own_bodies(desk: Desk) -> None:
    answers = {
        "name": "Quiet week",
        "accounts": "",
        "campaign": "",
        "rules": "strict",
        "starts": "now",
        "ends": "+2d 09:00",
        "notes": "",
    }
    period = read_form(WAYS[3], answers, desk.office)
    assert (period.bodies, period.regime) == (frozenset({Body.UK_CIVIL_SERVICE}), "strict")
    assert read_form(WAYS[3], {**answers, "accounts": "dlt"}, desk.office).bodies == frozenset(Body)


def test_an_id_that_is_taken_gets_a_number() -> None:
    assert free_id("local-2026", {"local-2026", "local-2026-2"}) == "local-2026-3"
    assert free_id("local-2026", set()) == "local-2026"


# --- changes ------------------------------------------------------------------------------------------------------


async def test_a_provisional_one_is_confirmed_by_one_person(desk: Desk) -> None:
    calendars.declare(desk.office, desk.actor(), later())
    async with desk.app().run_test(size=(80, 24), notifications=True) as pilot:
        heard = listening(pilot.app)  # type: ignore[arg-type]  # ours
        await opened(pilot, "later")
        await pilot.press("c")
        await shows(pilot, "Confirm “Elections in the autumn”?", "provisional, ", "y  Confirm it")
        await pilot.press("c")
        await settled(pilot)
        assert known(desk, "later").status is PeriodStatus.PROVISIONAL
        await pilot.press("c")
        await shows(pilot, "y  Confirm it")
        await pilot.press("y")
        await tells(pilot, heard, "“Elections in the autumn” is confirmed: 0 posts held. Nothing was sent.")
    assert known(desk, "later").status is PeriodStatus.CONFIRMED


@pytest.mark.parametrize("size", SIZES)
async def test_cancelling_waits_for_a_second_person_who_sees_what_the_yes_does(desk: Desk, size: tuple[int, int]) -> None:
    post = desk.furnish()["funding"]
    async with desk.app().run_test(size=size, notifications=True) as pilot:
        heard = listening(pilot.app)  # type: ignore[arg-type]  # ours
        await opened(pilot)
        await pilot.press("X")
        await shows(pilot, "Why does it not take place?")
        await types(pilot, "It is off.")
        await pilot.press("enter")
        await shows(
            pilot,
            "Cancel “General election 2026”?",
            "BLOCK → allow",
            "1 held post would be given back",
            "y  Ask a second person",
            "bede, carys, dougal",
        )
        assert proposals(desk) == ()
        await pilot.press("y")
        await tells(pilot, heard, "waits for a second person: bede, carys, dougal.")
        await pilot.press("a")
        await tells(pilot, heard, "You asked for this change yourself")
    assert not known(desk, "ge-2026").is_off
    assert state(desk, post) is DeliveryState.HELD
    async with desk.app("carys").run_test(size=size, notifications=True) as pilot:
        heard = listening(pilot.app)  # type: ignore[arg-type]  # ours
        await opened(pilot)
        await pilot.press("a")
        await shows(pilot, "Say yes to proposal 1", "It is off.", "BLOCK → allow", "y  Say yes")
        await pilot.press("y")
        await tells(pilot, heard, "“General election 2026” is cancelled: 0 posts held, 1 post given back to choose a new time.")
        await shows(pilot, "- cancelled")
    assert known(desk, "ge-2026").is_off
    assert state(desk, post) is DeliveryState.HELD


@pytest.mark.parametrize(("person", "words"), [("carys", "Say no to proposal 1"), ("asha", "Take back proposal 1")])
async def test_a_no_leaves_the_period_as_it_is(desk: Desk, person: str, words: str) -> None:
    calendar_changes.change(desk.office, desk.actor(), "ge-2026", Action.CANCEL, reason="It is off.")
    async with desk.app(person).run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("x")
        await shows(pilot, words, "It may be left empty")
        await pilot.press("enter")
        await shows(pilot, f"{words}? The period holds as before.")
        await pilot.press("y")
        await shows(pilot, "Proposal 1 is refused", "= in force")
    assert proposals(desk)[0].answer is Answer.REFUSED
    assert not known(desk, "ge-2026").is_off


@pytest.mark.parametrize(
    ("ends", "words", "end"),
    [
        ("9 may 2026", "y  Let it end later", datetime(2026, 5, 9, 23, tzinfo=UTC)),
        ("2026-05-01 09:00", "y  Ask a second person", datetime(2026, 5, 7, 23, tzinfo=UTC)),
    ],
)
async def test_a_later_end_holds_at_once_and_an_earlier_one_waits(desk: Desk, ends: str, words: str, end: datetime) -> None:
    async with desk.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("e")
        await shows(pilot, "When does “General election 2026” end?")
        await fill(pilot, ends=ends, reason="A new notice.")
        await shows(pilot, words)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(pilot.app.screen, PeriodsScreen))
        await settled(pilot)
    assert known(desk, "ge-2026").ends == end
    assert len(proposals(desk)) == (0 if end.day == 9 else 1)


async def test_that_it_is_over_is_recorded_by_two_people(desk: Desk) -> None:
    calendars.declare(
        desk.office, desk.actor(), later(starts=NOW - DAY, end_mode=EndMode.MANUAL_LIFT, status=PeriodStatus.CONFIRMED)
    )
    async with desk.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot, "later")
        await pilot.press("L")
        await fill(pilot, reason="The count is over.")
        await shows(pilot, "y  Ask a second person")
        await pilot.press("y")
        await until(pilot, lambda: len(proposals(desk)) == 1)
    assert proposals(desk)[0].action is Action.LIFT


async def test_a_period_of_a_file_is_suppressed_with_a_reason_that_is_shown(desk: Desk) -> None:
    far = replace(desk.office.house.periods[0], starts=NOW + 60 * DAY, ends=NOW + 70 * DAY, announced_at=None, polling_day=None)
    desk.office = replace(desk.office, house=replace(desk.office.house, periods=(far,)))
    async with desk.app("carys").run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("S")
        await types(pilot, "We speak to nobody.")
        await pilot.press("enter")
        await shows(pilot, "y  Suppress it here")
        await pilot.press("y")
        await shows(pilot, "- suppressed", "We speak to nobody.")
    assert known(desk, "ge-2026").suppressed == "We speak to nobody."


# --- what cannot be done ------------------------------------------------------------------------------------------


async def test_keys_that_do_nothing_now_say_why(desk: Desk) -> None:
    async with desk.app("erin").run_test(size=(80, 24), notifications=True) as pilot:
        heard = listening(pilot.app)  # type: ignore[arg-type]  # ours
        await opened(pilot)
        for key, words in (
            ("n", "may not declare periods"),
            ("I", "may not declare periods"),
            ("X", "may not change periods"),
            ("e", "may not change periods"),
            ("a", "waits for a second person"),
            ("enter", "No post is held"),
        ):
            await pilot.press(key)
            await tells(pilot, heard, words)
            heard.clear()
    async with desk.app("carys").run_test(size=(80, 24), notifications=True) as pilot:
        heard = listening(pilot.app)  # type: ignore[arg-type]  # ours
        await opened(pilot)
        for key, words in (("c", "nothing to confirm"), ("L", "ends at a fixed time")):
            await pilot.press(key)
            await tells(pilot, heard, words)


async def test_a_refusal_of_the_service_is_told_in_its_words(desk: Desk) -> None:
    async with desk.app().run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("e")
        await fill(pilot, ends="2026-05-01 09:00", reason="")
        await shows(pilot, "needs a reason")
    assert proposals(desk) == ()


# --- words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [58, 78, 103, 118, 160])
@pytest.mark.parametrize("name", ["Local elections", "日本語テスト" * 9, "x" * 200, ""])
def test_a_line_is_never_wider_than_the_window_and_its_columns_never_bend(width: int, name: str) -> None:
    widths = set()
    for period in (later(name=name), later(name="a", area=name, status=PeriodStatus.CONFIRMED, ends=NOW + 300 * DAY)):
        pieces = period_pieces(PeriodLine(period=period, does=Verdict.FLAG), "L", width, now=NOW, zone=london())
        assert sum(cell_len(text) for text, _ in pieces) <= width
        widths.add(tuple(cell_len(text) for text, _ in pieces[:-1]))
    assert len(widths) == 1


def test_the_present_is_the_first_period_that_is_not_over() -> None:
    def lines(*spans: tuple[int, int]) -> Sequence[PeriodLine]:
        return [
            PeriodLine(period=later(starts=NOW + first * DAY, ends=NOW + last * DAY), does=Verdict.FLAG) for first, last in spans
        ]

    assert place_at(lines((-9, -3), (-5, 2), (4, 9)), NOW) == 1
    assert place_at(lines((-9, -3)), NOW) == 0
    assert place_at(lines(), NOW) == 0


async def test_hostile_names_sources_and_reasons_are_shown_and_do_nothing(desk: Desk) -> None:
    mine = [
        later(id=f"h-{number}", name=body, area=body, source=body, notes=body, basis_note=body, starts=NOW - number * DAY)
        for number, body in enumerate(BODIES.values())
    ]
    desk.office = replace(desk.office, house=replace(desk.office.house, periods=tuple(mine)))
    calendar_changes.change(desk.office, desk.actor(), "h-1", Action.CANCEL, reason=BODIES["clear screen"])
    app = desk.app("carys")
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        screen = await opened(pilot, "h-0")
        found: set[str] = set()
        for number in range(len(mine)):
            screen.listing.move_to(list(screen.shown).index(screen.numbers[f"h-{number}"]))
            await settled(pilot)
            found |= harmful(seen(app))
        await pilot.press("X")
        await settled(pilot)
        found |= harmful(seen(app))
        await pilot.press("escape")
        screen.listing.move_to(list(screen.shown).index(screen.numbers["h-1"]))
        await settled(pilot)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, ImpactBox))
        found |= harmful(seen(app))
    assert app.crash is None
    assert not found
