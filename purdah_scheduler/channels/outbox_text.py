"""What the outbox takes: limits and checks of text and attachments."""

from collections.abc import Sequence

from purdah_scheduler.application.answers import Limits
from purdah_scheduler.channels.pictures import ALL_TYPES, picture_problems
from purdah_scheduler.domain.content import Media, Outgoing, Problem

LIMITS = Limits(max_length=500, unit="characters", max_images=4, image_types=ALL_TYPES, max_image_bytes=5_000_000, max_alt=1_000)


def count(text: str) -> int:
    r"""Characters (code points); `\r\n` counts as one."""
    return len(text.replace("\r\n", "\n"))


def problems(text: str, media: Sequence[Media]) -> tuple[Problem, ...]:
    """Every problem of a text with its attachments; all of them block."""
    found: list[Problem] = []
    if not text.strip():
        found.append(Problem(code="empty", message="The text is empty."))
    over = count(text) - LIMITS.max_length
    if over > 0:
        found.append(
            Problem(
                code="too-long",
                message=f"The text is {over} over the outbox's limit of {LIMITS.max_length} characters.",
                position=LIMITS.max_length,
            )
        )
    return (*found, *picture_problems(media, LIMITS, platform="The outbox"))


def problems_of(outgoing: Outgoing) -> tuple[Problem, ...]:
    """Every problem of a post; the outbox writes down whatever settings it has."""
    return problems(outgoing.text, outgoing.media)
