"""The few jobs of the daemon on APScheduler: one look at the queue, re-armed to the next due moment, and the heartbeat.

There is no job for a post and nothing is kept here: the queue is the only truth, and a job that is lost is only a look.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

LONGEST = timedelta(seconds=30)
"""The queue is looked at this often even if nobody asks: a timer that was set wrongly costs half a minute at most."""

AFTER_A_FAULT = timedelta(seconds=5)
"""The pause after a look that failed in a way that nobody foresaw."""

_LOOK, _BEAT = "look", "beat"


class After(BaseTrigger):  # type: ignore[misc]  # APScheduler ships no type information
    """The next run is a span after now, whatever the last one was: no catching up after a sleep or a step of the clock.

    It never ends, so that the job is armed again as soon as it starts, whether or not it fails.
    """

    def __init__(self, span: Callable[[], timedelta]) -> None:
        self._span = span

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:  # noqa: ARG002 - APScheduler's
        """Always later than `now`."""
        return now + self._span()


class Timetable:
    """Runs `look`, which returns when it wants to run next, and `beat`, every `every()` seconds.

    `boot` reads seconds since boot. What a job raises is reported through `logging` and leaves it armed.
    """

    def __init__(
        self,
        *,
        look: Callable[[], datetime],
        beat: Callable[[], None],
        every: Callable[[], float],
        boot: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look, self._beat, self._every, self._boot = look, beat, every, boot
        self._arming, self._looking = threading.Lock(), threading.Lock()
        self._asked = self._picked_up = 0
        self._due_at_boot, self._busy_since = boot(), 0.0
        self._scheduler = self._made()

    def start(self) -> None:
        """Run both jobs at once, and from then on as they ask."""
        self._due_at_boot = self._boot()
        self._scheduler.start()

    def wake(self) -> None:
        """Look at the queue now, or once more if a look is under way; a hundred that ask before it begins are served by one."""
        with self._arming:
            is_armed = self._asked != self._picked_up
            self._asked += 1
            if not is_armed:
                self._arm(datetime.now(UTC))

    def wake_all(self) -> None:
        """Run both jobs now: the clock moved under their timers, or the machine slept."""
        with self._arming:
            self._asked += 1
            self._arm(datetime.now(UTC))
        self._set(_BEAT, datetime.now(UTC))

    def overdue(self) -> float:
        """For how many seconds of boot time a look should have begun; 0 while one is under way."""
        return 0.0 if self._looking.locked() else max(0.0, self._boot() - self._due_at_boot)

    def looking_for(self) -> float:
        """For how many seconds of boot time the look that is under way has gone on; 0 where there is none."""
        return max(0.0, self._boot() - self._busy_since) if self._looking.locked() else 0.0

    def begin_again(self) -> None:
        """Replace a scheduler that has died. The old one is left as it is: even asking it to stop could wait for ever."""
        self._scheduler = self._made()
        self.start()

    def stop(self) -> None:
        """No job starts after this; one that runs ends by itself."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _run_look(self) -> None:
        if not self._looking.acquire(blocking=False):
            return
        try:
            self._busy_since = self._boot()
            while True:
                self._picked_up = self._asked
                at = self._look()
                with self._arming:
                    if self._picked_up == self._asked:
                        self._arm(at)
                        return
        except BaseException:
            with self._arming:
                self._arm(datetime.now(UTC) + AFTER_A_FAULT)
            raise
        finally:
            self._looking.release()

    def _arm(self, at: datetime) -> None:
        now = datetime.now(UTC)
        at = min(at, now + LONGEST)
        self._due_at_boot = self._boot() + max(0.0, (at - now).total_seconds())
        self._set(_LOOK, at)

    def _set(self, job: str, at: datetime) -> None:
        try:
            self._scheduler.modify_job(job, next_run_time=at)
        except JobLookupError:
            if self._scheduler.running:
                self._add(self._scheduler, job, at)

    def _made(self) -> Any:
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(2)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        now = datetime.now(UTC)
        for job in (_LOOK, _BEAT):
            self._add(scheduler, job, now)
        return scheduler

    def _add(self, scheduler: Any, job: str, at: datetime) -> None:
        run, span = (self._run_look, self._look_span) if job == _LOOK else (self._beat, self._beat_span)
        scheduler.add_job(run, After(span), id=job, next_run_time=at, replace_existing=True)

    def _look_span(self) -> timedelta:
        """Soon again where somebody asked and could not be served, because the last look had not quite ended."""
        return timedelta(milliseconds=50) if self._picked_up != self._asked else LONGEST

    def _beat_span(self) -> timedelta:
        return timedelta(seconds=self._every())
