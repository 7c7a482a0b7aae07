"""A proxy on this machine that loses, cuts, delays and replaces answers: in front of any server, a real one too.

In a test: `with Chaos(server.base_url) as proxy: proxy.spoil("drop_resp", on=r"POST /posts")`.
"""

import http.client
import re
import threading
from typing import ClassVar
from urllib.parse import urlsplit

from tests.fakes.serving import QuietHandler, Served

FAULTS = ("drop_req", "drop_resp", "hang_resp", "half_resp", "503", "502html", "200html", "late")
"""What happens to a request.

`drop_req`: it never arrives. `drop_resp`: it arrives, and its answer is lost. `hang_resp`: the answer never comes, and the
connection stays. `half_resp`: half of the answer comes. `503`: it never arrives, and the proxy says so. `502html`, `200html`: it
arrives, and a page comes instead of its answer. `late`: it arrives only when `release` is called, and nobody hears the answer.
"""

_PAGE = b"<html><body>The service is being looked after.</body></html>"


class Chaos(Served):
    """The proxy, and the lines of the requests that came."""

    def __init__(self, upstream: str) -> None:
        super().__init__(_Handler)
        self.requests: list[str] = []
        self.upstream = urlsplit(upstream)
        self._planned: list[tuple[str, re.Pattern[str]]] = []
        self._released = threading.Event()
        self._arrived = threading.Semaphore(0)

    def spoil(self, *faults: str, on: str) -> None:
        """Do this to the next requests whose line (`POST /posts`, without the query) matches `on`, one each."""
        assert set(faults) <= set(FAULTS), faults
        with self._lock:
            self._planned += [(fault, re.compile(on)) for fault in faults]

    def plan_for(self, line: str) -> str:
        """Use up the first fault that is planned for the request."""
        with self._lock:
            self.requests.append(line)
            for entry in self._planned:
                if entry[1].fullmatch(line):
                    self._planned.remove(entry)
                    return entry[0]
        return ""

    def release(self) -> None:
        """Let the request that is late arrive, and wait until the server has done with it."""
        self._released.set()
        assert self._arrived.acquire(timeout=60)

    def hold(self) -> None:
        """Wait until the late request may go on."""
        self._released.wait(60)

    def has_arrived(self) -> None:
        """The late request is done."""
        self._arrived.release()


class _Handler(QuietHandler):
    fake: ClassVar[Chaos]

    def serve(self) -> None:
        body = self.read_body()
        fault = self.fake.plan_for(f"{self.command} {self.path.partition('?')[0]}")
        if fault in ("drop_req", "503"):
            if fault == "503":
                self._page(503)
            else:
                self.hang_up()
            return
        if fault == "late":
            self.fake.hold()
        status, headers, answer = self._forward(body)
        match fault:
            case "late":
                self.fake.has_arrived()
                self.hang_up()
            case "drop_resp":
                self.hang_up()
            case "hang_resp":
                self.fake.stopping.wait(60)
                self.hang_up()
            case "502html" | "200html":
                self._page(int(fault[:3]))
            case _:
                self._answer(status, headers, answer, whole=fault != "half_resp")

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        """Ask the server behind, on a connection of its own."""
        connection = http.client.HTTPConnection(self.fake.upstream.hostname or "", self.fake.upstream.port, timeout=60)
        try:
            headers = {
                name: value for name, value in self.headers.items() if name.lower() not in ("connection", "accept-encoding")
            }
            connection.request(self.command, self.path, body=body or None, headers={**headers, "Connection": "close"})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes, *, whole: bool) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("connection", "content-length", "transfer-encoding", "keep-alive"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if whole else body[: len(body) // 2])
        if not whole:
            self.hang_up()

    def _page(self, status: int) -> None:
        self._answer(status, [("Content-Type", "text/html")], _PAGE, whole=True)
