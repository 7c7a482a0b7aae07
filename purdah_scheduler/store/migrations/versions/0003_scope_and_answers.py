"""Periods narrow their scope, sign-offs say what they answer, checklists are ticked, people are told, threads go out by parts."""

import sqlalchemy as sa
from alembic import op

from purdah_scheduler.store import guards_postgresql
from purdah_scheduler.store.guards import REPLACED, THIRD

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ASSURANCE = "assurance IN ('claimed', 'authenticated', 'signed')"
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WORDS = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, _NUMBER, nullable=null)


def _words(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, _WORDS, nullable=False, server_default=default)


def upgrade() -> None:
    op.add_column("periods", _words("accounts", "[]"))
    op.add_column("periods", _words("channels", "[]"))
    op.add_column("periods", _words("campaign"))
    op.add_column("periods", _words("regime"))
    op.add_column("decisions", _words("answers"))
    _daemons()
    op.add_column("decisions", _words("proof"))
    _logins()
    _exemptions()
    op.create_table(
        "checklist_marks",
        sa.Column("id", _NUMBER, sa.Identity(), nullable=False),
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
    _notices()
    _platforms()
    _break_glass()
    _threads()
    _holds()
    if _on_sqlite():
        for replaced in REPLACED:
            op.execute(f"DROP TRIGGER {replaced}")
        for guard in THIRD.values():
            op.execute(guard)
        return
    _attachments()
    for statement in guards_postgresql.THIRD:
        op.get_bind().exec_driver_sql(statement)


def _logins() -> None:
    """Which person each login of a server stands for; and how surely whoever exempted something was known."""
    op.create_table(
        "logins",
        _words("login", None),
        _words("person", None),
        _number("at"),
        sa.PrimaryKeyConstraint("login", name="pk_logins"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    raise NotImplementedError("a store is not taken back to an older schema: restore a backup")


def _platforms() -> None:
    """What platforms said: looks for posts whose outcome is unknown, and until when an account takes nothing."""
    op.create_table(
        "look_ups",
        sa.Column("id", _NUMBER, sa.Identity(), nullable=False),
        _number("delivery"),
        _number("attempt"),
        _number("at"),
        _words("outcome", None),
        _words("detail"),
        _number("again_at", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_look_ups"),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name="fk_look_ups_delivery"),
        sa.CheckConstraint("outcome IN ('asked', 'found', 'absent', 'unclear')", name=op.f("ck_look_ups_outcome")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_look_ups_delivery", "look_ups", ["delivery", "id"])
    op.create_table(
        "rate_limits",
        _words("account", None),
        _number("until"),
        _words("reason", None),
        _number("at"),
        sa.PrimaryKeyConstraint("account", name="pk_rate_limits"),
        sqlite_strict=True,
    )


def _threads() -> None:
    """A delivery is one part of a post on an account, and waits for the part before it."""
    op.add_column("deliveries", sa.Column("part", _NUMBER, nullable=False, server_default="1"))
    op.add_column("deliveries", sa.Column("parts", _NUMBER, nullable=False, server_default="1"))
    op.add_column("deliveries", _words("follows"))
    indexes = {
        "ix_deliveries_ready": (["ready_at", "id", "account", "part"], "state = 'scheduled'"),
        "ix_deliveries_waiting": (["account", "ready_at", "id", "part"], "state = 'scheduled'"),
        "uq_deliveries_once": (["post", "account", "revision", "part"], "state <> 'cancelled'"),
        "uq_deliveries_open": (["post", "account", "part"], "state NOT IN ('published', 'cancelled')"),
    }
    for name in indexes:
        op.drop_index(name, table_name="deliveries")
    indexes["ix_deliveries_following"] = (["account", "ready_at", "id"], "state = 'scheduled' AND part > 1")
    for name, (columns, state) in indexes.items():
        where, unique = sa.text(state), name.startswith("uq_")
        op.create_index(name, "deliveries", columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _daemons() -> None:
    """Each daemon has a sign of life of its own; the latest time that any of them saw is a fact of the store."""
    seconds: sa.types.TypeEngine[float] = sa.Double().with_variant(sa.REAL(), "sqlite")
    op.create_table(
        "daemons",
        _words("owner", None),
        _words("host", None),
        _number("pid"),
        _number("started_at"),
        _number("seen_at"),
        sa.Column("every", seconds, nullable=False),
        _words("version", None),
        _number("stopped_at", null=True),
        _words("clock_doubt"),
        sa.Column("platform_ahead", seconds),
        _number("platform_heard_at", null=True),
        sa.PrimaryKeyConstraint("owner", name="pk_daemons"),
        sqlite_strict=True,
    )
    columns = "owner, host, pid, started_at, seen_at, every, version, stopped_at"
    op.execute(f"INSERT INTO daemons ({columns}) SELECT {columns} FROM heartbeat")
    op.execute("INSERT INTO meta (name, value) SELECT 'high water', CAST(high_water AS TEXT) FROM heartbeat")
    op.drop_table("heartbeat")


def _holds() -> None:
    """What was asked for under the Freedom of Information Act, and so is not erased."""
    op.create_table(
        "foi_holds",
        sa.Column("id", _NUMBER, sa.Identity(), nullable=False),
        _words("reference", None),
        _number("post", null=True),
        _number("since", null=True),
        _number("until", null=True),
        _words("reason"),
        _words("person", None),
        _number("at"),
        _number("released_at", null=True),
        _words("released_by"),
        _words("release_reason"),
        sa.PrimaryKeyConstraint("id", name="pk_foi_holds"),
        sa.ForeignKeyConstraint(["post"], ["posts.id"], name="fk_foi_holds_post"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )


def _break_glass() -> None:
    """Who let which text out without which clearances, and who reviewed that."""
    op.create_table(
        "break_glasses",
        sa.Column("id", _NUMBER, sa.Identity(), nullable=False),
        _number("post"),
        _words("digest", None),
        _number("revision"),
        *(_words(name, None) for name in ("person", "stages", "reason", "incident")),
        _number("at"),
        _number("told_at", null=True),
        _words("reviewed_by"),
        _number("reviewed_at", null=True),
        _words("review"),
        sa.PrimaryKeyConstraint("id", name="pk_break_glasses"),
        sa.ForeignKeyConstraint(["post"], ["posts.id"], name="fk_break_glasses_post"),
        sa.CheckConstraint(
            "reviewed_by <> person AND (reviewed_at IS NULL) = (reviewed_by = '')", name=op.f("ck_break_glasses_another")
        ),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_break_glasses_post", "break_glasses", ["post", "id"])


def _on_sqlite() -> bool:
    """PostgreSQL came with this revision: its guards, and the table of attachments, are all made here."""
    return op.get_bind().dialect.name == "sqlite"


def _notices() -> None:
    """What people are told without asking: made of the record, and no part of it."""
    op.create_table(
        "notices",
        sa.Column("id", _NUMBER, sa.Identity(), nullable=False),
        *(_words(name, None) for name in ("channel", "people", "kind", "topic", "items")),
        _number("at"),
        _number("ready_at"),
        _words("state", None),
        _number("tries"),
        _words("fault"),
        _number("ended_at", null=True),
        _number("more"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_notices_state", "notices", ["state", "ready_at", "id"])
    op.create_index("ix_notices_topic", "notices", ["topic", "channel", "id"])


def _attachments() -> None:
    """A team's hosts share no folder: the files are in the database, and nothing is kept under a hash that is not its own."""
    op.create_table(
        "attachments",
        _words("sha256", None),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_attachments"),
        sa.CheckConstraint("encode(sha256(data), 'hex') = sha256", name=op.f("ck_attachments_sha256")),
    )


def _exemptions() -> None:
    """An exemption is for a post or for a campaign; SQLite cannot loosen a column, so that its table is made anew."""
    if not _on_sqlite():
        op.alter_column("exemptions", "post", nullable=True)
        op.alter_column("exemptions", "digest", server_default="")
        op.add_column("exemptions", _words("campaign"))
        op.add_column("exemptions", _words("answers"))
        op.add_column("exemptions", _words("assurance", "claimed"))
        op.create_check_constraint(op.f("ck_exemptions_assurance"), "exemptions", _ASSURANCE)
        op.create_check_constraint(op.f("ck_exemptions_one_of_two"), "exemptions", "(post IS NULL) = (campaign <> '')")
        return
    op.drop_index("ix_exemptions_post", table_name="exemptions")
    op.rename_table("exemptions", "exemptions_before")
    op.create_table(
        "exemptions",
        sa.Column("id", _NUMBER, sa.Identity(), nullable=False),
        _number("post", null=True),
        _words("digest"),
        _words("campaign"),
        _words("answers"),
        _words("person", None),
        _words("reason", None),
        _number("at"),
        _number("expires_at"),
        _number("revoked_at", null=True),
        _words("assurance", "claimed"),
        sa.PrimaryKeyConstraint("id", name="pk_exemptions"),
        sa.CheckConstraint("(post IS NULL) = (campaign <> '')", name=op.f("ck_exemptions_one_of_two")),
        sa.CheckConstraint(_ASSURANCE, name=op.f("ck_exemptions_assurance")),
        sa.ForeignKeyConstraint(["post"], ["posts.id"], name="fk_exemptions_post"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    columns = "id, post, digest, person, reason, at, expires_at, revoked_at"
    op.execute(f"INSERT INTO exemptions ({columns}) SELECT {columns} FROM exemptions_before ORDER BY id")
    op.drop_table("exemptions_before")
    op.create_index("ix_exemptions_post", "exemptions", ["post", "id"])
