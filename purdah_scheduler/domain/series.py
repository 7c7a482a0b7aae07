"""Series: posts that were made together from one post, one for each time of a rule."""

from datetime import datetime

from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What was made at once and is never made again: `posts` in the order of their times, copied from `source` by `rule`.

    Each of its posts is cleared, checked and scheduled by itself; nothing that decides asks for its series.
    """

    id: int
    source: int
    rule: str
    person: str
    at: datetime
    posts: tuple[int, ...]

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a series needs an aware instant")

    def place(self, post: int) -> str:
        """Which of them a post is: `3 of 12`."""
        return f"{self.posts.index(post) + 1} of {len(self.posts)}"
