"""Whatever a platform answers, a channel gives a receipt or says why it has none: on one line, without a secret."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.application.answers import AccountCheck, ChannelError, Receipt
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.channels import answering, catalogue
from purdah_scheduler.channels.answering import Answer
from purdah_scheduler.domain.content import Outgoing
from tests.channels import platforms
from tests.fuzz import fuzzed, in_time, shows, texts

pytestmark = in_time

NAMES = st.sampled_from(
    [
        "id",
        "uri",
        "url",
        "link",
        "cid",
        "error",
        "errors",
        "message",
        "detail",
        "code",
        "status",
        "content",
        "value",
        "text",
        "created_at",
        "username",
        "handle",
        "did",
        "data",
        "blob",
        "$type",
        "version",
        "configuration",
        "capabilities",
        "reply",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.sampled_from(["publish", "12", "did:plc:a", "future"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | texts, inner, max_size=5),
    max_leaves=12,
)
BODIES = VALUES.map(lambda value: json.dumps(value).encode("ascii")) | st.binary(max_size=40) | st.just(b"[" * 5_000)
STATUSES = st.sampled_from([200, 201, 202, 206, 204, 301, 400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503])
HEADERS = st.dictionaries(
    st.sampled_from(["date", "retry-after", "x-ratelimit-reset", "ratelimit-reset", "x-ratelimit-remaining"]),
    st.sampled_from(["", "0", "-1", "9" * 30, "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+23:59", "Sun, 99 Nov 2026"]) | texts,
)
SECRET = "CANARY-of-the-account"

Prepared = tuple[Channel, Outgoing, dict[str, str]]
"""A channel, a post, and what was staged for it."""


class Reply:
    """An answer as the HTTP library hands it over."""

    def __init__(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.status_code, self.content, self.headers = status, content, headers


@pytest.fixture(params=platforms.NAMES, scope="module")
def prepared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Channel, Outgoing, dict[str, str]]]:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    with platforms.running(request.param, folder) as platform:
        channel = catalogue.open_channel(platform.account, data_dir=folder, credentials_dir=None)
        post = Outgoing(key="d1-r1", account="dept", text=platform.compose("CANARY-TEXT that is under embargo"))
        yield channel, post, channel.stage(post, {})


@fuzzed
@given(status=STATUSES, body=BODIES, headers=HEADERS)
def test_no_answer_to_a_post_or_a_look_makes_a_channel_fall_over(
    prepared: Prepared, status: int, body: bytes, headers: dict[str, str]
) -> None:
    channel, post, staged = prepared
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("purdah_scheduler.web.OneShotSession.send", lambda *_args, **_options: Reply(status, body, headers))
        for work in (channel.commit, channel.find_published, lambda *_given: channel.check_account()):
            match outcome_of(work, post, staged):
                case ChannelError() as said:
                    assert shows(str(said))
                    assert "CANARY" not in str(said)
                case Receipt() as receipt:
                    assert receipt.remote_id
                    assert shows(receipt.remote_id + receipt.url)
                    assert urlsplit(receipt.url).scheme in ("", "http", "https")
                case AccountCheck() as check:
                    assert shows(check.handle + check.detail)
                case other:
                    assert other is None


def outcome_of(work: Callable[..., object], post: Outgoing, staged: Mapping[str, str]) -> object:
    """What a channel gives or raises."""
    try:
        return work(post, staged)
    except ChannelError as said:
        return said


@fuzzed
@given(status=STATUSES, body=BODIES, headers=HEADERS)
def test_the_words_of_an_answer_are_one_line_without_what_is_hidden(status: int, body: bytes, headers: dict[str, str]) -> None:
    said = body.replace(b'"message"', b'"detail"')
    answer = Answer.of(Reply(status, said, headers))  # type: ignore[arg-type]  # what is read of it
    assert shows(answer.words(()))
    assert len(answer.words(())) <= 300
    answering.dated(answer)
    echo = Answer.of(Reply(status, json.dumps({"message": f"no {SECRET}"}).encode(), headers))  # type: ignore[arg-type]  # as above
    assert SECRET not in echo.words((SECRET,))
