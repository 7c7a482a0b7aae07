"""snac: a real server of the fediverse that speaks Mastodon's language, unpacked once and started for a run of the tests.

It keeps no Idempotency-Key, which makes it the proof of what the product does with such servers.
"""

import itertools
import json
import re
import subprocess
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.debian import Debian
from tests.servers.hosting import NotStarted, answers, fetched, free_port, process, wait_until

NAME = "snac"
_PACKAGE = "snac2=2.96-*"
_SUITE = "trixie-backports"

_users = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class SnacUser:
    """A user of its own for one test."""

    name: str
    access_token: str


@dataclass(frozen=True, kw_only=True)
class RealSnac:
    """The server at its address, with its program and its folder."""

    base_url: str
    version: str
    program: Path
    base: Path
    pids: tuple[int, ...]

    def new_user(self) -> SnacUser:
        """A user with a token."""
        name = f"dept{next(_users)}"
        said = subprocess.run(
            [str(self.program), "adduser", str(self.base), name], check=True, capture_output=True, text=True, timeout=60
        )
        password = re.search(r"password is (\S+)", said.stdout + said.stderr)
        assert password
        form = urllib.parse.urlencode({"login": name, "passwd": password[1]}).encode("ascii")
        page = fetched(f"{self.base_url}/oauth/x-snac-get-token", form=form).decode()
        token = re.search(r"\b[0-9a-f]{32,}\b", page)
        assert token
        return SnacUser(name=name, access_token=token[0])

    def texts(self, user: SnacUser) -> list[str]:
        """The texts of all posts of a user, oldest first."""
        posts = sorted((self.base / "user" / user.name / "public").glob("*.json"), key=lambda file: file.name)
        return [json.loads(file.read_text("utf-8"))["sourceContent"] for file in posts]

    def pictures(self, user: SnacUser) -> list[tuple[str, bytes]]:
        """The description and the bytes of every picture of a user's posts."""
        me = self.call("/api/v1/accounts/verify_credentials", user)
        posts = self.call(f"/api/v1/accounts/{me['id']}/statuses?limit=40", user)
        shown = [medium for post in posts for medium in post["media_attachments"]]
        return [(medium["description"], fetched(medium["url"])) for medium in shown]

    def call(self, path: str, user: SnacUser) -> Any:
        """What the server answers to a user's question."""
        return json.loads(fetched(self.base_url + path, Authorization=f"Bearer {user.access_token}"))


def install(cache: Path) -> None:
    """Unpack it into `cache` where it is not there yet. Raises NotHere."""
    folder = cache / "snac"
    done = folder / "installed"
    if done.exists() and done.read_text("utf-8") == _PACKAGE:
        return
    folder.mkdir(parents=True, exist_ok=True)
    Debian(folder, server=NAME, suite=_SUITE).unpack([_PACKAGE])
    done.write_text(_PACKAGE, "utf-8")


@contextmanager
def running(cache: Path, data: Path) -> Iterator[RealSnac]:
    """The server with a folder of its own in `data`. Raises NotStarted."""
    data.mkdir(parents=True)
    program, base, port = cache / "snac" / "root" / "usr" / "bin" / "snac", data / "base", free_port()
    said = f"127.0.0.1\n{port}\n127.0.0.1:{port}\n\n\n"
    try:
        subprocess.run([str(program), "init", str(base)], input=said, check=True, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as fault:
        raise NotStarted(f"snac was unpacked and does not run here: {type(fault).__name__}") from fault
    settings = base / "server.json"
    changed = {**json.loads(settings.read_text("utf-8")), "protocol": "http"}
    settings.write_text(json.dumps(changed), "utf-8")
    address = f"http://127.0.0.1:{port}"
    with process([str(program), "httpd", str(base)], folder=data) as server:
        wait_until(lambda: answers(f"{address}/api/v1/instance"), server=NAME, running=server)
        version = json.loads(fetched(f"{address}/api/v1/instance"))["version"]
        yield RealSnac(base_url=address, version=version, program=program, base=base, pids=(server.pid,))
