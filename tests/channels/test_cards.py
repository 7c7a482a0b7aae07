"""The card of a link: what it may say where it is shown, and what is told where it is not."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from purdah_scheduler.application.answers import Rejected
from purdah_scheduler.channels import catalogue
from purdah_scheduler.channels.bluesky import BlueskyChannel
from purdah_scheduler.channels.credentials import Credentials, Secret
from purdah_scheduler.channels.outbox import OutboxChannel
from purdah_scheduler.domain.content import Card, Media, Outgoing
from purdah_scheduler.domain.people import Account
from purdah_scheduler.web import TimeLimits
from tests.fakes.fake_bluesky import APP_PASSWORD, HANDLE, FakeBluesky

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
THUMB = Media(sha256=hashlib.sha256(PNG).hexdigest(), size=len(PNG), type="image/png", alt="")
CARD = Card(
    address="https://www.gov.uk/check-flood-risk", title="Check your flood risk", description="By postcode.", picture=THUMB
)
OWN_CARDS = ("x", "mastodon", "facebook", "wordpress", "manual-facebook", "manual-linkedin", "manual-threads")
SHOWN = ("bluesky", "outbox", "manual")


def post_with(card: Card | None = CARD, text: str = "Are you at risk?", **changes: Any) -> Outgoing:
    given: dict[str, Any] = {"key": "d1-r1", "account": "dept", "not_before": AT, "blobs": {THUMB.sha256: PNG}, **changes}
    return Outgoing(text=text, card=card, **given)


def codes(channel: str, post: Outgoing) -> list[tuple[str, bool]]:
    return [(problem.code, problem.blocking) for problem in catalogue.problems_of(channel, post)]


@pytest.fixture
def server() -> Iterator[FakeBluesky]:
    with FakeBluesky() as fake:
        yield fake


@pytest.fixture
def bluesky(server: FakeBluesky, tmp_path: Path, make_account: Callable[..., Account]) -> BlueskyChannel:
    return BlueskyChannel(
        make_account(channel="bluesky", handle=HANDLE),
        Credentials({"app_password": Secret(APP_PASSWORD)}),
        session_file=tmp_path / "session.json",
        now=lambda: datetime.now(UTC),
        base_url=server.base_url,
        limits=TimeLimits(connect=2, read=5, total=10),
    )


# --- what it may say ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"address": ""}, "card-address", "begins with https://"),
        ({"address": "www.gov.uk"}, "card-address", "begins with https://"),
        ({"address": "ftp://gov.uk"}, "card-address", "begins with https://"),
        ({"address": "javascript:alert(1)"}, "card-address", "begins with https://"),
        ({"address": "https://"}, "card-address", "begins with https://"),
        ({"address": "https://gov.uk/a b"}, "card-address", "' ' at position 17"),
        ({"address": "https://gov.uk/\u00e9"}, "card-address", "'\u00e9' at position 16"),
        ({"address": "https://gov.uk/" + "a" * 1_986}, "card-address", "2,001 characters; 2,000 fit"),
        ({"title": ""}, "card-untitled", "no title"),
        ({"title": "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 301}, "card-title-too-long", "301 characters; 300 fit"),
        ({"description": "a" * 1_001}, "card-description-too-long", "1,001 characters; 1,000 fit"),
        ({"picture": replace(THUMB, size=1_000_001)}, "card-picture-too-large", "1,000,001 bytes; Bluesky takes 1,000,000"),
        ({"picture": replace(THUMB, type="image/heic")}, "card-picture-type", "image/heic"),
    ],
)
def test_what_bluesky_cannot_show_as_it_was_given_is_blocked(changes: dict[str, Any], code: str, said: str) -> None:
    (problem,) = catalogue.problems_of("bluesky", post_with(replace(CARD, **changes)))
    assert (problem.code, problem.blocking) == (code, True)
    assert said in problem.message


def test_what_just_fits_is_no_problem() -> None:
    full = Card(
        address="https://gov.uk/" + "a" * 1_985,
        title="\U0001f468\u200d\U0001f469\u200d\U0001f467" * 300,
        description="a" * 1_000,
        picture=replace(THUMB, size=1_000_000),
    )
    assert codes("bluesky", post_with(full)) == []
    assert codes("bluesky", post_with(Card(address="HTTPS://[2001:db8::1]:8080/?q=%20#a", title="t"))) == []


def test_pictures_and_a_card_cannot_both_be_shown_on_bluesky() -> None:
    both = post_with(media=(replace(THUMB, alt="A lamp"),))
    assert codes("bluesky", both) == [("card-with-pictures", True)]
    assert codes("outbox", both) == []


# --- where it is not shown ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", OWN_CARDS)
def test_a_network_that_goes_by_the_text_is_told_of_only_where_the_text_has_no_such_link(channel: str) -> None:
    title = "Floods\n\n" if channel == "wordpress" else ""
    assert codes(channel, post_with(text=f"{title}Are you at risk?")) == [("card-not-shown", False)]
    assert codes(channel, post_with(text=f"{title}See {CARD.address}/ now")) == []
    assert codes(channel, post_with(None, text=f"{title}Are you at risk?")) == []


@pytest.mark.parametrize("channel", SHOWN)
def test_where_a_card_is_shown_nothing_is_missing(channel: str) -> None:
    assert codes(channel, post_with()) == []


@pytest.mark.parametrize("channel", catalogue.channel_names())
def test_what_readers_see_says_whether_the_card_is_shown(channel: str) -> None:
    sight = catalogue.sight(channel, "See gov.uk", has_card=True)
    said = " ".join(sight.notes)
    assert sight.shows_card is (channel in SHOWN)
    assert ("is not shown here" in said) is (channel not in SHOWN)
    assert "none is given" not in said
    assert not catalogue.sight(channel, "See gov.uk").shows_card


@pytest.mark.parametrize("channel", catalogue.channel_names())
def test_what_is_asked_for_in_a_form_is_what_readers_see(channel: str) -> None:
    """A field for a card or for a focus stands where a network shows the one and crops around the other."""
    sight, settings = catalogue.sight(channel, "See gov.uk", has_card=True), catalogue.rules_for(channel).settings
    assert (settings.card, settings.focus) == (sight.shows_card, sight.crops)


# --- sending ------------------------------------------------------------------------------------------------------


def test_bluesky_gets_the_card_as_it_was_cleared(bluesky: BlueskyChannel, server: FakeBluesky) -> None:
    post = post_with()
    staged = bluesky.stage(post, {})
    first = bluesky.commit(post, staged)
    (record,) = server.records.values()
    embed = record["embed"]
    assert embed["$type"] == "app.bsky.embed.external"
    thumb = embed["external"].pop("thumb")
    assert embed["external"] == {"uri": CARD.address, "title": CARD.title, "description": CARD.description}
    assert server.blobs[thumb["ref"]["$link"]] == PNG
    embed["external"]["thumb"] = thumb
    assert bluesky.commit(post, bluesky.stage(post, staged)) == first
    assert server.commits == 1


def test_a_card_without_a_picture_needs_no_upload(bluesky: BlueskyChannel, server: FakeBluesky) -> None:
    post = post_with(Card(address="https://www.gov.uk", title="GOV.UK"), blobs={})
    bluesky.commit(post, bluesky.stage(post, {}))
    (record,) = server.records.values()
    assert record["embed"]["external"] == {"uri": "https://www.gov.uk", "title": "GOV.UK", "description": ""}
    assert server.blobs == {}


def test_a_picture_of_a_card_that_differs_from_the_cleared_one_is_never_uploaded(
    bluesky: BlueskyChannel, server: FakeBluesky
) -> None:
    for blobs in ({}, {THUMB.sha256: b"another"}):
        with pytest.raises(Rejected, match="the card's picture"):
            bluesky.stage(post_with(blobs=blobs), {})
    assert server.blobs == {}


def test_a_card_that_is_blocked_is_never_sent(bluesky: BlueskyChannel, server: FakeBluesky) -> None:
    staged = bluesky.stage(post_with(), {})
    with pytest.raises(Rejected, match="no title"):
        bluesky.commit(post_with(replace(CARD, title="")), staged)
    assert server.records == {}


def test_the_outbox_writes_the_card_down_with_its_picture(tmp_path: Path, make_account: Callable[..., Account]) -> None:
    outbox = OutboxChannel(make_account(channel="outbox"), tmp_path, now=lambda: AT)
    post = post_with(media=(replace(THUMB, alt="A lamp"),))
    receipt = outbox.commit(post, {})
    folder = tmp_path / "dept"
    header = (folder / receipt.remote_id).read_text("utf-8").partition("\n\n")[0].split("\n")
    assert 'Card: "https://www.gov.uk/check-flood-risk"' in header
    assert 'Card title: "Check your flood risk"' in header
    assert 'Card description: "By postcode."' in header
    assert 'Card picture: "2026-11-23T0900Z-d1-r1.2.png"' in header
    assert (folder / "2026-11-23T0900Z-d1-r1.2.png").read_bytes() == PNG
    outbox.delete(receipt.remote_id)
    assert list(folder.iterdir()) == []
