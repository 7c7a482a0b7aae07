"""One transaction as readers and writers use it: statements in, rows out, every fault translated."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Dialect, Executable, Row
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase

from purdah_scheduler.errors import BadInput, ProductError, TryAgain
from purdah_scheduler.store.faults import Faults
from purdah_scheduler.store.known import Known
from purdah_scheduler.store.legible import Legible
from purdah_scheduler.store.translating import translated

T = TypeVar("T")
_PIECE = 1000
Parameters = dict[str, Any] | list[dict[str, Any]]


class Work(Legible):
    """A connection inside its transaction. `login` is whom a database knows that knows people; empty for a file.

    After a fault of the database nothing more is done and nothing is committed: it may have rolled back by itself, and what
    followed would be outside any transaction. After the block ends, use is refused (RuntimeError).

    `known` is what was read before and is still as it was; `stale` are the posts whose caches are to be recomputed before the
    commit.
    """

    def __init__(self, connection: Connection, faults: Faults) -> None:
        super().__init__(faults)
        self.changed = False
        self.login = ""
        self.known = Known()
        self.stale: set[int] = set()
        self._connection: Connection | None = connection
        self._fault: Exception | None = None
        self._later: dict[UpdateBase, tuple[Sequence[str], list[Sequence[Any]]]] = {}
        self._last: list[Callable[[], None]] = []

    def rows(self, statement: Executable, values: Parameters | None = None) -> Sequence[Row[Any]]:
        """Every row."""
        return self._do(statement, values, lambda result: result.all())

    def each(self, statement: Executable) -> Iterator[Row[Any]]:
        """Every row, one after the other, in little memory; nothing is to be changed until the last one was read.

        Whoever reads no further lets go of the rows that are left.
        """
        self._be_ready()
        if self._connection is None:
            raise RuntimeError("the store was used after its block had ended")
        try:
            with translated(self._faults), self._connection.execute(statement, execution_options={"yield_per": _PIECE}) as result:
                for piece in result.partitions():
                    yield from piece
        except (ProductError, RuntimeError) as fault:
            self._fault = fault
            raise

    def one(self, statement: Executable, values: Parameters | None = None) -> Row[Any] | None:
        """The first row, or None."""
        return self._do(statement, values, lambda result: result.first())

    def scalar(self, statement: Executable) -> Any:
        """The first column of the first row, or None."""
        return self._do(statement, None, lambda result: result.scalar())

    def scalars(self, statement: Executable) -> Sequence[Any]:
        """The first column of every row."""
        return self._do(statement, None, lambda result: list(result.yield_per(_PIECE).scalars()))

    def change(self, statement: Executable, values: Parameters | None = None) -> int:
        """Change rows; returns how many. Where there are any, the block needs an entry in the record."""
        count: int = self._do(statement, values, lambda result: result.rowcount)
        # PostgreSQL's driver does not count a row that gives back its new id: -1, and there was one.
        self.changed = self.changed or count != 0
        self.known.forget()
        return count

    def later(self, statement: UpdateBase, names: Sequence[str], values: Sequence[Any]) -> None:
        """Change one row, together with others by the same statement: before anything else is asked of the store, or at the end.

        `names` and `values` are as for `in_bulk`. A row that is not there to be changed is a fault then (TryAgain): the block
        has read it, and nobody else writes meanwhile. Where there are any, the block needs an entry in the record.
        """
        self.changed = True
        self._later.setdefault(statement, (names, []))[1].append(values)

    def at_last(self, write: Callable[[], None]) -> None:
        """Do this before the commit, when everything else has been written."""
        self._last.append(write)

    def quietly(self, statement: Executable, values: Parameters | None = None) -> None:
        """Write what needs no entry: the entries themselves, and caches."""
        self._do(statement, values, lambda result: result.close())

    def in_bulk(self, statement: UpdateBase, names: Sequence[str], values: Sequence[Sequence[Any]]) -> int:
        """Write many rows with one statement, past SQLAlchemy's work on each of them; returns how many were changed.

        `values` are as the columns keep them (an instant is a whole number, see `kept`), in the order of `names`, which are all
        that the statement binds. Like `quietly` it needs no entry.
        """
        self.known.forget()
        return self._write_all(statement, names, values)

    def _write_all(self, statement: UpdateBase, names: Sequence[str], values: Sequence[Sequence[Any]]) -> int:
        if self._connection is None:
            raise RuntimeError("the store was used after its block had ended")
        compiled = _compiled(statement, self._connection.dialect, tuple(names))
        order = compiled.positiontup
        given: Sequence[Any]
        if order is None:
            given = [dict(zip(names, row, strict=True)) for row in values]
        elif order == list(names):
            given = values
        else:
            places = [names.index(name) for name in order]
            given = [tuple(row[place] for place in places) for row in values]
        return self._attempt(lambda connection: connection.exec_driver_sql(compiled.string, list(given)).rowcount)

    def insert(self, statement: Executable, values: dict[str, Any]) -> int:
        """Insert one row; returns its id."""
        self.changed = True
        self.known.forget()
        return self._do(statement, values, _new_id)

    def returning(self, statement: Executable) -> Sequence[Row[Any]]:
        """Change rows and get them back."""
        found = self.rows(statement)
        self.changed = self.changed or bool(found)
        self.known.forget()
        return found

    def finish(self) -> None:
        """Write what was put off. Raises the fault that the block swallowed, if there was one: nothing is whole to commit."""
        self._be_ready()
        while self._last:
            self._last.pop(0)()

    def _be_ready(self) -> None:
        """After this nothing is put off any more that a statement could ask for."""
        if self._fault is not None:
            raise self._fault
        waiting, self._later = self._later, {}
        for statement, (names, values) in waiting.items():
            try:
                count = self._write_all(statement, names, values)
            except Exception as fault:
                self._fault = fault  # whoever swallows it has changed less than the block believes
                raise
            if count != len(values):
                self._fault = TryAgain(
                    "The queue was changed by somebody else meanwhile, so nothing was changed.",
                    next_step="Try again in a moment.",
                )
                raise self._fault

    def end(self) -> None:
        """The block is over."""
        self._connection = None

    def _do(self, statement: Executable, values: Parameters | None, take: Callable[[CursorResult[Any]], T]) -> T:
        def run(connection: Connection) -> T:
            result = connection.execute(statement, values)
            with self.readable("a row"):
                return take(result)

        return self._attempt(run)

    def _attempt(self, run: Callable[[Connection], T]) -> T:
        self._be_ready()
        if self._connection is None:
            raise RuntimeError("the store was used after its block had ended")
        try:
            with translated(self._faults):
                return run(self._connection)
        except BadInput:
            raise  # refused before it reached the database
        except (ProductError, RuntimeError) as fault:
            self._fault = fault
            raise


@lru_cache(maxsize=64)  # by identity: who writes in bulk keeps its statement, and each is built once for a dialect
def _compiled(statement: UpdateBase, dialect: Dialect, names: tuple[str, ...]) -> SQLCompiler:
    return statement.compile(dialect=dialect, column_keys=list(names))


def _new_id(result: CursorResult[Any]) -> int:
    key = result.inserted_primary_key
    if key is None:
        raise RuntimeError("the row got no id")
    return int(key[0])


class View:
    """What every reader and writer has: its transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work
