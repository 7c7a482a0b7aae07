"""The daemon's sign of life in the store: who it is, that it is alive, and what it thinks of the clock."""

import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import purdah_scheduler
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.timekeeping import ADVICE, SET_IT, TOLERANCE
from purdah_scheduler.daemon.journal import Journal
from purdah_scheduler.daemon.residence import Residence
from purdah_scheduler.daemon.timekeeping import ClockWatch
from purdah_scheduler.domain.posts import Heartbeat
from purdah_scheduler.errors import ProductError, TryAgain

_FORGOTTEN_AFTER = timedelta(days=7)
"""A daemon on another machine that was not seen for so long is not coming back."""


class Pulse:
    """Beats for one run of the daemon. `every` is the pause between two beats in seconds; `broken` is told a fault that lasts.

    `alone`: it is certain that no other daemon lives on this store.
    Safe to use from several threads; after the goodbye nothing more is written.
    """

    def __init__(
        self,
        office: Office,
        *,
        owner: str,
        watch: ClockWatch,
        accepted_at: datetime | None,
        alone: bool,
        residence: Residence,
        journal: Journal,
        every: Callable[[], float],
        broken: Callable[[ProductError], None],
    ) -> None:
        self._office, self._owner, self._watch, self._journal = office, owner, watch, journal
        self._accepted_at = accepted_at
        self._alone, self._forgotten = alone, False
        self._residence = residence
        self._every, self._broken = every, broken
        self._started_at = office.now()
        self._lock, self._said_goodbye = threading.Lock(), False
        self._tried_at = office.clock.boot_seconds()

    @property
    def silent_for(self) -> float:
        """Seconds of boot time since the last beat was tried, whether or not the store took it."""
        return self._office.clock.boot_seconds() - self._tried_at

    def beat(self, *, must: bool = False, stopped: bool = False) -> None:
        """Write that the daemon is alive, or with `stopped` that it said goodbye. Only with `must` a fault is raised."""
        self._tried_at = self._office.clock.boot_seconds()
        now, told = self._office.now(), self._watch.platform()
        beat = Heartbeat(
            owner=self._owner,
            host=socket.gethostname(),
            pid=os.getpid(),
            started_at=self._started_at,
            seen_at=now,
            every=self._every(),
            version=purdah_scheduler.__version__,
            stopped_at=now if stopped else None,
            clock_doubt=self._watch.doubt() or self._watch.aside(),
            platform_ahead=told.ahead(told.heard_at, told.boot).total_seconds() if told else None,
            platform_heard_at=told.heard_at if told else None,
        )
        try:
            with self._lock:
                if self._said_goodbye:
                    return
                # A clock in doubt must not become the time that later starts are measured by.
                forget = () if self._forgotten else self._gone(now)
                self._office.store.beat(beat, high_water=self._watch.believable(), forget=forget)
                self._forgotten = True
                self._said_goodbye = stopped
                self._residence.remember(self._office)
            self._journal.all_well("heartbeat.lost")
        except ProductError as fault:
            if must:
                raise
            self._journal.say_once("heartbeat.lost", str(fault))
            if not isinstance(fault, TryAgain):
                self._broken(fault)

    def look_at_the_clock(self) -> bool:
        """Say whether the clock is in doubt; whether a person has accepted it since, so that it is believed again."""
        accepted = self._accepted()
        doubts = {"clock.doubt": self._watch.doubt(), "clock.differs": self._watch.aside()}
        for event, doubt in doubts.items():
            if doubt:
                self._journal.say_once(event, f"{doubt} {ADVICE if event == 'clock.doubt' else SET_IT}")
            else:
                self._journal.all_well(event)
        return accepted

    def _gone(self, now: datetime) -> tuple[str, ...]:
        """Of the daemons that are on record, those that are known to be gone when this one begins."""
        with self._office.store.read() as reader:
            beats = reader.heartbeats()
        return tuple(beat.owner for beat in beats if self._alone or self._is_gone(beat, now))

    def _is_gone(self, beat: Heartbeat, now: datetime) -> bool:
        """It said goodbye, its process on this machine has ended, or nothing was seen of it for a week.

        One that lives all the same is on record again with its next beat.
        """
        if beat.stopped_at is not None or now - beat.seen_at > _FORGOTTEN_AFTER:
            return True
        return beat.host == socket.gethostname() and not (beat.pid != os.getpid() and _runs(beat.pid))

    def _accepted(self) -> bool:
        try:
            with self._office.store.read() as reader:
                accepted_at, high_water = reader.clock_accepted_at(), reader.high_water()
        except TryAgain as fault:
            self._journal.say_once("queue.busy", str(fault))
            return False
        except ProductError as fault:
            self._broken(fault)
            return False
        if accepted_at is None or accepted_at == self._accepted_at:
            return False
        self._accepted_at = accepted_at
        # One moment of the clock was accepted: not what it was set to since, and not the clock of another machine.
        if abs(self._office.now() - accepted_at) > TOLERANCE + timedelta(seconds=2 * self._every()):
            return False
        self._watch.begin(high_water)
        self._journal.say("clock.accepted")
        return True


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True
