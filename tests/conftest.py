"""What holds for every test: no real home folder, no network, and Hypothesis that says the same thing twice."""

import ipaddress
import itertools
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir

from tests.postgresql import Server, running

_LOOPBACK_NAMES = frozenset({"", "localhost"})
_numbers = itertools.count()

settings.register_profile("here", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of every test's invented home."""
    folder = tmp_path_factory.mktemp("homes")
    set_hypothesis_home_dir(folder / "hypothesis")
    return folder


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """The PostgreSQL server of this test process."""
    with running() as server:
        yield server


@pytest.fixture(autouse=True)
def invented_home(homes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for each test; programs that a test starts inherit it."""
    home = homes / f"home-{next(_numbers)}"
    home.mkdir()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(home / name.removeprefix("XDG_").lower()))
    monkeypatch.setenv("PURDAH_CONFIG", str(home / "config.toml"))
    for name in ("CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_USEC"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture(autouse=True)
def network_tripwire(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A connection that would leave this machine fails the test, also where the code under test swallows errors.

    A name that is not this machine's own does not resolve, as on a machine without a network.
    """
    left: list[object] = []
    real_connect, real_connect_ex, real_getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(connection: socket.socket, address: Any) -> None:
        if connection.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
            left.append(address)
            pytest.fail(f"a test tried to reach {address!r}")

    def connect(self: socket.socket, address: Any) -> None:
        check(self, address)
        real_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        check(self, address)
        return real_connect_ex(self, address)

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        if host is not None and not is_loopback(host) and not is_address(host):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real_getaddrinfo(host, *rest, **named)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield
    assert not left, f"a test tried to reach {left}"


def is_address(host: str | bytes) -> bool:
    """Whether a host is written as a number, so that nobody has to look it up."""
    return _address(host) is not None


def is_loopback(host: str | bytes) -> bool:
    """Whether an address or a name is this machine itself; a name that would have to be looked up is not."""
    address = _address(host)
    if address is None:
        return _text(host).lower() in _LOOPBACK_NAMES
    return address.is_loopback or address.is_unspecified


def _address(host: str | bytes) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(_text(host).partition("%")[0])
    except ValueError:
        return None


def _text(host: str | bytes) -> str:
    return host.decode("ascii", "replace") if isinstance(host, bytes) else host
