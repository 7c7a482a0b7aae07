"""A row of an answer, as whatever makes a record of it sees it."""

from typing import Any, Protocol


class Found(Protocol):
    """The columns of one row by their names; a query that has no such column is a mistake of the program."""

    def __getattr__(self, name: str) -> Any: ...
