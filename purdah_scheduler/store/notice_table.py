"""The table of notices: what people are told without asking, made of the record and no part of it."""

from sqlalchemy import Column, Identity, Index, Table

from purdah_scheduler.store.columns import Instant, Number, metadata, words

notices = Table(
    "notices",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    *(words(name, default=None) for name in ("channel", "people", "kind", "topic", "items")),
    Column("at", Instant, nullable=False),
    Column("ready_at", Instant, nullable=False),
    words("state", default=None),
    Column("tries", Number, nullable=False),
    words("fault"),
    Column("ended_at", Instant),
    Column("more", Number, nullable=False),
    Index("ix_notices_state", "state", "ready_at", "id"),
    Index("ix_notices_topic", "topic", "channel", "id"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)
