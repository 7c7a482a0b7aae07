"""What every shelf of attachments promises, in a folder and in a database."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from purdah_scheduler.application.ports import MediaShelf
from purdah_scheduler.errors import BadMedia
from purdah_scheduler.store.media import MediaFolder
from purdah_scheduler.store.postgresql import open_attachments, open_store
from tests.postgresql import Server
from tests.store.conftest import BACKENDS

DATA = b"\x89PNG\r\n\x1a\n picture \x00 with every kind of byte"
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=BACKENDS)
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MediaShelf]:
    if request.param == "sqlite":
        yield MediaFolder(tmp_path / "media")
        return
    store = open_store(request.getfixturevalue("url"))
    yield open_attachments(store)
    store.close()


def test_bytes_are_kept_by_their_hash_and_come_back(shelf: MediaShelf) -> None:
    assert shelf.put(DATA) == SHA
    assert shelf.put(DATA) == SHA
    assert shelf.get(SHA) == DATA


def test_a_large_file_comes_back_whole(shelf: MediaShelf) -> None:
    data = os.urandom(3_000_001)
    assert shelf.get(shelf.put(data)) == data


def test_a_file_that_is_not_there_is_refused(shelf: MediaShelf) -> None:
    with pytest.raises(BadMedia, match=SHA[:8]):
        shelf.get(SHA)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", SHA.upper(), SHA + "0", "ab/" + SHA, SHA + "\n"])
def test_only_a_hash_names_a_file(shelf: MediaShelf, name: str) -> None:
    with pytest.raises(BadMedia, match="SHA-256"):
        shelf.get(name)


def test_bytes_that_were_changed_behind_every_guard_are_refused(postgresql: Server, database: str, url: str) -> None:
    store = open_store(url)
    shelf = open_attachments(store)
    shelf.put(DATA)
    postgresql.sql(
        "ALTER TABLE purdah.attachments DISABLE TRIGGER USER",
        "ALTER TABLE purdah.attachments DROP CONSTRAINT ck_attachments_sha256",
        "UPDATE purdah.attachments SET data = data || 'x'",
        database=database,
    )
    with pytest.raises(BadMedia, match="changed after it was attached"):
        shelf.get(SHA)
    store.close()


def test_what_one_host_attached_another_has(url: str) -> None:
    one, other = open_store(url), open_store(url)
    open_attachments(one).put(DATA)
    assert open_attachments(other).get(SHA) == DATA
    one.close()
    other.close()
