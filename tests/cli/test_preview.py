"""`post preview`: what readers will see, in words, in JSON and as a page that holds everything and obeys nobody's text."""

import re
import struct
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.cli.conftest import Desk

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", 640, 360)
NASTY = '<script>alert(1)</script> & https://example.org/"><img src=x> \u200b[link in bio]'


class Tags(HTMLParser):
    """Every tag with its attributes, and every word of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture
def picture(desk: Desk) -> Path:
    path = desk.path.parent / "bridge.png"
    path.write_bytes(PNG)
    return path


def test_words_name_the_account_the_length_and_each_picture_with_its_description(desk: Desk, picture: Path) -> None:
    made = desk.new("See gov.uk", "--media", str(picture), "--alt", "A bridge at dawn", "--content-warning", "Traffic")
    said = desk.ok("post", "preview", str(made["post"])).out
    assert "On outbox (the outbox), outbox" in said
    assert "10 of 500 characters" in said
    assert "Warning: Traffic" in said
    assert "Picture 1 of 1: PNG, 640 by 360, 24 bytes: “A bridge at dawn”" in said


def test_json_has_each_piece_and_no_bytes_of_a_picture(desk: Desk, picture: Path) -> None:
    made = desk.new("See gov.uk", "--media", str(picture), "--alt", "A bridge")
    facts = desk.ok("post", "preview", str(made["post"]), "--json").object
    assert facts["digest"] == made["digest"]
    [account] = facts["accounts"]
    [part] = account["parts"]
    assert (part["part"], part["of"], part["shown"], part["fold"]) == (1, 1, "See gov.uk", None)
    assert [(piece["kind"], piece["shown"]) for piece in part["pieces"]] == [("words", "See gov.uk")]
    assert account["pictures"] == [
        {"number": 1, "type": "image/png", "bytes": 24, "width": 640, "height": 360, "alt": "A bridge", "focus": None}
    ]
    assert account["card"] is None


def test_the_page_fetches_nothing_runs_nothing_and_shows_every_sign_of_the_text(desk: Desk, picture: Path) -> None:
    made = desk.new(NASTY, "--media", str(picture), "--alt", 'A "bridge" <b>')
    out = desk.path.parent / "preview.html"
    desk.ok("post", "preview", str(made["post"]), "--html", "--out", str(out))
    page = out.read_text("utf-8")
    seen = Tags(page)
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page
    assert not {"script", "a", "link", "iframe", "form"} & {tag for tag, _ in seen.tags}
    [image] = [attributes for tag, attributes in seen.tags if tag == "img"]
    assert image["alt"] == 'A "bridge" <b>'
    assert (image["width"], image["height"]) == ("640", "360")
    assert re.fullmatch(r"data:image/png;base64,[A-Za-z0-9+/=]+", image["src"] or "")
    assert "<script>alert(1)</script>" in seen.words
    assert "[link in bio]" in seen.words
    assert "\u200b" not in page
    assert out.stat().st_mode & 0o077 == 0


def test_one_account_is_shown_by_its_name_and_one_that_the_post_has_not_is_refused(desk: Desk) -> None:
    made = desk.new("Words")
    assert desk.ok("post", "preview", str(made["post"]), "--account", "outbox").out.count("\nOn ") == 1
    refused = desk("post", "preview", str(made["post"]), "--account", "nosuch")
    assert refused.code == 64
    assert "nosuch" in refused.err


def with_card(desk: Desk, picture: Path) -> str:
    """The number of a post with a card and a focus."""
    card = ("--card", "https://www.gov.uk/floods?a=1&b", "--card-title", "Floods <b>", "--card-description", "Are you at risk?")
    media = ("--media", str(picture), "--alt", "A bridge", "--focus", "1=0.5,-1")
    return str(desk.new("See gov.uk", *media, *card, "--card-picture", str(picture))["post"])


def test_a_card_and_a_focus_are_shown_in_words_and_in_json(desk: Desk, picture: Path) -> None:
    number = with_card(desk, picture)
    said = " ".join(desk.ok("post", "preview", number).out.split())
    assert "“A bridge” (cropped around 0.5,-1)" in said
    assert "Card: “Floods <b>” (to https://www.gov.uk/floods?a=1&b); picture: PNG, 640 by 360, 24 bytes" in said
    assert "On the card: Are you at risk?" in said
    [account] = desk.ok("post", "preview", number, "--json").object["accounts"]
    assert account["pictures"][0]["focus"] == "0.5,-1"
    assert account["card"] == {
        "address": "https://www.gov.uk/floods?a=1&b",
        "title": "Floods <b>",
        "description": "Are you at risk?",
        "picture": {"type": "image/png", "bytes": 24, "width": 640, "height": 360},
    }


def test_the_page_shows_a_card_that_leads_nowhere(desk: Desk, picture: Path) -> None:
    out = desk.path.parent / "preview.html"
    desk.ok("post", "preview", with_card(desk, picture), "--html", "--out", str(out))
    seen = Tags(out.read_text("utf-8"))
    assert not {"script", "a", "b"} & {tag for tag, _ in seen.tags}
    assert len([tag for tag, _ in seen.tags if tag == "img"]) == 2
    assert all(words in seen.words for words in ("Floods <b>", "Are you at risk?", "https://www.gov.uk/floods?a=1&b", "0.5,-1"))


@pytest.mark.parametrize("options", [("--out", "page.html"), ("--html", "--json")])
def test_options_that_contradict_each_other_are_refused(desk: Desk, options: tuple[str, ...]) -> None:
    made = desk.new("Words")
    assert desk("post", "preview", str(made["post"]), *options).code == 64
