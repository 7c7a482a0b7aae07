"""A loopback stand-in for X: it verifies signatures, gives out tokens, and can lose, delay and cut its answers on demand.

In a test: `with FakeX() as x: x.behave("lose_answer")`.
As a process of its own: `python -m tests.fakes.fake_x --port 0 --state FILE`
prints one JSON line with its port and tokens, appends every post to FILE as a JSON line, and takes behaviours by
`POST /_control {"behave": "lose_answer", "times": 1, ...}`; `GET /_control` tells what it has seen.

Success bodies have the shapes of X's OpenAPI document; refusals repeat what X has been seen to send.
"""

import argparse
import itertools
import json
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from oauthlib.oauth1 import ResourceEndpoint

from tests.fakes.serving import Asked, QuietHandler, Served
from tests.fakes.x_rules import CREDENTIALS, USER_ID, USERNAME, Posted, Verifier, as_x_returns_it, problem, weighted_length
from tests.fakes.x_tokens import XTokens
from tests.fakes.x_uploads import XUploads

BEHAVIOURS = frozenset(
    {
        "ok",  # as if nothing had been asked
        "drop_before",  # close without reading the body or recording
        "reset",  # the same with a TCP reset
        "lose_answer",  # record, then close without a byte
        "delay",  # wait `seconds`, then go on as usual
        "dated",  # as usual, by a clock that is `seconds` ahead (behind where it is negative)
        "hang",  # never answer (records only with record=true)
        "half_body",  # record, then send half of the answer and close
        "drip",  # record, then send a body without end, a byte every `seconds` (0.2)
        "html_201",  # record, then 201 with a web page
        "empty_201",  # record, then 201 without a body
        "empty_data_201",  # record, then 201 with an empty object
        "array_201",  # record, then 201 with JSON that is no object
        "errors_200",  # 200 with errors and no data
        "redirect",  # 307 to `to`
        "answer",  # `status` with `body` (an object, or text) and `headers`
        "401",
        "403",
        "429",  # with `headers` where given
        "503",
    }
)
_FIXED: dict[str, tuple[int, Any]] = {
    "html_201": (201, "<html><body>All is well</body></html>"),
    "empty_201": (201, ""),
    "empty_data_201": (201, {"data": {}}),
    "array_201": (201, []),
    "errors_200": (200, {"errors": [{"title": "Invalid Request", "detail": "The post was not accepted."}]}),
    "401": (401, problem(401, "Unauthorized", "Unauthorized")),
    "403": (403, problem(403, "Forbidden", "You are not permitted to perform this action.")),
    "429": (429, problem(429, "Too Many Requests", "Too Many Requests")),
    "503": (503, problem(503, "Service Unavailable", "Service Unavailable")),
}
_RECORDING = frozenset({"lose_answer", "half_body", "drip", "html_201", "empty_201", "empty_data_201", "array_201"})

_FIRST_ID = 1_900_000_000_000_000_000


@dataclass(slots=True, kw_only=True)
class Behaviour:
    """What to do with the next `times` requests of `method` at `path` (any where it is empty)."""

    name: str
    times: int = 1
    method: str = ""
    path: str = ""
    seconds: float = 0.2
    to: str = ""
    status: int = 500
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    record: bool | None = None

    def __post_init__(self) -> None:
        if self.name not in BEHAVIOURS:
            raise ValueError(f"no behaviour {self.name!r}; there are {', '.join(sorted(BEHAVIOURS))}")

    @property
    def records(self) -> bool:
        return self.name in _RECORDING if self.record is None else self.record


