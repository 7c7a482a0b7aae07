"""The schema on PostgreSQL: append-only for everybody but its owner, guards that are compared, and what the migrations build."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, inspect, select

from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.period_changes import Action, Proposal
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.errors import StoreUnusable
from purdah_scheduler.store import guards_postgresql, schema
from purdah_scheduler.store.attachments import attachments
from purdah_scheduler.store.columns import metadata
from purdah_scheduler.store.postgresql import create_store, open_attachments, open_store
from purdah_scheduler.store.postgresql_store import PostgresqlStore
from purdah_scheduler.store.queue import next_due
from tests.postgresql import Server
from tests.store import builders as make

RECORD = [
    *("audit", "decisions", "revisions", "attempts", "period_changes", "period_proposals", "exemptions", "checklist_marks"),
    "foi_holds",
    "attachments",
]


class Outsider:
    """Somebody with psql and the rights of the owner."""

    def __init__(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        self._connection = connection

    def __call__(self, statement: str) -> list[tuple[object, ...]]:
        cursor = self._connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def filled(url: str) -> Iterator[PostgresqlStore]:
    """A row in every table that only grows."""
    store = open_store(url)
    make.fill(store)
    open_attachments(store).put(b"a picture")
    yield store
    store.close()


@pytest.fixture
def outsider(filled: PostgresqlStore, url: str) -> Iterator[Outsider]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET search_path = purdah")
        yield Outsider(connection)


@pytest.mark.parametrize("table", RECORD)
def test_a_row_of_the_record_can_be_neither_changed_nor_deleted_nor_replaced(outsider: Outsider, table: str) -> None:
    found = outsider(f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0")
    columns = [str(name) for (name,) in found]
    everything = f"SELECT * FROM {table} ORDER BY 1, 2"
    before = outsider(everything)
    assert before
    key = "post, number" if table == "revisions" else "delivery, number" if table == "attempts" else columns[0]
    refused = [
        *(f"UPDATE {table} SET {name} = {name}" for name in columns),
        *(f"UPDATE {table} SET {name} = NULL" for name in columns if name not in ("private", "salt", "revoked_at")),
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
        *(
            f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM {table} "
            f"ON CONFLICT ({key}) DO UPDATE SET {name} = excluded.{name}"
            for name in columns
        ),
        f"MERGE INTO {table} USING (SELECT 1) ON true WHEN MATCHED THEN DELETE",
    ]
    for statement in refused:
        with pytest.raises(psycopg.errors.RestrictViolation):
            outsider(statement)
        assert outsider(everything) == before, statement


def test_an_entry_out_of_order_is_refused(outsider: Outsider) -> None:
    last, head = outsider("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")[0]
    assert isinstance(last, int)
    for seq, prev in ((last + 2, head), (last + 1, "f" * 64), (0, head)):
        with pytest.raises(psycopg.Error, match="no gaps"):
            outsider(
                "INSERT INTO audit (seq, at, action, public, commitment, prev, hash) "
                f"VALUES ({seq}, 1, 'a', '{{}}', 'c', '{prev}', 'h')"
            )


def test_the_personal_part_of_an_entry_can_be_erased_with_its_salt_and_the_chain_holds(
    filled: PostgresqlStore, outsider: Outsider
) -> None:
    for half in ("private = NULL, salt = NULL, action = 'x'", "private = NULL"):
        with pytest.raises(psycopg.Error, match="append-only"):
            outsider(f"UPDATE audit SET {half} WHERE seq = 2")
    outsider("UPDATE audit SET private = NULL, salt = NULL WHERE seq = 2")
    with filled.read() as reader:
        found = verify(reader.entries())
    assert (found.ok, found.redacted) == (True, 1)


def test_nobody_can_be_written_in_as_the_second_person_of_their_own_proposal(filled: PostgresqlStore, outsider: Outsider) -> None:
    proposal = Proposal(id=0, period="p", action=Action.LIFT, reason="r", person="ada", at=make.NOON, shape="s", seen=0)
    with filled.write() as tx:
        number = tx.add_proposal(proposal)
        tx.record(make.entry())
    accept = "UPDATE period_proposals SET answer = 'accepted', answered_by = '{}', answered_at = 1 WHERE id = {}"
    with pytest.raises(psycopg.Error, match="append-only"):
        outsider(accept.format("ada", number))
    outsider(accept.format("bob", number))


def test_an_exemption_is_revoked_once_and_nothing_else_of_it_changes(outsider: Outsider) -> None:
    with pytest.raises(psycopg.Error, match="append-only"):
        outsider("UPDATE exemptions SET revoked_at = 5, reason = 'another'")
    outsider("UPDATE exemptions SET revoked_at = 5")
    with pytest.raises(psycopg.Error, match="append-only"):
        outsider("UPDATE exemptions SET revoked_at = NULL")


@pytest.mark.parametrize("table", ["decisions", "exemptions"])
def test_a_reason_can_be_erased_and_nothing_else_goes_with_it(outsider: Outsider, table: str) -> None:
    columns = outsider(
        f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 AND attname <> 'reason' "
        "AND atttypid = 'text'::regtype"
    )
    for (column,) in columns:
        with pytest.raises(psycopg.errors.RestrictViolation):
            outsider(f"UPDATE {table} SET reason = '', {column} = {column} || 'x'")
    for number in ("post", "at"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            outsider(f"UPDATE {table} SET reason = '', {number} = {number} + 1")
    outsider(f"UPDATE {table} SET reason = ''")
    with pytest.raises(psycopg.errors.RestrictViolation):
        outsider(f"UPDATE {table} SET reason = 'another'")


def test_no_attachment_is_kept_under_a_hash_that_is_not_its_own(outsider: Outsider) -> None:
    with pytest.raises(psycopg.Error, match="ck_attachments_sha256"):
        outsider(f"INSERT INTO attachments VALUES ('{'0' * 64}', 'other bytes')")


def test_values_that_the_schema_does_not_know_are_refused(outsider: Outsider) -> None:
    for change in ("posts SET state = 'approved'", "deliveries SET state = 'sent'", "deliveries SET ready_at = due_at - 1"):
        with pytest.raises(psycopg.Error):
            outsider(f"UPDATE {change}")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("DROP TRIGGER audit_no_delete ON audit", "The guard “audit_no_delete on audit” is missing."),
        ("ALTER TABLE audit DISABLE TRIGGER audit_no_delete", "The guard “audit_no_delete on audit” was altered."),
        (
            "CREATE OR REPLACE TRIGGER audit_no_delete BEFORE DELETE ON audit FOR EACH ROW WHEN (1=2) EXECUTE FUNCTION refuse()",
            "The guard “audit_no_delete on audit” was altered.",
        ),
        (
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
            "The guard “refuse()” was altered.",
        ),
        (
            "CREATE RULE zz AS ON DELETE TO decisions DO INSTEAD NOTHING",
            "There is an unexpected trigger or view “zz on decisions”.",
        ),
        ("CREATE VIEW zz AS SELECT 1", "There is an unexpected trigger or view “_RETURN on zz”."),
        (
            "ALTER TABLE decisions DROP CONSTRAINT ck_decisions_assurance",
            "The column, constraint or index “ck_decisions_assurance on decisions” is missing.",
        ),
        ("DROP INDEX uq_deliveries_once", "The column, constraint or index “uq_deliveries_once on deliveries” is missing."),
        ("ALTER TABLE posts ALTER COLUMN state DROP NOT NULL", "The column, constraint or index “posts.state” was altered."),
        ("CREATE TABLE zz (id int)", "There is an unexpected column, constraint or index “zz.id”."),
        ("CREATE FUNCTION zz() RETURNS int LANGUAGE sql AS 'SELECT 1'", "There is an unexpected trigger or view “zz()”."),
    ],
)
def test_a_store_whose_guards_were_altered_is_read_but_not_written(
    filled: PostgresqlStore, outsider: Outsider, url: str, change: str, said: str
) -> None:
    outsider(change)
    other = open_store(url)
    for store in (filled, other):
        assert said in make.refusal(partial(make.add_post, store)).message
        assert "altered from outside" in make.refusal(partial(store.beat, make.heartbeat(), high_water=make.NOON)).message
        assert store.notes() == (said,)
        with store.read() as reader:
            assert reader.counts() == {"draft": 3, "scheduled": 1}
    other.close()


def test_foreign_keys_that_somebody_switched_off_are_seen(filled: PostgresqlStore, outsider: Outsider) -> None:
    outsider("ALTER TABLE decisions DISABLE TRIGGER ALL")
    assert "unexpected" in make.refusal(lambda: make.add_post(filled)).message


def test_a_sound_store_has_nothing_to_note_and_maintenance_is_no_tampering(filled: PostgresqlStore, outsider: Outsider) -> None:
    for upkeep in ("ANALYZE", "VACUUM", "REINDEX SCHEMA purdah"):
        outsider(upkeep)
    assert filled.notes() == ()
    make.add_post(filled)


def test_content_that_was_altered_out_of_shape_is_called_damage_and_the_queue_still_shows(
    filled: PostgresqlStore, outsider: Outsider
) -> None:
    outsider("ALTER TABLE revisions DISABLE TRIGGER USER")
    outsider("UPDATE revisions SET content = '{\"accounts\": []}' WHERE post = 1")
    with filled.read() as reader, pytest.raises(StoreUnusable, match="revision 1 of post 1 cannot be read"):
        reader.revision(1, 1)
    with filled.read() as reader:
        assert len(reader.rows([1, 2])) == 2


# --- the migrations ----------------------------------------------------------------------------------------------


def test_the_migrations_build_the_schema_that_the_code_speaks_to(postgresql: Server) -> None:
    with postgresql.database("template0") as direct, postgresql.database() as migrated:
        shapes = []
        for name, place in ((direct, "public"), (migrated, guards_postgresql.SCHEMA)):
            engine = create_engine(postgresql.url(name).replace("postgresql:", "postgresql+psycopg:"))
            if place == "public":
                metadata.create_all(engine)
                attachments.create(engine)
            found = inspect(engine)
            shapes.append(
                {
                    table: (
                        [
                            (column["name"], str(column["type"]).partition(" COLLATE")[0], column["nullable"])
                            for column in sorted(found.get_columns(table, place), key=lambda column: column["name"])
                        ],
                        found.get_pk_constraint(table, place)["constrained_columns"],
                        sorted(str(key["name"]) for key in found.get_foreign_keys(table, place)),
                        sorted(str(index["name"]) for index in found.get_indexes(table, place)),
                    )
                    for table in found.get_table_names(place)
                    if table != "alembic_version"
                }
            )
            engine.dispose()
    assert shapes[0] == shapes[1]


def test_each_new_store_has_an_id_of_its_own(postgresql: Server) -> None:
    ids = set()
    for _ in range(2):
        with postgresql.database("template0") as name:
            store = create_store(postgresql.url(name))
            with store.read() as reader:
                ids.add(reader.instance())
            assert store.notes() == ()
            store.close()
    assert len(ids) == 2


def test_the_partial_indexes_are_partial_and_the_next_due_time_is_found_by_one(filled: PostgresqlStore) -> None:
    with filled.write() as tx:
        for number in range(400):
            post = tx.add_post(make.post(str(number)), make.revision(make.content(accounts=(f"a{number}",))))
            state = DeliveryState.SCHEDULED if number % 4 == 0 else DeliveryState.PUBLISHED
            tx.add_delivery(replace(make.delivery(post, f"a{number}"), due_at=make.NOON + number * make.MINUTE, state=state))
        tx.record(make.entry())
    with filled.writing.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        statement = select(schema.deliveries.c.ready_at).where(schema.deliveries.c.state == "scheduled")
        text = str(statement.order_by("ready_at").limit(1).compile(connection, compile_kwargs={"literal_binds": True}))
        plan = " ".join(str(row[0]) for row in connection.exec_driver_sql(f"EXPLAIN {text}"))
    assert "ix_deliveries_ready" in plan
    assert "Sort" not in plan


def test_what_waits_behind_busy_accounts_is_not_looked_through(filled: PostgresqlStore) -> None:
    with filled.write() as tx:
        for number in range(402):
            account = f"a{number % 3}"
            post = tx.add_post(make.post(str(number)), make.revision(make.content(accounts=(account,))))
            state = DeliveryState.SENDING if number < 3 else DeliveryState.SCHEDULED
            tx.add_delivery(replace(make.delivery(post, account), due_at=make.NOON + number * make.MINUTE, state=state))
        tx.record(make.entry())
    with filled.writing.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
        text = str(next_due().compile(connection, compile_kwargs={"literal_binds": True}))
        ((found,),) = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}").all()
    assert sum(_rows_read(found[0]["Plan"])) < 100


def _rows_read(node: dict[str, Any]) -> Iterator[float]:
    """Of each step of a plan that was carried out, how many rows it looked at."""
    yield (node["Actual Rows"] + sum(node[key] for key in node if key.startswith("Rows Removed"))) * node["Actual Loops"]
    for inner in node.get("Plans", ()):
        yield from _rows_read(inner)


def test_of_two_that_make_the_queue_at_the_same_moment_one_is_told_that_it_is_there(
    postgresql: Server, together: Callable[..., list[object]]
) -> None:
    with postgresql.database("template0") as name:
        results = together(*[lambda: create_store(postgresql.url(name)).close()] * 2)
        assert sorted(type(result).__name__ for result in results) == ["NoneType", "StoreUnusable"]
        assert postgresql.sql("SELECT count(*) FROM purdah.meta", database=name) == [(1,)]
