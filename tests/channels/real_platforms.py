"""The real servers of `make test-servers`: each from its first use on, with an account of its own for every test."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar, cast

import pytest

from tests.channels import platforms
from tests.channels.platforms import Platform, account_on, secrets_file
from tests.servers import real_bluesky, real_mastodon_mock, real_snac, real_wordpress
from tests.servers.hosting import Cost, NotHere, megabytes_of
from tests.servers.real_bluesky import RealBluesky
from tests.servers.real_mastodon_mock import MastodonMock
from tests.servers.real_snac import RealSnac
from tests.servers.real_wordpress import RealWordPress

NAMES = ("real-bluesky", "real-wordpress", "mastodon-mock", "snac")
PARAMETERS = tuple(pytest.param(name, marks=[pytest.mark.server, pytest.mark.timeout(900)]) for name in NAMES)
"""As parameters of tests that hold for every channel; `make test-servers` runs them."""

_PATIENCE = 6
"""Seconds: a real server on a busy machine takes its time."""


class _Server(Protocol):
    @property
    def version(self) -> str: ...
    @property
    def pids(self) -> tuple[int, ...]: ...


S = TypeVar("S", bound=_Server)


class RealServers:
    """Each real server from its first use on, until `close`; one that cannot be had skips the test, with the reason.

    `costs` has what each took, once they are closed. `matrix` is what became of the post: server -> fault -> words.
    """

    def __init__(self, cache: Path, data: Path) -> None:
        self._cache, self._data, self._stack = cache, data, ExitStack()
        self._known: dict[str, _Server | NotHere] = {}
        self._spent: dict[str, tuple[float, float]] = {}
        self.costs: list[Cost] = []
        self.matrix: dict[str, dict[str, str]] = {}

    @property
    def bluesky(self) -> RealBluesky:
        """@atproto/pds with its directory."""
        return self._running(real_bluesky.NAME, real_bluesky.install, real_bluesky.running)

    @property
    def wordpress(self) -> RealWordPress:
        """WordPress with MariaDB."""
        return self._running(real_wordpress.NAME, real_wordpress.install, real_wordpress.running)

    @property
    def mastodon_mock(self) -> MastodonMock:
        """What keeps an Idempotency-Key."""
        return self._running(real_mastodon_mock.NAME, real_mastodon_mock.install, real_mastodon_mock.running)

    @property
    def snac(self) -> RealSnac:
        """What keeps none."""
        return self._running(real_snac.NAME, real_snac.install, real_snac.running)

    def _running(self, name: str, install: Callable[[Path], None], start: Callable[[Path, Path], AbstractContextManager[S]]) -> S:
        """The server. That there is none is found out once, because an installation can take minutes to fail."""
        if name not in self._known:
            began = time.monotonic()
            try:
                install(self._cache)
                installed = time.monotonic()
                self._known[name] = self._stack.enter_context(start(self._cache, self._data / name.rsplit(maxsplit=1)[-1]))
                self._spent[name] = (installed - began, time.monotonic() - installed)
            except NotHere as why:
                self._known[name] = why
        server = self._known[name]
        if isinstance(server, NotHere):
            pytest.skip(str(server))
        return cast("S", server)

    def close(self) -> None:
        """End those that were started, and keep what they took."""
        for name, server in self._known.items():
            if not isinstance(server, NotHere):
                installed_in, started_in = self._spent[name]
                self.costs.append(
                    Cost(
                        server=f"{name} {server.version}",
                        installed_in=installed_in,
                        started_in=started_in,
                        megabytes=megabytes_of(server.pids),
                    )
                )
        self._stack.close()

    def fault_table(self) -> list[str]:
        """A line for each server: after each fault how many posts are public, and what the product says of the delivery."""
        shown = {server: faults for server, faults in self.matrix.items() if server in NAMES}
        faults = list(dict.fromkeys(fault for row in shown.values() for fault in row))
        rows = [["fault", *shown], *([fault, *(row.get(fault, "-") for row in shown.values())] for fault in faults)]
        return _aligned(rows) if faults else []

    def cost_table(self) -> list[str]:
        """A line for each server."""
        head = ["server", "installed in", "started in", "memory"]
        return _aligned(
            [
                head,
                *(
                    [cost.server, f"{cost.installed_in:.1f} s", f"{cost.started_in:.1f} s", f"{cost.megabytes} MB"]
                    for cost in self.costs
                ),
            ]
        )


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


@contextmanager
def running(name: str, folder: Path, servers: RealServers) -> Iterator[Platform]:
    """The platform: an account of its own on a real server, or the stand-in where `name` is that of a channel."""
    match name:
        case "real-bluesky":
            yield _on_bluesky(servers.bluesky, folder)
        case "real-wordpress":
            yield _on_wordpress(servers.wordpress, folder)
        case "mastodon-mock":
            yield _on_mastodon_mock(servers.mastodon_mock, folder)
        case "snac":
            yield _on_snac(servers.snac, folder)
        case _:
            with platforms.running(name, folder) as stand_in:
                yield stand_in


def _on_bluesky(server: RealBluesky, folder: Path) -> Platform:
    owner = server.new_account()
    credentials = secrets_file(folder / "bluesky.toml", app_password=owner.app_password)
    return Platform(
        name="bluesky",
        base_url=server.base_url,
        account=account_on("bluesky", handle=owner.handle, base_url=server.base_url, credentials=credentials),
        published=lambda: server.texts(owner),
        pictures=lambda: server.pictures(owner),
        patience=_PATIENCE,
        publishing=r"POST /xrpc/com\.atproto\.repo\.putRecord",
        receipt_url=f"https://bsky.app/profile/{owner.handle}/post/",
    )


def _on_wordpress(server: RealWordPress, folder: Path) -> Platform:
    owner = server.new_user()
    credentials = secrets_file(folder / "wordpress.toml", application_password=owner.application_password)
    return Platform(
        name="wordpress",
        base_url=server.base_url,
        account=account_on("wordpress", handle=owner.name, base_url=server.base_url, credentials=credentials),
        published=lambda: server.texts(owner),
        pictures=lambda: server.pictures(owner),
        patience=_PATIENCE,
        publishing=r"POST /wp-json/wp/v2/posts/\d+",
        receipt_url=f"{server.base_url}/notice-",
        compose="Notice\n\n{}".format,
    )


def _on_mastodon_mock(server: MastodonMock, folder: Path) -> Platform:
    owner = server.new_account()
    like = _like_mastodon(server.base_url, owner.name, owner.access_token, folder, receipts=f"@{owner.name}/")
    return replace(like, published=lambda: server.texts(owner), pictures=lambda: server.pictures(owner))


def _on_snac(server: RealSnac, folder: Path) -> Platform:
    owner = server.new_user()
    like = _like_mastodon(server.base_url, owner.name, owner.access_token, folder, receipts=f"{owner.name}/p/")
    return replace(like, published=lambda: server.texts(owner), pictures=lambda: server.pictures(owner), knows_repeats=False)


def _like_mastodon(base_url: str, name: str, access_token: str, folder: Path, *, receipts: str) -> Platform:
    """What servers that speak Mastodon's language share; what is public there, each tells in its own way."""
    credentials = secrets_file(folder / "mastodon.toml", access_token=access_token)
    return Platform(
        name="mastodon",
        base_url=base_url,
        account=account_on("mastodon", handle=name, base_url=base_url, credentials=credentials),
        published=list,
        patience=_PATIENCE,
        publishing=r"POST /api/v1/statuses",
        receipt_url=f"{base_url}/{receipts}",
    )
