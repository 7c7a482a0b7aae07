"""The daemon as a program for tests: `python -m tests.daemon.entry CONFIG [--once] [--twist NAME] [--dies-at MOMENT] ...`.

A twist changes one thing that a test needs: a channel that waits at a point until a file appears beside the configuration,
a clock that is moved while it runs, or a bug on purpose, so that a crash test can show that it would notice.
"""

import argparse
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from purdah_scheduler import bootstrap
from purdah_scheduler.application import noticing
from purdah_scheduler.application.answers import Receipt
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.application.outcomes import Owner, move
from purdah_scheduler.application.publishing import Publisher
from purdah_scheduler.bootstrap import read_config
from purdah_scheduler.config import Config
from purdah_scheduler.daemon import notifying, run
from purdah_scheduler.daemon.dispatch import Dispatcher
from purdah_scheduler.domain.content import Outgoing
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import Delivery, DeliveryState
from purdah_scheduler.errors import ProductError
from tests.daemon.deaths import MOMENTS, Death, dies


class Waiting:
    """A channel whose `stage`, or `commit`, says `reached` and waits for the file `go`."""

    def __init__(self, channel: Channel, folder: Path, at: str) -> None:
        self._channel, self._folder, self._at = channel, folder, at

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def stage(self, outgoing: Outgoing, staged: Mapping[str, str]) -> dict[str, str]:
        self._wait("stage")
        return self._channel.stage(outgoing, staged)

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:
        self._wait("commit")
        return self._channel.commit(outgoing, staged)

    def _wait(self, at: str) -> None:
        if at == self._at:
            (self._folder / "reached").touch()
            while not (self._folder / "go").exists():
                time.sleep(0.02)


def waits(at: str, config: Config) -> None:
    """Every channel waits at `at`."""
    opener = bootstrap.channel_opener

    def slow_opener(config: Config, clock: Any, **options: Any) -> Callable[[Account], Channel]:
        opens = opener(config, clock, **options)
        return lambda account: Waiting(opens(account), config.folder, at)

    patch.object(bootstrap, "channel_opener", slow_opener).start()


class Stuck(Dispatcher):
    """Its look at the queue never comes back."""

    def look(self) -> datetime:
        (self._folder / "reached").touch()
        while True:
            time.sleep(1)


class MovedClock(bootstrap.SystemClock):
    """The true clock, moved by as many seconds as the file `moved` says; boot time goes on as it does."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "moved"

    def now(self) -> datetime:
        try:
            return super().now() + timedelta(seconds=float(self._file.read_text("ascii")))
        except FileNotFoundError:
            return super().now()


class WrongClock(bootstrap.SystemClock):
    """A clock that was wrong before the daemon began, and stays so."""

    by = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.by


class RecordsAfterSending(Publisher):
    """A bug: the request leaves before the intent is on record."""

    def deliver(self, claimed: Delivery, *, begins: float | None = None) -> Delivery:
        ready = self._prepare(claimed)
        outcome = self._send(ready, claimed)
        return self._conclude(self._intend(claimed, ready.staged).entry, outcome)


class RetriesTheUnknown(Publisher):
    """A bug: what was being sent when the daemon died is put back in the queue."""

    believed = DeliveryState.SCHEDULED

    def recover(self) -> tuple[Delivery, ...]:
        lost = super().recover()
        for entry in lost:
            self._move_back(entry)
        return ()

    def _move_back(self, entry: Delivery) -> None:
        with self._office.store.write() as tx:
            now = self._office.now()
            again = replace(entry, state=self.believed, reason_code="", reason="")
            move(tx, Owner(name="a bug"), entry, again, now)


class BelievesTheUnknown(RetriesTheUnknown):
    """A bug: what was being sent when the daemon died is taken to be published."""

    believed = DeliveryState.PUBLISHED


BUGS = {
    "records-after-sending": RecordsAfterSending,
    "retries-the-unknown": RetriesTheUnknown,
    "believes-the-unknown": BelievesTheUnknown,
}


def main() -> int:
    """Run the daemon as the arguments say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("config", type=Path)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--until-stdin-closes", action="store_true")
    parser.add_argument("--twist", default="")
    parser.add_argument("--last-wait", type=float)
    parser.add_argument("--dies-at", choices=MOMENTS)
    parser.add_argument("--part", type=int, default=1)
    parser.add_argument("--account", default="")
    parser.add_argument("--latency", type=float, default=0.0)
    asked = parser.parse_args()
    try:
        config = read_config(asked.config)
        if asked.last_wait is not None:
            patch.object(run, "_LAST_WAIT", asked.last_wait).start()
        if asked.dies_at:
            dies(Death(moment=asked.dies_at, latency=asked.latency, part=asked.part, account=asked.account))
        if asked.twist == "under-false-time":  # the system call that Python's own sleep makes is refused there
            patch.object(time, "sleep", threading.Event().wait).start()
        elif asked.twist == "moved-clock":
            patch.object(bootstrap, "SystemClock", lambda: MovedClock(config.folder)).start()
        elif asked.twist.startswith("wrong-by-"):
            WrongClock.by = timedelta(seconds=float(asked.twist.removeprefix("wrong-by-")))
            patch.object(bootstrap, "SystemClock", WrongClock).start()
        elif asked.twist == "tells-at-once":
            patch.object(noticing, "SETTLE", timedelta(0)).start()
            patch.object(notifying, "_EVERY", 0.05).start()
        elif asked.twist == "stuck":
            patch.object(run, "Dispatcher", Stuck).start()
            patch.object(run, "_STUCK_SECONDS", 0.5).start()
        elif asked.twist in BUGS:
            patch.object(run, "Publisher", BUGS[asked.twist]).start()
        elif asked.twist:
            waits(asked.twist.removeprefix("waits-at-"), config)
        return run.run_daemon(config, once=asked.once, until_stdin_closes=asked.until_stdin_closes)
    except ProductError as fault:
        print(fault, file=sys.stderr)
        return fault.exit_code


if __name__ == "__main__":
    sys.exit(main())
