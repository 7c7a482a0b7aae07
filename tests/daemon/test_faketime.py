"""The whole daemon, its scheduler and its database under another time: libfaketime, named by FAKETIME_LIB or unpacked once."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from purdah_scheduler.domain.posts import DeliveryState, HoldReason
from tests.daemon.processes import daemon, running
from tests.houses import House
from tests.servers.false_time import library as false_time_library
from tests.servers.hosting import CACHE, NotHere

pytestmark = pytest.mark.server
S = DeliveryState
HOUR = timedelta(hours=1)
TWIST = "under-false-time"


class FalseTime:
    """The offset by which the processes that are started from here on see the wall clock; boot time is left alone."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set("+0")

    def set(self, offset: str) -> None:
        part = self._file.with_name("offset.part")
        part.write_text(offset + "\n", "ascii")
        part.replace(self._file)


@pytest.fixture
def false_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FalseTime:
    try:
        library = os.environ.get("FAKETIME_LIB", "") or str(false_time_library(CACHE))
    except NotHere as why:
        pytest.skip(str(why))
    file = tmp_path / "offset"
    monkeypatch.setenv("LD_PRELOAD", library)
    monkeypatch.setenv("FAKETIME_TIMESTAMP_FILE", str(file))
    monkeypatch.setenv("FAKETIME_NO_CACHE", "1")
    monkeypatch.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")
    return FalseTime(file)


def outbox(house: House) -> list[Path]:
    return sorted((house.config.store_path.parent / "outbox").rglob("*.txt"))


@pytest.mark.parametrize("offset", ["-1h", "+1h", "-1d", "+1d", "-60d", "+60d"])
def test_a_clock_that_is_set_while_it_runs_holds_and_it_works_on_when_it_is_right(
    quiet_house: House, false_time: FalseTime, offset: str
) -> None:
    with running(quiet_house, twist=TWIST) as process:
        first = quiet_house.scheduled("Before.")
        process.wait_for("delivery.published", post=first)
        false_time.set(offset)
        process.wait_for("clock.doubt")
        post = quiet_house.scheduled("Meanwhile.", "other")
        if offset.startswith("+"):
            process.wait_for("delivery.held", post=post, code=HoldReason.CLOCK)
        assert len(outbox(quiet_house)) == 1
        false_time.set("+0")
        process.wait_for("clock.doubt.over")
        last = quiet_house.scheduled("After.")
        process.wait_for("delivery.published", post=last)
        assert process.stop() == 0
    assert quiet_house.delivery(post).state in (S.HELD, S.PUBLISHED)
    assert quiet_house.record_is_whole()


@pytest.mark.parametrize("offset", ["-1h", "-1d", "-60d"])
def test_a_clock_that_is_behind_at_the_start_publishes_nothing(quiet_house: House, false_time: FalseTime, offset: str) -> None:
    with daemon(quiet_house, "--once", twist=TWIST) as process:
        assert process.ended() == 0
    post = quiet_house.scheduled("Before the period, says the clock.", due_in=-timedelta(days=61))
    false_time.set(offset)
    with daemon(quiet_house, "--once", twist=TWIST) as process:
        assert process.ended() == 2
    assert quiet_house.delivery(post).reason_code in (HoldReason.CLOCK, "too-late")
    assert outbox(quiet_house) == []


def test_across_the_edge_of_a_period_no_false_time_lets_a_blocked_post_out(quiet_house: House, false_time: FalseTime) -> None:
    quiet_house.block(starts_in=timedelta(seconds=-1))
    with running(quiet_house, twist=TWIST) as process:
        false_time.set("-2h")
        # By the false time it was due five minutes ago, and the period has not begun.
        post = quiet_house.ago(2 * HOUR + timedelta(minutes=5)).scheduled("An announcement.")
        process.wait_for("delivery.held", post=post, code=HoldReason.CLOCK)
        # The gate was quicker than the look at the clock, which says each doubt once it has seen it.
        process.wait_for("clock.doubt")
        false_time.set("+0")
        process.wait_for("clock.doubt.over")
        assert process.stop() == 0
    assert outbox(quiet_house) == []
