"""The sweep of the queue after each reading of the files, beside the jobs: what is due goes out meanwhile."""

from collections.abc import Callable

from purdah_scheduler.application.publishing import Publisher
from purdah_scheduler.daemon.journal import Journal
from purdah_scheduler.daemon.timekeeping import ClockWatch
from purdah_scheduler.errors import ProductError, TryAgain


class CatchingUp:
    """What has to be held because of files that were read; it is behind from the start, and again after each reading."""

    def __init__(
        self, publisher: Publisher, *, watch: ClockWatch, journal: Journal, broken: Callable[[ProductError], None]
    ) -> None:
        self._publisher, self._watch, self._journal, self._broken = publisher, watch, journal, broken
        self._behind = True

    def begin_again(self) -> None:
        """The files were read again."""
        self._behind = True

    def run(self, *, go_on: Callable[[], bool]) -> None:
        """Hold what is blocked by the calendar and the rules as they were read, if that was not done since.

        Not while the clock is in doubt or the queue is busy: the next call tries again, and the gate is asked at each send.
        """
        if not self._behind or self._watch.doubt():
            return
        try:
            held = self._publisher.catch_up(go_on=go_on)
        except TryAgain as fault:
            self._journal.say_once("queue.busy", str(fault))
            return
        except ProductError as fault:
            self._broken(fault)
            return
        self._behind = False
        if held:
            self._journal.say("queue.swept", held=held, reason="The calendar or the rules block them at their time.")
