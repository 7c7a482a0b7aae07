"""Bank holidays of the United Kingdom by day, as uk-election-timetables has them."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

from uk_election_timetables.calendars import Country
from uk_election_timetables.election import Election

from purdah_scheduler.domain.notable import COUNTRIES
from purdah_scheduler.domain.periods import Nation
from purdah_scheduler.lean import lean_dataclass

_COUNTRIES = {
    Nation.ENGLAND: Country.ENGLAND,
    Nation.WALES: Country.WALES,
    Nation.SCOTLAND: Country.SCOTLAND,
    Nation.NI: Country.NORTHERN_IRELAND,
}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class BankHoliday:
    """One bank holiday of one day, and the nations that have it."""

    name: str
    nations: tuple[Nation, ...]

    @property
    def words(self) -> str:
        """The name, and where it holds unless that is everywhere: `Easter Monday (England, Wales, NI)`."""
        return self.name if len(self.nations) == len(COUNTRIES) else f"{self.name} ({', '.join(self.nations)})"


@cache
def bank_holidays() -> Mapping[date, tuple[BankHoliday, ...]]:
    """Each bank holiday by its day.

    From 2012 to the last year that the library knows; see `timetable.bank_holidays_known`.
    """
    found: dict[date, dict[str, list[Nation]]] = {}
    for nation, country in _COUNTRIES.items():
        for entry in Election.BANK_HOLIDAY_CALENDAR.from_country(country).exempted_dates():
            # One name may be written with either apostrophe.
            name = entry.name.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
            nations = found.setdefault(date(entry.year, entry.month, entry.day), {}).setdefault(name, [])
            if nation not in nations:
                nations.append(nation)
    days = {
        day: tuple(BankHoliday(name=name, nations=tuple(where)) for name, where in names.items()) for day, names in found.items()
    }
    return MappingProxyType(days)
