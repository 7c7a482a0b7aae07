"""The queue: what is due, and the lists that people look at."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, ScalarSelect, Select, exists, func, literal_column, select, text
from sqlalchemy import Row as Found

from purdah_scheduler.application.lists import Line, QueueFilter, Row
from purdah_scheduler.domain.posts import OVER, Delivery, DeliveryState
from purdah_scheduler.store import rows, schema
from purdah_scheduler.store.house_rows import listed
from purdah_scheduler.store.instants import NEVER
from purdah_scheduler.store.refreshing import freshen
from purdah_scheduler.store.shown import OnAccount, folded
from purdah_scheduler.store.thread_parts import threads_of
from purdah_scheduler.store.work import View

_CHUNK = 500
_LONGEST_SEARCH = 500
_posts, _targets, _deliveries = schema.posts, schema.targets, schema.deliveries

# Literals, not parameters: only so can the planner see that a partial index fits.
_SCHEDULED: ColumnElement[str] = literal_column("'scheduled'")
_FIRST_PART: ColumnElement[int] = literal_column("1")
_UNDER_WAY: tuple[ColumnElement[str], ...] = (literal_column("'claimed'"), literal_column("'sending'"))


def _accounts_waiting() -> CTE:
    """Every account of which something is scheduled, and a NULL: one step in the index for each, however much waits behind it.

    A look at the deliveries in the order of their time would pass over all of an account that is busy: a second, where a
    million wait.
    """
    table, further = _deliveries, _deliveries.alias("further")
    first = select(func.min(table.c.account).label("account")).where(table.c.state == _SCHEDULED).cte("waiting", recursive=True)
    following = select(func.min(further.c.account)).where(further.c.state == _SCHEDULED, further.c.account > first.c.account)
    return first.union_all(select(following.scalar_subquery()).where(first.c.account.is_not(None)))


def _is_free(waiting: CTE) -> ColumnElement[bool]:
    busy = _deliveries.alias("busy")
    return ~exists().where(busy.c.account == waiting.c.account, busy.c.state.in_(_UNDER_WAY))


def _first(column: str, waiting: CTE, *conditions: Callable[[FromClause], ColumnElement[bool]]) -> ScalarSelect[Any]:
    """That column of the earliest scheduled delivery of an account that meets the conditions."""
    entry = _deliveries.alias("entry")
    return (
        select(entry.c[column])
        .where(entry.c.state == _SCHEDULED, entry.c.account == waiting.c.account, *(meets(entry) for meets in conditions))
        .order_by(entry.c.ready_at, entry.c.id)
        .limit(1)
        .correlate(waiting)
        .scalar_subquery()
    )


def next_due() -> Select[Any]:
    """When the first scheduled delivery may be claimed whose account is not busy with another; NULL where there is none.

    A busy account is left out because nothing of it can be claimed: counting it would wake the daemon for nothing, over and over.
    """
    waiting = _accounts_waiting()
    return select(func.min(_first("ready_at", waiting))).where(waiting.c.account.is_not(None), _is_free(waiting))


def due(now: datetime, limit: int) -> Select[Any]:
    """Ids of what may be claimed at `now`: the first of each account that is not busy, earliest first.

    A thread that has begun goes on before anything else of its account: nothing comes between its parts.
    """
    table, waiting = _deliveries, _accounts_waiting()

    def is_due(entry: FromClause) -> ColumnElement[bool]:
        return entry.c.ready_at <= now

    goes_on = _first("id", waiting, is_due, lambda entry: entry.c.part > _FIRST_PART)
    firsts = select(func.coalesce(goes_on, _first("id", waiting)))
    firsts = firsts.where(waiting.c.account.is_not(None), _is_free(waiting))
    return (
        select(table.c.id)
        .where(table.c.id.in_(firsts), table.c.state == _SCHEDULED, is_due(table))
        .order_by(table.c.ready_at, table.c.id)
        .limit(limit)
    )


def in_states(states: Sequence[DeliveryState]) -> tuple[Select[Any], ...]:
    """The deliveries in one of `states`: one query for each kind of state, so that each can use its own index."""
    table, queries = _deliveries, []
    wanted = set(states)
    if DeliveryState.SCHEDULED in wanted:
        queries.append(select(table).where(table.c.state == _SCHEDULED))
    if over := wanted & OVER:
        queries.append(select(table).where(table.c.state.in_(sorted(over))))
    if others := wanted - OVER - {DeliveryState.SCHEDULED}:
        queries.append(select(table).where(text(schema.UNSETTLED), table.c.state.in_(sorted(others))))
    return tuple(queries)


class QueueReader(View):
    """Due times, rows, lines and counts."""

    def next_due_at(self) -> datetime | None:
        """The earliest moment at which a scheduled delivery may be claimed: its due time, or its retry time if later.

        Deliveries of an account that is busy with another are not counted, nor parts that wait for the one before them: they may
        not be claimed yet.
        """
        first: datetime | None = self._work.scalar(next_due())
        return None if first == NEVER else first

    def overdue(self, before: datetime) -> int:
        """How many scheduled deliveries could have been claimed before that instant."""
        late = (
            select(func.count())
            .select_from(_deliveries)
            .where(_deliveries.c.state == _SCHEDULED, _deliveries.c.ready_at < before)
        )
        return int(self._work.scalar(late) or 0)

    def in_state(self, states: Sequence[DeliveryState], *, code: str = "") -> tuple[Delivery, ...]:
        """Every delivery in one of `states`, with that reason code where one is given, by due time."""
        queries = (query.where(_deliveries.c.reason_code == code) if code else query for query in in_states(states))
        found = [rows.delivery_of(row) for query in queries for row in self._work.rows(query)]
        return tuple(sorted(found, key=lambda delivery: (delivery.due_at, delivery.id)))

    def row_ids(self, wanted: QueueFilter, *, limit: int | None = None) -> Sequence[int]:
        """Ids of the posts of a list, by `sort_at` then id; the first `limit` of them where it is given."""
        freshen(self._work)
        query = select(_posts.c.id).where(*_post_conditions(wanted)).order_by(_posts.c.sort_at, _posts.c.id)
        query = query.where(*_span(_posts.c.sort_at, wanted))
        if wanted.states:
            query = query.where(_posts.c.shown_state.in_(sorted(wanted.states)))
        if wanted.account:
            query = query.where(exists().where(_targets.c.post == _posts.c.id, _targets.c.account == wanted.account))
        return self._work.scalars(query if limit is None else query.limit(limit))

    def posts_by_state(self) -> dict[str, int]:
        """How many posts are in each state as a list shows it; states without any are left out."""
        freshen(self._work)
        query = select(_posts.c.shown_state, func.count().label("posts")).group_by(_posts.c.shown_state)
        return {row.shown_state: row.posts for row in self._work.rows(query.order_by(_posts.c.shown_state))}

    def rows(self, posts: Sequence[int]) -> tuple[Row, ...]:
        """Rows in the order of `posts`; ids that no longer exist are left out."""
        freshen(self._work)
        found: dict[int, Row] = {}
        for start in range(0, len(posts), _CHUNK):
            piece = list(posts[start : start + _CHUNK])
            accounts: dict[int, list[str]] = {}
            targets = select(_targets.c.post, _targets.c.account).where(_targets.c.post.in_(piece)).order_by(_targets.c.account)
            for target in self._work.rows(targets):
                accounts.setdefault(target.post, []).append(target.account)
            for row in self._work.rows(select(*_ROW).where(_posts.c.id.in_(piece))):
                found[row.id] = listed(row, accounts.get(row.id, ()))
        return tuple(found[post] for post in posts if post in found)

    def lines(self, wanted: QueueFilter, *, limit: int) -> tuple[Line, ...]:
        """Post by account, by moment then post then account; `states` and `account` apply to the line."""
        freshen(self._work)
        query = (
            select(
                *(_targets.c.post, _posts.c.title, _targets.c.account, _targets.c.state, _targets.c.at),
                *(_deliveries.c.reason_code, _deliveries.c.reason, _deliveries.c.remote_url),
                *(_deliveries.c.state.label("delivery_state"), _deliveries.c.parts),
            )
            .join(_posts, _posts.c.id == _targets.c.post)
            .outerjoin(_deliveries, _deliveries.c.id == _targets.c.delivery)
            .where(*_post_conditions(wanted), *_span(_targets.c.sort_at, wanted))
            .order_by(_targets.c.sort_at, _targets.c.post, _targets.c.account)
            .limit(limit)
        )
        if wanted.states:
            query = query.where(_targets.c.state.in_(sorted(wanted.states)))
        if wanted.account:
            query = query.where(_targets.c.account == wanted.account)
        found = self._work.rows(query)
        parts = threads_of(self._work, (row.post for row in found if row.parts is not None and row.parts > 1))
        return tuple(_line(row, parts.get((row.post, row.account))) for row in found)

    def counts(self) -> dict[str, int]:
        """How many lines (post by account) are in each state; states without any are left out."""
        freshen(self._work)
        query = select(_targets.c.state, func.count().label("lines")).group_by(_targets.c.state).order_by(_targets.c.state)
        return {row.state: row.lines for row in self._work.rows(query)}

    def counts_by_account(self, states: Collection[str]) -> dict[tuple[str, str], int]:
        """The same of these states alone, by account and state."""
        freshen(self._work)
        by = (_targets.c.account, _targets.c.state)
        query = select(*by, func.count().label("lines")).where(_targets.c.state.in_(sorted(states))).group_by(*by).order_by(*by)
        return {(row.account, row.state): row.lines for row in self._work.rows(query)}


_ROW = (
    *(_posts.c.id, _posts.c.title, _posts.c.preview, _posts.c.shown_state, _posts.c.shown_at, _posts.c.sort_at),
    *(_posts.c.category, _posts.c.created_by, _posts.c.shown_reason_code, _posts.c.shown_reason, _posts.c.shown_url),
    _posts.c.revision,
)


def _line(row: Found[Any], thread: OnAccount | None) -> Line:
    """The reason is that of the state shown: of a delivery that was taken back nothing is said once the post goes on."""
    of = row if thread is None else thread
    told = row.state == (row.delivery_state if thread is None else thread.state)
    return Line(
        post=row.post,
        title=row.title,
        account=row.account,
        state=row.state,
        at=row.at,
        reason_code=of.reason_code if told else "",
        reason=of.reason if told else "",
        remote_url=of.remote_url or "",
    )


def _post_conditions(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.author:
        conditions.append(_posts.c.created_by == wanted.author)
    for word in folded(wanted.words[:_LONGEST_SEARCH]).split():
        in_title = _posts.c.folded_title.contains(word, autoescape=True)
        conditions.append(in_title | _posts.c.folded_text.contains(word, autoescape=True))
    return conditions


def _span(column: ColumnElement[datetime], wanted: QueueFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        conditions.append(column >= wanted.since)
    if wanted.until is not None:
        conditions.append(column < wanted.until)
    return conditions
