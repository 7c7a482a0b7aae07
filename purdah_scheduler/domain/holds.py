"""How long words about people are kept, and the holds of what was asked for under the Freedom of Information Act."""

from datetime import datetime, timedelta

from purdah_scheduler.lean import lean_dataclass

SECTION_77 = (
    "To alter, erase or conceal what was asked for, with the intention of preventing its disclosure, is an offence (Freedom of "
    "Information Act 2000, section 77)."
)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold, under the reference of a request: on one post (None: on every entry), of a span of time where one is given.

    `since` counts, `until` does not (UTC; None: no bound). It holds until it is released, which is done once.
    """

    id: int
    reference: str
    post: int | None
    since: datetime | None
    until: datetime | None
    reason: str
    person: str
    at: datetime
    released_at: datetime | None = None
    released_by: str = ""
    release_reason: str = ""

    def __post_init__(self) -> None:
        if any(at is not None and at.tzinfo is None for at in (self.since, self.until, self.at, self.released_at)):
            raise ValueError("a hold needs aware instants")

    def covers(self, post: int | None, at: datetime) -> bool:
        """Whether something of that post (None: of none) and moment is held today."""
        if self.released_at is not None or (self.post is not None and post != self.post):
            return False
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long words about people are kept: `personal` after a post was settled, `unsent` where nothing of it became public.

    None keeps them; nothing is erased by itself, only by who types `audit erase --due`.
    """

    personal: timedelta | None = None
    unsent: timedelta | None = None