class FakeX(Served):
    """The server and what it has seen; every attribute may be read while it runs."""

    def __init__(self, *, port: int = 0, state: Path | None = None) -> None:
        super().__init__(_Handler, port=port)
        self.posts: list[Posted] = []
        self.requests: list[str] = []
        self.wanted: list[str] = []
        """The body of every request to publish that came whole, whatever was answered; one of which a part came is no post."""
        self.drips = 0
        self.uploads = XUploads()
        self.tokens = XTokens()
        self._behaviours: list[Behaviour] = []
        self._state = state
        self._endpoint = ResourceEndpoint(Verifier())
        if state is not None and state.exists():
            self.posts = [Posted(**json.loads(line)) for line in state.read_text("utf-8").splitlines()]
        self._ids = itertools.count(max([_FIRST_ID, *(int(post.id) for post in self.posts)]) + 1)

    def texts(self) -> list[str]:
        """The texts of all posts, oldest first."""
        with self._lock:
            return [post.text for post in self.posts]

    def ids(self) -> list[str]:
        """The ids of all posts, oldest first."""
        with self._lock:
            return [post.id for post in self.posts]

    def chain(self) -> list[tuple[str, str]]:
        """The text of each post and of the one that it answers, oldest first."""
        with self._lock:
            said = {post.id: post.text for post in self.posts}
            return [(post.text, said.get(post.answers, "")) for post in self.posts]

    def behave(self, name: str, **options: Any) -> None:
        """Treat the next `times` (1) requests so; see `Behaviour` for the options."""
        with self._lock:
            self._behaviours.append(Behaviour(name=name, **options))

    def record(
        self, text: str, *, at: datetime | None = None, answers: str = "", pictures: tuple[str, ...] = (), replies: str = ""
    ) -> Posted:
        """Add a post, as a request would or to stand for one made elsewhere; kept on disk before anything is answered."""
        with self._lock:
            moment = (at or datetime.now(UTC)).astimezone(UTC)
            post = Posted(
                id=str(next(self._ids)),
                text=text,
                at=moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                answers=answers,
                pictures=pictures,
                replies=replies,
            )
            self.posts.append(post)
            if self._state is not None:
                with self._state.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(post)) + "\n")
                    file.flush()
                    os.fsync(file.fileno())
            return post

    def remove(self, post_id: str) -> bool:
        """Take a post away; False where there is none."""
        with self._lock:
            kept = [post for post in self.posts if post.id != post_id]
            found = len(kept) < len(self.posts)
            self.posts[:] = kept
            return found

    def next_behaviour(self, method: str, path: str) -> Behaviour:
        """Use up one turn of the first behaviour that fits."""
        with self._lock:
            for behaviour in self._behaviours:
                if behaviour.method in ("", method) and behaviour.path in ("", path):
                    behaviour.times -= 1
                    if behaviour.times <= 0:
                        self._behaviours.remove(behaviour)
                    return behaviour
        return Behaviour(name="ok")

    def is_signed(self, uri: str, method: str, headers: Mapping[str, str]) -> bool:
        """Whether the request is rightly signed for the address that it was sent to, or has an access token that is good."""
        if headers.get("Authorization", "").startswith("Bearer "):
            return self.tokens.is_good(headers["Authorization"].removeprefix("Bearer "))
        if not headers.get("Authorization", "").startswith("OAuth "):
            return False
        # The body is JSON, which OAuth 1.0a leaves out of the signature.
        with self._lock:
            valid, _request = self._endpoint.validate_protected_resource_request(uri, method, None, dict(headers), [])
        return bool(valid)

    def summary(self) -> dict[str, Any]:
        """What the control address tells."""
        with self._lock:
            return {
                "posts": [asdict(post) for post in self.posts],
                "requests": list(self.requests),
                "wanted": list(self.wanted),
                "connections": self.connections,
                "pending": [behaviour.name for behaviour in self._behaviours],
            }


