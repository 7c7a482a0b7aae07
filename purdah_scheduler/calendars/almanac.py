"""The almanac of some days: polls, the deadlines that the law sets before each, bank holidays, clocks, edges of periods."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from purdah_scheduler.application.office import House, Office
from purdah_scheduler.calendars.bank_holidays import bank_holidays
from purdah_scheduler.calendars.polls import KnownPoll, polls_of
from purdah_scheduler.calendars.timetable import Deadline, bank_holidays_known, timetable
from purdah_scheduler.domain.civiltime import day_bounds, local_date
from purdah_scheduler.domain.notable import COUNTRIES, Almanac, Notable, Sort
from purdah_scheduler.domain.periods import EndMode, Kind, Nation, Period
from purdah_scheduler.errors import BadInput

DEADLINES_SOURCE = "https://github.com/DemocracyClub/uk-election-timetables"
_FIRST_DEADLINE = timedelta(days=75)
"""No statutory date that is shown comes earlier before its poll."""
_BRIEF = {
    "NOTICE_OF_ELECTION_DEADLINE": "Notice",
    "CLOSE_OF_NOMINATIONS": "Nominate",
    "SOPN_PUBLISH_DEADLINE": "Nominees",
    "REGISTRATION_DEADLINE": "Register",
    "POSTAL_VOTE_APPLICATION_DEADLINE": "Post vote",
}
_POSTAL = "POSTAL_VOTE_APPLICATION_DEADLINE"
_ORDER = {sort: place for place, sort in enumerate(Sort)}


def almanac(
    first: date,
    last: date,
    *,
    periods: Iterable[Period],
    ours: Iterable[Period],
    nations: Iterable[Nation],
    zone: ZoneInfo,
) -> Almanac:
    """What is notable on the days from `first` to `last`, both included.

    Polls and their deadlines are those of all `periods`; starts, ends and announcements are told of `ours` alone, the periods
    that concern this department. `nations` are those of its accounts: their bank holidays are in it, every nation's where one
    of them is the UK. What cannot be worked out is left out, and `Almanac.gap` says so for years without bank holidays.
    """
    wanted = set(nations)
    countries = tuple(nation for nation in COUNTRIES if nation in wanted) if wanted and Nation.UK not in wanted else COUNTRIES
    polls = polls_of(periods, first, last + _FIRST_DEADLINE)
    found: dict[date, list[Notable]] = {}
    for entry in (
        *(_poll(poll) for poll in polls),
        *(entry for poll in polls for entry in _deadlines(poll)),
        *_holidays(first, last, countries),
        *clock_changes(first, last, zone),
        *(entry for period in ours if not period.is_off for entry in _edges(period, zone)),
    ):
        if first <= entry.on <= last:
            found.setdefault(entry.on, []).append(entry)
    known = bank_holidays_known()
    return Almanac(
        days={day: tuple(sorted(entries, key=lambda entry: _ORDER[entry.sort])) for day, entries in found.items()},
        holidays_from=known[0],
        holidays_until=known[1],
        countries=countries,
    )


def house_almanac(house: House, periods: Sequence[Period], first: date, last: date) -> Almanac:
    """The almanac of a department: `periods` are all that it knows, and its own are those that bind one of its accounts."""
    return almanac(
        first,
        last,
        periods=periods,
        ours=[period for period in periods if house.is_bound_by(period)],
        nations={account.nation for account in house.accounts},
        zone=house.zone,
    )


def office_almanac(office: Office, since: datetime, until: datetime) -> Almanac:
    """The same of the calendar as it is now, from the local day of one moment to that of another."""
    with office.store.read() as reader:
        periods = office.house.calendar(reader)
    first, last = (local_date(at, office.house.zone) for at in (since, until))
    return house_almanac(office.house, periods, first, last)


def _poll(poll: KnownPoll) -> Notable:
    return Notable(on=poll.on, sort=Sort.POLL, words=poll.title(), brief="Poll day", nations=poll.nations, source=poll.source)


def _deadlines(poll: KnownPoll) -> Iterator[Notable]:
    """The statutory dates of a poll, those that several nations share once. Nothing where the law or the year is not known."""
    shared: dict[tuple[date, str, str], list[Nation]] = {}
    for nations in _asked(poll):
        for deadline in _dates(poll, nations):
            shared.setdefault((deadline.on, deadline.label, deadline.event), []).extend(sorted(nations))
    if Nation.UK in poll.nations:
        # Northern Ireland closes applications for postal votes on a day of its own; every other date is the same for all.
        for deadline in _dates(poll, frozenset({Nation.NI})):
            if deadline.event == _POSTAL and (deadline.on, deadline.label, _POSTAL) not in shared:
                shared[deadline.on, f"{deadline.label} in Northern Ireland", _POSTAL] = [Nation.NI]
    for (on, label, event), where in shared.items():
        yield Notable(
            on=on,
            sort=Sort.DEADLINE,
            words=f"{label}: {poll.title(where)}",
            brief=_BRIEF.get(event, ""),
            nations=frozenset(where),
            source=DEADLINES_SOURCE,
        )


def _asked(poll: KnownPoll) -> tuple[frozenset[Nation], ...]:
    """For which nations the law is asked: each of them, except where one timetable holds for all."""
    if Nation.UK in poll.nations or poll.kind is Kind.PCC:
        return (poll.nations,)
    return tuple(frozenset({nation}) for nation in sorted(poll.nations))


def _dates(poll: KnownPoll, nations: frozenset[Nation]) -> tuple[Deadline, ...]:
    election = poll.election()
    if election is None:
        return ()
    try:
        return timetable(election, nations).deadlines
    except BadInput:
        return ()  # a year without bank holidays: the almanac says so for every day of it


def _holidays(first: date, last: date, countries: Iterable[Nation]) -> Iterator[Notable]:
    kept = set(countries)
    for day, holidays in bank_holidays().items():
        if first <= day <= last:
            for holiday in holidays:
                where = kept.intersection(holiday.nations)
                if where:
                    yield Notable(on=day, sort=Sort.HOLIDAY, words=holiday.words, brief="Bank hol.", nations=frozenset(where))


def clock_changes(first: date, last: date, zone: ZoneInfo) -> Iterator[Notable]:
    """The days on which the clocks of `zone` change, with the times that do not exist or happen twice."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        start, end = day_bounds(day, zone)
        if end - start != timedelta(days=1):
            brief = "Clocks +1" if end - start < timedelta(days=1) else "Clocks -1"
            yield Notable(on=day, sort=Sort.CLOCKS, words=_clock_words(start, end, zone), brief=brief)


