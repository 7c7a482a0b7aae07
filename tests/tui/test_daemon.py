"""The daemon on the screen: who publishes and by which clock, what waits for a person, the day, the doctor and the log."""

import json
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

import purdah_scheduler
from purdah_scheduler.application import stopping
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.notices import Notice, NoticeKind, NoticeState
from purdah_scheduler.domain.posts import Heartbeat
from purdah_scheduler.tui import daemon_acts
from purdah_scheduler.tui.daemon import DaemonScreen
from purdah_scheduler.tui.daemon_log import log_path, read_log
from purdah_scheduler.tui.doctor import Found, examine
from purdah_scheduler.tui.post import PostScreen
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import listening, picture, shows, tells, until

SIZES = [(120, 36), (80, 24)]
HOUR = timedelta(hours=1)
EVENT = {"ts": "2026-04-14T09:41:30.113Z", "event": "delivery.held", "post": 12, "reason": "a period"}


async def opened(pilot: Pilot[None]) -> DaemonScreen:
    """The daemon, once it was read."""
    await pilot.press("8")
    await until(pilot, lambda: isinstance(pilot.app.screen, DaemonScreen) and pilot.app.screen.page is not None)
    assert isinstance(pilot.app.screen, DaemonScreen)
    return pilot.app.screen


def beat(desk: Desk, **changes: object) -> None:
    """A sign of life of a daemon of this version."""
    now = desk.clock.now()
    values = {"owner": "d", "host": "ws-pub1", "pid": 4121, "started_at": now - HOUR, "seen_at": now, "every": 5.0}
    made = Heartbeat(**{**values, "version": purdah_scheduler.__version__, **changes})  # type: ignore[arg-type]  # by name
    desk.office.store.beat(made, high_water=now)


def log(desk: Desk, *events: dict[str, object]) -> None:
    """Events at the end of the log of a daemon of this machine."""
    with log_path(desk.config).open("a", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(event)}\n" for event in events)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("without_colour", [False, True])
async def test_it_shows_how_it_stands_and_what_needs_a_person(desk: Desk, size: tuple[int, int], without_colour: bool) -> None:
    desk.furnish()
    beat(desk)
    async with desk.app(without_colour=without_colour).run_test(size=size) as pilot:
        await opened(pilot)
        await shows(pilot, "√ running on ws-pub1, process 4121", "like this program", "√ ON", "purdah.db", "need a person")
        assert picture(pilot.app)[-1].endswith("? Help")  # type: ignore[arg-type]  # ours


async def test_the_list_has_what_needs_a_person_most_first_and_then_what_is_due(desk: Desk) -> None:
    posts = desk.furnish()
    async with desk.app().run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot)
        order = list(screen.listing.items)
        assert order == [posts[name] for name in ("unknown", "failed", "funding", "missed", "flood")]


async def test_the_post_under_the_cursor_says_its_next_step_and_enter_opens_it(desk: Desk) -> None:
    posts = desk.furnish()
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await shows(pilot, f"Post {posts['unknown']}", "The connection broke", f"post resolve {posts['unknown']}")
        await pilot.press("down")
        await shows(pilot, "The platform refused it", f"post edit {posts['failed']}")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PostScreen))
        await shows(pilot, f"Post {posts['failed']}")


async def test_every_daemon_is_told_the_one_that_went_silent_and_the_one_of_another_version_too(desk: Desk) -> None:
    beat(desk)
    beat(desk, owner="e", host="ws-pub2", pid=7, version="0.0.1")
    beat(desk, owner="f", host="ws-pub3", pid=8, seen_at=NOW - HOUR, started_at=NOW - 2 * HOUR)
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await shows(pilot, "on ws-pub1, process 4121", "on ws-pub2, process 7", "version 0.0.1, this program", "start it again")
        await shows(pilot, "! SILENT on ws-pub3, process 8, last seen 1 h ago")


async def test_a_daemon_that_stopped_and_a_queue_that_never_had_one_say_what_to_type(desk: Desk) -> None:
    beat(desk, stopped_at=NOW)
    async with desk.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await shows(pilot, "! STOPPED Today 10:42 on ws-pub1, process 4121.", "purdah-scheduler daemon", "nobody publishes")


async def test_a_clock_in_doubt_says_why_and_what_to_do(desk: Desk) -> None:
    beat(desk, clock_doubt="The clock of this machine was set back by 2 hours.")
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await shows(pilot, "! IN DOUBT", "set back by 2 hours", "daemon clock accept")


async def test_a_clock_that_a_platform_was_heard_of_says_how_far_it_was(desk: Desk) -> None:
    beat(desk, platform_ahead=-3.2, platform_heard_at=NOW - HOUR)
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await shows(pilot, "within 3 seconds of the platform that answered Today 09:42", "latest on record Today 10:42")


async def test_a_stop_says_by_whom_and_why_and_a_paused_account_is_named(desk: Desk) -> None:
    stopping.pause(desk.office, desk.actor("asha"), reason="It leaked.", account="dlt-news")
    async with desk.app("dougal").run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await shows(pilot, "√ ON", "= paused dlt-news, by asha since Today 10:42: It leaked.")
        stopping.pause(desk.office, desk.actor("dougal"), reason="A royal death.")
        await shows(pilot, "= STOPPED by dougal since Today 10:42: A royal death.")


