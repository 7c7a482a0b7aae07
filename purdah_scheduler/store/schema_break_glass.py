"""The table of break-glass: who let which text out without which clearances, and who reviewed that."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Identity, Index, Table

from purdah_scheduler.store.columns import Instant, Number, metadata, words

break_glasses = Table(
    "break_glasses",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    Column("post", Number, ForeignKey("posts.id"), nullable=False),
    words("digest", default=None),
    Column("revision", Number, nullable=False),
    words("person", default=None),
    words("stages", default=None),
    words("reason", default=None),
    words("incident", default=None),
    Column("at", Instant, nullable=False),
    Column("told_at", Instant),
    words("reviewed_by"),
    Column("reviewed_at", Instant),
    words("review"),
    CheckConstraint("reviewed_by <> person AND (reviewed_at IS NULL) = (reviewed_by = '')", name="another"),
    Index("ix_break_glasses_post", "post", "id"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)
