"""What a check found: in order, worth a look, or bad."""

from collections.abc import Iterable
from enum import StrEnum

from purdah_scheduler.errors import ProductError
from purdah_scheduler.lean import lean_dataclass


class Level(StrEnum):
    """How bad; each is worse than the one before it."""

    OK = "ok"
    ATTENTION = "attention"
    BAD = "bad"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was looked at: a short name, what was found, and what to type about it where that is anything."""

    name: str
    level: Level
    said: str
    next_step: str = ""


def fine(name: str, said: str) -> Line:
    """It is in order."""
    return Line(name=name, level=Level.OK, said=said)


def look_at(name: str, said: str, next_step: str) -> Line:
    """A person should look."""
    return Line(name=name, level=Level.ATTENTION, said=said, next_step=next_step)


def bad(name: str, said: str, next_step: str) -> Line:
    """Something does not work, or must not be relied on."""
    return Line(name=name, level=Level.BAD, said=said, next_step=next_step)


def refused(name: str, fault: ProductError) -> Line:
    """What was refused in a sentence of its own."""
    return bad(name, fault.message, fault.next_step)


def worst(lines: Iterable[Line]) -> Level:
    """The level of the whole."""
    order = list(Level)
    return max((line.level for line in lines), key=order.index, default=Level.OK)
