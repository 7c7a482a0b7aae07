"""What the servers of accounts take: of each the last word counts."""

from dataclasses import asdict

from sqlalchemy import delete, insert, select

from purdah_scheduler.domain.server_limits import ServerLimits
from purdah_scheduler.store.house_rows import limits_of
from purdah_scheduler.store.schema_limits import server_limits as table
from purdah_scheduler.store.work import View


class LimitReader(View):
    """What is known."""

    def server_limits(self) -> tuple[ServerLimits, ...]:
        """The last ones of each account whose server was asked, by account."""
        return self._work.known.remember("server limits", self._server_limits)

    def _server_limits(self) -> tuple[ServerLimits, ...]:
        wanted = select(table).order_by(table.c.account)
        return tuple(map(limits_of, self._work.rows(wanted)))


class LimitWriter(LimitReader):
    """The same, with the one change."""

    def set_server_limits(self, limits: ServerLimits) -> None:
        """Replaces what was known of the account."""
        self._work.change(delete(table).where(table.c.account == limits.account))
        self._work.change(insert(table), asdict(limits))
