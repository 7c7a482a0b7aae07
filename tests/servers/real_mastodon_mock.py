"""mastodon_mock: another people's server with Mastodon's interface, installed once and started for a run of the tests.

It keeps an Idempotency-Key, as Mastodon itself does.
"""

import itertools
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.hosting import answers, fetched, free_port, process, run, wait_until

NAME = "mastodon_mock"
_REQUIREMENTS = Path(__file__).parent / "mastodon_mock" / "requirements.txt"
_MOST_ACCOUNTS = 300

_accounts = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class MockAccount:
    """An account of its own for one test."""

    name: str
    access_token: str


@dataclass(frozen=True, kw_only=True)
class MastodonMock:
    """The server at its address."""

    base_url: str
    version: str
    pids: tuple[int, ...]

    def new_account(self) -> MockAccount:
        """One of the accounts that the server began with."""
        number = next(_accounts)
        assert number <= _MOST_ACCOUNTS
        return MockAccount(name=f"dept{number}", access_token=f"invented-token-{number}")

    def texts(self, account: MockAccount) -> list[str]:
        """The texts of all posts of an account, oldest first."""
        me = self.call("/api/v1/accounts/verify_credentials", account)
        posts = self.call(f"/api/v1/accounts/{me['id']}/statuses?limit=40", account)
        return [self.call(f"/api/v1/statuses/{post['id']}/source", account)["text"] for post in reversed(posts)]

    def pictures(self, account: MockAccount) -> list[tuple[str, bytes]]:
        """The description and the bytes of every picture of an account's posts."""
        me = self.call("/api/v1/accounts/verify_credentials", account)
        posts = self.call(f"/api/v1/accounts/{me['id']}/statuses?limit=40", account)
        shown = [medium for post in posts for medium in post["media_attachments"]]
        return [(medium["description"], fetched(medium["url"])) for medium in shown]

    def focuses(self, account: MockAccount) -> list[dict[str, float]]:
        """What the server says of the focus of every picture of an account's posts."""
        me = self.call("/api/v1/accounts/verify_credentials", account)
        posts = self.call(f"/api/v1/accounts/{me['id']}/statuses?limit=40", account)
        return [medium["meta"]["focus"] for post in posts for medium in post["media_attachments"]]

    def call(self, path: str, account: MockAccount) -> Any:
        """What the server answers to an account's question."""
        return json.loads(fetched(self.base_url + path, Authorization=f"Bearer {account.access_token}"))


def install(cache: Path) -> None:
    """Install it into a virtual environment of its own in `cache` where it is not there yet. Raises NotHere."""
    venv = cache / "mastodon_mock"
    done, wanted = venv / "installed", _REQUIREMENTS.read_text("utf-8")
    if done.exists() and done.read_text("utf-8") == wanted:
        return
    cache.mkdir(parents=True, exist_ok=True)
    run([sys.executable, "-m", "venv", "--clear", str(venv)], server=NAME, folder=cache)
    pip = (str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(_REQUIREMENTS))
    run(pip, server=NAME, folder=cache)
    done.write_text(wanted, "utf-8")


@contextmanager
def running(cache: Path, data: Path) -> Iterator[MastodonMock]:
    """The server with all its accounts, which live as long as it does. Raises NotStarted."""
    data.mkdir(parents=True)
    numbers = range(1, _MOST_ACCOUNTS + 1)
    seed = "".join(
        f'[[seed.accounts]]\nusername = "dept{number}"\naccess_token = "invented-token-{number}"\n' for number in numbers
    )
    config = data / "config.toml"
    config.write_text(f'[database]\npath = "{data / "posts.sqlite"}"\n{seed}', "utf-8")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    program = (str(cache / "mastodon_mock" / "bin" / "python"), "-m", "mastodon_mock", "serve")
    options = ("--config", str(config), "--host", "127.0.0.1", "--port", str(port), "--domain", f"127.0.0.1:{port}")
    with process([*program, *options], folder=data) as server:
        wait_until(lambda: answers(f"{address}/api/v2/instance"), server=NAME, running=server)
        version = json.loads(fetched(f"{address}/api/v2/instance"))["version"]
        yield MastodonMock(base_url=address, version=version, pids=(server.pid,))
