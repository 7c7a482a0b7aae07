"""What the store keeps of series: posts that were made together."""

from typing import Protocol

from purdah_scheduler.domain.series import Series


class SeriesReader(Protocol):
    """Read by any post of a series."""

    def series_of(self, post: int) -> Series | None:
        """The series that the post belongs to, or None."""
        ...


class SeriesWriter(Protocol):
    """Written once, and never altered."""

    def add_series(self, made: Series) -> int:
        """Store a series (its id is ignored) of posts that exist. Returns its id."""
        ...
