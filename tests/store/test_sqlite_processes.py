"""Several processes on one file: no error reaches anybody, and a killed one leaves a prefix of what it did."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.store.sqlite import open_store

ROOT = Path(__file__).resolve().parents[2]

WRITES = """
import sys
from pathlib import Path
from purdah_scheduler.store.sqlite import open_store
from tests.store import builders as make

store = open_store(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    make.queued(store, title=f"{sys.argv[3]} {number}")
store.close()
"""

READS = """
import sys
from pathlib import Path
from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.store.sqlite import open_store

store = open_store(Path(sys.argv[1]))
seen = 0
while seen < int(sys.argv[2]):
    store.change_mark()
    with store.read() as reader:
        ids = reader.row_ids(QueueFilter())
        assert len(reader.rows(ids)) == len(ids) >= seen
        assert sum(reader.counts().values()) == len(ids)
        checked = verify(reader.entries())
        assert checked.ok and checked.entries == len(ids) + reader.counts().get("scheduled", 0), (checked, len(ids))
        seen = len(ids)
store.close()
"""

STOPS_HALFWAY = """
import sys
from pathlib import Path
from purdah_scheduler.store.sqlite import open_store
from tests.store import builders as make

store = open_store(Path(sys.argv[1]))
for number in range(3):
    make.add_post(store, str(number))
with store.write() as tx:
    for number in range(400):
        tx.add_post(make.post("never"), make.revision(make.content("x" * 20_000)))
        tx.record(make.entry())
    print("halfway", flush=True)
    sys.stdin.read()
"""


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_processes_that_write_and_read_at_once_meet_no_error(place: Path) -> None:
    each = 25
    running = [start(WRITES, place, each, name) for name in ("cli", "tui", "daemon")]
    running += [start(READS, place, 3 * each) for _ in range(2)]
    for process in running:
        _, said = process.communicate(timeout=100)
        assert (process.returncode, said) == (0, "")
    store = open_store(place)
    with store.read() as reader:
        assert len(reader.row_ids(QueueFilter())) == 3 * each
        assert reader.counts() == {"scheduled": 3 * each}
        assert verify(reader.entries()).ok
    store.close()


def test_a_process_killed_inside_a_transaction_leaves_what_was_committed_before(place: Path) -> None:
    process = start(STOPS_HALFWAY, place)
    assert process.stdout is not None
    assert process.stdout.readline() == "halfway\n"
    process.kill()
    process.communicate(timeout=20)
    assert process.returncode == -signal.SIGKILL
    store = open_store(place)
    with store.read() as reader:
        titles = [row.title for row in reader.rows(reader.row_ids(QueueFilter()))]
        checked = verify(reader.entries())
    store.close()
    assert titles == ["0", "1", "2"]
    assert (checked.ok, checked.entries) == (True, 3)


def test_a_process_killed_at_any_moment_leaves_a_prefix(place: Path) -> None:
    before = 0
    for pause in (0.02, 0.07, 0.15):
        process = start(WRITES, place, 100_000, "busy")
        while len(place.with_name("purdah.db-wal").read_bytes() if place.with_name("purdah.db-wal").exists() else b"") == 0:
            assert process.poll() is None
            time.sleep(0.005)
        time.sleep(pause)
        process.kill()
        process.communicate(timeout=20)
        store = open_store(place)
        with store.read() as reader:
            ids = reader.row_ids(QueueFilter())
            checked = verify(reader.entries())
            counts = reader.counts()
            assert all(len(reader.revisions(post)) == 1 for post in ids)
        store.close()
        assert checked.ok
        # Each post is two transactions of one entry each; the kill may have come between them.
        assert checked.entries == len(ids) + counts.get("scheduled", 0)
        assert len(ids) - counts.get("scheduled", 0) == counts.get("cleared", 0) <= before + 1
        before = counts.get("cleared", 0)
