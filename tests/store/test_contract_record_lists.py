"""Looking through the record, on every store: which entries a filter finds, newest first, and entries by their numbers."""

import pytest

from purdah_scheduler.application.lists import EntryFilter
from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.audit import NewEntry, Plain
from tests.store import builders as make

DIGEST = "7f3a91c2" + "0" * 56


def say(store: Store, action: str, *, post: int | None = None, minutes: int = 0, public: Plain = None, **private: Plain) -> None:
    """One entry."""
    at = make.NOON + minutes * make.MINUTE
    with store.write() as tx:
        tx.record(NewEntry(action=action, at=at, post=post, public={"digest": public}, private=private))


def found(store: Store, **wanted: object) -> list[int]:
    """The numbers that a filter finds."""
    with store.read() as reader:
        return list(reader.entry_numbers(EntryFilter(**wanted)))  # type: ignore[arg-type]  # built by name


@pytest.fixture
def record(store: Store) -> Store:
    """Six entries of three people."""
    say(store, "post.created", post=1, person="asha", text="Tide tables at the Café of Straße 5", public=DIGEST)
    say(store, "post.edited", post=1, minutes=1, person="asha", text='He said "person":"bede" to 100% of us_all')
    say(store, "decision.approve", post=1, minutes=2, person="bede", reason="")
    say(store, "decision.reject", post=2, minutes=3, person="Asha", reason="Tide is wrong")
    say(store, "delivery.held", post=2, minutes=4, person="the daemon", accounts=["harbour", "quay"], more={"deep": "Lantern"})
    say(store, "period.declared", minutes=5, person="carys", name="Tide of votes")
    return store


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, [6, 5, 4, 3, 2, 1]),
        ({"person": "asha"}, [2, 1]),
        ({"person": "bede"}, [3]),
        ({"person": "the daemon"}, [5]),
        ({"person": "nobody"}, []),
        ({"action": "decision"}, [4, 3]),
        ({"action": "decision.reject"}, [4]),
        ({"action": "edited"}, [2]),
        ({"action": "dec"}, []),
        ({"action": "dec%"}, []),
        ({"post": 1}, [3, 2, 1]),
        ({"since": make.NOON + make.MINUTE, "until": make.NOON + 3 * make.MINUTE}, [3, 2]),
        ({"words": "tide"}, [6, 4, 1]),
        ({"words": "tide wrong"}, [4]),
        ({"words": "CAFÉ"}, [1]),
        ({"words": "café"}, [1]),
        ({"words": "Straße"}, [1]),
        ({"words": "100%"}, [2]),
        ({"words": "us_all"}, [2]),
        ({"words": "reason"}, []),
        ({"words": "text"}, []),
        ({"words": "quay lantern"}, [5]),
        ({"words": "7f3a-91c2"}, [1]),
        ({"words": "declared"}, [6]),
        ({"words": "%"}, [2]),
        ({"person": "asha", "post": 1, "action": "created", "words": "tables"}, [1]),
    ],
)
def test_a_filter_finds_these_entries_newest_first(record: Store, wanted: dict[str, object], numbers: list[int]) -> None:
    assert found(record, **wanted) == numbers


def test_entries_come_back_in_the_order_that_was_asked_for(record: Store) -> None:
    with record.read() as reader:
        whole = {entry.seq: entry for entry in reader.entries()}
        assert reader.entries_at([4, 1, 99, 6]) == (whole[4], whole[1], whole[6])
        assert reader.entries_at([]) == ()


def test_what_is_erased_is_found_by_no_person_and_no_word_of_it(record: Store) -> None:
    with record.write() as tx:
        tx.erase_entries([1, 4])
        tx.record(make.entry("record.erased"))
    assert found(record, person="asha") == [2]
    assert found(record, words="tide") == [6]
    assert found(record, words="7f3a-91c2") == [1]
    assert found(record, post=1) == [3, 2, 1]


def test_a_transaction_finds_what_it_has_put_on_record(record: Store) -> None:
    with record.write() as tx:
        tx.record(make.entry("hold.added"))
        assert list(tx.entry_numbers(EntryFilter(action="hold"))) == [7]
        (entry,) = tx.entries_at([7])
        assert entry.action == "hold.added"
