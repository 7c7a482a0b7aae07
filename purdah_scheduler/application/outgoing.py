"""What goes out for one delivery: the same to send it and to look for it."""

from purdah_scheduler.domain.content import Content, Outgoing
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import Delivery
from purdah_scheduler.errors import NotFound


def outgoing_of(content: Content, account: Account, entry: Delivery) -> Outgoing:
    """The post as it was cleared, without the bytes of its attachments. Raises NotFound where it is not for that account."""
    said = next((known for known in content.accounts if known.account == account.id), None)
    if said is None:
        raise NotFound(f"Post {entry.post} is not for {account.id}, so it was not sent.")
    return Outgoing(
        key=f"{entry.post}-{account.id}-r{entry.revision}-{entry.digest[:8]}",
        account=account.id,
        text=said.text,
        lang=said.lang,
        visibility=said.visibility,
        content_warning=said.content_warning,
        reply_to=said.reply_to,
        media=content.media,
        not_before=entry.due_at,
    )
