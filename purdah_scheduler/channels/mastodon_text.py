"""What Mastodon takes: the length of a text as its servers count it, and its other rules, without the network."""

import re
from collections.abc import Sequence

from purdah_scheduler.application.answers import Limits
from purdah_scheduler.channels.cards import unused_card
from purdah_scheduler.channels.characters import count_seen
from purdah_scheduler.channels.comparing import without_hosts
from purdah_scheduler.channels.links import links
from purdah_scheduler.channels.pictures import ALL_TYPES, picture_problems
from purdah_scheduler.channels.unsupported import malformed_language
from purdah_scheduler.domain.content import Media, Outgoing, Problem

LIMITS = Limits(
    max_length=500,
    unit="characters",
    max_images=4,
    image_types=ALL_TYPES,
    max_image_bytes=16_777_216,
    max_alt=1_500,
)
"""Of a server that changes nothing, and of one that was not asked yet."""

VISIBILITIES = ("public", "unlisted", "private", "direct")

_LINK_COUNTS = 23
_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def is_id(text: str) -> bool:
    """Whether `text` can be the id of a post on a server."""
    return _ID.fullmatch(text) is not None


def count(text: str) -> int:
    """Characters as people see them; a link with its scheme counts 23, and a mention as its name without the server."""
    counted: list[str] = []
    at = 0
    for link in links(text):
        if text[link.start : link.start + 4].lower() == "http":
            counted += [text[at : link.start], "x" * _LINK_COUNTS]
            at = link.end
    counted.append(text[at:])
    return count_seen(without_hosts("".join(counted)))


def problems_of(outgoing: Outgoing, limits: Limits = LIMITS) -> tuple[Problem, ...]:
    """Every problem of a post by the limits of one server: of its text, pictures and settings."""
    found = [*problems_within(limits, outgoing.text, outgoing.media, content_warning=outgoing.content_warning)]
    if outgoing.visibility not in VISIBILITIES:
        message = f"Mastodon has no visibility {outgoing.visibility!r}; it has: {', '.join(VISIBILITIES)}."
        found.append(Problem(code="visibility-unsupported", message=message))
    if outgoing.reply_to and not is_id(outgoing.reply_to):
        message = "The post that this replies to is not named by its id on the account's server."
        found.append(Problem(code="reply-target", message=message))
    return (*found, *malformed_language(outgoing), *unused_card(outgoing, platform="Mastodon"))


def problems_within(limits: Limits, text: str, media: Sequence[Media], *, content_warning: str = "") -> tuple[Problem, ...]:
    """Every problem of a text with its pictures; a content warning counts with the text."""
    found: list[Problem] = []
    if not text.strip():
        found.append(Problem(code="empty", message="The text is empty."))
    used = count(text) + count(content_warning)
    if used > limits.max_length:
        with_warning = ", with the content warning" if content_warning else ""
        message = (
            f"The text is {used - limits.max_length} over Mastodon's limit of {limits.max_length:,} characters "
            f"({used:,} used{with_warning}; a link counts {_LINK_COUNTS})."
        )
        found.append(Problem(code="too-long", message=message))
    return (*found, *picture_problems(media, limits, platform="Mastodon"))
