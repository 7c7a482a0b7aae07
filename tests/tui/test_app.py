"""The frame and the process: what matters most is said first, stopping everything, crashing cleanly, a daemon of its own."""

import os
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application import calendars, stopping, views
from purdah_scheduler.bootstrap import SystemClock, open_office
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period
from purdah_scheduler.domain.posts import Heartbeat
from purdah_scheduler.errors import NeedsAttention, TryAgain
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.calendar import CalendarScreen
from purdah_scheduler.tui.compose import ComposeScreen
from purdah_scheduler.tui.news import News, news_of
from purdah_scheduler.tui.queue import QueueScreen
from purdah_scheduler.tui.review import ReviewScreen
from purdah_scheduler.tui.run import daemon_of_our_own, run_tui, settle_environment
from tests.tui.conftest import NOW, Desk
from tests.tui.seeing import picture, seen, settled, shows, types, until
from tests.tui.terminal import ROOT, Terminal

# --- line 2 -------------------------------------------------------------------------------------------------------


def news(desk: Desk, *, starting: bool = False, fault: str = "") -> News:
    """What the upper edge says of the office as it is."""
    status = views.status(desk.office)
    return news_of(status, fault=fault, now=desk.clock.at, zone=london(), department="Department", starting=starting)


def test_a_period_in_force_is_said_with_its_name_and_last_day(desk: Desk) -> None:
    """It ends at midnight, so its last day is the one before."""
    said = news(desk)
    assert said.notice.plain == "PRE-ELECTION PERIOD in force: General election 2026, to the end of Thu 7 May 2026"
    assert (said.tone, said.daemon) == ("notice", "daemon ok")


@pytest.mark.parametrize(
    ("kind", "words"),
    [(Kind.FREEZE, "FREEZE"), (Kind.DEPARTMENTAL, "2 PRE-ELECTION PERIODS"), (Kind.LOCAL, "2 PRE-ELECTION PERIODS")],
)
def test_a_freeze_is_not_called_an_election(desk: Desk, kind: Kind, words: str) -> None:
    """It stands beside the election that is in force here, and the gravest kind names the line."""
    period = Period(
        id="other",
        name="Something else",
        kind=kind,
        bodies=frozenset({Body.UK_CIVIL_SERVICE}),
        nations=frozenset({Nation.UK}),
        starts=NOW,
        ends=NOW + timedelta(days=1),
        end_mode=EndMode.MANUAL_LIFT,
    )
    calendars.declare(desk.office, desk.actor("carys"), period)
    assert news(desk).notice.plain.startswith(f"{words} in force: ")
    assert news(desk).notice.plain.endswith("until it is lifted")


def test_a_stop_of_everything_comes_before_a_period(desk: Desk) -> None:
    """With who, why and the key that ends it."""
    stopping.pause(desk.office, desk.actor("dougal"), reason="break-in")
    said = news(desk)
    assert "ALL PUBLISHING IS STOPPED" in said.notice.plain
    assert "break-in" in said.notice.plain
    assert "Press !" in said.notice.plain
    assert said.tone == "alarm"


def test_a_missing_daemon_comes_before_everything(desk: Desk) -> None:
    """Nothing else matters while nothing is published; how many posts are late is said."""
    desk.scheduled("Late already.", at=NOW + timedelta(minutes=1))
    stopping.pause(desk.office, desk.actor("dougal"), reason="break-in")
    desk.clock.at = NOW + timedelta(minutes=12)
    said = news(desk)
    assert said.notice.plain.startswith("Nothing is being published: the daemon was last seen 12 min ago. 1 post is late.")
    assert "purdah-scheduler daemon" in said.notice.plain
    assert (said.tone, said.daemon) == ("alarm", "NO DAEMON")


def test_the_daemon_is_missed_after_three_heartbeats_and_not_before(desk: Desk) -> None:
    """Fifteen seconds at five a beat."""
    desk.clock.at = NOW + timedelta(seconds=15)
    assert news(desk).daemon == "daemon ok"
    desk.clock.at = NOW + timedelta(seconds=15, milliseconds=1)
    assert news(desk).daemon == "NO DAEMON"


