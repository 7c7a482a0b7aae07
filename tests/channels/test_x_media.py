"""Pictures on X: uploaded once, described, used again by a repeated try, and uploaded anew when X no longer has them."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from purdah_scheduler.application.answers import NeedsLogin, OutcomeUnknown, Rejected, RetryLater
from purdah_scheduler.channels.x import XChannel
from purdah_scheduler.domain.content import Media, Outgoing
from purdah_scheduler.domain.people import Replies
from tests.fakes.fake_x import FakeX

MakeX = Callable[..., XChannel]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
UPLOAD, DESCRIBE, POST = "POST /2/media/upload", "POST /2/media/metadata", "POST /2/tweets"


def pictured(post: Outgoing, *alts: str) -> Outgoing:
    """The post with one picture for each description, each with bytes of its own."""
    blobs = [PNG + alt.encode() for alt in alts]
    media = tuple(
        Media(sha256=hashlib.sha256(blob).hexdigest(), size=len(blob), type="image/png", alt=alt)
        for blob, alt in zip(blobs, alts, strict=True)
    )
    return replace(post, media=media, blobs={medium.sha256: blob for medium, blob in zip(media, blobs, strict=True)})


def test_four_pictures_go_out_in_their_order_with_their_descriptions(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    x, said = make_x(), pictured(post, "One", "Two & <3>", "Drei", "Ŵedi")
    staged = x.stage(said, {})
    assert fake_x.posts == []
    receipt = x.commit(said, staged)
    assert fake_x.posts[0].pictures == ("One", "Two & <3>", "Drei", "Ŵedi")
    assert [kept.data for kept in fake_x.uploads.kept.values()] == [(said.blobs or {})[m.sha256] for m in said.media]
    assert fake_x.requests == [UPLOAD, DESCRIBE] * 4 + [POST]
    assert x.find_published(said, staged) == receipt


def test_a_text_alone_needs_no_upload(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    assert make_x().stage(post, {"a": "b"}) == {"a": "b"}
    assert fake_x.requests == []


def test_a_picture_without_a_description_is_not_described(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    make_x().stage(pictured(post, ""), {})
    assert fake_x.requests == [UPLOAD]


def test_what_was_uploaded_is_used_again_after_a_restart(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    said = pictured(post, "One", "Two")
    staged = make_x().stage(said, {"note": "kept"})
    again = make_x()
    assert again.stage(said, staged) == staged
    again.commit(said, staged)
    assert fake_x.requests == [UPLOAD, DESCRIBE] * 2 + [POST]


def test_another_description_is_another_upload(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    x, said = make_x(), pictured(post, "One")
    staged = x.stage(said, {})
    other = replace(said, media=(replace(said.media[0], alt="Other words"),))
    with pytest.raises(RetryLater, match="not on X"):
        x.commit(other, staged)
    x.commit(other, x.stage(other, staged))
    assert fake_x.posts[0].pictures == ("Other words",)


def test_what_runs_out_soon_is_uploaded_anew(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    said, later = pictured(post, "One"), datetime.now(UTC) + timedelta(hours=23, minutes=50)
    staged = make_x().stage(said, {})
    x = make_x(now=lambda: later)
    renewed = x.stage(said, staged)
    assert renewed != staged
    assert fake_x.requests.count(UPLOAD) == 2
    with pytest.raises(RetryLater, match="not any more"):
        make_x(now=lambda: later + timedelta(hours=1)).commit(said, staged)
    assert POST not in fake_x.requests


def test_the_life_that_x_names_counts(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    fake_x.uploads.life = 600
    x, said = make_x(), pictured(post, "One")
    assert x.stage(said, x.stage(said, {})) is not None
    assert fake_x.requests.count(UPLOAD) == 2


def test_a_picture_that_x_has_lost_is_uploaded_anew_and_the_post_is_sent_once(
    fake_x: FakeX, make_x: MakeX, post: Outgoing
) -> None:
    x, said = make_x(), pictured(post, "One")
    staged = x.stage(said, {})
    fake_x.uploads.forget()
    with pytest.raises(RetryLater, match="uploaded anew"):
        x.commit(said, staged)
    x.commit(said, x.stage(said, staged))
    assert [each.pictures for each in fake_x.posts] == [("One",)]


def test_a_staged_text_that_cannot_be_read_is_uploaded_anew(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    x, said = make_x(), pictured(post, "One")
    for broken in ("", "{", "{}", "[1]", '[{"id": "x"}]', json.dumps([{"sha256": "0", "alt": "", "id": "1", "until": "never"}])):
        staged = x.stage(said, {"pictures": broken})
        assert json.loads(staged["pictures"])[0]["alt"] == "One"
        with pytest.raises(RetryLater):
            x.commit(said, {"pictures": broken})


@pytest.mark.parametrize("states", [("pending",), ("in_progress", "in_progress"), ("pending", "in_progress", "succeeded")])
def test_a_picture_that_x_still_works_on_is_waited_for(
    fake_x: FakeX, make_x: MakeX, post: Outgoing, states: tuple[str, ...]
) -> None:
    fake_x.uploads.slowly(*states)
    x, said = make_x(), pictured(post, "One")
    x.commit(said, x.stage(said, {}))
    assert fake_x.posts[0].pictures == ("One",)


def test_a_picture_that_x_cannot_read_is_refused(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    fake_x.uploads.slowly("in_progress", "failed")
    with pytest.raises(Rejected, match="could not read a picture"):
        make_x().stage(pictured(post, "One"), {})


def test_a_picture_that_x_never_finishes_is_tried_again_later(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    fake_x.uploads.slowly(*["in_progress"] * 100)
    with pytest.raises(RetryLater, match="not taken in a picture"):
        make_x().stage(pictured(post, "One"), {})


def test_bytes_that_are_not_the_cleared_ones_never_leave(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    said = pictured(post, "One")
    with pytest.raises(Rejected, match="differs from the one that was cleared"):
        make_x().stage(replace(said, blobs={said.media[0].sha256: b"other"}), {})
    with pytest.raises(Rejected, match="missing"):
        make_x().stage(replace(said, blobs={}), {})
    assert fake_x.requests == []


@pytest.mark.parametrize("path", ["/2/media/upload", "/2/media/metadata"])
@pytest.mark.parametrize(
    ("behaviour", "raised"),
    [
        ("drop_before", RetryLater),
        ("lose_answer", RetryLater),
        ("half_body", RetryLater),
        ("html_201", RetryLater),
        ("array_201", RetryLater),
        ("redirect", RetryLater),
        ("429", RetryLater),
        ("503", RetryLater),
        ("401", NeedsLogin),
        ("403", Rejected),
    ],
)
def test_a_fault_while_a_picture_is_prepared_is_never_an_unknown_outcome_and_can_be_repeated(
    fake_x: FakeX, make_x: MakeX, post: Outgoing, path: str, behaviour: str, raised: type[Exception]
) -> None:
    fake_x.behave(behaviour, path=path, **({"to": "http://127.0.0.1:9"} if behaviour == "redirect" else {}))
    x, said = make_x(), pictured(post, "One", "Two")
    with pytest.raises(raised):
        x.stage(said, {})
    x.commit(said, x.stage(said, {}))
    assert [each.pictures for each in fake_x.posts] == [("One", "Two")]


@pytest.mark.parametrize("behaviour", ["lose_answer", "half_body", "html_201"])
def test_a_lost_answer_to_a_post_with_pictures_is_unknown_and_the_look_up_finds_it(
    fake_x: FakeX, make_x: MakeX, post: Outgoing, behaviour: str
) -> None:
    x, said = make_x(), pictured(post, "One", "Two")
    staged = x.stage(said, {})
    fake_x.behave(behaviour, path="/2/tweets")
    with pytest.raises(OutcomeUnknown):
        x.commit(said, staged)
    found = x.find_published(said, staged)
    assert found is not None
    assert found.remote_id == fake_x.posts[0].id


@pytest.mark.parametrize(
    ("replies", "told"),
    [
        (Replies.EVERYONE, ""),
        (Replies.FOLLOWING, "following"),
        (Replies.MENTIONED, "mentionedUsers"),
        (Replies.SUBSCRIBERS, "subscribers"),
        (Replies.VERIFIED, "verified"),
    ],
)
def test_who_may_reply_is_told_with_the_post(fake_x: FakeX, make_x: MakeX, post: Outgoing, replies: Replies, told: str) -> None:
    make_x(replies=replies).commit(post, {})
    assert fake_x.posts[0].replies == told


def test_of_a_thread_only_the_first_part_says_who_may_reply(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    x = make_x(threads=True, replies=Replies.FOLLOWING)
    first = x.commit(replace(post, parts=2), {})
    x.commit(replace(post, text="Second.", part=2, parts=2, reply_to=first.remote_id), {})
    assert [each.replies for each in fake_x.posts] == ["following", ""]
