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
        {"number": 1, "type": "image/png", "bytes": 24, "width": 640, "height": 360, "alt": "A bridge"}
    ]


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


@pytest.mark.parametrize("options", [("--out", "page.html"), ("--html", "--json")])
def test_options_that_contradict_each_other_are_refused(desk: Desk, options: tuple[str, ...]) -> None:
    made = desk.new("Words")
    assert desk("post", "preview", str(made["post"]), *options).code == 64
