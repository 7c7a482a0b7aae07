"""Bank holidays of the United Kingdom by day, as uk-election-timetables has them."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

from uk_election_timetables.calendars import Country
from uk_election_timetables.election import Election

_COUNTRIES = {
    "England": Country.ENGLAND,
    "Wales": Country.WALES,
    "Scotland": Country.SCOTLAND,
    "NI": Country.NORTHERN_IRELAND,
}


@cache
def bank_holidays() -> Mapping[date, tuple[str, ...]]:
    """Each bank holiday with its name, and where it holds unless that is everywhere: `Easter Monday (England, Wales, NI)`.

    From 2012 to the last year that the library knows; see `timetable.bank_holidays_known`.
    """
    found: dict[date, dict[str, list[str]]] = {}
    for nation, country in _COUNTRIES.items():
        for entry in Election.BANK_HOLIDAY_CALENDAR.from_country(country).exempted_dates():
            # One name may be written with either apostrophe.
            name = entry.name.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
            nations = found.setdefault(date(entry.year, entry.month, entry.day), {}).setdefault(name, [])
            if nation not in nations:
                nations.append(nation)
    return MappingProxyType({day: tuple(_named(name, where) for name, where in names.items()) for day, names in found.items()})


def _named(name: str, nations: list[str]) -> str:
    return name if len(nations) == len(_COUNTRIES) else f"{name} ({', '.join(nations)})"
