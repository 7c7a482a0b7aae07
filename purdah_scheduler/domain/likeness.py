"""Whether two texts say the same: a form without case, spacing, punctuation and what links carry to track readers."""

import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher
from urllib.parse import parse_qsl, urlencode, urlsplit

ALIKE = 0.85
"""From this share of common words on, in their order, two texts are near-identical."""

_FEWEST_WORDS = 4
"""Shorter texts are alike only where they are the same: one word of three says something else."""

_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_AFTER_A_LINK = ".,;:!?)]}\u2019\u201d'\""
_TRACKING = frozenset(
    {"fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "ttclid", "yclid", "igshid", "igsh", "mc_cid", "mc_eid"}
    | {"_ga", "_gl", "ref_src", "ref_url", "li_fat_id", "mkt_tok"}
)

Words = tuple[str, ...]


def normal_words(text: str) -> Words:
    """The words of a text in their order; a link is one. What has no word at all, such as emoji alone, is one as it stands."""
    found: list[str] = []
    start = 0
    for link in _LINK.finditer(text):
        found += _plain(text[start : link.start()])
        found.append(_bare_link(link.group()))
        start = link.end()
    found += _plain(text[start:])
    bare = text.strip()
    return tuple(found) or ((bare,) if bare else ())


def likeness(one: Words, other: Words) -> float:
    """How alike two texts are: 1.0 for the same words in the same order, 0.0 for anything less alike than `ALIKE`.

    The share is exact (twice the common words by all words); two cheap upper bounds are asked first, because most pairs differ.
    """
    if one == other:
        return 1.0 if one else 0.0
    shorter, longer = sorted((len(one), len(other)))
    if shorter < _FEWEST_WORDS or 2 * shorter < ALIKE * (shorter + longer):
        return 0.0
    if 2 * (Counter(one) & Counter(other)).total() < ALIKE * (shorter + longer):
        return 0.0
    # 1.0 is for the same words alone; the ratio of others is below it.
    share = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return share if share >= ALIKE else 0.0


def _plain(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _bare_link(link: str) -> str:
    """Where a link leads, whoever is followed by it: no scheme, no `www.`, no tracking, no fragment, no slash at its end."""
    try:
        parts = urlsplit(link.rstrip(_AFTER_A_LINK))
    except ValueError:
        return link.casefold()
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _tracks(name.casefold())]
    place = parts.netloc.casefold().removeprefix("www.") + parts.path.rstrip("/")
    return f"{place}?{urlencode(sorted(query))}" if query else place


def _tracks(name: str) -> bool:
    return name in _TRACKING or name.startswith("utm_")
