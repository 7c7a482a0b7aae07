"""Periods can be changed after they were declared or read from a file; what loosens waits for a second person."""

import sqlalchemy as sa
from alembic import op

from purdah_scheduler.store.guards import SECOND

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WORDS = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
_ACTIONS = "action IN ('confirm', 'extend', 'lift', 'shorten', 'cancel', 'suppress')"


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, _WORDS, nullable=False)


def _empty(name: str) -> sa.Column[str]:
    return sa.Column(name, _WORDS, nullable=False, server_default="")


def upgrade() -> None:
    op.create_table(
        "period_changes",
        sa.Column("id", _NUMBER, sa.Identity(), nullable=False),
        _text("period"),
        _text("action"),
        sa.Column("instant", _NUMBER),
        _empty("reason"),
        _text("person"),
        sa.Column("at", _NUMBER, nullable=False),
        _empty("second"),
        _text("shape"),
        sa.PrimaryKeyConstraint("id", name="pk_period_changes"),
        sa.CheckConstraint(_ACTIONS, name=op.f("ck_period_changes_action")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "period_proposals",
        sa.Column("id", _NUMBER, sa.Identity(), nullable=False),
        _text("period"),
        _text("action"),
        sa.Column("instant", _NUMBER),
        _text("reason"),
        _text("person"),
        sa.Column("at", _NUMBER, nullable=False),
        _text("shape"),
        sa.Column("seen", _NUMBER, nullable=False),
        _empty("answer"),
        _empty("answered_by"),
        sa.Column("answered_at", _NUMBER),
        _empty("answer_reason"),
        sa.PrimaryKeyConstraint("id", name="pk_period_proposals"),
        sa.CheckConstraint(_ACTIONS, name=op.f("ck_period_proposals_action")),
        sa.CheckConstraint("answer IN ('', 'accepted', 'refused')", name=op.f("ck_period_proposals_answer")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        for guard in SECOND.values():
            op.execute(guard)


def downgrade() -> None:
    raise NotImplementedError("a store is not taken back to an older schema: restore a backup")
