"""Election ids as Democracy Club writes them: what kind of poll, where, on which day."""

import re
from datetime import date

from purdah_scheduler.domain.civiltime import FIRST_YEAR, LAST_YEAR
from purdah_scheduler.domain.periods import Kind
from purdah_scheduler.domain.reveal import one_line
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.mistyped import meant

KINDS = {
    "local": Kind.LOCAL,
    "mayor": Kind.MAYORAL,
    "gla": Kind.MAYORAL,
    "pcc": Kind.PCC,
    "parl": Kind.GENERAL,
    "sp": Kind.SCOTTISH_PARLIAMENT,
    "senedd": Kind.SENEDD,
    "naw": Kind.SENEDD,
    "nia": Kind.NI_ASSEMBLY,
    "ref": Kind.REFERENDUM,
}
"""The types of poll that have a statutory timetable. European polls (`europarl`) have none that is known."""

EXAMPLES = "local.2026-05-07, mayor.london.2028-05-04 or parl.anytown.by.2027-02-25"

_TITLES = {
    "local": "Local elections",
    "mayor": "Mayoral elections",
    "gla": "London Assembly election",
    "pcc": "Police and crime commissioner elections",
    "parl": "UK general election",
    "sp": "Scottish Parliament election",
    "senedd": "Senedd election",
    "naw": "National Assembly for Wales election",
    "nia": "Northern Ireland Assembly election",
    "ref": "Referendum",
}
_BY_TITLES = {
    "local": "Council",
    "mayor": "Mayoral",
    "gla": "London Assembly",
    "pcc": "Police and crime commissioner",
    "parl": "UK Parliament",
    "sp": "Scottish Parliament",
    "senedd": "Senedd",
    "naw": "National Assembly for Wales",
    "nia": "Northern Ireland Assembly",
    "ref": "Referendum",
}

_LONGEST = 200
_ID = re.compile(r"(?P<type>[a-z]+)(?P<middle>(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*)\.(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})")
_SUBTYPES = frozenset({"a", "c", "r"})
"""Constituency, regional or additional members: a part of the id that names no place."""

_SMALL_WORDS = frozenset({"and", "by", "in", "le", "of", "on", "the", "under", "upon", "with"})


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class ElectionId:
    """One id, read: `places` are the organisation and division that it names, if any; `by` marks a by-election."""

    text: str
    type: str
    places: tuple[str, ...]
    by: bool
    polling_day: date

    @property
    def kind(self) -> Kind:
        """The kind of period that such a poll brings. One of a commissioner stays that: it has rules for that office."""
        return Kind.BY_ELECTION if self.by and self.type != "pcc" else KINDS[self.type]

    @property
    def in_london(self) -> bool:
        """Whether the poll is for the Mayor or Assembly of London, which have a timetable of their own."""
        return self.type == "gla" or (self.type == "mayor" and self.places[:1] == ("london",))

    @property
    def in_the_city(self) -> bool:
        """Whether the poll is for the City of London, which keeps breaks of its own at Easter and Christmas."""
        return self.type == "local" and self.places[:1] == ("city-of-london",)


def read_id(text: str) -> ElectionId:
    """The id that `text` is. Raises BadInput for anything that is none, and for a type of poll that has no timetable."""
    typed = text.strip().casefold()
    found = _ID.fullmatch(typed) if len(typed) <= _LONGEST else None
    if found is None:
        raise BadInput(
            f"“{one_line(text, 60)}” is not an election id, so nothing was derived.",
            next_step=f"It is a type, places if any, and the polling day, with dots between: {EXAMPLES}.",
        )
    poll = found["type"]
    if poll == "europarl":
        raise BadInput(
            "No statutory timetable is known for European Parliament elections, so nothing was derived.",
            next_step="Declare the period with the dates of its notice: purdah-scheduler calendar declare --kind european …",
        )
    if poll not in KINDS:
        hint = meant(poll, tuple(KINDS))
        raise BadInput(
            f"There is no type of election “{poll[:40]}”, so nothing was derived.", next_step=f"{hint}Known: {', '.join(KINDS)}."
        )
    try:
        polling_day = date.fromisoformat(found["day"])
    except ValueError:
        polling_day = None
    if polling_day is None or not FIRST_YEAR <= polling_day.year <= LAST_YEAR:
        raise BadInput(
            f"There is no date {found['day']} from {FIRST_YEAR} to {LAST_YEAR}, so nothing was derived.",
            next_step=f"Such as {EXAMPLES}.",
        )
    middle = [part for part in found["middle"].split(".") if part]
    return ElectionId(
        text=typed,
        type=poll,
        places=tuple(part for part in middle if part != "by" and part not in _SUBTYPES),
        by="by" in middle,
        polling_day=polling_day,
    )


def place_name(part: str) -> str:
    """A part of an id as people write the place: `rutherglen-and-hamilton-west` is Rutherglen and Hamilton West."""
    words = part.split("-")
    return " ".join(word if word in _SMALL_WORDS and number else word.capitalize() for number, word in enumerate(words))


def title_of(election: ElectionId) -> str:
    """What the poll is called, without place and day."""
    if election.type == "mayor" and election.in_london:
        return "Mayor of London"
    return f"{_BY_TITLES[election.type]} by-election" if election.by else _TITLES[election.type]


def place_of(election: ElectionId) -> str:
    """The one place that the poll is about, as far as its id says: the division of a by-election, else the organisation."""
    if election.by:
        if not election.places:
            raise BadInput(
                f"A by-election is about one place, and “{election.text}” names none, so nothing was derived.",
                next_step="Write the whole id, such as parl.anytown.by.2027-02-25, or add --area.",
            )
        return place_name(election.places[-1])
    if election.in_london:
        return "Greater London"
    return place_name(election.places[0]) if election.places and election.type in ("local", "mayor", "pcc", "ref") else ""
