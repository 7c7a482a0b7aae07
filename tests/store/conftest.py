"""Stores to test: the contract runs on each of `BACKENDS`."""

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from purdah_scheduler.application.ports import Store
from purdah_scheduler.store import postgresql
from purdah_scheduler.store.sqlite import create_store, open_store
from purdah_scheduler.store.sqlite_store import SqliteStore
from purdah_scheduler.store.store import SqlStore
from tests.postgresql import Server

BACKENDS = ("sqlite", "postgresql")


@pytest.fixture(params=BACKENDS)
def opener(request: pytest.FixtureRequest) -> Iterator[Callable[[], Store]]:
    """Opens the same fresh store once more with each call, as another process would."""
    again: Callable[[], SqlStore]
    if request.param == "sqlite":
        place: Path = request.getfixturevalue("place")
        again = partial(open_store, place)
    else:
        again = partial(postgresql.open_store, request.getfixturevalue("url"))
    opened: list[SqlStore] = []

    def open_again() -> Store:
        opened.append(again())
        return opened[-1]

    yield open_again
    for store in opened:
        store.close()


@pytest.fixture
def database(postgresql: Server) -> Iterator[str]:
    """The name of a database with an empty queue in it."""
    with postgresql.database() as name:
        yield name


@pytest.fixture
def url(postgresql: Server, database: str) -> str:
    """Where an empty PostgreSQL store is."""
    return postgresql.url(database)


@pytest.fixture
def store(opener: Callable[[], Store]) -> Store:
    return opener()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where an SQLite store was created and closed."""
    path = tmp_path / "queue" / "purdah.db"
    create_store(path).close()
    return path


@pytest.fixture
def lite(place: Path) -> Iterator[SqliteStore]:
    """The SQLite store at `place`, open."""
    opened = open_store(place)
    yield opened
    opened.close()


@pytest.fixture
def ordinary_user() -> Iterator[Path]:
    """A folder of a user without special rights, who the test acts as: the superuser may write read-only files."""
    with tempfile.TemporaryDirectory() as name:
        if os.geteuid() != 0:
            yield Path(name)
            return
        nobody = 65534
        os.chown(name, nobody, nobody)
        os.setegid(nobody)
        os.seteuid(nobody)
        try:
            yield Path(name)
        finally:
            os.seteuid(0)
            os.setegid(0)


@pytest.fixture
def together() -> Callable[..., list[object]]:
    """Runs calls at once, each in a thread of its own; what each returned, or the exception that it raised."""

    def run(*calls: Callable[[], object]) -> list[object]:
        results: list[object] = [None] * len(calls)

        def work(place: int) -> None:
            try:
                results[place] = calls[place]()
            except BaseException as fault:  # noqa: BLE001  carried to the test's own thread
                results[place] = fault

        threads = [threading.Thread(target=work, args=(place,)) for place in range(len(calls))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    return run
