"""Writing: every change in one transaction with its entry in the record, every move asked of the tables."""

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice

from sqlalchemy import case, delete, func, insert, select, update

from purdah_scheduler.application.lists import EntryFilter
from purdah_scheduler.domain.audit import GENESIS, Entry, Link, NewEntry, chained
from purdah_scheduler.domain.clearance import Decision
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.posts import Exemption, Home, Pause, Post, Revision, check_post_move
from purdah_scheduler.errors import BadInput, NotFound, TryAgain, WrongState
from purdah_scheduler.store import decision_rows, rows, schema
from purdah_scheduler.store.account_checks import AccountCheckWriter
from purdah_scheduler.store.breaking import BreakGlassWriter
from purdah_scheduler.store.changing import ChangeWriter, raise_calendar_revision
from purdah_scheduler.store.checklists import MarkWriter
from purdah_scheduler.store.deliveries import DeliveryWriter
from purdah_scheduler.store.erasing import EraseWriter
from purdah_scheduler.store.facts import CLOCK_ACCEPTED, HIGH_WATER
from purdah_scheduler.store.instants import kept
from purdah_scheduler.store.limits import LimitWriter
from purdah_scheduler.store.platforms import PlatformWriter
from purdah_scheduler.store.reader import HouseReader, PostReader, SqlReader
from purdah_scheduler.store.readings import ReadingWriter
from purdah_scheduler.store.refreshing import refresh
from purdah_scheduler.store.schema_daemons import daemons
from purdah_scheduler.store.schema_logins import logins
from purdah_scheduler.store.series import SeriesWriter
from purdah_scheduler.store.shown import folded, preview, searched
from purdah_scheduler.store.work import Work

_PIECE = 1000
_ADD_ENTRY = insert(schema.audit)


