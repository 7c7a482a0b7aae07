"""The tables: what is kept of posts, of the house and of the record, and the indexes that the queue lives on.

Columns named `shown_…` on posts, and state and time on targets, are caches for lists; the store recomputes them in the
transaction that changes what they are made of. Nothing that decides reads them.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.people import Assurance
from purdah_scheduler.domain.period_changes import Action, Answer
from purdah_scheduler.domain.periods import EndMode, PeriodStatus
from purdah_scheduler.domain.posts import PostState
from purdah_scheduler.domain.readings import COMMENTED
from purdah_scheduler.store.columns import Instant, Number, metadata, one_of, words
from purdah_scheduler.store.schema_deliveries import UNSETTLED, deliveries

__all__ = ["UNSETTLED", "deliveries"]

posts = Table(
    "posts",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    words("title", default=None),
    words("state", default=None),
    Column("revision", Number, nullable=False),
    words("created_by", default=None),
    Column("created_at", Instant, nullable=False),
    Column("planned_at", Instant),
    words("notes"),
    Column("row_version", Number, nullable=False),
    words("category"),
    words("preview"),
    words("folded_title"),
    words("folded_text"),
    words("shown_state"),
    Column("shown_at", Instant),
    Column("sort_at", Instant, nullable=False),
    words("shown_reason_code"),
    words("shown_reason"),
    words("shown_url"),
    CheckConstraint(one_of("state", PostState), name="state"),
    CheckConstraint("revision >= 1 AND row_version >= 1", name="numbers"),
    Index("ix_posts_sort", "sort_at", "id"),
    Index("ix_posts_shown", "shown_state", "sort_at", "id"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

revisions = Table(
    "revisions",
    metadata,
    Column("post", Number, ForeignKey("posts.id"), nullable=False),
    Column("number", Number, nullable=False),
    words("content", default=None),
    words("digest", default=None),
    words("author", default=None),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("post", "number"),
    CheckConstraint("number >= 1", name="number"),
    sqlite_strict=True,
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    Column("post", Number, nullable=False),
    Column("revision", Number, nullable=False),
    words("person", default=None),
    words("stage", default=None),
    words("choice", default=None),
    words("digest", default=None),
    Column("at", Instant, nullable=False),
    words("assurance", default=None),
    words("reason"),
    words("answers"),
    words("proof"),
    ForeignKeyConstraint(["post", "revision"], ["revisions.post", "revisions.number"]),
    CheckConstraint(one_of("choice", Choice), name="choice"),
    CheckConstraint(one_of("assurance", Assurance), name="assurance"),
    Index("ix_decisions_post", "post", "id"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

targets = Table(
    "targets",
    metadata,
    Column("post", Number, ForeignKey("posts.id"), nullable=False),
    words("account", default=None),
    Column("delivery", Number, ForeignKey("deliveries.id")),
    Column("is_current", Integer, nullable=False, server_default="1"),
    words("state"),
    Column("at", Instant),
    Column("sort_at", Instant, nullable=False),
    PrimaryKeyConstraint("post", "account"),
    UniqueConstraint("delivery"),
    CheckConstraint("is_current IN (0, 1)", name="is_current"),
    Index("ix_targets_sort", "sort_at", "post", "account"),
    Index("ix_targets_state", "state", "sort_at", "post", "account"),
    Index("ix_targets_account", "account", "sort_at", "post"),
    sqlite_strict=True,
)

attempts = Table(
    "attempts",
    metadata,
    Column("delivery", Number, ForeignKey("deliveries.id"), nullable=False),
    Column("number", Number, nullable=False),
    Column("intent_at", Instant, nullable=False),
    words("owner", default=None),
    words("outcome"),
    words("detail"),
    Column("ended_at", Instant),
    PrimaryKeyConstraint("delivery", "number"),
    sqlite_strict=True,
)

exemptions = Table(
    "exemptions",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    Column("post", Number, ForeignKey("posts.id")),
    words("digest"),
    words("campaign"),
    words("answers"),
    words("person", default=None),
    words("reason", default=None),
    Column("at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    words("assurance", default=str(Assurance.CLAIMED)),
    CheckConstraint("(post IS NULL) = (campaign <> '')", name="one_of_two"),
    CheckConstraint(one_of("assurance", Assurance), name="assurance"),
    Index("ix_exemptions_post", "post", "id"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

pauses = Table(
    "pauses",
    metadata,
    Column("account", Text, primary_key=True),
    words("person", default=None),
    words("reason", default=None),
    Column("at", Instant, nullable=False),
    sqlite_strict=True,
)

suspensions = Table(
    "suspensions",
    metadata,
    Column("person", Text, primary_key=True),
    words("by_person", default=None),
    Column("at", Instant, nullable=False),
    sqlite_strict=True,
)

periods = Table(
    "periods",
    metadata,
    Column("id", Text, primary_key=True),
    words("name", default=None),
    words("kind", default=None),
    words("bodies", default=None),
    words("nations", default=None),
    words("area"),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    words("starts_precision", default=None),
    words("end_mode", default=None),
    words("basis", default=None),
    words("basis_note"),
    words("ends_note"),
    Column("announced_at", Instant),
    words("status", default=None),
    Column("lifted_at", Instant),
    Column("polling_day", Text),
    words("source"),
    words("confidence"),
    words("notes"),
    words("accounts", default="[]"),
    words("channels", default="[]"),
    words("campaign"),
    words("regime"),
    CheckConstraint("starts < ends", name="order"),
    CheckConstraint(one_of("end_mode", EndMode), name="end_mode"),
    CheckConstraint(one_of("status", PeriodStatus), name="status"),
    sqlite_strict=True,
)

period_changes = Table(
    "period_changes",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    words("period", default=None),
    words("action", default=None),
    Column("instant", Instant),
    words("reason"),
    words("person", default=None),
    Column("at", Instant, nullable=False),
    words("second"),
    words("shape", default=None),
    CheckConstraint(one_of("action", Action), name="action"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

period_proposals = Table(
    "period_proposals",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    words("period", default=None),
    words("action", default=None),
    Column("instant", Instant),
    words("reason", default=None),
    words("person", default=None),
    Column("at", Instant, nullable=False),
    words("shape", default=None),
    Column("seen", Number, nullable=False),
    words("answer"),
    words("answered_by"),
    Column("answered_at", Instant),
    words("answer_reason"),
    CheckConstraint(one_of("action", Action), name="action"),
    CheckConstraint(one_of("answer", ("", *Answer)), name="answer"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

checklist_marks = Table(
    "checklist_marks",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    words("period", default=None),
    words("day", default=None),
    words("item", default=None),
    Column("is_done", Integer, nullable=False),
    words("person", default=None),
    Column("at", Instant, nullable=False),
    words("note"),
    words("about"),
    CheckConstraint("day IN ('first', 'last')", name="day"),
    CheckConstraint("is_done IN (0, 1)", name="is_done"),
    Index("ix_checklist_marks_period", "period", "id"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

calendar_revision = Table(
    "calendar_revision",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", Number, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
    sqlite_strict=True,
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    words("action", default=None),
    Column("post", Number),
    Column("delivery", Number),
    words("public", default=None),
    Column("private", Text),
    Column("salt", Text),
    words("commitment", default=None),
    words("prev", default=None),
    words("hash", default=None),
    UniqueConstraint("hash"),
    Index("ix_audit_post", "post", "seq"),
    Index("ix_audit_comments", "post", "seq", sqlite_where=text(f"action = '{COMMENTED}'")),
    sqlite_strict=True,
)

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    words("value", default=None),
    sqlite_strict=True,
)
