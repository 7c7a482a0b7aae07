"""Looking on the platforms for posts whose outcome is unknown, beside the dispatch: never in the way of what is due."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from purdah_scheduler.application.office import Office
from purdah_scheduler.application.publishing import Publisher
from purdah_scheduler.daemon.dispatch import next_step
from purdah_scheduler.daemon.journal import Journal
from purdah_scheduler.daemon.timekeeping import ClockWatch
from purdah_scheduler.domain.posts import Delivery, DeliveryState
from purdah_scheduler.errors import ProductError, TryAgain

_AT_ONCE = 2
"""Looks under way at most; an account has one at a time, and the next not before the next heartbeat."""

_AFTER_A_FAULT = timedelta(minutes=1)
_NEVER = datetime.max.replace(tzinfo=UTC)


class Looker:
    """Starts the looks that are due, each in a thread of its own that a stopping daemon does not wait for: it only reads.

    `broken` is told a fault of the store that this daemon cannot outlive.
    """

    def __init__(
        self,
        office: Office,
        publisher: Publisher,
        *,
        watch: ClockWatch,
        journal: Journal,
        broken: Callable[[ProductError], None],
    ) -> None:
        self._office, self._publisher = office, publisher
        self._watch, self._journal, self._broken = watch, journal, broken
        self._lock = threading.Lock()
        self._busy: set[str] = set()
        self._not_before: dict[str, datetime] = {}
        self._next = datetime.min.replace(tzinfo=UTC)

    def changed(self) -> None:
        """The queue is not what it was: see at the next turn what is to be looked up."""
        self._next = datetime.min.replace(tzinfo=UTC)

    def turn(self) -> None:
        """Start what is due. While the clock is in doubt nothing is: two looks apart would prove nothing."""
        now = self._office.now()
        if now < self._next or self._watch.doubt():
            return
        self._next = _NEVER
        try:
            wanted = self._publisher.to_look_up()
        except TryAgain as fault:
            self.changed()
            self._journal.say_once("queue.busy", str(fault))
            return
        except ProductError as fault:
            self._broken(fault)
            return
        for at, entry in wanted:
            if at > now or not self._take(entry.account, now):
                self._next = min(self._next, max(at, now))
                continue
            threading.Thread(target=self._look, args=(entry,), name="look-up", daemon=True).start()

    def _take(self, account: str, now: datetime) -> bool:
        with self._lock:
            if account in self._busy or len(self._busy) >= _AT_ONCE or now < self._not_before.get(account, now):
                return False
            self._busy.add(account)
        return True

    def _look(self, entry: Delivery) -> None:
        try:
            self._tell(self._publisher.look_up(entry))
        except TryAgain as fault:
            self._journal.say_once("queue.busy", str(fault))
        except ProductError as fault:
            self._broken(fault)
        except Exception as fault:  # noqa: BLE001 - told, and the account is left alone for a while
            self._not_before[entry.account] = self._office.now() + _AFTER_A_FAULT
            self._journal.say(
                "look-up.fault", post=entry.post, delivery=entry.id, account=entry.account, fault=type(fault).__name__
            )
        finally:
            with self._lock:
                self._busy.discard(entry.account)
            self.changed()

    def _tell(self, entry: Delivery) -> None:
        settled = entry.state is not DeliveryState.UNKNOWN
        self._journal.say(
            f"delivery.{entry.state}" if settled else "delivery.looked-up",
            post=entry.post,
            delivery=entry.id,
            account=entry.account,
            state=str(entry.state),
            code=str(entry.reason_code) or None,
            remote_id=entry.remote_id or None,
            next_step=next_step(entry) if entry.state is DeliveryState.HELD else None,
        )
