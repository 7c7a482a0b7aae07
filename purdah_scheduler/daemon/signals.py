"""What the daemon is told from outside the queue: signals, and the end of standard input."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def told_by_signals(stop: Callable[[], None], reload: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGINT stop in order, SIGHUP reads the configuration again; only where this is the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handler(number: int, _frame: FrameType | None) -> None:
        (reload if number == signal.SIGHUP else stop)()

    before = {number: signal.signal(number, handler) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def anybody_there(descriptor: int) -> bool:
    """Whether anything is still at the other end; what was written to us is not read."""
    try:
        return bool(os.read(descriptor, 4096))
    except OSError:
        return False
