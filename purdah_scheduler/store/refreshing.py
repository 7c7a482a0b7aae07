"""Recomputing what lists show, in the transaction that changed what it is made of."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Update, bindparam, select, update

from purdah_scheduler.domain.posts import DeliveryState, PostState
from purdah_scheduler.store import schema
from purdah_scheduler.store.instants import kept
from purdah_scheduler.store.shown import OnAccount, account_state, shown
from purdah_scheduler.store.thread_parts import threads_of
from purdah_scheduler.store.work import Work

_CHUNK = 500
_posts, _targets, _deliveries = schema.posts, schema.targets, schema.deliveries

_FACTS = (
    select(
        *(_posts.c.id, _posts.c.state, _posts.c.planned_at, _posts.c.created_at, _posts.c.sort_at),
        *(_targets.c.account, _deliveries.c.state, _deliveries.c.due_at),
        *(_deliveries.c.reason_code, _deliveries.c.reason, _deliveries.c.remote_url, _deliveries.c.parts, _targets.c.sort_at),
    )
    .join(_targets, _targets.c.post == _posts.c.id)
    .outerjoin(_deliveries, _deliveries.c.id == _targets.c.delivery)
    .where(_posts.c.id.in_(bindparam("posts", expanding=True)))
    .order_by(_posts.c.id, _targets.c.account)
)

_TARGET = ("new_state", "new_at", "of_post", "of_account")
_POST = ("new_state", "new_at", "new_reason_code", "new_reason", "new_url", "of_post")
_SORT = "new_sort_at"
_SET_TARGET = (
    update(_targets)
    .where(_targets.c.post == bindparam("of_post"), _targets.c.account == bindparam("of_account"))
    .values(state=bindparam("new_state"), at=bindparam("new_at"))
)
_SET_POST = (
    update(_posts)
    .where(_posts.c.id == bindparam("of_post"))
    .values(
        shown_state=bindparam("new_state"),
        shown_at=bindparam("new_at"),
        shown_reason_code=bindparam("new_reason_code"),
        shown_reason=bindparam("new_reason"),
        shown_url=bindparam("new_url"),
    )
)
_MOVE_TARGET, _MOVE_POST = (each.values(sort_at=bindparam(_SORT)) for each in (_SET_TARGET, _SET_POST))
_STATES = {str(state): state for state in DeliveryState}
_POST_STATES = {str(state): state for state in PostState}


class _Changes:
    """Rows for one update, parted by whether the moment that lists are sorted by moves: else no index over it is written."""

    def __init__(self, still: Update, moving: Update, names: tuple[str, ...]) -> None:
        self._statements, self._names = (still, moving), names
        self._still: list[tuple[Any, ...]] = []
        self._moving: list[tuple[Any, ...]] = []

    def add(self, values: tuple[Any, ...], was: datetime, now: datetime) -> None:
        if was == now:
            self._still.append(values)
        else:
            self._moving.append((*values, kept(now)))

    def make(self, work: Work) -> None:
        if self._still:
            work.in_bulk(self._statements[0], self._names, self._still)
        if self._moving:
            work.in_bulk(self._statements[1], (*self._names, _SORT), self._moving)


def refresh(work: Work, posts: Iterable[int]) -> None:
    """Have the caches of these posts and of their accounts recomputed, once, before the transaction ends."""
    if not work.stale:
        work.at_last(partial(freshen, work))
    work.stale.update(posts)


def freshen(work: Work) -> None:
    """Recompute the caches that are stale now: a few statements for each five hundred posts."""
    posts = sorted(work.stale)
    work.stale.clear()
    for start in range(0, len(posts), _CHUNK):
        _recompute(work, posts[start : start + _CHUNK])


def _recompute(work: Work, posts: Sequence[int]) -> None:
    facts = work.rows(_FACTS, {"posts": posts})
    of_targets, of_posts = _Changes(_SET_TARGET, _MOVE_TARGET, _TARGET), _Changes(_SET_POST, _MOVE_POST, _POST)
    of_threads = threads_of(work, {post for post, *_, parts, _ in map(tuple, facts) if parts is not None and parts > 1})
    for post, lines in groupby(map(tuple, facts), key=itemgetter(0)):
        found = list(lines)
        _, word, planned, created, sorted_at = found[0][:5]
        state = _POST_STATES[word]
        accounts = [of_threads.get((post, row[5])) or _on_account(*row[5:-2]) for row in found]
        for entry, row in zip(accounts, found, strict=True):
            at = entry.due_at or planned
            of_targets.add((account_state(state, entry), _kept(at), post, entry.account), row[-1], at or created)
        whole = shown(state, planned, accounts)
        values = (whole.state, _kept(whole.at), whole.reason_code, whole.reason, whole.remote_url, post)
        of_posts.add(values, sorted_at, whole.at or created)
    of_targets.make(work)
    of_posts.make(work)


def _on_account(
    account: str, state: str | None, due_at: datetime | None, code: str | None, reason: str | None, url: str | None
) -> OnAccount:
    return OnAccount(
        account=account,
        state=None if state is None else _STATES[state],
        due_at=due_at,
        reason_code=code or "",
        reason=reason or "",
        remote_url=url or "",
    )


def _kept(at: datetime | None) -> int | None:
    return None if at is None else kept(at)
