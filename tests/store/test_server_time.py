"""The server's clock as it is known here: never ahead of what the server can have meant, however late an answer comes."""

from datetime import UTC, datetime, timedelta

import pytest

from purdah_scheduler.store import server_time
from purdah_scheduler.store.server_time import ServerTime

NOON = datetime(2026, 4, 7, 12, tzinfo=UTC)


class Boot:
    """A clock since boot that a test moves."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def boot(monkeypatch: pytest.MonkeyPatch) -> Boot:
    made = Boot()
    monkeypatch.setattr(server_time, "boot_seconds", made)
    return made


def second(number: float) -> datetime:
    return NOON + timedelta(seconds=number)


def test_it_runs_on_with_the_time_since_boot(boot: Boot) -> None:
    clock = ServerTime()
    assert clock.now() is None
    clock.hear(NOON, asked_at=boot.at)
    boot.at += 90
    assert clock.now() == second(90)


def test_an_answer_that_was_long_under_way_moves_nothing_that_fits_to_it(boot: Boot) -> None:
    clock = ServerTime()
    clock.hear(NOON, asked_at=boot.at)
    boot.at += 10
    clock.hear(second(1), asked_at=boot.at - 9)  # asked after a second, waited nine for a lock or for the network
    assert clock.now() == second(10)


def test_a_machine_that_was_stopped_with_its_clocks_is_set_right_by_the_next_answer(boot: Boot) -> None:
    """A virtual machine that was put away wakes up with both of its clocks behind."""
    clock = ServerTime()
    clock.hear(NOON, asked_at=boot.at)
    boot.at += 1
    clock.hear(second(3600), asked_at=boot.at - 0.5)
    assert clock.now() == second(3600)


def test_a_server_that_is_set_back_is_followed(boot: Boot) -> None:
    clock = ServerTime()
    clock.hear(NOON, asked_at=boot.at)
    clock.hear(second(-600), asked_at=boot.at)
    assert clock.now() == second(-600)
