"""The house and the record, as `status` and the interface's first reading ask for them."""

import json
from collections.abc import Iterator
from datetime import datetime

from purdah_scheduler.domain.account_health import LastCheck
from purdah_scheduler.domain.audit import Entry
from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.domain.notices import Notice, NoticeState
from purdah_scheduler.domain.period_changes import PeriodChange
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.posts import Heartbeat, Pause, RateLimit
from purdah_scheduler.domain.server_limits import ServerLimits
from purdah_scheduler.store import rows
from purdah_scheduler.store.facts import CLOCK_ACCEPTED, HIGH_WATER, accepted_of, high_water_of
from purdah_scheduler.store.house_rows import break_glass_of, check_of, limits_of, notice_of
from purdah_scheduler.store.light_view import LightView

_PIECE = 1000


class LightHouse(LightView):
    """What concerns everybody: stops, people, the calendar, accounts."""

    def pauses(self) -> tuple[Pause, ...]:
        """The pause of everything first, then by account."""
        return self._work.known.remember("pauses", lambda: tuple(map(rows.pause_of, self._work.rows("pauses"))))

    def suspended(self) -> frozenset[str]:
        """Ids of suspended people."""
        return self._work.known.remember("suspended", lambda: frozenset(self._work.scalars("suspended")))

    def periods(self) -> tuple[Period, ...]:
        """Periods declared in the store, by start; `origin` is `store`."""
        return self._work.known.remember("periods", self._periods)

    def _periods(self) -> tuple[Period, ...]:
        found = []
        for row in self._work.rows("periods"):
            with self._work.readable(f"the period {row.id}"):
                found.append(rows.period_of(row))
        return tuple(found)

    def period_changes(self) -> tuple[PeriodChange, ...]:
        """Changes of periods of any source."""
        return self._work.known.remember("period changes", self._period_changes)

    def _period_changes(self) -> tuple[PeriodChange, ...]:
        found = []
        for row in self._work.rows("period changes"):
            with self._work.readable(f"change {row.id} of the period {row.period}"):
                found.append(rows.change_of(row))
        return tuple(found)

    def rate_limits(self) -> tuple[RateLimit, ...]:
        """The last one of each account, past ones too, by account."""
        return self._work.known.remember("rate limits", lambda: tuple(map(rows.rate_limit_of, self._work.rows("rate limits"))))

    def server_limits(self) -> tuple[ServerLimits, ...]:
        """The last ones of each account whose server was asked, by account."""
        return self._work.known.remember("server limits", lambda: tuple(map(limits_of, self._work.rows("server limits"))))

    def account_checks(self) -> tuple[LastCheck, ...]:
        """By account; those that were never asked about are left out."""
        return tuple(map(check_of, self._work.rows("account checks")))


class LightRecord(LightView):
    """Daemons, notices, and the record."""

    def heartbeats(self) -> tuple[Heartbeat, ...]:
        """Of every daemon that is known, the one seen last first."""
        return tuple(map(rows.heartbeat_of, self._work.rows("heartbeats")))

    def high_water(self) -> datetime | None:
        """The latest wall time that a daemon has recorded, or a person has accepted since."""
        said = self._fact(HIGH_WATER)
        with self._work.readable("the latest time that was seen"):
            return high_water_of(said)

    def clock_accepted_at(self) -> datetime | None:
        """What the clock said when a person accepted it last."""
        said = self._fact(CLOCK_ACCEPTED)
        with self._work.readable("the time at which the clock was accepted"):
            return accepted_of(said)

    def instance(self) -> str:
        """The id that this store was given when it was created: 32 hex digits."""
        return self._fact("instance")

    def _fact(self, name: str) -> str:
        """What the store knows of itself under that name, or an empty text."""
        return str(self._work.scalar("fact", name=name) or "")

    def unreviewed(self) -> tuple[BreakGlass, ...]:
        """Of every post, those break-glasses that nobody has reviewed."""
        with self._work.readable("a break-glass"):
            return tuple(map(break_glass_of, self._work.rows("unreviewed")))

    def notices(self, *, limit: int, state: NoticeState | None = None) -> tuple[Notice, ...]:
        """Newest first."""
        if state is None:
            return self._whole.notices(limit=limit)
        found = []
        for row in self._work.rows("notices", limit=limit, state=str(state)):
            with self._work.readable(f"notice {row.id}"):
                found.append(notice_of(row))
        return tuple(found)

    def comments_past(self, person: str) -> tuple[tuple[Entry, bool], ...]:
        """Comments behind the last one that the person saw of each post, where they may be for them, in their order."""
        asked = self._work.rows("comments past", person=person, named=_like(json.dumps(person)))
        found = sorted(asked, key=lambda row: row.seq)  # as the whole reader does
        return tuple((rows.entry_of(row), bool(row.mine)) for row in found)

    def entries(self, *, post: int | None = None, newest_first: bool = False, limit: int | None = None) -> Iterator[Entry]:
        """The record, in order of `seq`; read here are its newest entry and what a post has in one piece."""
        if post is None and newest_first and limit == 1:
            return map(rows.entry_of, self._work.rows("newest entry"))
        if post is not None and not newest_first and limit is None:
            found = self._work.rows("entries of post", post=post)
            if len(found) < _PIECE:
                return map(rows.entry_of, found)
        return self._whole.entries(post=post, newest_first=newest_first, limit=limit)


def _like(text: str) -> str:
    """A text as it stands in a pattern whose escape is `/`."""
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")