class PostWriter(PostReader):
    """Posts, their revisions, and what people decide about them."""

    def add_post(self, post: Post, revision: Revision) -> int:
        """Store a new post with its first revision and its targets; the ids inside the records are ignored. Returns its id."""
        content = revision.content
        new_id = self._work.insert(
            insert(schema.posts),
            {
                "title": post.title,
                "folded_title": folded(post.title),
                "state": str(post.state),
                "revision": 1,
                "created_by": post.created_by,
                "created_at": post.created_at,
                "planned_at": post.planned_at,
                "notes": post.notes,
                "row_version": 1,
                "category": content.category,
                "preview": preview(content),
                "folded_text": searched(content),
                "sort_at": post.planned_at or post.created_at,
            },
        )
        self._work.change(insert(schema.revisions), {**rows.revision_values(revision), "post": new_id, "number": 1})
        for entry in content.accounts:
            self._add_target(new_id, entry.account, post.created_at)
        refresh(self._work, [new_id])
        return new_id

    def add_revision(self, revision: Revision) -> None:
        """Store the next revision and make its accounts the targets.

        An account that keeps its place keeps its delivery, unless that was cancelled; one that is dropped stays in the lists
        while its delivery is anything but cancelled. Raises TryAgain unless the number is the next one.
        """
        post = self.post(revision.post)
        if revision.number != post.revision + 1:
            raise TryAgain(
                f"Post {post.id} is at revision {post.revision} now, so revision {revision.number} was not saved over it.",
                next_step=f"Look at it first: purdah-scheduler post show {post.id}",
            )
        content = revision.content
        self._work.change(insert(schema.revisions), rows.revision_values(revision))
        self._work.change(
            update(schema.posts)
            .where(schema.posts.c.id == post.id)
            .values(revision=revision.number, category=content.category, preview=preview(content), folded_text=searched(content))
        )
        self._retarget(post.id, {entry.account for entry in content.accounts}, revision.at)
        refresh(self._work, [post.id])

    def _retarget(self, post: int, wanted: set[str], at: datetime) -> None:
        table, gone = schema.targets, schema.deliveries
        cancelled = select(gone.c.id).where(gone.c.post == post, gone.c.state == "cancelled")
        of_post = table.c.post == post
        self._work.change(update(table).where(of_post, table.c.delivery.in_(cancelled)).values(delivery=None))
        self._work.change(delete(table).where(of_post, table.c.delivery.is_(None), table.c.account.not_in(wanted)))
        self._work.change(update(table).where(of_post).values(is_current=case((table.c.account.in_(wanted), 1), else_=0)))
        known = set(self._work.scalars(select(table.c.account).where(of_post)))
        for account in sorted(wanted - known):
            self._add_target(post, account, at)

    def _add_target(self, post: int, account: str, at: datetime) -> None:
        self._work.change(insert(schema.targets), {"post": post, "account": account, "sort_at": at})

    def save_post(self, post: Post) -> None:
        """Replace title, state, planned time and notes.

        `row_version` must be the stored one (else TryAgain: somebody else was quicker), and rises by 1. Raises WrongState
        where the table does not have the move.
        """
        stored = self.post(post.id)
        if stored.row_version != post.row_version:
            raise TryAgain(
                f"Post {post.id} was changed by somebody else meanwhile, so nothing was saved.",
                next_step=f"Look at it first: purdah-scheduler post show {post.id}",
            )
        if stored.state is not post.state:
            check_post_move(stored.state, post.state)
        self._work.change(
            update(schema.posts)
            .where(schema.posts.c.id == post.id, schema.posts.c.row_version == post.row_version)
            .values(
                title=post.title,
                folded_title=folded(post.title),
                state=str(post.state),
                planned_at=post.planned_at,
                notes=post.notes,
                row_version=post.row_version + 1,
            )
        )
        refresh(self._work, [post.id])

    def add_decision(self, post: int, decision: Decision) -> None:
        """Raises NotFound where the post has no such revision."""
        self.revision(post, decision.revision)
        self._work.change(insert(schema.decisions), decision_rows.decision_values(post, decision))

    def add_exemption(self, exemption: Exemption) -> int:
        """Store an exemption (its id is ignored). Returns its id. Raises NotFound where it is for a post that does not exist."""
        if exemption.post is not None:
            self.post(exemption.post)
        return self._work.insert(insert(schema.exemptions), rows.exemption_values(exemption))

    def revoke_exemption(self, exemption: int, at: datetime) -> None:
        """Raises NotFound; WrongState where it was revoked before."""
        table = schema.exemptions
        if self._by_id(table, exemption) is None:
            raise NotFound(f"There is no exemption {exemption}.", next_step="purdah-scheduler exemption list")
        if not self._work.change(
            update(table).where(table.c.id == exemption, table.c.revoked_at.is_(None)).values(revoked_at=at)
        ):
            raise WrongState(f"Exemption {exemption} was revoked before, so nothing was changed.")


