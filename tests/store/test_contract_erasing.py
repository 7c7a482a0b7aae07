"""Erasing and holds, on every store: words go, rows and the chain stay, and a hold is released once."""

from dataclasses import replace

from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.audit import verify_links
from tests.store import builders as make


def test_the_personal_part_goes_once_and_the_chain_verifies(store: Store) -> None:
    make.fill(store)
    with store.read() as reader:
        entries = [entry.seq for entry in reader.entries()]
    with store.write() as tx:
        assert tx.erase_entries(entries[:3]) == 3
        assert tx.erase_entries(entries[:4]) == 1
        tx.record(make.entry("record.erased"))
    with store.read() as reader:
        found = verify_links(reader.links())
        assert (found.ok, found.redacted, found.entries) == (True, 4, len(entries) + 1)
        assert all((entry.private is None) == (entry.salt is None) for entry in reader.entries())


def test_reasons_and_notes_go_by_post_person_and_time(store: Store) -> None:
    make.fill(store)
    with store.write() as tx:
        assert tx.erase_reasons([1], person="somebody else") == 0
        assert tx.erase_reasons([1], before=make.NOON) == 0
        assert tx.erase_reasons([2, 3]) == 0
        assert tx.erase_reasons([1], person="grace", before=make.NOON + make.MINUTE) == 2
        assert tx.erase_notes([1, 2]) == 2
        assert tx.erase_notes([1, 2]) == 0
        tx.record(make.entry("record.erased"))
    with store.read() as reader:
        (decision,) = reader.decisions(1)
        (exemption,) = reader.exemptions(1)
        assert (decision.person, decision.reason, exemption.person, exemption.reason) == ("grace", "", "grace", "")
        assert (reader.post(1).notes, reader.post(3).notes) == ("", "a note")


def test_a_hold_comes_back_as_it_was_made_and_is_released_once(store: Store) -> None:
    make.fill(store)
    with store.read() as reader:
        (held,) = reader.holds()
    assert replace(held, id=0) == make.hold()
    released = replace(held, released_at=make.NOON + make.MINUTE, released_by="ada", release_reason="answered")
    with store.write() as tx:
        number = tx.add_hold(make.hold("FOI-18", post_id=None))
        tx.release_hold(released)
        tx.record(make.entry("hold.released"))
    with store.write() as tx:
        tx.release_hold(replace(released, released_by="eve"))
        tx.record(make.entry())
    with store.read() as reader:
        assert reader.holds() == (released, replace(make.hold("FOI-18", post_id=None), id=number))
