"""The review on the screen: the whole text before any yes, the digest that was shown and no other, and each decision's box."""

from datetime import timedelta

import pytest
from textual.containers import VerticalScroll
from textual.pilot import Pilot

from purdah_scheduler.application import deciding, reading, writing
from purdah_scheduler.application.views import PostView, post_view
from purdah_scheduler.application.writing import Draft
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice, Decision
from purdah_scheduler.domain.posts import PostState
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.compose import ComposeScreen
from purdah_scheduler.tui.queue import QueueScreen
from purdah_scheduler.tui.review import ReviewScreen
from purdah_scheduler.tui.review_list import ReviewList
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import picture, seen, settled, shows, types, until

HOUR = timedelta(hours=1)
LONG = "\n".join(f"Line {number} of it" for number in range(33))


def read(desk: Desk, post: int) -> PostView:
    """The post as the store has it."""
    return post_view(desk.office, post)


def decisions(desk: Desk, post: int) -> list[Decision]:
    """What was decided on it."""
    return [entry.decision for entry in read(desk, post).decisions]


def ours(pilot: Pilot[None]) -> PurdahApp:
    """The application."""
    assert isinstance(pilot.app, PurdahApp)
    return pilot.app


async def opened(pilot: Pilot[None], post: int | None, *words: str) -> ReviewScreen:
    """The review, with the post on the screen."""
    app = ours(pilot)
    if post is None:
        await pilot.press("3")
    else:
        await pilot.pause()
        app.review_post(post)
    await shows(pilot, *words)
    assert isinstance(app.screen, ReviewScreen)
    return app.screen


# --- what it shows ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_it_begins_with_the_post_that_is_due_first(desk: Desk, size: tuple[int, int]) -> None:
    desk.submitted("Later words.", at=NOW + 5 * HOUR)
    desk.submitted("Sooner words.", at=NOW + HOUR)
    async with desk.app("bede").run_test(size=size) as pilot:
        screen = await opened(
            pilot, None, "2 posts wait for your decision", "1 of 2", "│ Sooner words.", "Policy approval, bound to"
        )
        await pilot.press("right_square_bracket")
        await shows(pilot, "2 of 2", "│ Later words.")
        await pilot.press("left_square_bracket")
        await shows(pilot, "1 of 2", "│ Sooner words.")
        assert screen.query_one("#waiting").display is (size[0] >= 100)


async def test_nothing_that_waits_is_said_so(desk: Desk) -> None:
    desk.submitted("Words of hers.", at=NOW + HOUR)
    async with desk.app("asha").run_test(size=(80, 24)) as pilot:
        await opened(pilot, None, "Nothing waits for you", "0 posts wait for your decision")


async def test_the_words_of_every_account_are_shown_with_their_length(desk: Desk) -> None:
    draft = Draft(
        accounts=("dlt", "dlt-news"),
        text="Common words.",
        texts={"dlt-news": "Its own words."},
        category="operational-service",
        planned_at=NOW + HOUR,
    )
    post = writing.new_post(desk.office, desk.actor(), draft)
    writing.submit(desk.office, desk.actor(), post)
    async with desk.app("bede").run_test(size=(120, 36)) as pilot:
        await opened(
            pilot,
            post,
            "Text on dlt  13 of 500 characters",
            "│ Common words.",
            "Text on dlt-news  14 of 500 characters",
            "│ Its own words.",
        )


async def test_the_difference_to_what_the_person_approved_is_shown(desk: Desk) -> None:
    post = desk.cleared("First line.\n£40m for all.", at=NOW + HOUR)
    draft = Draft(accounts=("dlt",), text="First line.\n£42m for all.", category="funding", planned_at=NOW + HOUR)
    writing.revise(desk.office, desk.actor(), post, draft)
    writing.submit(desk.office, desk.actor(), post)
    async with desk.app("bede").run_test(size=(120, 70)) as pilot:
        await opened(
            pilot,
            post,
            "since revision 1, which you approved",
            "- £40m for all.",
            "+ £42m for all.",
            "+ Category: Grant",
            "does not count: the text changed since",
        )


def revision_read(desk: Desk, post: int, person: str) -> int:
    with desk.office.store.read() as reader:
        found = reader.reading(post, person)
    return 0 if found is None else found.revision


