"""The cost of verifying a long record: CPU time of `audit verify` itself, over entries like those of a real queue.

Run it on a quiet machine: `python benchmarks/verify.py [--entries N]`. The record has N entries (100,000 unless given) with
public and personal parts of a usual length, in an SQLite store of its own.
"""

import argparse
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from purdah_scheduler.domain.audit import NewEntry, verify_links
from purdah_scheduler.store.sqlite import create_store

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    wanted: int = parser.parse_args().entries
    with tempfile.TemporaryDirectory() as folder:
        store = create_store(Path(folder) / "purdah.db")
        with store.write() as tx:
            tx.record_all(
                NewEntry(
                    action="delivery.claimed",
                    at=START + timedelta(seconds=number),
                    post=number // 10,
                    delivery=number // 10,
                    public={"face": "daemon", "owner": "host:812:1f2e3d4c", "account": "dept", "state": "claimed", "n": number},
                    private={"person": "asha", "reason": "Cleared by the press office; the minister's office was told."},
                )
                for number in range(wanted)
            )
        for _ in range(3):
            began = time.process_time()
            with store.read() as reader:
                found = verify_links(reader.links())
            print(f"{found.entries} entries, whole: {found.ok}, {time.process_time() - began:.2f} s of CPU time")
        store.close()


if __name__ == "__main__":
    main()
