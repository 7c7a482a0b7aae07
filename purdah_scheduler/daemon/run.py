"""The life of the daemon: lock, recovery, jobs, a watch over the jobs, and an orderly end."""

import gc
import os
import select
import socket
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TextIO
from uuid import uuid4

import purdah_scheduler
from purdah_scheduler import bootstrap
from purdah_scheduler.application.look_plan import LookRules
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.publishing import Owner, Publisher
from purdah_scheduler.application.retrying import RetryRules
from purdah_scheduler.config import Config
from purdah_scheduler.daemon.account_checks import AccountChecks
from purdah_scheduler.daemon.catching_up import CatchingUp
from purdah_scheduler.daemon.channels import Channels
from purdah_scheduler.daemon.checkpointing import Checkpoints
from purdah_scheduler.daemon.dispatch import Dispatcher, next_step
from purdah_scheduler.daemon.journal import Journal, told_by_libraries
from purdah_scheduler.daemon.lock import only_daemon
from purdah_scheduler.daemon.looking import Looker
from purdah_scheduler.daemon.metrics import start_metrics, tell_nobody
from purdah_scheduler.daemon.notifying import Notifying
from purdah_scheduler.daemon.pulse import Pulse
from purdah_scheduler.daemon.residence import Residence
from purdah_scheduler.daemon.room import check_room
from purdah_scheduler.daemon.server_clock import ServerClock
from purdah_scheduler.daemon.service import ServiceManager
from purdah_scheduler.daemon.signals import anybody_there, told_by_signals
from purdah_scheduler.daemon.timekeeping import ClockWatch
from purdah_scheduler.daemon.timetable import Timetable
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.errors import NeedsAttention, ProductError, TryAgain

_TICK = 0.25
"""Seconds between two looks of the main thread at the clocks, the change mark and the timetable."""

_DEAD_AFTER = 20
"""Ticks for which a look must have been overdue before its scheduler counts as dead: a machine that woke up gets its chance."""

_LIVES, _STUCK_SECONDS = 3, 120.0
_SILENT_SECONDS = 60.0
"""A heartbeat may wait this long for a store that is busy, and the daemon is alive all the same."""

_LAST_WAIT = 60.0
"""Seconds that a send under way has to end in after the daemon was told to stop: longer than any request may last."""


def run_daemon(config: Config, *, once: bool = False, log_to: TextIO | None = None, until_stdin_closes: bool = False) -> int:
    """Publish what is due until a signal (or the end of standard input) says stop; returns the exit code.

    With `once`, do what is due now and return 2 where something of it waits for a person. Otherwise 0 after an orderly end,
    75 where a send had to be left or the jobs died, and the code of a fault of the store that the daemon cannot outlive.
    Raises TryAgain while another daemon has this queue, BadSetup where configuration or store cannot be used.
    """
    clock = bootstrap.SystemClock()
    with ExitStack() as stack:
        office = bootstrap.open_office(config, clock=clock)
        stack.callback(office.store.close)
        if office.store.server_time() is not None:
            office = replace(office, clock=ServerClock(clock, office.store))
        if not config.store_url:  # several daemons may work on one server: there the leases part them
            stack.enter_context(only_daemon(config.store_path, now=clock.now()))
        residence = Residence(config.store_path, shared=bool(config.store_url))
        residence.enter(office)
        journal = Journal(log_to or sys.stderr, now=office.now)
        stack.enter_context(told_by_libraries(journal))
        daemon = _Daemon(config, office, journal, residence)
        stack.callback(daemon.close)
        return daemon.run_once() if once else daemon.run(until_stdin_closes=until_stdin_closes)


