"""A loopback stand-in for Every Election: it filters and pages as the real one does, and misbehaves on demand.

In a test: `with FakeEveryElection(ballots) as fake: fake.behave("redirect", page=2)`.
"""

import gzip
import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.fakes.serving import QuietHandler, Served

CERTIFICATE = Path(__file__).parent.parent / "data" / "self-signed.pem"
"""Made for this test alone and signed by nobody: nothing trusts it."""


def ballot(name: str, **changes: object) -> dict[str, Any]:
    """A ballot of an invented council in May 2028, whose notice is due on 27 March."""
    return {
        "election_id": f"local.exampleshire.{name}.2028-05-04",
        "poll_open_date": "2028-05-04",
        "timetable": {"notice_of_election_deadline": "2028-03-27"},
        "organisation": {"official_identifier": "XMP", "common_name": "Exampleshire Council", "territory_code": "ENG"},
        "group_type": None,
        "cancelled": False,
        "replaced_by": None,
    } | changes


class FakeEveryElection(Served):
    """The server, and the requests that it has seen."""

    def __init__(self, ballots: Sequence[Mapping[str, Any]], *, page_size: int = 100, tls: bool = False) -> None:
        super().__init__(_Handler)
        self.ballots = list(ballots)
        self.page_size = page_size
        self.asked: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self._behaviours: dict[int, Callable[[_Handler, dict[str, Any]], object]] = {}
        self._scheme = "https" if tls else "http"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    @property
    def origin(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def behave(self, act: "Callable[[_Handler, dict[str, Any]], object]", *, page: int = 1) -> None:
        """Answer the request of this number (from 1) by `act`, which is given the honest page."""
        self._behaviours[page] = act

    def answer(self, handler: "_Handler") -> None:
        """Answer one request."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(handler.path).query).items()}
        self.asked.append(query)
        self.headers.append(dict(handler.headers.items()))
        act = self._behaviours.get(len(self.asked), _Handler.honest)
        act(handler, self._page(query))

    def _page(self, query: dict[str, str]) -> dict[str, Any]:
        """The page as the real one sends it."""
        found = [each for each in self.ballots if _fits(each, query)]
        size, offset = min(self.page_size, int(query.get("limit", "100"))), int(query.get("offset", "0"))
        following = offset + size
        more = f"{self.origin}/api/elections/?{urlencode(query | {'offset': str(following)})}"
        return {
            "count": len(found),
            "next": more if following < len(found) else None,
            "previous": None,
            "results": found[offset:following],
        }


def _fits(each: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    day = str(each.get("poll_open_date") or "")
    if not query.get("poll_open_date__gte", "") <= day <= query.get("poll_open_date__lte", "9999"):
        return False
    organisation = each.get("organisation") or {}
    return query.get("organisation_identifier") in (None, organisation.get("official_identifier"))


class _Handler(QuietHandler):
    fake: ClassVar[FakeEveryElection]

    def serve(self) -> None:
        self.fake.answer(self)

    def honest(self, page: dict[str, Any]) -> None:
        self.reply(200, page)

    def reply(self, status: int, body: Any, *, length: int | None = None, headers: Mapping[str, str] | None = None) -> None:
        """Send an answer; `body` is JSON unless it is bytes."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw) if length is None else length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)
        if length is not None and length > len(raw):
            self.close_connection = True

    def drip(self, seconds: float) -> None:
        """A body whose pieces come slowly and never end."""
        self.send_response(200)
        self.end_headers()
        while not self.fake.stopping.wait(seconds):
            self.wfile.write(b" ")
            self.wfile.flush()

    def flood(self) -> None:
        """A body that never ends."""
        self.send_response(200)
        self.end_headers()
        while not self.fake.stopping.is_set():
            self.wfile.write(b" " * 65_536)


Act = Callable[[_Handler, dict[str, Any]], None]


def status(code: int, body: Any = b"<html>sorry</html>", headers: Mapping[str, str] | None = None) -> Act:
    """Answer so."""
    return lambda handler, _page: handler.reply(code, body, headers=headers)


def changed(**changes: object) -> Act:
    """Answer with the honest page and these changes of it."""
    return lambda handler, page: handler.reply(200, page | changes)


def packed(raw: bytes, *, times: int = 1) -> Act:
    """Answer with these bytes, packed with gzip `times` over."""
    for _ in range(times):
        raw = gzip.compress(raw)
    return lambda handler, _page: handler.reply(200, raw, headers={"Content-Encoding": ", ".join(["gzip"] * times)})
