"""What cannot be understood of a stored text, told as damage."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from purdah_scheduler.errors import BadInput
from purdah_scheduler.store.faults import Faults


class Legible:
    """Whatever reads rows of one store."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    @contextmanager
    def readable(self, what: str | Callable[[], str]) -> Iterator[None]:
        """A stored text that cannot be understood is damage, and says where; for many rows `what` is asked at the fault."""
        try:
            yield
        except (ValueError, KeyError, TypeError, OverflowError, BadInput) as error:
            place = what if isinstance(what, str) else what()
            raise self._faults.damaged(f"{place} cannot be read") from error
