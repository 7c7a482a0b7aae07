"""The queue: what it shows unasked, how it is filtered, that the cursor stays on its post, and what its keys do."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from textual import events
from textual.widgets import Input

from purdah_scheduler.application import scheduling, views, writing
from purdah_scheduler.application.lists import QueueFilter, Row
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.posts import DeliveryState, PostState
from purdah_scheduler.errors import BadInput
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.filters import open_posts, position, read_filter
from purdah_scheduler.tui.kept import kept_of
from purdah_scheduler.tui.offers import allowed
from purdah_scheduler.tui.queue import QueueScreen
from purdah_scheduler.tui.rowlist import KEPT, PAGE, RowList
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import picture, seen, shows, types, until

DAY = timedelta(days=1)


def rows(app: PurdahApp) -> RowList[Row]:
    """The list on view."""
    assert isinstance(app.screen, QueueScreen)
    return app.screen.listing


def states(desk: Desk, post: int) -> list[DeliveryState]:
    """The states of a post's deliveries, as the store has them."""
    with desk.office.store.read() as reader:
        return [entry.state for entry in reader.deliveries(post)]


# --- what it shows ------------------------------------------------------------------------------------------------


async def test_it_opens_on_the_first_post_that_is_still_to_come(desk: Desk) -> None:
    """Not on row 1: what is long past is above."""
    for hours in (-5, -3, 3, 5):
        desk.draft(f"Post of hour {hours}.", at=NOW + timedelta(hours=hours))
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "Post of hour 5.")
        assert next(line for line in picture(app) if line.startswith("▌")).endswith("Post of hour 3.")


async def test_every_state_is_told_by_its_word(desk: Desk) -> None:
    """No state is only a colour."""
    desk.furnish()
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "Scheduled", "HELD", "In review", "Cleared", "Draft", "Published", "UNKNOWN", "FAILED", "MISSED")


async def test_counts_and_the_next_due_time_are_above_the_list(desk: Desk) -> None:
    """How many wait for a person, and when something goes out next."""
    desk.furnish()
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "9 posts", "4 need a person", "next Today 11:42 (in 1 h)")


async def test_at_eighty_columns_the_post_under_the_cursor_is_below_the_list(desk: Desk) -> None:
    """State, verdict, text, clearance and keys in four lines."""
    desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press(*["down"] * 5)
        await shows(pilot, "Post 2 = HELD  pre-election period", "BLOCKED", "cleared by bede")
        assert max(len(line) for line in picture(app)) <= 80


async def test_beside_the_list_stand_state_verdict_source_text_clearance_and_keys(desk: Desk) -> None:
    """At 100 columns and more."""
    desk.furnish()
    async with desk.app().run_test(notifications=True, size=(120, 50)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press(*["down"] * 5)
        await shows(
            pilot,
            "= HELD  pre-election period",
            "BLOCKED: will be held, not published",
            "General election 2026",
            "rule funding in strict",
            "93 of",
            "Policy approval: bede",
            "What you can do",
        )


async def test_a_window_that_is_too_small_says_so(desk: Desk) -> None:
    """Below 60 by 18: a plain notice, and it comes back when there is room again."""
    async with desk.app().run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "No posts are open")
        await pilot.resize_terminal(59, 24)
        assert "No posts are open" not in await shows(pilot, "needs at least 60 x 18")
        await pilot.resize_terminal(80, 17)
        await shows(pilot, "needs at least 60 x 18")
        await pilot.resize_terminal(60, 18)
        await shows(pilot, "No posts are open")


async def test_an_empty_queue_says_what_belongs_there_and_the_key_that_helps(desk: Desk) -> None:
    """And the command for it."""
    async with desk.app().run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "No posts are open", "Press n to write one", "purdah-scheduler post new")


