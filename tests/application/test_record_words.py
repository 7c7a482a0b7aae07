"""Entries in words: what people are told of each, and what is told elsewhere."""

from datetime import UTC, datetime

from purdah_scheduler.application.record_words import details
from purdah_scheduler.domain.audit import GENESIS, Entry, NewEntry, chain
from purdah_scheduler.domain.readings import COMMENTED

AT = datetime(2026, 4, 14, 12, 0, tzinfo=UTC)


def entry(action: str) -> Entry:
    new = NewEntry(action=action, at=AT, post=1, public={"revision": 2}, private={"person": "ann", "text": "Is it £42m?"})
    return chain(new, seq=1, prev=GENESIS, salt="0" * 32)


def test_the_words_of_a_comment_are_told_and_those_of_a_post_stand_with_the_post() -> None:
    assert "text: Is it £42m?" in details(entry(COMMENTED), str)
    assert "£42m" not in details(entry("post.edited"), str)
