"""Bluesky: one key for one post, logins that are kept, and what each answer means."""

import hashlib
import json
import stat
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from purdah_scheduler.application.answers import (
    AlreadyPublished,
    ChannelError,
    NeedsLogin,
    OutcomeUnknown,
    Rejected,
    RetryLater,
)
from purdah_scheduler.channels.bluesky import DEFAULT_BASE_URL, BlueskyChannel
from purdah_scheduler.channels.bluesky_record import is_record_key, record_key
from purdah_scheduler.channels.credentials import Credentials, Secret
from purdah_scheduler.domain.content import Media, Outgoing
from purdah_scheduler.domain.people import Account
from purdah_scheduler.web import TimeLimits
from tests.fakes.fake_bluesky import APP_PASSWORD, DID, HANDLE, FakeBluesky, refusal
from tests.fakes.serving import Said

PUT = r"POST /xrpc/com\.atproto\.repo\.putRecord"
LOGIN = "POST /xrpc/com.atproto.server.createSession"
REFRESH = "POST /xrpc/com.atproto.server.refreshSession"
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
Make = Callable[..., BlueskyChannel]


@pytest.fixture
def bluesky() -> Iterator[FakeBluesky]:
    with FakeBluesky() as fake:
        yield fake


@pytest.fixture
def make(bluesky: FakeBluesky, tmp_path: Path, make_account: Callable[..., Account]) -> Make:
    def build(*, handle: str = HANDLE, password: str = APP_PASSWORD, **changes: Any) -> BlueskyChannel:
        options = {
            "session_file": tmp_path / "sessions" / "dept.json",
            "now": lambda: datetime.now(UTC),
            "base_url": bluesky.base_url,
            "limits": TimeLimits(connect=2, read=5, total=10),
            **changes,
        }
        return BlueskyChannel(
            make_account(channel="bluesky", handle=handle), Credentials({"app_password": Secret(password)}), **options
        )

    return build


@pytest.fixture
def post() -> Outgoing:
    return Outgoing(key="7-dept-r1-0123abcd", account="dept", text="The office is open on Monday. See gov.uk", not_before=AT)


def with_picture(post: Outgoing, data: bytes = PNG) -> Outgoing:
    sha256 = hashlib.sha256(data).hexdigest()
    return replace(
        post, media=(Media(sha256=sha256, size=len(data), type="image/png", alt="A lamp at night"),), blobs={sha256: data}
    )


def test_the_key_is_made_of_the_time_and_the_post() -> None:
    key = record_key(AT, "a")
    assert is_record_key(key)
    assert key == record_key(AT.astimezone(), "a")
    assert record_key(AT, "b") < record_key(AT + timedelta(seconds=1), "a") > key
    assert len({key, record_key(AT, "b"), record_key(AT + timedelta(seconds=1), "a")}) == 3


def test_a_record_holds_what_was_cleared(bluesky: FakeBluesky, make: Make, post: Outgoing) -> None:
    channel, wanted = make(), with_picture(replace(post, lang="cy"))
    channel.commit(wanted, channel.stage(wanted, {}))
    (record,) = bluesky.records.values()
    assert (record["text"], record["langs"], record["createdAt"]) == (post.text, ["cy"], "2026-11-23T09:00:00.000Z")
    assert record["facets"][0]["features"][0]["uri"] == "https://gov.uk"
    (image,) = record["embed"]["images"]
    assert image["alt"] == "A lamp at night"
    assert bluesky.blobs[image["image"]["ref"]["$link"]] == PNG


def test_a_record_tells_the_shape_of_each_picture_that_says_one(bluesky: FakeBluesky, make: Make, post: Outgoing) -> None:
    wide = PNG[:8] + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", 1200, 675)
    told, dumb = with_picture(post, wide), with_picture(post)
    both = replace(told, media=(*told.media, *dumb.media), blobs={**(told.blobs or {}), **(dumb.blobs or {})})
    channel = make()
    channel.commit(both, channel.stage(both, {}))
    (record,) = bluesky.records.values()
    assert [image.get("aspectRatio") for image in record["embed"]["images"]] == [{"width": 1200, "height": 675}, None]


def test_a_post_that_was_prepared_before_shapes_were_kept_goes_out(bluesky: FakeBluesky, make: Make, post: Outgoing) -> None:
    channel, wanted = make(), with_picture(post)
    staged = channel.stage(wanted, {})
    del staged["shapes"]
    channel.commit(wanted, staged)
    assert bluesky.texts() == [post.text]


