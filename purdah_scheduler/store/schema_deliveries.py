"""The table of what is claimed and sent, with the indexes that the queue lives on."""

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Identity, Index, Table, Text, text

from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.store.columns import Instant, Number, metadata, one_of, words

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Number, Identity(), primary_key=True),
    Column("post", Number, nullable=False),
    words("account", default=None),
    words("state", default=None),
    Column("due_at", Instant, nullable=False),
    Column("ready_at", Instant, nullable=False),
    Column("revision", Number, nullable=False),
    words("digest", default=None),
    words("reason_code"),
    words("reason"),
    Column("fence", Number, nullable=False),
    words("owner"),
    Column("lease_until", Instant),
    Column("attempts", Number, nullable=False),
    Column("not_again_before", Instant),
    words("remote_id"),
    words("remote_url"),
    Column("published_at", Instant),
    Column("staged", Text),
    Column("part", Number, nullable=False, server_default="1"),
    Column("parts", Number, nullable=False, server_default="1"),
    words("follows"),
    ForeignKeyConstraint(["post", "revision"], ["revisions.post", "revisions.number"]),
    CheckConstraint(one_of("state", DeliveryState), name="state"),
    CheckConstraint("fence >= 0 AND attempts >= 0", name="numbers"),
    CheckConstraint("ready_at >= due_at", name="ready"),
    Index("ix_deliveries_post", "post", "id"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

UNSETTLED = "state IN ('claimed', 'sending', 'unknown', 'held', 'missed', 'failed')"
"""Neither waiting for its time nor over. The condition of an index: a look-up repeats it word for word."""

# The planner uses a partial index only for a condition that it can read in the statement: the states are literals here
# and in the look-ups (a bound `state IN (?, ?)` scans; 17 ms against 0.004 ms at 100,000 rows). There is no index on the state
# alone: the planner would take it for the next due time, and sort everything that is scheduled.
# Only SQLite's form is given here: naming PostgreSQL's too would load that dialect at every start (an eighth of it).
Index(
    "ix_deliveries_ready",
    deliveries.c.ready_at,
    deliveries.c.id,
    deliveries.c.account,
    deliveries.c.part,
    sqlite_where=text("state = 'scheduled'"),
)
Index(
    "ix_deliveries_waiting",
    deliveries.c.account,
    deliveries.c.ready_at,
    deliveries.c.id,
    deliveries.c.part,
    sqlite_where=text("state = 'scheduled'"),
)
Index(
    "ix_deliveries_attention",
    deliveries.c.state,
    deliveries.c.due_at,
    deliveries.c.id,
    sqlite_where=text(UNSETTLED),
)
Index(
    "ix_deliveries_busy",
    deliveries.c.account,
    sqlite_where=text("state IN ('claimed', 'sending')"),
)
# Parts of threads whose turn has come: the account sends nothing else before them.
Index(
    "ix_deliveries_following",
    deliveries.c.account,
    deliveries.c.ready_at,
    deliveries.c.id,
    sqlite_where=text("state = 'scheduled' AND part > 1"),
)
# Promise 3, "never twice", held by the database itself: one open delivery of a part of a post on an account, one a revision.
Index(
    "uq_deliveries_open",
    deliveries.c.post,
    deliveries.c.account,
    deliveries.c.part,
    unique=True,
    sqlite_where=text("state NOT IN ('published', 'cancelled')"),
)
Index(
    "uq_deliveries_once",
    deliveries.c.post,
    deliveries.c.account,
    deliveries.c.revision,
    deliveries.c.part,
    unique=True,
    sqlite_where=text("state <> 'cancelled'"),
)
