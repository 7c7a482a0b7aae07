"""The book of notices: what people are to be told, kept beside the record and made of it."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from purdah_scheduler.application.notice_ports import Notebook, NoticeReader
from purdah_scheduler.domain.audit import Entry
from purdah_scheduler.domain.notices import Notice, NoticeKind, NoticeState
from purdah_scheduler.store import rows, schema
from purdah_scheduler.store.house_rows import notice_of
from purdah_scheduler.store.notice_table import notices as notice_table
from purdah_scheduler.store.reader import SqlReader
from purdah_scheduler.store.schema_break_glass import break_glasses
from purdah_scheduler.store.work import Work

_UP_TO = "told up to"


class SqlNoticeReader(SqlReader):
    """A consistent view of the store and of the notices in it."""

    def told_up_to(self) -> int | None:
        """The number of the last entry of the record that notices were made of; None where none ever were."""
        said = self.fact(_UP_TO)
        with self._work.readable("how far people were told"):
            return int(said) if said else None

    def last_entry(self) -> Entry | None:
        """The newest entry of the record."""
        return next(self.entries(newest_first=True, limit=1), None)

    def entries_after(self, seq: int, *, limit: int) -> tuple[Entry, ...]:
        """The oldest entries of the record after `seq`."""
        table = schema.audit
        found = self._work.rows(select(table).where(table.c.seq > seq).order_by(table.c.seq).limit(limit))
        return tuple(map(rows.entry_of, found))

    def newest_notice(self, channel: str, topic: str, kinds: Sequence[NoticeKind]) -> Notice | None:
        """The newest about that incident by that way."""
        table = notice_table
        wanted = select(table).where(
            table.c.topic == topic, table.c.channel == channel, table.c.kind.in_([str(kind) for kind in kinds])
        )
        row = self._work.one(wanted.order_by(table.c.id.desc()).limit(1))
        return None if row is None else self._notice(row)

    def ready_notices(self, now: datetime, *, limit: int) -> tuple[Notice, ...]:
        """Waiting ones whose time has come, the longest waiting first."""
        table = notice_table
        wanted = select(table).where(table.c.state == str(NoticeState.WAITING), table.c.ready_at <= now)
        return tuple(map(self._notice, self._work.rows(wanted.order_by(table.c.ready_at, table.c.id).limit(limit))))

    def notices(self, *, limit: int, state: NoticeState | None = None) -> tuple[Notice, ...]:
        """Newest first."""
        table = notice_table
        wanted = select(table) if state is None else select(table).where(table.c.state == str(state))
        return tuple(map(self._notice, self._work.rows(wanted.order_by(table.c.id.desc()).limit(limit))))

    def _notice(self, row: Row[Any]) -> Notice:
        with self._work.readable(f"notice {row.id}"):
            return notice_of(row)


class SqlNotebook(SqlNoticeReader):
    """One transaction on the notices. They are no change of the queue: nothing here needs an entry in the record."""

    def tell_up_to(self, seq: int) -> None:
        """Notices were made of every entry up to this one."""
        table, known = schema.meta, self.told_up_to() is not None
        if known:
            self._work.quietly(update(table).where(table.c.name == _UP_TO).values(value=str(seq)))
        else:
            self._work.quietly(insert(table), {"name": _UP_TO, "value": str(seq)})

    def add_notice(self, notice: Notice) -> int:
        """Store a notice (its id is ignored). Returns its id."""
        return self._work.insert(insert(notice_table), _values(notice))

    def save_notice(self, notice: Notice) -> None:
        """Replace a stored notice."""
        self._work.quietly(update(notice_table).where(notice_table.c.id == notice.id).values(_values(notice)))

    def break_glass_told(self, glass: int, at: datetime) -> None:
        """Nothing happens where it was known."""
        table = break_glasses
        self._work.quietly(update(table).where(table.c.id == glass, table.c.told_at.is_(None)).values(told_at=at))

    def forget_notices(self, before: datetime) -> None:
        """Take out those that ended before that instant."""
        self._work.quietly(delete(notice_table).where(notice_table.c.ended_at < before))


class NoticeShelf(ABC):
    """What a store has for notices, beside its own two kinds of blocks."""

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[Work]:
        """One snapshot, as statements."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Work]:
        """One transaction, as statements."""

    @contextmanager
    def notices(self) -> Iterator[NoticeReader]:
        """One snapshot with the notices in it. Raises what `read` raises."""
        with self.snapshot() as work:
            yield SqlNoticeReader(work)

    @contextmanager
    def notebook(self) -> Iterator[Notebook]:
        """One transaction that can change notices and nothing else. Raises what `write` raises."""
        with self.transaction() as work:
            yield SqlNotebook(work)


def _values(notice: Notice) -> rows.Values:
    return {
        "channel": notice.channel,
        "people": json.dumps(notice.people),
        "kind": str(notice.kind),
        "topic": notice.topic,
        "items": json.dumps([asdict(item) for item in notice.items]),
        "at": notice.at,
        "ready_at": notice.ready_at,
        "state": str(notice.state),
        "tries": notice.tries,
        "fault": notice.fault,
        "ended_at": notice.ended_at,
        "more": notice.more,
    }
