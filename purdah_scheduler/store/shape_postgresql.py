"""The tables, constraints and indexes of a PostgreSQL queue, in terms that every version of the server has the same words for."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from sqlalchemy import CheckConstraint, Dialect, ForeignKeyConstraint, PrimaryKeyConstraint, Table, UniqueConstraint

from purdah_scheduler.store.attachments import attachments
from purdah_scheduler.store.columns import metadata
from purdah_scheduler.store.guards_postgresql import SCHEMA

_KINDS = ((PrimaryKeyConstraint, "p"), (UniqueConstraint, "u"), (ForeignKeyConstraint, "f"), (CheckConstraint, "c"))

SHAPE = f"""
SELECT concat(c.relname, '.', a.attname), concat(format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' filled' END)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = '{SCHEMA}'::regnamespace AND c.relkind NOT IN ('i', 'S', 'v') AND c.relname <> 'alembic_version'
  AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT concat(n.conname, ' on ', c.relname), concat(n.contype, CASE WHEN n.convalidated THEN '' ELSE ' unchecked' END)
FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid
WHERE n.connamespace = '{SCHEMA}'::regnamespace AND n.contype IN ('c', 'f', 'p', 'u', 'x') AND c.relname <> 'alembic_version'
UNION ALL
SELECT concat(i.relname, ' on ', c.relname),
       concat(CASE WHEN x.indisunique THEN 'u' ELSE 'i' END, CASE WHEN x.indisvalid THEN '' ELSE ' unusable' END,
              CASE WHEN x.indpred IS NULL THEN '' ELSE ' partial' END)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
WHERE c.relnamespace = '{SCHEMA}'::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint n WHERE n.conindid = x.indexrelid)
"""
"""Every column, constraint and index. What a check says is not among it: the server words it in its own way."""


@lru_cache(maxsize=4)
def expected_shape(speaks: Dialect) -> Mapping[str, str]:
    """What `SHAPE` finds in a queue that nobody altered; made once for each engine, whose dialect `speaks` is."""
    return dict(pair for table in (*metadata.tables.values(), attachments) for pair in _shape(table, speaks))


def _shape(table: Table, speaks: Dialect) -> Iterator[tuple[str, str]]:
    for column in table.columns:
        filled = " filled" if not column.nullable else ""
        yield f"{table.name}.{column.name}", f"{column.type.compile(speaks).lower()}{filled}"
    for constraint in table.constraints:
        kind = next(letter for known, letter in _KINDS if isinstance(constraint, known))
        yield f"{constraint.name} on {table.name}", kind
    for index in table.indexes:
        partial = " partial" if index.dialect_options["sqlite"]["where"] is not None else ""
        yield f"{index.name} on {table.name}", f"{'u' if index.unique else 'i'}{partial}"
