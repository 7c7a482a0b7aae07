"""Ending an exemption from the screen of its post: shown whole, done after a `y`, offered to those who can."""

from dataclasses import replace
from datetime import timedelta

import pytest

from purdah_scheduler.application import drafting, exempting, writing
from purdah_scheduler.domain.content import Content
from purdah_scheduler.domain.posts import Exemption, Post
from purdah_scheduler.errors import BadInput
from purdah_scheduler.tui.exemption_key import read_number
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import listening, settled, shows, tells, types, until
from tests.tui.test_glass_keys import on_post

REASON = "Public safety: people must know."


UNTIL = NOW + timedelta(days=2)


def exempted(desk: Desk) -> int:
    """A post that the period blocks, exempted by Carys."""
    post = desk.submitted("A new grant for harbours.", at=NOW + timedelta(hours=1), category="announcement")
    exempting.grant_exemption(desk.office, desk.actor("carys"), post, until=UNTIL, reason=REASON)
    return post


def stored(desk: Desk, post: int) -> tuple[Post, Content]:
    with desk.office.store.read() as reader:
        found = reader.post(post)
        return found, reader.revision(post, found.revision).content


def standing(desk: Desk) -> tuple[Exemption, ...]:
    with desk.office.store.read() as reader:
        return exempting.revocable(reader.all_exemptions(), desk.office.now())


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_the_exemption_is_shown_and_ends_after_a_y(desk: Desk, size: tuple[int, int]) -> None:
    post = exempted(desk)
    async with desk.app("carys").run_test(size=size, notifications=True) as pilot:
        await on_post(pilot, post)
        await pilot.press("X")
        await shows(pilot, "End exemption 1 now?", REASON, "by carys", "A new grant for harbours.")
        await pilot.press("y")
        await shows(pilot, "Exemption 1 is ended.")
        await until(pilot, lambda: standing(desk) == ())
        await pilot.press("X")
        await shows(pilot, "No exemption of this post")


async def test_of_several_one_is_named_by_its_number(desk: Desk) -> None:
    post = exempted(desk)
    draft = drafting.draft_again(*stored(desk, post))
    writing.revise(desk.office, desk.actor("asha"), post, replace(draft, text="A second grant."))
    exempting.grant_exemption(desk.office, desk.actor("carys"), post, until=UNTIL, reason=REASON)
    async with desk.app("carys").run_test(size=(120, 36), notifications=True) as pilot:
        await on_post(pilot, post)
        await pilot.press("X")
        await shows(pilot, f"End an exemption of post {post}", "No. 1", "No. 2")
        await types(pilot, "7")
        await pilot.press("enter")
        await shows(pilot, "“7” is not one of them.")
        await pilot.press("backspace")
        await types(pilot, "2")
        await pilot.press("enter")
        await shows(pilot, "End exemption 2 now?")
        await pilot.press("y")
        await until(pilot, lambda: [entry.id for entry in standing(desk)] == [1])


@pytest.mark.parametrize("key", ["X", "enter", "escape", "n"])
async def test_no_other_key_ends_it(desk: Desk, key: str) -> None:
    post = exempted(desk)
    async with desk.app("carys").run_test(size=(80, 24)) as pilot:
        await on_post(pilot, post)
        await pilot.press("X")
        await shows(pilot, "End exemption 1 now?")
        await pilot.press(key)
        await settled(pilot)
    assert len(standing(desk)) == 1


async def test_who_cannot_end_it_is_told_who_can(desk: Desk) -> None:
    post = exempted(desk)
    async with desk.app("erin").run_test(size=(120, 36), notifications=True) as pilot:
        heard = listening(pilot.app)  # type: ignore[arg-type]  # ours
        await on_post(pilot, post)
        await pilot.press("X")
        await tells(pilot, heard, "An exemption is ended by somebody with the role propriety, publisher.")
    assert len(standing(desk)) == 1


@pytest.mark.parametrize("typed", ["", "x", "0", "-1", "9" * 30, "²"])
def test_what_is_no_number_of_them_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        read_number({"number": typed}, {})
