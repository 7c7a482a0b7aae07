"""A daemon that kills itself at one named moment of a delivery's life, so that a test can kill it exactly there.

The moments are all those at which something outside the process changes: the three commits, just before and just after each; the
preparation; and the request, while it is under way and when it has been answered.
"""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn
from unittest.mock import patch

from purdah_scheduler import bootstrap
from purdah_scheduler.application.answers import Receipt
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.application.ports import Writer
from purdah_scheduler.config import Config
from purdah_scheduler.domain.audit import NewEntry
from purdah_scheduler.domain.content import Outgoing
from purdah_scheduler.domain.people import Account
from purdah_scheduler.store.store import SqlStore
from purdah_scheduler.store.writer import SqlWriter

NOTHING_LEFT = (
    "claim-before-commit",
    "claim-after-commit",
    "before-preparing",
    "after-preparing",
    "intent-before-commit",
)
"""Nothing can have been sent: the post goes out by the next daemon."""

MAY_BE_PUBLIC = ("intent-after-commit", "in-flight", "answered", "outcome-before-commit")
"""Nobody can tell from the store whether the request left: a person looks."""

OVER = ("outcome-after-commit",)
MOMENTS = (*OVER, *MAY_BE_PUBLIC, *NOTHING_LEFT)
"""What a death leaves queued, the next daemon carries on: it must not come as far as a later moment, so the earliest are last."""

_COMMITS = {"delivery.claimed": "claim", "delivery.sending": "intent", "delivery.published": "outcome"}


def die() -> NoReturn:
    """SIGKILL, by our own hand: no handler runs and nothing is put right."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("a process outlived SIGKILL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """When a daemon dies: at which moment of that part of a thread (1 for what is none), on one account or on any (empty).

    `latency`: a death in flight falls within so many seconds at random.
    """

    moment: str
    latency: float = 0.0
    part: int = 1
    account: str = ""

    def is_for(self, account: object, part: object) -> bool:
        """Whether it comes with that part on that account."""
        return self.account in ("", account) and part == self.part


def dies(death: Death) -> None:
    """Let this process die so."""
    _watch_commits(death)
    opener = bootstrap.channel_opener

    def mortal_opener(config: Config, clock: Any, **options: Any) -> Callable[[Account], Channel]:
        opens = opener(config, clock, **options)
        return lambda account: Mortal(opens(account), death, account.id)

    patch.object(bootstrap, "channel_opener", mortal_opener).start()


class Mortal:
    """A channel at whose side the daemon dies."""

    def __init__(self, channel: Channel, death: Death, account: str) -> None:
        self._channel, self._death, self._account = channel, death, account

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def stage(self, outgoing: Outgoing, staged: Mapping[str, str]) -> dict[str, str]:
        self._perhaps("before-preparing", outgoing)
        made = self._channel.stage(outgoing, staged)
        self._perhaps("after-preparing", outgoing)
        return made

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:
        death = self._death
        dies_in_flight = death.moment == "in-flight" and death.is_for(self._account, outgoing.part)
        if dies_in_flight:
            delay = random.uniform(0.0, death.latency or 0.02)
            threading.Timer(delay, die).start()
        receipt = self._channel.commit(outgoing, staged)
        if dies_in_flight:
            time.sleep(death.latency + 60)  # the death that was drawn is on its way
        self._perhaps("answered", outgoing)
        return receipt

    def _perhaps(self, moment: str, outgoing: Outgoing) -> None:
        if moment == self._death.moment and self._death.is_for(self._account, outgoing.part):
            die()


def _watch_commits(death: Death) -> None:
    """Die within a transaction that holds such an entry, or just after its commit."""
    written = threading.local()
    record_all, finish, write = SqlWriter.record_all, SqlWriter.finish, SqlStore.write

    def noting(self: SqlWriter, entries: Iterable[NewEntry]) -> None:
        entries = list(entries)
        concerned = (entry for entry in entries if death.is_for(entry.public.get("account"), entry.public.get("part", 1)))
        written.steps |= {_COMMITS.get(entry.action, "") for entry in concerned}
        record_all(self, entries)

    def finishing(self: SqlWriter) -> None:
        finish(self)
        if death.moment in {f"{step}-before-commit" for step in written.steps}:
            die()

    @contextmanager
    def writing(self: SqlStore, *, last: Callable[[], object] | None = None) -> Iterator[Writer]:
        written.steps = set()
        with write(self, last=last) as tx:
            yield tx
        if death.moment in {f"{step}-after-commit" for step in written.steps}:
            die()

    for owner, name, changed in (
        (SqlWriter, "record_all", noting),
        (SqlWriter, "finish", finishing),
        (SqlStore, "write", writing),
    ):
        patch.object(owner, name, changed).start()
