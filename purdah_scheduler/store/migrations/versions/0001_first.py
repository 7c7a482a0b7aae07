"""The first schema: posts, clearance, deliveries, the house and the record."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

from purdah_scheduler.store.guards import FIRST

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Sorted and compared byte by byte on every database, whatever the language of the server.
_WORDS = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
_SECONDS: TypeEngine[float] = sa.Double().with_variant(sa.REAL(), "sqlite")


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, _NUMBER, nullable=null)


def _at(name: str, *, null: bool = False) -> sa.Column[int]:
    """Microseconds of UTC since 1970."""
    return sa.Column(name, _NUMBER, nullable=null)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, _WORDS, nullable=False)


def _empty(name: str) -> sa.Column[str]:
    return sa.Column(name, _WORDS, nullable=False, server_default="")


def upgrade() -> None:
    _posts()
    _deliveries()
    _house()
    if op.get_bind().dialect.name == "sqlite":
        for guard in FIRST.values():
            op.execute(guard)


def downgrade() -> None:
    raise NotImplementedError("a store is not taken back to an older schema: restore a backup")


def _posts() -> None:
    """What is written and cleared."""
    op.create_table(
        "posts",
        sa.Column("id", _NUMBER, sa.Identity(), nullable=False),
        _text("title"),
        _text("state"),
        _number("revision"),
        _text("created_by"),
        _at("created_at"),
        _at("planned_at", null=True),
        _empty("notes"),
        _number("row_version"),
        _empty("category"),
        _empty("preview"),
        _empty("folded_title"),
        _empty("folded_text"),
        _empty("shown_state"),
        _at("shown_at", null=True),
        _at("sort_at"),
        _empty("shown_reason_code"),
        _empty("shown_reason"),
        _empty("shown_url"),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
        sa.CheckConstraint("revision >= 1 AND row_version >= 1", name=op.f("ck_posts_numbers")),
        sa.CheckConstraint(
            "state IN ('draft', 'in_review', 'cleared', 'scheduled', 'rejected', 'withdrawn')", name=op.f("ck_posts_state")
        ),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_posts_shown", "posts", ["shown_state", "sort_at", "id"])
    op.create_index("ix_posts_sort", "posts", ["sort_at", "id"])
    op.create_table(
        "revisions",
        _number("post"),
        _number("number"),
        _text("content"),
        _text("digest"),
        _text("author"),
        _at("at"),
        sa.PrimaryKeyConstraint("post", "number", name="pk_revisions"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_revisions_number")),
        sa.ForeignKeyConstraint(["post"], ["posts.id"], name="fk_revisions_post"),
        sqlite_strict=True,
    )
    op.create_table(
        "decisions",
        sa.Column("id", _NUMBER, sa.Identity(), nullable=False),
        _number("post"),
        _number("revision"),
        _text("person"),
        _text("stage"),
        _text("choice"),
        _text("digest"),
        _at("at"),
        _text("assurance"),
        _empty("reason"),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.CheckConstraint("assurance IN ('claimed', 'authenticated', 'signed')", name=op.f("ck_decisions_assurance")),
        sa.CheckConstraint("choice IN ('approve', 'reject', 'withdraw')", name=op.f("ck_decisions_choice")),
        sa.ForeignKeyConstraint(["post", "revision"], ["revisions.post", "revisions.number"], name="fk_decisions_post"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_decisions_post", "decisions", ["post", "id"])
    op.create_table(
        "exemptions",
        sa.Column("id", _NUMBER, sa.Identity(), nullable=False),
        _number("post"),
        _text("digest"),
        _text("person"),
        _text("reason"),
        _at("at"),
        _at("expires_at"),
        _at("revoked_at", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_exemptions"),
        sa.ForeignKeyConstraint(["post"], ["posts.id"], name="fk_exemptions_post"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_exemptions_post", "exemptions", ["post", "id"])


def _deliveries() -> None:
    """What is sent."""
    op.create_table(
        "deliveries",
        sa.Column("id", _NUMBER, sa.Identity(), nullable=False),
        _number("post"),
        _text("account"),
        _text("state"),
        _at("due_at"),
        _at("ready_at"),
        _number("revision"),
        _text("digest"),
        _empty("reason_code"),
        _empty("reason"),
        _number("fence"),
        _empty("owner"),
        _at("lease_until", null=True),
        _number("attempts"),
        _at("not_again_before", null=True),
        _empty("remote_id"),
        _empty("remote_url"),
        _at("published_at", null=True),
        sa.Column("staged", _WORDS),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.CheckConstraint("fence >= 0 AND attempts >= 0", name=op.f("ck_deliveries_numbers")),
        sa.CheckConstraint("ready_at >= due_at", name=op.f("ck_deliveries_ready")),
        sa.CheckConstraint(
            "state IN ('scheduled', 'claimed', 'sending', 'published', 'unknown', 'held', 'missed', 'failed', 'cancelled')",
            name=op.f("ck_deliveries_state"),
        ),
        sa.ForeignKeyConstraint(["post", "revision"], ["revisions.post", "revisions.number"], name="fk_deliveries_post"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "ix_deliveries_attention",
        "deliveries",
        ["state", "due_at", "id"],
        sqlite_where=sa.text("state IN ('claimed', 'sending', 'unknown', 'held', 'missed', 'failed')"),
        postgresql_where=sa.text("state IN ('claimed', 'sending', 'unknown', 'held', 'missed', 'failed')"),
    )
    op.create_index(
        "ix_deliveries_busy",
        "deliveries",
        ["account"],
        sqlite_where=sa.text("state IN ('claimed', 'sending')"),
        postgresql_where=sa.text("state IN ('claimed', 'sending')"),
    )
    op.create_index("ix_deliveries_post", "deliveries", ["post", "id"])
    op.create_index(
        "ix_deliveries_ready",
        "deliveries",
        ["ready_at", "id", "account"],
        sqlite_where=sa.text("state = 'scheduled'"),
        postgresql_where=sa.text("state = 'scheduled'"),
    )
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["account", "ready_at", "id"],
        sqlite_where=sa.text("state = 'scheduled'"),
        postgresql_where=sa.text("state = 'scheduled'"),
    )
    op.create_index(
        "uq_deliveries_once",
        "deliveries",
        ["post", "account", "revision"],
        unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_index(
        "uq_deliveries_open",
        "deliveries",
        ["post", "account"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('published', 'cancelled')"),
        postgresql_where=sa.text("state NOT IN ('published', 'cancelled')"),
    )
    op.create_table(
        "targets",
        _number("post"),
        _text("account"),
        _number("delivery", null=True),
        sa.Column("is_current", sa.Integer(), nullable=False, server_default="1"),
        _empty("state"),
        _at("at", null=True),
        _at("sort_at"),
        sa.PrimaryKeyConstraint("post", "account", name="pk_targets"),
        sa.CheckConstraint("is_current IN (0, 1)", name=op.f("ck_targets_is_current")),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name="fk_targets_delivery"),
        sa.ForeignKeyConstraint(["post"], ["posts.id"], name="fk_targets_post"),
        sa.UniqueConstraint("delivery", name="uq_targets_delivery"),
        sqlite_strict=True,
    )
    op.create_index("ix_targets_account", "targets", ["account", "sort_at", "post"])
    op.create_index("ix_targets_sort", "targets", ["sort_at", "post", "account"])
    op.create_index("ix_targets_state", "targets", ["state", "sort_at", "post", "account"])
    op.create_table(
        "attempts",
        _number("delivery"),
        _number("number"),
        _at("intent_at"),
        _text("owner"),
        _empty("outcome"),
        _empty("detail"),
        _at("ended_at", null=True),
        sa.PrimaryKeyConstraint("delivery", "number", name="pk_attempts"),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name="fk_attempts_delivery"),
        sqlite_strict=True,
    )


def _house() -> None:
    """What concerns everybody."""
    op.create_table(
        "pauses",
        _text("account"),
        _text("person"),
        _text("reason"),
        _at("at"),
        sa.PrimaryKeyConstraint("account", name="pk_pauses"),
        sqlite_strict=True,
    )
    op.create_table(
        "suspensions",
        _text("person"),
        _text("by_person"),
        _at("at"),
        sa.PrimaryKeyConstraint("person", name="pk_suspensions"),
        sqlite_strict=True,
    )
    op.create_table(
        "periods",
        _text("id"),
        _text("name"),
        _text("kind"),
        _text("bodies"),
        _text("nations"),
        _empty("area"),
        _at("starts"),
        _at("ends"),
        _text("starts_precision"),
        _text("end_mode"),
        _text("basis"),
        _empty("basis_note"),
        _empty("ends_note"),
        _at("announced_at", null=True),
        _text("status"),
        _at("lifted_at", null=True),
        sa.Column("polling_day", _WORDS),
        _empty("source"),
        _empty("confidence"),
        _empty("notes"),
        sa.PrimaryKeyConstraint("id", name="pk_periods"),
        sa.CheckConstraint("end_mode IN ('fixed', 'manual-lift')", name=op.f("ck_periods_end_mode")),
        sa.CheckConstraint("starts < ends", name=op.f("ck_periods_order")),
        sa.CheckConstraint(
            "status IN ('provisional', 'confirmed', 'held', 'lifted', 'cancelled')", name=op.f("ck_periods_status")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "calendar_revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        _number("number"),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_revision"),
        sa.CheckConstraint("id = 1", name=op.f("ck_calendar_revision_one_row")),
        sqlite_strict=True,
    )
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        _text("owner"),
        _text("host"),
        _number("pid"),
        _at("started_at"),
        _at("seen_at"),
        sa.Column("every", _SECONDS, nullable=False),
        _text("version"),
        _at("stopped_at", null=True),
        _at("high_water"),
        sa.PrimaryKeyConstraint("id", name="pk_heartbeat"),
        sa.CheckConstraint("id = 1", name=op.f("ck_heartbeat_one_row")),
        sqlite_strict=True,
    )
    op.create_table(
        "meta",
        _text("name"),
        _text("value"),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
        sqlite_strict=True,
    )
    op.create_table(
        "audit",
        sa.Column("seq", _NUMBER, autoincrement=False, nullable=False),
        _at("at"),
        _text("action"),
        _number("post", null=True),
        _number("delivery", null=True),
        _text("public"),
        sa.Column("private", _WORDS),
        sa.Column("salt", _WORDS),
        _text("commitment"),
        _text("prev"),
        _text("hash"),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
        sa.UniqueConstraint("hash", name="uq_audit_hash"),
        sqlite_strict=True,
    )
    op.create_index("ix_audit_post", "audit", ["post", "seq"])
