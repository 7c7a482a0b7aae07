"""How each network shows a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.channels import catalogue, facebook_text
from purdah_scheduler.domain.as_read import Role

LONG = "https://www.gov.uk/government/news/sallow-bridge-is-open-again"


@pytest.mark.parametrize(
    ("channel", "text", "shown"),
    [
        ("x", f"See {LONG}.", "See gov.uk/government/news…."),
        ("x", "See www.gov.uk/ab", "See gov.uk/ab"),
        ("bluesky", f"See {LONG}", f"See {LONG}"),
        ("mastodon", f"See {LONG}", "See gov.uk/government/news/sallow-…"),
        ("mastodon", "See https://gov.uk", "See gov.uk"),
        ("mastodon", "Ask @rivers@social.example.gov.uk today", "Ask @rivers today"),
        ("manual-linkedin", f"See {LONG}", f"See {LONG}"),
        ("outbox", f"See {LONG} @a@b.uk #c", f"See {LONG} @a@b.uk #c"),
    ],
)
def test_links_and_mentions_are_shown_as_the_network_shows_them(channel: str, text: str, shown: str) -> None:
    assert catalogue.sight(channel, text).shown == shown


@pytest.mark.parametrize(
    ("channel", "links", "tags", "mentions"),
    [
        ("x", ["gov.uk"], ["#Rivers"], ["@ea_gov"]),
        ("bluesky", ["gov.uk"], ["#Rivers"], []),
        ("mastodon", [], ["#Rivers"], ["@ea_gov"]),
        ("wordpress", ["gov.uk"], [], []),
        ("manual-threads", ["gov.uk"], ["#Rivers"], ["@ea_gov"]),
        ("manual", [], [], []),
        ("outbox", [], [], []),
    ],
)
def test_what_becomes_clickable_is_what_the_network_makes_of_it(
    channel: str, links: list[str], tags: list[str], mentions: list[str]
) -> None:
    sight = catalogue.sight(channel, "Title\n\nSee gov.uk, #Rivers and @ea_gov; press@rivers.gov.uk is nobody's name.")
    found = {role: [piece.written for piece in sight.of(role)] for role in Role}
    assert (found[Role.LINK], found[Role.TAG], found[Role.MENTION]) == (links, tags, mentions)


def test_nothing_within_a_link_is_a_tag_or_a_mention() -> None:
    sight = catalogue.sight("mastodon", "https://example.org/@rivers#flood")
    assert [piece.role for piece in sight.pieces] == [Role.LINK]


def test_a_blog_shows_the_title_the_text_and_in_its_lists_the_first_paragraph() -> None:
    sight = catalogue.sight("wordpress", "Bridges\n\nAll\nopen.\n\nThank you.")
    assert (sight.title, sight.shown, sight.summary) == ("Bridges", "All\nopen.\n\nThank you.", "All open.")


def test_a_long_text_folds_on_linkedin_before_facebook_and_never_on_x() -> None:
    text = "word " * 200
    folds = {channel: catalogue.sight(channel, text).fold for channel in ("x", "manual-linkedin", "manual-facebook")}
    assert folds["x"] is None
    assert 180 < (folds["manual-linkedin"] or 0) <= 210
    assert 400 < (folds["manual-facebook"] or 0) <= 475


def test_a_card_that_the_network_makes_itself_is_spoken_of_only_where_there_is_a_link() -> None:
    assert "may show a card" in " ".join(catalogue.sight("x", "See gov.uk").notes)
    assert "none is given with the post" in " ".join(catalogue.sight("bluesky", "See gov.uk").notes)
    assert catalogue.sight("x", "No link").notes == catalogue.sight("bluesky", "No link").notes == ()


def test_that_sending_to_facebook_is_experimental_is_said_with_every_post() -> None:
    assert catalogue.sight("facebook", "No link").notes == (facebook_text.EXPERIMENTAL,)
    assert catalogue.sight("manual-facebook", "No link").notes == ()


@pytest.mark.parametrize("channel", catalogue.channel_names())
@given(text=st.text(alphabet="ab@#./:\n ü1https", max_size=60))
def test_every_channel_shows_every_text_and_keeps_all_that_was_written(channel: str, text: str) -> None:
    sight = catalogue.sight(channel, text)
    written = "".join(piece.written for piece in sight.pieces)
    assert written == text or (channel == "wordpress" and text.strip("\n").endswith(written))
