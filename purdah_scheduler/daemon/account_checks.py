"""Asking the platforms how the accounts are and what they take, beside the dispatch: daily, and again ahead of what is due."""

import threading
from collections.abc import Callable
from datetime import timedelta

from purdah_scheduler import bootstrap
from purdah_scheduler.application.account_health import check, note
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.application.server_limits import learn
from purdah_scheduler.daemon.journal import Journal
from purdah_scheduler.domain.account_health import Health
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.errors import ProductError

_SETTLED_SECONDS = 300.0
"""A daemon asks nothing so soon after its start: one that starts again and again would ask again and again."""
_EVERY_SECONDS = 60.0
"""Seconds between two looks for an account that is to be asked about."""
_DAILY = timedelta(hours=24)
_AHEAD = timedelta(hours=6)
"""Before a post that is due within this span its account has been asked about no longer ago than that."""


class AccountChecks:
    """Asks about one account at a time, in a thread that a stopping daemon does not wait for: it only reads on the platform."""

    def __init__(self, office: Office, journal: Journal, *, open_channel: Callable[[Account], Channel]) -> None:
        self._journal, self._open = journal, open_channel
        self._busy = threading.Lock()
        self._not_before = office.clock.boot_seconds() + _SETTLED_SECONDS
        self.adopt(office)

    def adopt(self, office: Office) -> None:
        """Work by these accounts from now on."""
        self._office = office

    def turn(self) -> None:
        """Ask about the account that needs it most, if there is one and it is time."""
        now = self._office.clock.boot_seconds()
        if now < self._not_before or self._busy.locked():
            return
        self._not_before = now + _EVERY_SECONDS
        try:
            with self._office.store.read() as reader:
                wanted = self._wanted(reader)
        except ProductError as fault:
            self._journal.say_once("account.waits", str(fault))
            return
        if wanted is not None:
            threading.Thread(target=self._ask, args=(wanted,), name="account-check", daemon=True).start()

    def _wanted(self, reader: Reader) -> Account | None:
        """The first account with credentials that was asked about too long ago."""
        now = self._office.now()
        last = {known.account: known.at for known in reader.account_checks()}
        for account in self._office.house.accounts:
            at = last.get(account.id)
            if not account.credentials:
                continue
            if at is None or now - at >= _DAILY or at > now:
                return account
            soon = QueueFilter(account=account.id, states=frozenset({str(DeliveryState.SCHEDULED)}), until=now + _AHEAD)
            if now - at >= _AHEAD and reader.lines(soon, limit=1):
                return account
        return None

    def _ask(self, account: Account) -> None:
        if not self._busy.acquire(blocking=False):
            return
        try:
            found, now = check(account, self._open), self._office.now()
            with self._office.store.write() as tx:
                note(tx, found, now)
                if found.health is Health.WELL and found.limits is not None and bootstrap.servers_differ(account):
                    learn(tx, account.id, found.limits, now)
            step = found.next_step if found.health in (Health.NEEDS_LOGIN, Health.NOT_SET_UP) else None
            self._journal.say("account.checked", account=account.id, health=str(found.health), next_step=step or None)
            self._journal.all_well("account.waits")
        except ProductError as fault:
            self._journal.say_once("account.waits", str(fault))
        except Exception as fault:  # noqa: BLE001 - named in the journal; a question must never end what publishes
            self._journal.say_once("account.fault", type(fault).__name__)
        finally:
            self._busy.release()