class HouseWriter(HouseReader):
    """Stops, people, declared periods, and the record."""

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self.recorded = False
        self._entries: list[NewEntry] = []

    def record(self, entry: NewEntry) -> None:
        """Chain an entry behind the last one, together with the others of this transaction."""
        if not self._entries:
            self._work.at_last(self.write_entries)
        self._entries.append(entry)

    def record_all(self, entries: Iterable[NewEntry]) -> None:
        """Chain many entries behind the last one, in their order, in little memory."""
        self.write_entries()
        table = schema.audit
        last = self._work.one(select(table.c.seq, table.c.hash).order_by(table.c.seq.desc()).limit(1))
        known, prev = (0, GENESIS) if last is None else (last.seq, last.hash)
        links = chained(entries, after=known, prev=prev, new_salt=lambda: secrets.token_hex(16), login=self._work.login)
        while piece := [rows.entry_kept(link) for link in islice(links, _PIECE)]:
            self._work.in_bulk(_ADD_ENTRY, rows.ENTRY, piece)
            self.recorded = True

    def write_entries(self) -> None:
        """Chain what waits to be chained."""
        entries, self._entries = self._entries, []
        if entries:
            self.record_all(entries)

    def set_pause(self, pause: Pause) -> None:
        """Pause everything (empty account) or one account; replaces an earlier pause of the same."""
        self._remove_pause(pause.account)
        self._work.change(insert(schema.pauses), rows.record_values(pause))

    def end_pause(self, account: str) -> None:
        """Nothing happens where it was not paused."""
        self._remove_pause(account)

    def _remove_pause(self, account: str) -> None:
        self._work.change(delete(schema.pauses).where(schema.pauses.c.account == account))

    def set_home(self, home: Home) -> None:
        """From now on it is published from there."""
        self.set_fact("home", json.dumps(asdict(home)))

    def accept_clock(self, at: datetime) -> None:
        """Make `at` the latest time on record, be it earlier than what was."""
        self.set_fact(HIGH_WATER, str(kept(at)))
        self.set_fact(CLOCK_ACCEPTED, at.isoformat())

    def forget_daemons(self) -> None:
        """No daemon works on this store: what is left of them is the trace of dead ones."""
        self._work.change(delete(daemons))

    def set_fact(self, name: str, value: str) -> None:
        """Let the store know something of itself; what it had under that name is replaced."""
        self._work.change(delete(schema.meta).where(schema.meta.c.name == name))
        self._work.change(insert(schema.meta), {"name": name, "value": value})

    def suspend(self, person: str, by: str, at: datetime) -> None:
        """Suspend a person; a later suspension of the same person replaces the earlier."""
        self.restore(person)
        self._work.change(insert(schema.suspensions), {"person": person, "by_person": by, "at": at})

    def restore(self, person: str) -> None:
        """Nothing happens where the person was not suspended."""
        self._work.change(delete(schema.suspensions).where(schema.suspensions.c.person == person))

    def link_login(self, login: str, person: str, at: datetime) -> None:
        """From now on the login stands for that person, and for nobody else."""
        self._work.change(delete(logins).where(logins.c.login == login))
        self._work.change(insert(logins), {"login": login, "person": person, "at": at})

    def unlink_login(self, login: str) -> None:
        """Raises NotFound where it stands for nobody."""
        if not self._work.change(delete(logins).where(logins.c.login == login)):
            raise NotFound(
                f"The login {login} stands for nobody, so nothing was changed.", next_step="purdah-scheduler db logins"
            )

    def declare_period(self, period: Period) -> None:
        """Store a period and raise the calendar's revision. Raises BadInput where the id is taken."""
        table = schema.periods
        if self._work.scalar(select(func.count()).select_from(table).where(table.c.id == period.id)):
            raise BadInput(
                f"There is a period “{period.id}” already, so nothing was declared.", next_step="purdah-scheduler calendar list"
            )
        self._work.change(insert(table), rows.period_values(period))
        raise_calendar_revision(self._work)


class SqlWriter(
    PostWriter,
    DeliveryWriter,
    HouseWriter,
    ChangeWriter,
    MarkWriter,
    PlatformWriter,
    BreakGlassWriter,
    EraseWriter,
    ReadingWriter,
    SeriesWriter,
    AccountCheckWriter,
    LimitWriter,
    SqlReader,
):
    """One transaction. A block that changed something and recorded nothing is refused at commit (RuntimeError)."""

    def entries(self, *, post: int | None = None, newest_first: bool = False, limit: int | None = None) -> Iterator[Entry]:
        """The record, with what this transaction has added to it."""
        found: tuple[Entry, ...] = self._work.known.foreseen("entries", post or 0, tuple)
        if found and limit is None and not newest_first and all(entry.post != post for entry in self._entries):
            return iter(found)
        self.write_entries()
        return super().entries(post=post, newest_first=newest_first, limit=limit)

    def links(self) -> Iterator[Link]:
        """The same for verifying it."""
        self.write_entries()
        return super().links()

    def entry_numbers(self, wanted: EntryFilter) -> Sequence[int]:
        """The same for looking through it."""
        self.write_entries()
        return super().entry_numbers(wanted)

    def entries_at(self, numbers: Sequence[int]) -> tuple[Entry, ...]:
        """The same for reading it."""
        self.write_entries()
        return super().entries_at(numbers)

    def finish(self) -> None:
        """What must hold before the commit."""
        self._work.finish()
        if self._work.changed and not self.recorded:
            raise RuntimeError("a transaction changed something and recorded nothing: no entry, no change")
