"""What the stand-ins share: a server on this machine that starts, stops and stays silent, and one that answers by a table."""

import json
import re
import socket
import socketserver
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar, Self
from urllib.parse import parse_qs, unquote, urlsplit


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are what this server is for."""


class Served:
    """A server on a free port of this machine, from `with` to its end; `handler` finds it under `fake`."""

    def __init__(self, handler: type[BaseHTTPRequestHandler], *, port: int = 0) -> None:
        self.stopping = threading.Event()
        self.connections = 0
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), type("Handler", (handler,), {"fake": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def count_connection(self) -> None:
        """One more client has connected."""
        with self._lock:
            self.connections += 1


class QuietHandler(BaseHTTPRequestHandler):
    """A handler that counts its connections and logs nothing."""

    fake: ClassVar[Any]
    protocol_version = "HTTP/1.1"
    timeout = 60

    def setup(self) -> None:
        super().setup()
        self.fake.count_connection()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""

    def do_GET(self) -> None:
        self.serve()

    def do_POST(self) -> None:
        self.serve()

    def do_DELETE(self) -> None:
        self.serve()

    def do_CONNECT(self) -> None:
        self.serve()

    def serve(self) -> None:
        """Answer one request, whatever its method."""
        raise NotImplementedError

    def read_body(self) -> bytes:
        """What the request carries."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def hang_up(self, *, reset: bool = False) -> None:
        """End the connection without another byte, with a TCP reset where it is asked for."""
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            self.connection.close()
        else:
            self.connection.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request; `files` are the parts of a form by their names."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"

    def json(self) -> dict[str, Any]:
        """The body as an object."""
        document = json.loads(self.body or b"{}")
        assert isinstance(document, dict)
        return document

    def form(self) -> dict[str, bytes]:
        """The parts of a multipart form by their names."""
        boundary = re.search(r"boundary=([^;]+)", self.headers.get("content-type", ""))
        assert boundary
        parts = {}
        for piece in self.body.split(b"--" + boundary[1].strip('"').encode("ascii"))[1:-1]:
            head, _, content = piece.partition(b"\r\n\r\n")
            name = re.search(rb'name="([^"]*)"', head)
            assert name
            parts[name[1].decode("utf-8")] = content.removesuffix(b"\r\n")
        return parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One answer; `body` is JSON unless it is text."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Api(Served):
    """A stand-in whose answers are made by `answer`; tests can put others in their place."""

    def __init__(self) -> None:
        super().__init__(_ApiHandler)
        self.requests: list[str] = []
        self._scripted: list[tuple[re.Pattern[str], Said]] = []

    def answer(self, asked: Asked) -> Said:
        """What the platform itself would answer; called for one request at a time."""
        raise NotImplementedError

    def script(self, on: str, *said: Said) -> None:
        """Answer the next requests whose line matches `on` so, one each, and do nothing else."""
        with self._lock:
            self._scripted += [(re.compile(on), each) for each in said]

    def serve(self, asked: Asked) -> Said:
        """Answer by the script, else as the platform would."""
        with self._lock:
            self.requests.append(asked.line)
            for entry in self._scripted:
                if entry[0].fullmatch(asked.line):
                    self._scripted.remove(entry)
                    return entry[1]
            return self.answer(asked)


class _ApiHandler(QuietHandler):
    fake: ClassVar[Api]

    def serve(self) -> None:
        address = urlsplit(self.path)
        said = self.fake.serve(
            Asked(
                method=self.command,
                path=unquote(address.path),
                query={name: values[-1] for name, values in parse_qs(address.query, keep_blank_values=True).items()},
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.read_body(),
            )
        )
        raw = said.body.encode("utf-8") if isinstance(said.body, str) else json.dumps(said.body).encode("ascii")
        self.send_response(said.status)
        self.send_header("Content-Type", "text/html" if isinstance(said.body, str) else "application/json")
        self.send_header("Content-Length", str(len(raw)))
        for name, value in said.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)
