"""One post whole: what it shows, and that it follows what others do."""

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.containers import VerticalScroll
from textual.pilot import Pilot

from purdah_scheduler.application import deciding, repeating, scheduling, stopping, writing
from purdah_scheduler.application.recording import record
from purdah_scheduler.application.writing import Draft
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.posts import DeliveryState, HoldReason
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.post import PostScreen
from purdah_scheduler.tui.queue import QueueScreen
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import picture, seen, shows, types, until


async def opened(pilot: Pilot[None], post: int) -> str:
    """Open a post; returns the screen."""
    app: PurdahApp = pilot.app  # type: ignore[assignment]  # the app under test
    await until(pilot, lambda: isinstance(app.screen, QueueScreen))
    app.open_post(post)
    await shows(pilot, "What goes out", "History", "asha wrote it")
    return " ".join(seen(app).split())


async def test_it_shows_the_whole_text_with_its_length_on_each_account(desk: Desk) -> None:
    """Every line of it, behind a bar."""
    posts = desk.furnish()
    async with desk.app().run_test(notifications=True, size=(120, 60)) as pilot:
        screen = await opened(pilot, posts["flood"])
        assert "│ Flood warnings: check your postcode before you travel." in screen
        assert "│ https://check-for-flooding.service.gov.uk" in screen
        assert "dlt-news" in screen
        assert "of 500 characters" in screen


async def test_it_shows_every_finding_with_rule_period_and_source(desk: Desk) -> None:
    """Why it is held, by which rule of which period, and where that is written."""
    posts = desk.furnish()
    async with desk.app().run_test(notifications=True, size=(120, 60)) as pilot:
        screen = await opened(pilot, posts["funding"])
        for words in (
            "BLOCKED: will be held",
            "rule funding in strict, period ge-2026",
            "https://example.gov.uk/election-guidance",
        ):
            assert words in screen


async def test_it_shows_what_is_missing_and_who_can_give_it(desk: Desk) -> None:
    """The stage by its name, and the people who wrote none of it."""
    posts = desk.furnish()
    async with desk.app().run_test(notifications=True, size=(120, 60)) as pilot:
        screen = await opened(pilot, posts["review"])
        assert "Policy approval is missing" in screen
        assert "(bede, carys)" in screen


async def test_decisions_on_an_earlier_text_stay_on_view_with_the_reason_why_they_no_longer_count(desk: Desk) -> None:
    """Void approvals remain visible."""
    post = desk.cleared("First words.", at=NOW)
    writing.revise(desk.office, desk.actor(), post, Draft(accounts=("dlt",), text="Other words.", category="operational-service"))
    async with desk.app().run_test(notifications=True, size=(120, 60)) as pilot:
        screen = await opened(pilot, post)
        assert "bede approved Policy approval" in screen
        assert "does not count: the text changed since revision 1" in screen


async def test_it_shows_attempts_receipts_and_the_next_step(desk: Desk) -> None:
    """A published post has its address; an unknown one says what to do."""
    posts = desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(120, 60)) as pilot:
        screen = await opened(pilot, posts["published"])
        assert "https://example.gov.uk/posts/8213" in screen
        await pilot.press("escape")
        screen = await opened(pilot, posts["unknown"])
        assert "attempt 1" in screen
        assert "no outcome recorded" in screen
        assert "post resolve" in screen


async def test_the_history_tells_who_did_what_and_when(desk: Desk) -> None:
    """The entries of the record, in words and in order."""
    posts = desk.furnish()
    async with desk.app().run_test(notifications=True, size=(120, 60)) as pilot:
        await opened(pilot, posts["funding"])
        lines = "\n".join(picture(pilot.app)).partition("History")[2]  # type: ignore[arg-type]  # the app under test
        told = [
            lines.index(words) for words in ("asha wrote it", "asha asked for clearance", "bede approved", "asha scheduled it")
        ]
        assert told == sorted(told)
        assert "Tue 14 Apr 2026 10:42 BST" in lines


async def test_it_follows_what_another_process_does_and_stays_where_it_was_scrolled_to(desk: Desk) -> None:
    """A colleague holds the post while it is being read."""
    posts = desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))
        app.open_post(posts["flood"])
        await shows(pilot, "> Scheduled")
        whole = app.screen.query_one("#whole", VerticalScroll)
        await pilot.press("down", "down", "down", "down")
        await until(pilot, lambda: whole.scroll_y == 4)
        scheduling.hold(desk.office, desk.actor("dougal"), posts["flood"], reason="storm at sea")
        await shows(pilot, "storm at sea")
        assert whole.scroll_y == 4


@pytest.mark.parametrize(
    ("said", "state", "words"),
    [
        ("https://example.gov.uk/1", DeliveryState.PUBLISHED, "recorded as published"),
        ("no", DeliveryState.HELD, "on hold"),
    ],
)
async def test_an_unknown_outcome_is_settled_by_an_address_or_a_no(
    desk: Desk, said: str, state: DeliveryState, words: str
) -> None:
    """Each after a y that says what will be recorded."""
    post = desk.furnish()["unknown"]
    async with desk.app("dougal").run_test(notifications=True, size=(120, 50)) as pilot:
        await opened(pilot, post)
        await pilot.press("R")
        await shows(pilot, f"What came of post {post} on dlt?")
        await types(pilot, said)
        await pilot.press("enter")
        await shows(pilot, "y  Record it")
        await pilot.press("y")
        await shows(pilot, words)
    with desk.office.store.read() as reader:
        assert reader.deliveries(post)[0].state is state


