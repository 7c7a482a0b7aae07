"""Checkpoints in the daemon's log: whoever keeps the log elsewhere has a witness that the record was not rewritten or cut."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from purdah_scheduler.application.office import Office
from purdah_scheduler.application.together import Together
from purdah_scheduler.daemon.journal import Journal
from purdah_scheduler.daemon.metrics import Tell
from purdah_scheduler.domain.checkpoints import checkpoint
from purdah_scheduler.domain.posts import Delivery, DeliveryState
from purdah_scheduler.errors import ProductError

EVERY = timedelta(hours=1)


class Checkpoints:
    """Says how far the record goes: after each post that went out, and once an hour. Safe to use from several threads."""

    def __init__(self, office: Office, journal: Journal) -> None:
        self._office, self._journal = office, journal
        self._lock = threading.Lock()
        self._said_at: datetime | None = None
        self._together = Together(self._after_all)

    def after(self, tell: Tell) -> Tell:
        """The same teller of outcomes; one that is public is followed by a checkpoint."""

        def told(entry: Delivery, seconds: float) -> None:
            tell(entry, seconds)
            if entry.state is DeliveryState.PUBLISHED:
                self._together(entry)

        return told

    def _after_all(self, published: Sequence[Delivery]) -> Sequence[Delivery]:
        """What went out at the same time is followed by one checkpoint, which goes as far as the last of it."""
        self._say(self._office.now())
        return published

    def hourly(self) -> None:
        """One where the last was an hour ago, or by a clock that was put back since."""
        now, last = self._office.now(), self._said_at
        if last is None or abs(now - last) >= EVERY:
            self._say(now)

    def _say(self, now: datetime) -> None:
        with self._lock:
            try:
                with self._office.store.read() as reader:
                    last = next(reader.entries(newest_first=True, limit=1), None)
                    instance = reader.instance()
            except ProductError as fault:  # the store is asked again at once by whatever publishes, and that decides what follows
                self._journal.say_once("checkpoint.waits", str(fault))
                return
            self._journal.all_well("checkpoint.waits")
            self._said_at = now
            if last is not None:
                self._journal.say("record.checkpoint", line=checkpoint(last.seq, last.hash, instance=instance, at=now).line)
