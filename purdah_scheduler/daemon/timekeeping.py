"""Whether the wall clock can be believed: against the time since boot, the latest time on record, and what platforms say."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from purdah_scheduler.application.ports import Clock
from purdah_scheduler.application.timekeeping import TOLERANCE, behind_the_record, span_in_words
from purdah_scheduler.lean import lean_dataclass

PLATFORM_TOLERANCE = timedelta(seconds=120)
"""A difference from a platform's `Date` larger than this puts the clock in doubt: the header is as old as its answer was slow."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class PlatformTime:
    """What the platform of an account said the time was, and both of our clocks when its answer came."""

    account: str
    said: datetime
    heard_at: datetime
    boot: float

    def ahead(self, wall: datetime, boot: float) -> timedelta:
        """How far `wall` is ahead of the platform, whose clock has run on as boot time has."""
        return wall - (self.said + timedelta(seconds=boot - self.boot))


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the clock is held against: both clocks at one moment, the latest time on record, what platforms said since."""

    wall: datetime
    boot: float
    high_water: datetime | None
    platforms: Mapping[str, PlatformTime]


class ClockWatch:
    """Compares the wall clock with boot time since the watch began, with the record, and with the platforms' answers.

    A sleep of the machine is no step: boot time runs through it. The doubt ends when the clocks agree again, when a step turns
    out to have been a correction (the platforms agree with the new time), or with `begin`, after a person has accepted the
    clock. Safe to use from several threads.

    `aside` says why this daemon must leave the posts to others although the time is known, or an empty text.
    """

    def __init__(self, clock: Clock, *, high_water: datetime | None, aside: Callable[[], str] = str) -> None:
        self._clock = clock
        self.aside = aside
        self._last_step = timedelta(0)
        self.begin(high_water)

    def begin(self, high_water: datetime | None) -> None:
        """Believe the clock as it is, unless it is behind `high_water`; what was known before is forgotten."""
        wall, boot = _together(self._clock)
        self._known = _Known(wall=wall, boot=boot, high_water=high_water, platforms={})

    def hear(self, account: str, said: datetime) -> None:
        """An answer to `account` has just come, and its platform dated it so."""
        wall, boot = _together(self._clock)
        told = PlatformTime(account=account, said=said, heard_at=wall, boot=boot)
        known = self._known
        self._known = replace(known, platforms={**known.platforms, account: told})

    def platform(self) -> PlatformTime | None:
        """What was heard last, or None where no platform has answered yet."""
        return max(self._known.platforms.values(), key=lambda told: told.boot, default=None)

    def believable(self) -> datetime:
        """The earlier of what the wall clock says and what it should say: nothing is due after that."""
        wall, _, step = self._read()
        return min(wall, wall - step)

    def doubt(self) -> str:
        """Why the clock cannot be trusted, or an empty text."""
        wall, boot, step = self._read()
        known = self._known
        for told in known.platforms.values():
            ahead = told.ahead(wall, boot)
            if abs(ahead) > PLATFORM_TOLERANCE:
                way = "ahead of" if ahead > timedelta(0) else "behind"
                return (
                    f"The clock of this machine is {span_in_words(abs(ahead))} {way} the time by which the platform of "
                    f"{told.account} dates its answers, so nothing is sent."
                )
        if abs(step) > TOLERANCE:
            way = "forward" if step > timedelta(0) else "back"
            span = span_in_words(abs(step))
            return f"The clock of this machine was set {way} by {span} while the daemon was running, so nothing is sent."
        return behind_the_record(wall, known.high_water)

    def stepped(self) -> bool:
        """Whether the wall clock moved against boot time since this was last asked: timers set by the wall clock are wrong."""
        _, _, step = self._read()
        moved = abs(step - self._last_step) > timedelta(seconds=0.5)
        self._last_step = step
        return moved

    def _read(self) -> tuple[datetime, float, timedelta]:
        """Both clocks, and by how much the wall clock is ahead of what it should say."""
        wall, boot = _together(self._clock)
        known = self._known
        step = wall - (known.wall + timedelta(seconds=boot - known.boot))
        platforms = known.platforms.values()
        if abs(step) > TOLERANCE and platforms and all(abs(told.ahead(wall, boot)) <= TOLERANCE for told in platforms):
            # It was wrong when the watch began, and has been set right since.
            self._known = replace(known, wall=wall, boot=boot)
            return wall, boot, timedelta(0)
        return wall, boot, step


def _together(clock: Clock) -> tuple[datetime, float]:
    """Both clocks at one moment: read again if the process was stopped in between."""
    while True:
        before = clock.boot_seconds()
        wall = clock.now()
        after = clock.boot_seconds()
        if after - before < 0.25:
            return wall, after