def test_of_two_daemons_the_silent_one_is_said_while_the_other_publishes(desk: Desk) -> None:
    desk.clock.at = NOW + timedelta(minutes=12)
    other = Heartbeat(owner="e", host="ws-pub2", pid=1, started_at=NOW, seen_at=desk.clock.at, every=5.0, version="0")
    desk.office.store.beat(other, high_water=NOW)
    said = news(desk)
    assert said.daemon == "daemon ok"
    assert said.notice.plain.startswith("A daemon is silent: ws-pub1, seen 12 min ago.")
    assert said.tone == "notice"


def test_a_daemon_that_was_just_started_is_not_missed(desk: Desk) -> None:
    """It says that it is starting."""
    desk.clock.at = NOW + timedelta(minutes=12)
    said = news(desk, starting=True)
    assert said.daemon == "daemon starting"
    assert "Nothing is being published" not in said.notice.plain


def test_a_queue_that_cannot_be_read_is_said_in_the_words_of_the_store(desk: Desk) -> None:
    """Also before anything was ever read."""
    said = news_of(None, fault="The queue is busy.", now=NOW, zone=london(), department="D", starting=False)
    assert said.notice.plain == "The queue is busy."
    assert said.tone == "alarm"


def test_with_nothing_to_say_it_says_whose_queue_this_is(desk: Desk) -> None:
    """Outside every period."""
    desk.clock.at = NOW + timedelta(days=60)
    desk.beat()
    said = news(desk)
    assert (said.notice.plain, said.tone) == ("Department", "calm")


async def test_a_dying_daemon_is_noticed_although_nothing_changes(desk: Desk) -> None:
    """Within seconds, on every screen."""
    app = desk.app()
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "daemon ok")
        desk.clock.at = NOW + timedelta(minutes=1)
        for _ in range(3):
            await pilot.pause(2)
            if "NO DAEMON" in seen(app):
                break
        assert "Nothing is being published" in seen(app)


async def test_a_store_that_fails_for_a_while_is_said_and_comes_back(desk: Desk) -> None:
    """The interface stays; nothing of the failure remains when it is over."""
    failing = True
    store = desk.office.store

    class Sick:
        """The store, which cannot be read for a while."""

        def __getattr__(self, name: str) -> object:
            return getattr(store, name)

        @contextmanager
        def read(self) -> Iterator[object]:
            if failing:
                raise TryAgain("The disk is full.")
            with store.read() as reader:
                yield reader

    app = PurdahApp(replace(desk.office, store=Sick()), desk.config, desk.actor())  # type: ignore[arg-type]  # as much of a store as is asked for
    desk.draft("Still here.", at=NOW + timedelta(hours=1))
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await shows(pilot, "The disk is full.")
        failing = False
        await shows(pilot, "PRE-ELECTION PERIOD", "Still here.")


# --- going places -------------------------------------------------------------------------------------------------


async def test_digits_lead_to_the_four_screens_and_esc_leads_back_from_compose(desk: Desk) -> None:
    """Each screen is made when it is first wanted, and the queue is as it was."""
    desk.furnish()
    app = desk.app("bede")
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "[1 Queue]", "HELD")
        await pilot.press("down", "down")
        for key, kind, words in (("4", CalendarScreen, "[4 Calendar]"), ("3", ReviewScreen, "[3 Review]")):
            await pilot.press(key)
            await shows(pilot, words)
            assert isinstance(app.screen, kind)
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        await settled(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ReviewScreen))
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))
        assert isinstance(app.screen, QueueScreen)
        assert app.screen.listing.cursor == 2


