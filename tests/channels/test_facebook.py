"""A Facebook Page: nothing is public before its one request, the cleared words are what goes out, and what each answer means."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from purdah_scheduler.application.answers import (
    AlreadyPublished,
    ChannelError,
    NeedsLogin,
    OutcomeUnknown,
    Rejected,
    RetryLater,
)
from purdah_scheduler.channels import catalogue
from purdah_scheduler.channels.credentials import Credentials, Secret
from purdah_scheduler.channels.facebook import FacebookChannel
from purdah_scheduler.domain.content import Media, Outgoing
from purdah_scheduler.domain.people import Account
from purdah_scheduler.web import TimeLimits
from tests.fakes.fake_facebook import PAGE, PAGE_TOKEN, FakeFacebook, refusal
from tests.fakes.serving import Said

PUBLISH = r"POST /v26\.0/\d+_\d+"
LOOK = r"GET /v26\.0/\d+_\d+"
Make = Callable[..., FacebookChannel]


@pytest.fixture
def page() -> Iterator[FakeFacebook]:
    with FakeFacebook() as fake:
        yield fake


@pytest.fixture
def make(page: FakeFacebook, make_account: Callable[..., Account]) -> Make:
    def build(*, handle: str = PAGE, token: str = PAGE_TOKEN) -> FacebookChannel:
        return FacebookChannel(
            make_account(channel="facebook", handle=handle),
            Credentials({"page_token": Secret(token)}),
            base_url=page.base_url,
            now=lambda: datetime.now(UTC),
            limits=TimeLimits(connect=2, read=5, total=10),
        )

    return build


def with_pictures(post: Outgoing, *data: bytes) -> Outgoing:
    media = tuple(
        Media(sha256=hashlib.sha256(each).hexdigest(), size=len(each), type="image/png", alt=f"Picture {number}")
        for number, each in enumerate(data, start=1)
    )
    return replace(post, media=media, blobs={medium.sha256: each for medium, each in zip(media, data, strict=True)})


def test_pictures_keep_their_order_and_descriptions_and_nothing_is_public_before_the_commit(
    page: FakeFacebook, make: Make, post: Outgoing
) -> None:
    channel, told = make(), with_pictures(post, b"one", b"two")
    staged = channel.stage(told, {})
    assert page.texts() == []
    assert {photo["published"] for photo in page.photos.values()} == {"false"}
    channel.commit(told, staged)
    [public] = page.posts.values()
    assert [page.photos[number]["alt"] for number in public["photos"]] == ["Picture 1", "Picture 2"]
    assert page.requests[-1] == f"POST /v26.0/{staged['post']}"


def test_what_somebody_changed_on_facebook_does_not_go_out(page: FakeFacebook, make: Make, post: Outgoing) -> None:
    channel = make()
    staged = channel.stage(post, {})
    page.posts[staged["post"]]["message"] = "Changed in the Page's own tools"
    channel.commit(post, staged)
    assert page.texts() == [post.text]


def test_the_first_link_is_named_for_facebooks_card_unless_there_are_pictures(
    page: FakeFacebook, make: Make, post: Outgoing
) -> None:
    linked = replace(post, text="See gov.uk/bridges and gov.uk.")
    make().stage(linked, {})
    make().stage(with_pictures(linked, b"one"), {})
    assert [made["link"] for made in page.posts.values()] == ["https://gov.uk/bridges", ""]


def test_a_post_that_is_prepared_is_used_again_and_one_that_was_taken_away_is_made_anew(
    page: FakeFacebook, make: Make, post: Outgoing
) -> None:
    channel = make()
    staged = channel.stage(post, {})
    assert channel.stage(post, staged) == staged
    page.posts.clear()
    anew = channel.stage(post, staged)
    assert anew["post"] != staged["post"]
    assert channel.stage(replace(post, key="d1-r2"), anew)["post"] != anew["post"]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (refusal(401, 190, "Error validating access token"), NeedsLogin),
        (refusal(403, 200, "Permissions error"), NeedsLogin),
        (refusal(400, 368, "Temporarily blocked"), NeedsLogin),
        (refusal(400, 32, "Page request limit reached"), RetryLater),
        (refusal(400, 4, "Application request limit reached", transient=True), RetryLater),
        (refusal(400, 506, "Duplicate status message"), AlreadyPublished),
        (refusal(400, 100, "Invalid parameter"), Rejected),
        (refusal(500, 1, "An unknown error occurred", transient=True), OutcomeUnknown),
        (refusal(400, 2, "Service temporarily unavailable"), OutcomeUnknown),
        (refusal(400, 99_999, "Odd", transient=True), OutcomeUnknown),
        (refusal(500, 100, "Invalid parameter"), OutcomeUnknown),
        (Said(status=403, body="<html>blocked by a gateway</html>"), OutcomeUnknown),
        (Said(status=200, body={}), OutcomeUnknown),
        (Said(status=200, body={"success": False}), OutcomeUnknown),
        (Said(status=302, body={}), OutcomeUnknown),
        (Said(status=400, body={"error": {"code": "100"}}), OutcomeUnknown),
    ],
)
def test_only_a_plain_refusal_is_taken_for_one(
    page: FakeFacebook, make: Make, post: Outgoing, said: Said, error: type[ChannelError]
) -> None:
    channel = make()
    staged = channel.stage(post, {})
    page.script(PUBLISH, said)
    with pytest.raises(error) as raised:
        channel.commit(post, staged)
    assert type(raised.value) is error
    assert post.text not in str(raised.value)
    assert PAGE_TOKEN not in str(raised.value)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (refusal(401, 190, "Error validating access token"), NeedsLogin),
        (refusal(400, 613, "Calls to this api have exceeded the rate limit."), RetryLater),
        (refusal(500, 2, "Service temporarily unavailable"), RetryLater),
        (refusal(400, 100, "Invalid parameter"), Rejected),
        (refusal(400, 506, "Duplicate status message"), Rejected),
        (Said(status=502, body="<html></html>"), RetryLater),
        (Said(status=200, body={"id": "../evil"}), RetryLater),
    ],
)
def test_preparing_can_always_be_tried_again_unless_facebook_refuses_it(
    page: FakeFacebook, make: Make, post: Outgoing, said: Said, error: type[ChannelError]
) -> None:
    page.script(rf"POST /v26\.0/{PAGE}/feed", said)
    with pytest.raises(error) as raised:
        make().stage(post, {})
    assert type(raised.value) is error
    assert page.texts() == []


def test_a_look_without_a_record_finds_the_words_or_leaves_it_to_people(page: FakeFacebook, make: Make, post: Outgoing) -> None:
    channel = make()
    with pytest.raises(RetryLater, match="not on record"):
        channel.find_published(post, {})
    receipt = channel.commit(post, channel.stage(post, {}))
    assert channel.find_published(post, {}) == receipt


def test_a_look_that_does_not_say_whether_it_is_public_proves_nothing(page: FakeFacebook, make: Make, post: Outgoing) -> None:
    channel = make()
    staged = channel.stage(post, {})
    page.script(LOOK, Said(body={"id": staged["post"]}))
    with pytest.raises(RetryLater):
        channel.find_published(post, staged)


def test_the_account_is_the_pages_own_and_its_check_says_that_the_channel_is_experimental(make: Make) -> None:
    assert "experimental" in make().check_account().detail
    other = make(handle="555555").check_account()
    assert (other.ok, other.handle) == (False, PAGE)
    with pytest.raises(NeedsLogin):
        make(token="EAAG-another").check_account()


@pytest.mark.parametrize("remote_id", ["", "7", "../me", "999_1", f"{PAGE}_1?x=1", f"{PAGE}_1/comments"])
def test_only_a_post_of_this_page_is_deleted(page: FakeFacebook, make: Make, remote_id: str) -> None:
    with pytest.raises(Rejected):
        make().delete(remote_id)
    assert page.requests == []


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"reply_to": "1_2"}, ["reply-unsupported"]),
        ({"content_warning": "Flooding"}, ["content-warning-unsupported"]),
        ({"text": "é" * 63_207}, ["too-long"]),
        ({"text": "é" * 63_206}, []),
    ],
)
def test_what_a_page_does_not_have_is_told(changes: dict[str, str], codes: list[str]) -> None:
    post = Outgoing(**{"key": "", "account": "dept", "text": "Words", **changes})  # type: ignore[arg-type]  # texts only
    assert [problem.code for problem in catalogue.problems_of("facebook", post)] == codes
