"""One reading of an SQLite file without SQLAlchemy: questions that are known by name in, rows out, every fault translated."""

from collections.abc import Callable, Sequence
from datetime import datetime
from types import ModuleType
from typing import Any, TypeVar

from purdah_scheduler.errors import ProductError
from purdah_scheduler.store.faults import FileFaults, unfit
from purdah_scheduler.store.instants import kept, read_instant
from purdah_scheduler.store.known import Known
from purdah_scheduler.store.legible import Legible
from purdah_scheduler.store.light_sql import EACH, QUESTIONS, Question

T = TypeVar("T")


class LightRow:
    """The columns of one row by their names."""

    def __init__(self, names: Sequence[str], values: Sequence[Any]) -> None:
        self.__dict__.update(zip(names, values, strict=True))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the row has no column {name}")


class LightWork(Legible):
    """A connection of the library itself inside its transaction.

    As with `Work`, nothing more is asked after a fault of the database, and use after the block has ended is refused
    (RuntimeError).
    """

    def __init__(self, connection: Any, module: ModuleType, faults: FileFaults) -> None:
        super().__init__(faults)
        self.known = Known()
        self._connection, self._module, self._of_file = connection, module, faults
        self._fault: ProductError | None = None

    def rows(self, question: str, **given: Any) -> list[LightRow]:
        """Every row; `given` are the arguments that the question names."""
        asked = QUESTIONS[question]
        found = self._ask(asked, given, _all)
        names = asked.columns.split()
        with self.readable("a row"):
            return [LightRow(names, _with_instants(values, asked.instants)) for values in found]

    def scalar(self, question: str, **given: Any) -> Any:
        """The first column of the first row, or None."""
        first = next(iter(self.rows(question, **given)), None)
        return None if first is None else next(iter(vars(first).values()))

    def scalars(self, question: str, **given: Any) -> list[Any]:
        """The only column of every row, as the store keeps it, in little more memory than the answer takes."""
        return self._ask(QUESTIONS[question], given, _first_of_each)

    def end(self) -> None:
        """The block is over."""
        self._connection = None

    def _ask(self, question: Question, given: dict[str, Any], take: Callable[[Any], list[T]]) -> list[T]:
        if self._fault is not None:
            raise self._fault
        if self._connection is None:
            raise RuntimeError("the store was used after its block had ended")
        try:
            return take(self._connection.execute(*_filled(question, given)))
        except self._module.Error as error:
            self._fault = self._of_file.said(error)
            raise self._fault from error
        except (UnicodeEncodeError, UnicodeDecodeError, OverflowError) as error:
            self._fault = unfit(self._of_file, error)
            raise self._fault from error


def _filled(question: Question, given: dict[str, Any]) -> tuple[str, list[Any]]:
    """The text with a place for each value, and the values as the store keeps them."""
    sql, values = question.sql, []
    for bind in question.binds:
        if not isinstance(bind, str):
            values.append(bind)
        elif bind.startswith(EACH):
            many = given[bind.removeprefix(EACH)]
            sql = sql.replace(f"({bind})", f"({', '.join('?' * len(many))})")
            values.extend(many)
        else:
            value = given[bind]
            values.append(kept(value) if isinstance(value, datetime) else value)
    return sql, values


def _all(cursor: Any) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _first_of_each(cursor: Any) -> list[Any]:
    return [value for (value,) in cursor]


def _with_instants(row: tuple[Any, ...], places: Sequence[int]) -> Sequence[Any]:
    if not places:
        return row
    values = list(row)
    for place in places:
        values[place] = read_instant(values[place])
    return values