@pytest.mark.parametrize(("size", "words"), [((120, 36), "4 Calendar"), ((80, 24), " 4 ")])
async def test_a_click_on_a_name_in_line_one_goes_there(desk: Desk, size: tuple[int, int], words: str) -> None:
    """The mouse is never the only way, and it is a way."""
    app = desk.app()
    async with app.run_test(notifications=True, size=size) as pilot:
        await shows(pilot, "[1 Queue]")
        await pilot.click("Head", offset=(picture(app)[0].index(words) + 1, 0))
        await until(pilot, lambda: isinstance(app.screen, CalendarScreen))


async def test_a_click_on_a_key_in_the_footer_is_that_key(desk: Desk) -> None:
    """Help is always there to click."""
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "? Help")
        await pilot.click("Foot", offset=(picture(app)[-1].index("? Help") + 1, 0))
        await shows(pilot, "Keys: Queue")


async def test_a_screen_that_was_away_shows_what_changed_meanwhile(desk: Desk) -> None:
    """Data are read again when it comes back."""
    app = desk.app()
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "No posts are open")
        await until(pilot, lambda: app.status is not None)
        await pilot.press("4")
        await until(pilot, lambda: isinstance(app.screen, CalendarScreen))
        changes = app.changes
        desk.draft("Written meanwhile.", at=NOW + timedelta(hours=1))
        await until(pilot, lambda: app.changes > changes)
        await pilot.press("1")
        await shows(pilot, "Written meanwhile.")


# --- stopping -----------------------------------------------------------------------------------------------------


async def test_the_stop_asks_for_a_reason_and_a_y_and_is_lifted_the_same_way(desk: Desk) -> None:
    """The file that needs no database is there before anything else, and gone after."""
    stop = desk.folder / "data" / "STOP"
    app = desk.app("dougal")
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "PRE-ELECTION PERIOD")
        await pilot.press("exclamation_mark")
        await shows(pilot, "Stop all publishing", "Why?")
        await types(pilot, "break-in")
        await pilot.press("enter")
        await shows(pilot, "y  Stop everything", "break-in")
        assert not stop.exists()
        await pilot.press("y")
        await shows(pilot, "ALL PUBLISHING IS STOPPED")
        assert stop.exists()
        await pilot.press("exclamation_mark")
        await shows(pilot, "y  Let it go on")
        await pilot.press("y")
        await shows(pilot, "PRE-ELECTION PERIOD")
        assert not stop.exists()


async def test_a_stop_that_is_not_confirmed_stops_nothing(desk: Desk) -> None:
    """Enter is not a yes."""
    app = desk.app("dougal")
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "PRE-ELECTION PERIOD")
        await pilot.press("exclamation_mark", "x", "enter")
        await shows(pilot, "y  Stop everything")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))
    assert not (desk.folder / "data" / "STOP").exists()


# --- the process --------------------------------------------------------------------------------------------------


def test_without_a_terminal_it_is_refused_in_one_sentence_with_status_two(desk: Desk) -> None:
    """A pipe, cron, `ssh host command`: other programs of this kind burn a core for ever there."""
    with pytest.raises(NeedsAttention, match="There is no terminal here, so the interface was not opened") as caught:
        run_tui(desk.config.path, "asha")
    assert caught.value.exit_code == 2


