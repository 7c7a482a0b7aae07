"""Checkpoints: a line that is found again in whatever kept it, and what a record beside it can and cannot be."""

from datetime import UTC, datetime

import pytest

from purdah_scheduler.domain.audit import NewEntry, chained, verify, verify_links
from purdah_scheduler.domain.checkpoints import Checkpoint, checkpoint, checkpoints_in, compare

NOON = datetime(2026, 4, 14, 12, 0, tzinfo=UTC)
QUEUE, OTHER = "1a" * 16, "2b" * 16


def links(*actions: str) -> list[tuple[object, ...]]:
    """The record of these actions, as bare fields."""
    entries = chained(
        [NewEntry(action=action, at=NOON, public={}, private={"person": "ada"}) for action in actions],
        after=0,
        prev="0" * 64,
        new_salt=lambda: "00" * 16,
    )
    micro = int(NOON.timestamp() * 1_000_000)
    return [(e.seq, micro, e.action, None, None, e.public, e.private, e.salt, e.commitment, e.prev, e.hash) for e in entries]


def verified(*actions: str, remember: int = 2):  # type: ignore[no-untyped-def]  # what verify_links returns
    return verify_links(links(*actions), remember={remember})  # type: ignore[arg-type]  # built above


@pytest.mark.parametrize(
    "around", ["{}", "> {}", '{{"ts": "2026", "event": "record.checkpoint", "line": "{}"}}', "Kept: {} (by the digest)"]
)
def test_a_line_is_found_in_a_mail_a_journal_and_a_log(around: str) -> None:
    made = checkpoint(12, "ab" * 32, instance=QUEUE, at=NOON)
    text = f"x\n{around.format(made.line)}\nnothing\n"
    assert list(checkpoints_in(text.splitlines())) == [made]


def test_a_line_of_an_early_version_is_read_too() -> None:
    assert list(checkpoints_in([f"purdah-checkpoint-v1 12 {'ab' * 32}"])) == [Checkpoint(seq=12, head="ab" * 32)]


def test_a_record_that_grew_matches_the_checkpoint_that_was_made_before() -> None:
    short = verified("a", "b")
    kept = checkpoint(2, short.head, instance=QUEUE, at=NOON)
    beside = compare(verified("a", "b", "c"), [kept], instance=QUEUE)
    assert (beside.newest, beside.problem) == (kept, "")


def test_a_record_that_was_written_anew_whole_verifies_alone_and_not_beside_a_checkpoint() -> None:
    kept = checkpoint(2, verified("a", "b").head, instance=QUEUE, at=NOON)
    rewritten = verified("a", "x", "c")
    assert rewritten.ok
    beside = compare(rewritten, [kept], instance=QUEUE)
    assert (beside.problem, beside.first_bad) == ("entry 2 is not the one of the checkpoint", 2)


def test_a_record_that_was_cut_verifies_alone_and_not_beside_a_checkpoint() -> None:
    kept = checkpoint(2, verified("a", "b").head, instance=QUEUE, at=NOON)
    beside = compare(verified("a"), [kept], instance=QUEUE)
    assert beside.problem == "it ends at entry 1, and the checkpoint was made at entry 2"


def test_a_checkpoint_of_another_queue_proves_and_contradicts_nothing() -> None:
    beside = compare(verified("a", "b"), [checkpoint(2, "f" * 64, instance=OTHER, at=NOON)], instance=QUEUE)
    assert (beside.matches, beside.strange, beside.problem) == ((), 1, "")


def test_entries_and_bare_fields_verify_alike_also_before_1970() -> None:
    for at in (NOON, datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)):
        new = [NewEntry(action="a", at=at, public={"n": 1}, private={"person": "ada"})]
        entries = list(chained(new, after=0, prev="0" * 64, new_salt=lambda: "ab" * 16))
        assert verify(entries).ok


@pytest.mark.parametrize(("place", "value"), [(1, 2**63 - 1), (1, -(2**63)), (7, "zz"), (7, "0"), (6, "£")])
def test_a_field_of_damaged_bytes_is_told_and_never_an_exception(place: int, value: object) -> None:
    damaged = links("a", "b")
    damaged[1] = (*damaged[1][:place], value, *damaged[1][place + 1 :])
    found = verify_links(damaged)  # type: ignore[arg-type]  # damaged
    assert (found.ok, found.first_bad) == (False, 2)
