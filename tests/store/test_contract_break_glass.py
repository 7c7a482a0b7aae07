"""What every store promises of break-glass: it is added, told once, reviewed once by somebody else, and never altered."""

from dataclasses import replace

import pytest

from purdah_scheduler.application.notice_ports import HouseStore
from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.errors import NotFound, WrongState
from tests.store import builders as make


def glass(post: int, **changes: object) -> BreakGlass:
    base = BreakGlass(
        id=0,
        post=post,
        digest="ab" * 32,
        revision=1,
        person="dee",
        stages=("press", "legal"),
        reason="Naïve “flood” [/red] ' ; DROP TABLE posts",
        incident="INC-1",
        at=make.NOON,
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # built by name


def added(store: Store, *glasses: BreakGlass) -> list[int]:
    with store.write() as tx:
        ids = [tx.add_break_glass(one) for one in glasses]
        tx.record(make.entry())
    return ids


def test_they_come_back_as_they_were_made_by_post_and_by_time(store: Store) -> None:
    post, other = make.add_post(store), make.add_post(store)
    first, second, third = added(store, glass(post), glass(post, at=make.NOON + make.MINUTE, stages=("press",)), glass(other))
    with store.read() as reader:
        found = reader.break_glasses(post)
        assert [one.id for one in found] == [first, second]
        assert replace(found[0], id=0) == glass(post)
        assert [one.id for one in reader.unreviewed()] == [first, second, third]
        assert [one.id for one in reader.broken_since(make.NOON)] == [second]
        (dossier,) = reader.dossiers([post])
        assert dossier.break_glasses == found


def test_without_an_entry_of_the_record_none_is_kept(store: Store) -> None:
    post = make.add_post(store)
    with pytest.raises(RuntimeError, match="recorded nothing"), store.write() as tx:
        tx.add_break_glass(glass(post))
    with store.read() as reader:
        assert reader.break_glasses(post) == ()


def test_it_is_reviewed_once(store: Store) -> None:
    (number,) = added(store, glass(make.add_post(store)))
    with store.write() as tx:
        tx.review_break_glass(number, by="carys", at=make.NOON, words="Right.")
        tx.record(make.entry())
    with pytest.raises(WrongState), store.write() as tx:
        tx.review_break_glass(number, by="bob", at=make.NOON, words="Wrong.")
    with pytest.raises(NotFound), store.write() as tx:
        tx.review_break_glass(number + 1, by="bob", at=make.NOON, words="Wrong.")
    with store.read() as reader:
        assert reader.unreviewed() == ()


def test_whoever_broke_it_does_not_review_it(store: Store) -> None:
    (number,) = added(store, glass(make.add_post(store)))
    with pytest.raises(RuntimeError, match="breaks a rule"), store.write() as tx:
        tx.review_break_glass(number, by="dee", at=make.NOON, words="Right.")
    with store.read() as reader:
        assert [one.id for one in reader.unreviewed()] == [number]


def test_the_first_moment_at_which_everybody_was_told_stays(store: HouseStore) -> None:
    post = make.add_post(store)
    (number,) = added(store, glass(post))
    for minutes in (1, 2):
        with store.notebook() as book:
            book.break_glass_told(number, make.NOON + minutes * make.MINUTE)
    with store.read() as reader:
        assert [one.told_at for one in reader.break_glasses(post)] == [make.NOON + make.MINUTE]