def test_what_anybody_could_have_left_in_the_environment_for_textual_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some of it writes the screen to a file or presses keys."""
    for name in ("TEXTUAL_LOG", "TEXTUAL_PRESS", "TEXTUAL_DRIVER", "TEXTUAL"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("NO_COLOR", "")
    assert settle_environment() is False
    assert not [name for name in os.environ if name.startswith("TEXTUAL")]
    monkeypatch.setenv("NO_COLOR", "1")
    assert settle_environment() is True


def test_running_it_loads_no_textual_before_the_environment_is_settled() -> None:
    """Textual reads its settings when it is imported."""
    code = "import sys, purdah_scheduler.tui.run; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_interface_loads_no_network_library_and_no_channel() -> None:
    """Only the daemon talks to platforms, and only the daemon holds tokens."""
    code = textwrap.dedent(
        """
        import sys
        import purdah_scheduler.tui.run, purdah_scheduler.tui.app
        from purdah_scheduler.tui import calendar, compose, help, post, queue, review
        from purdah_scheduler import bootstrap
        import purdah_scheduler.store.sqlite
        bad = {"tweepy", "requests", "httpx", "urllib3", "apscheduler", "pydantic", "markdown_it", "purdah_scheduler.channels.x"}
        print(*sorted(bad & set(sys.modules)))
        """
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""


def test_nobody_who_has_no_queue_yet_is_left_alone_and_nothing_is_created(
    invented_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first run in an empty home: a page with the commands, and no file."""
    monkeypatch.delenv("PURDAH_CONFIG")
    before = sorted(invented_home.rglob("*"))
    terminal = Terminal("-m", "purdah_scheduler", columns=80, lines=24)
    try:
        terminal.shows("There is no queue for you", "purdah-scheduler demo", "purdah-scheduler init", "--config")
        terminal.press("q")
        assert terminal.ended() == 0
    finally:
        terminal.close()
    assert sorted(invented_home.rglob("*")) == before


CRASH = """
import sys
from purdah_scheduler.tui.queue import QueueScreen

def broken(self):
    secret = "the words of a post"
    raise ZeroDivisionError("division by zero")

QueueScreen.action_{action} = broken
from purdah_scheduler.cli.main import main
main(["--config", sys.argv[1], "--as", "asha"])
"""


def test_a_fault_of_the_program_ends_with_status_70_and_no_words_of_a_post(desk: Desk) -> None:
    """The terminal is whole again, one sentence is on it, and no values of variables are: the hook that does it still works."""
    terminal = Terminal("-c", CRASH.format(action="go_now"), str(desk.config.path))
    try:
        terminal.shows("No posts are open")
        terminal.press("t")
        assert terminal.ended() == 70
        assert "Something went wrong that should not have (ZeroDivisionError)." in terminal.text()
        assert b"the words of a post" not in terminal.received
        assert b"Traceback" not in terminal.received
        assert terminal.received.rstrip().rfind(b"\x1b[?1049l") > terminal.received.rfind(b"\x1b[?1049h")
        assert terminal.is_as_it_was()
    finally:
        terminal.close()


def test_a_fault_in_a_thread_ends_it_too(desk: Desk) -> None:
    """It is never swallowed with the worker it came from."""
    code = CRASH.replace(
        "QueueScreen.action_{action} = broken",
        "QueueScreen.refresh_data = lambda self: self.read(lambda: broken(self), print, group='x')",
    )
    terminal = Terminal("-c", code, str(desk.config.path))
    try:
        assert terminal.ended() == 70
        assert "ZeroDivisionError" in terminal.text()
        assert b"the words of a post" not in terminal.received
    finally:
        terminal.close()


def test_a_daemon_of_its_own_lives_as_long_as_the_interface(desk: Desk) -> None:
    """It is seen by its heartbeat, its log is private, and it is gone afterwards with a goodbye."""
    desk.office.store.close()
    office = open_office(desk.config, clock=SystemClock())
    try:
        with daemon_of_our_own(desk.config, wanted=True) as daemon:
            assert daemon.starting()
            assert daemon.process is not None
            pid = daemon.process.pid
            for _ in range(600):
                beat = views.status(office).heartbeat
                if beat is not None and beat.pid == pid:
                    break
                time.sleep(0.05)
            assert views.status(office).alive
        assert daemon.process.returncode == 0
        beat = views.status(office).heartbeat
        assert beat is not None
        assert (beat.pid, views.status(office).alive) == (pid, False)
        assert beat.stopped_at is not None
    finally:
        office.store.close()
    assert stat.S_IMODE((desk.folder / "data" / "daemon.log").stat().st_mode) == 0o600


def test_no_daemon_is_started_where_none_is_wanted(desk: Desk) -> None:
    """One is alive already, or nobody asked."""
    with daemon_of_our_own(desk.config, wanted=False) as daemon:
        assert daemon.process is None
        assert not daemon.starting()
