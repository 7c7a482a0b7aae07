"""The wall clock is believed only while it agrees with the time since boot and with what is on record."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

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
