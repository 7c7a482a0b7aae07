"""The form in which a text that was sent and one that a platform shows are the same: one for all channels.

Platforms trim and collapse spaces, complete links, shorten mentions and wrap everything in HTML.
"""

import re
import unicodedata
from html.parser import HTMLParser

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_LAST_SLASH = re.compile(r"/(?=\s|$)")
_HOST_OF_MENTION = re.compile(r"(?<![\w@/])(@\w+)@[\w.-]*\w")
_BREAKING = frozenset({"br", "p", "div", "li", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})


def comparable(text: str) -> str:
    """NFC, spaces collapsed, links without scheme and last slash, mentions without their host.

    A platform adds a scheme to a bare domain such as `gov.uk`, and may leave the host of a mention out.
    """
    text = unicodedata.normalize("NFC", text)
    return " ".join(_LAST_SLASH.sub("", _SCHEME.sub("", without_hosts(text))).split())


def without_hosts(text: str) -> str:
    """The text with `@name` for each `@name@server`."""
    return _HOST_OF_MENTION.sub(r"\1", text)


def comparable_html(markup: str) -> str:
    """The same form of a text that a platform shows as HTML."""
    reader = _Words()
    reader.feed(markup)
    reader.close()
    return comparable("".join(reader.words))


class _Words(HTMLParser):
    """The words of a piece of HTML, with a space where a block or a line ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._break(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def _break(self, tag: str) -> None:
        if tag in _BREAKING:
            self.words.append(" ")
