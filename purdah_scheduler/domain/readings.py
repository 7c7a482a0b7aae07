"""What one person has read of a post: known so that what changed since can be shown, and never asked when anything is cleared."""

from datetime import datetime

from purdah_scheduler.lean import lean_dataclass

COMMENTED = "post.commented"
"""What the entry of a comment says was done."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The newest revision that the person had whole (0: none), at what time, and the newest comment that they saw (0: none).

    `comment` is the number of its entry in the record. `at` is when that revision was first read, or without one the comments.
    """

    post: int
    person: str
    at: datetime
    revision: int = 0
    comment: int = 0

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a reading needs an aware instant")
