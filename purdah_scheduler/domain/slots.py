"""Posting slots: the weekly times at which an account posts, as Europe/London wall time whatever the clocks do."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time

from purdah_scheduler.domain.civiltime import DAYS, first_instant, london
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass

MOST_SLOTS = 100
"""Slots that an account has in a week, at most."""

_NUMBERS = {word: number for number, name in enumerate(DAYS) for word in (name.lower(), name.lower()[:3])}
_ENTRY = re.compile(r"(?P<days>[A-Za-z][A-Za-z,\- ]*?) (?P<clocks>[0-9]{2}:[0-9]{2}(?:[, ]+[0-9]{2}:[0-9]{2})*)")
_EVERY = ("daily", "every day")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One time of the week: `weekday` 0 is Monday, `clock` has whole minutes."""

    weekday: int
    clock: time

    def __lt__(self, other: "Slot") -> bool:
        """Whether it comes sooner in the week."""
        return (self.weekday, self.clock) < (other.weekday, other.clock)

    @property
    def words(self) -> str:
        """Such as `Mon 09:00`."""
        return f"{DAYS[self.weekday][:3]} {self.clock:%H:%M}"


def read_slots(text: str) -> tuple[Slot, ...]:
    """The slots of one entry: `Mon-Fri 09:00`, `Sat, Sun 10:30 17:00`, `daily 12:00`; in the order of the week.

    Raises BadInput for anything else.
    """
    found = _ENTRY.fullmatch(" ".join(text.split()))
    if found is None:
        raise BadInput(f"“{text}” is not a slot.", next_step="Write Mon-Fri 09:00, or Sat 10:30, or daily 12:00 17:00.")
    days = (
        range(7) if found["days"].lower() in _EVERY else [day for part in found["days"].split(",") for day in _days(part, text)]
    )
    clocks = []
    for clock in re.split(r"[, ]+", found["clocks"]):
        try:
            clocks.append(time.fromisoformat(clock))
        except ValueError:
            raise BadInput(f"“{text}”: {clock} is not a time of day.", next_step="Hours run from 00 to 23.") from None
    return tuple(sorted({Slot(weekday=day, clock=clock) for day in days for clock in clocks}))


def slots_on(slots: Iterable[Slot], on: date) -> tuple[datetime, ...]:
    """The instants of the slots of a day in London, in UTC, soonest first.

    A slot that the clocks jump over has no instant that night and is left out; one that happens twice is the first of the two.
    """
    found = set()
    for slot in slots:
        if slot.weekday == on.weekday():
            at = first_instant(datetime.combine(on, slot.clock), london())
            if at is not None:
                found.add(at)
    return tuple(sorted(found))


def _days(part: str, text: str) -> range:
    first, dash, last = (word.strip().lower() for word in part.partition("-"))
    for word in (first, last) if dash else (first,):
        if word not in _NUMBERS:
            raise BadInput(f"“{text}”: “{word}” is no day of the week.", next_step="Write Mon, Tue, Wed, Thu, Fri, Sat or Sun.")
    start, end = _NUMBERS[first], _NUMBERS[last or first]
    if end < start:
        raise BadInput(f"“{text}” goes over the end of the week.", next_step="Write it as two, such as Sat 10:00 and Mon 10:00.")
    return range(start, end + 1)
