"""The tables of series: which posts were made together, from which post and by which rule; neither is ever altered."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Identity, Table, UniqueConstraint

from purdah_scheduler.store.columns import Instant, Number, metadata, words

series = Table(
    "series",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    Column("source", Number, ForeignKey("posts.id"), nullable=False),
    words("rule", default=None),
    words("person", default=None),
    Column("at", Instant, nullable=False),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

series_posts = Table(
    "series_posts",
    metadata,
    Column("post", Number, ForeignKey("posts.id"), primary_key=True, autoincrement=False),
    Column("series", Number, ForeignKey("series.id"), nullable=False),
    Column("number", Number, nullable=False),
    UniqueConstraint("series", "number"),
    CheckConstraint("number >= 1", name="number"),
    sqlite_strict=True,
)
