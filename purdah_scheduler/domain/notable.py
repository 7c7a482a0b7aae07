"""What is notable on a day beside the posts: polls, statutory deadlines, bank holidays, clock changes, edges of periods."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from enum import StrEnum

from purdah_scheduler.domain.civiltime import DAYS
from purdah_scheduler.domain.periods import Nation, joined
from purdah_scheduler.lean import lean_dataclass

COUNTRIES = (Nation.ENGLAND, Nation.SCOTLAND, Nation.WALES, Nation.NI)
"""The nations that have bank holidays of their own; the UK as a whole has none."""


class Sort(StrEnum):
    """What kind of thing it is, what matters most first."""

    POLL = "poll"
    DEADLINE = "deadline"
    CLOCKS = "clocks"
    BEGINS = "begins"
    ENDS = "ends"
    ANNOUNCED = "announced"
    HOLIDAY = "holiday"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Notable:
    """One notable thing of one day, in words. `period` is the id of the period that it is an edge of, or empty.

    `brief` says it in at most nine letters, for the cell of a month; empty where a month shows it otherwise. `nations` is
    where it holds; empty where that is no question.
    """

    on: date
    sort: Sort
    words: str
    brief: str = ""
    nations: frozenset[Nation] = frozenset()
    period: str = ""
    source: str = ""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Almanac:
    """The notable things of some days, those of a day in the order of `Sort`.

    `holidays_from` and `holidays_until` are the first and the last bank holiday that are known: outside of them their absence
    means nothing. `countries` are the nations whose bank holidays are in it.
    """

    days: Mapping[date, tuple[Notable, ...]] = field(default_factory=dict)
    holidays_from: date = date.max
    holidays_until: date = date.min
    countries: tuple[Nation, ...] = COUNTRIES

    def on(self, day: date) -> tuple[Notable, ...]:
        """What is notable on that day."""
        return self.days.get(day, ())

    def knows(self, day: date) -> bool:
        """Whether bank holidays are known for the year of that day."""
        return self.holidays_from.year <= day.year <= self.holidays_until.year

    def gap(self, day: date) -> str:
        """That bank holidays and deadlines of that year are not known, as a sentence; empty where they are."""
        if self.knows(day):
            return ""
        if self.holidays_until < self.holidays_from:
            return f"Bank holidays of {day.year} are not known here, so none are shown."
        known = f"Bank holidays are known for {self.holidays_from.year} to {self.holidays_until.year}, not for {day.year}"
        return f"{known}: none are shown, and no statutory deadline is worked out."

    def working_day(self, day: date) -> str:
        """Whether it is a working day in each of the nations, as a sentence."""
        if day.weekday() >= 5:
            return f"No working day: it is a {DAYS[day.weekday()]}."
        off = {nation for entry in self.on(day) if entry.sort is Sort.HOLIDAY for nation in entry.nations}
        if not self.knows(day):
            return "A weekday; whether it is a bank holiday is not known."
        closed = [nation for nation in self.countries if nation in off]
        if not closed:
            return "A working day."
        rest = [nation for nation in self.countries if nation not in off]
        if not rest:
            return "No working day: it is a bank holiday."
        return f"A bank holiday in {joined(closed)}; a working day in {joined(rest)}."
