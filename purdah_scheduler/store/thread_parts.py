"""Reading threads for lists: all the parts of a post on an account, as one line."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from purdah_scheduler.domain import threads
from purdah_scheduler.domain.posts import Delivery
from purdah_scheduler.store import rows, schema
from purdah_scheduler.store.shown import OnAccount
from purdah_scheduler.store.work import Work


def threads_of(work: Work, posts: Iterable[int]) -> Mapping[tuple[int, str], OnAccount]:
    """Each account, by post, on which one of these posts is a thread."""
    wanted = sorted(set(posts))
    if not wanted:
        return {}
    of_post: dict[int, list[Delivery]] = {}
    table = schema.deliveries
    for row in work.rows(select(table).where(table.c.post.in_(wanted)).order_by(table.c.id)):
        of_post.setdefault(row.post, []).append(rows.delivery_of(row))
    return {
        (post, account): _together(account, parts)
        for post, entries in of_post.items()
        for account in {entry.account for entry in entries}
        if len(parts := threads.current(entries, account)) > 1
    }


def _together(account: str, parts: tuple[Delivery, ...]) -> OnAccount:
    first = threads.leading(parts)
    return OnAccount(
        account=account,
        state=threads.state_of(parts),
        due_at=first.due_at,
        reason_code=first.reason_code,
        reason=threads.reason_of(parts),
        remote_url=next((part.remote_url for part in parts if part.remote_url), ""),
    )
