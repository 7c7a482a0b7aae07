"""What somebody may have meant by a word that is not known."""

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], *, likeness: float = 0.6) -> str:
    """The known word most like `word`, whatever its capitals, or an empty text where none is close.

    `likeness` is from 0 (anything) to 1 (the same letters), as `difflib` measures it.
    """
    from difflib import get_close_matches  # costs several ms to import, and only a mistake needs it

    lowered = {each.lower(): each for each in known}
    found = get_close_matches(word.lower(), lowered, n=1, cutoff=likeness)
    return lowered[found[0]] if found else ""


def meant(word: str, known: Iterable[str]) -> str:
    """The question after the nearest known word, and a space after it; an empty text where none is close."""
    near = nearest(word, known)
    return f"Did you mean {near}? " if near else ""
