"""What every store promises of the last check of an account: one row each, the last word counts, and no entry is needed."""

from dataclasses import replace
from datetime import datetime

import pytest

from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.account_health import Health, LastCheck
from tests.store import builders as make

CHECK = LastCheck(account="dept", at=make.NOON, health=Health.WELL, said="The token of @dept works.")


def test_the_last_check_of_an_account_counts(store: Store) -> None:
    other = replace(CHECK, account="agency", health=Health.NOT_SET_UP, expires_at=make.NOON + make.MINUTE)
    later = replace(CHECK, at=make.NOON + make.MINUTE, health=Health.NEEDS_LOGIN, said="“401”")
    for check in (CHECK, other, later):
        with store.write() as tx:
            tx.note_check(check)
    with store.read() as reader:
        assert reader.account_checks() == (other, later)
        assert list(reader.entries()) == []


@pytest.mark.parametrize("health", Health)
def test_every_health_is_kept(store: Store, health: Health) -> None:
    with store.write() as tx:
        tx.note_check(replace(CHECK, health=health))
    with store.read() as reader:
        assert reader.account_checks() == (replace(CHECK, health=health),)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        replace(CHECK, at=datetime(2026, 1, 1))  # noqa: DTZ001 - the point
