"""What each person has read of a post is known, and which posts were made together as a series."""

import sqlalchemy as sa
from alembic import op

from purdah_scheduler.store import guards_postgresql
from purdah_scheduler.store.guards import FOURTH

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WORDS = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, _NUMBER, nullable=False)


def upgrade() -> None:
    _readings()
    _series()
    _account_checks()
    _server_limits()
    if op.get_bind().dialect.name == "sqlite":
        for guard in FOURTH.values():
            op.execute(guard)
        return
    for statement in guards_postgresql.FOURTH:
        op.get_bind().exec_driver_sql(statement)


def _readings() -> None:
    """What each person has read of a post; and an index of the comments, by which the unread ones are found."""
    op.create_table(
        "readings",
        _number("post"),
        sa.Column("person", _WORDS, nullable=False),
        _number("revision"),
        _number("comment"),
        _number("at"),
        sa.PrimaryKeyConstraint("post", "person", name="pk_readings"),
        sa.ForeignKeyConstraint(["post"], ["posts.id"], name="fk_readings_post"),
        sa.CheckConstraint("revision >= 0 AND comment >= 0", name=op.f("ck_readings_numbers")),
        sqlite_strict=True,
    )
    op.create_index("ix_readings_person", "readings", ["person", "post"])
    commented = sa.text("action = 'post.commented'")
    op.create_index("ix_audit_comments", "audit", ["post", "seq"], sqlite_where=commented, postgresql_where=commented)


def _series() -> None:
    """Which posts were made together, from which post and by which rule."""
    op.create_table(
        "series",
        sa.Column("id", _NUMBER, sa.Identity(), nullable=False),
        _number("source"),
        sa.Column("rule", _WORDS, nullable=False),
        sa.Column("person", _WORDS, nullable=False),
        _number("at"),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sa.ForeignKeyConstraint(["source"], ["posts.id"], name="fk_series_source"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "series_posts",
        sa.Column("post", _NUMBER, autoincrement=False, nullable=False),
        _number("series"),
        _number("number"),
        sa.PrimaryKeyConstraint("post", name="pk_series_posts"),
        sa.ForeignKeyConstraint(["post"], ["posts.id"], name="fk_series_posts_post"),
        sa.ForeignKeyConstraint(["series"], ["series.id"], name="fk_series_posts_series"),
        sa.UniqueConstraint("series", "number", name="uq_series_posts_series"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_series_posts_number")),
        sqlite_strict=True,
    )


def _account_checks() -> None:
    """What each platform said of an account when it was last asked."""
    healths = "'well', 'later', 'unreachable', 'needs-login', 'not-set-up'"
    op.create_table(
        "account_checks",
        sa.Column("account", sa.Text(), nullable=False),
        _number("at"),
        sa.Column("health", _WORDS, nullable=False),
        sa.Column("said", _WORDS, nullable=False),
        sa.Column("expires_at", _NUMBER),
        sa.PrimaryKeyConstraint("account", name="pk_account_checks"),
        sa.CheckConstraint(f"health IN ({healths})", name=op.f("ck_account_checks_health")),
        sqlite_strict=True,
    )


def _server_limits() -> None:
    """What the servers of accounts take, of each the last word."""
    numbers = ("max_length", "max_images", "max_image_bytes", "max_alt")
    op.create_table(
        "server_limits",
        sa.Column("account", sa.Text(), nullable=False),
        *map(_number, numbers),
        _number("at"),
        sa.PrimaryKeyConstraint("account", name="pk_server_limits"),
        sa.CheckConstraint(
            "max_length > 0 AND max_images >= 0 AND max_image_bytes >= 0 AND max_alt >= 0",
            name=op.f("ck_server_limits_numbers"),
        ),
        sqlite_strict=True,
    )


def downgrade() -> None:
    raise NotImplementedError("a store is not taken back to an older schema: restore a backup")
