"""From a file to a server: everything arrives, the record verifies there, and nothing is half done."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.ports import Store
from purdah_scheduler.domain.audit import verify
from purdah_scheduler.domain.content import Media
from purdah_scheduler.domain.posts import Home, Pause
from purdah_scheduler.errors import BadInput, StoreUnusable
from purdah_scheduler.store import sqlite_file
from purdah_scheduler.store.copying import copy_to_server
from purdah_scheduler.store.media import MediaFolder
from purdah_scheduler.store.postgresql import open_attachments, open_store
from purdah_scheduler.store.postgresql_store import PostgresqlStore
from purdah_scheduler.store.sqlite_store import SqliteStore
from tests.postgresql import Server
from tests.store import builders as make

SQLITE = sqlite_file.library()
DATA = b"\x89PNG\r\n\x1a\n picture"


@pytest.fixture
def media(tmp_path: Path) -> Path:
    return tmp_path / "queue" / "media"


@pytest.fixture
def filled(lite: SqliteStore, media: Path) -> SqliteStore:
    """A row in every table, an attachment that is there and one that is not."""
    make.fill(lite)
    sha256 = MediaFolder(media).put(DATA)
    picture = Media(sha256=sha256, size=len(DATA), type="image/png", alt="A bus")
    with lite.write() as tx:
        tx.add_post(make.post("with a picture"), make.revision(make.content("x", media=(picture,))))
        tx.add_post(make.post("with a lost picture"), make.revision(make.rich_content()))
        tx.declare_period(make.period())
        tx.set_pause(Pause(account="", person="ada", reason="fire", at=make.NOON))
        tx.suspend("bob", "ada", make.NOON)
        tx.set_home(Home(machine="m", host="h", path="p"))
        tx.record(make.entry())
    lite.beat(make.heartbeat(), high_water=make.NOON)
    return lite


@pytest.fixture
def team(url: str) -> Iterator[PostgresqlStore]:
    store = open_store(url)
    yield store
    store.close()


def everything(store: Store) -> list[Any]:
    """All that a store can be asked for."""
    with store.read() as reader:
        ids = reader.row_ids(QueueFilter())
        return [
            *(reader.rows(ids), reader.lines(QueueFilter(), limit=99), reader.counts(), list(reader.dossiers(ids))),
            *([reader.attempts(delivery.id) for post in ids for delivery in reader.deliveries(post)], reader.pauses()),
            *(
                reader.all_exemptions(),
                reader.suspended(),
                reader.periods(),
                reader.calendar_revision(),
                reader.period_changes(),
                reader.proposals(),
            ),
            *(reader.marks("p"), list(reader.entries()), reader.instance()),
        ]


def test_everything_arrives_and_the_record_verifies_there(
    filled: SqliteStore, team: PostgresqlStore, url: str, media: Path
) -> None:
    done = copy_to_server(filled.path, media, url)
    assert everything(team) == everything(filled)
    assert (done.attachments, done.lost, done.rows["posts"]) == (1, ("ab" * 32, "cd" * 32), 6)
    with filled.read() as reader:
        assert done.record == verify(reader.entries())
    sha256 = MediaFolder(media).put(DATA)
    assert open_attachments(team).get(sha256) == DATA


def test_the_copy_has_no_daemon_and_no_home_and_numbers_go_on(
    filled: SqliteStore, team: PostgresqlStore, url: str, media: Path
) -> None:
    copy_to_server(filled.path, media, url)
    with team.read() as reader:
        assert (reader.heartbeats(), reader.home()) == ((), None)
    assert make.add_post(team) == 7
    make.fill(team)
    with team.read() as reader:
        assert verify(reader.entries()).ok


def test_a_queue_that_is_not_empty_is_left_as_it_is(filled: SqliteStore, team: PostgresqlStore, url: str, media: Path) -> None:
    make.add_post(team)
    before = everything(team)
    assert "not empty" in make.refusal(lambda: copy_to_server(filled.path, media, url), BadInput).message
    assert everything(team) == before


def test_a_record_that_is_not_whole_is_not_copied(filled: SqliteStore, team: PostgresqlStore, url: str, media: Path) -> None:
    connection = SQLITE.connect(filled.path)
    connection.execute("DROP TRIGGER audit_erase_only")
    connection.execute("UPDATE audit SET action = 'x' WHERE seq = 2")
    connection.commit()
    connection.close()
    fault = make.refusal(lambda: copy_to_server(filled.path, media, url))
    assert "entry 2" in fault.message
    with team.read() as reader:
        assert (reader.counts(), list(reader.entries())) == ({}, [])


def test_what_does_not_arrive_as_it_was_sent_is_not_kept(
    filled: SqliteStore, team: PostgresqlStore, postgresql: Server, database: str, url: str, media: Path
) -> None:
    postgresql.sql(
        "CREATE FUNCTION public.spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.action = ''x''; RETURN NEW; END'",
        "CREATE TRIGGER spoil BEFORE INSERT ON purdah.audit FOR EACH ROW EXECUTE FUNCTION public.spoil()",
        database=database,
    )
    with pytest.raises(StoreUnusable):
        copy_to_server(filled.path, media, url)
    postgresql.sql("DROP TRIGGER spoil ON purdah.audit", database=database)
    with team.read() as reader:
        assert (reader.counts(), list(reader.entries())) == ({}, [])
