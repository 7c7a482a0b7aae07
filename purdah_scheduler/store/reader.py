"""Reading posts, the house and the record: single things by id, and what belongs to them."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, select, true, type_coerce

from purdah_scheduler.application.lists import Target
from purdah_scheduler.domain.audit import Entry, Link
from purdah_scheduler.domain.clearance import Decision
from purdah_scheduler.domain.people import Login
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.posts import Attempt, Delivery, Exemption, Home, Pause, Post, Revision
from purdah_scheduler.errors import NotFound
from purdah_scheduler.store import decision_rows, rows, schema
from purdah_scheduler.store.account_checks import AccountCheckReader
from purdah_scheduler.store.breaking import BreakGlassReader
from purdah_scheduler.store.changing import ChangeReader
from purdah_scheduler.store.checklists import MarkReader
from purdah_scheduler.store.columns import Number
from purdah_scheduler.store.daemons import DaemonReader
from purdah_scheduler.store.erasing import HoldReader
from purdah_scheduler.store.foreseeing import ForesightReader
from purdah_scheduler.store.limits import LimitReader
from purdah_scheduler.store.platforms import PlatformReader
from purdah_scheduler.store.queue import QueueReader
from purdah_scheduler.store.readings import ReadingReader
from purdah_scheduler.store.record_lists import RecordListReader
from purdah_scheduler.store.schema_logins import logins
from purdah_scheduler.store.series import SeriesReader
from purdah_scheduler.store.sweeps import SweepReader
from purdah_scheduler.store.work import View

_CHUNK = 1000
_LIST = "purdah-scheduler post list"


class PostReader(View):
    """Posts and everything that hangs on one."""

    def post(self, post: int) -> Post:
        """Raises NotFound."""
        return self._work.known.foreseen("post", post, lambda: self._post(post))

    def _post(self, post: int) -> Post:
        row = self._by_id(schema.posts, post)
        if row is None:
            raise NotFound(f"There is no post {post}.", next_step=_LIST)
        return rows.post_of(row)

    def revision(self, post: int, number: int) -> Revision:
        """Raises NotFound; StoreUnusable where its content cannot be read."""
        known: Sequence[Revision] = self._work.known.foreseen("revisions", post, tuple)
        for revision in known or self._revisions(post, number):
            if revision.number == number:
                return revision
        self.post(post)
        raise NotFound(f"Post {post} has no revision {number}.", next_step=f"purdah-scheduler post history {post}")

    def revisions(self, post: int) -> tuple[Revision, ...]:
        """Oldest first. Raises NotFound."""
        found = self._work.known.foreseen("revisions", post, lambda: self._revisions(post))
        if not found:
            self.post(post)
        return found

    def every_revision(self) -> Iterator[Revision]:
        """Of every post, in no order, in little memory."""
        for row in self._work.each(select(schema.revisions)):
            with self._work.readable(f"revision {row.number} of post {row.post}"):
                found = rows.revision_of(row)
            yield found

    def _revisions(self, post: int, number: int | None = None) -> tuple[Revision, ...]:
        table = schema.revisions
        wanted = select(table).where(table.c.post == post).order_by(table.c.number)
        if number is not None:
            wanted = wanted.where(table.c.number == number)
        found = []
        for row in self._work.rows(wanted):
            with self._work.readable(f"revision {row.number} of post {post}"):
                found.append(rows.revision_of(row))
        return tuple(found)

    def decisions(self, post: int) -> tuple[Decision, ...]:
        """In the order given, of every revision."""
        return self._work.known.foreseen("decisions", post, lambda: self._decisions(post))

    def _decisions(self, post: int) -> tuple[Decision, ...]:
        with self._work.readable(f"a decision on post {post}"):
            return tuple(map(decision_rows.decision_of, self._of_post(schema.decisions, post)))

    def targets(self, post: int) -> tuple[Target, ...]:
        """By account id."""
        table = schema.targets
        wanted = (
            select(table.c.post, table.c.account, table.c.delivery)
            .where(table.c.post == post, table.c.is_current == 1)
            .order_by(table.c.account)
        )
        return tuple(Target(post=row.post, account=row.account, delivery=row.delivery) for row in self._work.rows(wanted))

    def deliveries(self, post: int) -> tuple[Delivery, ...]:
        """By id, cancelled ones included."""
        return tuple(map(rows.delivery_of, self._of_post(schema.deliveries, post)))

    def delivery(self, delivery: int) -> Delivery:
        """Raises NotFound."""
        return self._work.known.foreseen("delivery", delivery, lambda: self._delivery(delivery))

    def _delivery(self, delivery: int) -> Delivery:
        row = self._by_id(schema.deliveries, delivery)
        if row is None:
            raise NotFound(f"There is no delivery {delivery}.", next_step=_LIST)
        return rows.delivery_of(row)

    def attempts(self, delivery: int) -> tuple[Attempt, ...]:
        """Oldest first."""
        return self._work.known.foreseen("attempts", delivery, lambda: self._attempts(delivery))

    def _attempts(self, delivery: int) -> tuple[Attempt, ...]:
        table = schema.attempts
        wanted = select(table).where(table.c.delivery == delivery).order_by(table.c.number)
        return tuple(map(rows.attempt_of, self._work.rows(wanted)))

    def exemptions(self, post: int) -> tuple[Exemption, ...]:
        """Of this post alone, oldest first, revoked ones included."""
        return self._work.known.foreseen("exemptions", post, lambda: self._exempted(schema.exemptions.c.post == post))

    def campaign_exemptions(self) -> tuple[Exemption, ...]:
        """Of every campaign, oldest first, revoked ones included."""
        return self._work.known.remember("campaigns", lambda: self._exempted(schema.exemptions.c.post.is_(None)))

    def all_exemptions(self) -> tuple[Exemption, ...]:
        """Of every post and campaign, oldest first, revoked ones included."""
        return self._exempted(true())

    def _exempted(self, which: ColumnElement[bool]) -> tuple[Exemption, ...]:
        table = schema.exemptions
        with self._work.readable("an exemption"):
            return tuple(map(rows.exemption_of, self._work.rows(select(table).where(which).order_by(table.c.id))))

    def _of_post(self, table: Table, post: int) -> Sequence[Row[Any]]:
        return self._work.rows(select(table).where(table.c.post == post).order_by(table.c.id))

    def _by_id(self, table: Table, wanted: int) -> Row[Any] | None:
        return self._work.one(select(table).where(table.c.id == wanted))


class HouseReader(DaemonReader):
    """What concerns everybody: stops, people, declared periods, the daemons' signs of life."""

    def pauses(self) -> tuple[Pause, ...]:
        """The pause of everything first, then by account."""
        return self._work.known.remember("pauses", self._pauses)

    def _pauses(self) -> tuple[Pause, ...]:
        wanted = select(schema.pauses).order_by(schema.pauses.c.account)
        return tuple(map(rows.pause_of, self._work.rows(wanted)))

    def suspended(self) -> frozenset[str]:
        """Ids of suspended people."""
        return self._work.known.remember("suspended", lambda: frozenset(self._work.scalars(select(schema.suspensions.c.person))))

    def logins(self) -> tuple[Login, ...]:
        """The logins that stand for a person, by name; none in a file."""
        wanted = select(logins.c.login, logins.c.person).order_by(logins.c.login)
        return tuple(Login(name=row.login, person=row.person) for row in self._work.rows(wanted))

    def periods(self) -> tuple[Period, ...]:
        """Periods declared in the store, by start; `origin` is `store`."""
        return self._work.known.remember("periods", self._periods)

    def _periods(self) -> tuple[Period, ...]:
        table = schema.periods
        found = []
        for row in self._work.rows(select(table).order_by(table.c.starts, table.c.id)):
            with self._work.readable(f"the period {row.id}"):
                found.append(rows.period_of(row))
        return tuple(found)

    def calendar_revision(self) -> int:
        """Rises with every declared period and every change of one; 0 at first."""
        return int(self._work.scalar(select(schema.calendar_revision.c.number)) or 0)

    def home(self) -> Home | None:
        """Where this store was last published from; None where it never was."""
        said = self.fact("home")
        with self._work.readable("where it is at home"):
            return Home(**json.loads(said)) if said else None

    def instance(self) -> str:
        """The id that this store was given when it was created: 32 hex digits."""
        return self.fact("instance")


