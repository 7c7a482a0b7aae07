"""The forms in which a period is described: ways to begin, what stands in each at first, the period that comes of it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from purdah_scheduler.application.office import House, Office
from purdah_scheduler.calendars.described import Described, edge_of, uk_time
from purdah_scheduler.calendars.period_table import Names
from purdah_scheduler.domain.civiltime import local_date, london
from purdah_scheduler.domain.periods import Basis, Body, EndMode, Kind, Nation, Period, PeriodStatus
from purdah_scheduler.errors import BadInput, BadTime
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.mistyped import meant
from purdah_scheduler.tui.fields_box import Answers, Field


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to begin: what it is called, what comes of it, its kind (None: it is asked), and the lines of its form."""

    words: str
    more: str
    kind: Kind | None
    fields: tuple[str, ...]


WAYS = (
    Way(
        words="A general election was announced today",
        more="from now until somebody records that it is over, for every audience",
        kind=Kind.GENERAL,
        fields=("name", "bodies", "starts", "polling", "ends", "source"),
    ),
    Way(
        words="Hold everything: a freeze",
        more="a royal death, an emergency, a break-in; it needs no end",
        kind=Kind.FREEZE,
        fields=("name", "accounts", "campaign", "starts", "ends", "source"),
    ),
    Way(
        words="A by-election",
        more="posts about one place",
        kind=Kind.BY_ELECTION,
        fields=("name", "area", "nations", "bodies", "starts", "polling", "ends", "source"),
    ),
    Way(
        words="A blackout of our own",
        more="of some accounts or a campaign, under rules that you choose",
        kind=Kind.DEPARTMENTAL,
        fields=("name", "accounts", "campaign", "rules", "starts", "ends", "notes"),
    ),
    Way(
        words="Any other period",
        more="of any kind, body, nation, area and time",
        kind=None,
        fields=(
            "kind",
            "name",
            "bodies",
            "nations",
            "area",
            "accounts",
            "campaign",
            "starts",
            "polling",
            "ends",
            "source",
            "notes",
        ),
    ),
)

_LABELS = {
    "kind": "Kind",
    "name": "Name",
    "bodies": "Bodies",
    "nations": "Nations",
    "area": "Area",
    "accounts": "Accounts",
    "campaign": "Campaign",
    "rules": "Rules",
    "starts": "Starts",
    "polling": "Polling day",
    "ends": "Ends",
    "source": "Source",
    "notes": "Notes",
}
_EXAMPLES = {
    "kind": "local, mayoral, referendum, departmental, …",
    "bodies": "uk-civil-service, alb",
    "nations": "UK, or England, Wales",
    "area": "the council, force or constituency, as your accounts name it",
    "accounts": "empty: every account",
    "campaign": "empty: every campaign",
    "rules": "empty: those of a blackout; or strict, care, …",
    "starts": "now, tomorrow 00:01, 25 may 2027; UK time",
    "polling": "7 may 2026",
    "ends": "a day is in it to its end; “or later”: until recorded",
    "source": "the address where this is written",
}
_MISSING = {"kind": "a kind", "body": "a body", "nation": "a nation", "starts": "a start", "ends": "an end or a polling day"}
_LATER = "or later"


def form_fields(way: Way, office: Office) -> Sequence[Field]:
    """The lines of a form, with what stands there at first."""
    house = office.house
    initial = {
        "name": f"General election {office.now().astimezone(london()).year}" if way.kind is Kind.GENERAL else "",
        "bodies": ", ".join(_our_bodies(house)),
        "nations": str(Nation.UK),
        "starts": "now",
    }
    examples = dict(_EXAMPLES)
    if way.kind is Kind.GENERAL:
        examples["ends"] = "empty: polling day, or later"
    if way.kind is Kind.FREEZE:
        examples["ends"] = "empty: until somebody records that it is over"
    return [
        Field(name=name, label=_LABELS[name], initial=initial.get(name, ""), example=examples.get(name, ""))
        for name in way.fields
    ]


