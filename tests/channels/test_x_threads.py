"""Threads on X: each part is a reply to the one before it, only where the account allows it, and is looked for as that reply."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from purdah_scheduler.application.answers import Rejected
from purdah_scheduler.channels.bluesky_record import remote_id_at as bluesky_id
from purdah_scheduler.channels.x import XChannel
from purdah_scheduler.channels.x_text import problems, remote_id_at
from purdah_scheduler.domain.content import Outgoing
from tests.fakes.fake_x import FakeX


def part(post: Outgoing, number: int, reply_to: str = "") -> Outgoing:
    return replace(post, text=f"Part {number}.", part=number, parts=3, reply_to=reply_to)


def test_each_part_answers_the_one_before(fake_x: FakeX, make_x: Callable[..., XChannel], post: Outgoing) -> None:
    x, before = make_x(threads=True), ""
    for number in (1, 2, 3):
        before = x.commit(part(post, number, before), {}).remote_id
    assert fake_x.chain() == [("Part 1.", ""), ("Part 2.", "Part 1."), ("Part 3.", "Part 2.")]


def test_the_same_words_elsewhere_are_not_taken_for_the_part(
    fake_x: FakeX, make_x: Callable[..., XChannel], post: Outgoing
) -> None:
    x = make_x(threads=True)
    first = x.commit(part(post, 1), {}).remote_id
    fake_x.record("Part 2.")
    assert x.find_published(part(post, 2, first), {}) is None
    true_one = fake_x.record("Part 2.", answers=first)
    found = x.find_published(part(post, 2, first), {})
    assert found is not None
    assert found.remote_id == true_one.id


def test_nothing_of_a_thread_is_sent_where_the_account_sends_none(
    fake_x: FakeX, make_x: Callable[..., XChannel], post: Outgoing
) -> None:
    with pytest.raises(Rejected, match="sends no threads"):
        make_x().commit(part(post, 1), {})
    with pytest.raises(Rejected, match="nothing to answer"):
        make_x(threads=True).commit(part(post, 2, "not-a-number"), {})
    assert fake_x.requests == []


def test_an_account_check_says_that_each_part_counts(fake_x: FakeX, make_x: Callable[..., XChannel]) -> None:
    assert "each part is a post of its own" in make_x(threads=True).check_account().detail
    assert "part" not in make_x().check_account().detail


def test_what_is_too_long_is_so_from_a_place(post: Outgoing) -> None:
    (problem,) = problems("a" * 300, ())
    assert problem.position == 280


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://x.com/dept/status/1790000000000000001?s=20", "1790000000000000001"),
        ("https://x.com/dept/status/1790000000000000001/", "1790000000000000001"),
        ("https://x.com/dept", ""),
    ],
)
def test_the_id_of_a_post_is_in_its_address(address: str, found: str) -> None:
    assert remote_id_at(address) == found


def test_a_page_of_bluesky_names_its_post() -> None:
    uri = "at://dept.example/app.bsky.feed.post/3l7abc"
    assert bluesky_id("https://bsky.app/profile/dept.example/post/3l7abc") == bluesky_id(uri) == uri
    assert bluesky_id("https://bsky.app/profile/dept.example") == ""
