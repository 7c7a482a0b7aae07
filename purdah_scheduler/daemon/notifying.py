"""Telling people, beside the jobs: a thread of its own that no post waits for and whose faults are only told."""

import threading
from datetime import datetime

from purdah_scheduler import bootstrap
from purdah_scheduler.application import noticing, telling
from purdah_scheduler.application.daemons import daemons_of
from purdah_scheduler.application.office import Office
from purdah_scheduler.config import Config
from purdah_scheduler.daemon.journal import Journal
from purdah_scheduler.domain.notices import Notice, NoticeState
from purdah_scheduler.errors import ProductError

_EVERY = 2.0
"""Seconds between two looks at the record."""

_BY_THE_CLOCK = 15
"""Looks between two at the calendar and the time of the digest."""

_LAST_WAIT = 2.0
"""Seconds that an ending daemon waits for the message under way; what it did not hear of is told again by the next one."""


class Notifying:
    """Makes notices and tells them.

    Nothing that goes wrong here reaches the jobs: it becomes a line of the journal, and the next look tries again.
    """

    def __init__(self, config: Config, office: Office, journal: Journal) -> None:
        self._journal = journal
        self._over = threading.Event()
        self._looks = 0
        self.adopt(config, office)
        self._silent_since = self._last_seen()
        self._thread = threading.Thread(target=self._run, name="notices", daemon=True)

    def adopt(self, config: Config, office: Office) -> None:
        """Work by these rules and channels from now on."""
        self._work = (office, bootstrap.make_notifier(config, give_up=self._over.is_set))

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def once(self) -> None:
        """One look, for a daemon that does what is due now and leaves: what is not ready is told by the next."""
        self._look()

    def stop(self) -> None:
        """Begin no message any more, and wait a moment for the one that is under way."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(_LAST_WAIT)

    def _run(self) -> None:
        while not self._over.is_set():
            self._look(resident=True)
            self._over.wait(_EVERY)

    def _look(self, *, resident: bool = False) -> None:
        office, notifier = self._work
        try:
            if not office.house.notices.ways:
                return
            if resident and self._silent_since is not None:
                telling.note_return(office, self._silent_since)
                self._silent_since = None
            if resident and self._looks % _BY_THE_CLOCK == 0:
                telling.note_silent_ones(office)
            while noticing.gather(office, by_the_clock=self._looks % _BY_THE_CLOCK == 0) and not self._over.is_set():
                continue
            if not self._looks:
                self._journal.say("notify.begun", channels=len(office.house.notices.ways))
            self._looks += 1
            telling.tell_ready(office, notifier, told=self._told, go_on=lambda: not self._over.is_set())
            telling.note_break_glass_told(office)
            self._journal.all_well("notify.waits")
        except ProductError as fault:
            self._journal.say_once("notify.waits", str(fault))
        except Exception as fault:  # noqa: BLE001 - named in the journal; a message must never end what publishes
            self._journal.say_once("notify.fault", type(fault).__name__)

    def _last_seen(self) -> datetime | None:
        """When a daemon was last seen: asked before this one is seen itself."""
        office = self._work[0]
        try:
            with office.store.read() as reader:
                last = daemons_of(reader, office.now()).last
        except ProductError as fault:
            self._journal.say_once("notify.waits", str(fault))
            return None
        return None if last is None else last.last_sign_at

    def _told(self, notice: Notice) -> None:
        event = {NoticeState.SENT: "notify.sent", NoticeState.GIVEN_UP: "notify.given-up"}.get(notice.state, "notify.not-taken")
        self._journal.say(
            event,
            notice=notice.id,
            channel=notice.channel,
            kind=str(notice.kind),
            tries=notice.tries,
            reason=notice.fault or None,
        )
