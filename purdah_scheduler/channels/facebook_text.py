"""What a Facebook Page takes: the length of a text, its pictures and its other rules, without the network.

The length is Facebook's own; types, number and size of pictures are what its documents advise. The description's limit is ours.
"""

from purdah_scheduler.application.answers import Limits
from purdah_scheduler.channels.cards import unused_card
from purdah_scheduler.channels.pictures import picture_problems
from purdah_scheduler.channels.unsupported import unsupported
from purdah_scheduler.domain.content import Outgoing, Problem

LIMITS = Limits(
    max_length=63_206,
    unit="characters",
    max_images=10,
    image_types=("image/jpeg", "image/png"),
    max_image_bytes=4_000_000,
    max_alt=1_000,
)
EXPERIMENTAL = "Sending to a Facebook Page is experimental: nobody has run it against Facebook itself yet."
"""Said wherever the channel is, until somebody has."""


def count(text: str) -> int:
    r"""Characters (code points); `\r\n` counts as one."""
    return len(text.replace("\r\n", "\n"))


def problems_of(outgoing: Outgoing) -> tuple[Problem, ...]:
    """Every problem of a post: of its text and pictures, and of settings that a Page does not have."""
    found: list[Problem] = []
    if not outgoing.text.strip():
        found.append(Problem(code="empty", message="The text is empty."))
    over = count(outgoing.text) - LIMITS.max_length
    if over > 0:
        message = f"The text is {over:,} over Facebook's limit of {LIMITS.max_length:,} characters."
        found.append(Problem(code="too-long", message=message, position=LIMITS.max_length))
    found += picture_problems(outgoing.media, LIMITS, platform="Facebook")
    if outgoing.reply_to:
        message = "A post of a Page replies to nothing: leave Facebook out of this post, or write it without the reply."
        found.append(Problem(code="reply-unsupported", message=message))
    return (*found, *unsupported(outgoing, platform="Facebook"), *unused_card(outgoing, platform="Facebook"))
