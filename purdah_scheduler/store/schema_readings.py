"""The table of readings: what each person has read of a post. It is no part of the record, and nothing that clears asks it."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, PrimaryKeyConstraint, Table

from purdah_scheduler.store.columns import Instant, Number, metadata, words

readings = Table(
    "readings",
    metadata,
    Column("post", Number, ForeignKey("posts.id"), nullable=False),
    words("person", default=None),
    Column("revision", Number, nullable=False),
    Column("comment", Number, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("post", "person"),
    CheckConstraint("revision >= 0 AND comment >= 0", name="numbers"),
    Index("ix_readings_person", "person", "post"),
    sqlite_strict=True,
)
