"""Attached pictures: what a channel's limits say of them, and the bytes that were cleared."""

import hashlib
from collections.abc import Sequence

from purdah_scheduler.application.answers import Limits, Rejected
from purdah_scheduler.domain.content import Media, Outgoing, Problem

ALL_TYPES = ("image/gif", "image/jpeg", "image/png", "image/webp")
"""Every type that can be attached to a post."""

ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
"""Type -> how the name of such a file ends."""


def picture_problems(media: Sequence[Media], limits: Limits, *, platform: str) -> tuple[Problem, ...]:
    """Everything about the pictures that the platform would refuse; all of it blocks. They are counted from 1."""
    found: list[Problem] = []
    if len(media) > limits.max_images:
        attachments = "attachment" if limits.max_images == 1 else "attachments"
        message = f"{platform} takes {limits.max_images} {attachments}; this post has {len(media)}."
        found.append(Problem(code="too-many-media", message=message))
    for number, medium in enumerate(media, start=1):
        if medium.type not in limits.image_types:
            known = ", ".join(name.partition("/")[2].upper() for name in limits.image_types)
            message = f"Attachment {number} is of the type {medium.type}; {platform} takes {known}."
            found.append(Problem(code="media-type", message=message))
        if medium.size > limits.max_image_bytes:
            message = f"Attachment {number} has {medium.size:,} bytes; {platform} takes {limits.max_image_bytes:,}."
            found.append(Problem(code="media-too-large", message=message))
        if len(medium.alt) > limits.max_alt:
            message = f"The description of attachment {number} has {len(medium.alt):,} characters; {limits.max_alt:,} fit."
            found.append(Problem(code="alt-too-long", message=message))
    return tuple(found)


def cleared_bytes(outgoing: Outgoing, *, with_card: bool = False) -> list[bytes]:
    """The pictures' bytes in their order, proven to be the ones that were cleared; the card's too where it is shown.

    Raises Rejected.
    """
    blobs: list[bytes] = []
    for number, medium in enumerate(outgoing.files if with_card else outgoing.media, start=1):
        what = f"attachment {number}" if number <= len(outgoing.media) else "the card's picture"
        blob = (outgoing.blobs or {}).get(medium.sha256)
        if blob is None:
            raise Rejected(f"Not sent: {what} is missing.")
        if hashlib.sha256(blob).hexdigest() != medium.sha256:
            raise Rejected(f"Not sent: {what} differs from the one that was cleared.")
        blobs.append(blob)
    return blobs
