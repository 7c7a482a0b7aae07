"""Intents that are written a moment before their time, many in one transaction, and committed when the time has come."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from purdah_scheduler.application.awaiting import LEAD, Awaiting
from purdah_scheduler.application.intents import Ask, Intent, Wish, intend_all
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.outcomes import Owner
from purdah_scheduler.errors import TryAgain
from purdah_scheduler.lean import lean_dataclass

_BASE, _EACH = 0.01, 0.0005
"""Seconds that the transaction of some intents takes on a quick machine, and each of them."""
_TOGETHER = timedelta(seconds=0.005)
"""Moments that are no further apart are one."""
_SPARE = 1.5
"""It is begun so much earlier than it took before."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """What the clocks said when the transaction of some intents had its turn, for when it is by each, and what was heard."""

    intents: int
    booted: float
    now: datetime
    boot_at: float
    at: datetime
    outside: object


class InTime:
    """Records the intents of several deliveries. One call at a time.

    The gate is asked for the moment at which the commit will be made. `outside` gives what it heard that no transaction keeps as
    it is (the emergency stop, doubt about the clock): where that has changed by then, nothing of it was done.
    """

    def __init__(
        self,
        office: Callable[[], Office],
        owner: Owner,
        *,
        ask: Ask,
        outside: Callable[[], object],
        awaiting: Awaiting,
        recorded: Callable[[int], None],
    ) -> None:
        self._office, self._owner = office, owner
        self._ask, self._outside = ask, outside
        self._await, self._recorded = awaiting, recorded
        self._slow = 2.0
        self._begun: _Begun

    def __call__(self, wishes: Sequence[Wish]) -> tuple[Intent, ...]:
        """What became of each. `recorded` is told of how many there are intents now. Raises what `intend_all` raises."""
        with self._office().store.write(last=self._hold) as tx:
            self._begun = begun = self._begin(wishes)
            intents = intend_all(tx, self._owner, wishes, ask=self._ask, asked_at=begun.booted, now=begun.now, at=begun.at)
        self._recorded(sum(intent.asked_at is not None for intent in intents))
        return intents

    def hold_off(self, first: Wish, expected: int) -> None:
        """Wait until it is time to begin with so many: the writers' turn is held for about as long as the writing takes."""
        needed = timedelta(seconds=_SPARE * self._slow * (_BASE + _EACH * expected))
        self._await.until(first.claimed.ready_at, first.begins, lead=min(needed, LEAD))

    def fits(self, first: Wish, wish: Wish) -> bool:
        """Whether it is due at about the moment of the first one, so that nobody waits for it with the writers' turn in hand."""
        return wish.claimed.ready_at <= max(first.claimed.ready_at, self._office().now()) + _TOGETHER

    def _begin(self, wishes: Sequence[Wish]) -> _Begun:
        """For when the time of all has come whose time is near, by both clocks; the others find that they are early."""
        clock = self._office().clock
        booted, now = clock.boot_seconds(), clock.now()
        boot_at = max((wish.begins for wish in wishes if wish.begins is not None), default=booted)
        if not booted <= boot_at <= booted + LEAD.total_seconds():
            boot_at = booted
        near = [wish.claimed.ready_at for wish in wishes if wish.claimed.ready_at <= now + LEAD]
        at = max([now + timedelta(seconds=boot_at - booted), *near])
        outside = self._outside() if at > now else None
        return _Begun(intents=len(wishes), booted=booted, now=now, boot_at=boot_at, at=at, outside=outside)

    def _hold(self) -> None:
        """Wait until the commit may be made. Raises TryAgain where it must not be."""
        begun, clock = self._begun, self._office().clock
        self._learn(begun.intents, clock.boot_seconds() - begun.booted)
        if begun.at > begun.now:
            self._await.until(begun.at, begun.boot_at)
            if clock.now() < begun.at or self._outside() != begun.outside:
                raise TryAgain("What was known when the gate was asked has changed, so nothing was sent.")

    def _learn(self, intents: int, seconds: float) -> None:
        self._slow = (self._slow + seconds / (_BASE + _EACH * intents)) / 2