def test_unasked_it_shows_what_is_open_however_old_and_what_was_settled_since_yesterday(desk: Desk) -> None:
    """Published, cancelled and withdrawn posts of the day before yesterday are left out, and the order is by time."""
    posts = desk.furnish()
    desk.clock.at = NOW + 3 * DAY
    fresh = desk.draft("New today.", at=desk.clock.at)
    with desk.office.store.read() as reader:
        ids = open_posts(desk.clock.at, london()).ids(reader)
        everything = list(reader.row_ids(QueueFilter()))
    assert posts["published"] not in ids
    assert set(ids) == set(everything) - {posts["published"]}
    assert ids == [post for post in everything if post in ids]
    assert fresh in ids


def test_a_list_parted_at_a_moment_is_the_same_list(desk: Desk) -> None:
    """Whatever the moment and the filter: what comes before it, then what comes from it on, of that only the first if wished."""
    desk.furnish()
    zone = london()
    held = read_filter("state:held,scheduled", now=NOW, zone=zone, accounts=(), people=())
    with desk.office.store.read() as reader:
        for wanted in (open_posts(NOW, zone), open_posts(NOW + 2 * DAY, zone), held):
            ids = wanted.ids(reader)
            for moment in (NOW - 3 * DAY, NOW, NOW + timedelta(hours=3), NOW + 30 * DAY):
                before, after = wanted.around(reader, moment)
                assert [*before, *after] == ids
                assert len(before) == position(reader, ids, moment)
                assert wanted.around(reader, moment, ahead=1) == (before, after[:1])


async def test_a_long_list_begins_with_what_has_room_and_is_then_whole(desk: Desk) -> None:
    """The cursor stays on the post that it was on, and the number of posts is told once it is known."""
    for number in range(PAGE + 9):
        desk.draft(f"Post number {number}.", at=NOW + timedelta(hours=1, minutes=number))
    desk.draft("Long past.", at=NOW - timedelta(hours=1))
    app = desk.app()
    told: list[str] = []
    shown = RowList.show

    def note(self: RowList[Row], *given: Any, **named: Any) -> None:
        shown(self, *given, **named)
        told.append(f"{len(self.items)} of {self.pointed}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RowList, "show", note)
        async with app.run_test(notifications=True, size=(120, 36)) as pilot:
            await shows(pilot, f"{PAGE + 10} posts")
            first = rows(app).items[1]
            assert told == [f"{PAGE + 1} of {first}", f"{PAGE + 10} of {first}"]
            assert next(line for line in picture(app) if line.startswith("▌")).count("Post number 0.") == 1


async def test_nothing_is_read_twice_when_nothing_was_changed(desk: Desk) -> None:
    """The first look of the watch is at what every list shows already."""
    desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "9 posts", "next Today 11:42")
        assert app.changes == 0


async def test_what_is_changed_before_the_watch_first_looks_is_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """However late that is: a list may have been read before it."""
    desk.furnish()
    app = desk.app()
    began, look = threading.Event(), app.watcher.run
    monkeypatch.setattr(app.watcher, "run", lambda: (began.wait(60), look()))
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "9 posts")
        desk.draft("Written meanwhile.", at=NOW + timedelta(minutes=1))
        began.set()
        await shows(pilot, "10 posts", "Written meanwhile.")


@pytest.mark.parametrize("late", [timedelta(0), timedelta(hours=20)])
def test_what_was_published_yesterday_is_still_shown(desk: Desk, late: timedelta) -> None:
    """Yesterday is the local day, whole."""
    posts = desk.furnish()
    with desk.office.store.read() as reader:
        assert posts["published"] in open_posts(NOW + timedelta(hours=13) + late, london()).ids(reader)


# --- the filter ---------------------------------------------------------------------------------------------------


def read(text: str) -> Any:
    """The one piece that a filter line asks for."""
    return read_filter(text, now=NOW, zone=london(), accounts=["dlt", "dlt-news"], people=["asha", "bede"]).parts[0]


def test_a_filter_line_is_read_into_what_the_store_is_asked() -> None:
    """States, account, author, dates and words in any order."""
    wanted = read("flood state:held,in-review account:dlt author:asha from:14/4 to:fri £40m")
    assert wanted.states == {"held", "in_review"}
    assert (wanted.account, wanted.author, wanted.words) == ("dlt", "asha", "flood £40m")
    assert wanted.since.isoformat() == "2026-04-13T23:00:00+00:00"
    assert wanted.until.isoformat() == "2026-04-17T23:00:00+00:00"


