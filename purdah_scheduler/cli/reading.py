"""What whoever asks has read: comments that are new to them, how far they have read a post, and noting that they have."""

from typing import TYPE_CHECKING

from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.errors import WhoAreYou

if TYPE_CHECKING:
    from purdah_scheduler.application.reading import Unread
    from purdah_scheduler.domain.readings import Reading


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


def read_before(call: Invocation, post: int) -> "Reading | None":
    """How far whoever asks has read a post; None where nothing is known of that, or not who asks."""
    from purdah_scheduler.application.reading import last_read

    try:
        return last_read(call.office, call.actor.person, post)
    except WhoAreYou:
        return None


def mark_read(call: Invocation, post: int, revision: int) -> None:
    """Note that whoever asks has had the whole revision before them, and say so. Raises WhoAreYou."""
    from purdah_scheduler.application.reading import has_read

    name = call.actor.person.name
    if has_read(call.office, call.actor, post, revision):
        call.tell(f"Revision {revision} of post {post} counts as read by {name}.")
    else:
        call.tell(f"{name} may not write to this queue, so post {post} does not count as read.")