async def test_the_last_day_is_told_in_figures_with_notices_that_nobody_got(desk: Desk) -> None:
    desk.furnish()
    with desk.office.store.notebook() as book:
        book.add_notice(
            Notice(
                id=0,
                channel="mail",
                people=("bede",),
                kind=NoticeKind.HELD,
                topic="t",
                items=(),
                at=NOW,
                ready_at=NOW,
                state=NoticeState.GIVEN_UP,
                fault="no such host",
            )
        )
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await shows(pilot, "1 published", "1 missed, 1 failed", "1 notice could not be told", "no such host")


async def test_what_a_colleague_settles_leaves_the_list_and_the_cursor_stays(desk: Desk) -> None:
    posts = desk.furnish()
    async with desk.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("end")
        await until(pilot, lambda: screen.listing.pointed == posts["flood"])
        desk.scheduled("Another warning.", at=NOW + timedelta(minutes=5), category="emergency-safety")
        await until(pilot, lambda: len(screen.listing.items) == 6)
        assert screen.listing.pointed == posts["flood"]


# --- the doctor ---------------------------------------------------------------------------------------------------


async def test_the_doctor_is_asked_by_its_key_and_tells_the_worst_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    found = (
        Found(name="tokens of dlt", level="bad", said="open to other users", next_step="chmod 600 dlt.toml"),
        Found(name="time", level="attention", said="no time server"),
        Found(name="queue", level="ok", said="in order"),
    )
    monkeypatch.setattr(daemon_acts, "examine", lambda *_args, **_more: found)
    async with desk.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await shows(pilot, "looks everything over")
        await pilot.press("D")
        await shows(
            pilot, "BAD  tokens of dlt", "chmod 600 dlt.toml", "LOOK  time", "√ 1 check in order: queue", "as of Today 10:42"
        )


def test_the_doctor_is_the_command_of_that_name_in_a_process_of_its_own(desk: Desk) -> None:
    found = examine(desk.config, left=lambda: False)
    names = [one.name for one in found]
    assert {"version", "configuration", "queue", "record"} <= set(names)
    levels = [one.level for one in found]
    assert levels == sorted(levels, key=("bad", "attention", "ok").index)


def test_a_doctor_that_nobody_waits_for_any_more_is_ended(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("purdah_scheduler.tui.doctor._LOOK", 0.001)
    (found,) = examine(desk.config, left=lambda: True)
    assert "ended" in found.said


def test_a_configuration_that_cannot_be_read_is_a_finding(desk: Desk) -> None:
    first = examine(replace(desk.config, path=desk.folder / "none.toml"), left=lambda: False)[0]
    assert (first.name, first.level) == ("configuration", "bad")


def test_a_doctor_that_does_not_answer_is_a_finding(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    (found,) = examine(desk.config, left=lambda: False)
    assert (found.level, found.next_step) == ("bad", "purdah-scheduler doctor")
    assert "status 1" in found.said


# --- the log ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_the_log_is_followed_by_its_key(desk: Desk, size: tuple[int, int]) -> None:
    log(desk, EVENT)
    async with desk.app().run_test(size=size) as pilot:
        screen = await opened(pilot)
        await until(pilot, lambda: screen.log_end is not None)
        await pilot.press("f")
        await shows(pilot, "10:41:30 delivery.held  post=12  reason=a period")
        log(desk, {**EVENT, "event": "delivery.published"})
        await shows(pilot, "delivery.published")
        await pilot.press("f")
        await until(pilot, lambda: not screen.following)


async def test_without_a_log_the_key_says_where_to_look(desk: Desk) -> None:
    app = desk.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        heard = listening(app)
        await opened(pilot)
        await pilot.press("f")
        await tells(pilot, heard, "journalctl -u purdah-scheduler -f")


def test_only_the_end_of_a_long_log_is_read_and_what_is_no_event_stands_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "daemon.log"
    path.write_text(
        "".join(f'{{"ts": "2026-04-14T09:41:30Z", "event": "n{number}"}}\n' for number in range(5_000)) + "Traceback\n[1]\n"
    )
    end = read_log(path, london())
    assert end is not None
    assert len(end.lines) == 200
    assert end.lines[-3:] == ("10:41:30 n4999", "Traceback", "[1]")


def test_a_log_that_is_a_link_or_a_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("secret\n", "utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert read_log(tmp_path / "link", london()) is None
    assert read_log(tmp_path, london()) is None
    assert read_log(tmp_path / "none", london()) is None


async def test_copying_sends_how_it_stands_and_claims_no_more(desk: Desk) -> None:
    app = desk.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        await shows(pilot, "√ ON")
        await pilot.press("y")
        await shows(pilot, "How it stands: sent to the terminal")
        assert "running on ws-pub1, process 4121" in app.clipboard
        assert str(desk.config.store_path) in app.clipboard


async def test_nothing_waits_says_so(desk: Desk) -> None:
    app = desk.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        heard = listening(app)
        await opened(pilot)
        await shows(pilot, "No post is queued, and none needs a person.")
        await pilot.press("enter")
        await tells(pilot, heard, "No post is queued")
