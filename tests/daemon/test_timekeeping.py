"""The wall clock is believed only while it agrees with boot time, with what is on record, and with what platforms say."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from purdah_scheduler.bootstrap import SystemClock
from purdah_scheduler.daemon.timekeeping import ClockWatch

NOON = datetime(2026, 4, 7, 12, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)


@dataclass
class TwoClocks:
    """A wall clock and a boot clock that a test moves apart."""

    wall: datetime = NOON
    boot: float = 50.0

    def now(self) -> datetime:
        return self.wall

    def boot_seconds(self) -> float:
        return self.boot

    def passes(self, span: timedelta) -> None:
        self.wall += span
        self.boot += span.total_seconds()


@pytest.fixture
def clock() -> TwoClocks:
    return TwoClocks()


@pytest.mark.parametrize("step", [30 * SECOND, -30 * SECOND, timedelta(0)])
def test_a_step_of_up_to_thirty_seconds_is_believed(clock: TwoClocks, step: timedelta) -> None:
    watch = ClockWatch(clock, high_water=None)
    clock.passes(timedelta(days=3))
    clock.wall += step
    assert watch.doubt() == ""


@pytest.mark.parametrize(("step", "way"), [(30 * SECOND + TICK, "forward"), (-30 * SECOND - TICK, "back")])
def test_a_larger_step_either_way_puts_it_in_doubt(clock: TwoClocks, step: timedelta, way: str) -> None:
    watch = ClockWatch(clock, high_water=None)
    clock.passes(timedelta(hours=1))
    clock.wall += step
    assert f"set {way} by 30 seconds" in watch.doubt()
    assert "nothing is sent" in watch.doubt()


def test_a_sleep_is_no_step(clock: TwoClocks) -> None:
    watch = ClockWatch(clock, high_water=None)
    clock.passes(timedelta(days=2))
    assert watch.doubt() == ""
    assert not watch.stepped()


def test_the_doubt_ends_when_the_clocks_agree_again_or_a_new_watch_begins(clock: TwoClocks) -> None:
    watch = ClockWatch(clock, high_water=None)
    clock.wall += timedelta(hours=2)
    assert "forward by 2 hours" in watch.doubt()
    assert ClockWatch(clock, high_water=None).doubt() == ""
    clock.wall -= timedelta(hours=2)
    assert watch.doubt() == ""


@pytest.mark.parametrize(("behind", "doubted"), [(30 * SECOND, False), (30 * SECOND + TICK, True)])
def test_a_start_more_than_thirty_seconds_before_the_latest_time_on_record_is_in_doubt(
    clock: TwoClocks, behind: timedelta, doubted: bool
) -> None:
    watch = ClockWatch(clock, high_water=NOON + behind)
    assert bool(watch.doubt()) is doubted
    clock.passes(SECOND)
    assert watch.doubt() == ""


def test_nothing_is_due_by_a_clock_that_was_set_forward_or_back(clock: TwoClocks) -> None:
    watch = ClockWatch(clock, high_water=None)
    clock.passes(timedelta(minutes=1))
    clock.wall += timedelta(days=400)
    assert watch.believable() == NOON + timedelta(minutes=1)
    clock.wall -= timedelta(days=800)
    assert watch.believable() == clock.wall


def test_a_step_is_noticed_once_for_the_timers_that_it_made_wrong(clock: TwoClocks) -> None:
    watch = ClockWatch(clock, high_water=None)
    clock.wall -= timedelta(hours=1)
    assert watch.stepped()
    assert not watch.stepped()
    clock.passes(timedelta(minutes=5))
    assert not watch.stepped()
    clock.wall += timedelta(hours=1)
    assert watch.stepped()


def test_a_reading_that_the_machine_slept_through_is_read_again() -> None:
    """Else the first sleep between two readings would put a good clock in doubt for ever."""

    class Sleepy(TwoClocks):
        readings = 0

        def boot_seconds(self) -> float:
            self.readings += 1
            if self.readings == 2:
                self.passes(timedelta(hours=1))
            return self.boot

    clock = Sleepy()
    watch = ClockWatch(clock, high_water=None)
    assert watch.doubt() == ""
    assert watch.believable() == clock.wall


# --- what platforms say -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (120 * SECOND, ""),
        (-120 * SECOND, ""),
        (120 * SECOND + TICK, "2 minutes behind"),
        (-120 * SECOND - TICK, "2 minutes ahead of"),
        (timedelta(days=400), "400 days behind"),
    ],
)
def test_a_platform_that_dates_its_answers_over_two_minutes_away_puts_the_clock_in_doubt(
    clock: TwoClocks, said: timedelta, words: str
) -> None:
    watch = ClockWatch(clock, high_water=None)
    watch.hear("x-main", clock.wall + said)
    clock.passes(timedelta(hours=5))
    doubt = watch.doubt()
    assert bool(doubt) is bool(words)
    assert words in doubt
    assert not words or "the platform of x-main" in doubt


def test_one_platform_that_differs_is_enough_and_its_next_answer_can_end_it(clock: TwoClocks) -> None:
    watch = ClockWatch(clock, high_water=None)
    watch.hear("x-main", clock.wall + timedelta(hours=1))
    watch.hear("x-other", clock.wall)
    assert "x-main" in watch.doubt()
    watch.hear("x-main", clock.wall)
    assert watch.doubt() == ""


def test_setting_the_clock_right_ends_the_doubt_of_a_platform_and_is_no_step(clock: TwoClocks) -> None:
    watch = ClockWatch(clock, high_water=None)
    watch.hear("x-main", clock.wall + timedelta(hours=1))
    clock.passes(timedelta(minutes=5))
    clock.wall += timedelta(hours=1)
    assert watch.doubt() == ""
    assert watch.believable() == clock.wall
    clock.wall += timedelta(hours=1)
    assert watch.doubt()


def test_a_step_away_from_what_the_platforms_say_is_a_step(clock: TwoClocks) -> None:
    watch = ClockWatch(clock, high_water=None)
    watch.hear("x-main", clock.wall)
    clock.wall += timedelta(seconds=90)
    assert "set forward by 90 seconds" in watch.doubt()
    assert watch.believable() == NOON


def test_a_platform_that_agrees_does_not_make_up_for_a_clock_behind_the_record(clock: TwoClocks) -> None:
    watch = ClockWatch(clock, high_water=clock.wall + timedelta(days=365))
    watch.hear("x-main", clock.wall)
    assert "365 days behind the latest time" in watch.doubt()


def test_what_was_heard_last_is_told(clock: TwoClocks) -> None:
    watch = ClockWatch(clock, high_water=None)
    assert watch.platform() is None
    watch.hear("x-main", clock.wall - 3 * SECOND)
    clock.passes(SECOND)
    watch.hear("x-other", clock.wall)
    told = watch.platform()
    assert told is not None
    assert (told.account, told.heard_at) == ("x-other", clock.wall)


def test_an_accepted_clock_is_believed_until_it_is_set_again(clock: TwoClocks) -> None:
    watch = ClockWatch(clock, high_water=clock.wall + timedelta(days=1))
    watch.hear("x-main", clock.wall + timedelta(hours=3))
    clock.wall -= timedelta(hours=1)
    assert watch.doubt()
    watch.begin(clock.wall)
    assert watch.doubt() == ""
    assert watch.believable() == clock.wall
    clock.wall -= timedelta(seconds=31)
    assert "back by 31 seconds" in watch.doubt()


# --- zones --------------------------------------------------------------------------------------------------------


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The zone of the process may be changed, and is put back."""
    yield monkeypatch
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("to", ["Pacific/Kiritimati", "America/Los_Angeles", "Etc/GMT+12", "Nowhere/At_All"])
def test_a_change_of_the_zone_of_the_machine_is_no_change_of_its_clock(zone: pytest.MonkeyPatch, to: str) -> None:
    zone.setenv("TZ", "Europe/London")
    time.tzset()
    clock = SystemClock()
    watch = ClockWatch(clock, high_water=clock.now())
    zone.setenv("TZ", to)
    time.tzset()
    assert watch.doubt() == ""
    assert not watch.stepped()
    assert clock.now() - watch.believable() < SECOND


@pytest.mark.parametrize("night", [datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)])
def test_a_night_on_which_the_clocks_of_people_change_is_a_night_like_any_other(clock: TwoClocks, night: datetime) -> None:
    clock.wall = night
    watch = ClockWatch(clock, high_water=night)
    for _ in range(180):
        clock.passes(timedelta(minutes=1))
        assert watch.doubt() == ""
        assert not watch.stepped()
