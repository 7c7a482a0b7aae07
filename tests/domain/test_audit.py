"""The chain finds every change, and survives the erasure of a personal part."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.domain.audit import GENESIS, Entry, NewEntry, canonical_json, chain, chained, verify

START = datetime(2026, 4, 14, 12, 0, tzinfo=UTC)


def build(count: int) -> list[Entry]:
    entries: list[Entry] = []
    for seq in range(1, count + 1):
        new = NewEntry(
            action="post.created",
            at=START + timedelta(seconds=seq),
            post=seq,
            public={"digest": f"{seq:064x}"},
            private={"person": "ann", "text": f"Words {seq}"},
        )
        entries.append(chain(new, seq=seq, prev=entries[-1].hash if entries else GENESIS, salt=f"{seq:032x}"))
    return entries


def test_an_untouched_chain_verifies() -> None:
    entries = build(5)
    found = verify(entries)
    assert (found.ok, found.entries, found.head, found.first_bad) == (True, 5, entries[-1].hash, None)


def test_many_that_share_what_they_say_are_chained_as_one_by_one() -> None:
    shared = {"code": "blocked"}
    new = [
        NewEntry(
            action="delivery.held", at=START, post=post, public=shared if post % 2 else {"code": post}, private={"person": "a"}
        )
        for post in range(1, 9)
    ]
    salts = iter(f"{number:032x}" for number in range(1, 9))
    one_by_one: list[Entry] = []
    for seq, entry in enumerate(new, start=1):
        one_by_one.append(chain(entry, seq=seq, prev=one_by_one[-1].hash if one_by_one else GENESIS, salt=f"{seq:032x}"))
    assert list(chained(new, after=0, prev=GENESIS, new_salt=lambda: next(salts))) == one_by_one


def test_an_empty_record_verifies() -> None:
    assert verify([]).ok


TAMPERINGS: dict[str, Callable[[Entry], Entry]] = {
    "action": lambda e: replace(e, action="post.cancelled"),
    "moment": lambda e: replace(e, at=e.at + timedelta(microseconds=1)),
    "post": lambda e: replace(e, post=99),
    "no post": lambda e: replace(e, post=None),
    "delivery": lambda e: replace(e, delivery=1),
    "public part": lambda e: replace(e, public=canonical_json({"digest": "0"})),
    "personal part": lambda e: replace(e, private=canonical_json({"person": "bob"})),
    "salt": lambda e: replace(e, salt="f" * 32),
    "half an erasure": lambda e: replace(e, private=None),
    "commitment": lambda e: replace(e, commitment="0" * 64),
    "link": lambda e: replace(e, prev="0" * 64),
    "hash": lambda e: replace(e, hash="0" * 64),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_a_changed_entry_is_found_where_it_stands(what: str) -> None:
    entries = build(5)
    entries[2] = TAMPERINGS[what](entries[2])
    found = verify(entries)
    assert not found.ok
    assert found.first_bad == 3


@given(st.integers(0, 8), st.integers(0, 8))
def test_a_missing_doubled_or_moved_entry_is_found(one: int, other: int) -> None:
    entries = build(9)
    assert not verify(entries[:one] + entries[one + 1 :]).ok or one == 8
    assert not verify(entries[: one + 1] + entries[one:]).ok
    entries[one], entries[other] = entries[other], entries[one]
    assert verify(entries).ok is (one == other)


def test_erasing_a_personal_part_keeps_the_chain() -> None:
    entries = build(3)
    entries[1] = replace(entries[1], private=None, salt=None)
    found = verify(entries)
    assert found.ok
    assert found.redacted == 1


@pytest.mark.parametrize("other", [str.upper, lambda salt: f"{salt[:8]} {salt[8:]}"], ids=["capitals", "a space"])
def test_a_salt_in_other_letters_is_an_altered_one(other: Callable[[str], str]) -> None:
    salted = chain(
        NewEntry(action="post.created", at=START, post=1, public={}, private={"person": "ann"}),
        seq=1,
        prev=GENESIS,
        salt="ab" * 16,
    )
    assert verify([salted]).ok
    assert verify([replace(salted, salt=other("ab" * 16))]).problem == "entry 1 has an altered personal part"


def test_facts_are_both_parts_for_people() -> None:
    entry = build(1)[0]
    assert entry.facts["person"] == "ann"
    assert entry.facts["digest"] == f"{1:064x}"
    assert "person" not in replace(entry, private=None, salt=None).facts


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", '"x"', "7"])
def test_of_a_damaged_part_the_facts_say_so_and_the_other_part_is_there(text: str) -> None:
    entry = build(1)[0]
    without_private, without_public = replace(entry, private=text).facts, replace(entry, public=text).facts
    assert {"damaged", "digest"} == without_private.keys()
    assert {"damaged", "person", "text"} == without_public.keys()


def test_floats_and_naive_instants_have_no_place_in_the_record() -> None:
    with pytest.raises(ValueError, match="aware"):
        chain(NewEntry(action="a", at=START.replace(tzinfo=None), public={}, private={}), seq=1, prev=GENESIS, salt="00" * 16)
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"x": float("nan")})  # type: ignore[dict-item]  # what the types forbid, refused at run time too