class _Daemon:
    """One run of the daemon: on a file whose lock it holds, or on a server beside others."""

    def __init__(self, config: Config, office: Office, journal: Journal, residence: Residence) -> None:
        self._config, self._office, self._journal = config, office, journal
        with office.store.read() as reader:
            aside = office.clock.disagreement if isinstance(office.clock, ServerClock) else str
            self._watch = ClockWatch(office.clock, high_water=reader.high_water(), aside=aside)
            accepted_at = reader.clock_accepted_at()
        self._owner = Owner(name=f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}", lease=config.daemon.lease)
        self._channels = Channels(config, office, self._watch)
        self._nudge_in, self._nudge_out = os.pipe()
        os.set_blocking(self._nudge_in, False)
        os.set_blocking(self._nudge_out, False)
        self._asked_to_stop = self._asked_to_reload = False
        self._fault: ProductError | None = None
        self._deadline: float | None = None
        self._publisher = Publisher(
            office,
            owner=self._owner,
            open_channel=self._channels,
            retries=_retries(config),
            looks=LookRules(apart=config.daemon.look_up_apart),
            clock_doubt=self._watch.doubt,
            check_room=partial(check_room, config.data_folder),
            prepares=bootstrap.channel_prepares,
            wait=self._wait_for_store,
        )
        self._metrics = start_metrics(
            config.daemon.metrics_port,
            office=lambda: self._office,
            under_way=lambda: self._dispatcher.under_way,
            journal=journal,
        )
        self._catching_up = CatchingUp(self._publisher, watch=self._watch, journal=journal, broken=self._break)
        self._checkpoints = Checkpoints(office, journal)
        self._dispatcher = Dispatcher(
            office,
            self._publisher,
            watch=self._watch,
            journal=journal,
            hands=config.daemon.workers,
            folder=config.data_folder,
            ended=self._wake,
            broken=self._break,
            login_refused=lambda _account: self._channels.forget(),
            told=self._checkpoints.after(self._metrics.tell if self._metrics else tell_nobody),
        )
        self._looker = Looker(office, self._publisher, watch=self._watch, journal=journal, broken=self._break)
        self._account_checks = AccountChecks(office, journal, open_channel=self._channels)
        self._timetable = Timetable(
            look=self._dispatcher.look,
            beat=self._beat,
            every=lambda: self._config.daemon.heartbeat_seconds,
            boot=office.clock.boot_seconds,
        )
        self._notifying = Notifying(config, office, journal)
        self._running = False
        self._manager = ServiceManager()
        self._pulse = Pulse(
            office,
            owner=self._owner.name,
            watch=self._watch,
            accepted_at=accepted_at,
            alone=not config.store_url,
            residence=residence,
            journal=journal,
            every=lambda: self._config.daemon.heartbeat_seconds,
            broken=self._break,
        )

    # --- the two ways to run ---------------------------------------------------------------------------------------

    def run(self, *, until_stdin_closes: bool) -> int:
        """Until told to stop."""
        with told_by_signals(self._stop, self._reload):
            self._begin()
            gc.collect()
            gc.freeze()  # what lasts as long as the daemon is not looked through again while posts are due
            self._running = True
            self._timetable.start()
            self._notifying.start()
            self._manager.ready()
            code = self._keep_watch(until_stdin_closes=until_stdin_closes)
            self._running = False
            self._timetable.stop()
            return self._finish(code)

    def run_once(self) -> int:
        """What is due now, and no more."""
        with told_by_signals(self._stop, self._reload):
            waits = self._begin()
            try:
                while not self._asked_to_stop and self._fault is None:
                    if not self._dispatcher.hand_out() and not self._dispatcher.under_way:
                        break
                    self._dispatcher.wait_for_one(self._config.daemon.heartbeat_seconds)
                    self._pulse.beat()
            except ProductError as fault:
                self._break(fault)
            if not self._asked_to_stop and self._fault is None:
                self._catching_up.run(go_on=lambda: not self._asked_to_stop)
                self._notifying.once()
            return self._finish(TryAgain.exit_code if self._dispatcher.without_room else 0, waits=waits)

    def close(self) -> None:
        """Let go of the threads and the pipe."""
        self._dispatcher.close()
        if self._metrics is not None:
            self._metrics.close()
        os.close(self._nudge_in)
        os.close(self._nudge_out)

    # --- beginning and end -----------------------------------------------------------------------------------------

    def _begin(self) -> int:
        """Settle what a dead daemon left; returns how much of it waits for a person. Raises what the store raises."""
        lost = self._publisher.tidy() if self._config.store_url else self._publisher.recover()
        lost = tuple(entry for entry in lost if entry.state is DeliveryState.UNKNOWN)
        self._pulse.beat(must=True)
        self._journal.say("daemon.started", owner=self._owner.name, version=purdah_scheduler.__version__)
        for entry in lost:
            self._journal.say(
                "delivery.unknown",
                post=entry.post,
                delivery=entry.id,
                account=entry.account,
                state=str(entry.state),
                code=entry.reason_code,
                next_step=next_step(entry),
            )
        return len(lost)

    def _finish(self, code: int, *, waits: int | None = None) -> int:
        """Let what is under way come to its end, say goodbye, and settle the exit code.

        `waits` is given by a run that tells whether something waits for a person: how much did at its beginning.
        """
        self._manager.stopping()
        self._dispatcher.stop_claiming()
        self._deadline = self._office.clock.boot_seconds() + _LAST_WAIT
        while self._dispatcher.under_way and self._office.clock.boot_seconds() < self._deadline:
            self._dispatcher.wait_for_one(min(_LAST_WAIT, self._config.daemon.heartbeat_seconds))
            self._pulse.beat()
        self._notifying.stop()
        left = self._dispatcher.under_way
        self._pulse.beat(stopped=True)
        if self._fault is not None:
            code = self._fault.exit_code
        elif left:
            code = TryAgain.exit_code
        elif waits is not None and waits + self._dispatcher.needs_a_person:
            code = code or NeedsAttention.exit_code
        self._journal.say("daemon.stopped", code=code, left=left or None)
        if left:
            # Its thread waits for an answer that may never come, and an interpreter waits for its threads. The next start
            # finds the delivery as it is on record: unknown.
            os._exit(code)
        return code

    # --- the watch of the main thread ------------------------------------------------------------------------------

    def _keep_watch(self, *, until_stdin_closes: bool) -> int:
        """Until told to stop: see what other processes change, how the clocks run, and that the jobs live."""
        mark, ticks, lives = self._mark(), 0, _LIVES
        while not self._asked_to_stop and self._fault is None:
            slept = self._tick(until_stdin_closes=until_stdin_closes)
            if self._asked_to_reload:
                self._asked_to_reload = False
                self._read_config_again()
            if self._is_alive():
                self._manager.pet(self._office.clock.boot_seconds())
            if self._watch.stepped() or slept:
                self._timetable.wake_all()
            self._catching_up.run(go_on=lambda: not self._asked_to_stop)
            seen = self._mark()
            if seen != mark:
                mark = seen
                self._wake()
            if self._timetable.looking_for() > _STUCK_SECONDS:
                self._journal.say_once("queue.stuck", "A look at the queue has not come back for two minutes.")
            ticks = ticks + 1 if self._timetable.overdue() > _TICK * _DEAD_AFTER else 0
            if ticks >= _DEAD_AFTER:
                lives, ticks = lives - 1, 0
                if lives <= 0:
                    self._journal.say("jobs.dead", reason="The jobs died again and again, so the daemon ends.")
                    return TryAgain.exit_code
                self._journal.say("jobs.dead", reason="The jobs had died and were started again.")
                self._timetable.begin_again()
        return 0

    def _is_alive(self) -> bool:
        """Whether looks and heartbeats come when they should: what the service manager's watchdog is told."""
        beats = self._pulse.silent_for < _SILENT_SECONDS + 3 * self._config.daemon.heartbeat_seconds
        return beats and self._timetable.looking_for() < _STUCK_SECONDS and self._timetable.overdue() < _STUCK_SECONDS

    def _tick(self, *, until_stdin_closes: bool) -> bool:
        """Wait for a moment, a nudge or the end of standard input; whether the machine slept meanwhile."""
        before = self._office.clock.boot_seconds()
        news = self._office.store.news()
        watched = [self._nudge_in, *([0] if until_stdin_closes else []), *([] if news is None else [news])]
        try:
            ready, _, _ = select.select(watched, [], [], _TICK)
        except (OSError, ValueError):  # standard input was closed before we began: whoever started us is gone
            self._asked_to_stop = True
            return False
        if self._nudge_in in ready:
            os.read(self._nudge_in, 4096)
        if 0 in ready and not anybody_there(0):
            self._journal.say("daemon.orphaned", reason="Standard input was closed.")
            self._asked_to_stop = True
        return self._office.clock.boot_seconds() - before > 2.0

    def _mark(self) -> int:
        try:
            return self._office.store.change_mark()
        except TryAgain as fault:
            self._journal.say_once("queue.busy", str(fault))
        except ProductError as fault:
            self._break(fault)
        return -1

    def _read_config_again(self) -> None:
        """Work by the file as it is now, or go on by the last good one; people, accounts, rules and periods take effect."""
        self._manager.reloading(time.monotonic())
        self._take_config()
        self._manager.ready()

    def _take_config(self) -> None:
        try:
            config = bootstrap.read_config(self._config.path)
            if config.store_name != self._config.store_name:
                raise TryAgain("The configuration names another queue now: that needs a new start.")
            office = replace(self._office, house=bootstrap.make_house(config))
        except ProductError as fault:
            self._journal.say("config.refused", reason=f"{fault.message}\nThe last good configuration stays in force.")
            return
        self._config = config
        self._channels.forget(config)
        self._publisher.adopt(office, retries=_retries(config), looks=LookRules(apart=config.daemon.look_up_apart))
        self._notifying.adopt(config, office)
        self._account_checks.adopt(office)
        self._journal.say("config.read")
        self._catching_up.begin_again()
        self._timetable.wake()

    # --- the heartbeat ---------------------------------------------------------------------------------------------

    def _beat(self) -> None:
        if self._pulse.look_at_the_clock():
            self._timetable.wake()
        self._pulse.beat()
        self._manager.status(self._words())
        self._checkpoints.hourly()
        self._looker.turn()
        self._account_checks.turn()
        try:
            for entry in self._publisher.tidy():
                self._journal.say(
                    "delivery.taken-back", post=entry.post, delivery=entry.id, account=entry.account, state=str(entry.state)
                )
        except TryAgain as fault:
            self._journal.say_once("queue.busy", str(fault))
        except ProductError as fault:
            self._break(fault)

    def _words(self) -> str:
        """How it goes, in a line."""
        if self._dispatcher.without_room:
            return "Nothing is sent: too little room beside the queue."
        doubt = self._watch.doubt() or self._watch.aside()
        under_way = self._dispatcher.under_way
        return doubt or (f"Publishing; {under_way} under way." if under_way else "Waiting for the next post to come due.")

    # --- what other threads and signals ask for --------------------------------------------------------------------

    def _wake(self) -> None:
        self._looker.changed()
        if self._running:
            self._timetable.wake()

    def _break(self, fault: ProductError) -> None:
        if self._fault is None:
            self._fault = fault
            self._journal.say("daemon.broken", reason=str(fault))
            self._nudge()

    def _stop(self) -> None:
        self._asked_to_stop = True
        self._nudge()

    def _reload(self) -> None:
        self._asked_to_reload = True
        self._nudge()

    def _nudge(self) -> None:
        try:
            os.write(self._nudge_out, b"!")
        except BlockingIOError:  # it is full of nudges already
            return

    def _wait_for_store(self, seconds: float) -> None:
        """Between tries to record an outcome; after the last wait of a stopping daemon the outcome is left as unknown."""
        if self._deadline is not None and self._office.clock.boot_seconds() > self._deadline:
            raise TryAgain("The daemon was told to stop before the outcome could be recorded.")
        time.sleep(seconds)


def _retries(config: Config) -> RetryRules:
    return RetryRules(first=config.daemon.retry_first, most=config.daemon.retry_max)