async def test_a_text_counts_as_read_once_its_end_was_on_the_screen_and_not_before(desk: Desk) -> None:
    post = desk.submitted(LONG, at=NOW + HOUR)
    async with desk.app("bede").run_test(size=(80, 24)) as pilot:
        await opened(pilot, post, "Read to the end of the text")
        await settled(pilot)
        assert revision_read(desk, post, "bede") == 0
        await pilot.press("end")
        await shows(pilot, "If you approve now")
        await until(pilot, lambda: revision_read(desk, post, "bede") == 1)
    assert revision_read(desk, post, "carys") == 0


async def test_the_difference_is_from_what_the_person_read_and_stays_while_they_read(desk: Desk) -> None:
    post = desk.submitted("One line.", at=NOW + HOUR)
    reading.has_read(desk.office, desk.actor("bede"), post, 1)
    for text in ("Another line.", "A third line."):
        draft = Draft(accounts=("dlt",), text=text, category="operational-service", planned_at=NOW + HOUR)
        writing.revise(desk.office, desk.actor(), post, draft)
    writing.submit(desk.office, desk.actor(), post)
    async with desk.app("bede").run_test(size=(120, 60)) as pilot:
        screen = await opened(pilot, post, "since revision 1, which you read", "- One line.", "+ A third line.")
        await until(pilot, lambda: revision_read(desk, post, "bede") == 3)
        screen.refresh_data()
        await settled(pilot)
        assert "since revision 1, which you read" in seen(ours(pilot))


async def test_the_verdict_is_shown_with_its_rule_period_and_source(desk: Desk) -> None:
    post = desk.submitted("Funding words.", category="funding", at=NOW + HOUR)
    async with desk.app("bede").run_test(size=(120, 60)) as pilot:
        await opened(
            pilot,
            post,
            "BLOCKED",
            "rule funding in strict, period ge-2026",
            "https://example.gov.uk/election-guidance",
            "HELD at Tue 14 Apr 2026 11:42 BST: an approval does not",
        )


# --- approving ----------------------------------------------------------------------------------------------------


async def test_a_long_text_is_approved_only_after_its_end_has_been_on_the_screen(desk: Desk) -> None:
    post = desk.submitted(LONG, at=NOW + HOUR)
    async with desk.app("bede").run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, post, "Read to the end of the text")
        await pilot.press("a", "y")
        await pilot.pause(0.1)
        assert decisions(desk, post) == []
        await pilot.press("pagedown")
        await pilot.pause(0.1)
        assert not screen.read_whole
        await pilot.press("end")
        await shows(pilot, "If you approve now")
        await pilot.press("a")
        await shows(pilot, "Approve revision 1")


async def test_the_words_of_another_post_have_to_be_read_anew(desk: Desk) -> None:
    desk.submitted("Short words.", at=NOW + HOUR)
    desk.submitted(LONG, at=NOW + 2 * HOUR)
    async with desk.app("bede").run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, None, "│ Short words.", "If you approve now")
        await pilot.press("end")
        await pilot.press("right_square_bracket")
        await shows(pilot, "│ Line 0 of it", "Read to the end of the text")
        assert not screen.read_whole


async def test_a_small_window_that_hides_the_text_lets_nobody_approve(desk: Desk) -> None:
    desk.submitted("Short words.", at=NOW + HOUR)
    async with desk.app("bede").run_test(size=(50, 12)) as pilot:
        await pilot.press("3")
        await pilot.pause(0.3)
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert not pilot.app.screen.read_whole


async def test_the_box_repeats_text_accounts_time_digest_and_stage_and_y_approves_that_digest(desk: Desk) -> None:
    post = desk.submitted("The very words.", at=NOW + HOUR, accounts="dlt dlt-news")
    code = read(desk, post).code
    async with desk.app("bede").run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, post, "If you approve now")
        await pilot.press("a")
        await shows(
            pilot,
            "Approve revision 1",
            "The very words.",
            "dlt, dlt-news",
            "Tue 14 Apr 2026 11:42 BST",
            code,
            "Bede Calloway, for: Policy approval",
            f"Approve {code}",
        )
        await pilot.press("y")
        await shows(pilot, "your approval is recorded", "+ Cleared")
    (given,) = decisions(desk, post)
    assert (given.person, given.stage, given.choice) == ("bede", "policy", Choice.APPROVE)
    assert given.digest == read(desk, post).digest


