"""What a reader is asked before many questions about the same things: it reads them with a few statements for all."""

from collections.abc import Sequence
from typing import Protocol

from purdah_scheduler.domain.content import Content


class Foresight(Protocol):
    """The part of a reader that reads ahead; what is asked of it afterwards has the same answers as ever."""

    def foresee(self, deliveries: Sequence[int]) -> None:
        """Read at once these deliveries with their attempts: what is asked of them afterwards in this block costs little."""
        ...

    def foresee_posts(self, posts: Sequence[int]) -> None:
        """The same for posts, with their revisions, decisions, exemptions and entries in the record."""
        ...

    def contents(self, revisions: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Content]:
        """What these revisions (post and number) say; what does not exist or cannot be read is left out."""
        ...
