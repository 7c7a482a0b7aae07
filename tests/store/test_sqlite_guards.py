"""The schema of the SQLite file: append-only tables, the migration, tampering, and plans that use their indexes."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event

import purdah_scheduler.store as package
from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.ports import Writer
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.period_changes import Action, Proposal
from purdah_scheduler.domain.posts import OVER, DeliveryState
from purdah_scheduler.errors import StoreUnusable
from purdah_scheduler.store import guards, revisions, sqlite, sqlite_file
from purdah_scheduler.store.shape_sqlite import NOT_COMPARED, expected_shape, shape_of
from purdah_scheduler.store.sqlite import open_store
from purdah_scheduler.store.sqlite_store import SqliteStore
from tests.store import builders as make

SQLITE = sqlite_file.library()
"""The same library as the store's: two in one process undo each other's locks."""

WAITING = [state for state in DeliveryState if state not in (DeliveryState.SCHEDULED, *OVER)]


@pytest.fixture
def filled(lite: SqliteStore) -> SqliteStore:
    """A row in every table that only grows."""
    make.fill(lite)
    return lite


@pytest.fixture
def outsider(filled: SqliteStore) -> Iterator[Any]:
    """Somebody with a database tool and the settings of the product."""
    connection = SQLITE.connect(filled.path, isolation_level=None)
    connection.execute("PRAGMA recursive_triggers=ON")
    connection.execute("PRAGMA foreign_keys=ON")
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "table", ["audit", "decisions", "revisions", "attempts", "period_changes", "period_proposals", "foi_holds"]
)
def test_a_row_of_the_record_can_be_neither_changed_nor_deleted_nor_replaced(outsider: Any, table: str) -> None:
    columns = [row[1] for row in outsider.execute(f"PRAGMA table_info({table})")]
    everything = f"SELECT * FROM {table}"  # noqa: S608  the names are those above
    before = outsider.execute(everything).fetchall()
    assert before
    refused = [
        *("UPDATE the_table SET the_column = the_column || 'x'".replace("the_column", column) for column in columns),
        *(
            "UPDATE the_table SET the_column = NULL".replace("the_column", name)
            for name in columns
            if name not in ("private", "salt")
        ),
        "DELETE FROM the_table",
        "INSERT OR REPLACE INTO the_table SELECT * FROM the_table LIMIT 1",
        "REPLACE INTO the_table SELECT * FROM the_table ORDER BY 1 DESC LIMIT 1",
        *(
            "INSERT INTO the_table SELECT * FROM the_table WHERE true ON CONFLICT DO UPDATE SET the_column = 'x'".replace(
                "the_column", column
            )
            for column in columns
        ),
    ]
    for statement in refused:
        with pytest.raises(SQLITE.Error):
            outsider.execute(statement.replace("the_table", table))
        assert outsider.execute(everything).fetchall() == before, statement


def test_a_row_with_the_hash_of_another_cannot_replace_it(outsider: Any) -> None:
    before = outsider.execute("SELECT * FROM audit").fetchall()
    with pytest.raises(SQLITE.Error):
        outsider.execute(
            "INSERT OR REPLACE INTO audit SELECT 99, at, action, post, delivery, public, private, salt, commitment, prev, hash "
            "FROM audit WHERE seq = 2"
        )
    assert outsider.execute("SELECT * FROM audit").fetchall() == before


@pytest.mark.parametrize("table", ["decisions", "exemptions"])
def test_a_reason_can_be_erased_and_nothing_else_goes_with_it(outsider: Any, table: str) -> None:
    columns = [row[1] for row in outsider.execute(f"PRAGMA table_info({table})") if row[1] != "reason"]
    before = outsider.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()  # noqa: S608  the names are its own
    for column in columns:
        for value in (f"coalesce({column}, '') || 'x'", f"coalesce({column}, 0) + 1"):
            with pytest.raises(SQLITE.Error):
                outsider.execute(f"UPDATE {table} SET reason = '', {column} = {value}")  # noqa: S608  likewise
    outsider.execute(f"UPDATE {table} SET reason = ''")  # noqa: S608  likewise
    with pytest.raises(SQLITE.Error):
        outsider.execute(f"UPDATE {table} SET reason = 'another'")  # noqa: S608  likewise
    assert outsider.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall() == before  # noqa: S608  likewise


def test_an_entry_out_of_order_is_refused(outsider: Any) -> None:
    last, head = outsider.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    for seq, prev in ((last + 2, head), (last + 1, "f" * 64), (0, head)):
        with pytest.raises(SQLITE.Error, match="no gaps"):
            outsider.execute(
                "INSERT INTO audit (seq, at, action, public, commitment, prev, hash) VALUES (?, 1, 'a', '{}', 'c', ?, 'h')",
                (seq, prev),
            )


def test_the_personal_part_of_an_entry_can_be_erased_with_its_salt_and_the_chain_holds(
    filled: SqliteStore, outsider: Any
) -> None:
    with pytest.raises(SQLITE.Error):
        outsider.execute("UPDATE audit SET private = NULL, salt = NULL, action = 'x' WHERE seq = 2")
    with pytest.raises(SQLITE.Error):
        outsider.execute("UPDATE audit SET private = NULL WHERE seq = 2")
    outsider.execute("UPDATE audit SET private = NULL, salt = NULL WHERE seq = 2")
    with filled.read() as reader:
        found = verify(reader.entries())
    assert (found.ok, found.redacted) == (True, 1)


@pytest.mark.parametrize(
    ("change", "first_bad"),
    [
        ("UPDATE audit SET action = 'post.approved' WHERE seq = 2", 2),
        ("UPDATE audit SET at = at + 1 WHERE seq = 3", 3),
        ("UPDATE audit SET post = 77 WHERE seq = 1", 1),
        ("UPDATE audit SET public = replace(public, '1', '2') WHERE seq = 2", 2),
        ("UPDATE audit SET private = replace(private, 'ada', 'eve') WHERE seq = 4", 4),
        ("UPDATE audit SET salt = NULL WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("UPDATE audit SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3)", 1),
    ],
)
def test_verification_finds_what_was_done_behind_dropped_guards(
    filled: SqliteStore, outsider: Any, change: str, first_bad: int
) -> None:
    for name in ("audit_erase_only", "audit_no_delete"):
        outsider.execute(f"DROP TRIGGER {name}")
    outsider.execute(change)
    with filled.read() as reader:
        found = verify(reader.entries())
    assert (found.ok, found.first_bad) == (False, first_bad)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("DROP TRIGGER audit_no_delete", "The guard “audit_no_delete” is missing."),
        (
            "CREATE TRIGGER zz AFTER UPDATE ON deliveries BEGIN UPDATE posts SET state = 'cleared'; END",
            "There is an unexpected trigger or view “zz”.",
        ),
        ("CREATE VIEW zz AS SELECT 1", "There is an unexpected trigger or view “zz”."),
        (
            "DROP TRIGGER audit_no_delete; CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT 1; END",
            "The guard “audit_no_delete” was altered.",
        ),
        ("DROP INDEX uq_deliveries_once", "The table or index “uq_deliveries_once” is missing."),
        (
            "DROP INDEX uq_deliveries_once; CREATE INDEX uq_deliveries_once ON deliveries (post)",
            "The table or index “uq_deliveries_once” was altered.",
        ),
        ("CREATE TABLE zz (id INTEGER)", "There is an unexpected table or index “zz”."),
        ("ALTER TABLE pauses RENAME COLUMN at TO later", "The table or index “pauses” was altered."),
    ],
)
def test_a_store_whose_guards_were_altered_is_read_but_not_written(
    filled: SqliteStore, outsider: Any, change: str, said: str
) -> None:
    outsider.executescript(change)
    other = open_store(filled.path)
    for store in (filled, other):
        with pytest.raises(StoreUnusable, match=said):
            make.add_post(store)
        with pytest.raises(StoreUnusable, match="altered from outside"):
            store.beat(make.heartbeat(), high_water=make.NOON)
        assert said in store.notes()
        with store.read() as reader:
            assert reader.counts() == {"draft": 3, "scheduled": 1}
    other.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "UPDATE sqlite_schema SET sql = replace(sql, 'claimed', 'anybody') WHERE name = 'decisions'",
            "The table or index “decisions” was altered.",
        ),
        (
            "INSERT INTO sqlite_schema VALUES ('trigger','zz','posts',0,'CREATE TRIGGER zz INSERT ON posts BEGIN SELECT 1; END')",
            "There is an unexpected trigger or view “zz”.",
        ),
        ("DELETE FROM sqlite_schema WHERE name = 'audit_no_delete'", "The guard “audit_no_delete” is missing."),
    ],
)
def test_a_schema_that_was_written_by_hand_is_seen_by_whoever_has_it_open(
    filled: SqliteStore, outsider: Any, change: str, said: str
) -> None:
    """SQLite counts such a change as none, so that its own count says nothing."""
    make.add_post(filled)
    before = outsider.execute("PRAGMA schema_version").fetchone()
    outsider.execute("PRAGMA writable_schema=ON")
    outsider.execute(change)
    assert outsider.execute("PRAGMA schema_version").fetchone() == before
    with pytest.raises(StoreUnusable, match=said):
        make.add_post(filled)
    assert said in filled.notes()


def test_a_sound_store_has_nothing_to_note(filled: SqliteStore) -> None:
    assert filled.notes() == ()


def test_maintenance_by_another_tool_is_no_tampering(filled: SqliteStore, outsider: Any) -> None:
    outsider.execute("ANALYZE")
    outsider.execute("VACUUM")
    make.add_post(filled)


def test_content_that_was_altered_out_of_shape_is_called_damage_and_the_queue_still_shows(
    filled: SqliteStore, outsider: Any
) -> None:
    outsider.execute("DROP TRIGGER revisions_no_update")
    outsider.execute("UPDATE revisions SET content = '{\"accounts\": []}' WHERE post = 1")
    with filled.read() as reader, pytest.raises(StoreUnusable, match="revision 1 of post 1 cannot be read"):
        reader.revision(1, 1)
    with filled.read() as reader:
        assert len(reader.rows([1, 2])) == 2


def test_an_instant_that_no_calendar_has_is_called_damage(filled: SqliteStore, outsider: Any) -> None:
    outsider.execute("UPDATE posts SET planned_at = 9000000000000000000 WHERE id = 1")
    with filled.read() as reader, pytest.raises(StoreUnusable, match="damaged"):
        reader.post(1)


def test_words_cannot_be_kept_where_a_number_belongs(outsider: Any) -> None:
    with pytest.raises(SQLITE.Error):
        outsider.execute("UPDATE posts SET planned_at = 'tomorrow' WHERE id = 1")
    with pytest.raises(SQLITE.Error):
        outsider.execute("UPDATE posts SET state = 'approved' WHERE id = 1")
    with pytest.raises(SQLITE.Error):
        outsider.execute("UPDATE deliveries SET state = 'sent'")


def test_nobody_can_be_written_in_as_the_second_person_of_their_own_proposal(filled: SqliteStore, outsider: Any) -> None:
    proposal = Proposal(id=0, period="p", action=Action.LIFT, reason="r", person="ada", at=make.NOON, shape="s", seen=0)
    with filled.write() as tx:
        number = tx.add_proposal(proposal)
        tx.record(make.entry())
    accept = "UPDATE period_proposals SET answer = 'accepted', answered_by = ?, answered_at = 1 WHERE id = ?"
    with pytest.raises(SQLITE.Error, match="append-only"):
        outsider.execute(accept, ("ada", number))
    outsider.execute(accept, ("bob", number))


# --- the migration -----------------------------------------------------------------------------------------------


def test_the_migrations_build_the_schema_that_the_code_speaks_to(place: Path) -> None:
    with SQLITE.connect(place) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type IN ('table', 'index') AND sql IS NOT NULL")
        built = {name: shape_of(sql) for name, sql in found if name not in NOT_COMPARED}
    connection.close()
    assert built == expected_shape()


def test_the_order_of_columns_is_no_difference_and_their_words_are() -> None:
    shape = shape_of("CREATE TABLE t (\n a TEXT, b INTEGER,  CHECK (a IN ('x, y', ')')))")
    assert shape == shape_of("CREATE TABLE t (CHECK (a IN ('x, y', ')')), b INTEGER, a TEXT)")
    for other in ("a TEXT, b INTEGER, CHECK (a IN ('x, y', '('))", "a TEXT, b INTEGER", "b TEXT, a INTEGER"):
        assert shape_of(f"CREATE TABLE t ({other})") != shape


def test_the_known_head_is_that_of_the_migrations_and_there_is_one() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(package.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [revisions.HEAD]


def test_a_new_store_has_an_id_of_its_own_and_exactly_the_expected_guards(place: Path, tmp_path: Path) -> None:
    ids = set()
    for path in (place, tmp_path / "second.db"):
        store = sqlite.create_store(path) if not path.exists() else open_store(path)
        with store.read() as reader:
            ids.add(reader.instance())
        store.close()
        with SQLITE.connect(path) as connection:
            found = dict(connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall())
        connection.close()
        assert found == dict(guards.EXPECTED)
    assert len(ids) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", found) for found in ids)


# --- plans -------------------------------------------------------------------------------------------------------


def plans(store: SqliteStore, call: Callable[[Writer], object]) -> list[str]:
    """How SQLite carries out each statement of `call`, with the very values that it was given."""
    seen: list[tuple[str, Any]] = []

    def remember(connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
        seen.append((statement, values))

    event.listen(Engine, "before_cursor_execute", remember)
    try:
        with store.write() as tx:
            call(tx)
            tx.record(make.entry())
    finally:
        event.remove(Engine, "before_cursor_execute", remember)
    connection = SQLITE.connect(store.path)
    found = []
    for statement, values in seen:
        if statement.startswith(("SELECT", "UPDATE", "WITH")) and "sqlite_schema" not in statement:
            one = values[0] if isinstance(values, list) else values
            steps = connection.execute(f"EXPLAIN QUERY PLAN {statement}", one)
            found.append(" | ".join(row[3] for row in steps))
    connection.close()
    return found


@pytest.fixture(params=["fresh", "analysed"])
def crowded(request: pytest.FixtureRequest, lite: SqliteStore) -> SqliteStore:
    """Some hundred posts, most of them published or waiting; SQLite knows how many, or does not."""
    with lite.write() as tx:
        for number in range(300):
            post = tx.add_post(make.post(str(number)), make.revision(make.content(accounts=(f"a{number % 7}",))))
            state = DeliveryState.SCHEDULED if number % 3 else DeliveryState.PUBLISHED
            tx.add_delivery(make.delivery(post, f"a{number % 7}", due_at=make.NOON + number * make.MINUTE, state=state))
        tx.record(make.entry())
    if request.param == "analysed":
        connection = SQLITE.connect(lite.path)
        connection.execute("ANALYZE")
        connection.close()
    return lite


def test_the_next_due_time_takes_a_few_steps_in_an_index_for_each_account(crowded: SqliteStore) -> None:
    plan = plans(crowded, lambda tx: tx.next_due_at())[0]
    for step in (
        "SEARCH deliveries USING COVERING INDEX ix_deliveries_waiting",
        "SEARCH further USING COVERING INDEX ix_deliveries_waiting (account>?)",
        "SEARCH entry USING COVERING INDEX ix_deliveries_waiting (account=?)",
        "SEARCH busy USING INDEX ix_deliveries_busy (account=?)",
    ):
        assert step in plan
    assert "SCAN" not in plan.replace("SCAN waiting", "")  # the accounts that were found, not what waits behind them


def test_a_claim_goes_by_indexes_alone(crowded: SqliteStore) -> None:
    claim = plans(crowded, lambda tx: tx.claim_due(now=make.NOON, owner="d", lease_until=make.NOON, limit=8))[0]
    for step in (
        "SEARCH deliveries USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH further USING COVERING INDEX ix_deliveries_waiting (account>?)",
        "SEARCH busy USING INDEX ix_deliveries_busy (account=?)",
        "SEARCH entry USING COVERING INDEX ix_deliveries_waiting (account=?)",
    ):
        assert step in claim
    assert "SCAN" not in claim.replace("SCAN taken", "").replace("SCAN waiting", "")  # what was found, not a table


@pytest.mark.parametrize("states", [WAITING, WAITING[:1]])
def test_what_needs_somebody_is_found_by_index_alone(crowded: SqliteStore, states: Sequence[DeliveryState]) -> None:
    plan = plans(crowded, lambda tx: tx.in_state(states))[0]
    assert "SEARCH deliveries USING INDEX ix_deliveries_attention (state=?)" in plan


@pytest.mark.parametrize(
    ("call", "index"),
    [
        (lambda tx: tx.row_ids(QueueFilter()), "ix_posts_sort"),
        (lambda tx: tx.row_ids(QueueFilter(since=make.NOON)), "ix_posts_sort (sort_at>?)"),
        (lambda tx: tx.row_ids(QueueFilter(states=frozenset({"held"}))), "ix_posts_shown (shown_state=?)"),
        (lambda tx: tx.posts_by_state(), "ix_posts_shown"),
        (lambda tx: tx.counts(), "ix_targets_state"),
        (lambda tx: tx.lines(QueueFilter(), limit=9), "ix_targets_sort"),
        (lambda tx: tx.lines(QueueFilter(account="a1"), limit=9), "ix_targets_account (account=?)"),
        (lambda tx: list(tx.entries(post=1)), "ix_audit_post (post=?)"),
        (lambda tx: tx.decisions(1), "ix_decisions_post (post=?)"),
    ],
)
def test_lists_need_no_sorting(crowded: SqliteStore, call: Callable[[Writer], object], index: str) -> None:
    plan = plans(crowded, call)[0]
    assert index in plan
    assert "TEMP B-TREE" not in plan


def test_comments_are_found_among_the_comments_alone(lite: SqliteStore) -> None:
    """Not in the whole record, which has a hundred entries for each of them."""
    assert "ix_audit_comments" in plans(lite, lambda tx: tx.comments_past("ann"))[0]


def test_no_change_of_one_post_reads_a_whole_table(crowded: SqliteStore) -> None:
    def change(tx: Writer) -> None:
        tx.save_post(replace(tx.post(2), title="other"))
        tx.save_delivery(replace(tx.delivery(2), state=DeliveryState.HELD), was=DeliveryState.SCHEDULED)

    found = plans(crowded, change)
    assert found
    assert [plan for plan in found if "SCAN" in plan and plan != "SCAN audit"] == []
