"""The one way by which text that people wrote reaches the terminal: revealed, and never read as markup."""

import re

from rich.text import Text
from textual.content import Content

from purdah_scheduler.domain.reveal import one_line, reveal

_JOINED = re.compile("[\u200d\u20e3\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
"""What joins or tints an emoji. Terminals disagree on the width of what comes out, which would bend every column after it."""


def plain(text: str, style: str = "") -> Content:
    """`text` as content: nothing in it is markup, nothing in it commands a terminal, everything hidden is written out."""
    return Content.styled(reveal(text), style)


def choice(text: str) -> Text:
    """`text` as an entry of a `Select`, which finds what is typed in an entry of this kind alone; plain in the same way."""
    return Text(reveal(text))


def line(text: str, width: int, style: str = "") -> Content:
    """`text` on one line of at most `width` cells (1 or more), for lists: joined emoji are shown by their first sign."""
    return Content.styled(cell(text, width), style)


def cell(text: str, width: int) -> str:
    """`text` as `line` shows it, as a string whose width every terminal agrees on."""
    return one_line(_JOINED.sub("", one_line(text, max(width * 8, 80))), max(width, 1))


def says(*parts: str | tuple[str, str] | Content) -> Content:
    """Several texts as one content: each a text, a text with its style, or content that is plain already."""
    return Content.assemble(
        *(
            part if isinstance(part, Content) else reveal(part) if isinstance(part, str) else (reveal(part[0]), part[1])
            for part in parts
        )
    )
