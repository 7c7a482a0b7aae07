"""The table of logins: which person each login of a PostgreSQL server stands for. In a file it stays empty."""

from sqlalchemy import Column, Table, Text

from purdah_scheduler.store.columns import Instant, metadata, words

logins = Table(
    "logins",
    metadata,
    Column("login", Text, primary_key=True),
    words("person", default=None),
    Column("at", Instant, nullable=False),
    sqlite_strict=True,
)
