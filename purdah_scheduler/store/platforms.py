"""What platforms said: looks are added and never altered, of a rate limit the last word counts."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from purdah_scheduler.domain.posts import Delivery, LookUp, RateLimit
from purdah_scheduler.store import rows, schema
from purdah_scheduler.store.schema_platforms import look_ups, rate_limits
from purdah_scheduler.store.work import View


class PlatformReader(View):
    """Looks, receipts, rate limits."""

    def look_ups(self, delivery: int) -> tuple[LookUp, ...]:
        """In the order in which they were made."""
        wanted = select(look_ups).where(look_ups.c.delivery == delivery).order_by(look_ups.c.id)
        return tuple(map(rows.look_up_of, self._work.rows(wanted)))

    def with_receipt(self, account: str, remote_id: str) -> tuple[int, ...]:
        """Ids of the deliveries of that account whose receipt this is."""
        table = schema.deliveries
        wanted = select(table.c.id).where(table.c.account == account, table.c.remote_id == remote_id).order_by(table.c.id)
        return tuple(self._work.scalars(wanted))

    def published_since(self, account: str, since: datetime) -> tuple[Delivery, ...]:
        """The newest first."""
        table = schema.deliveries
        wanted = select(table).where(table.c.account == account, table.c.published_at >= since)
        return tuple(map(rows.delivery_of, self._work.rows(wanted.order_by(table.c.published_at.desc(), table.c.id.desc()))))

    def last_published(self) -> Mapping[str, datetime]:
        """By account; those that never published are left out."""
        table = schema.deliveries
        newest = func.max(table.c.published_at)
        wanted = select(table.c.account, newest.label("at")).group_by(table.c.account).having(newest.is_not(None))
        return {row.account: row.at for row in self._work.rows(wanted)}

    def rate_limits(self) -> tuple[RateLimit, ...]:
        """The last one of each account, past ones too, by account."""
        return self._work.known.remember("rate limits", self._rate_limits)

    def _rate_limits(self) -> tuple[RateLimit, ...]:
        wanted = select(rate_limits).order_by(rate_limits.c.account)
        return tuple(map(rows.rate_limit_of, self._work.rows(wanted)))


class PlatformWriter(PlatformReader):
    """The same, with the two changes."""

    def add_look_up(self, look_up: LookUp) -> None:
        """Put a look on record."""
        self._work.change(insert(look_ups), rows.record_values(look_up))

    def set_rate_limit(self, limit: RateLimit) -> None:
        """Replaces what was known of the account."""
        self._work.change(delete(rate_limits).where(rate_limits.c.account == limit.account))
        self._work.change(insert(rate_limits), rows.record_values(limit))