@pytest.mark.parametrize("key", ["a", "n", "enter", "escape", "space", "Y"])
async def test_any_other_key_decides_nothing(desk: Desk, key: str) -> None:
    post = desk.submitted("Words.", at=NOW + HOUR)
    async with desk.app("bede").run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, post, "If you approve now")
        await pilot.press("a")
        await shows(pilot, "Approve revision 1")
        await pilot.press(key)
        await until(pilot, lambda: pilot.app.screen is screen)
    assert decisions(desk, post) == []


async def test_a_text_that_changed_while_the_box_was_open_is_not_approved_and_is_read_again(desk: Desk) -> None:
    post = desk.submitted("Words that were read.", at=NOW + HOUR)
    async with desk.app("bede").run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot, post, "If you approve now")
        await pilot.press("a")
        await shows(pilot, "Approve revision 1")
        draft = Draft(accounts=("dlt",), text="Other words.", category="operational-service", planned_at=NOW + HOUR)
        writing.revise(desk.office, desk.actor(), post, draft)
        writing.submit(desk.office, desk.actor(), post)
        await pilot.press("y")
        await shows(pilot, "so nothing was decided", "│ Other words.", "revision 2 by asha")
    assert decisions(desk, post) == []


async def test_who_wrote_it_has_no_key_to_approve_with(desk: Desk) -> None:
    post = desk.submitted("Words.", at=NOW + HOUR)
    async with desk.app("asha").run_test(size=(80, 24)) as pilot:
        await opened(pilot, post, "nobody clears their own words")
        await pilot.press("a", "y", "c")
        await pilot.pause(0.1)
        assert isinstance(pilot.app.screen, ReviewScreen)
    assert decisions(desk, post) == []


async def test_a_flag_is_signed_off_with_a_reason_and_never_without(desk: Desk) -> None:
    post = desk.cleared("How to vote.", category="election-info", at=NOW + HOUR)
    async with desk.app("carys").run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot, None, "Sign-off of a flag", "If you approve now")
        await pilot.press("a")
        await shows(pilot, "Sign off the flag", "General election 2026")
        await pilot.press("enter")
        await shows(pilot, "It needs a few words")
        await types(pilot, "Neutral information")
        await pilot.press("enter")
        await shows(pilot, "Sign off revision 1", "Neutral information")
        await pilot.press("y")
        await shows(pilot, "your approval is recorded")
    assert [(given.stage, given.reason) for given in decisions(desk, post)] == [("policy", ""), (SIGN_OFF, "Neutral information")]


# --- the other decisions ------------------------------------------------------------------------------------------


async def test_asking_for_changes_takes_a_reason_and_a_yes(desk: Desk) -> None:
    post = desk.submitted("Words.", at=NOW + HOUR)
    async with desk.app("bede").run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, post, "If you approve now")
        await pilot.press("c")
        await shows(pilot, "What must change?")
        await types(pilot, "Use the agreed figure")
        await pilot.press("enter")
        await shows(pilot, "Ask for changes to post", "Use the agreed figure", "Say no to this revision")
        await pilot.press("y")
        await shows(pilot, "x Rejected")
    (given,) = decisions(desk, post)
    assert (given.choice, given.reason) == (Choice.REJECT, "Use the agreed figure")


async def test_a_decision_is_taken_back_after_a_yes(desk: Desk) -> None:
    post = desk.cleared("Words.", at=NOW + HOUR)
    async with desk.app("bede").run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, post, "Every clearance that it needs stands")
        await pilot.press("w")
        await shows(pilot, "Take back your approval")
        await pilot.press("y")
        await shows(pilot, "? In review")
    assert [given.choice for given in decisions(desk, post)] == [Choice.APPROVE, Choice.WITHDRAW]


