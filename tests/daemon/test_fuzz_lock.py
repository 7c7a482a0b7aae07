"""Whatever the lock file says, a second daemon is refused in a sentence."""

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from purdah_scheduler.daemon.lock import lock_path, only_daemon
from purdah_scheduler.errors import TryAgain
from tests.fuzz import damaged, fuzzed, in_time, read_or_refused

pytestmark = in_time

SAMPLE = b'{"pid": 4711, "host": "tides", "started": "2027-05-06T09:00:00+00:00"}\n'


@fuzzed
@example(b'{"pid": 1, "host": "\x7f\\u001b[2J", "started": "\\u202e"}')
@example(b'{"pid": Infinity, "host": "tides", "started": ""}')
@given(damaged([SAMPLE], [b'"pid": ', b"Infinity", b"[]"]) | st.binary(max_size=100))
def test_a_second_daemon_is_refused_whatever_the_first_one_wrote(tmp_path: Path, data: bytes) -> None:
    path = lock_path(tmp_path / "purdah.db")
    path.write_bytes(data)
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with read_or_refused(TryAgain), only_daemon(tmp_path / "purdah.db", now=datetime(2027, 5, 6, tzinfo=UTC)):
            raise AssertionError("two daemons on one queue")
    finally:
        os.close(descriptor)
