"""The table of daemons: the last sign of life of each that works on this store, or worked on it last."""

from sqlalchemy import Column, Table, Text

from purdah_scheduler.store.columns import Instant, Number, Seconds, metadata, words

daemons = Table(
    "daemons",
    metadata,
    Column("owner", Text, primary_key=True),
    words("host", default=None),
    Column("pid", Number, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("every", Seconds, nullable=False),
    words("version", default=None),
    Column("stopped_at", Instant),
    words("clock_doubt"),
    Column("platform_ahead", Seconds),
    Column("platform_heard_at", Instant),
    sqlite_strict=True,
)
