"""What every store promises of readings: one row a person and post, which only goes further, beside the record."""

from dataclasses import replace
from datetime import timedelta

import pytest

from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.readings import COMMENTED, Reading
from tests.store import builders as make


def of(post: int, person: str = "bob", **changes: object) -> Reading:
    return replace(Reading(post=post, person=person, at=make.NOON), **changes)  # type: ignore[arg-type]  # built by name


def commented(store: Store, post: int, *, by: str, to: tuple[str, ...] = (), words: str = "Right?") -> int:
    """A comment on the record; returns the number of its entry."""
    with store.write() as tx:
        tx.record(replace(make.entry(COMMENTED, post_id=post), private={"person": by, "text": words, "to": list(to)}))
    with store.read() as reader:
        return next(reader.entries(newest_first=True, limit=1)).seq


def past(store: Store, person: str) -> list[tuple[int, bool]]:
    with store.read() as reader:
        return [(entry.seq, mine) for entry, mine in reader.comments_past(person)]


def test_a_reading_is_kept_for_each_person_and_post_and_needs_no_entry_in_the_record(store: Store) -> None:
    post, other = make.add_post(store), make.add_post(store)
    with store.read() as reader:
        before = verify(reader.entries())
    for one in (of(post, revision=1), of(post, "ada", revision=1), of(other, comment=7)):
        store.note_reading(one)
    with store.read() as reader:
        assert reader.reading(post, "bob") == of(post, revision=1)
        assert reader.reading(other, "ada") is None
        assert reader.readings() == (of(post, "ada", revision=1), of(post, revision=1), of(other, comment=7))
        assert reader.readings(person="bob") == (of(post, revision=1), of(other, comment=7))
        assert reader.readings(posts=[other, 99]) == (of(other, comment=7),)
        assert reader.readings(posts=[]) == ()
        assert verify(reader.entries()) == before


def test_it_only_goes_further_each_number_by_itself(store: Store) -> None:
    post = make.add_post(store)
    later = make.NOON + timedelta(hours=1)
    store.note_reading(of(post, revision=3, comment=5))
    store.note_reading(of(post, revision=2, comment=9, at=later))
    with store.read() as reader:
        assert reader.reading(post, "bob") == of(post, revision=3, comment=9)
    store.note_reading(of(post, revision=4, comment=1, at=later))
    with store.read() as reader:
        assert reader.reading(post, "bob") == of(post, revision=4, comment=9, at=later)


def test_it_can_be_kept_with_a_change_and_goes_with_it_when_that_is_taken_back(store: Store) -> None:
    post = make.add_post(store)
    with store.write() as tx:
        tx.note_reading(of(post, revision=1))
        tx.record(make.entry())

    def half_done() -> None:
        with store.write() as tx:
            tx.note_reading(of(post, revision=2))
            tx.suspend("grace", "ada", make.NOON)

    with pytest.raises(RuntimeError, match="recorded nothing"):
        half_done()
    with store.read() as reader:
        assert reader.reading(post, "bob") == of(post, revision=1)


def test_it_can_be_erased(store: Store) -> None:
    post = make.add_post(store)
    for one in (of(post, revision=1), of(post, "ada", revision=1)):
        store.note_reading(one)
    with store.write() as tx:
        assert tx.forget_readings(tx.readings(person="bob")) == 1
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.readings() == (of(post, "ada", revision=1),)


def test_comments_past_a_reading_are_those_on_own_posts_and_those_that_name_the_person(store: Store) -> None:
    mine, other = make.add_post(store, by="bob"), make.add_post(store, by="ada")
    first = commented(store, mine, by="ada")
    commented(store, other, by="ada")
    third = commented(store, other, by="ada", to=("grace", "bob"))
    assert past(store, "bob") == [(first, True), (third, False)]
    store.note_reading(of(mine, comment=first))
    assert past(store, "bob") == [(third, False)]
    again = commented(store, mine, by="grace", words="“%” [/red] \\")
    assert past(store, "bob") == [(third, False), (again, True)]
    assert past(store, "b_b") == past(store, "%") == []


def test_a_comment_whose_words_were_erased_is_nobody_s_to_read(store: Store) -> None:
    post = make.add_post(store, by="bob")
    seq = commented(store, post, by="ada")
    with store.write() as tx:
        tx.erase_entries([seq])
        tx.record(make.entry())
    assert past(store, "bob") == []
