"""From a file to a server: a whole queue into an empty database, verified on arrival."""

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from sqlalchemy import Table, delete, func, insert, select

from purdah_scheduler.domain.audit import Verification, verify
from purdah_scheduler.errors import BadInput, BadMedia, StoreUnusable
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.store import schema
from purdah_scheduler.store.attachments import attachments
from purdah_scheduler.store.columns import metadata
from purdah_scheduler.store.guards_postgresql import SCHEMA
from purdah_scheduler.store.media import MediaFolder
from purdah_scheduler.store.postgresql import open_store
from purdah_scheduler.store.postgresql_store import PostgresqlStore
from purdah_scheduler.store.reader import SqlReader
from purdah_scheduler.store.sqlite import open_store as open_file
from purdah_scheduler.store.sqlite_store import SqliteStore
from purdah_scheduler.store.work import Work

_PIECE = 1000
_STAYS = frozenset({"daemons"})
"""A sign of life is of the daemon that gave it."""

_OF_THE_FILE = "home"
"""What the store knows of the place of the file; a server is in one place for all."""

_EMPTY = (schema.posts, schema.audit, schema.periods, schema.pauses, schema.suspensions)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What arrived: rows of each table, attachments, and the record as it was verified in the database.

    `lost` are the hashes of attachments that were gone from the folder, or damaged, before: their posts are held as they were.
    """

    rows: dict[str, int]
    attachments: int
    lost: tuple[str, ...]
    record: Verification


def copy_to_server(path: Path, media: Path, url: str) -> Copied:
    """Copy the queue in the file at `path`, with its attachments in `media`, into the empty queue at `url`; all or nothing.

    Call it only while no daemon works on the file. Raises BadInput for a queue that is not empty, StoreUnusable where the record
    does not verify before or after, and what opening either of them raises.
    """
    with closing(open_file(path)) as source, closing(open_store(url)) as target:
        return _in_one(source, target, MediaFolder(media))


def _in_one(source: SqliteStore, target: PostgresqlStore, shelf: MediaFolder) -> Copied:
    """One snapshot of the file, one transaction on the server."""
    with source.snapshot() as old, target.transaction() as new:
        return _copy(old, new, source.path, shelf, target.server.where)


def _copy(old: Work, new: Work, path: Path, shelf: MediaFolder, where: str) -> Copied:
    sent = verify(SqlReader(old).entries())
    if not sent.ok:
        raise StoreUnusable(
            f"The record in {path} is not whole (entry {sent.first_bad}), so nothing was copied.",
            next_step="purdah-scheduler audit verify",
        )
    if any(_count(new, table) for table in _EMPTY):
        raise BadInput(
            f"The queue in {where} is not empty, so nothing was copied.",
            next_step="Make a new database for it, then: purdah-scheduler db migrate",
        )
    found, lost = 0, []
    for sha256 in _attached(old):
        try:
            data = shelf.get(sha256)
        except BadMedia:
            lost.append(sha256)
            continue
        new.quietly(insert(attachments), {"sha256": sha256, "data": data})
        found += 1
    new.quietly(delete(schema.meta))
    rows = {table.name: _copy_table(old, new, table) for table in metadata.sorted_tables if table.name not in _STAYS}
    record = verify(SqlReader(new).entries())
    if record != sent or any(_count(new, metadata.tables[name]) != number for name, number in rows.items()):
        raise StoreUnusable(
            f"What arrived in {where} is not what was sent, so nothing was kept of it.",
            next_step="Try again; if it happens twice, show this to whoever runs the database.",
        )
    return Copied(rows=rows, attachments=found, lost=tuple(lost), record=record)


def _copy_table(old: Work, new: Work, table: Table) -> int:
    """Every row in the order of its key; numbers that the database gives go on after the last one."""
    wanted = select(table).order_by(*table.primary_key.columns)
    if table is schema.meta:
        wanted = wanted.where(table.c.name != _OF_THE_FILE)
    total, found = 0, old.each(wanted)
    while piece := [row._asdict() for row in islice(found, _PIECE)]:
        new.quietly(insert(table), piece)
        total += len(piece)
    if total and "id" in table.c and table.c.id.identity is not None:
        sequence = func.pg_get_serial_sequence(f"{SCHEMA}.{table.name}", "id")
        new.scalar(select(func.setval(sequence, select(func.max(table.c.id)).scalar_subquery())))
    return total


def _count(work: Work, table: Table) -> int:
    return int(work.scalar(select(func.count()).select_from(table)) or 0)


def _attached(old: Work) -> Iterator[str]:
    """The hashes of everything that any revision has attached, each once."""
    seen: set[str] = set()
    for row in old.each(select(schema.revisions.c.content)):
        document = json.loads(row.content)
        picture = document.get("card", {}).get("picture")
        for medium in (*document["media"], *([picture] if picture else ())):
            if medium["sha256"] not in seen:
                seen.add(medium["sha256"])
                yield medium["sha256"]
