"""Doing the same kind of thing for many threads at once: whoever comes first does it for all who come meanwhile."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from purdah_scheduler.errors import TryAgain

_GATHERING = 0.02
"""Seconds for which those that are about to ask are waited for: less than a commit of their own would take."""

Wish = TypeVar("Wish")
Given = TypeVar("Given")


class _Turn(Generic[Wish, Given]):
    """One thread's wish, and what came of it; `leads` says that the thread itself is to carry out what waits."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.given: list[Given] = []
        self.fault: BaseException | None = None
        self.leads = False
        self._called = threading.Lock()
        self._called.acquire()

    def wait(self) -> None:
        """Until it is called."""
        self._called.acquire()

    def call(self) -> None:
        """Let its thread go on."""
        self._called.release()

    def result(self) -> Given:
        """What it was given. Raises what went wrong with it."""
        if self.fault is not None:
            raise self.fault
        return self.given[0]


class Together(Generic[Wish, Given]):
    """Calls `do` with the wishes of all threads that wait, up to `most` at a time; one call is under way at any moment.

    `do` gives one answer for each wish, in their order, once all of it is safe; where it raises, nothing of it was done. A wish
    that cannot be done must not stop the others: after a fault each is done by itself, and each thread gets its own answer or its
    own fault. A store that is away (TryAgain) is away for all of them. `coming` tells how many more are about to ask: they are
    waited for, `patience` seconds at most. Before that `hold_off` waits until it is time to begin, given the first wish and how
    many are expected; of those that wait, only what `fits` the first one is done with it.
    """

    def __init__(
        self,
        do: Callable[[Sequence[Wish]], Sequence[Given]],
        *,
        most: int = 100,
        coming: Callable[[], int] = int,
        patience: float = _GATHERING,
        hold_off: Callable[[Wish, int], object] = lambda _wish, _expected: None,
        fits: Callable[[Wish, Wish], bool] = lambda _first, _wish: True,
    ) -> None:
        self._do, self._most, self._limit = do, most, most
        self._coming, self._patience, self._hold_off, self._fits = coming, patience, hold_off, fits
        self._lock = threading.Lock()
        self._waiting: list[_Turn[Wish, Given]] = []
        self._busy = False

    def __call__(self, wish: Wish) -> Given:
        """What came of this wish. Raises what `do` raises about it."""
        turn = _Turn[Wish, Given](wish)
        with self._lock:
            self._waiting.append(turn)
            turn.leads = not self._busy
            self._busy = True
        if not turn.leads:
            turn.wait()
        if turn.leads:
            self._lead(turn)
        return turn.result()

    def tune(self, *, was_late: bool) -> None:
        """Do half as many at a time where what was done together took too long, and one more where it did not."""
        with self._lock:
            self._most = max(1, self._most // 2) if was_late else min(self._limit, self._most + 1)

    @property
    def waiting(self) -> int:
        """How many wishes wait for the call after the one that is under way."""
        with self._lock:
            return len(self._waiting)

    def _lead(self, leader: _Turn[Wish, Given]) -> None:
        """Carry out what waits, the leader's own first; then somebody else's turn has come."""
        taken = [leader]
        try:
            self._gather(leader)
            with self._lock:
                fitting = [turn for turn in self._waiting if turn is leader or self._fits(leader.wish, turn.wish)]
                taken = fitting[: self._most]
                self._waiting = [turn for turn in self._waiting if turn not in taken]
            self._carry_out(taken)
        except BaseException as fault:
            for turn in taken:
                turn.fault = turn.fault or fault
            raise
        finally:
            with self._lock:
                self._waiting = [turn for turn in self._waiting if turn not in taken]
                following = self._waiting[0] if self._waiting else None
                self._busy = following is not None
            if following is not None:
                following.leads = True
                following.call()
            for turn in taken:
                if turn is not leader:
                    turn.call()

    def _gather(self, leader: _Turn[Wish, Given]) -> None:
        self._hold_off(leader.wish, self.waiting + self._coming())
        until = time.monotonic() + self._patience
        while self._coming() and self.waiting < self._most and time.monotonic() < until:
            time.sleep(_GATHERING / 20)  # lets them go on

    def _carry_out(self, turns: Sequence[_Turn[Wish, Given]]) -> None:
        try:
            for turn, given in zip(turns, self._do([turn.wish for turn in turns]), strict=True):
                turn.given.append(given)
        except Exception as fault:  # noqa: BLE001 - raised in the thread that it concerns
            if isinstance(fault, TryAgain) or len(turns) == 1:
                for turn in turns:
                    turn.fault = fault
                return
            for turn in turns:
                turn.given.clear()
                self._carry_out([turn])