def _clock_words(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """`The clocks go forward at 01:00 to 02:00: 01:30 does not exist`."""
    before = start.astimezone(zone).utcoffset()
    change = start
    while change < end and change.astimezone(zone).utcoffset() == before:
        change += timedelta(minutes=15)
    after = change.astimezone(zone).replace(tzinfo=None)
    unchanged = (change.astimezone(UTC) + (before or timedelta())).replace(tzinfo=None)
    low, high = sorted((unchanged, after))
    middle = f"{low + (high - low) / 2:%H:%M}"
    if after > unchanged:
        return f"The clocks go forward at {unchanged:%H:%M} to {after:%H:%M}: {middle} does not exist"
    return f"The clocks go back at {unchanged:%H:%M} to {after:%H:%M}: {middle} happens twice"


def _edges(period: Period, zone: ZoneInfo) -> Iterator[Notable]:
    """The first and the last day of a period, and the day of its announcement where that is another one."""

    def edge(sort: Sort, at: datetime, words: str) -> Notable:
        on = local_date(at, zone)
        return Notable(on=on, sort=sort, words=words, nations=period.nations, period=period.id, source=period.source)

    def clock(at: datetime) -> str:
        return f"{at.astimezone(zone):%H:%M}"

    yield edge(Sort.BEGINS, period.starts, f"First day, from {clock(period.starts)}: {period.name}")
    over = period.ended_at()
    if over is not None and over > period.starts:
        until = clock(over) if clock(over) != "00:00" else "the end of the day"
        yield edge(Sort.ENDS, over - timedelta(microseconds=1), f"Last day, until {until}: {period.name}")
    elif over is None and period.end_mode is EndMode.MANUAL_LIFT and period.kind is not Kind.FREEZE:
        yield edge(
            Sort.ENDS,
            period.ends - timedelta(microseconds=1),
            f"Last day at the earliest, it lasts until a person records that it is over: {period.name}",
        )
    if period.announced_at is not None and local_date(period.announced_at, zone) != local_date(period.starts, zone):
        yield edge(Sort.ANNOUNCED, period.announced_at, f"Announced: {period.name}")