def test_a_repeated_request_changes_nothing(bluesky: FakeBluesky, make: Make, post: Outgoing) -> None:
    channel, wanted = make(), with_picture(post)
    staged = channel.stage(wanted, {})
    first = channel.commit(wanted, staged)
    assert make().find_published(wanted, staged) == first
    assert channel.commit(wanted, channel.stage(wanted, staged)) == first
    assert bluesky.commits == 1


def test_the_key_outlives_a_new_time_and_not_new_words(make: Make, post: Outgoing) -> None:
    channel = make()
    staged = channel.stage(post, {})
    later = channel.stage(replace(post, not_before=AT + timedelta(days=1)), staged)
    assert (later["record_key"], later["created_at"]) == (staged["record_key"], "2026-11-24T09:00:00.000Z")
    assert channel.stage(replace(post, key="7-dept-r2-89ab"), staged)["record_key"] != staged["record_key"]


def test_another_record_under_the_key_is_never_replaced(bluesky: FakeBluesky, make: Make, post: Outgoing) -> None:
    channel = make()
    staged = channel.stage(post, {})
    channel.commit(post, staged)
    moved = replace(post, not_before=AT + timedelta(hours=1))
    with pytest.raises(AlreadyPublished):
        channel.commit(moved, channel.stage(moved, staged))
    assert (bluesky.commits, bluesky.texts()) == (1, [post.text])
    bluesky.records[staged["record_key"]]["text"] = "Something else"
    with pytest.raises(RetryLater, match="another text"):
        channel.find_published(post, staged)


def test_what_is_not_staged_is_not_sent(bluesky: FakeBluesky, make: Make, post: Outgoing) -> None:
    channel = make()
    staged = channel.stage(post, {})
    for unready, known in ((make(), staged), (channel, {})):
        with pytest.raises(RetryLater, match="not prepared"):
            unready.commit(post, known)
    assert not [line for line in bluesky.requests if "putRecord" in line]


def test_without_its_key_on_record_a_post_can_be_found_and_not_be_absent(make: Make, post: Outgoing) -> None:
    channel = make()
    with pytest.raises(RetryLater, match="not on record"):
        channel.find_published(post, {})
    receipt = channel.commit(post, channel.stage(post, {}))
    assert make().find_published(post, {}) == receipt


def test_a_reply_names_its_parent_and_the_first_of_its_thread(bluesky: FakeBluesky, make: Make, post: Outgoing) -> None:
    channel, last = make(), None
    for number in range(3):
        part = replace(post, key=f"part-{number}", text=f"Part {number}", reply_to=last or "")
        last = channel.commit(part, channel.stage(part, {})).remote_id
    by_text = {record["text"]: (key, record) for key, record in bluesky.records.items()}
    reply = by_text["Part 2"][1]["reply"]
    assert reply["root"]["uri"].endswith(by_text["Part 0"][0])
    assert reply["parent"]["uri"].endswith(by_text["Part 1"][0])
    assert "reply" not in by_text["Part 0"][1]


def test_a_reply_to_a_post_that_is_gone_is_rejected_before_anything_is_sent(make: Make, post: Outgoing) -> None:
    reply = replace(post, reply_to=f"at://{DID}/app.bsky.feed.post/3kaaaaaaaaaaa")
    with pytest.raises(Rejected, match="replies to is not there"):
        make().stage(reply, {})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reply_to": "12"}, "reply-target"),
        ({"visibility": "unlisted"}, "visibility-unsupported"),
        ({"content_warning": "flood"}, "content-warning-unsupported"),
        ({"text": "a" * 301}, "too-long"),
    ],
)
def test_what_cannot_be_sent_as_cleared_is_blocked(make: Make, post: Outgoing, change: dict[str, Any], code: str) -> None:
    assert [problem.code for problem in make().validate(replace(post, **change)) if problem.blocking] == [code]


