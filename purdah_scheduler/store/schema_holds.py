"""The table of what was asked for under the Freedom of Information Act, and so is not erased."""

from sqlalchemy import Column, ForeignKey, Identity, Table

from purdah_scheduler.store.columns import Instant, Number, metadata, words

foi_holds = Table(
    "foi_holds",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    words("reference", default=None),
    Column("post", Number, ForeignKey("posts.id")),
    Column("since", Instant),
    Column("until", Instant),
    words("reason"),
    words("person", default=None),
    Column("at", Instant, nullable=False),
    Column("released_at", Instant),
    words("released_by"),
    words("release_reason"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)
