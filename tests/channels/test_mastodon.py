"""Mastodon: how it counts and shows a text, what each answer means, and what a look can prove."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from purdah_scheduler.application.answers import ChannelError, NeedsLogin, OutcomeUnknown, Rejected, RetryLater
from purdah_scheduler.channels import mastodon_text
from purdah_scheduler.channels.credentials import Credentials, Secret
from purdah_scheduler.channels.mastodon import MastodonChannel, of_server
from purdah_scheduler.domain.content import Media, Outgoing
from purdah_scheduler.domain.focus import Focus
from purdah_scheduler.domain.people import Account
from purdah_scheduler.web import TimeLimits
from tests.fakes.fake_mastodon import ACCESS_TOKEN, USERNAME, FakeMastodon
from tests.fakes.serving import Said

PUBLISH = "POST /api/v1/statuses"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
Make = Callable[..., MastodonChannel]


@pytest.fixture
def mastodon() -> Iterator[FakeMastodon]:
    with FakeMastodon() as fake:
        yield fake


@pytest.fixture
def make(mastodon: FakeMastodon, make_account: Callable[..., Account]) -> Make:
    def build(*, handle: str = f"@{USERNAME}@social.example.test", token: str = ACCESS_TOKEN) -> MastodonChannel:
        return MastodonChannel(
            make_account(channel="mastodon", handle=handle),
            Credentials({"access_token": Secret(token)}),
            base_url=mastodon.base_url,
            now=lambda: datetime.now(UTC),
            limits=TimeLimits(connect=2, read=5, total=10),
            wait=lambda _seconds: None,
        )

    return build


def with_picture(post: Outgoing, data: bytes = PNG) -> Outgoing:
    sha256 = hashlib.sha256(data).hexdigest()
    medium = Media(sha256=sha256, size=len(data), type="image/png", alt="A lamp at night")
    return replace(post, media=(medium,), blobs={sha256: data})


# --- the text -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("abc", 3),
        ("https://www.gov.uk/" + "a" * 100, 23),
        ("http://a.uk and gov.uk", 23 + 11),
        ("Ask @press@social.example.test now", 14),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", 1),
        ("(https://www.gov.uk/a_(b))", 25),
    ],
)
def test_a_text_is_counted_as_mastodon_counts(text: str, used: int) -> None:
    assert mastodon_text.count(text) == used


def test_a_content_warning_counts_with_the_text(make: Make, post: Outgoing) -> None:
    long = replace(post, text="a" * 490, content_warning="Flooding in Anytown")
    (problem,) = make().validate(long)
    assert (problem.code, problem.blocking) == ("too-long", True)
    assert "9 over" in problem.message
    assert make().validate(replace(long, content_warning="Flooding")) == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [({"visibility": "friends"}, "visibility-unsupported"), ({"reply_to": "../x"}, "reply-target"), ({"text": " "}, "empty")],
)
def test_what_cannot_be_sent_as_cleared_is_blocked(
    mastodon: FakeMastodon, make: Make, post: Outgoing, change: dict[str, str], code: str
) -> None:
    wanted = replace(post, **change)  # type: ignore[arg-type]  # texts only
    assert [problem.code for problem in make().validate(wanted)] == [code]
    with pytest.raises(Rejected):
        make().commit(wanted, {})
    assert PUBLISH not in mastodon.requests


# --- sending ------------------------------------------------------------------------------------------------------


def test_a_post_holds_what_was_cleared(mastodon: FakeMastodon, make: Make, post: Outgoing) -> None:
    channel = make()
    first = channel.commit(post, channel.stage(post, {}))
    wanted = with_picture(
        replace(
            post,
            key="d2",
            text="Water is rising.",
            content_warning="Flooding",
            visibility="unlisted",
            lang="cy",
            reply_to=first.remote_id,
        )
    )
    channel.commit(wanted, channel.stage(wanted, {}))
    sent = list(mastodon.posts.values())[-1]
    shown = ("text", "spoiler_text", "visibility", "language", "in_reply_to_id")
    assert [sent[name] for name in shown] == ["Water is rising.", "Flooding", "unlisted", "cy", first.remote_id]
    (picture,) = (mastodon.media[number] for number in sent["media"])
    assert (picture["data"], picture["description"]) == (PNG, "A lamp at night")


def test_the_point_that_stays_in_sight_goes_with_its_picture_and_none_where_none_was_given(
    mastodon: FakeMastodon, make: Make, post: Outgoing
) -> None:
    channel, plain = make(), with_picture(post)
    wanted = replace(plain, media=(replace(plain.media[0], focus=Focus(x=-50, y=25)),))
    for sent in (wanted, plain):
        channel.stage(sent, {})
    assert [picture["focus"] for picture in mastodon.media.values()] == ["-0.5,0.25", None]


def test_a_picture_is_waited_for_until_the_server_has_taken_it_in(mastodon: FakeMastodon, make: Make, post: Outgoing) -> None:
    mastodon.looks_until_ready = 3
    channel, wanted = make(), with_picture(post)
    channel.commit(wanted, channel.stage(wanted, {}))
    assert len(mastodon.posts) == 1
    mastodon.looks_until_ready = 1_000
    with pytest.raises(RetryLater, match="not taken in a picture yet"):
        channel.stage(wanted, {})


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        (Said(status=422, body={"error": "Validation failed: Text character limit of 500 exceeded"}), Rejected),
        (Said(status=403, body={"error": "This action is outside the authorized scopes"}), Rejected),
        (Said(status=404, body={"error": "Record not found"}), Rejected),
        (Said(status=401, body={"error": "The access token is invalid"}), NeedsLogin),
        (Said(status=429, body={"error": "Too many requests"}), RetryLater),
        (Said(status=500, body={"error": "Internal error"}), OutcomeUnknown),
        (Said(status=503, body="<html>"), OutcomeUnknown),
        (Said(status=302, body=""), OutcomeUnknown),
        (Said(status=202, body={"id": "1", "content": ""}), OutcomeUnknown),
        (Said(body="<html>"), OutcomeUnknown),
        (Said(body=[]), OutcomeUnknown),
        (Said(body={"id": "1", "params": {}, "scheduled_at": "2026-12-01T09:00:00Z"}), OutcomeUnknown),
        (Said(body={"id": "../1", "content": "a"}), OutcomeUnknown),
    ],
)
def test_each_answer_to_a_post_has_its_meaning(
    mastodon: FakeMastodon, make: Make, post: Outgoing, said: Said, meaning: type[ChannelError]
) -> None:
    channel = make()
    staged = channel.stage(post, {})
    before = len(mastodon.requests)
    mastodon.script(PUBLISH, said)
    with pytest.raises(ChannelError) as outcome:
        channel.commit(post, staged)
    assert type(outcome.value) is meaning
    assert len(mastodon.requests) == before + 1


def test_a_rate_limit_ends_at_the_time_that_mastodon_writes_out(mastodon: FakeMastodon, make: Make, post: Outgoing) -> None:
    channel = make()
    staged = channel.stage(post, {})
    at = (datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)).isoformat().replace("+00:00", "Z")
    mastodon.script(PUBLISH, Said(status=429, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": at}))
    with pytest.raises(RetryLater) as outcome:
        channel.commit(post, staged)
    assert outcome.value.after is not None
    assert timedelta(minutes=4) < outcome.value.after <= timedelta(minutes=5)


def test_the_same_post_has_the_same_key_and_another_one_another(mastodon: FakeMastodon, make: Make, post: Outgoing) -> None:
    channel = make()
    for wanted in (post, post, replace(post, key="d2")):
        channel.commit(wanted, channel.stage(wanted, {}))
    assert mastodon.texts() == [post.text, post.text]


# --- looking ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Line one\n\nLine two\nLine three",
        "Fish & chips < caviar > &amp;",
        "See https://www.gov.uk/a?b=1&c=2, and gov.uk",
        "Ask @press@social.example.test and @other",
        "Ŵyl  Dewi   #DyddGŵylDewi",
    ],
)
def test_a_lost_post_is_found_although_the_server_shows_it_as_html(
    mastodon: FakeMastodon, make: Make, post: Outgoing, text: str
) -> None:
    mastodon.record("Another")
    made = mastodon.record(text)
    mastodon.record(f"{text} And more.")
    found = make().find_published(replace(post, text=text), {})
    assert found is not None
    assert found.remote_id == made["id"]


def test_other_posts_with_the_same_words_are_not_this_one(mastodon: FakeMastodon, make: Make, post: Outgoing) -> None:
    assert post.not_before is not None
    mastodon.record(post.text, at=post.not_before - timedelta(minutes=3))
    assert make().find_published(post, {}) is None
    mastodon.record(post.text, spoiler_text="Flooding")
    mastodon.record(post.text, in_reply_to_id="77")
    mastodon.record(post.text, reblog={"id": "1"})
    assert make().find_published(post, {}) is None
    assert make().find_published(replace(post, reply_to="77"), {}) is not None


def test_the_look_up_goes_on_to_further_pages_and_ends(mastodon: FakeMastodon, make: Make, post: Outgoing) -> None:
    mine = mastodon.record(post.text)
    for number in range(90):
        mastodon.record(f"Notice {number}")
    found = make().find_published(post, {})
    assert found is not None
    assert found.remote_id == mine["id"]
    for number in range(400):
        mastodon.record(f"Another {number}")
    with pytest.raises(RetryLater, match="400 newest"):
        make().find_published(post, {})


@pytest.mark.parametrize(
    "said",
    [
        Said(status=500, body={}),
        Said(status=404, body={"error": "Record not found"}),
        Said(body="<html>"),
        Said(body={}),
        Said(body=[{"id": None}]),
    ],
)
def test_a_look_up_without_a_clear_answer_is_no_absence(mastodon: FakeMastodon, make: Make, post: Outgoing, said: Said) -> None:
    mastodon.script(r"GET /api/v1/accounts/\d+/statuses", said)
    with pytest.raises(RetryLater):
        make().find_published(post, {})


@pytest.mark.parametrize(
    ("version", "believed"),
    [
        ("4.4.2", True),
        ("4.5.0-beta.1+glitch", True),
        ("4.0.0 (not true; really snac/2.96)", False),
        ("2.7.2 (compatible; Pleroma 2.6.0)", False),
        ("0.17.3+git-1a2b3c4", False),
        ("", False),
    ],
)
def test_absence_is_believed_of_mastodons_own_software_alone(
    mastodon: FakeMastodon, make: Make, post: Outgoing, version: str, believed: bool
) -> None:
    mastodon.version = version
    channel = make()
    assert not channel.proof.absence
    channel.stage(post, {})
    assert channel.proof.absence is believed
    assert channel.proof.presence


def test_a_server_without_the_newer_question_is_another_software(mastodon: FakeMastodon, make: Make, post: Outgoing) -> None:
    mastodon.script("GET /api/v2/instance", Said(status=404, body="<html>"))
    configuration = {"statuses": {"max_characters": 700}}
    mastodon.script("GET /api/v1/instance", Said(body={"version": "4.0.0 (not true)", "configuration": configuration}))
    mastodon.configuration |= configuration
    channel, longest = make(), replace(post, text="a" * 700)
    channel.commit(longest, channel.stage(longest, {}))
    assert not channel.proof.absence
    assert channel.limits.max_length == 700


def test_a_server_that_knows_neither_question_is_taken_to_have_the_usual_limits(
    mastodon: FakeMastodon, make: Make, post: Outgoing
) -> None:
    for version in ("v1", "v2"):
        mastodon.script(f"GET /api/{version}/instance", Said(status=404, body="<html>"))
    channel = make()
    channel.commit(post, channel.stage(post, {}))
    assert (channel.limits, channel.proof.absence) == (mastodon_text.LIMITS, False)


# --- the account --------------------------------------------------------------------------------------------------


def test_the_account_tells_what_its_server_takes(mastodon: FakeMastodon, make: Make, post: Outgoing) -> None:
    mastodon.configuration["statuses"]["max_characters"] = 200
    channel = make()
    check = channel.check_account()
    assert (check.ok, check.detail) == (True, "The token of @dept_example works; posts have up to 200 characters and 4 pictures.")
    assert [problem.code for problem in channel.validate(replace(post, text="a" * 201))] == ["too-long"]
    with pytest.raises(Rejected, match="1 over Mastodon's limit of 200"):
        make().stage(replace(post, text="a" * 201), {})


@pytest.mark.parametrize(
    "configuration",
    [
        None,
        [],
        {"statuses": 7},
        {"statuses": {"max_characters": "500"}},
        {"statuses": {"max_characters": -1}},
        {"statuses": {"max_characters": True, "max_media_attachments": 16}, "media_attachments": {"image_size_limit": 10**9}},
    ],
)
def test_limits_that_make_no_sense_change_nothing_nor_do_more_or_larger_pictures(configuration: Any) -> None:
    assert of_server(mastodon_text.LIMITS, configuration) == mastodon_text.LIMITS


@pytest.mark.parametrize(("told", "taken"), [(200, 200), (5_000, 5_000), (10**9, 20_000)])
def test_a_text_may_be_as_long_as_the_server_says(
    mastodon: FakeMastodon, make: Make, post: Outgoing, told: int, taken: int
) -> None:
    mastodon.configuration["statuses"]["max_characters"] = told
    channel, longest = make(), replace(post, text="a" * taken)
    channel.commit(longest, channel.stage(longest, {}))
    assert mastodon.texts() == [longest.text]
    with pytest.raises(Rejected, match=f"1 over Mastodon's limit of {taken:,}"):
        make().stage(replace(post, text="a" * (taken + 1)), {})


def test_a_wrong_token_needs_a_login_and_another_ones_is_told(make: Make, post: Outgoing) -> None:
    with pytest.raises(NeedsLogin):
        make(token="wrong").check_account()
    check = make(handle="@other").check_account()
    assert (check.ok, check.detail) == (False, "The token belongs to @dept_example, not to @other.")


def test_only_an_id_is_deleted(mastodon: FakeMastodon, make: Make) -> None:
    for remote_id in ("", "../1", "1?a=b", "1/2"):
        with pytest.raises(Rejected):
            make().delete(remote_id)
    assert mastodon.requests == []
