"""What each platform said of an account when it was last asked: one row an account, beside the record."""

from dataclasses import asdict

from sqlalchemy import delete, insert, select

from purdah_scheduler.domain.account_health import LastCheck
from purdah_scheduler.store.house_rows import check_of
from purdah_scheduler.store.schema_account_checks import account_checks as table
from purdah_scheduler.store.work import View


class AccountCheckReader(View):
    """The last check of each account."""

    def account_checks(self) -> tuple[LastCheck, ...]:
        """By account; those that were never asked about are left out."""
        return tuple(map(check_of, self._work.rows(select(table).order_by(table.c.account))))


class AccountCheckWriter(AccountCheckReader):
    """The same, with the one change, which needs no entry in the record: it is no change of the queue."""

    def note_check(self, check: LastCheck) -> None:
        """Replaces what was known of the account."""
        self._work.quietly(delete(table).where(table.c.account == check.account))
        self._work.quietly(insert(table), {**asdict(check), "health": str(check.health)})
