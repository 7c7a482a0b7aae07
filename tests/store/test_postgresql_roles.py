"""Who may do what in the database: a login has the rights of its work, whatever program it uses."""

import subprocess
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from purdah_scheduler.application.outcomes import DAEMON
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.posts import Attempt, DeliveryState, Pause
from purdah_scheduler.errors import NotAllowed
from purdah_scheduler.store import roles_postgresql
from purdah_scheduler.store.columns import metadata
from purdah_scheduler.store.postgresql import create_store, migrate_store, open_attachments, open_store
from tests.postgresql import Server
from tests.store import builders as make
from tests.store.test_postgresql_guards import RECORD

LOGINS = {"a_member": roles_postgresql.MEMBER, "a_daemon": roles_postgresql.DAEMON, "a_viewer": roles_postgresql.VIEWER}


@pytest.fixture
def guarded(postgresql: Server, database: str, url: str) -> str:
    """A database with a row in every table of the record, the roles, and a login of each; its name."""
    store = open_store(url)
    make.fill(store)
    open_attachments(store).put(b"a picture")
    store.close()
    roles_postgresql.grant(url)
    postgresql.sql("INSERT INTO purdah.logins VALUES ('a_member', 'ada', 1)", database=database)
    for login, role in LOGINS.items():
        missing = f"NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{login}')"
        postgresql.sql(f"DO $$ BEGIN IF {missing} THEN CREATE ROLE {login} LOGIN; END IF; END $$", f"GRANT {role} TO {login}")
    return database


def refused(postgresql: Server, database: str, login: str, statement: str) -> bool:
    """Whether the server itself says no, for want of a right."""
    try:
        postgresql.sql("SET search_path = purdah", statement, database=database, login=login)
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


@pytest.mark.parametrize("login", LOGINS)
def test_nobody_rewrites_the_record_or_takes_its_guards_away(postgresql: Server, guarded: str, login: str) -> None:
    for table in RECORD:
        for attack in (
            f"DELETE FROM {table}",
            f"TRUNCATE {table}",
            f"ALTER TABLE {table} DISABLE TRIGGER USER",
            f"DROP TABLE {table} CASCADE",
        ):
            assert refused(postgresql, guarded, login, attack), attack
    for attack in (
        "UPDATE audit SET action = 'x'",
        "UPDATE audit SET private = NULL, salt = NULL",
        "UPDATE decisions SET choice = 'approve'",
        "UPDATE revisions SET content = ''",
        "UPDATE attempts SET intent_at = 1",
        "UPDATE attachments SET data = ''",
        "CREATE TABLE purdah.mine (a int)",
        "CREATE OR REPLACE FUNCTION purdah.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "SET session_replication_role = replica",
        f"SET ROLE {roles_postgresql.OWNER}",
    ):
        assert refused(postgresql, guarded, login, attack), attack


def test_a_viewer_reads_everything_and_changes_nothing(postgresql: Server, guarded: str) -> None:
    store = open_store(postgresql.url(guarded, "a_viewer"))
    with store.read() as reader:
        assert reader.counts() == {"draft": 3, "scheduled": 1}
        assert verify(reader.entries()).ok
    assert store.change_mark() == store.change_mark()
    fault = make.refusal(lambda: make.add_post(store), NotAllowed)
    assert "The login a_viewer has no right to do this" in fault.message
    for table in metadata.tables:
        assert refused(postgresql, guarded, "a_viewer", f"INSERT INTO {table} DEFAULT VALUES"), table
    store.close()


def test_a_daemon_claims_and_records_and_neither_writes_nor_clears_nor_changes_periods(postgresql: Server, guarded: str) -> None:
    store = open_store(postgresql.url(guarded, "a_daemon"))
    until = make.NOON + timedelta(minutes=1)
    store.beat(make.heartbeat(), high_water=make.NOON)
    with store.write() as tx:
        (claimed,) = tx.claim_due(now=make.NOON, owner="d", lease_until=until, limit=1)
        sending = replace(claimed, state=DeliveryState.SENDING)
        assert tx.save_delivery(sending, was=DeliveryState.CLAIMED)
        attempt = Attempt(delivery=claimed.id, number=2, intent_at=make.NOON, owner="d")
        tx.add_attempt(attempt)
        tx.end_attempt(replace(attempt, outcome="held", ended_at=make.NOON))
        tx.set_pause(Pause(account="dept-x", person=DAEMON, reason="login", at=make.NOON))
        tx.record(replace(make.entry(), private={"person": DAEMON}))
    store.close()
    for table in ("posts", "revisions", "decisions", "periods", "period_changes", "exemptions", "suspensions", "attachments"):
        assert refused(postgresql, guarded, "a_daemon", f"INSERT INTO {table} DEFAULT VALUES"), table
    assert refused(postgresql, guarded, "a_daemon", "UPDATE calendar_revision SET number = 9")


