"""The tables of what platforms said: looks for posts whose outcome is unknown, and until when an account takes nothing."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text

from purdah_scheduler.domain.posts import Seen
from purdah_scheduler.store.columns import Instant, Number, metadata, one_of, words

look_ups = Table(
    "look_ups",
    metadata,
    Column("id", Number, primary_key=True),
    Column("delivery", Number, ForeignKey("deliveries.id"), nullable=False),
    Column("attempt", Number, nullable=False),
    Column("at", Instant, nullable=False),
    words("outcome", default=None),
    words("detail"),
    Column("again_at", Instant),
    CheckConstraint(one_of("outcome", Seen), name="outcome"),
    Index("ix_look_ups_delivery", "delivery", "id"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

rate_limits = Table(
    "rate_limits",
    metadata,
    Column("account", Text, primary_key=True),
    Column("until", Instant, nullable=False),
    words("reason", default=None),
    Column("at", Instant, nullable=False),
    sqlite_strict=True,
)
