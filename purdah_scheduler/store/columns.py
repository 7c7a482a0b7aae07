"""The kinds of columns that the tables are made of, and how constraints are named."""

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, Double, Integer, MetaData, Text, TypeDecorator
from sqlalchemy.types import REAL, TypeEngine

from purdah_scheduler.store.instants import kept, read_instant

Seconds: TypeEngine[float] = Double().with_variant(REAL(), "sqlite")


class Whole(TypeDecorator[int]):
    """A whole number of 64 bits; a larger one raises OverflowError here, because PostgreSQL would give up the transaction."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy passes it by name
        if value is not None and not -(2**63) <= value < 2**63:
            raise OverflowError("a number of more than 64 bits")
        return value


Number: TypeEngine[int] = Whole().with_variant(Integer(), "sqlite")
"""SQLite's strict tables know it as INTEGER, and its driver raises the same."""


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as whole microseconds of UTC since 1970: exact, small, and sorts as it should."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy passes it by name
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the store keeps aware instants only")
        return kept(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], datetime | None]:  # noqa: ARG002 - likewise
        """The reading itself, without a call around it for each of a hundred thousand rows."""
        return read_instant


def one_of(column: str, values: type[StrEnum] | Iterable[str]) -> str:
    """The text of a check that a column holds one of these words."""
    listed = ", ".join(f"'{word}'" for word in values)
    return f"{column} IN ({listed})"


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def words(name: str, *, default: str | None = "") -> Column[str]:
    """A column of text that is never empty of value; `default` is what the database fills in, None for nothing."""
    return Column(name, Text, nullable=False, server_default=default)