class _Handler(QuietHandler):
    fake: ClassVar[FakeX]
    _ahead = 0.0

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The `Date` of an answer."""
        return super().date_time_string((time.time() if timestamp is None else timestamp) + self._ahead)

    def serve(self) -> None:
        path = urlsplit(self.path).path
        if path == "/_control":
            self._control()
            return
        with self.fake._lock:
            self.fake.requests.append(f"{self.command} {path}")
        behaviour = self.fake.next_behaviour(self.command, path)
        self._ahead = behaviour.seconds if behaviour.name == "dated" else 0.0
        if behaviour.name in ("drop_before", "reset"):
            self.hang_up(reset=behaviour.name == "reset")
            return
        body = self.read_body()
        if (self.command, path) == ("POST", "/2/tweets") and len(body) == int(self.headers.get("Content-Length") or 0):
            with self.fake._lock:
                self.fake.wanted.append(body.decode("utf-8", "replace"))
        if behaviour.name == "delay":
            self.fake.stopping.wait(behaviour.seconds)
        status, answer = self._honest(path, body, recording=behaviour.records or behaviour.name in ("ok", "delay", "dated"))
        self._misbehave(behaviour, status, answer)

    def _control(self) -> None:
        if self.command == "POST":
            asked = json.loads(self.read_body())
            self.fake.behave(asked.pop("behave"), **asked)
        self._answer(200, self.fake.summary())

    def _honest(self, path: str, body: bytes, *, recording: bool) -> tuple[int, dict[str, Any]]:
        """What X itself would answer; nothing is kept where `recording` is off."""
        if self.command == "POST" and path == "/2/oauth2/token":
            return self.fake.tokens.answer(self._asked(path, body)) if recording else (503, {})
        uri = f"http://{self.headers.get('Host', '')}{self.path}"
        if not self.fake.is_signed(uri, self.command, {"Authorization": self.headers.get("Authorization", "")}):
            return 401, problem(401, "Unauthorized", "Unauthorized")
        about_pictures = self.fake.uploads.answer(self._asked(path, body)) if recording else None
        if about_pictures is not None:
            return about_pictures
        if self.command == "POST" and path == "/2/tweets":
            return self._create(body, recording=recording)
        if self.command == "DELETE" and re.fullmatch(r"/2/tweets/\d+", path):
            if self.fake.remove(path.rpartition("/")[2]):
                return 200, {"data": {"deleted": True}}
            return 404, problem(404, "Not Found", "Could not find the post.")
        if self.command == "GET" and path == "/2/users/me":
            return 200, {"data": {"id": USER_ID, "name": "Department of Examples", "username": USERNAME}}
        if self.command == "GET" and path == f"/2/users/{USER_ID}/tweets":
            return 200, self._timeline()
        return 404, problem(404, "Not Found", "Not Found")

    def _asked(self, path: str, body: bytes) -> Asked:
        query = {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Asked(method=self.command, path=path, query=query, headers=headers, body=body)

    def _create(self, body: bytes, *, recording: bool) -> tuple[int, dict[str, Any]]:
        document = json.loads(body)
        text = document.get("text") if isinstance(document, dict) else None
        known = {"text", "reply", "media", "reply_settings"}
        if not isinstance(text, str) or not text.strip() or not set(document) <= known:
            return 400, problem(400, "Invalid Request", "One or more parameters to your request was invalid.")
        if weighted_length(text) > 280:
            return 403, problem(403, "Forbidden", "You are not permitted to perform this action: the text is too long.")
        if text in self.fake.texts():
            return 403, problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")
        answers = document["reply"]["in_reply_to_tweet_id"] if "reply" in document else ""
        if answers and answers not in self.fake.ids():
            return 403, problem(403, "Forbidden", "You attempted to reply to a Tweet that is deleted or not visible to you.")
        pictures = document.get("media", {}).get("media_ids", [])
        if len(pictures) > 4 or not self.fake.uploads.knows(pictures):
            return 400, problem(400, "Invalid Request", "Your media IDs are invalid.")
        replies = document.get("reply_settings", "")
        if replies not in ("", "following", "mentionedUsers", "subscribers", "verified"):
            return 400, problem(400, "Invalid Request", "One or more parameters to your request was invalid.")
        if not recording:
            return 201, {"data": {"id": "0", "text": text}}
        described = tuple(self.fake.uploads.kept[number].alt for number in pictures)
        post = self.fake.record(text, answers=answers, pictures=described, replies=replies)
        return 201, {"data": {"id": post.id, "text": text, "edit_history_tweet_ids": [post.id]}}

    def _timeline(self) -> dict[str, Any]:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        start = datetime.fromisoformat(asked["start_time"]) if "start_time" in asked else None
        first = int(asked.get("pagination_token", "0"))
        size = int(asked.get("max_results", "10"))
        with self.fake._lock:
            posts = sorted(self.fake.posts, key=lambda post: (post.at, post.id), reverse=True)
        posts = [post for post in posts if start is None or datetime.fromisoformat(post.at) >= start]
        page = [as_x_returns_it(post) for post in posts[first : first + size]]
        meta: dict[str, Any] = {"result_count": len(page)}
        if first + size < len(posts):
            meta["next_token"] = str(first + size)
        return {"data": page, "meta": meta} if page else {"meta": meta}

    def _misbehave(self, behaviour: Behaviour, status: int, answer: dict[str, Any]) -> None:
        match behaviour.name:
            case "lose_answer":
                self.hang_up()
            case "hang":
                self.fake.stopping.wait()
                self.hang_up()
            case "half_body":
                self._answer(status, answer, send=0.5)
            case "drip":
                self._drip(behaviour.seconds)
            case "redirect":
                self._answer(307, "", headers={"Location": behaviour.to + self.path})
            case "answer":
                self._answer(behaviour.status, behaviour.body, headers=behaviour.headers)
            case name if name in _FIXED:
                self._answer(*_FIXED[name], headers=behaviour.headers)
            case _:
                self._answer(status, answer)

    def _answer(self, status: int, body: Any, *, headers: Mapping[str, str] | None = None, send: float = 1.0) -> None:
        raw = body.encode("utf-8") if isinstance(body, str) else json.dumps(body).encode("ascii")
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if isinstance(body, str) else "application/json")
        self.send_header("Content-Length", str(len(raw)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw[: int(len(raw) * send)])
        if send < 1.0:
            self.hang_up()

    def _drip(self, seconds: float) -> None:
        self.send_response(201)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        while not self.fake.stopping.wait(seconds):
            self.wfile.write(b" ")
            self.wfile.flush()
            with self.fake._lock:
                self.fake.drips += 1


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path)
    arguments = parser.parse_args()
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    with FakeX(port=arguments.port, state=arguments.state) as fake:
        print(json.dumps({"port": fake.port, "base_url": fake.base_url, "username": USERNAME, **CREDENTIALS}), flush=True)
        ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
