"""What the outbox takes: limits and checks of text and attachments."""

from collections.abc import Sequence

from purdah_scheduler.application.answers import Limits
from purdah_scheduler.domain.content import Media, Problem

LIMITS = Limits(max_length=500, unit="characters", max_images=4, max_image_bytes=5_000_000, max_alt=1_000)


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
    if len(media) > LIMITS.max_images:
        found.append(
            Problem(
                code="too-many-media", message=f"The outbox takes {LIMITS.max_images} attachments; this post has {len(media)}."
            )
        )
    for number, medium in enumerate(media, start=1):
        if medium.size > LIMITS.max_image_bytes:
            found.append(
                Problem(
                    code="media-too-large",
                    message=f"Attachment {number} has {medium.size:,} bytes; the outbox takes {LIMITS.max_image_bytes:,}.",
                )
            )
        if len(medium.alt) > LIMITS.max_alt:
            found.append(
                Problem(
                    code="alt-too-long",
                    message=f"The description of attachment {number} has {len(medium.alt):,} characters; {LIMITS.max_alt:,} fit.",
                )
            )
    return tuple(found)
