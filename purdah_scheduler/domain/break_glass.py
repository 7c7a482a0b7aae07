"""Break-glass: named stages of clearance skipped in an emergency, for one digest, unreviewed until somebody else reviews it."""

from datetime import datetime, timedelta

from purdah_scheduler.lean import lean_dataclass

LASTS = timedelta(hours=24)
"""How long a broken glass counts: what was not sent by then is cleared as everything else is."""

TELLS_FIRST = timedelta(minutes=2)
"""How long a post waits at most until everybody was told, or it was tried."""

SHORTEST_REASON = 20
"""Characters that its reason has at least."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlassRules:
    """Whether there is break-glass at all, and how many in 24 hours."""

    enabled: bool = False
    most: int = 2


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlass:
    """The word of a person on duty that one text may go out without the clearances of `stages`.

    `told_at` is when everybody had been told, or it had been tried. It is unreviewed until `reviewed_at`.
    """

    id: int
    post: int
    digest: str
    revision: int
    person: str
    stages: tuple[str, ...]
    reason: str
    incident: str
    at: datetime
    told_at: datetime | None = None
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    review: str = ""

    def __post_init__(self) -> None:
        for instant in (self.at, self.told_at, self.reviewed_at):
            if instant is not None and instant.tzinfo is None:
                raise ValueError("break-glass needs aware instants")

    def covers(self, digest: str, revision: int, at: datetime) -> bool:
        """Whether it is for this text of this revision, at that moment."""
        return (self.digest, self.revision) == (digest, revision) and self.at <= at < self.at + LASTS

    def waits_until(self, at: datetime) -> datetime | None:
        """Until when a post has to wait for the telling, asked at that moment; None where nobody is waited for any more."""
        over = self.at + TELLS_FIRST
        return None if self.told_at is not None or at >= over else over
