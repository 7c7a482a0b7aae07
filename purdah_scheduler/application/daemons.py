"""Which daemons live on a store, and which went silent: several may work on one server."""

from datetime import datetime

from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain.posts import Heartbeat
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Daemons:
    """The daemons that are known at a moment of the clock that they go by, each kind with the one seen last first.

    `silent` were not seen for three heartbeats and have not said goodbye; of those that did, `ended` is the last.
    """

    at: datetime
    living: tuple[Heartbeat, ...] = ()
    silent: tuple[Heartbeat, ...] = ()
    ended: Heartbeat | None = None

    @property
    def last(self) -> Heartbeat | None:
        """The one that speaks for all: alive, in doubt of its clock only where all are; else the one that lived last."""
        for beat in self.living:
            if not beat.clock_doubt:
                return beat
        if self.living:
            return self.living[0]
        gone = (*self.silent, *((self.ended,) if self.ended else ()))
        return max(gone, key=lambda beat: beat.last_sign_at, default=None)


def daemons_of(reader: Reader, now: datetime) -> Daemons:
    """The daemons that `reader` knows, judged at `now` by the clock that they go by (the server's, where there is one)."""
    beats = reader.heartbeats()
    ended = (beat for beat in beats if beat.stopped_at is not None)
    return Daemons(
        at=now,
        living=tuple(beat for beat in beats if beat.is_alive(now)),
        silent=tuple(beat for beat in beats if beat.stopped_at is None and not beat.is_alive(now)),
        ended=max(ended, key=lambda beat: beat.last_sign_at, default=None),
    )