# --- what each answer means ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        (refusal(400, "InvalidRequest", "too big"), Rejected),
        (refusal(413, "PayloadTooLarge", "too large"), Rejected),
        (refusal(403, "Forbidden", "no"), Rejected),
        (refusal(400, "InvalidSwap", "Record was at x"), AlreadyPublished),
        (refusal(400, "ExpiredToken", "Token has expired"), RetryLater),
        (refusal(400, "InvalidToken", "Token could not be verified"), RetryLater),
        (refusal(429, "RateLimitExceeded", "Too Many Requests"), RetryLater),
        (refusal(401, "AuthenticationRequired", "Invalid identifier or password"), NeedsLogin),
        (refusal(401, "AccountTakedown", "Account has been taken down"), NeedsLogin),
        (refusal(400, "AccountDeactivated", "Account is deactivated"), NeedsLogin),
        (refusal(500, "InternalServerError", "Internal Server Error"), OutcomeUnknown),
        (refusal(502, "UpstreamFailure", "Upstream"), OutcomeUnknown),
        (Said(status=409, body={}), OutcomeUnknown),
        (Said(status=302, body=""), OutcomeUnknown),
        (Said(status=200, body="<html>"), OutcomeUnknown),
        (Said(status=200, body=[]), OutcomeUnknown),
        (Said(status=200, body={}), OutcomeUnknown),
        (Said(status=200, body={"uri": f"at://{DID}/app.bsky.feed.post/3kaaaaaaaaaaa", "cid": "b" * 59}), OutcomeUnknown),
    ],
)
def test_each_answer_to_a_post_has_its_meaning(
    bluesky: FakeBluesky, make: Make, post: Outgoing, said: Said, meaning: type[ChannelError]
) -> None:
    channel = make()
    staged = channel.stage(post, {})
    before = len(bluesky.requests)
    bluesky.script(PUT, said)
    with pytest.raises(ChannelError) as outcome:
        channel.commit(post, staged)
    assert type(outcome.value) is meaning
    assert len(bluesky.requests) == before + 1
    assert post.text not in str(outcome.value)


def test_a_rate_limit_says_when_to_come_again(bluesky: FakeBluesky, make: Make, post: Outgoing) -> None:
    channel = make()
    staged = channel.stage(post, {})
    at = int(datetime.now(UTC).timestamp()) + 600
    limited = refusal(429, "RateLimitExceeded", "Too Many Requests")
    bluesky.script(PUT, replace(limited, headers={"ratelimit-remaining": "0", "ratelimit-reset": str(at)}))
    with pytest.raises(RetryLater) as outcome:
        channel.commit(post, staged)
    assert outcome.value.after is not None
    assert timedelta(minutes=9) < outcome.value.after <= timedelta(minutes=10)


def test_a_picture_that_bluesky_refuses_fails_the_post_unsent(bluesky: FakeBluesky, make: Make, post: Outgoing) -> None:
    bluesky.script(r".*uploadBlob", refusal(400, "InvalidMimeType", "not a picture"))
    with pytest.raises(Rejected, match="not a picture"):
        make().stage(with_picture(post), {})


def test_a_picture_that_differs_from_the_cleared_one_is_never_uploaded(bluesky: FakeBluesky, make: Make, post: Outgoing) -> None:
    wanted = with_picture(post)
    with pytest.raises(Rejected, match="differs from the one that was cleared"):
        make().stage(replace(wanted, blobs={wanted.media[0].sha256: b"another"}), {})
    assert not bluesky.blobs


@pytest.mark.parametrize(
    "said",
    [refusal(500, "InternalServerError", ""), refusal(404, "NotFound", ""), Said(body="<html>"), Said(body={"uri": "at://x"})],
)
def test_a_look_up_without_a_clear_answer_is_no_absence(bluesky: FakeBluesky, make: Make, post: Outgoing, said: Said) -> None:
    channel = make()
    staged = channel.stage(post, {})
    bluesky.script(r".*getRecord", said)
    with pytest.raises(RetryLater):
        channel.find_published(post, staged)


def test_only_a_post_of_this_account_is_deleted(bluesky: FakeBluesky, make: Make) -> None:
    for remote_id in ("", "12", "at://did:plc:other/app.bsky.feed.post/3kaaaaaaaaaaa", f"at://{DID}/app.bsky.feed.like/3kaaa"):
        with pytest.raises(Rejected):
            make().delete(remote_id)
    assert not [line for line in bluesky.requests if "deleteRecord" in line]


# --- the login ----------------------------------------------------------------------------------------------------


