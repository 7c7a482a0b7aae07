"""Periods narrow their scope, sign-offs and exemptions say what they answer, and checklists are ticked on record."""

import sqlalchemy as sa
from alembic import op

from purdah_scheduler.store.guards import THIRD

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, _NUMBER, nullable=null)


def _words(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def upgrade() -> None:
    op.add_column("periods", _words("accounts", "[]"))
    op.add_column("periods", _words("channels", "[]"))
    op.add_column("periods", _words("campaign"))
    op.add_column("periods", _words("regime"))
    op.add_column("decisions", _words("answers"))
    op.add_column("heartbeat", _words("clock_doubt"))
    op.add_column("heartbeat", sa.Column("platform_ahead", sa.Double().with_variant(sa.REAL(), "sqlite")))
    op.add_column("heartbeat", _number("platform_heard_at", null=True))
    _exemptions()
    op.create_table(
        "checklist_marks",
        sa.Column("id", _NUMBER, nullable=False),
        _words("period", None),
        _words("day", None),
        _words("item", None),
        sa.Column("is_done", sa.Integer(), nullable=False),
        _words("person", None),
        _number("at"),
        _words("note"),
        _words("about"),
        sa.PrimaryKeyConstraint("id", name="pk_checklist_marks"),
        sa.CheckConstraint("day IN ('first', 'last')", name=op.f("ck_checklist_marks_day")),
        sa.CheckConstraint("is_done IN (0, 1)", name=op.f("ck_checklist_marks_is_done")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_checklist_marks_period", "checklist_marks", ["period", "id"])
    if op.get_bind().dialect.name == "sqlite":
        for guard in THIRD.values():
            op.execute(guard)


def downgrade() -> None:
    raise NotImplementedError("a store is not taken back to an older schema: restore a backup")


def _exemptions() -> None:
    """An exemption is for a post or for a campaign: the table is made anew, because SQLite cannot loosen a column."""
    op.drop_index("ix_exemptions_post", table_name="exemptions")
    op.rename_table("exemptions", "exemptions_before")
    op.create_table(
        "exemptions",
        sa.Column("id", _NUMBER, nullable=False),
        _number("post", null=True),
        _words("digest"),
        _words("campaign"),
        _words("answers"),
        _words("person", None),
        _words("reason", None),
        _number("at"),
        _number("expires_at"),
        _number("revoked_at", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_exemptions"),
        sa.CheckConstraint("(post IS NULL) = (campaign <> '')", name=op.f("ck_exemptions_one_of_two")),
        sa.ForeignKeyConstraint(["post"], ["posts.id"], name="fk_exemptions_post"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    columns = "id, post, digest, person, reason, at, expires_at, revoked_at"
    op.execute(f"INSERT INTO exemptions ({columns}) SELECT {columns} FROM exemptions_before ORDER BY id")
    op.drop_table("exemptions_before")
    op.create_index("ix_exemptions_post", "exemptions", ["post", "id"])
