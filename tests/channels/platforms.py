"""The stand-ins of all platforms by the names of their channels, as the tests that hold for every channel use them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from purdah_scheduler.domain.people import Account, AccountKind
from purdah_scheduler.domain.periods import Body
from tests.fakes import fake_bluesky, fake_facebook, fake_mastodon, fake_wordpress, x_rules
from tests.fakes.fake_bluesky import FakeBluesky
from tests.fakes.fake_facebook import FakeFacebook
from tests.fakes.fake_mastodon import FakeMastodon
from tests.fakes.fake_wordpress import FakeWordPress
from tests.fakes.fake_x import FakeX

NAMES = ("bluesky", "facebook", "mastodon", "wordpress", "x")
"""Every channel that speaks to a platform."""

LOGINS = (*NAMES, "x-tokens")
"""The same, and X once more by tokens that expire."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """One platform at one address: the account on it, the texts that are public there, and what publishes one.

    `publishing` matches the line of the request that makes a post public. `compose` makes a post's text of any words.
    `pictures` has the description and the bytes of each picture that is public, as the platform gives them to anybody.
    `knows_repeats`: whether it takes the same request again without publishing twice. `patience`: seconds for an answer.
    """

    name: str
    base_url: str
    account: Account
    published: Callable[[], list[str]]
    publishing: str
    receipt_url: str
    compose: Callable[[str], str] = str
    pictures: Callable[[], list[tuple[str, bytes]]] = list
    knows_repeats: bool = True
    patience: float = 2


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


@contextmanager
def running(name: str, folder: Path) -> Iterator[Platform]:
    """The stand-in of a platform, with the account's credentials in `folder`."""
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
        case "facebook":
            with FakeFacebook() as page:
                yield Platform(
                    name=name,
                    base_url=page.base_url,
                    account=account_on(
                        name,
                        handle=fake_facebook.PAGE,
                        base_url=page.base_url,
                        credentials=secrets_file(file, page_token=fake_facebook.PAGE_TOKEN),
                    ),
                    published=page.texts,
                    publishing=r"POST /v26.0/\d+_\d+",
                    receipt_url=f"https://www.facebook.com/{fake_facebook.PAGE}_",
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
