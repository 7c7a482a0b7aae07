"""What whoever asks has not seen of comments, as lists, posts and the status say it."""

from typing import TYPE_CHECKING

from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.errors import WhoAreYou

if TYPE_CHECKING:
    from purdah_scheduler.application.reading import Unread


def new_comments(call: Invocation) -> "Unread | None":
    """The comments for whoever asks that they have not seen, by post; None where it is not known who asks."""
    from purdah_scheduler.application import reading

    try:
        return reading.unread(call.office, call.actor.person)
    except WhoAreYou:
        return None


def how_many(found: "Unread | None", post: int) -> int | None:
    """How many of them are on that post; None where it is not known who asks."""
    return None if found is None else len(found.get(post, ()))
