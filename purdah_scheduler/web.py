"""One request at a time over HTTP: a fresh connection, hard limits of time and size, no redirects, retries, proxies or cookies.

`requests` bounds each read but not the whole answer, and cannot say whether anything had left when it failed. Both decide
whether a post may be sent again, so the connection itself reports when it is ready to carry the request.
"""

import logging
import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NameResolutionError

from purdah_scheduler.lean import lean_dataclass

MAX_BYTES = 10_000_000
"""Bytes of one answer's body, unpacked, unless a session says otherwise."""

_TALKATIVE = ("tweepy", "oauthlib", "requests_oauthlib", "urllib3", "requests")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimits:
    """Seconds: to connect, between two pieces of the answer, and for the whole request with its answer."""

    connect: float = 5.0
    read: float = 20.0
    total: float = 45.0


class RequestFailed(Exception):
    """No whole answer came; `departed` is False only where no byte of the request can have left this machine."""

    def __init__(self, reason: str, *, departed: bool) -> None:
        super().__init__(reason)
        self.departed = departed


def hush_libraries() -> None:
    """Turn the HTTP libraries' loggers off: at DEBUG they print tokens and unpublished text.

    Off, and not merely set to a level, so that neither a level nor a handler that somebody sets later brings them back; it
    is done again before each request.
    """
    for name in _TALKATIVE:
        logging.getLogger(name).propagate = False
    for name, logger in list(logging.Logger.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and name.partition(".")[0] in _TALKATIVE:
            logger.disabled = True


class _Cancelled(OSError):
    """The flight's time was up before its connection was ready."""


class _Flight:
    """One request on its one connection: whether it can have left, and how to end it from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: HTTPConnection | None = None
        self._cancelled = False
        self.departed = False

    def depart(self, connection: HTTPConnection) -> None:
        """The connection is ready; from here on bytes may leave. Raises where they must not any more."""
        with self._lock:
            if self._cancelled or self.departed:
                raise _Cancelled("cancelled")
            self._connection = connection
            self.departed = True

    def cancel(self) -> bool:
        """End the flight; True where its request may have left.

        A stalled name look-up or TLS handshake cannot be interrupted; it ends by itself and then may not depart.
        """
        with self._lock:
            self._cancelled = True
            carrier = self._connection.sock if self._connection is not None else None
            if carrier is not None:
                with suppress(OSError):
                    # Past SSLSocket's own shutdown, which would take TLS off a connection that another thread reads.
                    socket.socket.shutdown(carrier, socket.SHUT_RDWR)
            return self.departed


def _watched_pools(flight: _Flight) -> dict[str, type[HTTPConnectionPool]]:
    """Pools by scheme whose connections report to `flight` when they are ready."""

    class PlainConnection(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            flight.depart(self)

    class SecureConnection(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            flight.depart(self)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = PlainConnection

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecureConnection

    return {"http": PlainPool, "https": SecurePool}


class _TooLarge(Exception):
    """More came than is taken."""


class _Weighed:
    """The body of an answer on its way in, weighed as it is unpacked: what is too large is never all in memory."""

    def __init__(self, raw: Any, most: int) -> None:
        self._raw = raw
        self._most = most

    def stream(self, amount: int, *, decode_content: bool) -> Iterator[bytes]:
        """The pieces of the body. Raises _TooLarge."""
        weight = 0
        for piece in self._raw.stream(amount, decode_content=decode_content):
            weight += len(piece)
            if weight > self._most:
                raise _TooLarge
            yield piece

    def close(self) -> None:
        self._raw.close()

    def release_conn(self) -> None:
        self._raw.release_conn()


class _FlightAdapter(HTTPAdapter):
    """An adapter for one flight; it is closed afterwards, and with it the connection."""

    def __init__(self, flight: _Flight) -> None:
        self._flight = flight
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = _watched_pools(self._flight)


def _fly(request: requests.PreparedRequest, limits: TimeLimits, most: int, flight: _Flight) -> requests.Response:
    with closing(_FlightAdapter(flight)) as adapter:
        response = adapter.send(request, stream=True, timeout=(limits.connect, limits.read), verify=True, proxies={})
        with response:
            response.raw = _Weighed(response.raw, most)
            response.content  # noqa: B018 - reads the body into the response while the limits hold
            return response


def _deliver(request: requests.PreparedRequest, limits: TimeLimits, most: int) -> requests.Response:
    """Send one request and read its whole answer. Raises RequestFailed, without the request or its headers in it."""
    flight = _Flight()
    landed: queue.SimpleQueue[requests.Response | BaseException] = queue.SimpleQueue()

    def fly() -> None:
        try:
            landed.put(_fly(request, limits, most, flight))
        except BaseException as failure:  # noqa: BLE001 - handed over to the thread that waits
            landed.put(failure)

    threading.Thread(target=fly, name="one-request", daemon=True).start()
    try:
        answer = landed.get(timeout=limits.total)
    except queue.Empty:
        answer = None
    finally:
        departed = flight.cancel()
    if isinstance(answer, requests.Response):
        return answer
    if answer is None:
        reason = f"no whole answer within {limits.total:g} s" if departed else f"no connection within {limits.total:g} s"
    else:
        reason = f"more than {most / 1_000_000:g} MB came" if isinstance(answer, _TooLarge) else _reason(answer, departed, limits)
        # Anything but a failure of the network says nothing about what was done before it.
        departed = departed or not isinstance(answer, requests.RequestException | HTTPError | OSError)
    raise RequestFailed(reason, departed=departed)


def _reason(failure: BaseException, departed: bool, limits: TimeLimits) -> str:
    """The failure in words of our own: the libraries' texts may hold addresses and objects that lead to tokens."""
    if departed:
        if isinstance(failure, requests.ReadTimeout):
            return f"no answer within {limits.read:g} s"
        if isinstance(failure, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
            return "the connection was cut before the whole answer came"
        return f"an unexpected fault ({type(failure).__name__})"
    if isinstance(failure, requests.ConnectTimeout):
        return f"no connection within {limits.connect:g} s"
    if isinstance(failure, requests.exceptions.SSLError):
        return "no secure connection (TLS) could be made"
    if isinstance(failure, requests.ConnectionError):
        cause = failure.args[0] if failure.args else None
        if isinstance(getattr(cause, "reason", cause), NameResolutionError):
            return "its name could not be looked up"
        return "no connection could be made"
    return f"an unexpected fault ({type(failure).__name__})"


class OneShotSession(requests.Session):
    """A session whose every request is a flight of its own.

    What the environment says about proxies, certificates and passwords is not read, and cookies are not kept. `most` is how
    many bytes the unpacked body of an answer may have.
    """

    def __init__(self, limits: TimeLimits, *, most: int = MAX_BYTES) -> None:
        super().__init__()
        self.trust_env = False
        self._limits = limits
        self._most = most

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Sign `request`, which is where the libraries would log most."""
        hush_libraries()
        return super().prepare_request(request)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # noqa: ARG002 - what requests would let a caller loosen
        """Send `request` alone; redirects are returned as they are. Raises RequestFailed."""
        return _deliver(request, self._limits, self._most)