def test_an_address_is_words_and_not_a_part_of_a_filter() -> None:
    """A colon alone makes nothing of a word."""
    assert read("https://gov.uk 14:30").words == "https://gov.uk 14:30"


def test_all_asks_for_every_post() -> None:
    """The one view that leaves nothing out."""
    assert read("all") == QueueFilter()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("state:hled", "There is no state “hled”.*Did you mean held?"),
        ("acount:dlt", "“acount:” is not part of a filter.*Did you mean account?"),
        ("account:dlt-nws", "There is no account “dlt-nws”.*Did you mean dlt-news?"),
        ("author:aska", "There is no person “aska”.*Did you mean asha?"),
        ("from:yesteday", "“yesteday” names no day"),
        ("state:", "There is no state “”"),
    ],
)
def test_a_mistake_in_a_filter_is_named_with_the_nearest_that_works(typed: str, said: str) -> None:
    """Nothing is silently left out of a list."""
    with pytest.raises(BadInput, match=f"(?s){said}"):
        read(typed)


async def test_a_filter_is_typed_used_and_cleared(desk: Desk) -> None:
    """`/` types, Enter uses, Esc gives the open posts back."""
    desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press("slash")
        await types(pilot, "state:held")
        await pilot.press("enter")
        await until(pilot, lambda: len(rows(app).items) == 1)
        assert "state:held" in seen(app)
        await pilot.press("escape")
        await until(pilot, lambda: len(rows(app).items) == 9)


async def test_letters_typed_into_the_filter_are_no_commands(desk: Desk) -> None:
    """Q does not quit, W does not withdraw, ! does not stop, 3 goes nowhere."""
    desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press("slash", "q", "W", "H", "n", "3", "exclamation_mark", "s")
        await pilot.pause(0.1)
        assert app.screen.query_one("#filter").value == "qWHn3!s"  # type: ignore[attr-defined]  # it is the Input
        assert isinstance(app.screen, QueueScreen)
        await pilot.press("escape")
        assert app.focused is rows(app)


async def test_what_is_typed_right_behind_the_slash_is_typed_and_no_command(desk: Desk) -> None:
    """All keys in one go, as a slow machine delivers them: not one of them acts on the list."""
    posts = desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "HELD")
        burst = [("slash", "/"), *((char, char) for char in "WHsqn3"), ("exclamation_mark", "!")]
        for key, character in burst:
            app.post_message(events.Key(key, character))
        await until(pilot, lambda: app.screen.query_one("#filter", Input).value == "WHsqn3!")
        assert isinstance(app.screen, QueueScreen)
    assert states(desk, posts["flood"]) == [DeliveryState.SCHEDULED] * 2


async def test_keys_in_one_go_act_on_the_post_that_the_cursor_is_on_by_then(desk: Desk) -> None:
    """Down four times and H in one go: the box is about the fifth post, and the letters behind it hold nothing else."""
    posts = desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "HELD")
        for key in ["down"] * 4 + ["H", "W", "q"]:
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await shows(pilot, f"Hold post {posts['flood']}")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))


async def test_a_mistake_in_the_filter_line_leaves_the_list_and_the_line_as_they_are(desk: Desk) -> None:
    """It can be corrected where it stands."""
    desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press("slash")
        await types(pilot, "state:hled")
        await pilot.press("enter")
        await shows(pilot, "Did you mean held?", "state:hled")
        assert len(rows(app).items) == 9


async def test_a_filter_that_hides_everything_says_so_and_how_to_clear_it(desk: Desk) -> None:
    """An empty list never looks like an empty queue."""
    desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press("slash")
        await types(pilot, "zeppelin")
        await pilot.press("enter")
        await shows(pilot, "No post matches  zeppelin", "It hides 9 posts", "Press esc to clear")


# --- moving -------------------------------------------------------------------------------------------------------


