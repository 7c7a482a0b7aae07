"""What the exceptions to the rules need of the store: exemptions from blocks, and break-glass."""

from datetime import datetime
from typing import Protocol

from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.domain.posts import Exemption


class ExceptionReader(Protocol):
    """Exceptions in the order in which they were made."""

    def exemptions(self, post: int) -> tuple[Exemption, ...]: ...
    def campaign_exemptions(self) -> tuple[Exemption, ...]: ...
    def all_exemptions(self) -> tuple[Exemption, ...]: ...

    def break_glasses(self, post: int) -> tuple[BreakGlass, ...]:
        """Of one post; those below are of every post."""
        ...

    def unreviewed(self) -> tuple[BreakGlass, ...]: ...
    def broken_since(self, at: datetime) -> tuple[BreakGlass, ...]: ...


class ExceptionWriter(Protocol):
    """What changes them; the ids of new ones are ignored, and given back."""

    def add_exemption(self, exemption: Exemption) -> int: ...
    def revoke_exemption(self, exemption: int, at: datetime) -> None: ...

    def add_break_glass(self, glass: BreakGlass) -> int: ...
    def review_break_glass(self, glass: int, *, by: str, at: datetime, words: str) -> None:
        """Fill in its review. Raises NotFound; WrongState where it was reviewed before."""
        ...
