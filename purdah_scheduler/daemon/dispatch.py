"""Looking at the queue: claim what is due, as many as there are free hands, and carry each out in a thread of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from pathlib import Path

from purdah_scheduler.application.awaiting import AHEAD
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.publishing import Publisher
from purdah_scheduler.daemon.journal import Journal
from purdah_scheduler.daemon.metrics import Tell, tell_nobody
from purdah_scheduler.daemon.room import check_room
from purdah_scheduler.daemon.timekeeping import ClockWatch
from purdah_scheduler.domain.posts import WAITS_FOR_A_PERSON, Delivery, DeliveryState, HoldReason
from purdah_scheduler.errors import ProductError, TryAgain

_NEVER = datetime.max.replace(tzinfo=UTC)
_SOON, _LATER = timedelta(seconds=1), timedelta(seconds=5)
_PATIENCE = (0.1, 0.5, 2.0, 5.0)
"""Seconds between tries of a claimed delivery while the store is busy; after the last its lease runs out and it goes back."""


class Dispatcher:
    """Claims and carries out. `hands` is how many deliveries are under way at most; each account has one at a time.

    `ended` is called whenever a delivery has come to an end, `broken` with a fault that this daemon cannot outlive,
    `login_refused` when a platform refused the credentials of an account. `told` is given each delivery as it came out,
    for figures.
    """

    def __init__(
        self,
        office: Office,
        publisher: Publisher,
        *,
        watch: ClockWatch,
        journal: Journal,
        hands: int,
        folder: Path,
        ended: Callable[[], None],
        broken: Callable[[ProductError], None],
        login_refused: Callable[[str], None],
        told: Tell = tell_nobody,
    ) -> None:
        self._office, self._publisher = office, publisher
        self._watch, self._journal = watch, journal
        self._hands, self._folder = hands, folder
        self._ended, self._broken, self._login_refused = ended, broken, login_refused
        self._told = told
        self._pool = ThreadPoolExecutor(hands, thread_name_prefix="delivery")
        self._lock = threading.Lock()
        self._under_way: set[Future[None]] = set()
        self._stopped = threading.Event()
        self.needs_a_person = 0
        self.without_room = False

    def look(self) -> datetime:
        """Claim and hand out everything that is due; returns when to look again. Faults are told and tried again later."""
        try:
            return self._look()
        except TryAgain as fault:
            self._journal.say_once("queue.busy", str(fault))
            return self._office.now() + _LATER
        except ProductError as fault:
            self._broken(fault)
            return self._office.now() + _LATER

    def hand_out(self, *, ahead: timedelta = timedelta(0)) -> bool:
        """Claim what is due, or will be within `ahead`, and start carrying it out; whether there was anything.

        Raises what the store raises.
        """
        free = self._hands - self.under_way
        due = self._due()
        if self._stopped.is_set() or free <= 0 or due is None or due > self._watch.believable() + ahead:
            return False
        if self._watch.aside() or not self._has_room():
            return False
        believable, booted = self._watch.believable(), self._office.clock.boot_seconds()
        claimed = self._publisher.claim(free, not_after=believable, ahead=ahead)
        self._journal.say_each(
            "delivery.claimed", ({"post": entry.post, "delivery": entry.id, "account": entry.account} for entry in claimed)
        )
        for delivery in claimed:
            begins = booted + (delivery.ready_at - believable).total_seconds()
            future = self._pool.submit(self._carry, delivery, begins)
            with self._lock:
                self._under_way.add(future)
            future.add_done_callback(self._came_back)
        return bool(claimed)

    @property
    def under_way(self) -> int:
        """How many deliveries are being carried out."""
        with self._lock:
            return len(self._under_way)

    def wait_for_one(self, seconds: float) -> None:
        """Wait until one delivery that is under way has ended, or for so long; the claims of the others are kept."""
        with self._lock:
            pending = set(self._under_way)
        wait(pending, timeout=seconds, return_when=FIRST_COMPLETED)
        try:
            self._publisher.renew()
        except TryAgain as fault:
            self._journal.say_once("queue.busy", str(fault))
        except ProductError as fault:
            self._broken(fault)

    def stop_claiming(self) -> None:
        """Nothing is claimed after this; what is under way goes on."""
        self._stopped.set()

    def close(self) -> None:
        """Let the threads go; whatever is under way is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _look(self) -> datetime:
        if self._stopped.is_set():
            return _NEVER
        while self.hand_out(ahead=AHEAD):
            pass
        self._journal.all_well("queue.busy")
        due = self._due()
        now = self._office.now()
        if due is None:
            return _NEVER
        # What is due and was not claimed waits for a hand, its account, room on the disk or the clock: the end of a delivery
        # wakes us, the others are worth a look a second.
        return due - AHEAD if due - AHEAD > now else now + _SOON

    def _due(self) -> datetime | None:
        with self._office.store.read() as reader:
            return reader.next_due_at()

    def _has_room(self) -> bool:
        try:
            check_room(self._folder)
        except TryAgain as fault:
            self.without_room = True
            self._journal.say_once("disk.full", str(fault))
            return False
        self.without_room = False
        self._journal.all_well("disk.full")
        return True

    def _came_back(self, future: Future[None]) -> None:
        with self._lock:
            self._under_way.discard(future)
        self._ended()

    def _carry(self, claimed: Delivery, begins: float) -> None:
        started = max(begins, self._office.clock.boot_seconds())
        try:
            self._tell(self._deliver(claimed, begins), started)
        except TryAgain as fault:
            self._journal.say("delivery.left", post=claimed.post, delivery=claimed.id, account=claimed.account, reason=str(fault))
        except ProductError as fault:
            self._journal.say("delivery.left", post=claimed.post, delivery=claimed.id, account=claimed.account, reason=str(fault))
            self._broken(fault)
        except Exception as fault:  # noqa: BLE001 - told, and the lease settles it: claimed goes back, sending becomes unknown
            kind = type(fault).__name__
            self._journal.say("delivery.fault", post=claimed.post, delivery=claimed.id, account=claimed.account, fault=kind)

    def _deliver(self, claimed: Delivery, begins: float) -> Delivery:
        for pause in _PATIENCE:
            try:
                return self._publisher.deliver(claimed, begins=begins)
            except TryAgain as fault:
                self._journal.say("delivery.waits", post=claimed.post, delivery=claimed.id, reason=str(fault))
                if self._stopped.wait(pause):
                    raise
        return self._publisher.deliver(claimed, begins=begins)

    def _tell(self, entry: Delivery, started: float) -> None:
        waits = entry.state in WAITS_FOR_A_PERSON
        with self._lock:
            self.needs_a_person += waits
        if entry.reason_code == HoldReason.NEEDS_LOGIN:
            self._login_refused(entry.account)
        seconds = self._office.clock.boot_seconds() - started
        self._told(entry, seconds)
        self._journal.say(
            f"delivery.{entry.state}",
            post=entry.post,
            delivery=entry.id,
            account=entry.account,
            state=str(entry.state),
            code=str(entry.reason_code) or None,
            ms=int(seconds * 1000),
            remote_id=entry.remote_id or None,
            next_step=next_step(entry) if waits else None,
        )


def next_step(entry: Delivery) -> str:
    """What a person types about a delivery that no daemon leaves by itself."""
    if entry.reason_code == HoldReason.BY_HAND:
        return f"purdah-scheduler post by-hand {entry.post} --account {entry.account}"
    if entry.state is DeliveryState.UNKNOWN:
        return f"purdah-scheduler post resolve {entry.post} --published URL | --not-published"
    return f"purdah-scheduler post show {entry.post}"