async def test_the_cursor_stays_on_its_post_when_another_process_adds_one_above(desk: Desk) -> None:
    """Seen within a moment, and the row number changes under the cursor, not the post."""
    desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press(*["down"] * 5)
        before, row = rows(app).pointed, rows(app).cursor
        desk.draft("Squeezed in above.", at=NOW + timedelta(seconds=90))
        await shows(pilot, "Squeezed in above.")
        assert rows(app).pointed == before
        assert rows(app).cursor == row + 1


async def test_a_change_of_state_by_another_process_is_shown(desk: Desk) -> None:
    """The list, the preview and the counts follow."""
    posts = desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "Scheduled")
        scheduling.hold(desk.office, desk.actor("dougal"), posts["flood"], reason="storm")
        await until(pilot, lambda: not any("Scheduled" in line for line in picture(app)))
        await shows(pilot, "5 need a person")


async def test_what_changes_before_the_first_look_at_the_store_is_shown_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts, may_look, look = desk.furnish(), threading.Event(), desk.office.store.change_mark

    def late() -> int:
        may_look.wait(20)
        return look()

    monkeypatch.setattr(desk.office.store, "change_mark", late)
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "Scheduled")
        scheduling.hold(desk.office, desk.actor("dougal"), posts["flood"], reason="storm")
        may_look.set()
        await until(pilot, lambda: not any("Scheduled" in line for line in picture(app)))


