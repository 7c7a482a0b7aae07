"""What telling people needs from outside: a book of notices in the store, and somebody who carries a message."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from purdah_scheduler.application.ports import Reader, Store
from purdah_scheduler.domain.audit import Entry
from purdah_scheduler.domain.notices import Message, Notice, NoticeKind, NoticeState, Way


class NoticeReader(Reader, Protocol):
    """A consistent view of the store and of the notices in it."""

    def told_up_to(self) -> int | None:
        """The number of the last entry of the record that notices were made of; None where none ever were."""
        ...

    def last_entry(self) -> Entry | None: ...
    def entries_after(self, seq: int, *, limit: int) -> tuple[Entry, ...]:
        """The oldest entries of the record after `seq`."""
        ...

    def newest_notice(self, channel: str, topic: str, kinds: Sequence[NoticeKind]) -> Notice | None: ...
    def ready_notices(self, now: datetime, *, limit: int) -> tuple[Notice, ...]:
        """Waiting ones whose time has come, the longest waiting first."""
        ...

    def notices(self, *, limit: int, state: NoticeState | None = None) -> tuple[Notice, ...]:
        """Newest first."""
        ...


class Notebook(NoticeReader, Protocol):
    """One transaction that can change notices and nothing else, so that it needs no entry in the record."""

    def tell_up_to(self, seq: int) -> None: ...
    def add_notice(self, notice: Notice) -> int:
        """Store a notice (its id is ignored). Returns its id."""
        ...

    def save_notice(self, notice: Notice) -> None: ...
    def break_glass_told(self, glass: int, at: datetime) -> None:
        """Everybody was told of a break-glass, or it was tried; nothing happens where that was known."""
        ...

    def forget_notices(self, before: datetime) -> None:
        """Take out those that ended before that instant."""
        ...


class HouseStore(Store, Protocol):
    """The store with its book of notices."""

    def notices(self) -> AbstractContextManager[NoticeReader]:
        """One snapshot. Raises what `read` raises."""
        ...

    def notebook(self) -> AbstractContextManager[Notebook]:
        """One transaction; it commits when the block ends without an exception. Raises what `write` raises."""
        ...


class NotTold(Exception):
    """A message was not taken, or nobody said that it was; the words never hold an address."""


class Notifier(Protocol):
    """Carries messages, with a deadline of its own."""

    def tell(self, way: Way, message: Message) -> None:
        """Give the message to one way. Raises NotTold."""
        ...
