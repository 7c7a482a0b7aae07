"""What goes out for one delivery: the same to send it and to look for it."""

from dataclasses import replace

from purdah_scheduler.domain.content import AccountContent, Content, Outgoing
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import Delivery
from purdah_scheduler.errors import NotFound


def outgoing_of(content: Content, account: Account, entry: Delivery) -> Outgoing:
    """The part as it was cleared, without the bytes of its files, which go with the first one.

    Raises NotFound where the post is not for that account, or has no such part.
    """
    said = next((known for known in content.accounts if known.account == account.id), None)
    if said is None or entry.part > len(said.parts):
        raise NotFound(f"Post {entry.post} is not for {account.id}, so it was not sent.")
    key = f"{entry.post}-{account.id}-r{entry.revision}-{entry.digest[:8]}"
    return replace(
        part_of(said, entry.part, content),
        key=f"{key}-p{entry.part:02}" if entry.parts > 1 else key,
        reply_to=said.reply_to if entry.part == 1 else entry.follows,
        not_before=entry.due_at,
        parts=entry.parts,
    )


def part_of(said: AccountContent, number: int, content: Content) -> Outgoing:
    """One part as its channel is given it, counted from 1; the attachments, the card and the reply go with the first."""
    first = number == 1
    return Outgoing(
        key="",
        account=said.account,
        text=said.parts[number - 1],
        lang=said.lang,
        visibility=said.visibility,
        content_warning=said.content_warning,
        reply_to=said.reply_to if first else "",
        media=content.media if first else (),
        card=content.card if first else None,
        part=number,
        parts=len(said.parts),
    )
