"""The people in the interface: who may act, suspended and restored by a box that takes a `y`, through the command's service."""

import pytest
from textual.pilot import Pilot

from purdah_scheduler.application import stopping
from purdah_scheduler.tui.people import PeopleScreen
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import listening, settled, shows, tells, types, until
from tests.tui.test_accounts import HOUR


async def opened(pilot: Pilot[None]) -> PeopleScreen:
    """The people, from the accounts."""
    await pilot.press("7")
    await shows(pilot, "Accounts")
    await pilot.press("p")
    await until(pilot, lambda: isinstance(pilot.app.screen, PeopleScreen))
    await shows(pilot, "5 people")
    await settled(pilot)
    assert isinstance(pilot.app.screen, PeopleScreen)
    return pilot.app.screen


def suspended(desk: Desk) -> frozenset[str]:
    with desk.office.store.read() as reader:
        return reader.suspended()


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
@pytest.mark.parametrize("without_colour", [False, True])
async def test_everybody_is_listed_with_roles_and_whether_they_may_act(
    desk: Desk, size: tuple[int, int], without_colour: bool
) -> None:
    stopping.suspend(desk.office, desk.actor("dougal"), "erin")
    async with desk.app(without_colour=without_colour).run_test(size=size) as pilot:
        await opened(pilot)
        await shows(pilot, "Bede Calloway", "approver, author", "√ may act", "! SUSPENDED", "1 suspended", "anybody, by --as")


async def test_a_person_is_suspended_after_a_reason_and_a_yes_and_the_posts_that_lean_on_them_are_told(desk: Desk) -> None:
    post = desk.scheduled("Tide tables.", at=NOW + HOUR)
    async with desk.app("dougal").run_test(size=(120, 36), notifications=True) as pilot:
        heard = listening(pilot.app)  # type: ignore[arg-type]  # ours
        await opened(pilot)
        await pilot.press("j", "S")
        await shows(pilot, "Suspend Bede Calloway", "Nothing that this person cleared counts any more")
        await types(pilot, "Has left.")
        await pilot.press("enter")
        await shows(pilot, "Reason  Has left.", "You     Dougal Strand")
        await pilot.press("y")
        await tells(pilot, heard, f"Bede Calloway is suspended. 1 queued post will be held when due: {post}.")
        await shows(pilot, "! SUSPENDED")
        await until(pilot, lambda: suspended(desk) == {"bede"})
        await pilot.press("r")
        await shows(pilot, "Restore Bede Calloway?")
        await pilot.press("y")
        await shows(pilot, "Bede Calloway may act again.")
    assert suspended(desk) == frozenset()


@pytest.mark.parametrize("pressed", ["S enter S", "S enter enter", "S escape", "S S S enter n"])
async def test_nobody_is_suspended_without_a_y(desk: Desk, pressed: str) -> None:
    async with desk.app("dougal").run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        for key in pressed.split():
            await pilot.press(key)
            await settled(pilot)
    assert suspended(desk) == frozenset()


async def test_who_is_no_operator_is_refused_by_the_service(desk: Desk) -> None:
    async with desk.app("asha").run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("j", "S")
        await shows(pilot, "Suspend Bede Calloway")
        await pilot.press("enter")
        await shows(pilot, "Suspend Bede Calloway?")
        await pilot.press("y")
        await shows(pilot, "operator")
    assert suspended(desk) == frozenset()


async def test_who_may_act_is_not_restored_and_esc_goes_back_to_the_accounts(desk: Desk) -> None:
    async with desk.app("dougal").run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("r")
        await shows(pilot, "Asha Rowntree is not suspended.")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, PeopleScreen))
        await shows(pilot, "2 accounts")
