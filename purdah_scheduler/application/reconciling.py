"""What is on an account against what was sent to it: posts that this product did not send, and receipts whose post is gone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from purdah_scheduler.application.channel_ports import ListingChannel
from purdah_scheduler.application.office import Office
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.lean import lean_dataclass

_MARGIN = timedelta(days=1)
"""So much longer ago is looked at: a platform may date a post by the time that it was planned for."""


class Oddity(StrEnum):
    """What does not agree."""

    NOT_OURS = "not-ours"
    GONE = "gone"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Strange:
    """One thing that does not agree.

    `posts` are those of the queue that it may concern: for `gone` the one whose receipt it is; for `not-ours` those whose
    outcome on the account is unknown, since it may be one of them.
    """

    oddity: Oddity
    remote_id: str
    url: str
    at: datetime | None
    text: str = ""
    posts: tuple[int, ...] = ()


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """One account, looked at since a moment: how many posts are there, how many of them are ours, and what is strange.

    Not `whole` where the platform has more than were asked for; then nothing is said of what is older than the last of them.
    """

    account: Account
    since: datetime
    seen: int
    ours: int
    whole: bool
    strange: tuple[Strange, ...]


def reconcile(
    office: Office, account: Account, *, open_channel: Callable[[Account], ListingChannel], since: datetime, limit: int
) -> Reconciled:
    """Compare what the platform lists of the account since then with the receipts on record; nothing is changed anywhere.

    What is under way or has just been sent is not called gone. Raises ChannelError, and BadSetup where the channel cannot be
    opened.
    """
    channel = open_channel(account)
    listed = channel.recent(since - _MARGIN, limit=limit)
    settled = office.now() - channel.proof.lag
    with office.store.read() as reader:
        sent = reader.published_since(account.id, since - 2 * _MARGIN)
        unknown = reader.in_state((DeliveryState.UNKNOWN, DeliveryState.SENDING))
        addresses = {entry.remote_url for entry in sent if entry.remote_url}
        ours = {
            post.remote_id for post in listed.posts if post.url in addresses or reader.with_receipt(account.id, post.remote_id)
        }
    young = [post for post in listed.posts if post.at is None or post.at >= since]
    perhaps = tuple(dict.fromkeys(entry.post for entry in unknown if entry.account == account.id))
    strange = [
        Strange(oddity=Oddity.NOT_OURS, remote_id=post.remote_id, url=post.url, at=post.at, text=post.text, posts=perhaps)
        for post in young
        if post.remote_id not in ours
    ]
    there = {post.remote_id for post in listed.posts} | {post.url for post in listed.posts}
    oldest = min((post.at for post in listed.posts if post.at is not None), default=since)
    begin = since if listed.whole else max(since, oldest + _MARGIN)
    for entry in sent:
        at = entry.published_at
        known = entry.remote_id in there or (entry.remote_url and entry.remote_url in there)
        if entry.remote_id and not known and at is not None and begin <= at <= settled:
            strange.append(
                Strange(oddity=Oddity.GONE, remote_id=entry.remote_id, url=entry.remote_url, at=at, posts=(entry.post,))
            )
    return Reconciled(
        account=account,
        since=since,
        seen=len(young),
        ours=sum(post.remote_id in ours for post in young),
        whole=listed.whole,
        strange=tuple(strange),
    )
