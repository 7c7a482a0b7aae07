"""One reading of an SQLite file without SQLAlchemy: questions that are known by name in, rows out, every fault translated."""

from collections.abc import Sequence
from datetime import datetime
from types import ModuleType
from typing import Any

from purdah_scheduler.errors import ProductError
from purdah_scheduler.store.faults import FileFaults, unfit
from purdah_scheduler.store.instants import kept, read_instant
from purdah_scheduler.store.known import Known
from purdah_scheduler.store.legible import Legible
from purdah_scheduler.store.light_sql import EACH, QUESTIONS


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
        names = QUESTIONS[question].columns.split()
        return [LightRow(names, values) for values in self._ask(question, given)]

    def scalar(self, question: str, **given: Any) -> Any:
        """The first column of the first row, or None."""
        return next((values[0] for values in self._ask(question, given)), None)

    def scalars(self, question: str, **given: Any) -> list[Any]:
        """The first column of every row."""
        return [values[0] for values in self._ask(question, given)]

    def end(self) -> None:
        """The block is over."""
        self._connection = None

    def _ask(self, question: str, given: dict[str, Any]) -> Sequence[Sequence[Any]]:
        if self._fault is not None:
            raise self._fault
        if self._connection is None:
            raise RuntimeError("the store was used after its block had ended")
        sql, binds, _, instants = QUESTIONS[question]
        values: list[Any] = []
        for bind in binds:
            if not isinstance(bind, str):
                values.append(bind)
            elif bind.startswith(EACH):
                many = given[bind[1:]]
                sql = sql.replace(f"({bind})", f"({', '.join('?' * len(many))})")
                values.extend(many)
            else:
                value = given[bind]
                values.append(kept(value) if isinstance(value, datetime) else value)
        try:
            found: list[tuple[Any, ...]] = self._connection.execute(sql, values).fetchall()
        except self._module.Error as error:
            self._fault = self._of_file.said(error)
            raise self._fault from error
        except (UnicodeEncodeError, UnicodeDecodeError, OverflowError) as error:
            self._fault = unfit(self._of_file, error)
            raise self._fault from error
        if not instants:
            return found
        with self.readable("a row"):
            return [_with_instants(row, instants) for row in found]


def _with_instants(row: tuple[Any, ...], places: Sequence[int]) -> list[Any]:
    values = list(row)
    for place in places:
        values[place] = read_instant(values[place])
    return values
