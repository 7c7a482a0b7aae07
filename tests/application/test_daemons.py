"""Several daemons on one store: which live, which are missed, and which of them speaks for all."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application import views
from purdah_scheduler.domain.posts import Heartbeat
from tests.application.desk import Desk, open_desk

SECOND = timedelta(seconds=1)


@pytest.fixture
def press(tmp_path: Path) -> Desk:
    return open_desk(tmp_path)


def beat(desk: Desk, owner: str, *, ago: timedelta = timedelta(0), **changes: object) -> Heartbeat:
    seen = desk.clock.now() - ago
    found = Heartbeat(owner=owner, host=f"host-{owner}", pid=1, started_at=seen, seen_at=seen, every=5.0, version="1")
    found = replace(found, **changes)  # type: ignore[arg-type]  # by name
    desk.office.store.beat(found, high_water=seen)
    return found


def test_one_that_lives_is_enough_and_the_silent_one_is_named(press: Desk) -> None:
    silent, living = beat(press, "a", ago=16 * SECOND), beat(press, "b")
    found = views.status(press.office)
    assert found.alive
    assert (found.daemons.living, found.daemons.silent, found.heartbeat) == ((living,), (silent,), living)


def test_a_goodbye_is_not_missed_and_hides_nobody(press: Desk) -> None:
    living = beat(press, "a", ago=SECOND)
    beat(press, "b", stopped_at=press.clock.now())
    found = views.status(press.office)
    assert (found.daemons.living, found.daemons.silent, found.heartbeat) == ((living,), (), living)


def test_where_none_lives_the_one_that_lived_last_is_named(press: Desk) -> None:
    beat(press, "a", ago=60 * SECOND)
    ended = beat(press, "b", ago=30 * SECOND, stopped_at=press.clock.now() - 30 * SECOND)
    assert views.status(press.office).heartbeat == ended
    last = beat(press, "c", ago=20 * SECOND)
    found = views.status(press.office)
    assert (found.alive, found.heartbeat) == (False, last)


def test_the_clock_is_in_doubt_only_where_every_daemon_doubts_its_own(press: Desk) -> None:
    beat(press, "a", clock_doubt="It is ten minutes ahead.")
    assert views.status(press.office).clock.doubt == "It is ten minutes ahead."
    beat(press, "b", ago=SECOND)
    found = views.status(press.office)
    assert found.clock.doubt == ""
    assert [each.clock_doubt for each in found.daemons.living] == ["It is ten minutes ahead.", ""]
