"""What every store promises: posts and decisions come back as they went in, and no change goes unrecorded."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.content import digest
from purdah_scheduler.domain.posts import Pause
from purdah_scheduler.errors import BadText, NotFound, TryAgain
from tests.store import builders as make


def test_a_post_comes_back_as_it_was_written(store: Store) -> None:
    new = make.post("Ffliw — “brechiad”", planned_at=make.NOON)
    with store.write() as tx:
        new_id = tx.add_post(new, make.revision(make.rich_content()))
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.post(new_id) == replace(new, id=new_id)


def test_every_part_of_a_revision_comes_back_and_its_digest_still_fits(store: Store) -> None:
    with store.write() as tx:
        new_id = tx.add_post(make.post(), make.revision(make.rich_content()))
        tx.record(make.entry())
    with store.read() as reader:
        found = reader.revision(new_id, 1)
    assert found == make.revision(make.rich_content(), post_id=new_id)
    assert digest(found.content) == found.digest


def test_ids_inside_new_records_are_ignored(store: Store) -> None:
    with store.write() as tx:
        new_id = tx.add_post(replace(make.post(), id=900, row_version=7), make.revision(make.content(), post_id=44, number=6))
        tx.record(make.entry())
        assert (tx.post(new_id).row_version, tx.post(new_id).revision) == (1, 1)
        assert [found.number for found in tx.revisions(new_id)] == [1]
    assert new_id != 900


def test_instants_of_any_zone_come_back_as_the_same_instant(store: Store) -> None:
    summer = make.NOON.astimezone(timezone(timedelta(hours=1)))
    new_id = make.add_post(store, planned_at=summer)
    with store.read() as reader:
        found = reader.post(new_id).planned_at
    assert found == make.NOON
    assert found is not None
    assert found.utcoffset() == timedelta(0)


def test_a_naive_instant_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="aware"), store.write() as tx:
        tx.add_post(replace(make.post(), planned_at=make.NOON.replace(tzinfo=None)), make.revision(make.content()))


@pytest.mark.parametrize("wanted", [0, -1, 99, 2**63, 2**80])
def test_an_unknown_id_is_not_found_however_large(store: Store, wanted: int) -> None:
    with store.read() as reader:
        for look in (reader.post, reader.delivery, reader.revisions):
            with pytest.raises(NotFound):
                look(wanted)
        with pytest.raises(NotFound):
            reader.revision(wanted, 1)


def test_after_a_lookup_that_found_nothing_the_block_can_go_on(store: Store) -> None:
    with store.write() as tx:
        for wanted in (99, 2**80):
            with pytest.raises(NotFound):
                tx.post(wanted)
        tx.set_pause(Pause(account="", person="ada", reason="fire", at=make.NOON))
        tx.record(make.entry())
    with store.read() as reader:
        assert len(reader.pauses()) == 1


def test_a_broken_character_is_named_with_its_position_and_nothing_is_saved(store: Store) -> None:
    with pytest.raises(BadText, match="position 3"), store.write() as tx:
        tx.add_post(make.post("ab\ud800"), make.revision(make.content()))
    with store.read() as reader:
        assert reader.counts() == {}


# --- one transaction ---------------------------------------------------------------------------------------------


def test_a_change_without_an_entry_is_refused_and_undone(store: Store) -> None:
    with pytest.raises(RuntimeError, match="no entry, no change"), store.write() as tx:
        tx.add_post(make.post(), make.revision(make.content()))
    with store.read() as reader:
        assert reader.counts() == {}


def test_a_block_that_changes_nothing_needs_no_entry(store: Store) -> None:
    with store.write() as tx:
        tx.end_pause("dept-x")
        assert tx.claim_due(now=make.NOON, owner="d", lease_until=make.NOON, limit=5) == ()
    with store.read() as reader:
        assert list(reader.entries()) == []


def test_an_exception_in_the_block_undoes_changes_and_entries(store: Store) -> None:
    def stumble() -> None:
        with store.write() as tx:
            tx.add_post(make.post(), make.revision(make.content()))
            tx.record(make.entry())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stumble()
    with store.read() as reader:
        assert reader.counts() == {}
        assert list(reader.entries()) == []
    make.add_post(store)


def test_the_writer_sees_its_own_changes_and_others_see_them_after_the_commit(opener: Callable[[], Store]) -> None:
    one, other = opener(), opener()
    with one.write() as tx:
        tx.add_post(make.post(), make.revision(make.content()))
        tx.record(make.entry())
        assert tx.counts() == {"draft": 1}
        with other.read() as reader:
            assert reader.counts() == {}
    with other.read() as reader:
        assert reader.counts() == {"draft": 1}


def test_what_is_called_last_holds_the_turn_over_all_that_was_written(opener: Callable[[], Store]) -> None:
    one, other = opener(), opener()
    seen: list[tuple[dict[str, int], bool]] = []
    following = threading.Thread(target=lambda: make.add_post(other))

    def last() -> None:
        following.start()
        following.join(0.3)
        with other.read() as reader:
            seen.append((reader.counts(), following.is_alive()))

    with one.write(last=last) as tx:
        tx.add_post(make.post(), make.revision(make.content()))
        tx.record(make.entry())
    following.join(60)
    assert seen == [({}, True)]
    with one.read() as reader:
        assert reader.counts() == {"draft": 2}


def test_what_is_called_last_undoes_all_by_raising(store: Store) -> None:
    def last() -> None:
        raise TryAgain("The clock went back.")

    def write() -> None:
        with store.write(last=last) as tx:
            tx.add_post(make.post(), make.revision(make.content()))
            tx.record(make.entry())

    with pytest.raises(TryAgain, match="went back"):
        write()
    make.add_post(store)
    with store.read() as reader:
        assert reader.counts() == {"draft": 1}
        assert verify(reader.entries()).entries == 1


def test_a_read_block_is_of_one_moment(opener: Callable[[], Store]) -> None:
    one, other = opener(), opener()
    make.add_post(one)
    with other.read() as reader:
        before = reader.counts()
        make.add_post(one)
        assert reader.counts() == before
        assert len(list(reader.entries())) == 1
    with other.read() as reader:
        assert reader.counts() == {"draft": 2}


def test_a_reader_cannot_be_used_after_its_block(store: Store) -> None:
    with store.read() as reader:
        lazy = reader.entries()
    with pytest.raises(RuntimeError, match="block"):
        reader.counts()
    with pytest.raises(RuntimeError, match="block"):
        next(lazy)


def test_a_write_block_inside_another_is_refused_at_once(store: Store) -> None:
    with store.write(), pytest.raises(RuntimeError, match="inside another"), store.write():
        pass


def test_threads_that_write_and_read_at_once_lose_nothing(store: Store) -> None:
    faults: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(10):
                make.add_post(store)
                with store.read() as reader:
                    assert len(reader.rows(reader.row_ids(QueueFilter()))) == len(list(reader.entries()))
        except BaseException as fault:  # noqa: BLE001  carried to the test's own thread
            faults.append(fault)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with store.read() as reader:
        assert reader.counts() == {"draft": 60}
        assert verify(reader.entries()).entries == 60
