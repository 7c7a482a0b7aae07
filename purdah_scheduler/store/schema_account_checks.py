"""The table of what each platform said of an account when it was last asked. It is no part of the record."""

from sqlalchemy import CheckConstraint, Column, Table, Text

from purdah_scheduler.domain.account_health import Health
from purdah_scheduler.store.columns import Instant, metadata, one_of, words

account_checks = Table(
    "account_checks",
    metadata,
    Column("account", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    words("health", default=None),
    words("said", default=None),
    Column("expires_at", Instant),
    CheckConstraint(one_of("health", Health), name="health"),
    sqlite_strict=True,
)
