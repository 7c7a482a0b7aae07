"""Other schedulers under the publishing benchmark, each tuned as its documents advise, doing the same durable work.

`python -m benchmarks.publish_peers NAME PLACE PORT HANDS`, in an environment of publish_peers.txt; PLACE is a folder for
SQLite or the address of an empty PostgreSQL database. It reads commands from standard input, one JSON object a line
(`{"keys": [...], "due": seconds}`), and answers each with a line when the jobs are in its store; the first line is its greeting.

A job commits an intent, makes the one request and commits the outcome; taking the job from the store is the claim. Intents and
outcomes are in a file of their own beside the SQLite stores, where they never wait for the scheduler's own transactions. SQLite
runs in WAL with `synchronous = FULL` throughout.
"""

import asyncio
import json
import pickle
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.publish_platform import ask, ask_async

NAME, PLACE, PORT, HANDS = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
_TABLE = "CREATE TABLE IF NOT EXISTS attempts (key TEXT PRIMARY KEY, intent_at {real} NOT NULL, outcome TEXT, ended_at {real})"
_INTENT = "INSERT INTO attempts (key, intent_at) VALUES ({0}, {1})"
_OUTCOME = "UPDATE attempts SET outcome = 'published', ended_at = {0} WHERE key = {1}"
_POSTGRESQL_TABLE = _TABLE.format(real="double precision")
_ON_SQLITE, _ON_PSYCOPG, _ON_ASYNCPG = ("?", "?"), ("%s", "%s"), ("$1", "$2")


def say(word: str) -> None:
    """Answer the benchmark."""
    print(word, flush=True)


def commands() -> Any:
    """What the benchmark asks for: keys, and when they are due (seconds since 1970)."""
    for line in sys.stdin:
        asked = json.loads(line)
        yield asked["keys"], asked["due"]


# --- the work of a job -----------------------------------------------------------------------------------------------

_local = threading.local()


def _sqlite() -> sqlite3.Connection:
    if not hasattr(_local, "connection"):
        _local.connection = sqlite3.connect(Path(PLACE) / "attempts.db", timeout=30, isolation_level=None)
        _local.connection.execute("PRAGMA journal_mode = WAL")
        _local.connection.execute("PRAGMA synchronous = FULL")
    connection: sqlite3.Connection = _local.connection
    return connection


def publish_beside_sqlite(key: str) -> None:
    """The work of a job whose attempts are in a file."""
    connection = _sqlite()
    connection.execute(_INTENT.format(*_ON_SQLITE), (key, time.time()))
    ask(PORT, key)
    connection.execute(_OUTCOME.format(*_ON_SQLITE), (time.time(), key))


def publish_beside_postgresql(key: str) -> None:
    """The work of a job whose attempts are on the server: one connection for each thread, each statement committed."""
    import psycopg

    if not hasattr(_local, "server"):
        _local.server = psycopg.connect(PLACE, autocommit=True)
    _local.server.execute(_INTENT.format(*_ON_PSYCOPG), (key, time.time()))
    ask(PORT, key)
    _local.server.execute(_OUTCOME.format(*_ON_PSYCOPG), (time.time(), key))


# --- the schedulers --------------------------------------------------------------------------------------------------