async def test_a_post_by_hand_is_taken_after_a_y_copied_and_settled_by_its_address(desk: Desk) -> None:
    """The gate is asked with the y; the words are shown whole and go to the terminal's clipboard."""
    post = desk.scheduled("The foghorn test is at noon.\nStand clear.", at=NOW)
    wait_for_a_hand(desk, post)
    app = desk.app("dougal")
    async with app.run_test(notifications=True, size=(120, 50)) as pilot:
        screen = await opened(pilot, post)
        assert "post it by hand now" in screen
        assert "b By hand" in screen
        await pilot.press("b")
        await shows(pilot, f"Post {post} by hand on dlt now?", "y  Take the words")
        await pilot.press("y")
        await shows(pilot, "Post exactly this on @dlt_gov", "The foghorn test is at noon.", "Stand clear.")
        assert app.clipboard == "The foghorn test is at noon.\nStand clear."
        with desk.office.store.read() as reader:
            assert reader.deliveries(post)[0].state is DeliveryState.UNKNOWN
        await types(pilot, "https://example.gov.uk/posts/9")
        await pilot.press("enter")
        await shows(pilot, "y  Record it")
        await pilot.press("y")
        await shows(pilot, "recorded as published on dlt")
    with desk.office.store.read() as reader:
        assert reader.deliveries(post)[0].state is DeliveryState.PUBLISHED


async def test_what_the_gate_refuses_is_not_given_to_anybody(desk: Desk) -> None:
    post = desk.scheduled("The foghorn test is at noon.", at=NOW)
    wait_for_a_hand(desk, post)
    stopping.pause(desk.office, desk.actor("bede"), reason="Drill")
    async with desk.app("dougal").run_test(notifications=True, size=(120, 50)) as pilot:
        await opened(pilot, post)
        await pilot.press("b")
        await shows(pilot, "y  Take the words")
        await pilot.press("y")
        await shows(pilot, "may not be posted on dlt now")
    with desk.office.store.read() as reader:
        assert reader.deliveries(post)[0].state is DeliveryState.HELD


def wait_for_a_hand(desk: Desk, post: int) -> None:
    """As the daemon leaves a delivery to an account that people post on."""
    with desk.office.store.write() as tx:
        entry = tx.deliveries(post)[0]
        held = replace(entry, state=DeliveryState.HELD, reason_code=HoldReason.BY_HAND, reason="It is time.")
        tx.save_delivery(held, was=entry.state)
        record(tx, desk.actor("dougal"), "delivery.held", at=NOW, post=post, delivery=entry.id)


async def test_words_that_are_no_address_settle_nothing(desk: Desk) -> None:
    """The service refuses them, and the outcome stays unknown."""
    post = desk.furnish()["unknown"]
    async with desk.app("dougal").run_test(notifications=True, size=(120, 50)) as pilot:
        await opened(pilot, post)
        await pilot.press("R")
        await shows(pilot, "What came of post")
        await types(pilot, "i think so")
        await pilot.press("enter")
        await shows(pilot, "y  Record it")
        await pilot.press("y")
        await shows(pilot, "is not an address, so nothing was changed")
    with desk.office.store.read() as reader:
        assert reader.deliveries(post)[0].state is DeliveryState.UNKNOWN


async def test_the_keys_on_offer_are_those_that_the_state_allows(desk: Desk) -> None:
    """An unknown outcome can be resolved and nothing else."""
    posts = desk.furnish()
    async with desk.app().run_test(notifications=True, size=(120, 50)) as pilot:
        screen = await opened(pilot, posts["unknown"])
        assert "R Resolve" in screen
        assert "W Cancel" not in screen


async def test_a_post_that_does_not_exist_is_said_and_the_queue_stays(desk: Desk) -> None:
    """Somebody may have typed a number."""
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))
        app.open_post(4711)
        await shows(pilot, "4711")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))


async def test_a_rejection_is_shown_with_its_reason(desk: Desk) -> None:
    """Who said no, and why."""
    post = desk.submitted("Please say no.", at=NOW)
    with desk.office.store.read() as reader:
        code = reader.revision(post, 1).digest
    deciding.decide(
        desk.office, desk.actor("bede"), post, stage="policy", choice=Choice.REJECT, typed_digest=code, reason="Wrong figure."
    )
    app = desk.app()
    async with app.run_test(notifications=True, size=(120, 50)) as pilot:
        screen = await opened(pilot, post)
        assert "Rejected" in screen
        assert "bede said no: Wrong figure." in screen
        assert isinstance(app.screen, PostScreen)


async def test_a_post_of_a_series_says_which_of_how_many_it_is(desk: Desk) -> None:
    source = desk.draft("Tide tables.", at=NOW + timedelta(hours=1))
    plan = repeating.plan(desk.office, source, every="day", count=3)
    post = repeating.make(desk.office, desk.actor(), plan).posts[1]
    async with desk.app().run_test(size=(120, 36)) as pilot:
        assert isinstance(pilot.app, PurdahApp)
        await pilot.pause()
        pilot.app.open_post(post)
        await shows(pilot, "by asha, 2 of 3")
