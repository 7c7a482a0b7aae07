"""The tables and indexes that an SQLite file of ours has, as texts that can be compared with what is there."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from purdah_scheduler.store.columns import metadata

NOT_COMPARED = frozenset({"alembic_version", "sqlite_sequence", "sqlite_stat1", "sqlite_stat4"})
"""Tables that the migrations, SQLite itself and ANALYZE keep; nothing that decides is in them."""


@lru_cache(maxsize=1)
def expected_shape() -> Mapping[str, str]:
    """Name to shape of every table and index that the code speaks to; made once, when a process first writes (8 ms)."""
    speaks = dialect()
    made: dict[str, str] = {}
    for table in metadata.tables.values():
        made[table.name] = shape_of(str(CreateTable(table).compile(dialect=speaks)))
        for index in table.indexes:
            made[str(index.name)] = shape_of(str(CreateIndex(index).compile(dialect=speaks)))
    return made


def shape_of(statement: str) -> str:
    """A CREATE statement with one kind of blank, and with its columns and constraints in the order of the alphabet.

    A column that a later revision added stands behind the constraints in the file, and before them in the code.
    """
    text = " ".join(statement.split())
    head, bracket, rest = text.partition("(")
    body, _, tail = rest.rpartition(")")
    if not bracket or not head.startswith("CREATE TABLE"):
        return text
    return f"{head.strip()} ({', '.join(sorted(_parts(body)))}){tail}"


def _parts(body: str) -> Iterator[str]:
    """What stands between the commas that are in no brackets and no quotes."""
    depth, quoted, start = 0, False, 0
    for place, sign in enumerate(body):
        if sign == "'":
            quoted = not quoted
        elif not quoted and sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "," and not quoted and depth == 0:
            yield body[start:place].strip()
            start = place + 1
    yield body[start:].strip()
