"""Waiting until a delivery's time has come, and how many are about to go on: to the gate, and to their request."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from purdah_scheduler.application.ports import Clock
from purdah_scheduler.domain.posts import Delivery

AHEAD = timedelta(seconds=0.5)
"""This long before its time a delivery may be claimed and, where that asks nobody anything, prepared."""

LEAD = timedelta(seconds=0.15)
"""This long before its time its intent may be written, in a transaction that is committed once the time has come.

Writers take turns: what that transaction has read is still true when it commits, and whatever is changed before it began counts.
"""


class Awaiting:
    """The deliveries of which threads wait for the time. Safe to use from several threads. `wait` sleeps for some seconds."""

    def __init__(self, clock: Callable[[], Clock], wait: Callable[[float], None]) -> None:
        self._clock, self._wait = clock, wait
        self._lock = threading.Lock()
        self._waiting: dict[int, datetime] = {}

    def __call__(self, claimed: Delivery, begins: float | None, *, lead: timedelta = timedelta(0)) -> None:
        """Until its time is at most `lead` away by the clock, and by `begins` (boot seconds) where that is known.

        Where the clock went back meanwhile this returns: the intent finds that it is early, and gives it back.
        """
        with self._lock:
            self._waiting[claimed.id] = claimed.ready_at - lead
        try:
            self.until(claimed.ready_at, begins, lead=lead)
        finally:
            with self._lock:
                del self._waiting[claimed.id]

    def until(self, at: datetime, begins: float | None, *, lead: timedelta = timedelta(0)) -> None:
        """The same for any moment, without being counted."""
        clock = self._clock()
        while True:
            left = (at - clock.now()).total_seconds()
            if begins is not None:
                left = max(left, begins - clock.boot_seconds())
            left -= lead.total_seconds()
            if left <= 0 or left > 2 * AHEAD.total_seconds():
                return
            self._wait(left)

    def coming(self) -> int:
        """Of how many the moment has come while their threads have not gone on yet."""
        now = self._clock().now()
        with self._lock:
            return sum(ready_at <= now for ready_at in self._waiting.values())


class Starting:
    """How many intents are on record while their requests have not begun. Safe to use from several threads.

    A request that begins late is late for its readers; what came of another one can be recorded a moment later.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left = 0

    def expect(self, requests: int) -> None:
        """So many more are about to begin."""
        with self._lock:
            self._left += requests

    def one_begins(self) -> None:
        """One of them begins, or will not after all."""
        with self._lock:
            self._left -= 1

    def coming(self) -> int:
        """How many have not begun."""
        with self._lock:
            return self._left
