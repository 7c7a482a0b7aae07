"""What people can post by hand: the limits of the places that have no interface this product may use.

The lengths are those of the platforms' own documents (LinkedIn: 3,000 characters of commentary; Threads: 500, an emoji counted
by its bytes; a Facebook page: 63,206). The numbers and sizes of pictures are this product's own bounds, so that a person is not
handed more than can be attached in a minute.
"""

import re
from collections.abc import Mapping, Sequence

from purdah_scheduler.application.answers import Limits
from purdah_scheduler.channels.cards import unused_card
from purdah_scheduler.channels.pictures import ALL_TYPES, picture_problems
from purdah_scheduler.channels.unsupported import unsupported
from purdah_scheduler.domain.content import Media, Outgoing, Problem
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class HandRules:
    """One place: its name for people and its limits."""

    name: str
    limits: Limits


def _limits(length: int) -> Limits:
    return Limits(
        max_length=length, unit="characters", max_images=10, image_types=ALL_TYPES, max_image_bytes=8_000_000, max_alt=1_000
    )


PLACES: Mapping[str, HandRules] = {
    "manual": HandRules(name="by hand", limits=_limits(10_000)),
    "manual-facebook": HandRules(name="Facebook", limits=_limits(63_206)),
    "manual-linkedin": HandRules(name="LinkedIn", limits=_limits(3_000)),
    "manual-threads": HandRules(name="Threads", limits=_limits(500)),
}
"""Each channel that a person posts on, by its name in the configuration."""

_WIDE = re.compile("[\U00002600-\U000027bf\U0001f000-\U0001faff\ufe0f\u200d]")


def count(channel: str, text: str) -> int:
    r"""Characters (code points), `\r\n` as one; on Threads an emoji counts as many as it has bytes in UTF-8."""
    plain = text.replace("\r\n", "\n")
    more = sum(len(found.encode()) - 1 for found in _WIDE.findall(plain)) if channel == "manual-threads" else 0
    return len(plain) + more


def problems(channel: str, text: str, media: Sequence[Media]) -> tuple[Problem, ...]:
    """Every problem of a text with its attachments; all of them block."""
    place = PLACES[channel]
    limits = place.limits
    found: list[Problem] = []
    if not text.strip() and not media:
        found.append(Problem(code="empty", message="The text is empty."))
    over = count(channel, text) - limits.max_length
    if over > 0:
        message = f"The text is {over:,} over the limit of {limits.max_length:,} {limits.unit} ({place.name})."
        found.append(Problem(code="too-long", message=message, position=limits.max_length))
    platform = "Posting by hand" if channel == "manual" else place.name
    return (*found, *picture_problems(media, limits, platform=platform))


def problems_of(channel: str, outgoing: Outgoing) -> tuple[Problem, ...]:
    """Every problem of a post; a place that has a name has public posts without content warnings, any other may have both."""
    found = problems(channel, outgoing.text, outgoing.media)
    if channel == "manual":
        return found
    platform = PLACES[channel].name
    return (*found, *unsupported(outgoing, platform=platform), *unused_card(outgoing, platform=platform))