async def test_a_heartbeat_alone_reads_no_list_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The daemon beats every five seconds: that is no change of the queue."""
    desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "HELD")
        await until(pilot, lambda: app.status is not None)
        changes = app.changes
        desk.clock.at = NOW + timedelta(seconds=5)
        desk.beat()
        await until(pilot, lambda: app.status is not None and app.status.heartbeat.seen_at == desk.clock.at)  # type: ignore[union-attr]  # it beats
        assert app.changes == changes


async def test_home_end_and_pages_reach_every_row_of_a_long_queue(desk: Desk) -> None:
    """Three hundred posts: the pages come as they are wanted, and none stays a placeholder."""
    with desk.office.store.write() as tx:
        _many(desk, tx, 300)
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await until(pilot, lambda: len(rows(app).items) == 300)
        await pilot.press("end")
        await shows(pilot, "Number 299.")
        await pilot.press("home")
        await shows(pilot, "Number 0.")
        await pilot.press(*["pagedown"] * 8)
        await until(pilot, lambda: "…" not in "".join(picture(app)[4:15]))
        assert rows(app).pointed is not None
        await pilot.press("t")
        await until(pilot, lambda: rows(app).cursor == 0)


async def test_arrows_and_letters_move_alike(desk: Desk) -> None:
    """`j` and `k` are down and up."""
    desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press("j", "down", "j")
        assert rows(app).cursor == 3
        await pilot.press("k", "up")
        assert rows(app).cursor == 1


@pytest.mark.parametrize(("key", "row"), [("down", 1), ("j", 1), ("end", 29), ("pagedown", 12)])
async def test_keys_move_the_cursor_of_a_list_that_is_longer_than_its_window(desk: Desk, key: str, row: int) -> None:
    """A list that can scroll must not take the keys for itself: the cursor moves, and stays in view."""
    for number in range(30):
        desk.scheduled(f"Notice {number:02}", at=NOW + timedelta(minutes=number + 1))
    app = desk.app()
    kept_of(app).keep("first-steps", "away")
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "Notice 00")
        await pilot.press("home", key)
        assert abs(rows(app).cursor - row) <= (1 if key == "pagedown" else 0)
        top = rows(app).scroll_offset.y
        assert top <= rows(app).cursor < top + rows(app).size.height
        await pilot.press("home")
        assert rows(app).cursor == 0


async def test_g_goes_to_a_date(desk: Desk) -> None:
    """To the first post of that day or after it."""
    desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press("g")
        await types(pilot, "15/4")
        await pilot.press("enter")
        await until(pilot, lambda: rows(app).cursor == 7)


async def test_a_date_that_cannot_be_read_is_told_where_it_is_typed_and_can_be_corrected(desk: Desk) -> None:
    desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press("g")
        await types(pilot, "15/44")
        await pilot.press("enter")
        await shows(pilot, "“15/44” names no day", "Go to a date")
        await pilot.press("backspace")
        await shows(pilot, "Wed 15 Apr 2026")
        await pilot.press("enter")
        await until(pilot, lambda: rows(app).cursor == 7)


async def test_a_click_selects_and_a_click_on_the_selected_post_opens_it(desk: Desk) -> None:
    """The mouse does what the keys do."""
    desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "HELD")
        await pilot.click("#rows", offset=(40, 5))
        await until(pilot, lambda: rows(app).cursor == 5)
        await pilot.click("#rows", offset=(40, 5))
        await shows(pilot, "What goes out")


def test_a_list_keeps_no_more_pages_than_it_may() -> None:
    """However far one scrolls, memory stays."""
    listing: RowList[int] = RowList(lambda line, width: [(str(line), "calm")])
    for page in range(KEPT * 2):
        listing._keep(page, {page * PAGE: page})
    assert len(listing._pages) == KEPT
    assert listing.line_of(0) is None
    assert listing.line_of((KEPT * 2 - 1) * PAGE) == KEPT * 2 - 1


# --- doing --------------------------------------------------------------------------------------------------------


async def test_hold_asks_for_a_reason_and_a_y_and_then_holds(desk: Desk) -> None:
    """Nothing is held before the y; the box repeats the text, the accounts and the time."""
    posts = desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press(*["down"] * 4, "H")
        await shows(pilot, f"Hold post {posts['flood']}", "Why?")
        await types(pilot, "storm")
        await pilot.press("enter")
        await shows(pilot, "Flood warnings", "dlt, dlt-news", "Tue 14 Apr 2026 11:42 BST", "storm", "y  Hold it")
        assert states(desk, posts["flood"]) == [DeliveryState.SCHEDULED] * 2
        await pilot.press("y")
        await until(pilot, lambda: states(desk, posts["flood"]) == [DeliveryState.HELD] * 2)
        await shows(pilot, "is held. Nothing of it is sent.")


async def test_the_key_that_asked_does_not_confirm(desk: Desk) -> None:
    """H, a reason, H again: nothing is held."""
    posts = desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press(*["down"] * 4, "H", "x", "enter")
        await shows(pilot, "y  Hold it")
        await pilot.press("H")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))
    assert states(desk, posts["flood"]) == [DeliveryState.SCHEDULED] * 2


async def test_schedule_says_beforehand_what_the_gate_would_say(desk: Desk) -> None:
    """A cleared announcement: the box says it would be held, and after the y it is."""
    post = desk.cleared("New policy on buoys.", category="announcement", at=NOW + DAY)
    app = desk.app()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await shows(pilot, "Cleared")
        await pilot.press("s")
        await shows(pilot, f"Schedule post {post}", "It would be HELD")
        await pilot.press("enter")
        await shows(pilot, "y  Schedule it", "It would be HELD")
        await pilot.press("y")
        await until(pilot, lambda: states(desk, post) == [DeliveryState.HELD])
        await shows(pilot, "HELD on dlt")


async def test_f6_in_the_box_of_move_offers_the_next_free_slot_and_says_what_it_passed_over(desk: Desk) -> None:
    desk.give_slots("daily 09:00 12:00")
    desk.scheduled("Taken already.", at=NOW.replace(hour=11, minute=0))
    post = desk.scheduled("Our phone lines open.", at=NOW + timedelta(minutes=10))
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "Our phone lines open.")
        await pilot.press("m")
        await shows(pilot, "Move post", "f6  Next free slot")
        await pilot.press("f6")
        await shows(pilot, "Wed 15 Apr 2026 09:00 BST", "Passed over 1 slot")
        await pilot.press("enter")
        await shows(pilot, "y  Move it")
        await pilot.press("y")
        await shows(pilot, "Queued on dlt for Wed 15 Apr 2026 09:00 BST")
    with desk.office.store.read() as reader:
        assert [entry.due_at.isoformat() for entry in reader.deliveries(post)] == ["2026-04-15T08:00:00+00:00"]


async def test_move_gives_another_time(desk: Desk) -> None:
    """The new time is read back, confirmed, and stored in UTC."""
    posts = desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press(*["down"] * 4, "m")
        await shows(pilot, "When?")
        await types(pilot, "tomorrow 8:15")
        await shows(pilot, "Wed 15 Apr 2026 08:15 BST", "Nothing stands against it")
        await pilot.press("enter")
        await shows(pilot, "y  Move it")
        await pilot.press("y")
        await shows(pilot, "Queued on dlt for Wed 15 Apr 2026 08:15 BST")
    with desk.office.store.read() as reader:
        assert {entry.due_at.isoformat() for entry in reader.deliveries(posts["flood"])} == {"2026-04-15T07:15:00+00:00"}


async def test_release_of_what_is_still_blocked_is_refused_in_words(desk: Desk) -> None:
    """The gate's sentence reaches the person; nothing is released."""
    posts = desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press(*["down"] * 5, "r")
        await shows(pilot, "y  Release it")
        await pilot.press("y")
        await shows(pilot, "stays on hold on dlt")
    assert states(desk, posts["funding"]) == [DeliveryState.HELD]


