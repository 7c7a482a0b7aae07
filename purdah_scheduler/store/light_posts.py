"""Posts and lists of posts, as the interface's first reading asks for them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application.lists import QueueFilter, Row
from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.domain.clearance import Decision
from purdah_scheduler.domain.posts import Attempt, Delivery, Exemption, Post, Revision
from purdah_scheduler.domain.series import Series
from purdah_scheduler.errors import NotFound
from purdah_scheduler.store import decision_rows, rows
from purdah_scheduler.store.house_rows import break_glass_of, listed
from purdah_scheduler.store.instants import NEVER
from purdah_scheduler.store.light_sql import QUESTIONS
from purdah_scheduler.store.light_view import LightView

_CHUNK = 500
_LIST = "purdah-scheduler post list"
_ANY = QueueFilter()


class LightPosts(LightView):
    """One post and what belongs to it."""

    def post(self, post: int) -> Post:
        """Raises NotFound."""
        found = self._work.rows("post", post=post)
        if not found:
            raise NotFound(f"There is no post {post}.", next_step=_LIST)
        return rows.post_of(found[0])

    def revisions(self, post: int) -> tuple[Revision, ...]:
        """Oldest first. Raises NotFound."""
        found = []
        for row in self._work.rows("revisions", post=post):
            with self._work.readable(f"revision {row.number} of post {post}"):
                found.append(rows.revision_of(row))
        if not found:
            self.post(post)
        return tuple(found)

    def decisions(self, post: int) -> tuple[Decision, ...]:
        """In the order given, of every revision."""
        with self._work.readable(f"a decision on post {post}"):
            return tuple(map(decision_rows.decision_of, self._work.rows("decisions", post=post)))

    def deliveries(self, post: int) -> tuple[Delivery, ...]:
        """By id, cancelled ones included."""
        return tuple(map(rows.delivery_of, self._work.rows("deliveries", post=post)))

    def attempts(self, delivery: int) -> tuple[Attempt, ...]:
        """Oldest first."""
        return tuple(map(rows.attempt_of, self._work.rows("attempts", delivery=delivery)))

    def exemptions(self, post: int) -> tuple[Exemption, ...]:
        """Of this post alone, oldest first, revoked ones included."""
        with self._work.readable("an exemption"):
            return tuple(map(rows.exemption_of, self._work.rows("exemptions", post=post)))

    def campaign_exemptions(self) -> tuple[Exemption, ...]:
        """Of every campaign, oldest first, revoked ones included."""
        return self._work.known.remember("campaigns", self._campaign_exemptions)

    def _campaign_exemptions(self) -> tuple[Exemption, ...]:
        with self._work.readable("an exemption"):
            return tuple(map(rows.exemption_of, self._work.rows("campaign exemptions")))

    def break_glasses(self, post: int) -> tuple[BreakGlass, ...]:
        """Of one post, in the order in which they were broken."""
        with self._work.readable("a break-glass"):
            return tuple(map(break_glass_of, self._work.rows("break-glasses", post=post)))

    def series_of(self, post: int) -> Series | None:
        """The series that the post belongs to, or None."""
        for row in self._work.rows("series", post=post):
            posts = tuple(self._work.scalars("series posts", series=row.id))
            return Series(id=row.id, source=row.source, rule=row.rule, person=row.person, at=row.at, posts=posts)
        return None


class LightQueue(LightView):
    """Due times, rows and counts."""

    def next_due_at(self) -> datetime | None:
        """The earliest moment at which a scheduled delivery may be claimed: its due time, or its retry time if later."""
        first: datetime | None = self._work.scalar("next due")
        return None if first == NEVER else first

    def overdue(self, before: datetime) -> int:
        """How many scheduled deliveries could have been claimed before that instant."""
        return int(self._work.scalar("overdue", before=before) or 0)

    def row_ids(self, wanted: QueueFilter, *, limit: int | None = None) -> Sequence[int]:
        """Ids of the posts of a list, by `sort_at` then id; the first `limit` of them where it is given."""
        span = {"since": wanted.since, "until": wanted.until, "limit": limit}
        given = {"states": sorted(wanted.states) or None, **span}
        given = {name: value for name, value in given.items() if value is not None}
        question = " ".join(["row ids", *given])
        if question not in QUESTIONS or replace(wanted, states=frozenset(), since=None, until=None) != _ANY:
            return self._whole.row_ids(wanted, limit=limit)
        return self._work.scalars(question, **given)

    def rows(self, posts: Sequence[int]) -> tuple[Row, ...]:
        """Rows in the order of `posts`; ids that no longer exist are left out."""
        found: dict[int, Row] = {}
        for start in range(0, len(posts), _CHUNK):
            piece = list(posts[start : start + _CHUNK])
            accounts: dict[int, list[str]] = {}
            for target in self._work.rows("targets of rows", posts=piece):
                accounts.setdefault(target.post, []).append(target.account)
            for row in self._work.rows("rows", posts=piece):
                found[row.id] = listed(row, accounts.get(row.id, ()))
        return tuple(found[post] for post in posts if post in found)

    def posts_by_state(self) -> dict[str, int]:
        """How many posts are in each state as a list shows it; states without any are left out."""
        return {row.shown_state: row.posts for row in self._work.rows("posts by state")}

    def counts(self) -> dict[str, int]:
        """How many lines (post by account) are in each state; states without any are left out."""
        return {row.state: row.lines for row in self._work.rows("counts")}
