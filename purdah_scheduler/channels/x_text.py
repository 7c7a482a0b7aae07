"""What X takes: the weighted length of a text and its other rules, without the network and without an HTTP library.

Lengths follow X's published counting rules (docs.x.com, "Counting characters") through twitter-text-parser; X's own refusal of
a text that is too long is still expected, because no library of that kind is exact for every text.
"""

import functools
import importlib.resources
import re
import sys
import threading
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Protocol, cast

from purdah_scheduler.application.answers import Limits
from purdah_scheduler.channels.addresses import last_of_path
from purdah_scheduler.channels.cards import unused_card
from purdah_scheduler.channels.pictures import picture_problems
from purdah_scheduler.channels.unsupported import unsupported
from purdah_scheduler.domain.content import Media, Outgoing, Problem

LIMITS = Limits(
    max_length=280,
    unit="weighted characters",
    max_images=4,
    image_types=("image/jpeg", "image/png", "image/webp"),
    max_image_bytes=5_000_000,
    max_alt=1_000,
)
"""X takes a GIF only in pieces and as a film of its own, which is not done here."""

COST = (
    "X charges for its interface: by its list of August 2026 $0.015 a post, $0.20 one with a link, $0.001 for each post that a "
    "look-up reads. What your contract says counts."
)

_FEW_HASHTAGS = 2
# The cashtag of twitter-text: up to six letters, with one suffix such as ".L", standing by itself.
_CASHTAG = re.compile(r"(?:^|(?<=\s))\$[a-z]{1,6}(?:[._][a-z]{1,2})?(?=$|\s|[!-/:-@\[-`{-~])", re.IGNORECASE)
_HASHTAG = re.compile(r"(?<![\w&/])[#\uff03](?=\w*[^\W\d_])\w+")
_REMOTE_ID = re.compile(r"[0-9]{1,20}")
_NEVER_TAKEN = re.compile("[\ufffe\ufeff\uffff]")
_LOADING = threading.Lock()


class _Parsed(Protocol):
    weightedLength: int  # noqa: N815 - the library's name
    validRangeEnd: int  # noqa: N815 - likewise


def _resource_string(module_name: str, resource: str) -> bytes:
    """What twitter-text-parser asks of setuptools, answered by the standard library."""
    return importlib.resources.files(module_name.rpartition(".")[0]).joinpath(resource).read_bytes()


@functools.cache
def _parser() -> Callable[[str], _Parsed]:
    """`parse_tweet`, loaded at first use: reading its table of emoji takes a tenth of a second.

    Release 3.0.0 reads that table through `pkg_resources`, which it does not declare and which setuptools has dropped; a
    stand-in with the one function it calls is there during the import alone.
    """
    with _LOADING:
        stand_in: ModuleType | None = None
        if "pkg_resources" not in sys.modules:
            stand_in = ModuleType("pkg_resources")
            stand_in.__dict__["resource_string"] = _resource_string
            sys.modules["pkg_resources"] = stand_in
        try:
            from twitter_text import parse_tweet
        finally:
            if stand_in is not None and sys.modules.get("pkg_resources") is stand_in:
                del sys.modules["pkg_resources"]
    return cast(Callable[[str], _Parsed], parse_tweet)


def count(text: str) -> int:
    r"""The weighted length: most Latin letters 1, other characters and emoji 2, a link 23; `\r\n` counts as one."""
    return _parsed(text).weightedLength


def _parsed(text: str) -> _Parsed:
    return _parser()(text.replace("\r\n", "\n").replace("\r", "\n"))


def is_remote_id(text: str) -> bool:
    """Whether `text` can be the id of a post on X: digits alone."""
    return _REMOTE_ID.fullmatch(text) is not None


def remote_id_at(address: str) -> str:
    """The id of the post at an address on X; empty where it names none."""
    found = last_of_path(address)
    return found if is_remote_id(found) else ""


def problems(text: str, media: Sequence[Media]) -> tuple[Problem, ...]:
    """Every problem of a text on X; more hashtags than two is a hint and does not block."""
    found: list[Problem] = []
    if not text.strip():
        found.append(Problem(code="empty", message="The text is empty."))
    used = count(text)
    if used > LIMITS.max_length:
        over = used - LIMITS.max_length
        message = f"The text is {over} over X's limit of {LIMITS.max_length} ({used} used; a link counts 23, an emoji 2)."
        found.append(Problem(code="too-long", message=message, position=_parsed(text).validRangeEnd + 1))
    odd = _NEVER_TAKEN.search(text)
    if odd:
        message = f"X does not take the character U+{ord(odd[0]):04X} (at position {odd.start() + 1})."
        found.append(Problem(code="invalid-character", message=message, position=odd.start()))
    cashtags = list(_CASHTAG.finditer(text))
    if len(cashtags) > 1:
        message = f"X takes one cashtag in a post; this has {len(cashtags)}."
        found.append(Problem(code="too-many-cashtags", message=message, position=cashtags[1].start()))
    found += picture_problems(media, LIMITS, platform="X")
    hashtags = list(_HASHTAG.finditer(text))
    if len(hashtags) > _FEW_HASHTAGS:
        message = f"{len(hashtags)} hashtags: more than two make a post harder to read, and to listen to."
        found.append(
            Problem(code="many-hashtags", message=message, blocking=False, position=hashtags[_FEW_HASHTAGS].start()),
        )
    return tuple(found)


def problems_of(outgoing: Outgoing) -> tuple[Problem, ...]:
    """Every problem of a post on X: of its text and pictures, and of settings that X does not have."""
    found = list(problems(outgoing.text, outgoing.media))
    if outgoing.reply_to and outgoing.part == 1:
        message = "Replies cannot be sent to X yet: post it by itself, or leave X out of this post."
        found.append(Problem(code="reply-unsupported", message=message))
    return (*found, *unsupported(outgoing, platform="X"), *unused_card(outgoing, platform="X"))