async def test_cancel_takes_the_post_back(desk: Desk) -> None:
    """W, an empty reason, y."""
    posts = desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press(*["down"] * 4, "W", "enter")
        await shows(pilot, "y  Cancel the post")
        await pilot.press("y")
        await until(pilot, lambda: states(desk, posts["flood"]) == [DeliveryState.CANCELLED] * 2)


async def test_submit_asks_for_clearance(desk: Desk) -> None:
    """f2 on a draft, y."""
    post = desk.draft("Ready to go.", at=NOW + DAY)
    app = desk.app()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await shows(pilot, "Draft")
        await pilot.press("f2")
        await shows(pilot, "y  Submit")
        await pilot.press("y")
        await shows(pilot, "In review", f"Post {post} waits for clearance now.")


async def test_a_person_without_the_role_is_told_so(desk: Desk) -> None:
    """The viewer's hold is refused by the service, in its words."""
    posts = desk.furnish()
    app = desk.app("erin")
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press(*["down"] * 4, "H", "x", "enter")
        await shows(pilot, "y  Hold it")
        await pilot.press("y")
        await shows(pilot, "Erin Vale may not hold posts")
    assert states(desk, posts["flood"]) == [DeliveryState.SCHEDULED] * 2


async def test_a_key_that_the_tables_forbid_opens_no_box(desk: Desk) -> None:
    """A published post cannot be held, moved, edited or cancelled."""
    desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "Published")
        await pilot.press("home", "H", "m", "e", "W", "s", "r", "f2")
        await pilot.pause(0.2)
        assert isinstance(app.screen, QueueScreen)


@pytest.mark.parametrize("state", [*PostState, *DeliveryState])
@pytest.mark.parametrize(
    "action", ["submit", "review", "edit", "schedule", "move_time", "hold", "release", "withdraw", "resolve"]
)
def test_what_is_offered_is_what_the_tables_allow(state: str, action: str) -> None:
    """Nothing is offered for what is over, and only an unknown outcome is resolved."""
    if state in ("published", "cancelled"):
        assert not allowed(action, state)
    if action == "resolve":
        assert allowed(action, state) == (state == "unknown")
    if action == "hold":
        assert allowed(action, state) == (state in ("scheduled", "claimed"))


