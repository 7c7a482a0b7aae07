"""The tripwires themselves: they trip, and they let loopback through."""

import os
import socket
import sys
from pathlib import Path
from subprocess import run

import pytest

from tests.conftest import is_loopback


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.255.255.254", True),
        ("::1", True),
        ("localhost", True),
        (b"127.0.0.1", True),
        ("0.0.0.0", True),
        ("192.0.2.1", False),
        ("10.0.0.1", False),
        ("::ffff:192.0.2.1", False),
        ("localhost.example", False),
    ],
)
def test_only_this_machine_is_loopback(host: str | bytes, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_a_name_of_another_machine_does_not_resolve() -> None:
    with pytest.raises(socket.gaierror):
        socket.create_connection(("example.invalid", 443), timeout=1)


def test_a_loopback_server_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=5):
        pass


def test_an_address_of_another_machine_fails_the_test_even_where_errors_are_swallowed(tmp_path: Path) -> None:
    inner = tmp_path / "test_inner.py"
    inner.write_text(
        "import socket\n"
        "def test_leaves():\n"
        "    try:\n"
        "        socket.create_connection(('192.0.2.1', 443), timeout=1)\n"
        "    except BaseException:\n"
        "        pass\n"
    )
    (tmp_path / "conftest.py").write_text("from tests.conftest import homes, invented_home, network_tripwire\n")
    root = Path(__file__).parent.parent
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        str(root / "pyproject.toml"),
        "--rootdir",
        str(root),
    ]
    result = run(
        [*command, "--rootdir", str(root), str(inner)], cwd=root, capture_output=True, text=True, timeout=100, check=False
    )
    assert "192.0.2.1" in result.stdout
    assert result.returncode == 1


def test_the_real_home_is_out_of_reach(invented_home: Path) -> None:
    assert Path.home() == invented_home
    assert Path(os.environ["XDG_CONFIG_HOME"]).is_relative_to(invented_home)
    assert Path(os.environ["PURDAH_CONFIG"]).is_relative_to(invented_home)
