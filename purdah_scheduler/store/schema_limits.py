"""The table of what the servers of accounts take."""

from sqlalchemy import CheckConstraint, Column, Table, Text

from purdah_scheduler.store.columns import Instant, Number, metadata

server_limits = Table(
    "server_limits",
    metadata,
    Column("account", Text, primary_key=True),
    Column("max_length", Number, nullable=False),
    Column("max_images", Number, nullable=False),
    Column("max_image_bytes", Number, nullable=False),
    Column("max_alt", Number, nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("max_length > 0 AND max_images >= 0 AND max_image_bytes >= 0 AND max_alt >= 0", name="numbers"),
    sqlite_strict=True,
)