async def test_nothing_reads_or_writes_the_store_in_the_event_loop(desk: Desk) -> None:
    """A slow disk never freezes the keys: every reading and writing is in a thread."""
    posts = desk.furnish()
    store, seen_threads = desk.office.store, set()

    class Watched:
        """The store, noting who asks."""

        @contextmanager
        def read(self) -> Iterator[Reader]:
            seen_threads.add(threading.current_thread())
            with store.read() as reader:
                yield reader

        @contextmanager
        def write(self) -> Iterator[Any]:
            seen_threads.add(threading.current_thread())
            with store.write() as writer:
                yield writer

        @contextmanager
        def notices(self) -> Iterator[Any]:
            seen_threads.add(threading.current_thread())
            with store.notices() as reader:
                yield reader

        def change_mark(self) -> int:
            seen_threads.add(threading.current_thread())
            return store.change_mark()

        def server_time(self) -> datetime | None:
            seen_threads.add(threading.current_thread())
            return store.server_time()

    office = replace(desk.office, store=Watched())  # type: ignore[arg-type]  # what the interface asks of a store
    app = PurdahApp(office, desk.config, desk.actor())
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press(*["down"] * 4, "H", "x", "enter")
        await shows(pilot, "y  Hold it")
        await pilot.press("y")
        await until(pilot, lambda: states(desk, posts["flood"]) == [DeliveryState.HELD] * 2)
        await pilot.press("enter")
        await shows(pilot, "What goes out")
    assert seen_threads
    assert threading.main_thread() not in seen_threads


def test_the_summary_of_a_post_that_was_deleted_is_no_crash(desk: Desk) -> None:
    """A row that is gone between two readings is left out by the store."""
    with desk.office.store.read() as reader:
        assert reader.rows([4711]) == ()
    assert views.rows(desk.office, QueueFilter()) == ()


def _many(desk: Desk, tx: Any, count: int) -> None:
    """Many drafts in one transaction."""
    from purdah_scheduler.application.recording import record
    from purdah_scheduler.domain.content import AccountContent, Content, digest
    from purdah_scheduler.domain.posts import Post, Revision

    for number in range(count):
        words = f"Number {number}."
        content = Content(
            accounts=(AccountContent(account="dlt", channel="outbox", parts=(words,)),), category="operational-service"
        )
        at = NOW + timedelta(minutes=number + 1)
        tx.add_post(
            Post(id=0, title=words, state=PostState.DRAFT, revision=1, created_by="asha", created_at=NOW, planned_at=at),
            Revision(post=0, number=1, content=content, digest=digest(content), author="asha", at=NOW),
        )
    record(tx, desk.actor(), "posts.invented", at=NOW)


async def test_a_post_can_be_changed_while_its_box_is_open_and_the_service_decides(desk: Desk) -> None:
    """The box shows what was; what was cancelled meanwhile is not held, and the refusal says so."""
    posts = desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press(*["down"] * 4, "H", "x", "enter")
        await shows(pilot, "y  Hold it")
        writing.cancel(desk.office, desk.actor("dougal"), posts["flood"])
        await pilot.press("y")
        await shows(pilot, "nothing queued, so nothing was held")


async def test_u_takes_back_a_move_after_showing_the_verdict_at_the_former_time(desk: Desk) -> None:
    first = NOW + timedelta(hours=2)
    post = desk.scheduled("Our phone lines open.", at=first)
    scheduling.schedule(desk.office, desk.actor(), post, at=NOW + timedelta(hours=5))
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "Our phone lines open.")
        await pilot.press("u")
        await shows(pilot, "Undo the last thing you did?", "goes back to Tue 14 Apr 2026 12:42 BST", "Nothing stands against it")
        await pilot.press("y")
        await shows(pilot, f"Post {post} goes back to")
    with desk.office.store.read() as reader:
        assert [entry.due_at for entry in reader.deliveries(post)] == [first]


async def test_u_says_why_something_cannot_be_undone(desk: Desk) -> None:
    desk.submitted("Our phone lines open.")
    async with desk.app().run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "Our phone lines open.")
        await pilot.press("u")
        await shows(pilot, "people were asked to read it")


async def test_u_takes_back_an_approval(desk: Desk) -> None:
    post = desk.cleared("Our phone lines open.")
    async with desk.app("bede").run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "Our phone lines open.")
        await pilot.press("u")
        await shows(pilot, "approved post", "Your approval of post", "What needs it waits")
        await pilot.press("y")
        await shows(pilot, "is taken back")
    with desk.office.store.read() as reader:
        assert reader.post(post).state is PostState.IN_REVIEW
