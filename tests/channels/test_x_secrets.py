"""Tokens and unpublished text appear in no log, no message and no traceback."""

import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from purdah_scheduler.application.answers import ChannelError
from purdah_scheduler.channels.x import XChannel
from purdah_scheduler.domain.content import Outgoing
from tests.channels.patience import limits_for
from tests.fakes.fake_x import FakeX
from tests.fakes.x_rules import CREDENTIALS

MakeX = Callable[..., XChannel]
TEXT = "CANARY-TEXT under embargo until Monday"
LOGGERS = (
    "",
    "tweepy",
    "tweepy.client",
    "oauthlib",
    "oauthlib.oauth1",
    "oauthlib.oauth1.rfc5849",
    "oauthlib.oauth1.rfc5849.signature",
    "requests_oauthlib",
    "requests_oauthlib.oauth1_auth",
    "urllib3",
    "urllib3.connectionpool",
    "requests",
)


def canaries() -> list[str]:
    # The stand-in runs in this process; what only it knows is not looked for.
    return [*CREDENTIALS.values(), "CANARY-TEXT"]


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Somebody has set every logger to DEBUG, after the channel was opened."""
    before = {name: logging.getLogger(name).level for name in LOGGERS}
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield caplog
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize("behaviour", ["ok", "lose_answer", "half_body", "hang", "drip", "html_201", "401", "403", "429", "503"])
def test_no_log_message_or_traceback_holds_a_secret(
    fake_x: FakeX,
    make_x: MakeX,
    post: Outgoing,
    everything_logged: pytest.LogCaptureFixture,
    behaviour: str,
) -> None:
    channel = make_x(limits=limits_for(behaviour))
    for name in LOGGERS:
        # As a logging configuration does that is loaded late.
        logging.getLogger(name).setLevel(logging.DEBUG)
        logging.getLogger(name).disabled = False
    fake_x.behave(behaviour)
    shown = [repr(channel), str(channel)]
    failed: ChannelError | None = None
    try:
        channel.commit(replace(post, text=TEXT), {})
        channel.find_published(replace(post, text=TEXT), {})
    except ChannelError as failure:
        failed = failure
    assert (failed is None) is (behaviour == "ok")
    if failed is not None:
        assert failed.__context__ is None
        assert failed.__cause__ is None
        # The text is in the frame of our own caller; tokens must not be in any.
        frames = "".join(traceback.TracebackException.from_exception(failed, capture_locals=True).format())
        assert [value for value in CREDENTIALS.values() if value in frames] == []
        shown += [str(failed), repr(failed), repr(vars(failed))]
    shown.append(everything_logged.text)
    assert [canary for canary in canaries() if any(canary in text for text in shown)] == []


def test_secrets_and_text_that_x_repeats_are_taken_out(fake_x: FakeX, make_x: MakeX, post: Outgoing) -> None:
    echo = f"Bad request from {CREDENTIALS['access_token']} with {CREDENTIALS['consumer_secret']}: {TEXT}"
    fake_x.behave("answer", status=400, body={"detail": echo, "errors": [{"message": CREDENTIALS["consumer_key"]}]})
    with pytest.raises(ChannelError) as refused:
        make_x().commit(replace(post, text=TEXT), {})
    assert str(refused.value) == "X refused the post: Bad request from (hidden) with (hidden): (hidden) (hidden)"


def test_a_fault_inside_the_library_shows_only_its_kind(
    fake_x: FakeX, make_x: MakeX, post: Outgoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise RuntimeError(f"oops {CREDENTIALS['access_token_secret']}")

    monkeypatch.setattr("tweepy.OAuth1UserHandler.apply_auth", broken)
    with pytest.raises(ChannelError, match="RuntimeError") as failed:
        make_x().commit(post, {})
    assert CREDENTIALS["access_token_secret"] not in str(failed.value)
    assert failed.value.__context__ is None
    assert fake_x.requests == []
