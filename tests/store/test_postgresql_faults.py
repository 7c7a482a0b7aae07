"""What a server and a network do to an open store: one sentence each, nothing half done, and no pretending."""

import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.posts import DeliveryState, Pause
from purdah_scheduler.errors import BadText, NotAllowed, StoreUnusable, TryAgain
from purdah_scheduler.store import postgresql as door
from purdah_scheduler.store.faults_postgresql import ServerFaults
from purdah_scheduler.store.postgresql import create_store, migrate_store, open_store
from purdah_scheduler.store.postgresql_store import TAKE_TURN, PostgresqlStore
from tests.postgresql import Server, running
from tests.store import builders as make


@pytest.fixture
def team(url: str) -> Iterator[PostgresqlStore]:
    """The store on the server, open."""
    store = open_store(url)
    yield store
    store.close()


# --- opening -----------------------------------------------------------------------------------------------------


def test_a_server_that_is_not_there_says_try_again_and_where(tmp_path: Path) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fault = make.refusal(lambda: open_store(f"postgresql://ada@127.0.0.1:{port}/queue"), TryAgain)
    assert f"the database queue on 127.0.0.1:{port} does not answer" in fault.message


def test_a_database_that_does_not_exist_is_named(postgresql: Server) -> None:
    assert "The database nowhere on" in make.refusal(lambda: open_store(postgresql.url("nowhere"))).message


def test_a_login_that_the_server_does_not_know_is_told_so(postgresql: Server, database: str) -> None:
    assert "does not let this login" in make.refusal(lambda: open_store(postgresql.url(database, "stranger"))).message


def test_a_database_without_a_queue_says_who_can_make_one(postgresql: Server) -> None:
    with postgresql.database("template0") as name:
        fault = make.refusal(lambda: open_store(postgresql.url(name)))
        assert "no queue" in fault.message
        assert "db migrate" in fault.next_step


@pytest.mark.parametrize(("revision", "said"), [("0002", "earlier version"), ("9999", "newer version")])
def test_a_schema_of_another_version_is_not_opened(postgresql: Server, database: str, url: str, revision: str, said: str) -> None:
    postgresql.sql(f"UPDATE purdah.alembic_version SET version_num = '{revision}'", database=database)
    assert said in make.refusal(lambda: open_store(url)).message
    if revision == "9999":
        assert said in make.refusal(lambda: migrate_store(url)).message


def test_what_is_there_is_never_overwritten_and_needs_no_migration(url: str, team: PostgresqlStore) -> None:
    make.add_post(team)
    assert "already" in make.refusal(lambda: create_store(url)).message
    assert migrate_store(url) == ("0004", "0004")
    with team.read() as reader:
        assert reader.counts() == {"draft": 1}


def test_a_database_that_cannot_keep_every_letter_is_refused(postgresql: Server) -> None:
    postgresql.sql("CREATE DATABASE latin ENCODING latin1 LOCALE 'C' TEMPLATE template0")
    assert "LATIN1" in make.refusal(lambda: create_store(postgresql.url("latin"))).message
    postgresql.sql("DROP DATABASE latin")


def test_a_login_without_rights_may_not_make_a_queue(postgresql: Server) -> None:
    postgresql.sql("CREATE ROLE plain LOGIN")
    with postgresql.database("template0") as name:
        fault = make.refusal(lambda: create_store(postgresql.url(name, "plain")), NotAllowed)
        assert "The login plain has no right" in fault.message
    postgresql.sql("DROP ROLE plain")


def test_without_the_driver_it_says_what_to_install(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'psycopg'")

    monkeypatch.setattr(door, "create_engine", nothing)
    assert "purdah-scheduler[postgresql]" in make.refusal(lambda: open_store(url)).next_step


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        ('password authentication failed for user "ada"', StoreUnusable, "password"),
        ("fe_sendauth: no password supplied", StoreUnusable, "password"),
        ('no pg_hba.conf entry for host "10.0.0.1"', StoreUnusable, "does not let this login"),
        ("sorry, too many clients already", TryAgain, "no more connections"),
        ("the database system is starting up", TryAgain, "not ready"),
        ("could not translate host name", TryAgain, "does not answer"),
    ],
)
def test_what_a_server_says_of_a_refused_connection_becomes_advice(words: str, kind: type[TryAgain], said: str) -> None:
    error = OperationalError("", None, psycopg.OperationalError(f'connection to server at "x" failed: FATAL:  {words}\n'))
    fault = ServerFaults(where="the database q on x", login="ada").of(error)
    assert isinstance(fault, kind)
    assert said in fault.message
    assert fault.next_step