def read_form(way: Way, answers: Answers, office: Office) -> Period:
    """The period that a form describes, confirmed. Raises BadInput and BadTime with what cannot be used."""
    now, house = office.now(), office.house
    kind = str(way.kind or _known("kind of period", answers["kind"], Kind))
    accounts, campaign = _several(answers.get("accounts", "")), answers.get("campaign", "")
    ours = kind == Kind.DEPARTMENTAL and not (accounts or campaign)
    polling = _poll(answers.get("polling", ""), now)
    ends, open_ended = _end(answers.get("ends", ""), polling, lasts=way.kind is Kind.GENERAL)
    described = Described(
        kind=kind,
        bodies=_each("body", answers["bodies"], Body)
        if "bodies" in answers
        else _our_bodies(house)
        if _binds(kind, ours)
        else (),
        nations=_each("nation", answers["nations"], Nation)
        if "nations" in answers
        else (str(Nation.UK),)
        if _binds(kind, ours)
        else (),
        area=answers.get("area", ""),
        accounts=accounts,
        campaign=campaign,
        regime=answers.get("rules", ""),
        starts=answers["starts"],
        ends=ends,
    )
    if described.missing:
        wanted = ", ".join(_MISSING[word] for word in described.missing)
        raise BadInput(f"The period needs {wanted} too.")
    begins = described.begins(now)
    return described.period(
        now,
        Names(accounts=house.accounts, regimes=house.rulebook.own_regimes),
        {
            "id": f"{kind}-{local_date(begins, london()):%Y-%m-%d}",
            "name": answers["name"],
            "basis": str(Basis.ANNOUNCED),
            "status": str(PeriodStatus.CONFIRMED),
            "source": answers.get("source", ""),
            "notes": answers.get("notes", ""),
            **({"end_mode": str(EndMode.MANUAL_LIFT)} if open_ended else {}),
            **({"announced": now.replace(microsecond=0)} if way.kind is Kind.GENERAL and begins > now else {}),
            **({"polling_day": polling} if polling else {}),
        },
        undone="declared",
        see="",
    )


def free_id(wanted: str, taken: Collection[str]) -> str:
    """The id, or the first of `id-2`, `id-3` and so on that no period has."""
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    return found


def read_end(typed: str, now: datetime) -> datetime:
    """A new end: a time, or a day alone to its end. Raises BadTime."""
    return edge_of(typed, 1, now=now)


def nation_of(typed: str) -> Nation | None:
    """A nation that was typed, or None for nothing. Raises BadInput."""
    return Nation(_known("nation", typed, Nation)) if typed else None


def kind_of(typed: str) -> str:
    """A kind of period that was typed. Raises BadInput."""
    return _known("kind of period", typed, Kind)


def bodies_of(typed: str) -> tuple[str, ...]:
    """The bodies that were typed. Raises BadInput."""
    return _each("body", typed, Body)


def nations_of(typed: str) -> tuple[str, ...]:
    """The nations that were typed. Raises BadInput."""
    return _each("nation", typed, Nation)


def day_of(typed: str, now: datetime, *, what: str) -> date:
    """A day that was typed, as the next one of that name. Raises BadTime."""
    try:
        return local_date(uk_time(f"{typed} 12:00", now), london())
    except BadTime as fault:
        raise BadTime(f"“{typed[:40]}” names no {what}.", next_step="Type a date, such as 6 May 2027.") from fault


def _poll(typed: str, now: datetime) -> date | None:
    return day_of(typed, now, what="polling day") if typed else None


def _end(typed: str, polling: date | None, *, lasts: bool) -> tuple[str | None, bool]:
    """The end as it was typed, or polling day where none was, and whether it lasts until a person records that it is over."""
    open_ended = typed.casefold().endswith(_LATER)
    day = typed[: -len(_LATER)].strip(" ,") if open_ended else typed
    if day:
        return day, open_ended
    return (polling.isoformat() if polling else None), open_ended or (lasts and polling is not None)


def _binds(kind: str, ours: bool) -> bool:
    """Whether a form that does not ask for bodies and nations means all of ours, and everybody."""
    return ours or kind not in (Kind.FREEZE, Kind.DEPARTMENTAL)


def _our_bodies(house: House) -> tuple[str, ...]:
    return tuple(sorted({str(account.body) for account in house.accounts}))


def _several(typed: str) -> tuple[str, ...]:
    return tuple(typed.replace(",", " ").split())


def _each(what: str, typed: str, known: Iterable[str]) -> tuple[str, ...]:
    names = tuple(known)
    return tuple(_known(what, one, names) for one in _several(typed))


def _known(what: str, typed: str, known: Iterable[str]) -> str:
    """The word as it is known, in any case of letters. Raises BadInput with the nearest."""
    names = {str(name).casefold(): str(name) for name in known}
    found = names.get("-".join(typed.casefold().split()))
    if found is not None:
        return found
    hint = meant(typed, names.values())
    raise BadInput(f"There is no {what} “{typed[:40]}”.", next_step=f"{hint}Known: {', '.join(names.values())}.")
