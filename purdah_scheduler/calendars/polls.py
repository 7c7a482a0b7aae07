"""The polls that a calendar knows of, each once however many periods it brings, and the election ids that stand for them."""

from collections.abc import Iterable
from datetime import date

from purdah_scheduler.calendars.election_ids import ElectionId
from purdah_scheduler.domain.periods import Kind, Nation, Period, joined, name_key
from purdah_scheduler.lean import lean_dataclass

_TYPES = {
    Kind.GENERAL: "parl",
    Kind.LOCAL: "local",
    Kind.MAYORAL: "mayor",
    Kind.PCC: "pcc",
    Kind.SCOTTISH_PARLIAMENT: "sp",
    Kind.SENEDD: "senedd",
    Kind.NI_ASSEMBLY: "nia",
    Kind.REFERENDUM: "ref",
    # The dates that a by-election to the House of Commons has are those that all by-elections share.
    Kind.BY_ELECTION: "parl",
}
"""The type of poll by whose timetable a kind of period goes; European polls have none that is known."""

_HELD_IN = {
    Kind.GENERAL: frozenset({Nation.UK}),
    Kind.PCC: frozenset({Nation.ENGLAND, Nation.WALES}),
    Kind.SCOTTISH_PARLIAMENT: frozenset({Nation.SCOTLAND}),
    Kind.SENEDD: frozenset({Nation.WALES}),
    Kind.NI_ASSEMBLY: frozenset({Nation.NI}),
}
"""Where a kind of poll is held, whatever audience a period of it is about."""

_TITLES = {
    Kind.GENERAL: "UK general election",
    Kind.LOCAL: "Local elections",
    Kind.MAYORAL: "Mayoral elections",
    Kind.PCC: "Police and crime commissioner elections",
    Kind.EUROPEAN: "European Parliament election",
    Kind.SCOTTISH_PARLIAMENT: "Scottish Parliament election",
    Kind.SENEDD: "Senedd election",
    Kind.NI_ASSEMBLY: "Northern Ireland Assembly election",
    Kind.REFERENDUM: "Referendum",
    Kind.BY_ELECTION: "By-elections",
}
_NAMED_PLACES = 3
"""Places that are named; of more than that there is only the number."""
_AT_LARGE = frozenset({Kind.GENERAL, Kind.SCOTTISH_PARLIAMENT, Kind.SENEDD, Kind.NI_ASSEMBLY})


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class KnownPoll:
    """One kind of poll on one day: where it is held, which places are named (none means all of them), and its address."""

    kind: Kind
    on: date
    nations: frozenset[Nation]
    places: tuple[str, ...]
    name: str
    source: str

    def title(self, nations: Iterable[Nation] | None = None) -> str:
        """What is voted on, and where; in `nations` alone if they are given."""
        if self.kind in _AT_LARGE or (self.kind is Kind.REFERENDUM and not self.places):
            return self.name
        where = sorted(self.nations if nations is None else nations)
        if self.places and len(self.places) <= _NAMED_PLACES:
            unsaid = [place for place in self.places if name_key(place) not in name_key(self.name)]
            return f"{self.name} ({joined(unsaid)})" if unsaid else self.name
        number = f"{len(self.places)} places in " if self.places else ""
        nation = joined(where) if where else ""
        return f"{self.name} ({number}{nation})" if nation and (number or nation not in self.name) else self.name

    def election(self) -> ElectionId | None:
        """The poll by whose timetable its deadlines go, or None where none is known."""
        poll = _TYPES.get(self.kind)
        if poll is None:
            return None
        keys = {name_key(place) for place in self.places}
        place = ""
        if self.kind is Kind.MAYORAL and keys & {"greater london", "london"}:
            place = "london"
        elif self.kind is Kind.LOCAL and keys == {"city of london"}:
            place = "city-of-london"
        return ElectionId(
            text="", type=poll, places=(place,) if place else (), by=self.kind is Kind.BY_ELECTION, polling_day=self.on
        )


def polls_of(periods: Iterable[Period], first: date, last: date) -> tuple[KnownPoll, ...]:
    """The polls on the days from `first` to `last`, both included, soonest first; those that were cancelled are no polls.

    Periods of one kind and day are one poll: hundreds of councils vote on one Thursday. Referendums stay apart by name.
    """
    together: dict[tuple[date, Kind, str], list[Period]] = {}
    for period in periods:
        day = period.polling_day
        if day is not None and first <= day <= last and not period.is_off and period.kind in _TITLES:
            apart = _subject(period) if period.kind is Kind.REFERENDUM else "london" if _in_london(period) else ""
            together.setdefault((day, period.kind, apart), []).append(period)
    return tuple(_poll(day, kind, same) for (day, kind, _), same in sorted(together.items()))


def _poll(day: date, kind: Kind, same: list[Period]) -> KnownPoll:
    # A period without an area is about the whole day of polls, so that no place of it is singled out.
    everywhere = any(not period.area for period in same)
    places = {name_key(period.area): period.area for period in same if period.area}
    named = frozenset(nation for period in same for nation in period.nations)
    nations = _HELD_IN.get(kind) or (named if kind is Kind.REFERENDUM else named - {Nation.UK})
    alone = kind is Kind.REFERENDUM or (kind is Kind.BY_ELECTION and len(places) <= 1)
    return KnownPoll(
        kind=kind,
        on=day,
        nations=nations,
        places=() if everywhere else tuple(places[key] for key in sorted(places)),
        name=_subject(min(same, key=lambda period: (len(_subject(period)), period.id))) if alone else _TITLES[kind],
        source=next((period.source for period in same if period.source), ""),
    )


def _in_london(period: Period) -> bool:
    """Whether it is the poll for the Mayor or Assembly of London, or for the City, which have timetables of their own."""
    key = name_key(period.area)
    return (period.kind is Kind.MAYORAL and key in ("greater london", "london")) or (
        period.kind is Kind.LOCAL and key == "city of london"
    )


def _subject(period: Period) -> str:
    """The name of a period without whom it binds: `Referendum on parking, 6 May 2027: everyone` is about what comes first."""
    return period.name.rpartition(": ")[0] or period.name
