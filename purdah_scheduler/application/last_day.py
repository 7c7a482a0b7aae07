"""What came of a day in figures: what went out and how late, and what was held, missed, refused or left in doubt."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil

from purdah_scheduler.application.notice_ports import NoticeReader
from purdah_scheduler.application.office import House
from purdah_scheduler.domain.notices import Notice, NoticeState
from purdah_scheduler.lean import lean_dataclass

DAY = timedelta(hours=24)

_MOST = 20_000
"""Entries of the record that are looked at: figures must not cost more the busier the day was."""

_MOST_NOTICES = 500


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class LastDay:
    """The figures since `since`, which is a day ago, or later where more was done in a day than is looked at.

    `happened` counts entries of the record by action. `lateness` is in seconds, sorted, of what a daemon published: from when it
    was due until its receipt. `notices` are those that were made, newest first.
    """

    since: datetime
    published: int
    happened: Mapping[str, int]
    lateness: tuple[float, ...]
    notices: tuple[Notice, ...]

    def late(self, share: float) -> float | None:
        """The lateness that so large a share (0 to 1) of the posts did not exceed; None where none were published."""
        rank = max(ceil(len(self.lateness) * share), 1)
        return self.lateness[rank - 1] if self.lateness else None

    def told(self, state: NoticeState) -> tuple[Notice, ...]:
        """The notices in that state."""
        return tuple(notice for notice in self.notices if notice.state is state)


def last_day(reader: NoticeReader, house: House, now: datetime) -> LastDay:
    """The figures of the last twenty-four hours."""
    since, happened = _happened(reader, now - DAY)
    published, lateness = 0, []
    for account in house.accounts:
        for delivery in reader.published_since(account.id, since):
            if delivery.part > 1 or delivery.published_at is None:
                continue
            published += 1
            late = max(delivery.published_at - delivery.due_at, timedelta())
            if late <= account.max_lateness:  # a daemon sends nothing later than that: a person recorded the others
                lateness.append(late.total_seconds())
    notices = tuple(notice for notice in reader.notices(limit=_MOST_NOTICES) if notice.at >= since)
    return LastDay(since=since, published=published, happened=happened, lateness=tuple(sorted(lateness)), notices=notices)


def _happened(reader: NoticeReader, since: datetime) -> tuple[datetime, Mapping[str, int]]:
    """How often each thing was done since then, and from when on that was counted."""
    counts: Counter[str] = Counter()
    oldest = since
    for entry in reader.entries(newest_first=True, limit=_MOST):
        if entry.at < since:
            return since, counts
        counts[entry.action] += 1
        oldest = entry.at
    return oldest if counts.total() == _MOST else since, counts
