"""The watch on the store: what other processes change is seen within a second, and read by nobody in vain."""

import threading
from collections.abc import Callable
from contextlib import suppress

from textual.message import Message
from textual.worker import get_current_worker

from purdah_scheduler.application import views
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.views import Status
from purdah_scheduler.errors import ProductError

EVERY = 1.0
"""Seconds between two looks: each asks the store for one number, which costs microseconds."""

_ROUNDS = 5
"""So many looks until the status is read although nothing changed: a daemon that dies changes nothing."""


class Watch:
    """Looks at the store until `leaving` is set, and posts what it has seen. Runs in a thread of its own."""

    class Seen(Message):
        """The state of the house, and whether anything was changed since the last look; `fault` where it could not be read."""

        def __init__(self, status: Status | None, *, changed: bool, fault: str = "") -> None:
            super().__init__()
            self.status = status
            self.changed = changed
            self.fault = fault

    def __init__(self, office: Office, post: Callable[[Message], object], leaving: threading.Event) -> None:
        self.office = office
        self.post = post
        self.leaving = leaving
        self._latest: int | None = None
        self._mark: int | None = None

    def begin(self) -> Status | None:
        """The state of the house before anything is shown, and how far the record goes: what is added from now on is a change.

        Where it cannot be read the first look tells of a change: a list may have been read before it, and changed since.
        """
        with suppress(ProductError):
            mark, self._latest = self.office.store.change_mark(), self._latest_entry()
            status = views.status(self.office)
            self._mark = mark
            return status
        return None

    def run(self) -> None:
        """Look, and look again."""
        worker = get_current_worker()
        mark = self._mark
        rounds = 0 if mark is None else 1
        while not worker.is_cancelled and not self.leaving.is_set():
            try:
                seen = self.office.store.change_mark()
                if seen != mark or rounds % _ROUNDS == 0:
                    status, entry = views.status(self.office), self._latest_entry()
                    self.post(self.Seen(status, changed=entry != self._latest))
                    mark, self._latest = seen, entry
            except ProductError as fault:
                self.post(self.Seen(None, changed=False, fault=str(fault)))
                mark = None
            rounds += 1
            self.leaving.wait(EVERY)

    def _latest_entry(self) -> int:
        """The number of the last entry of the record: it rises with every change, and not with a heartbeat."""
        with self.office.store.read() as reader:
            return next((entry.seq for entry in reader.entries(newest_first=True, limit=1)), 0)
