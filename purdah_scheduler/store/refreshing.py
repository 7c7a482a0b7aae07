"""Recomputing what lists show, in the transaction that changed what it is made of."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from purdah_scheduler.domain.posts import DeliveryState, PostState
from purdah_scheduler.store import schema
from purdah_scheduler.store.shown import Part, part_state, shown
from purdah_scheduler.store.work import Work

_posts, _targets, _deliveries = schema.posts, schema.targets, schema.deliveries

_FACTS = (
    select(
        *(_posts.c.id, _posts.c.state.label("post_state"), _posts.c.planned_at, _posts.c.created_at),
        *(_targets.c.account, _deliveries.c.state, _deliveries.c.due_at),
        *(_deliveries.c.reason_code, _deliveries.c.reason, _deliveries.c.remote_url),
    )
    .join(_targets, _targets.c.post == _posts.c.id)
    .outerjoin(_deliveries, _deliveries.c.id == _targets.c.delivery)
    .order_by(_posts.c.id, _targets.c.account)
)

_SET_TARGET = (
    update(_targets)
    .where(_targets.c.post == bindparam("of_post"), _targets.c.account == bindparam("of_account"))
    .values(state=bindparam("new_state"), at=bindparam("new_at"), sort_at=bindparam("new_sort_at"))
)
_SET_POST = (
    update(_posts)
    .where(_posts.c.id == bindparam("of_post"))
    .values(
        shown_state=bindparam("new_state"),
        shown_at=bindparam("new_at"),
        sort_at=bindparam("new_sort_at"),
        shown_reason_code=bindparam("new_reason_code"),
        shown_reason=bindparam("new_reason"),
        shown_url=bindparam("new_url"),
    )
)


def refresh(work: Work, posts: Iterable[int]) -> None:
    """Recompute the caches of these posts and of their accounts: three statements, however many posts."""
    by_post: dict[int, list[Row[Any]]] = {}
    for row in work.rows(_FACTS.where(_posts.c.id.in_(sorted(set(posts))))):
        by_post.setdefault(row.id, []).append(row)
    of_targets: list[dict[str, Any]] = []
    of_posts: list[dict[str, Any]] = []
    for post, found in by_post.items():
        state, planned, created = PostState(found[0].post_state), found[0].planned_at, found[0].created_at
        parts = [_part(row) for row in found]
        for part in parts:
            at = part.due_at or planned
            of_targets.append(
                {
                    "of_post": post,
                    "of_account": part.account,
                    "new_state": part_state(state, part),
                    "new_at": at,
                    "new_sort_at": at or created,
                }
            )
        whole = shown(state, planned, parts)
        of_posts.append(
            {
                "of_post": post,
                "new_state": whole.state,
                "new_at": whole.at,
                "new_sort_at": whole.at or created,
                "new_reason_code": whole.reason_code,
                "new_reason": whole.reason,
                "new_url": whole.remote_url,
            }
        )
    if of_posts:
        work.quietly(_SET_TARGET, of_targets)
        work.quietly(_SET_POST, of_posts)


def _part(row: Row[Any]) -> Part:
    return Part(
        account=row.account,
        state=None if row.state is None else DeliveryState(row.state),
        due_at=row.due_at,
        reason_code=row.reason_code or "",
        reason=row.reason or "",
        remote_url=row.remote_url or "",
    )
