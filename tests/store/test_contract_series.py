"""What every store promises of series: written once with their posts in order, found by any of them, never altered."""

from dataclasses import replace

import pytest

from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.series import Series
from tests.store import builders as make


def made(source: int, *posts: int) -> Series:
    return Series(id=0, source=source, rule="FREQ=WEEKLY", person="ada", at=make.NOON, posts=posts)


def add(store: Store, series: Series) -> int:
    with store.write() as tx:
        new_id = tx.add_series(series)
        tx.record(make.entry(post_id=series.source))
    return new_id


def test_a_series_is_found_by_each_of_its_posts_in_their_order_and_by_no_other(store: Store) -> None:
    source, one, two, three, other = (make.add_post(store) for _ in range(5))
    first, second = add(store, made(source, two, one)), add(store, made(source, three))
    with store.read() as reader:
        assert reader.series_of(one) == reader.series_of(two) == replace(made(source, two, one), id=first)
        assert reader.series_of(three) == replace(made(source, three), id=second)
        assert reader.series_of(other) is None
        assert reader.series_of(source) is None
    assert (first, second) == (1, 2)
    assert made(source, two, one).place(one) == "2 of 2"


def test_a_post_belongs_to_one_series_only_and_a_series_has_posts_that_exist(store: Store) -> None:
    source, one = make.add_post(store), make.add_post(store)
    add(store, made(source, one))
    for wrong in (made(source, one), made(source, 999)):
        with pytest.raises(RuntimeError, match="breaks a rule of its schema"):
            add(store, wrong)
    with store.read() as reader:
        assert reader.series_of(999) is None


def test_a_series_needs_an_entry_in_the_record(store: Store) -> None:
    source, one = make.add_post(store), make.add_post(store)
    with pytest.raises(RuntimeError), store.write() as tx:
        tx.add_series(made(source, one))
