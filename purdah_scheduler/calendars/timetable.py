"""The statutory timetable of a poll, by uk-election-timetables: its dates, and the days that the law does not count."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, lru_cache

from uk_election_timetables.calendars import BaseCalendar, Country, EasterMondayRule
from uk_election_timetables.election import Election, TimetableEvent
from uk_election_timetables.election_ids import from_election_id
from uk_election_timetables.elections.city_of_london_local import ChristmasBreakRule, EasterBreakRule

from purdah_scheduler.calendars.election_ids import ElectionId
from purdah_scheduler.domain.civiltime import format_day
from purdah_scheduler.domain.periods import Nation
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass

_COUNTRIES = {
    Nation.ENGLAND: Country.ENGLAND,
    Nation.SCOTLAND: Country.SCOTLAND,
    Nation.WALES: Country.WALES,
    Nation.NI: Country.NORTHERN_IRELAND,
}
_EVERYWHERE = (Nation.ENGLAND, Nation.SCOTLAND, Nation.NI)
"""One nation for each of the three lists of bank holidays; Wales shares that of England."""

_LABELS = {
    TimetableEvent.NOTICE_OF_ELECTION_DEADLINE: "Notice of election, at the latest",
    TimetableEvent.CLOSE_OF_NOMINATIONS: "Nominations close",
    TimetableEvent.SOPN_PUBLISH_DEADLINE: "Statement of persons nominated, at the latest",
    TimetableEvent.REGISTRATION_DEADLINE: "Last day to register to vote",
    TimetableEvent.POSTAL_VOTE_APPLICATION_DEADLINE: "Last day to apply for a postal vote",
}
"""What is shown. The library also gives a date for voter authority certificates, even for polls that need no voter ID, so
that one is never shown (domain.md 4.2)."""

_BY_THE_WRIT = frozenset(
    {
        TimetableEvent.NOTICE_OF_ELECTION_DEADLINE,
        TimetableEvent.CLOSE_OF_NOMINATIONS,
        TimetableEvent.SOPN_PUBLISH_DEADLINE,
    }
)
"""Dates of a by-election to the House of Commons that its writ sets; the library gives those of a general election."""

_ONE_NATION = {
    "mayor": (Nation.ENGLAND, Nation.WALES),
    "gla": (Nation.ENGLAND,),
    "pcc": (Nation.ENGLAND, Nation.WALES),
    "sp": (Nation.SCOTLAND,),
    "senedd": (Nation.WALES,),
    "naw": (Nation.WALES,),
    "nia": (Nation.NI,),
}
"""Where a type of poll is held, for the types that name no nation."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One date of the timetable: `event` is the library's name for it."""

    event: str
    label: str
    on: date


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class DayOff:
    """A weekday that the law does not count, and why."""

    on: date
    name: str


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """The statutory dates of one poll, in order.

    `notice` is the latest day for the notice of election and `working_days` how many working days that is before the poll;
    None and 0 where the law sets none (referendums). `days_off` are the weekdays between the first date and the poll that
    are not counted.
    """

    deadlines: tuple[Deadline, ...]
    notice: date | None
    working_days: int
    days_off: tuple[DayOff, ...]
    remarks: tuple[str, ...] = ()


def nations_of(election: ElectionId, nation: Nation | None) -> frozenset[Nation]:
    """Where the poll is held. Raises BadInput where `nation` is missing and the id leaves it open, or cannot be right."""
    if election.type in ("parl", "ref"):
        if nation is None and election.type == "ref":
            raise _needs_nation(election, "UK, England, Scotland, Wales or NI")
        return frozenset({nation or Nation.UK})
    if election.type == "local" and not election.in_the_city:
        if nation is None or nation is Nation.UK:
            raise _needs_nation(election, "England, Scotland, Wales or NI")
        return frozenset({nation})
    held = (Nation.ENGLAND,) if election.in_london or election.in_the_city else _ONE_NATION[election.type]
    if nation is not None and nation not in held:
        raise BadInput(
            f"The poll “{election.text}” is held in {' or '.join(held)}, not in {nation}, so nothing was derived.",
            next_step="Leave out --nation.",
        )
    if nation is not None:
        return frozenset({nation})
    return frozenset(held) if election.type == "pcc" else frozenset({held[0]})


def bank_holidays_known() -> tuple[date, date]:
    """The first and the last bank holiday that the library knows; before and after, it would count wrongly and not say so."""
    return _bounds()


