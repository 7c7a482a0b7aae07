"""What a transaction has read before and may take as read: nobody else writes meanwhile, and its own changes are seen to."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class Known:
    """Answers by their kind and number; a change that is made at once empties it, one that is put off sees to its own."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int], Any] = {}

    def learn(self, kind: str, found: Mapping[int, object]) -> None:
        """These are the answers from now on."""
        self._found.update({(kind, number): answer for number, answer in found.items()})

    def foreseen(self, kind: str, number: int, read: Callable[[], T]) -> T:
        """What is known of that number, or what `read` gives."""
        found: T | None = self._found.get((kind, number))
        return read() if found is None else found

    def remember(self, kind: str, read: Callable[[], T]) -> T:
        """What is known of the whole house, or what `read` gives, which is known from then on."""
        found: T | None = self._found.get((kind, 0))
        if found is None:
            found = self._found[kind, 0] = read()
        return found

    def forget(self) -> None:
        """Everything is read anew."""
        self._found.clear()