class AuditReader(View):
    """The record."""

    def entries(self, *, post: int | None = None, newest_first: bool = False, limit: int | None = None) -> Iterator[Entry]:
        """The record, in order of `seq`; read in pieces, so that a long record costs little memory."""
        table = schema.audit
        wanted = select(table).order_by(table.c.seq.desc() if newest_first else table.c.seq)
        if post is not None:
            wanted = wanted.where(table.c.post == post)
        left, last = limit, None
        while left is None or left > 0:
            size = _CHUNK if left is None else min(_CHUNK, left)
            piece = wanted.limit(size)
            if last is not None:
                piece = piece.where(table.c.seq < last if newest_first else table.c.seq > last)
            found = [rows.entry_of(row) for row in self._work.rows(piece)]
            yield from found
            if len(found) < size:
                return
            last = found[-1].seq
            left = None if left is None else left - size

    def links(self) -> Iterator[Link]:
        """The whole record for verifying it, in little memory and without making an object of each entry."""
        table = schema.audit
        columns = [type_coerce(table.c[name], Number) if name == "at" else table.c[name] for name in rows.ENTRY]
        for row in self._work.each(select(*columns).order_by(table.c.seq)):
            link: Link = tuple(row)
            yield link


class SqlReader(
    PostReader,
    ForesightReader,
    QueueReader,
    SweepReader,
    HouseReader,
    ChangeReader,
    MarkReader,
    PlatformReader,
    HoldReader,
    BreakGlassReader,
    ReadingReader,
    SeriesReader,
    AccountCheckReader,
    LimitReader,
    AuditReader,
    RecordListReader,
):
    """A consistent view of the store: everything it answers is of one moment."""
