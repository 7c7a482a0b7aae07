"""What real servers alone can prove: a post with its picture, read back as anybody gets it, and what a blog makes of ours."""

import hashlib
import html
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from purdah_scheduler.application.answers import Rejected
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.channels import bluesky_text, catalogue
from purdah_scheduler.domain.content import Card, Media, Outgoing
from purdah_scheduler.domain.focus import Focus
from purdah_scheduler.domain.people import Account
from tests.channels import real_platforms
from tests.channels.platforms import Platform, account_on, secrets_file
from tests.channels.real_platforms import RealServers
from tests.fakes.fake_wordpress import words_of
from tests.servers.real_wordpress import RealWordPress

ALT = 'A lamp at night: lit, & "seen" by <all>; 100%20; Ŵyl'


def picture(width: int = 16, height: int = 9) -> bytes:
    """A PNG of one colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\x1d\x70\xb8" * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def opened(account: Account, folder: Path) -> Channel:
    return catalogue.open_channel(account, data_dir=folder, credentials_dir=None)


@pytest.fixture(params=real_platforms.PARAMETERS)
def platform(request: pytest.FixtureRequest, tmp_path: Path, real_servers: RealServers) -> Iterator[Platform]:
    with real_platforms.running(request.param, tmp_path, real_servers) as running:
        yield running


def test_a_picture_and_its_description_arrive_unchanged_and_again_after_a_crash_once(platform: Platform, tmp_path: Path) -> None:
    data = picture()
    sha256 = hashlib.sha256(data).hexdigest()
    medium = Media(sha256=sha256, size=len(data), type="image/png", alt=ALT)
    text = platform.compose("The lamp at Skerryvore is lit again.")
    post = Outgoing(key="d1-r1", account="dept", text=text, not_before=datetime.now(UTC), media=(medium,), blobs={sha256: data})

    opened(platform.account, tmp_path).stage(post, {})
    channel = opened(platform.account, tmp_path)
    staged = channel.stage(post, {})
    assert platform.published() == []
    receipt = channel.commit(post, staged)
    assert platform.published() == [text]
    assert platform.pictures() == [(ALT, data)]
    assert opened(platform.account, tmp_path).find_published(post, staged) == receipt


# --- Bluesky and Mastodon -----------------------------------------------------------------------------------------


@pytest.mark.server
@pytest.mark.timeout(900)
def test_a_card_arrives_on_bluesky_as_it_was_given_and_again_after_a_crash_once(
    real_servers: RealServers, tmp_path: Path
) -> None:
    server = real_servers.bluesky
    owner = server.new_account()
    credentials = secrets_file(tmp_path / "bluesky.toml", app_password=owner.app_password)
    account = account_on("bluesky", handle=owner.handle, base_url=server.base_url, credentials=credentials)
    data = picture(32, 18)
    thumb = Media(sha256=hashlib.sha256(data).hexdigest(), size=len(data), type="image/png", alt="")
    card = Card(
        address="https://www.gov.uk/check-flooding?a=1&b=%20#c",
        title="Check for <flooding> & Ŵyl",
        description="Flood warnings near you.",
        picture=thumb,
    )
    text = "Are you at risk?"
    post = Outgoing(key="d1-r1", account="dept", text=text, not_before=datetime.now(UTC), card=card, blobs={thumb.sha256: data})
    opened(account, tmp_path).stage(post, {})
    channel = opened(account, tmp_path)
    staged = channel.stage(post, {})
    receipt = channel.commit(post, staged)
    assert channel.commit(post, channel.stage(post, staged)) == receipt
    assert server.cards(owner) == [(card.address, card.title, card.description, data)]
    assert server.texts(owner) == [text]


@pytest.mark.server
@pytest.mark.timeout(900)
def test_the_largest_card_that_is_let_through_is_taken_by_bluesky(real_servers: RealServers, tmp_path: Path) -> None:
    server = real_servers.bluesky
    owner = server.new_account()
    credentials = secrets_file(tmp_path / "bluesky.toml", app_password=owner.app_password)
    account = account_on("bluesky", handle=owner.handle, base_url=server.base_url, credentials=credentials)
    limits = bluesky_text.CARD_LIMITS
    data = picture().ljust(limits.max_picture_bytes, b"\0")
    thumb = Media(sha256=hashlib.sha256(data).hexdigest(), size=len(data), type="image/png", alt="")
    card = Card(
        address="https://www.gov.uk/".ljust(limits.max_address, "a"),
        title="ü" * limits.max_title,
        description="ü" * limits.max_description,
        picture=thumb,
    )
    post = Outgoing(key="d1-r1", account="dept", text="Long", not_before=datetime.now(UTC), card=card, blobs={thumb.sha256: data})
    channel = opened(account, tmp_path)
    assert channel.validate(post) == ()
    channel.commit(post, channel.stage(post, {}))
    assert server.cards(owner) == [(card.address, card.title, card.description, data)]


@pytest.mark.server
@pytest.mark.timeout(900)
def test_the_focus_of_a_picture_is_kept_by_a_server_that_keeps_one(real_servers: RealServers, tmp_path: Path) -> None:
    server = real_servers.mastodon_mock
    owner = server.new_account()
    credentials = secrets_file(tmp_path / "mastodon.toml", access_token=owner.access_token)
    account = account_on("mastodon", handle=owner.name, base_url=server.base_url, credentials=credentials)
    data = picture()
    focus = Focus(x=-50, y=25)
    medium = Media(sha256=hashlib.sha256(data).hexdigest(), size=len(data), type="image/png", alt=ALT, focus=focus)
    post = Outgoing(
        key="d1-r1", account="dept", text="A lamp.", not_before=datetime.now(UTC), media=(medium,), blobs={medium.sha256: data}
    )
    channel = opened(account, tmp_path)
    channel.commit(post, channel.stage(post, {}))
    assert server.focuses(owner) == [{"x": -0.5, "y": 0.25}]


# --- WordPress ----------------------------------------------------------------------------------------------------


@pytest.fixture
def blog(real_servers: RealServers) -> RealWordPress:
    return real_servers.wordpress


def blogger(blog: RealWordPress, folder: Path, *, role: str = "author", categories: tuple[str, ...] = ()) -> Account:
    """An account for a new user of the blog."""
    user = blog.new_user(role)
    credentials = secrets_file(folder / f"{user.name}.toml", application_password=user.application_password)
    account = account_on("wordpress", handle=user.name, base_url=blog.base_url, credentials=credentials)
    return replace(account, categories=categories)


def article(key: str = "d1-r1") -> Outgoing:
    text = "Tide tables & more\n\nThe tables for <2027> are out.\n\nAsk us."
    return Outgoing(key=key, account="dept", text=text, not_before=datetime.now(UTC))


@pytest.mark.server
@pytest.mark.timeout(900)
def test_a_blog_puts_a_post_into_its_accounts_categories_and_knows_no_other(blog: RealWordPress, tmp_path: Path) -> None:
    wanted = ("Notices & tides", "Speeches")
    numbers = [blog.call("POST", "/categories", name=name)["id"] for name in wanted]
    channel = opened(blogger(blog, tmp_path, categories=wanted), tmp_path)
    assert channel.check_account().ok
    post = article()
    receipt = channel.commit(post, channel.stage(post, {}))
    kept = blog.call("GET", f"/posts/{receipt.remote_id}?context=edit")
    assert sorted(kept["categories"]) == sorted(numbers)
    assert html.unescape(kept["excerpt"]["raw"]) == "The tables for <2027> are out."
    check = opened(blogger(blog, tmp_path, categories=("Notices",)), tmp_path).check_account()
    assert not check.ok
    assert "no category 'Notices'; it has: " in check.detail
    assert "Notices & tides" in check.detail


@pytest.mark.server
@pytest.mark.timeout(900)
def test_a_user_who_may_only_write_drafts_is_told_and_publishes_nothing(blog: RealWordPress, tmp_path: Path) -> None:
    channel, post = opened(blogger(blog, tmp_path, role="contributor"), tmp_path), article()
    check = channel.check_account()
    assert (check.ok, check.detail.partition(" ")[2]) == (False, "may not publish posts or upload pictures on this blog.")
    with pytest.raises(Rejected):
        channel.commit(post, channel.stage(post, {}))
    assert channel.find_published(post, {}) is None


@pytest.mark.server
@pytest.mark.timeout(900)
def test_what_was_changed_on_the_blog_after_the_clearance_does_not_go_out(blog: RealWordPress, tmp_path: Path) -> None:
    account, post = blogger(blog, tmp_path), article()
    staged = opened(account, tmp_path).stage(post, {})
    blog.call("POST", f"/posts/{staged['post']}", title="Changed", content="Changed", excerpt="Changed", slug="changed")
    channel = opened(account, tmp_path)
    again = channel.stage(post, staged)
    assert again["post"] == staged["post"]
    receipt = channel.commit(post, again)
    kept = blog.call("GET", f"/posts/{receipt.remote_id}?context=edit")
    assert words_of(kept["title"]["raw"], kept["content"]["raw"]) == post.text
    assert "Changed" not in kept["excerpt"]["raw"]
    assert kept["slug"] != "changed"
