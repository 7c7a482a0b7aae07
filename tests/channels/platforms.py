"""The stand-ins of all platforms by the names of their channels, as the tests that hold for every channel use them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from purdah_scheduler.domain.people import Account, AccountKind
from purdah_scheduler.domain.periods import Body
from tests.fakes import fake_bluesky, fake_mastodon, fake_wordpress, x_rules
from tests.fakes.fake_bluesky import FakeBluesky
from tests.fakes.fake_mastodon import FakeMastodon
from tests.fakes.fake_wordpress import FakeWordPress
from tests.fakes.fake_x import FakeX
from tests.servers import real_bluesky
from tests.servers.real_bluesky import NotHere, RealBluesky

REAL = tuple(pytest.param(name, marks=[pytest.mark.server, pytest.mark.timeout(900)]) for name in ("real-bluesky",))
"""Real servers, as parameters of tests that hold for every channel; `make test-servers` runs them."""

NAMES = ("bluesky", "mastodon", "wordpress", "x")
"""Every channel that speaks to a platform."""

LOGINS = (*NAMES, "x-tokens")
"""The same, and X once more by tokens that expire."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """One platform at one address: the account on it, the texts that are public there, and what publishes one.

    `publishing` matches the line of the request that makes a post public. `compose` makes a post's text of any words.
    """

    name: str
    base_url: str
    account: Account
    published: Callable[[], list[str]]
    publishing: str
    receipt_url: str
    compose: Callable[[str], str] = str


def account_on(name: str, *, handle: str, base_url: str, credentials: Path) -> Account:
    """The department's account on a channel."""
    return Account(
        id="dept",
        channel=name,
        handle=handle,
        kind=AccountKind.DEPARTMENT,
        body=Body.UK_CIVIL_SERVICE,
        base_url=base_url,
        credentials=str(credentials),
    )


def secrets_file(path: Path, **secrets: str) -> Path:
    """A credentials file, mode 0600."""
    path.touch(mode=0o600)
    path.write_text("".join(f'{name} = "{value}"\n' for name, value in secrets.items()), "utf-8")
    return path


class RealServers:
    """Each real server from its first use on, until `close`."""

    def __init__(self, cache: Path, data: Path) -> None:
        self._cache, self._data, self._stack = cache, data, ExitStack()

    @property
    def bluesky(self) -> RealBluesky:
        """The server for Bluesky accounts; where it cannot be had the test is skipped, with the reason."""
        match self._bluesky:
            case NotHere() as why:
                pytest.skip(str(why))
            case server:
                return server

    @cached_property
    def _bluesky(self) -> RealBluesky | NotHere:
        """The server, or why there is none: asked once, because an installation can take minutes to fail."""
        try:
            return self._stack.enter_context(real_bluesky.running(self._cache, self._data))
        except NotHere as why:
            return why

    def close(self) -> None:
        """End those that were started."""
        self._stack.close()


@contextmanager
def running(name: str, folder: Path, servers: RealServers | None = None) -> Iterator[Platform]:
    """The stand-in of a platform, or an account of its own on the real server, with the account's credentials in `folder`."""
    file = folder / f"{name}.toml"
    match name:
        case "x" | "x-tokens":
            with FakeX() as x:
                secrets = x_rules.CREDENTIALS if name == "x" else x.tokens.credentials()
                yield Platform(
                    name="x",
                    base_url=x.base_url,
                    account=account_on(
                        "x",
                        handle=x_rules.USERNAME,
                        base_url=x.base_url,
                        credentials=secrets_file(file, **secrets),
                    ),
                    published=x.texts,
                    publishing=r"POST /2/tweets",
                    receipt_url=f"https://x.com/{x_rules.USERNAME}/status/",
                )
        case "real-bluesky":
            assert servers is not None
            real, owner = servers.bluesky, servers.bluesky.new_account()
            yield Platform(
                name="bluesky",
                base_url=real.base_url,
                account=account_on(
                    "bluesky",
                    handle=owner.handle,
                    base_url=real.base_url,
                    credentials=secrets_file(file, app_password=owner.app_password),
                ),
                published=lambda: real.texts(owner),
                publishing=r"POST /xrpc/com\.atproto\.repo\.putRecord",
                receipt_url=f"https://bsky.app/profile/{owner.handle}/post/",
            )
        case "bluesky":
            with FakeBluesky() as bluesky:
                yield Platform(
                    name=name,
                    base_url=bluesky.base_url,
                    account=account_on(
                        name,
                        handle=fake_bluesky.HANDLE,
                        base_url=bluesky.base_url,
                        credentials=secrets_file(file, app_password=fake_bluesky.APP_PASSWORD),
                    ),
                    published=bluesky.texts,
                    publishing=r"POST /xrpc/com\.atproto\.repo\.putRecord",
                    receipt_url=f"https://bsky.app/profile/{fake_bluesky.HANDLE}/post/",
                )
        case "mastodon":
            with FakeMastodon() as mastodon:
                yield Platform(
                    name=name,
                    base_url=mastodon.base_url,
                    account=account_on(
                        name,
                        handle=f"{fake_mastodon.USERNAME}@social.example.test",
                        base_url=mastodon.base_url,
                        credentials=secrets_file(file, access_token=fake_mastodon.ACCESS_TOKEN),
                    ),
                    published=mastodon.texts,
                    publishing=r"POST /api/v1/statuses",
                    receipt_url=f"https://social.example.test/@{fake_mastodon.USERNAME}/",
                )
        case "wordpress":
            with FakeWordPress() as blog:
                yield Platform(
                    name=name,
                    base_url=blog.base_url,
                    account=account_on(
                        name,
                        handle=fake_wordpress.USER,
                        base_url=blog.base_url,
                        credentials=secrets_file(file, application_password=fake_wordpress.APPLICATION_PASSWORD),
                    ),
                    published=blog.texts,
                    publishing=r"POST /wp-json/wp/v2/posts/\d+",
                    receipt_url="https://blog.example.test/notice-",
                    compose="Notice\n\n{}".format,
                )
        case _:
            raise ValueError(name)
