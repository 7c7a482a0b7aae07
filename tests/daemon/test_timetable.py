"""The timer is always armed: after a fault, after a look that somebody asked for meanwhile, and after its scheduler died."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from purdah_scheduler.daemon import timetable
from purdah_scheduler.daemon.timetable import After, Timetable
from tests.daemon.processes import until

NEVER = datetime.max.replace(tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_safety_net(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look that is had anyway would hide a request that was lost."""
    monkeypatch.setattr(timetable, "LONGEST", timedelta(hours=1))


def idle() -> None:
    """A heartbeat that does nothing."""


@contextmanager
def kept(look: Callable[[], datetime], *, beat: Callable[[], None] = idle, every: float = 60.0) -> Iterator[Timetable]:
    """A timetable that runs for as long as the block."""
    table = Timetable(look=look, beat=beat, every=lambda: every)
    table.start()
    try:
        yield table
    finally:
        table.stop()


class Looks:
    """Counts looks and says when the next is wanted."""

    def __init__(self, wants: Callable[[], datetime] = lambda: NEVER) -> None:
        self.at: list[datetime] = []
        self.wants = wants

    def __call__(self) -> datetime:
        self.at.append(datetime.now(UTC))
        return self.wants()

    def since(self, moment: datetime) -> bool:
        """Whether a look began at or after that moment."""
        return bool(self.at) and self.at[-1] >= moment


def test_the_first_look_is_at_once_and_the_next_when_it_was_asked_for_never_early() -> None:
    wanted: list[datetime] = []

    def soon() -> datetime:
        wanted.append(datetime.now(UTC) + timedelta(seconds=0.2))
        return wanted[-1]

    looks = Looks(soon)
    with kept(looks):
        until(lambda: len(looks.at) >= 4)
    assert all(at >= asked for asked, at in zip(wanted, looks.at[1:], strict=False))


def test_a_look_is_had_at_once_when_somebody_asks() -> None:
    looks = Looks()
    with kept(looks) as table:
        until(lambda: len(looks.at) == 1)
        table.wake()
        until(lambda: len(looks.at) == 2)


def test_asking_while_a_look_is_under_way_has_another_look_at_once() -> None:
    """What changed after it read the queue must not wait for the timer that it is about to set."""
    entered, go_on = threading.Event(), threading.Event()
    looks: list[None] = []

    def slow() -> datetime:
        looks.append(None)
        entered.set()
        go_on.wait(20)
        return NEVER

    with kept(slow) as table:
        assert entered.wait(20)
        table.wake()
        assert len(looks) == 1
        go_on.set()
        until(lambda: len(looks) == 2)


def test_no_request_is_lost_however_they_fall() -> None:
    """Each request is followed by a look that began after it."""
    looks = Looks()
    with kept(looks) as table:
        asked = datetime.now(UTC)
        for number in range(150):
            asked = datetime.now(UTC)
            table.wake()
            if number % 3 == 0:
                until(partial(looks.since, asked))
        until(partial(looks.since, asked))


def test_a_request_that_finds_the_last_look_not_quite_ended_is_tried_again_soon() -> None:
    """APScheduler skips a job that still counts as running; the trigger then has to come back, not to wait for the timer."""
    table = Timetable(look=Looks(), beat=idle, every=lambda: 60.0)
    assert table._look_span() == timedelta(hours=1)
    table._asked += 1
    assert table._look_span() == timedelta(milliseconds=50)


def test_a_look_that_fails_leaves_the_timer_armed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timetable, "AFTER_A_FAULT", timedelta(seconds=0.05))
    failed: list[None] = []

    def failing() -> datetime:
        failed.append(None)
        raise KeyError("nobody foresaw this")

    with kept(failing):
        until(lambda: len(failed) >= 3)


def test_a_heartbeat_that_fails_beats_on() -> None:
    beats: list[None] = []

    def failing() -> None:
        beats.append(None)
        raise KeyError("nobody foresaw this")

    with kept(Looks(), beat=failing, every=0.05):
        until(lambda: len(beats) >= 3)


def test_a_heartbeat_goes_on_while_a_look_hangs() -> None:
    go_on = threading.Event()
    beats: list[None] = []

    def hangs() -> datetime:
        go_on.wait(20)
        return NEVER

    with kept(hangs, beat=lambda: beats.append(None), every=0.05) as table:
        until(lambda: len(beats) >= 5)
        assert table.looking_for() > 0
        assert table.overdue() == 0
        go_on.set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_scheduler_that_died_is_noticed_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Looks(lambda: datetime.now(UTC) + timedelta(seconds=0.05))
    honest = BackgroundScheduler._process_jobs

    def dies(scheduler: BackgroundScheduler) -> float:
        raise MemoryError

    with kept(looks) as table:
        until(lambda: len(looks.at) >= 2)
        monkeypatch.setattr(BackgroundScheduler, "_process_jobs", dies)
        until(lambda: table.overdue() > 0.5)
        seen = len(looks.at)
        monkeypatch.setattr(BackgroundScheduler, "_process_jobs", honest)
        table.begin_again()
        until(lambda: len(looks.at) > seen + 2)
        assert table.overdue() < 10


def test_a_trigger_never_catches_up_and_never_ends() -> None:
    trigger = After(lambda: timedelta(seconds=5))
    now = datetime(2026, 4, 7, 12, 0, tzinfo=UTC)
    assert trigger.get_next_fire_time(None, now) == now + timedelta(seconds=5)
    assert trigger.get_next_fire_time(now - timedelta(days=7000), now) == now + timedelta(seconds=5)


def test_nothing_runs_after_the_end() -> None:
    looks = Looks()
    with kept(looks) as table:
        until(lambda: looks.at)
    table.wake()
    table.wake_all()
    assert len(looks.at) == 1
