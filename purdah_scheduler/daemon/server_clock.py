"""The clock of a daemon whose queue is on a server: the server's, which is one for all daemons."""

from datetime import datetime, timedelta

from purdah_scheduler.application.ports import Clock, Store
from purdah_scheduler.application.timekeeping import TOLERANCE, span_in_words


class ServerClock:
    """What is due, late, leased and in force goes by the server's clock; the machine's own counts only for being right."""

    def __init__(self, machine: Clock, store: Store) -> None:
        self._machine, self._store = machine, store

    def now(self) -> datetime:
        """Aware, UTC; raises what the store raises only before the server has answered once."""
        return self._store.server_time() or self._machine.now()

    def boot_seconds(self) -> float:
        """Of the machine."""
        return self._machine.boot_seconds()

    def disagreement(self) -> str:
        """Why this machine must not publish: its clock is not the server's. An empty text where they agree.

        Nothing would go out early or late, but requests are signed, and certificates judged, by the machine's clock.
        """
        ahead = self._machine.now() - self.now()
        if abs(ahead) <= TOLERANCE:
            return ""
        way = "ahead of" if ahead > timedelta(0) else "behind"
        return (
            f"The clock of this machine is {span_in_words(abs(ahead))} {way} the clock of the queue's server, "
            "so this daemon sends nothing and leaves the posts to others."
        )
