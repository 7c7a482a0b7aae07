"""What every store promises of daemons: a sign of life of each, who is forgotten, and whose clock counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from purdah_scheduler.application.ports import Store
from tests.store import builders as make

ONE = make.heartbeat()
OTHER = replace(ONE, owner="host2:9:ab", host="host2", pid=9, clock_doubt="It was set.", seen_at=make.NOON + make.MINUTE)


def owners(store: Store) -> list[str]:
    with store.read() as reader:
        return [beat.owner for beat in reader.heartbeats()]


def test_each_daemon_has_a_sign_of_life_of_its_own_and_the_one_seen_last_is_first(store: Store) -> None:
    store.beat(ONE, high_water=make.NOON)
    store.beat(OTHER, high_water=make.NOON)
    with store.read() as reader:
        assert reader.heartbeats() == (OTHER, ONE)
    later = replace(ONE, seen_at=make.NOON + timedelta(hours=1))
    store.beat(later, high_water=make.NOON)
    with store.read() as reader:
        assert reader.heartbeats() == (later, OTHER)


def test_daemons_that_are_gone_are_forgotten_by_name_and_nobody_else(store: Store) -> None:
    store.beat(ONE, high_water=make.NOON)
    store.beat(OTHER, high_water=make.NOON)
    store.beat(replace(ONE, owner="new"), high_water=make.NOON, forget=(ONE.owner, "nobody"))
    assert set(owners(store)) == {"new", OTHER.owner}


def test_of_the_goodbyes_only_the_last_is_kept_and_the_living_and_the_silent_stay(store: Store) -> None:
    for name in ("first", "second", "silent"):
        store.beat(replace(ONE, owner=name), high_water=make.NOON)
    for name in ("first", "second"):
        store.beat(replace(ONE, owner=name, stopped_at=make.NOON), high_water=make.NOON)
    assert set(owners(store)) == {"second", "silent"}


def test_who_adopts_a_store_forgets_every_daemon_on_record(store: Store) -> None:
    store.beat(ONE, high_water=make.NOON)
    with store.write() as tx:
        tx.forget_daemons()
        tx.record(make.entry())
    assert owners(store) == []
    with store.read() as reader:
        assert reader.high_water() == make.NOON


def test_a_server_tells_its_time_and_a_file_has_none(store: Store) -> None:
    said = [store.server_time()]
    store.beat(ONE, high_water=make.NOON)
    said.append(store.server_time())
    now = datetime.now(UTC)
    for time in said:
        assert time is None or (time.utcoffset() == timedelta(0) and abs(now - time) < timedelta(minutes=1))
    assert (said[0] is None) == (said[1] is None) == (type(store).__name__ == "SqliteStore")
