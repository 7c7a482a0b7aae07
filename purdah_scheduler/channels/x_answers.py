"""What X's answers mean, beside what the answers of all platforms mean."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from purdah_scheduler.application.answers import AlreadyPublished, ChannelError, OutcomeUnknown, Rejected
from purdah_scheduler.channels import answering
from purdah_scheduler.channels.answering import Answer
from purdah_scheduler.channels.x_text import is_remote_id
from purdah_scheduler.domain.people import Replies

PLATFORM = "X"
REPLY_SETTINGS = {
    Replies.FOLLOWING: "following",
    Replies.MENTIONED: "mentionedUsers",
    Replies.SUBSCRIBERS: "subscribers",
    Replies.VERIFIED: "verified",
}
"""Who may reply -> what X calls them (`reply_settings` of its OpenAPI document); everyone is what it says nothing of."""
_LOST = re.compile(r"media id", re.IGNORECASE)
_DUPLICATE = re.compile(r"duplicate content|status is a duplicate", re.IGNORECASE)


def data_of(answer: Answer) -> Mapping[str, Any]:
    """The object under `data`, or an empty one."""
    value = answer.document.get("data") if answer.document is not None else None
    return value if isinstance(value, dict) else {}


def items_of(answer: Answer) -> list[Mapping[str, Any]]:
    """The objects listed under `data`."""
    value = answer.document.get("data") if answer.document is not None else None
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def next_page(answer: Answer) -> str:
    """The token of the page after this one; empty after the last."""
    meta = answer.document.get("meta") if answer.document is not None else None
    return str(meta.get("next_token") or "") if isinstance(meta, dict) else ""


def remote_id(answer: Answer) -> str:
    """The id of a post that was just published. Raises ChannelError for everything that is not plainly that."""
    if answer.status in (200, 201):
        found = str(data_of(answer).get("id", ""))
        if is_remote_id(found):
            return found
    raise OutcomeUnknown(f"X answered {answer.status} without the id of the post, so it may have been published.")


def lost_pictures(answer: Answer) -> bool:
    """Whether X refuses a post because it does not know, or no longer, the id of a picture: there is no code for it."""
    return answer.status == 400 and any(_LOST.search(text) for text in answer.sentences())


def publishing_error(answer: Answer, *, hide: Sequence[str], now: datetime) -> ChannelError | None:
    """What an answer to a publishing request says against it; None for a plain success or one still to be read."""
    if answer.status == 403 and any(_DUPLICATE.search(text) for text in answer.sentences()):
        # There is no code for it, only the sentence.
        return AlreadyPublished(f"X has this post already: {answer.words(hide)}")
    if answer.status == 200 and answer.document is not None and not answer.document.get("data") and answer.document.get("errors"):
        return Rejected(f"X refused the post: {answer.words(hide)}")
    return answering.publishing_error(answer, platform=PLATFORM, refusals=(400, 403), hide=hide, now=now)
