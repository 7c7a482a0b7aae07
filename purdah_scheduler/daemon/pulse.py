"""The daemon's sign of life in the store: who it is, that it is alive, and what it thinks of the clock."""

import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import purdah_scheduler
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.timekeeping import ADVICE, TOLERANCE
from purdah_scheduler.daemon.journal import Journal
from purdah_scheduler.daemon.residence import Residence
from purdah_scheduler.daemon.timekeeping import ClockWatch
from purdah_scheduler.domain.posts import Heartbeat
from purdah_scheduler.errors import ProductError, TryAgain


class Pulse:
    """Beats for one run of the daemon. `every` is the pause between two beats in seconds; `broken` is told a fault that lasts.

    Safe to use from several threads; after the goodbye nothing more is written.
    """

    def __init__(
        self,
        office: Office,
        *,
        owner: str,
        watch: ClockWatch,
        accepted_at: datetime | None,
        residence: Residence,
        journal: Journal,
        every: Callable[[], float],
        broken: Callable[[ProductError], None],
    ) -> None:
        self._office, self._owner, self._watch, self._journal = office, owner, watch, journal
        self._accepted_at = accepted_at
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
            clock_doubt=self._watch.doubt(),
            platform_ahead=told.ahead(told.heard_at, told.boot).total_seconds() if told else None,
            platform_heard_at=told.heard_at if told else None,
        )
        try:
            with self._lock:
                if self._said_goodbye:
                    return
                # A clock in doubt must not become the time that later starts are measured by.
                self._office.store.beat(beat, high_water=self._watch.believable())
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
        doubt = self._watch.doubt()
        if doubt:
            self._journal.say_once("clock.doubt", f"{doubt} {ADVICE}")
        else:
            self._journal.all_well("clock.doubt")
        return accepted

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
