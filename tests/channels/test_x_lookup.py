"""Finding, checking and deleting on X: requests that only read, and one that takes down."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from purdah_scheduler.application.answers import NeedsLogin, OutcomeUnknown, Rejected, RetryLater
from purdah_scheduler.channels.comparing import comparable
from purdah_scheduler.channels.x import XChannel
from purdah_scheduler.channels.x_lookup import comparable_remote
from purdah_scheduler.domain.content import Outgoing
from tests.channels.patience import limits_for
from tests.fakes.fake_x import FakeX

MakeX = Callable[..., XChannel]


@pytest.mark.parametrize(
    "text",
    [
        "Plain",
        "Fish & chips < caviar > &amp; &copy=1",
        "See https://www.gov.uk/a?b=1&copy=2 and https://www.gov.uk/c",
        "See https://www.gov.uk/a, https://www.gov.uk/a and https://www.gov.uk/ab",
        "Two\nlines  and   spaces",
        "Ŵyl Dewi 🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
    ],
)
def test_a_lost_post_is_found_although_x_rewrote_its_text(fake_x: FakeX, make_x: MakeX, post: Outgoing, text: str) -> None:
    lost = replace(post, text=text)
    fake_x.behave("lose_answer")
    channel = make_x()
    with pytest.raises(OutcomeUnknown):
        channel.commit(lost, {})
    receipt = channel.find_published(lost, {})
    assert receipt is not None
    assert receipt.remote_id == fake_x.posts[0].id


def test_a_post_that_never_arrived_is_not_found(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    fake_x.record("The office is open on Tuesday.")
    fake_x.record("The office is open on Monday. Really.")
    fake_x.behave("drop_before")
    channel = make_x()
    with pytest.raises(OutcomeUnknown):
        channel.commit(post, {})
    assert channel.find_published(post, {}) is None


def test_the_same_words_from_before_the_window_are_another_post(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    assert post.not_before is not None
    fake_x.record(post.text, at=post.not_before - timedelta(minutes=3))
    assert make_x().find_published(post, {}) is None
    recent = fake_x.record(post.text, at=post.not_before - timedelta(minutes=1))
    found = make_x().find_published(post, {})
    assert found is not None
    assert found.remote_id == recent.id


def test_a_server_that_ignores_the_start_is_not_believed(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    for created_at in ("2020-01-01T00:00:00.000Z", "not a time", None):
        fake_x.behave("answer", status=200, body={"data": {"id": "1", "username": "dept_example"}})
        fake_x.behave("answer", status=200, body={"data": [{"id": "7", "text": post.text, "created_at": created_at}]})
        assert make_x().find_published(post, {}) is None


def test_the_look_up_goes_on_to_further_pages(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    mine = fake_x.record(post.text)
    for number in range(150):
        fake_x.record(f"Notice {number}")
    found = make_x().find_published(post, {})
    assert found is not None
    assert found.remote_id == mine.id
    assert fake_x.requests.count("GET /2/users/2244994945/tweets") == 2


def test_too_many_posts_to_be_sure_is_not_told_as_absence(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    fake_x.record(post.text)
    for number in range(500):
        fake_x.record(f"Notice {number}")
    with pytest.raises(RetryLater, match="500 newest"):
        make_x().find_published(post, {})


@pytest.mark.parametrize(
    ("behaviour", "options", "meaning"),
    [
        ("401", {}, NeedsLogin),
        ("429", {}, RetryLater),
        ("403", {}, RetryLater),
        ("503", {}, RetryLater),
        ("lose_answer", {}, RetryLater),
        ("hang", {}, RetryLater),
        ("drip", {}, RetryLater),
        ("answer", {"status": 200, "body": "<html>"}, RetryLater),
        ("answer", {"status": 200, "body": []}, RetryLater),
        ("answer", {"status": 200, "body": {"data": {}}}, RetryLater),
    ],
)
def test_a_look_up_that_fails_speaks_of_itself_and_never_of_the_post(
    fake_x: FakeX, make_x: MakeX, post: Outgoing, behaviour: str, options: dict[str, Any], meaning: type[Exception]
) -> None:
    fake_x.behave(behaviour, **options)
    with pytest.raises(meaning) as failed:
        make_x(limits=limits_for(behaviour)).find_published(post, {})
    assert "published" not in str(failed.value)
    assert all(request.startswith("GET ") for request in fake_x.requests)


def test_x_is_asked_for_its_name_once(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    channel = make_x()
    channel.find_published(post, {})
    channel.find_published(post, {})
    assert fake_x.requests.count("GET /2/users/me") == 1


@pytest.mark.parametrize(
    ("expanded", "sent"),
    [
        ("http://gov.uk", "Ask gov.uk today"),
        ("https://www.gov.uk/", "Ask https://www.gov.uk today"),
        ("https://www.gov.uk/a/", "Ask https://www.gov.uk/a/ today"),
    ],
)
def test_a_link_that_x_completed_is_the_same_link(expanded: str, sent: str) -> None:
    remote = {"text": "Ask https://t.co/abc today", "entities": {"urls": [{"url": "https://t.co/abc", "expanded_url": expanded}]}}
    assert comparable_remote(remote) == comparable(sent)


@pytest.mark.parametrize(
    "url",
    [
        {"expanded_url": "https://x.com/dept/status/12/photo/1"},
        {"expanded_url": "https://twitter.com/dept/status/12/video/1"},
        {"expanded_url": "https://elsewhere.example", "media_key": "3_1"},
    ],
)
def test_the_link_of_attached_media_is_not_part_of_the_text(url: dict[str, str]) -> None:
    remote = {"text": "Look https://t.co/abc", "entities": {"urls": [{"url": "https://t.co/abc", **url}]}}
    assert comparable_remote(remote) == "Look"


def test_composed_and_decomposed_letters_compare_equal() -> None:
    assert comparable_remote({"text": unicodedata.normalize("NFD", "Ŵyl café")}) == comparable("Ŵyl café")


@pytest.mark.parametrize(
    "post", [{}, {"text": None}, {"text": "a", "entities": []}, {"text": "a", "entities": {"urls": [7, {}]}}]
)
def test_an_odd_post_is_compared_without_a_fault(post: dict[str, Any]) -> None:
    assert comparable_remote(post) != comparable("The office is open on Monday.")


# --- the account --------------------------------------------------------------------------------------------------


def test_the_tokens_owner_is_named(make_x: MakeX) -> None:
    check = make_x(handle="@Dept_Example").check_account()
    assert (check.ok, check.handle) == (True, "dept_example")


def test_tokens_of_another_account_are_told(make_x: MakeX) -> None:
    check = make_x(handle="@other_dept").check_account()
    assert not check.ok
    assert check.detail == "The tokens belong to @dept_example, not to @other_dept."


def test_refused_tokens_need_a_login(make_x: MakeX) -> None:
    with pytest.raises(NeedsLogin):
        make_x(access_token_secret="wrong").check_account()


# --- deleting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behaviour", "options", "meaning"),
    [
        ("401", {}, NeedsLogin),
        ("403", {}, Rejected),
        ("429", {}, RetryLater),
        ("503", {}, OutcomeUnknown),
        ("lose_answer", {}, OutcomeUnknown),
        ("answer", {"status": 200, "body": {"data": {"deleted": False}}}, OutcomeUnknown),
    ],
)
def test_a_deletion_that_is_not_plainly_done_is_not_told_as_done(
    fake_x: FakeX, make_x: MakeX, behaviour: str, options: dict[str, Any], meaning: type[Exception]
) -> None:
    fake_x.behave(behaviour, **options)
    with pytest.raises(meaning):
        make_x().delete("12345")


@pytest.mark.parametrize("remote_id", ["", "../users/me", "12/../34", "12?x=1", "\uff11\uff12", "1" * 40])
def test_an_id_that_is_none_of_xs_makes_no_request(fake_x: FakeX, make_x: MakeX, remote_id: str) -> None:
    with pytest.raises(Rejected):
        make_x().delete(remote_id)
    assert fake_x.requests == []