def test_one_login_serves_many_posts_and_starts(bluesky: FakeBluesky, make: Make, post: Outgoing) -> None:
    for number in range(3):
        channel = make()
        each = replace(post, key=f"k{number}")
        channel.commit(each, channel.stage(each, {}))
    assert bluesky.requests.count(LOGIN) == 1


def test_the_login_is_kept_where_only_its_owner_reads_it(make: Make, tmp_path: Path) -> None:
    make().check_account()
    file = tmp_path / "sessions" / "dept.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert APP_PASSWORD not in file.read_text()


@pytest.mark.parametrize("damage", ["open", "other", "cut", "empty", "list"])
def test_a_kept_login_that_cannot_be_trusted_is_not_used(bluesky: FakeBluesky, make: Make, tmp_path: Path, damage: str) -> None:
    make().check_account()
    file = tmp_path / "sessions" / "dept.json"
    match damage:
        case "open":
            file.chmod(0o644)
        case "other":
            file.write_text(file.read_text().replace('"of": "', '"of": "0'))
        case "cut":
            file.write_bytes(file.read_bytes()[:40])
        case "empty":
            file.write_text(json.dumps({**json.loads(file.read_text()), "refreshJwt": ""}))
        case _:
            file.write_text("[]")
    make().check_account()
    assert bluesky.requests.count(LOGIN) == 2


def test_a_new_password_makes_a_new_login(bluesky: FakeBluesky, make: Make) -> None:
    make().check_account()
    bluesky.password = "new-password"
    make(password="new-password").check_account()
    assert bluesky.requests.count(LOGIN) == 2


def test_a_token_is_renewed_before_it_ends(bluesky: FakeBluesky, make: Make, post: Outgoing) -> None:
    make().check_account()
    channel = make(now=lambda: datetime.now(UTC) + timedelta(hours=1, minutes=58))
    channel.commit(post, channel.stage(post, {}))
    assert (bluesky.requests.count(LOGIN), bluesky.requests.count(REFRESH)) == (1, 1)


def test_a_token_that_ended_early_is_renewed_by_the_next_try(bluesky: FakeBluesky, make: Make, post: Outgoing) -> None:
    channel = make()
    staged = channel.stage(post, {})
    bluesky.expire()
    with pytest.raises(RetryLater, match="Nothing was published"):
        channel.commit(post, staged)
    channel.commit(post, channel.stage(post, staged))
    assert bluesky.commits == 1
    assert bluesky.requests.count(LOGIN) == 1
    bluesky.expire()
    assert channel.check_account().ok


def test_a_revoked_password_needs_a_login(bluesky: FakeBluesky, make: Make, post: Outgoing) -> None:
    channel = make()
    staged = channel.stage(post, {})
    bluesky.revoke()
    with pytest.raises(RetryLater):
        channel.commit(post, staged)
    with pytest.raises(NeedsLogin, match="Invalid identifier or password"):
        channel.stage(post, staged)


def test_many_at_once_make_one_login(bluesky: FakeBluesky, make: Make, post: Outgoing) -> None:
    channel = make()
    threads = [threading.Thread(target=channel.stage, args=(post, {})) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert bluesky.requests.count(LOGIN) == 1


def test_a_login_of_another_account_is_told(make: Make, bluesky: FakeBluesky) -> None:
    channel = make()
    bluesky.script(".*getSession", Said(body={"did": DID, "handle": "other.example.test"}))
    check = channel.check_account()
    assert (check.ok, check.detail) == (False, f"The login belongs to @other.example.test, not to @{HANDLE}.")


def test_too_many_logins_wait_as_long_as_bluesky_says(bluesky: FakeBluesky, make: Make, post: Outgoing) -> None:
    bluesky.script(LOGIN.replace(".", r"\."), Said(status=429, body={}, headers={"retry-after": "120"}))
    with pytest.raises(RetryLater) as refused:
        make().stage(post, {})
    assert refused.value.after == timedelta(minutes=2)


def test_a_login_that_cannot_be_kept_sends_nothing(bluesky: FakeBluesky, make: Make, post: Outgoing, tmp_path: Path) -> None:
    (tmp_path / "sessions").write_text("a file in the way")
    with pytest.raises(RetryLater, match="cannot be kept"):
        make().stage(post, {})


def test_without_a_setting_the_address_is_blueskys_own() -> None:
    assert DEFAULT_BASE_URL == "https://bsky.social"
