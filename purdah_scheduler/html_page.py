"""A page of ours in HTML: no scripts, nothing fetched, and every text that people wrote revealed and escaped."""

from collections.abc import Iterable
from html import escape
from importlib.resources import files

from purdah_scheduler.domain.reveal import reveal

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def text(words: str) -> str:
    """Anybody's text as it may stand in a page, in an element or between quotes."""
    return escape(reveal(words, keep_newlines=False), quote=True)


def document(title: str, style: str, body: Iterable[str], *, pictures: bool = False) -> str:
    """The whole page. `style` names a sheet of the product's data, `body` is HTML already; `pictures`: it has some, as data."""
    policy = f"{_POLICY}; img-src data:" if pictures else _POLICY
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en-GB">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            '<meta name="robots" content="noindex">',
            f"<title>{text(title)}</title>",
            f"<style>\n{files('purdah_scheduler.data').joinpath(style).read_text(encoding='utf-8')}</style>",
            "</head>",
            "<body>",
            *body,
            "</body>",
            "</html>",
            "",
        ]
    )
