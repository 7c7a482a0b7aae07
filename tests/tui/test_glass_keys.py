"""Break-glass in the interface: typed and never one key, for whom and what it is, its mark, and its review by somebody else."""

from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from purdah_scheduler.application import breaking, views, writing
from purdah_scheduler.domain.break_glass import BreakGlass, BreakGlassRules
from purdah_scheduler.domain.people import Person, Role
from purdah_scheduler.errors import BadInput
from purdah_scheduler.tui.fields_box import AskFields
from purdah_scheduler.tui.glass_keys import read_break
from purdah_scheduler.tui.post import PostScreen
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import listening, seen, settled, shows, tells, types, until

DEE = Person(id="dee", name="Dee Duty", roles=frozenset({Role.DUTY, Role.PUBLISHER}))
REASON = "Nobody of the press office can be reached."
GOOD = {"stages": "policy", "reason": REASON, "incident": "INC-7", "code": "7f3a-91c2"}


@pytest.fixture
def duty(desk: Desk) -> Desk:
    """The department with Dee on duty, and break-glass switched on."""
    people = (*desk.config.people, DEE)
    desk.config = replace(desk.config, people=people)
    house = replace(desk.office.house, people=people, break_glass=BreakGlassRules(enabled=True, most=2))
    desk.office = replace(desk.office, house=house)
    return desk


async def on_post(pilot: Pilot[None], post: int) -> PostScreen:
    """The screen of that post."""
    pilot.app.open_post(post)  # type: ignore[attr-defined]  # ours
    await until(pilot, lambda: isinstance(pilot.app.screen, PostScreen) and pilot.app.screen.view is not None)
    await settled(pilot)
    assert isinstance(pilot.app.screen, PostScreen)
    return pilot.app.screen


def glasses(desk: Desk, post: int) -> tuple[BreakGlass, ...]:
    """The break-glasses of a post."""
    return views.post_view(desk.office, post).break_glasses


def broken(desk: Desk, post: int) -> BreakGlass:
    """Broken by Dee."""
    return breaking.break_glass(desk.office, desk.actor("dee"), post, stages=("policy",), reason=REASON, incident="INC-7")


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_it_is_broken_by_typing_and_marked_until_it_is_reviewed(duty: Desk, size: tuple[int, int]) -> None:
    post = duty.submitted("Flood warning for tonight.", at=NOW)
    code = views.post_view(duty.office, post).code
    async with duty.app("dee").run_test(size=size, notifications=True) as pilot:
        await on_post(pilot, post)
        await pilot.press("B")
        await shows(
            pilot, "out without clearance, for 24 hours", "Flood warning for tonight.", "policy (bede, carys)", f"Type {code}"
        )
        await pilot.press("enter")
        for typed in (REASON, "INC-7", code):
            await types(pilot, typed)
            await pilot.press("enter")
        await shows(pilot, "may go out without policy", "! UNREVIEWED")
        await pilot.press("escape")
        await shows(pilot, "UNREVIEWED  Flood")
    (glass,) = glasses(duty, post)
    assert (glass.person, glass.stages, glass.reason, glass.incident) == ("dee", ("policy",), REASON, "INC-7")


async def test_no_number_of_presses_of_one_key_breaks_it(duty: Desk) -> None:
    post = duty.submitted("Flood warning for tonight.", at=NOW)
    async with duty.app("dee").run_test(size=(80, 24)) as pilot:
        await on_post(pilot, post)
        for key in ("B", "enter", "y"):
            await pilot.press("B", *[key] * 40, "escape")
            await settled(pilot)
    assert glasses(duty, post) == ()


async def test_the_whole_text_has_been_on_the_screen_before(duty: Desk) -> None:
    post = duty.submitted("A line.\n" * 30, at=NOW)
    code = views.post_view(duty.office, post).code
    async with duty.app("dee").run_test(size=(80, 24)) as pilot:
        await on_post(pilot, post)
        await pilot.press("B")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskFields))
        for name, typed in (("reason", REASON), ("incident", "INC-7"), ("code", code)):
            pilot.app.screen.query_one(f"#{name}", Input).value = typed
        await pilot.press(*["enter"] * 4)
        await shows(pilot, "Read to the end of the text first")
        for _ in range(15):
            await pilot.press("pagedown")
        await settled(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: glasses(duty, post))


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("stages", "polcy", "Did you mean policy?"),
        ("stages", "sign-off", "is not a stage that it lacks"),
        ("stages", " , ", "No stage was named"),
        ("reason", "Short.", "at least 20 characters"),
        ("incident", "", "incident is missing"),
        ("code", "", "That is not the code"),
        ("code", "y", "That is not the code"),
    ],
)
def test_what_is_not_filled_in_breaks_nothing(field: str, typed: str, words: str) -> None:
    with pytest.raises(BadInput, match=words.replace("?", r"\?")):
        read_break({**GOOD, field: typed}, lacking=("policy", "press"), code="7f3a-91c2")


