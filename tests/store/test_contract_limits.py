"""What every store promises of what the servers of accounts take."""

from dataclasses import replace

import pytest

from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.server_limits import ServerLimits
from tests.store import builders as make

LIMITS = ServerLimits(account="dept", max_length=5_000, max_images=4, max_image_bytes=16_777_216, max_alt=1_500, at=make.NOON)


def test_of_a_servers_limits_the_last_word_counts(store: Store) -> None:
    later = replace(LIMITS, max_length=500, at=make.NOON + make.MINUTE)
    with store.read() as reader:
        assert reader.server_limits() == ()
    with store.write() as tx:
        for limits in (LIMITS, replace(LIMITS, account="agency"), later):
            tx.set_server_limits(limits)
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.server_limits() == (replace(LIMITS, account="agency"), later)


def test_limits_without_an_entry_in_the_record_are_refused(store: Store) -> None:
    with pytest.raises(RuntimeError), store.write() as tx:
        tx.set_server_limits(LIMITS)
    with store.read() as reader:
        assert reader.server_limits() == ()


def test_limits_of_no_text_at_all_are_refused(store: Store) -> None:
    with pytest.raises(Exception, match="numbers"), store.write() as tx:
        tx.set_server_limits(replace(LIMITS, max_length=0))
