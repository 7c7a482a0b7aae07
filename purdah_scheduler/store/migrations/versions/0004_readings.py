"""What each person has read of a post is known, so that what changed since can be shown."""

from alembic import op

from purdah_scheduler.store import guards_postgresql
from purdah_scheduler.store.guards import FOURTH

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for guard in FOURTH.values():
            op.execute(guard)
        return
    for statement in guards_postgresql.FOURTH:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise NotImplementedError("a store is not taken back to an older schema: restore a backup")
