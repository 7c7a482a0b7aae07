"""What the real servers share: how one is installed, started on this machine alone and ended, and what it costs."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".servers"
"""Where they are installed, once."""


class NotHere(Exception):
    """This machine cannot install the server; the text says what failed."""


class NotStarted(Exception):
    """The server is installed and does not run: a fault, and no reason to skip."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one server took: seconds to install (next to none where it was there) and to start, and megabytes of memory."""

    server: str
    installed_in: float
    started_in: float
    megabytes: int


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def run(step: Sequence[str], *, server: str, folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """What one step of an installation prints. Raises NotHere."""
    try:
        done = subprocess.run(
            step, cwd=folder, env={**os.environ, **(environment or {})}, check=True, capture_output=True, text=True, timeout=540
        )
    except (OSError, subprocess.SubprocessError) as fault:
        what = f"{Path(step[0]).name} {step[-1]}: {type(fault).__name__}"
        raise NotHere(f"{server} cannot be installed here ({what})") from fault
    return done.stdout


@contextmanager
def process(
    command: Sequence[str], *, folder: Path, working_in: Path | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs until the end of the block; what it says goes into `folder`/log."""
    with (
        (folder / "log").open("ab") as log,
        subprocess.Popen(
            command,
            cwd=working_in or folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        ) as running,
    ):
        try:
            yield running
        finally:
            # With its children, which some leave behind.
            os.killpg(running.pid, signal.SIGTERM)


def wait_until(ready: Callable[[], bool], *, server: str, running: subprocess.Popen[bytes]) -> None:
    """Return as soon as the program is `ready`. Raises NotStarted where it ends or takes more than a minute."""
    until = time.monotonic() + 60
    while not ready():
        if running.poll() is not None or time.monotonic() > until:
            raise NotStarted(f"{server} was installed and did not start")
        time.sleep(0.05)


def fetched(
    address: str, *, document: Mapping[str, object] | None = None, form: bytes | None = None, method: str = "", **headers: str
) -> bytes:
    """What a server on this machine gives for a question, or for a form or a document (as JSON) that is sent to it."""
    body = json.dumps(document).encode("ascii") if document is not None else form
    said = {"Content-Type": "application/json", **headers} if document is not None else headers
    request = urllib.request.Request(address, data=body, headers=said, method=method or None)  # noqa: S310 - this machine
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
        whole: bytes = answer.read()
    return whole


def answers(address: str) -> bool:
    """Whether a server says anything at all at this address."""
    try:
        with urllib.request.urlopen(address, timeout=20):  # noqa: S310 - this machine
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def megabytes_of(pids: Sequence[int]) -> int:
    """The most memory that these processes and their children have held (resident; each at its own height)."""
    return sum(_height(pid) for pid in _with_children(pids)) // 1024


def _with_children(pids: Sequence[int]) -> set[int]:
    parents = {int(entry.name): _parent(entry) for entry in Path("/proc").glob("[0-9]*")}
    found = set(pids)
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text("utf-8", errors="replace").rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _height(pid: int) -> int:
    """Kilobytes; 0 for a process that has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
