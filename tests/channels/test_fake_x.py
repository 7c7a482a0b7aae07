"""The stand-in for X as a process of its own, and its own rules."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from oauthlib.oauth1 import Client

from purdah_scheduler.application.answers import OutcomeUnknown, Rejected
from purdah_scheduler.channels.x import XChannel
from purdah_scheduler.domain.content import Outgoing
from tests.fakes.fake_x import FakeX
from tests.fakes.x_rules import CREDENTIALS, weighted_length

ROOT = Path(__file__).parents[2]


def control(base_url: str, **asked: Any) -> dict[str, Any]:
    data = json.dumps(asked).encode() if asked else None
    connection = HTTPConnection(base_url.removeprefix("http://"), timeout=10)
    with closing(connection):
        connection.request("POST" if asked else "GET", "/_control", body=data)
        told: dict[str, Any] = json.load(connection.getresponse())
    return told


def test_as_a_process_it_prints_its_port_keeps_posts_on_disk_and_takes_behaviours(
    tmp_path: Path, make_x: Callable[..., XChannel], post: Outgoing
) -> None:
    state = tmp_path / "posts.jsonl"
    command = [sys.executable, "-m", "tests.fakes.fake_x", "--port", "0", "--state", str(state)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            channel = make_x(base_url=told["base_url"])
            receipt = channel.commit(post, {})
            control(told["base_url"], behave="lose_answer")
            with pytest.raises(OutcomeUnknown):
                channel.commit(replace(post, text="Lost"), {})
            assert [json.loads(line)["text"] for line in state.read_text("utf-8").splitlines()] == [post.text, "Lost"]
            seen = control(told["base_url"])
            assert seen["requests"] == ["POST /2/tweets"] * 2
            assert seen["posts"][0]["id"] == receipt.remote_id
        finally:
            process.terminate()
        assert process.wait(10) == 0


def test_a_restarted_server_remembers_its_posts(tmp_path: Path) -> None:
    state = tmp_path / "posts.jsonl"
    with FakeX(state=state) as first:
        first.record("One")
    with FakeX(state=state) as second:
        assert second.texts() == ["One"]


def test_an_unsigned_a_changed_and_a_repeated_request_are_refused(fake_x: FakeX) -> None:
    uri = f"{fake_x.base_url}/2/users/me"
    key, secret, token, token_secret = CREDENTIALS.values()
    signer = Client(key, secret, token, token_secret)
    _uri, headers, _body = signer.sign(uri, "GET")
    assert not fake_x.is_signed(uri, "GET", {"Authorization": ""})
    assert fake_x.is_signed(uri, "GET", headers)
    assert not fake_x.is_signed(uri, "GET", headers)
    _uri, headers, _body = signer.sign(uri, "GET")
    assert not fake_x.is_signed("https://api.x.com/2/users/me", "GET", headers)


def test_it_refuses_a_long_text_by_weight(
    fake_x: FakeX, make_x: Callable[..., XChannel], post: Outgoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a counting library lets through by mistake meets X's own refusal."""
    monkeypatch.setattr("purdah_scheduler.channels.x_text.count", lambda _text: 280)
    with pytest.raises(Rejected, match="too long"):
        make_x().commit(replace(post, text="日" * 141), {})
    assert fake_x.requests == ["POST /2/tweets"]
    assert fake_x.posts == []


def test_its_weights_are_xs() -> None:
    assert [weighted_length(text) for text in ("abc", "日", "https://www.gov.uk/" + "a" * 90, "é\u2019")] == [3, 2, 23, 2]


def test_an_unknown_behaviour_is_refused(fake_x: FakeX) -> None:
    with pytest.raises(ValueError, match="no behaviour"):
        fake_x.behave("explode")
