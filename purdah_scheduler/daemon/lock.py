"""One daemon for each queue: a lock of the kernel on a file beside it, which dies with its process."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from purdah_scheduler.domain.reveal import one_line
from purdah_scheduler.errors import BadSetup, TryAgain

_LONGEST = 1000


def lock_path(store_path: Path) -> Path:
    """The lock file of the queue at `store_path`: the same one by whatever link the queue is reached."""
    store_path = store_path.resolve()
    return store_path.with_name(store_path.name + ".daemon.lock")


@contextmanager
def only_daemon(store_path: Path, *, now: datetime, to: str = "") -> Iterator[None]:
    """Hold the lock for as long as the block lasts; the file says who has it, and stays.

    While it is held it is certain that no other daemon lives on this queue, so that recovery need not wait for any lease.
    `to` says what else than starting a daemon it is taken for (the queue was not …). Raises TryAgain where another daemon has
    it, BadSetup where the file cannot be used.
    """
    path = lock_path(store_path)
    undone = f"the queue was not {to}" if to else "the daemon was not started"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as fault:
        raise BadSetup(
            f"The lock file {path} cannot be used ({fault.strerror}), so {undone}.",
            next_step="Look at the rights of the file and of its folder.",
        ) from fault
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _taken(descriptor, undone if to else "a second one was not started") from None
        except OSError as fault:
            raise BadSetup(
                f"{path} cannot be locked here ({fault.strerror}), so {undone}.",
                next_step="Keep the queue on a disk of this machine.",
            ) from fault
        who = {"pid": os.getpid(), "host": socket.gethostname(), "started": now.astimezone(UTC).isoformat(timespec="seconds")}
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, (json.dumps(who) + "\n").encode("ascii"), 0)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int, undone: str) -> TryAgain:
    step = "See it with purdah-scheduler status."
    try:
        who = json.loads(os.pread(descriptor, _LONGEST, 0))
        where, since = one_line(str(who["host"]), 60), one_line(str(who["started"]), 40)
        words = f"process {int(who['pid'])} on {where}, since {since}"
        step = f"See it with purdah-scheduler status; to stop it: kill {int(who['pid'])}"
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        # It took the lock a moment ago and has not yet said who it is, or somebody else wrote into the file.
        words = "another process"
    return TryAgain(f"A daemon is running on this queue already ({words}), so {undone}.", next_step=step)