def test_several_stages_and_a_code_in_capitals_are_taken() -> None:
    answers = {**GOOD, "stages": "press, policy,press", "code": "7F3A-91C2"}
    assert read_break(answers, lacking=("policy", "press"), code="7f3a-91c2") == ("press", "policy")


async def test_an_edit_meanwhile_refuses_it(duty: Desk) -> None:
    """The code that was typed is of the text that was on the screen: the service compares it with what the post says now."""
    post = duty.submitted("Flood warning for tonight.", at=NOW)
    code = views.post_view(duty.office, post).code
    async with duty.app("dee").run_test(size=(120, 36), notifications=True) as pilot:
        await on_post(pilot, post)
        await pilot.press("B")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskFields))
        for name, typed in (("reason", REASON), ("incident", "INC-7"), ("code", code)):
            pilot.app.screen.query_one(f"#{name}", Input).value = typed
        writing.revise(
            duty.office,
            duty.actor(),
            post,
            writing.Draft(accounts=("dlt",), text="Other words.", category="operational-service", planned_at=NOW),
        )
        writing.submit(duty.office, duty.actor(), post)
        await pilot.press(*["enter"] * 4)
        await shows(pilot, "You read")
    assert glasses(duty, post) == ()


async def test_somebody_else_reviews_it_with_what_they_found(duty: Desk) -> None:
    post = duty.submitted("Flood warning for tonight.", at=NOW)
    broken(duty, post)
    async with duty.app("carys").run_test(size=(80, 24), notifications=True) as pilot:
        await on_post(pilot, post)
        await shows(pilot, "! UNREVIEWED", "G Review it")
        await pilot.press("G")
        await shows(pilot, "What did you find?", "without policy")
        await types(pilot, "The river rose.")
        await pilot.press("enter")
        await shows(pilot, "Record your review of post")
        await pilot.press("y")
        await shows(pilot, "is recorded")
        await until(pilot, lambda: "UNREVIEWED" not in seen(pilot.app))  # type: ignore[arg-type]  # ours
    (glass,) = glasses(duty, post)
    assert (glass.reviewed_by, glass.review) == ("carys", "The river rose.")


@pytest.mark.parametrize(
    ("person", "key", "words"),
    [
        ("bede", "B", "Only a person with the role duty"),
        ("dee", "G", "Somebody else must review it"),
        ("asha", "G", "reviewed by somebody with the role"),
    ],
)
async def test_whoever_may_not_is_told_why(duty: Desk, person: str, key: str, words: str) -> None:
    post = duty.submitted("Flood warning for tonight.", at=NOW)
    broken(duty, post)
    duty.config = replace(duty.config, people=tuple(_with_approver(one) for one in duty.config.people))
    async with duty.app(person).run_test(size=(80, 24), notifications=True) as pilot:
        heard = listening(pilot.app)  # type: ignore[arg-type]  # ours
        await on_post(pilot, post)
        await pilot.press(key)
        await tells(pilot, heard, words)


def _with_approver(person: Person) -> Person:
    """Dee could review, were it not her own glass."""
    return replace(person, roles=person.roles | {Role.APPROVER}) if person.id == "dee" else person


async def test_where_it_is_switched_off_the_key_says_so(desk: Desk) -> None:
    post = desk.submitted("Flood warning for tonight.", at=NOW)
    async with desk.app("dougal").run_test(size=(80, 24), notifications=True) as pilot:
        await on_post(pilot, post)
        assert "Break-glass" not in seen(pilot.app)  # type: ignore[arg-type]  # ours
        await pilot.press("B")
        await shows(pilot, "Break-glass is switched off")
