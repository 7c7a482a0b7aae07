"""What goes out for one delivery: the same to send it and to look for it."""

from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain import threads
from purdah_scheduler.domain.content import Content, Outgoing
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import Delivery
from purdah_scheduler.errors import NotFound


def root_of(reader: Reader, entry: Delivery) -> str:
    """The platform's id of the first part of the thread that a later part belongs to; empty for what begins by itself."""
    if entry.part < 3:
        return entry.follows
    return next(each.remote_id for each in threads.current(reader.deliveries(entry.post), entry.account) if each.part == 1)


def outgoing_of(content: Content, account: Account, entry: Delivery, *, root: str) -> Outgoing:
    """The part as it was cleared, without the bytes of its attachments, which go with the first one.

    `root` as `root_of` gives it. Raises NotFound where the post is not for that account, or has no such part.
    """
    said = next((known for known in content.accounts if known.account == account.id), None)
    if said is None or entry.part > len(said.parts):
        raise NotFound(f"Post {entry.post} is not for {account.id}, so it was not sent.")
    key = f"{entry.post}-{account.id}-r{entry.revision}-{entry.digest[:8]}"
    return Outgoing(
        key=f"{key}-p{entry.part:02}" if entry.parts > 1 else key,
        account=account.id,
        text=said.parts[entry.part - 1],
        lang=said.lang,
        visibility=said.visibility,
        content_warning=said.content_warning,
        reply_to=said.reply_to if entry.part == 1 else entry.follows,
        media=content.media if entry.part == 1 else (),
        not_before=entry.due_at,
        part=entry.part,
        parts=entry.parts,
        root=root,
    )
