"""Characters as people see them: an emoji of several code points is one."""

import functools
from collections.abc import Iterator
from typing import Any


@functools.cache
def _pattern() -> Any:
    """One grapheme cluster (Unicode annex 29); `regex`, which alone knows it, is loaded when something is counted."""
    import regex

    return regex.compile(r"\X")


def seen_characters(text: str) -> Iterator[int]:
    """Where each of them starts."""
    return (found.start() for found in _pattern().finditer(text))


def count_seen(text: str) -> int:
    """How many there are."""
    return sum(1 for _ in seen_characters(text))
