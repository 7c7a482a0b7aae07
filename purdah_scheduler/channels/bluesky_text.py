"""What Bluesky takes: the length of a text, its links, tags and mentions, and its other rules, without the network.

The server itself does not look at empty texts, at facets that point beside the text, or at descriptions of any length.
"""

import functools
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from purdah_scheduler.application.answers import Limits
from purdah_scheduler.channels.cards import CardLimits
from purdah_scheduler.channels.characters import count_seen, seen_characters
from purdah_scheduler.channels.links import links
from purdah_scheduler.channels.pictures import ALL_TYPES, picture_problems
from purdah_scheduler.domain.content import Media, Problem
from purdah_scheduler.lean import lean_dataclass

LIMITS = Limits(
    max_length=300,
    unit="characters",
    max_bytes=3_000,
    max_images=4,
    image_types=ALL_TYPES,
    max_image_bytes=2_000_000,
    max_alt=2_000,
)
"""`app.bsky.feed.post` and `app.bsky.embed.images`; a character is what people see as one. The description's limit is our own."""
CARD_LIMITS = CardLimits(max_address=2_000, max_title=300, max_description=1_000, max_picture_bytes=1_000_000)
"""`app.bsky.embed.external` limits the picture alone; how long the address and the words may be is our own."""

_LONGEST_TAG = 64


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """`@handle` from character `start` up to `end`."""

    start: int
    end: int
    handle: str


@functools.cache
def _patterns() -> tuple[Any, Any]:
    """A tag, and a mention; `regex` counts accents that stand by themselves among the letters, and is loaded when needed."""
    import regex

    tag = regex.compile(r"(?<![\w&/])[#\uff03](?=\w*[^\W\d_])(\w[\w-]*\w|\w)")
    mention = regex.compile(r"(?<![\w@./])@((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*)(?![\w@-])", regex.IGNORECASE)
    return tag, mention


def count(text: str) -> int:
    """Characters as people see them: an emoji of several code points is one."""
    return count_seen(text)


def mentions(text: str) -> tuple[Mention, ...]:
    """Every handle that is written with its `@`."""
    return tuple(Mention(start=found.start(), end=found.end(), handle=found[1]) for found in _patterns()[1].finditer(text))


def problems(text: str, media: Sequence[Media]) -> tuple[Problem, ...]:
    """Every problem of a text with its pictures; that a mention is no link is a hint and does not block."""
    found: list[Problem] = []
    if not text.strip():
        found.append(Problem(code="empty", message="The text is empty."))
    used = count(text)
    if used > LIMITS.max_length:
        position = next(itertools.islice(seen_characters(text), LIMITS.max_length, None))
        message = f"The text is {used - LIMITS.max_length} over Bluesky's limit of {LIMITS.max_length} characters ({used} used)."
        found.append(Problem(code="too-long", message=message, position=position))
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LIMITS.max_bytes:
        message = f"The text has {size:,} bytes, more than the {LIMITS.max_bytes:,} that Bluesky takes; an emoji can have 25."
        found.append(Problem(code="too-many-bytes", message=message))
    found += picture_problems(media, LIMITS, platform="Bluesky")
    for mention in mentions(text):
        message = f"@{mention.handle} will be plain text on Bluesky: nobody is told of it."
        found.append(Problem(code="mention-not-linked", message=message, blocking=False, position=mention.start))
    return tuple(found)


def facets(text: str, dids: Mapping[str, str]) -> list[dict[str, Any]]:
    """What is a link, a tag or a mention, as ranges of UTF-8 bytes in their order.

    `dids` has the identifiers of the handles (in lower case) that may be mentioned; other mentions stay plain text.
    """
    spans: list[tuple[int, int, dict[str, str]]] = []
    for mention in mentions(text):
        did = dids.get(mention.handle.lower())
        if did is not None:
            spans.append((mention.start, mention.end, {"$type": "app.bsky.richtext.facet#mention", "did": did}))
    spans += [(link.start, link.end, {"$type": "app.bsky.richtext.facet#link", "uri": link.address}) for link in links(text)]
    for tag in _patterns()[0].finditer(text):
        if count(tag[1]) <= _LONGEST_TAG and not any(start <= tag.start() < end for start, end, _ in spans):
            spans.append((tag.start(), tag.end(), {"$type": "app.bsky.richtext.facet#tag", "tag": tag[1]}))
    return [
        {"index": {"byteStart": _bytes(text[:start]), "byteEnd": _bytes(text[:end])}, "features": [feature]}
        for start, end, feature in sorted(spans, key=lambda span: span[:2])
    ]


def _bytes(text: str) -> int:
    return len(text.encode("utf-8"))