async def test_an_exemption_takes_a_reason_an_end_and_a_yes(desk: Desk) -> None:
    post = desk.submitted("Funding words.", category="funding", at=NOW + HOUR)
    role = desk.office.house.exemption_role
    person = next(one.id for one in desk.office.house.people if one.has(role) and one.id != "asha")
    async with desk.app(person).run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot, post, "BLOCKED")
        await pilot.press("x")
        await shows(pilot, "Why must it go out?")
        await types(pilot, "short")
        await pilot.press("enter")
        await shows(pilot, "at least 10 characters")
        await types(pilot, " but long enough")
        await pilot.press("enter")
        await shows(pilot, "Until when is post")
        await types(pilot, "+3h")
        await pilot.press("enter")
        await shows(pilot, "short but long enough", f"Exempt {read(desk, post).code}")
        await pilot.press("y")
        await shows(pilot, "(lifted by")
    (exemption,) = read(desk, post).exemptions
    assert (exemption.reason, exemption.expires_at) == ("short but long enough", NOW + 3 * HOUR)


# --- coming and going ---------------------------------------------------------------------------------------------


async def test_what_a_colleague_decides_is_seen_and_the_place_is_kept(desk: Desk) -> None:
    post = desk.submitted(LONG, at=NOW + HOUR)
    async with desk.app("bede").run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, post, "Read to the end")
        await pilot.press("end")
        await shows(pilot, "If you approve now")
        place = screen.query_one("#page", VerticalScroll).scroll_offset.y
        deciding.decide(
            desk.office, desk.actor("carys"), post, stage="policy", choice=Choice.APPROVE, typed_digest=read(desk, post).digest
        )
        await shows(pilot, "+ Cleared", "Every clearance that it needs stands")
        assert screen.query_one("#page", VerticalScroll).scroll_offset.y >= place
        assert screen.read_whole


async def test_edit_opens_compose_and_back_leads_to_where_it_was_opened(desk: Desk) -> None:
    post = desk.submitted("Words.", at=NOW + HOUR)
    async with desk.app("bede").run_test(size=(80, 24)) as pilot:
        await opened(pilot, post, "If you approve now")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, ComposeScreen))
        await shows(pilot, f"Edit post {post}, revision 1")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReviewScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen))
        await pilot.press("3")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReviewScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen))


async def test_a_line_of_a_post_cannot_pass_for_a_line_of_the_interface(desk: Desk) -> None:
    """Every line of the words has its bar, the wrapped ones too."""
    words = "x" * 200 + "\nPolicy approval, bound to revision 9"
    post = desk.submitted(words, at=NOW + HOUR)
    async with desk.app("bede").run_test(size=(80, 24)) as pilot:
        await opened(pilot, post, "If you approve now")
        await until(pilot, lambda: sum(line.startswith(" │ xxxx") for line in picture(ours(pilot))) == 3)
        lines = picture(ours(pilot))
        assert all(line.startswith(" │ ") for line in lines if "xxxx" in line)
        assert any(line.startswith(" │ Policy approval, bound to revision 9") for line in lines)
        assert sum("xxxx" in line for line in lines) == 3
        assert "revision 9" in seen(ours(pilot))


async def test_a_post_that_is_scheduled_loses_its_clearance_and_is_held(desk: Desk) -> None:
    post = desk.scheduled("Words.", at=NOW + HOUR)
    async with desk.app("bede").run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot, post, "> Scheduled")
        await pilot.press("w")
        await shows(pilot, "Take back your approval")
        await pilot.press("y")
        await shows(pilot, "= HELD")
    assert read(desk, post).post.state is PostState.IN_REVIEW


# --- whose turn it is ---------------------------------------------------------------------------------------------


async def test_what_waits_for_others_and_what_was_done_today_stand_below(desk: Desk) -> None:
    done = desk.cleared("Tide tables for May.", at=NOW + 3 * HOUR)
    mine = desk.submitted("Harbour lights are out.", at=NOW + HOUR)
    async with desk.app("bede").run_test(size=(120, 36)) as pilot:
        await opened(pilot, None, "For you  1", "For others  nothing", "Done today  1", "√ you approved", "Tide tables for May.")
        await pilot.press("right_square_bracket")
        await shows(pilot, f"Post {done}  revision 1", "done today, 1 of 1")
        await pilot.press("right_square_bracket")
        await shows(pilot, f"Post {mine}  revision 1", "1 of 1   ] next")
    async with desk.app("asha").run_test(size=(120, 36)) as pilot:
        await opened(pilot, None, "For you  nothing", "For others  1", "Harbour lights are out.", "Done today  nothing")


