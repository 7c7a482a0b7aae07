"""Whether the wall clock can be believed: compared with the time since boot, and with the latest time on record."""

from datetime import datetime, timedelta

from purdah_scheduler.application.ports import Clock

TOLERANCE = timedelta(seconds=30)
"""A difference larger than this, either way, puts the clock in doubt."""


class ClockWatch:
    """Compares the wall clock with boot time since the watch began, and with the latest wall time that a daemon recorded.

    The doubt ends when the clocks agree again, or with a new watch: a person who has set the clock right restarts the daemon.
    """

    def __init__(self, clock: Clock, *, high_water: datetime | None) -> None:
        self._clock = clock
        self._high_water = high_water
        self._wall, self._boot = _together(clock)
        self._last_step = timedelta(0)

    def believable(self) -> datetime:
        """The earlier of what the wall clock says and what it should say: nothing is due after that."""
        wall, step = self._read()
        return min(wall, wall - step)

    def doubt(self) -> str:
        """Why the clock cannot be trusted, or an empty text."""
        wall, step = self._read()
        if abs(step) > TOLERANCE:
            way = "forward" if step > timedelta(0) else "back"
            span = _words(abs(step))
            return f"The clock of this machine was set {way} by {span} while the daemon was running, so nothing is sent."
        if self._high_water is not None and wall < self._high_water - TOLERANCE:
            span = _words(self._high_water - wall)
            return f"The clock of this machine is {span} behind the latest time that this queue has seen, so nothing is sent."
        return ""

    def stepped(self) -> bool:
        """Whether the wall clock moved against boot time since this was last asked: timers set by the wall clock are wrong."""
        _, step = self._read()
        moved = abs(step - self._last_step) > timedelta(seconds=0.5)
        self._last_step = step
        return moved

    def _read(self) -> tuple[datetime, timedelta]:
        """The wall clock, and by how much it is ahead of what it should say."""
        wall, boot = _together(self._clock)
        return wall, wall - (self._wall + timedelta(seconds=boot - self._boot))


def _together(clock: Clock) -> tuple[datetime, float]:
    """Both clocks at one moment: read again if the process was stopped in between."""
    while True:
        before = clock.boot_seconds()
        wall = clock.now()
        after = clock.boot_seconds()
        if after - before < 0.25:
            return wall, after


def _words(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    if seconds < 120:
        return f"{seconds} seconds"
    minutes = seconds // 60
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