def test_opening_the_store_in_a_file_loads_nothing_of_postgresql(place: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from purdah_scheduler.store.sqlite import open_store; "
        "open_store(Path(sys.argv[1])).close(); "
        "print([name for name in sys.modules if 'psycopg' in name or 'postgresql' in name])"
    )
    done = subprocess.run([sys.executable, "-c", program, str(place)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# --- while it is open --------------------------------------------------------------------------------------------


def end_all(postgresql: Server, database: str) -> None:
    """Cut every connection to a database, as a restart or a firewall does."""
    postgresql.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")


def test_connections_that_were_cut_are_made_anew(postgresql: Server, database: str, team: PostgresqlStore) -> None:
    make.add_post(team)
    mark = team.change_mark()
    end_all(postgresql, database)
    make.add_post(team)
    with team.read() as reader:
        assert reader.counts() == {"draft": 2}
    make.refusal(team.change_mark, TryAgain)
    assert team.change_mark() != mark


def test_a_block_whose_connection_is_cut_changes_nothing_and_says_so(
    postgresql: Server, database: str, team: PostgresqlStore
) -> None:
    def cut_off() -> None:
        with team.write() as tx:
            tx.set_pause(Pause(account="", person="ada", reason="fire", at=make.NOON))
            end_all(postgresql, database)
            tx.record(make.entry())

    assert "lost, so nothing was changed" in make.refusal(cut_off, TryAgain).message
    with team.read() as reader:
        assert reader.pauses() == ()
        assert list(reader.entries()) == []


def commit_and_lose(connection: Connection) -> None:
    """The server commits, and its answer does not arrive."""
    connection.exec_driver_sql("COMMIT")
    lose(connection)


def lose(connection: Connection) -> None:
    connection.invalidate()
    raise OperationalError("COMMIT", None, psycopg.OperationalError("the connection is lost"), connection_invalidated=True)


def test_a_commit_whose_answer_was_lost_is_looked_up_and_counts(team: PostgresqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "commit", commit_and_lose)
    make.add_post(team)
    monkeypatch.undo()
    with team.read() as reader:
        assert reader.counts() == {"draft": 1}
        assert verify(reader.entries()).entries == 1


def test_a_commit_that_never_arrived_is_looked_up_and_said_to_be_undone(
    team: PostgresqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Connection, "commit", lose)
    assert "nothing was changed" in make.refusal(lambda: make.add_post(team), TryAgain).message
    monkeypatch.undo()
    with team.read() as reader:
        assert reader.counts() == {}


def test_a_commit_that_nobody_can_be_asked_about_is_called_unknown(
    team: PostgresqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Connection, "commit", commit_and_lose)
    monkeypatch.setattr(PostgresqlStore, "_fate", lambda self, transaction: "")
    fault = make.refusal(lambda: make.add_post(team), TryAgain)
    assert "may have been saved, or not" in fault.message
    assert "nothing was changed" not in fault.message


def test_what_became_of_a_commit_is_known_for_a_while_only(team: PostgresqlStore) -> None:
    make.add_post(team)
    assert team._fate(team._transaction_id) == "committed"
    assert team._fate(str(int(team._transaction_id) + 1_000_000)) == ""


def test_a_server_that_restarts_is_found_again_and_a_crash_keeps_what_was_committed() -> None:
    with running() as server, server.database() as name:
        store = open_store(server.url(name))
        make.add_post(store)
        for how in (signal.SIGINT, signal.SIGQUIT):
            server.stop(how)
            make.refusal(lambda: make.add_post(store), TryAgain)
            make.refusal(store.change_mark, TryAgain)
            server.start()
            make.add_post(store)
            store.change_mark()
        with store.read() as reader:
            assert verify(reader.entries()).entries == 3
        store.close()


def test_a_writer_that_holds_on_for_too_long_makes_others_try_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(door._CONNECT, "options", "-c search_path=purdah,pg_temp -c lock_timeout=50ms")
    store = open_store(url)
    with psycopg.connect(url) as other:
        other.execute(TAKE_TURN)
        assert "busy" in make.refusal(lambda: make.add_post(store), TryAgain).message
        with store.read() as reader:
            assert reader.counts() == {}
    make.add_post(store)
    store.close()


def test_a_program_that_is_stopped_in_the_middle_of_a_change_does_not_keep_others_waiting(
    url: str, team: PostgresqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = str(door._CONNECT["options"]).replace("transaction_session_timeout=30s", "transaction_session_timeout=2s")
    monkeypatch.setitem(door._CONNECT, "options", options)
    stopped = open_store(url)

    def stop() -> None:
        with stopped.write() as tx:
            tx.set_pause(Pause(account="", person="ada", reason="fire", at=make.NOON))
            make.add_post(team)  # it comes through as soon as the server has ended the other one
            tx.record(make.entry())

    assert "lost" in make.refusal(stop, TryAgain).message
    with team.read() as reader:
        assert (reader.pauses(), reader.counts()) == ((), {"draft": 1})
    stopped.close()


def test_a_standby_can_be_read_and_says_that_it_takes_no_changes(postgresql: Server, database: str, url: str) -> None:
    postgresql.sql(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    store = open_store(url)
    assert "read-only" in make.refusal(lambda: make.add_post(store), TryAgain).message
    with store.read() as reader:
        assert reader.counts() == {}
    store.close()


def test_a_character_that_the_database_has_no_place_for_is_refused(team: PostgresqlStore) -> None:
    with pytest.raises(BadText, match="NUL"), team.write() as tx:
        tx.suspend("a\0b", "ada", make.NOON)


def test_a_session_keeps_to_our_schema_our_zone_and_our_patience(team: PostgresqlStore) -> None:
    wanted = {"search_path": "purdah, pg_temp", "TimeZone": "UTC", "lock_timeout": "10s", "application_name": "purdah-scheduler"}
    with team.reading.connect() as connection:
        found = {name: str(connection.exec_driver_sql(f"SHOW {name}").scalar()).replace(",", ", ") for name in wanted}
        assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "repeatable read"
    assert found == wanted


def test_a_table_of_the_same_name_elsewhere_is_never_met(postgresql: Server, database: str, team: PostgresqlStore) -> None:
    postgresql.sql("CREATE TABLE public.suspensions (person text)", database=database)
    postgresql.sql("INSERT INTO public.suspensions VALUES ('eve')", database=database)
    with team.writing.begin() as connection:
        connection.exec_driver_sql("CREATE TEMPORARY TABLE suspensions (person text)")
    with team.read() as reader:
        assert reader.suspended() == frozenset()


# --- several at once ---------------------------------------------------------------------------------------------


def test_a_commit_elsewhere_wakes_who_waits_for_news(url: str, team: PostgresqlStore) -> None:
    other = open_store(url)
    assert team.news() is None
    mark = team.change_mark()
    waited_on = team.news()
    assert waited_on is not None
    assert select.select([waited_on], [], [], 0)[0] == []
    make.add_post(other)
    assert select.select([waited_on], [], [], 10)[0] == [waited_on]
    assert team.change_mark() != mark
    assert select.select([waited_on], [], [], 0)[0] == []
    other.close()


def test_what_an_intent_has_read_of_the_calendar_stays_true_until_it_is_committed(
    url: str, together: Callable[..., list[object]]
) -> None:
    daemon, officer = open_store(url), open_store(url)
    read, order = threading.Event(), []

    def intend() -> None:
        with daemon.write() as tx:
            before = tx.calendar_revision()
            read.set()
            assert not declared.wait(0.3)
            assert tx.calendar_revision() == before
            tx.set_pause(Pause(account="", person="daemon", reason="intent", at=make.NOON))
            tx.record(make.entry("intent"))
            order.append("intent")

    declared = threading.Event()

    def declare() -> None:
        read.wait()
        with officer.write() as tx:
            assert [pause.reason for pause in tx.pauses()] == ["intent"]
            tx.declare_period(make.period())
            tx.record(make.entry("declared"))
            order.append("declare")
        declared.set()

    assert together(intend, declare) == [None, None]
    assert order == ["intent", "declare"]
    with daemon.read() as reader:
        assert [entry.action for entry in reader.entries()] == ["intent", "declared"]
    daemon.close()
    officer.close()


def test_many_writers_on_many_connections_make_one_chain_and_claim_nothing_twice(
    url: str, team: PostgresqlStore, together: Callable[..., list[object]]
) -> None:
    for number in range(24):
        make.queued(team, accounts=(f"a{number}",))
    stores: list[Store] = [open_store(url) for _ in range(4)]

    def claim(store: Store) -> list[int]:
        mine = []
        for _ in range(8):
            with store.write() as tx:
                found = tx.claim_due(now=make.NOON, owner="d", lease_until=make.NOON + timedelta(minutes=1), limit=2)
                if found:
                    tx.record(make.entry("claimed"))
                mine += [entry.id for entry in found]
        return mine

    claimed = together(*[lambda store=store: claim(store) for store in stores])
    ids = [number for mine in claimed if isinstance(mine, list) for number in mine]
    assert len(ids) == len(set(ids)) == 24
    with team.read() as reader:
        assert verify(reader.entries()).ok
        assert {entry.fence for entry in reader.in_state((DeliveryState.CLAIMED,))} == {1}
    for store in stores:
        store.close()


def test_a_delivery_that_somebody_has_locked_is_passed_over(url: str, team: PostgresqlStore) -> None:
    for account in ("a", "b"):
        make.queued(team, accounts=(account,))
    with psycopg.connect(url) as other:
        other.execute("SELECT 1 FROM purdah.deliveries WHERE account = 'a' FOR UPDATE")
        with team.write() as tx:
            claimed = tx.claim_due(now=make.NOON, owner="d", lease_until=make.NOON + timedelta(minutes=1), limit=5)
            tx.record(make.entry())
    assert [entry.account for entry in claimed] == ["b"]


def test_a_fault_of_any_other_kind_names_its_code() -> None:
    error = OperationalError("", None, SimpleNamespace(sqlstate="XX000"))  # type: ignore[arg-type]  # as a driver's error
    assert "XX000" in ServerFaults(where="the database q on x").of(error).message