def apscheduler() -> None:
    """APScheduler 3 with its store in a database: one job for each post, no post given up for being late."""
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.job import Job
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.triggers.date import DateTrigger
    from sqlalchemy import create_engine, event

    on_server = PLACE.startswith("postgresql")
    if on_server:
        engine = create_engine(PLACE.replace("postgresql://", "postgresql+psycopg://"))
        _make_on_server()
    else:
        engine = create_engine(f"sqlite:///{PLACE}/jobs.db", connect_args={"timeout": 30})

        @event.listens_for(engine, "connect")
        def durable(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")

        _sqlite().execute(_TABLE.format(real="REAL"))
    work: Callable[[str], None] = publish_beside_postgresql if on_server else publish_beside_sqlite
    store = SQLAlchemyJobStore(engine=engine)
    scheduler = BackgroundScheduler(jobstores={"default": store}, executors={"default": ThreadPoolExecutor(HANDS)}, timezone=UTC)
    scheduler.start()
    say("ready")
    for keys, due in commands():
        at = datetime.fromtimestamp(due, UTC)
        options = {"executor": "default", "misfire_grace_time": None, "coalesce": True, "max_instances": 1, "name": "post"}
        job = Job(scheduler, id="any", func=work, args=("",), kwargs={}, trigger=DateTrigger(at), next_run_time=at, **options)
        state = job.__getstate__()
        values = [
            {"id": key, "next_run_time": due, "job_state": pickle.dumps({**state, "id": key, "args": (key,)})} for key in keys
        ]
        with engine.begin() as connection:
            connection.execute(store.jobs_t.insert(), values)
        scheduler.wakeup()
        say("queued")


def huey() -> None:
    """huey on SQLite, with as many threads; it looks at its schedule once a second, which is the least that it allows."""
    from huey import SqliteHuey
    from huey.utils import normalize_time

    app = SqliteHuey("posts", filename=f"{PLACE}/huey.db", fsync=True, timeout=30, results=False)
    _sqlite().execute(_TABLE.format(real="REAL"))
    task = app.task()(publish_beside_sqlite)
    # Signals belong to the main thread, which reads our commands; the consumer's own threads are what is measured.
    consumer = app.create_consumer(
        workers=HANDS, worker_type="thread", periodic=False, initial_delay=0.01, max_delay=0.1, check_worker_health=False
    )
    consumer.start()
    say("ready")
    for keys, due in commands():
        at = normalize_time(datetime.fromtimestamp(due, UTC), utc=app.utc)
        rows = []
        for key in keys:
            one = task.s(key)
            one.eta = at
            rows.append((app.storage.name, app.serialize_task(one), at.timestamp()))
        connection = sqlite3.connect(f"{PLACE}/huey.db", timeout=30)
        with connection:
            connection.executemany("insert into schedule (queue, data, timestamp) values (?, ?, ?)", rows)
        connection.close()
        say("queued")


def pgqueuer() -> None:
    """pgqueuer on asyncpg, woken by the server's notices."""
    asyncio.run(_pgqueuer())


async def _pgqueuer() -> None:
    from datetime import timedelta

    import asyncpg
    from pgqueuer import PgQueuer
    from pgqueuer.queries import Queries

    _make_on_server()
    pool = await asyncpg.create_pool(PLACE, min_size=HANDS // 2, max_size=HANDS + 4)
    first = await asyncpg.connect(PLACE)
    await Queries.from_asyncpg_connection(first).install()
    consumer = PgQueuer.from_asyncpg_connection(await asyncpg.connect(PLACE))
    enqueuing = Queries.from_asyncpg_connection(first)

    @consumer.entrypoint("publish")
    async def publish(job: Any) -> None:
        await _publish_by_asyncpg(pool, job.payload.decode())

    async def enqueue(keys: Sequence[str], due: float) -> None:
        for piece in _pieces(keys):
            wait = [timedelta(seconds=due - time.time())] * len(piece)
            ids = await enqueuing.enqueue(["publish"] * len(piece), [key.encode() for key in piece], [0] * len(piece), wait)
            # Its own span counts from the server's clock at the insert: put all at the same instant.
            await first.execute(
                "UPDATE pgqueuer SET execute_after = to_timestamp($1) WHERE id = ANY($2)", due, [int(known) for known in ids]
            )

    running = asyncio.create_task(
        consumer.run(dequeue_timeout=timedelta(seconds=1), batch_size=HANDS, max_concurrent_tasks=2 * HANDS)
    )
    await _obey(enqueue, running)


def procrastinate() -> None:
    """procrastinate on psycopg, looking for what has come due every 20 ms."""
    asyncio.run(_procrastinate())


async def _procrastinate() -> None:
    import asyncpg
    from procrastinate import App, PsycopgConnector

    _make_on_server()
    pool = await asyncpg.create_pool(PLACE, min_size=HANDS // 2, max_size=HANDS + 4)
    app = App(connector=PsycopgConnector(conninfo=PLACE, min_size=4, max_size=HANDS))

    @app.task(name="publish")
    async def publish(key: str) -> None:
        await _publish_by_asyncpg(pool, key)

    async def enqueue(keys: Sequence[str], due: float) -> None:
        for piece in _pieces(keys):
            later = publish.configure(schedule_at=datetime.fromtimestamp(due, UTC))
            await later.batch_defer_async(*({"key": key} for key in piece))

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        running = asyncio.create_task(
            app.run_worker_async(concurrency=HANDS, fetch_job_polling_interval=0.02, install_signal_handlers=False)
        )
        await _obey(enqueue, running)


async def _publish_by_asyncpg(pool: Any, key: str) -> None:
    await pool.execute(_INTENT.format(*_ON_ASYNCPG), key, time.time())
    await ask_async(PORT, key)
    await pool.execute(_OUTCOME.format(*_ON_ASYNCPG), time.time(), key)


async def _obey(enqueue: Callable[[Sequence[str], float], Any], running: "asyncio.Task[None]") -> None:
    """Carry out commands beside the worker until standard input ends or the worker does."""
    loop = asyncio.get_running_loop()
    asked = commands()
    say("ready")
    while not running.done():
        command = await loop.run_in_executor(None, next, asked, None)
        if command is None:
            break
        await enqueue(*command)
        say("queued")
    running.cancel()


def _make_on_server() -> None:
    import psycopg

    with psycopg.connect(PLACE, autocommit=True) as connection:
        connection.execute(_POSTGRESQL_TABLE)


def _pieces(keys: Sequence[str]) -> list[Sequence[str]]:
    return [keys[start : start + 2000] for start in range(0, len(keys), 2000)]


PEERS = {"apscheduler": apscheduler, "huey": huey, "pgqueuer": pgqueuer, "procrastinate": procrastinate}

if __name__ == "__main__":
    PEERS[NAME]()
