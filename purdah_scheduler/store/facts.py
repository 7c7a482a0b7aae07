"""What the store knows of itself, by name, and how two of its facts are read."""

from datetime import datetime, timedelta

from purdah_scheduler.store.instants import EPOCH

HIGH_WATER, CLOCK_ACCEPTED = "high water", "clock accepted"
"""Facts of the store: a number of microseconds, and an instant in ISO 8601."""


def high_water_of(said: str) -> datetime | None:
    """The instant that HIGH_WATER says. Raises ValueError and OverflowError for what was not written here."""
    return EPOCH + timedelta(microseconds=int(said)) if said else None


def accepted_of(said: str) -> datetime | None:
    """The instant that CLOCK_ACCEPTED says. Raises ValueError for what was not written here."""
    return datetime.fromisoformat(said) if said else None
