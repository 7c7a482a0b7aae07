"""The roles of the queue's database, and the rights that each of them has: only what its work needs."""

from collections.abc import Mapping

from sqlalchemy import make_url

from purdah_scheduler.store.attachments import attachments
from purdah_scheduler.store.columns import metadata
from purdah_scheduler.store.guards_postgresql import FUNCTIONS, SCHEMA
from purdah_scheduler.store.postgresql import engine_for, faults_of
from purdah_scheduler.store.translating import translated

OWNER, DAEMON, MEMBER, VIEWER = "purdah_owner", "purdah_daemon", "purdah_member", "purdah_viewer"
RECORDS = "purdah_records"
"""Roles without a login: a login of each person and of each daemon is given one of them."""

_ENDING = "UPDATE (outcome, detail, ended_at)"
_MEMBER: Mapping[str, str] = {
    "posts": "INSERT, UPDATE",
    "revisions": "INSERT",
    "decisions": "INSERT",
    "deliveries": "INSERT, UPDATE",
    "targets": "INSERT, UPDATE, DELETE",
    "attempts": _ENDING,
    "exemptions": "INSERT, UPDATE (revoked_at)",
    "pauses": "INSERT, DELETE",
    "suspensions": "INSERT, DELETE",
    "periods": "INSERT",
    "period_changes": "INSERT",
    "period_proposals": "INSERT, UPDATE (answer, answered_by, answered_at, answer_reason)",
    "checklist_marks": "INSERT",
    "foi_holds": "INSERT",
    "break_glasses": "INSERT, UPDATE (reviewed_by, reviewed_at, review)",
    "look_ups": "INSERT",
    "calendar_revision": "INSERT, UPDATE",
    "daemons": "DELETE",
    "meta": "INSERT, DELETE",
    "notices": "INSERT, UPDATE, DELETE",
    "audit": "INSERT",
    "attachments": "INSERT",
    "readings": "INSERT, UPDATE (revision, comment, at)",
    "series": "INSERT",
    "series_posts": "INSERT",
}
_DAEMON: Mapping[str, str] = {
    "posts": "UPDATE",
    "deliveries": "UPDATE",
    "targets": "UPDATE",
    "attempts": f"INSERT, {_ENDING}",
    "pauses": "INSERT, DELETE",
    "look_ups": "INSERT",
    "rate_limits": "INSERT, DELETE",
    "account_checks": "INSERT, DELETE",
    "server_limits": "INSERT, DELETE",
    "daemons": "INSERT, UPDATE, DELETE",
    "break_glasses": "UPDATE (told_at)",
    "notices": "INSERT, UPDATE, DELETE",
    "meta": "INSERT, UPDATE (value)",
    "audit": "INSERT",
}
"""It sends and records; it neither writes posts nor clears them, and changes no period."""


_RECORDS: Mapping[str, str] = {
    "audit": "UPDATE (private, salt)",
    "decisions": "UPDATE (reason)",
    "exemptions": "UPDATE (reason)",
    "break_glasses": "UPDATE (reason, review)",
    "foi_holds": "UPDATE (released_at, released_by, release_reason)",
    "readings": "DELETE",
}
"""It erases words about people and releases holds; beside it a login has the role of a member."""


def _make(role: str) -> str:
    missing = f"NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')"
    return f"DO $$ BEGIN IF {missing} THEN CREATE ROLE {role} NOLOGIN; END IF; END $$"


def _owned() -> list[str]:
    """Everything belongs to the owner; creating in the database is what PostgreSQL asks of who owns a schema in it."""
    tables = [*sorted(metadata.tables), attachments.name, "alembic_version"]
    return [
        f"GRANT {OWNER} TO CURRENT_USER",
        f"DO $$ BEGIN EXECUTE 'GRANT CREATE ON DATABASE ' || quote_ident(current_database()) || ' TO {OWNER}'; END $$",
        f"ALTER SCHEMA {SCHEMA} OWNER TO {OWNER}",
        *(f"ALTER TABLE {SCHEMA}.{table} OWNER TO {OWNER}" for table in tables),
        *(f"ALTER FUNCTION {SCHEMA}.{name}() OWNER TO {OWNER}" for name in FUNCTIONS),
    ]


def _granted() -> list[str]:
    """From nothing to what each needs: run again after an upgrade it gives the rights of the new version."""
    roles = (DAEMON, MEMBER, VIEWER, RECORDS)
    everybody = ", ".join(roles)
    return [
        f"REVOKE ALL ON SCHEMA {SCHEMA} FROM PUBLIC",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {SCHEMA} FROM PUBLIC, {everybody}",
        f"REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA {SCHEMA} FROM PUBLIC, {everybody}",
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO {everybody}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {everybody}",
        *(f"GRANT {rights} ON {SCHEMA}.{table} TO {MEMBER}" for table, rights in _MEMBER.items()),
        *(f"GRANT {rights} ON {SCHEMA}.{table} TO {DAEMON}" for table, rights in _DAEMON.items()),
        *(f"GRANT {rights} ON {SCHEMA}.{table} TO {RECORDS}" for table, rights in _RECORDS.items()),
    ]


STATEMENTS = (*map(_make, (OWNER, DAEMON, MEMBER, VIEWER, RECORDS)), *_owned(), *_granted())

SQL = "BEGIN;\n" + "".join(f"{statement};\n" for statement in STATEMENTS) + "COMMIT;\n"
"""What makes the roles and gives them their rights; it can be run any number of times."""


def grant(url: str) -> None:
    """Make the roles in the database at `url`. Raises NotAllowed for a login that may not make roles, and what opening raises."""
    address = make_url(url)
    engine = engine_for(address)
    try:
        with translated(faults_of(address)), engine.begin() as connection:
            for statement in STATEMENTS:
                connection.exec_driver_sql(statement)
    finally:
        engine.dispose()