def timetable(election: ElectionId, nations: frozenset[Nation]) -> Timetable:
    """The dates that the law sets for this poll. Raises BadInput for years without bank holidays."""
    place = election.places[:1] if election.in_london or election.in_the_city else ()
    return _timetable(replace(election, text="", places=place), nations)


@lru_cache(maxsize=256)
def _timetable(election: ElectionId, nations: frozenset[Nation]) -> Timetable:
    """The same, worked out once for all polls of a type, day and nation: thousands of ballots share one."""
    first, last = bank_holidays_known()
    if not first <= election.polling_day <= last:
        raise _outside(election.polling_day, first, last)
    remarks: list[str] = []
    countries = [nation for nation in _EVERYWHERE if Nation.UK in nations] or sorted(nations)[:1]
    polls = [_poll(election, nation) for nation in countries]
    found: dict[TimetableEvent, date] = {}
    for poll, nation in zip(polls, countries, strict=True):
        for entry in poll.timetable:
            event, on = TimetableEvent[entry["event"]], entry["date"]
            apart = event is TimetableEvent.POSTAL_VOTE_APPLICATION_DEADLINE and nation is Nation.NI and len(polls) > 1
            if apart:
                remarks.append(f"In Northern Ireland applications for postal votes close on {format_day(on)}.")
            elif event in _LABELS and not (event in _BY_THE_WRIT and election.by and election.type == "parl"):
                found[event] = min(on, found.get(event, on))
    notice = found.get(TimetableEvent.NOTICE_OF_ELECTION_DEADLINE)
    since = notice or min(found.values())
    if since < first:
        raise _outside(since, first, last)
    counted = next(poll for poll in polls if notice is None or poll.notice_of_election_deadline == notice)
    off = _days_off(_calendar(election, counted), since, election.polling_day)
    weekdays = [day for day in _days(since, election.polling_day) if day.weekday() < 5]
    return Timetable(
        deadlines=tuple(
            Deadline(event=event.name, label=_LABELS[event], on=on)
            for event, on in sorted(found.items(), key=lambda pair: pair[1])
        ),
        notice=notice,
        working_days=len(weekdays) - len(off) if notice else 0,
        days_off=off,
        remarks=tuple(remarks),
    )


def _poll(election: ElectionId, nation: Nation) -> Election:
    """The library's own record of the poll, asked for by type and day alone: places in an id must not change the law."""
    place = ".london" if election.type == "mayor" and election.in_london else ".city-of-london" if election.in_the_city else ""
    found: Election = from_election_id(f"{election.type}{place}.{election.polling_day}", country=_COUNTRIES[nation])
    return found


def _calendar(election: ElectionId, poll: Election) -> BaseCalendar:
    """The days that the notice of this poll does not count: the rules that the library applies to it."""
    rules: list[object] = []
    if election.in_the_city:
        rules = [EasterBreakRule(), ChristmasBreakRule()]
    elif poll.country is Country.SCOTLAND and election.type in ("local", "sp"):
        rules = [EasterMondayRule()]
    found: BaseCalendar = poll.get_extended_calendar(rules)
    return found


def _days_off(calendar: BaseCalendar, since: date, until: date) -> tuple[DayOff, ...]:
    """The weekdays of [since, until) that the calendar leaves out, each with the first name that it has for it."""
    found = []
    for day in _days(since, until):
        names = [entry.name for entry in calendar.exempted_dates() if entry.matches(day)]
        if names and day.weekday() < 5:
            found.append(DayOff(on=day, name=names[0]))
    return tuple(found)


def _days(since: date, until: date) -> Iterable[date]:
    return (since + timedelta(days=number) for number in range((until - since).days))


@cache
def _bounds() -> tuple[date, date]:
    known = Election.BANK_HOLIDAY_CALENDAR
    days = [
        date(entry.year, entry.month, entry.day)
        for country in (Country.ENGLAND, Country.SCOTLAND, Country.NORTHERN_IRELAND)
        for entry in known.from_country(country).exempted_dates()
    ]
    return min(days), max(days)


def _outside(day: date, first: date, last: date) -> BadInput:
    return BadInput(
        f"Bank holidays are known from {format_day(first)} to {format_day(last)} and {format_day(day)} is outside, "
        "so nothing was derived.",
        next_step="Take the date from the notice of election and declare it: purdah-scheduler calendar declare --help",
    )


def _needs_nation(election: ElectionId, known: str) -> BadInput:
    return BadInput(
        f"The nations count working days differently and “{election.text}” names none of them, so nothing was derived.",
        next_step=f"purdah-scheduler calendar derive {election.text} --nation … ({known})",
    )