def test_a_member_does_everything_that_people_do(postgresql: Server, guarded: str) -> None:
    store = open_store(postgresql.url(guarded, "a_member"))
    make.work(store, alone=True)
    open_attachments(store).put(b"another picture")
    with store.write() as tx:
        tx.declare_period(make.period())
        tx.suspend("bob", "ada", make.NOON)
        tx.restore("bob")
        tx.set_pause(Pause(account="", person="ada", reason="fire", at=make.NOON))
        tx.end_pause("")
        tx.revoke_exemption(tx.exemptions(1)[0].id, make.NOON)
        tx.accept_clock(make.NOON)
        tx.add_revision(make.revision(make.content("new"), post_id=1, number=2))
        tx.record(make.entry())
    with store.read() as reader:
        assert verify(reader.entries()).ok
    store.close()
    assert refused(postgresql, guarded, "a_member", "INSERT INTO daemons DEFAULT VALUES")
    assert refused(postgresql, guarded, "a_member", "INSERT INTO attempts DEFAULT VALUES")


def test_only_a_keeper_of_records_erases_words_and_releases_holds_and_changes_nothing_else(
    postgresql: Server, guarded: str
) -> None:
    grant = f"GRANT {roles_postgresql.MEMBER}, {roles_postgresql.RECORDS} TO a_record_keeper"
    postgresql.sql("CREATE ROLE a_record_keeper LOGIN", grant)
    postgresql.sql("INSERT INTO purdah.logins VALUES ('a_record_keeper', 'ada', 1)", database=guarded)
    store = open_store(postgresql.url(guarded, "a_record_keeper"))
    with store.write() as tx:
        assert tx.erase_entries([1, 2]) == 2
        assert tx.erase_reasons([1]) == 2
        released = replace(tx.holds()[0], released_at=make.NOON, released_by="ada", release_reason="closed")
        tx.release_hold(released)
        tx.record(make.entry("record.erased"))
    with store.read() as reader:
        assert verify(reader.entries()).ok
    store.close()
    for attack in ("UPDATE audit SET action = 'x'", "UPDATE decisions SET choice = 'approve'", "DELETE FROM foi_holds"):
        assert refused(postgresql, guarded, "a_record_keeper", attack), attack
    for login in LOGINS:
        for attack in ("UPDATE decisions SET reason = ''", "UPDATE foi_holds SET released_at = 1, released_by = 'x'"):
            assert refused(postgresql, guarded, login, attack), (login, attack)
    postgresql.sql("DROP ROLE a_record_keeper")


def test_a_stranger_who_may_connect_sees_nothing(postgresql: Server, guarded: str) -> None:
    postgresql.sql("CREATE ROLE a_stranger LOGIN")
    make.refusal(lambda: open_store(postgresql.url(guarded, "a_stranger")), NotAllowed)
    postgresql.sql("DROP ROLE a_stranger")


def test_whoever_has_the_owners_role_migrates_and_what_is_made_belongs_to_it(postgresql: Server, guarded: str) -> None:
    postgresql.sql("CREATE ROLE a_keeper LOGIN", f"GRANT {roles_postgresql.OWNER} TO a_keeper")
    keeper = postgresql.url(guarded, "a_keeper")
    make.refusal(lambda: create_store(keeper))
    assert migrate_store(keeper) == ("0004", "0004")
    owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'purdah'"
    assert postgresql.sql(owners, database=guarded) == [(roles_postgresql.OWNER,)]
    postgresql.sql("DROP ROLE a_keeper")


def test_the_roles_can_be_made_again_and_a_right_that_was_added_by_hand_is_gone(
    postgresql: Server, guarded: str, url: str
) -> None:
    postgresql.sql(f"GRANT INSERT ON purdah.decisions TO {roles_postgresql.VIEWER}", database=guarded)
    roles_postgresql.grant(url)
    assert refused(postgresql, guarded, "a_viewer", "INSERT INTO decisions DEFAULT VALUES")


def test_who_may_not_make_roles_is_told_so(postgresql: Server, guarded: str) -> None:
    make.refusal(lambda: roles_postgresql.grant(postgresql.url(guarded, "a_member")), NotAllowed)


def test_the_printed_text_does_the_same_in_psql(postgresql: Server, database: str) -> None:
    command = [str(postgresql.programs / "psql"), "-v", "ON_ERROR_STOP=1", "-d", postgresql.url(database), "-f", "-"]
    done = subprocess.run(command, input=roles_postgresql.SQL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert postgresql.sql("SELECT has_table_privilege('purdah_viewer', 'purdah.audit', 'SELECT')", database=database) == [(True,)]