async def test_a_post_of_the_list_is_opened_by_choosing_it_and_a_heading_is_not(desk: Desk) -> None:
    desk.submitted("Sooner words.", at=NOW + HOUR)
    later = desk.submitted("Later words.", at=NOW + 2 * HOUR)
    async with desk.app("bede").run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, None, "│ Sooner words.")
        chooser = screen.query_one(ReviewList)
        chooser.focus()
        chooser.highlighted = chooser.posts.index(later)
        await pilot.press("enter")
        await shows(pilot, f"Post {later}  revision 1", "│ Later words.")
        assert chooser.posts[0] is None
        assert chooser.get_option_at_index(0).disabled


# --- reading ------------------------------------------------------------------------------------------------------


def revised(desk: Desk, post: int, *texts: str) -> None:
    """Further revisions of asha's, submitted."""
    for text in texts:
        draft = Draft(accounts=("dlt",), text=text, category="operational-service", planned_at=NOW + HOUR)
        writing.revise(desk.office, desk.actor(), post, draft)
    writing.submit(desk.office, desk.actor(), post)


@pytest.mark.parametrize("size", [(120, 50), (80, 40)])
async def test_v_shows_the_changes_side_by_side_and_back(desk: Desk, size: tuple[int, int]) -> None:
    post = desk.draft("Lights are out.")
    revised(desk, post, "Lights are on.")
    async with desk.app("bede").run_test(size=size) as pilot:
        await opened(pilot, post, "- Lights are out.", "+ Lights are on.")
        await pilot.press("v")
        await until(
            pilot, lambda: any("- Lights are out." in line and "│ + Lights are on." in line for line in picture(ours(pilot)))
        )
        await pilot.press("v")
        await until(pilot, lambda: not any("- Lights" in line and "+ Lights" in line for line in picture(ours(pilot))))


async def test_the_angle_brackets_compare_with_older_and_newer_revisions(desk: Desk) -> None:
    post = desk.draft("First words.")
    revised(desk, post, "Second words.", "Third words.")
    async with desk.app("bede").run_test(size=(120, 50), notifications=True) as pilot:
        screen = await opened(pilot, post, "since revision 2 by asha", "- Second words.", "+ Third words.")
        await pilot.press("less_than_sign")
        await shows(pilot, "since revision 1 by asha", "- First words.", "+ Third words.")
        await pilot.press("less_than_sign")
        await shows(pilot, "Revision 1 is the oldest.")
        await pilot.press("greater_than_sign")
        await shows(pilot, "since revision 2 by asha", "- Second words.")
        assert screen.case is not None
        assert screen.case.view.revision.number == 3


async def test_a_first_revision_has_nothing_to_be_compared_with(desk: Desk) -> None:
    post = desk.submitted("Words.", at=NOW + HOUR)
    async with desk.app("bede").run_test(size=(120, 36), notifications=True) as pilot:
        screen = await opened(pilot, post, "If you approve now")
        assert screen.possible("version") is None
        await pilot.press("v")
        await shows(pilot, "This is the first revision")


async def test_what_the_gate_says_with_your_approval_is_told_for_the_planned_time(desk: Desk) -> None:
    free = desk.submitted("Words.", at=NOW + HOUR)
    blocked = desk.submitted("Funding.", category="funding", at=NOW + HOUR)
    async with desk.app("bede").run_test(size=(120, 50)) as pilot:
        await opened(pilot, free, "With your approval", "√ dlt: may go out at Tue 14 Apr 2026 11:42 BST")
        await pilot.press("right_square_bracket")
        await shows(pilot, f"Post {blocked}", "= dlt: HELD at Tue 14 Apr 2026 11:42 BST")


async def test_a_stop_is_told_before_the_approval(desk: Desk) -> None:
    post = desk.submitted("Words.", at=NOW + HOUR)
    desk.office.stop.set("Drill")
    async with desk.app("bede").run_test(size=(120, 50)) as pilot:
        await opened(pilot, post, "cleared, and HELD at", "= dlt: HELD at", "All publishing is stopped: Drill.")
