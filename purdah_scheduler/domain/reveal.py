"""How text that people wrote is shown: nothing is deleted, and what is hidden or commands a terminal becomes visible."""

import unicodedata
from collections.abc import Iterator

ELLIPSIS = "…"

_NEWLINE, _RETURN, _DELETE = "\n", "\N{RETURN SYMBOL}", "\x7f"
_JOINER, _NON_JOINER = "\u200d", "\u200c"
_EMOJI_LOOK, _TEXT_LOOK, _KEYCAP = "\ufe0f", "\ufe0e", "\u20e3"
_DOTTED_CIRCLE = "\N{DOTTED CIRCLE}"
_VIRAMA = 9
_MOST_MARKS = 5

_FLAGS = tuple(
    "\N{WAVING BLACK FLAG}" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    for region in ("gbeng", "gbsct", "gbwls")
)
"""England, Scotland and Wales are the only flags that Unicode recommends as tag sequences."""

_VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Signs that enclose or lead a number in Arabic, Syriac and Kaithi: called format characters, yet drawn."""

_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Letters, marks and signs that are drawn as nothing (default-ignorable, and the empty Braille cell)."""

_EMOJI_SIGNS = frozenset("\u203c\u2049\u2139\u3030\u303d")
"""Emoji that Unicode files under punctuation or letters."""


def reveal(text: str, *, keep_newlines: bool = True) -> str:
    """`text` as it may be put on a screen: controls, bidi overrides and invisible characters are written out.

    Kept are the letters of every script, joiners where a script or an emoji needs them, and the flags of England, Scotland
    and Wales. Revealing twice changes nothing. Source: security.md 2.1 (terminal and markup injection).
    """
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = position = 0
    while position < len(text):
        flag = next((flag for flag in _FLAGS if text.startswith(flag, position)), "")
        if flag:
            shown.append(flag)
            position += len(flag)
            marks = 0
            continue
        char, before = text[position], shown[-1][-1:] if shown else ""
        after = text[position + 1 : position + 2]
        marks = marks + 1 if _is_mark(char) else 0
        shown.append(_shown(char, before, after, marks, keep_newlines=keep_newlines))
        position += 1
    return "".join(shown)


def one_line(text: str, width: int) -> str:
    """`text` revealed, on one line of at most `width` cells (1 or more); what does not fit ends in an ellipsis.

    Each run of line ends becomes one return symbol, for lists show where a text begins and not how it is set.
    """
    paragraphs = (part.strip(" ") for part in text.strip().split(_NEWLINE))
    return fit(reveal(f" {_RETURN} ".join(part for part in paragraphs if part), keep_newlines=False), width)


def fit(line: str, width: int) -> str:
    """A revealed line cut to at most `width` cells, never inside an emoji or between a letter and its marks."""
    if cell_width(line) <= width:
        return line
    kept, used = [], 0
    for cluster in _clusters(line):
        size = _cluster_width(cluster)
        if used + size > width - 1:
            break
        kept.append(cluster)
        used += size
    return "".join(kept).rstrip(" ") + ELLIPSIS


def cell_width(line: str) -> int:
    """How many cells of a terminal a revealed line takes, by Unicode's East Asian width; an emoji counts two."""
    return len(line) if line.isascii() else sum(_cluster_width(cluster) for cluster in _clusters(line))


def _shown(char: str, before: str, after: str, marks: int, *, keep_newlines: bool) -> str:
    """How one character is shown, given what is shown before it, what follows, and how many marks in a row it ends."""
    if char == _NEWLINE and keep_newlines:
        return char
    if ord(char) < 0x20:
        return chr(0x2400 + ord(char))
    if char == _DELETE:
        return "\N{SYMBOL FOR DELETE}"
    if char in (_JOINER, _NON_JOINER):
        return char if _joiner_belongs(char, before, after) else _named(char)
    if char in (_EMOJI_LOOK, _TEXT_LOOK):
        return char if _look_belongs(before, after) else _named(char)
    if marks and not _is_hidden(char):
        if marks > _MOST_MARKS:
            return _named(char)
        return char if before and before != _NEWLINE else _DOTTED_CIRCLE + char
    return _named(char) if _is_hidden(char) else char


def _is_mark(char: str) -> bool:
    return char not in (_EMOJI_LOOK, _TEXT_LOOK) and unicodedata.category(char) in ("Mn", "Me")


def _is_hidden(char: str) -> bool:
    """Whether the character draws nothing by itself, or cannot be known to."""
    if char in _INVISIBLE_LETTERS or 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF:
        return True
    match unicodedata.category(char):
        case "Cc" | "Cs" | "Co" | "Zl" | "Zp":
            return True
        case "Cf":
            return char not in _VISIBLE_FORMATS
        case "Cn":
            return not _is_emoji(char)
        case _:
            return False


def _is_emoji(char: str) -> bool:
    """Whether the character can be the base of an emoji; the block of emoji is open to those newer than this Python."""
    if 0x1F000 <= ord(char) <= 0x1FAFF:
        return True
    return bool(char) and (char in _EMOJI_SIGNS or (ord(char) >= 0xA9 and unicodedata.category(char) in ("So", "Sm")))


def _joiner_belongs(joiner: str, before: str, after: str) -> bool:
    """Whether a joiner shapes what is around it: within an emoji, after a virama, or between Arabic letters (RFC 5892, A.1)."""
    if not before or not after:
        return False
    if unicodedata.combining(before) == _VIRAMA:
        return True
    if joiner == _NON_JOINER:
        return all(unicodedata.name(char, "").startswith("ARABIC") and not _is_hidden(char) for char in (before, after))
    return (before == _EMOJI_LOOK or _is_emoji(before)) and _is_emoji(after)


def _look_belongs(before: str, after: str) -> bool:
    """Whether a variation selector chooses how an emoji or a keycap is drawn."""
    return bool(before) and (_is_emoji(before) or (before in "0123456789#*" and after == _KEYCAP))


def _named(char: str) -> str:
    """A character that people should know of: by name where it steers direction or joins, else by number."""
    if unicodedata.category(char) == "Cf" and not 0xE0000 <= ord(char) <= 0xE007F and char != "\u200b":
        name = unicodedata.name(char, "")
        if name:
            return f"⟨{name}⟩"
    return f"⟨U+{ord(char):04X}⟩"


def _clusters(line: str) -> Iterator[str]:
    """The line in pieces that must not be cut: a letter with its marks, an emoji with its joined parts, a pair of a flag."""
    cluster = ""
    for char in line:
        pair = len(cluster) == 1 and _is_regional(cluster) and _is_regional(char)
        if cluster and (_char_width(char) == 0 or cluster.endswith(_JOINER) or pair or _is_skin_tone(char)):
            cluster += char
            continue
        if cluster:
            yield cluster
        cluster = char
    if cluster:
        yield cluster


def _cluster_width(cluster: str) -> int:
    if _EMOJI_LOOK in cluster or _JOINER in cluster:
        return 2
    return min(2, sum(_char_width(char) for char in cluster))


def _char_width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf") and char not in _VISIBLE_FORMATS:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" or (unicodedata.category(char) == "Cn") else 1


def _is_regional(char: str) -> bool:
    return 0x1F1E6 <= ord(char) <= 0x1F1FF


def _is_skin_tone(char: str) -> bool:
    return 0x1F3FB <= ord(char) <= 0x1F3FF
