"""The last look at every line before it is drawn: what could command the terminal is drawn as a sign, also in fields.

`plain` writes hidden characters out wherever words are shown. A field must keep what is edited character by character, so
there the sign stands in for it on the screen only; and a screen that forgot `plain` is caught here as well.
"""

import re
from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter

_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls, line separators, everything that turns the reading order, and halves of characters, which cannot be written."""


class Harmless(LineFilter):
    """Replaces each such character by one that is drawn and does nothing; the line keeps its width."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments of one line, harmless."""
        del background
        if not any(_HARMFUL.search(segment.text) for segment in segments if not segment.control):
            return segments
        width = sum(segment.cell_length for segment in segments)
        shown = [segment if segment.control else Segment(harmless(segment.text), segment.style) for segment in segments]
        return _narrowed(shown, width)


class DrawsHarmless(App[Any]):
    """An application that looks at every line before any other filter sees it."""

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The last look at every line before it is drawn comes first, so that no other filter sees what could do harm."""
        return (_LAST_LOOK, *super().get_line_filters())


def harmless(text: str) -> str:
    """`text` with a sign in the place of each harmful character: as many characters as before."""
    return _HARMFUL.sub(_sign, text)


_LAST_LOOK = Harmless()


def _sign(found: re.Match[str]) -> str:
    number = ord(found.group())
    if number < 0x20:
        return chr(0x2400 + number)
    return "\N{SYMBOL FOR DELETE}" if number == 0x7F else "\N{REPLACEMENT CHARACTER}"


def _narrowed(segments: list[Segment], width: int) -> list[Segment]:
    """The line cut at its end to the width that it had: a sign may take a cell where the character took none."""
    kept: list[Segment] = []
    left = width
    for segment in segments:
        if segment.control:
            kept.append(segment)
            continue
        text = segment.text
        while cell_len(text) > left:
            text = text[:-1]
        left -= cell_len(text)
        kept.append(Segment(text, segment.style))
    if left > 0:
        kept.append(Segment(" " * left, segments[-1].style))
    return kept
