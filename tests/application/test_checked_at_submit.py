"""What an account's channel cannot take is told while a post is written and refused when it is submitted, not when it is due."""

from dataclasses import replace

import pytest

from purdah_scheduler.application import views, writing
from purdah_scheduler.errors import BadInput
from tests.application.desk import ANN, DEPARTMENT, Desk

BLOG = "Bridges\n\nAll open."


def on(desk: Desk, channel: str) -> Desk:
    """The same desk with the department's account on another channel."""
    house = replace(desk.office.house, accounts=(replace(DEPARTMENT, channel=channel, threads=True),))
    return replace(desk, office=replace(desk.office, house=house))


@pytest.mark.parametrize(
    ("channel", "changes", "codes", "words"),
    [
        ("x", {"content_warning": "Flooding"}, ["content-warning-unsupported"], "put it into the text, or leave X out"),
        ("x", {"visibility": "private"}, ["visibility-unsupported"], "X has only public posts"),
        ("x", {"reply_to": "5501"}, ["reply-unsupported"], "post it by itself"),
        ("bluesky", {"content_warning": "Flooding"}, ["content-warning-unsupported"], "Bluesky has no content warnings"),
        ("bluesky", {"reply_to": "5501"}, ["reply-target"], "https://bsky.app/profile"),
        ("bluesky", {"lang": "Welsh!"}, ["language"], "cy for Welsh"),
        ("mastodon", {"visibility": "friends"}, ["visibility-unsupported"], "it has: public, unlisted"),
        ("mastodon", {"reply_to": "https://example.org/1"}, ["reply-target"], "by its id"),
        ("mastodon", {"content_warning": "w" * 150, "text": "t" * 400}, ["too-long"], "with the content warning"),
        ("wordpress", {"reply_to": "7", "text": BLOG}, ["reply-unsupported"], "replies to nothing"),
        ("manual-facebook", {"content_warning": "Flooding"}, ["content-warning-unsupported"], "Facebook"),
    ],
)
def test_a_setting_is_told_while_writing_and_refused_at_submit(
    desk: Desk, channel: str, changes: dict[str, str], codes: list[str], words: str
) -> None:
    desk = on(desk, channel)
    draft = desk.draft(**changes)
    [typed] = writing.preview(desk.office, draft).accounts
    assert [problem.code for problem in typed.problems if problem.blocking] == codes
    post = writing.new_post(desk.office, desk.act(ANN), draft)
    assert views.post_view(desk.office, post).accounts[0].problems == typed.problems
    with pytest.raises(BadInput, match="was not submitted") as refused:
        writing.submit(desk.office, desk.act(ANN), post)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("channel", "changes"),
    [
        ("mastodon", {"content_warning": "Flooding", "visibility": "unlisted", "reply_to": "110", "lang": "cy"}),
        ("bluesky", {"reply_to": "at://did:plc:abc/app.bsky.feed.post/3k", "lang": "zh-Hant"}),
        ("outbox", {"content_warning": "Flooding", "visibility": "friends", "reply_to": "anything"}),
    ],
)
def test_what_a_channel_takes_is_submitted(desk: Desk, channel: str, changes: dict[str, str]) -> None:
    desk = on(desk, channel)
    writing.submit(desk.office, desk.act(ANN), desk.write(**changes))


def test_a_setting_of_a_whole_thread_is_told_once_and_a_fault_of_a_part_with_its_place(desk: Desk) -> None:
    desk = on(desk, "bluesky")
    text = f"Short.\n---\n{'a' * 301}"
    [typed] = writing.preview(desk.office, desk.draft(text, content_warning="Flooding")).accounts
    [warning, long] = typed.problems
    assert (warning.code, warning.message.startswith("Bluesky has no")) == ("content-warning-unsupported", True)
    assert long.message.startswith("Part 2: ")
    assert long.position == text.index("a" * 301) + 300


def test_the_reply_of_a_thread_is_checked_with_its_first_part_alone(desk: Desk) -> None:
    [typed] = writing.preview(on(desk, "x").office, desk.draft("One\n---\nTwo", reply_to="5501")).accounts
    assert [problem.message.partition(":")[0] for problem in typed.problems] == ["Part 1"]
