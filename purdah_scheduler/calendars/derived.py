"""The periods that follow from an election: what the law and the conventions let one work out, and what they do not."""

import hashlib
from datetime import date, datetime, time, timedelta

from purdah_scheduler.calendars.election_ids import ElectionId, place_of, read_id, title_of
from purdah_scheduler.calendars.not_derived import COUNCIL_POLLS, DEVOLVED, NotDerived, not_derived
from purdah_scheduler.calendars.timetable import Timetable, nations_of, timetable
from purdah_scheduler.domain.civiltime import MONTHS, format_day, instant_of, london
from purdah_scheduler.domain.periods import (
    Basis,
    Body,
    EndMode,
    Kind,
    Nation,
    Period,
    PeriodStatus,
    StartsPrecision,
)
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass

ORIGIN = "derived"
LONGEST_ID = 64
_LONGEST_AREA = 200

_THREE_WEEKS = timedelta(days=21)
_REFERENDUM = timedelta(days=27)
"""PPERA 2000 s.125: the 28 days that end with the poll."""
_FIRST_NOTICE = timedelta(days=92)
"""No notice of election comes earlier than about eight weeks before a poll; one before this is a slip of the year."""
_COMMISSIONER = timedelta(days=7)
_CLOSE_OF_POLL = time(22)

_GOVERNMENT = frozenset({Body.UK_CIVIL_SERVICE, Body.ALB, Body.NHS_NATIONAL})
_PACKAGE = "https://github.com/DemocracyClub/uk-election-timetables"
_COMMISSION = (
    "https://www.electoralcommission.org.uk/guidance-returning-officers-administering-local-government-elections-england"
    "/starting-election-timetable/notice-election"
)
_GUIDANCE = "https://www.gov.uk/government/publications/election-guidance-for-civil-servants/may-2017-guidance-on-elections"
_PPERA = "https://publications.parliament.uk/pa/cm199900/cmbills/071/00071-ab.htm"
_OPCC = "https://www.warwickshire-pcc.gov.uk/your-pcc/pcc-elections/election-protocol-2024/"
_BY_ELECTION = "https://www.gov.scot/publications/shetland-islands-by-election-guidance-for-civil-servants/"
_OWN_GUIDANCE = {
    Body.SCOTTISH_GOV: "https://www.gov.scot/publications/scottish-local-government-election-guidance-2022/pages/1/",
    Body.WELSH_GOV: "https://gov.wales/node/46166",
    Body.NI_DEPARTMENTS: "https://www.health-ni.gov.uk/publications/local-government-elections-2019-guidance-conduct-nics",
}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The notice of election that a period starts with: `latest` by law, and the `actual` day where a person gave it.

    `reckoned` says in words how the latest day was found.
    """

    latest: date
    reckoned: str
    actual: date | None = None

    @property
    def on(self) -> date:
        """The day that counts."""
        return self.actual or self.latest

    @property
    def basis(self) -> str:
        """The basis in words."""
        if self.actual is None:
            return f"notice of election: {self.reckoned}"
        return f"notice of election published on {format_day(self.actual)}; the latest day was {format_day(self.latest)}"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What the periods of one poll are made of. `stem` begins their ids and `title` their names; `area` is empty or one place."""

    election: ElectionId
    nations: frozenset[Nation]
    area: str
    title: str
    stem: str
    notice: Notice | None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One derived period, with the short name that picks it out of the others."""

    name: str
    period: Period


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """Everything that follows from one election id; every period is provisional until a person confirms it."""

    poll: Poll
    timetable: Timetable
    parts: tuple[Part, ...]
    not_derived: tuple[NotDerived, ...]

    def part(self, wanted: str) -> Period:
        """The period of that short name or id. Raises BadInput."""
        for part in self.parts:
            if wanted.casefold() in (part.name, part.period.id):
                return part.period
        known = ", ".join(part.name for part in self.parts) or "none for this election"
        raise BadInput(f"There is no period “{wanted[:64]}” in it, so nothing was declared.", next_step=f"There is: {known}.")


def derive(text: str, nation: Nation | None = None, *, area: str = "", notice: date | None = None) -> Derived:
    """What follows from an election id such as `local.2026-05-07`.

    `area` names the place as the accounts of the configuration do; without it the id's own place is taken. `notice` is the day
    on which the notice of election was really published, which the law lets be earlier than the latest day and never later.
    Raises BadInput for an id, a nation or a year that it cannot use.
    """
    if len(area) > _LONGEST_AREA or not area.isprintable():
        raise BadInput(f"The area has a character that cannot be shown, or more than {_LONGEST_AREA}, so nothing was derived.")
    election = read_id(text)
    nations = nations_of(election, nation)
    dates = timetable(election, nations)
    where = " and ".join(sorted(nations - {Nation.UK}))
    place = area or place_of(election)
    title = ", ".join(bit for bit in (title_of(election), place or where, _day_words(election.polling_day)) if bit)
    poll = Poll(
        election=election,
        nations=nations,
        area=place,
        title=title,
        stem="-".join([election.type, *election.places, *(["by"] if election.by else []), *_slugs(nations)]),
        notice=_notice(election, dates, notice),
    )
    return Derived(poll=poll, timetable=dates, parts=periods_of(poll), not_derived=not_derived(election))


def periods_of(poll: Poll) -> tuple[Part, ...]:
    """The periods that can be worked out, for each kind of body (domain.md 1 and 4.2), soonest first."""
    kind, parts = poll.election.kind, []
    if kind is Kind.REFERENDUM:
        parts = [_everyone(poll)]
    elif kind is Kind.BY_ELECTION and poll.election.type not in COUNCIL_POLLS:
        parts = [_by_election(poll)]
    else:
        parts = [*_from_notice(poll), *(_three_weeks(poll) if _is_for_governments(poll) else [])]
    return tuple(sorted(parts, key=lambda part: part.period.starts))


# --- for each kind of body ----------------------------------------------------------------------------------------


def _from_notice(poll: Poll) -> list[Part]:
    """Who starts with the notice: councils and local NHS bodies, the NI Civil Service, offices of commissioners."""
    if poll.notice is None:
        return []
    kind, day, notice = poll.election.kind, poll.election.polling_day, poll.notice
    nhs = {Body.NHS_LOCAL} if kind in (Kind.LOCAL, Kind.MAYORAL, Kind.PCC) or poll.election.by else set()
    source = f"{_COMMISSION} ; {_PACKAGE}" if kind is Kind.LOCAL and Nation.ENGLAND in poll.nations else _PACKAGE
    parts = [
        _part(
            poll,
            "councils",
            "councils" if notice.actual else "councils (latest start)",
            bodies=frozenset({Body.LOCAL_AUTHORITY, *nhs}),
            starts=notice.on,
            actual=notice.actual,
            ends=_at(day, _CLOSE_OF_POLL),
            ends_note="close of poll 22:00",
            basis=Basis.STATUTORY,
            basis_note=notice.basis,
            source=source,
        )
    ]
    if kind is Kind.LOCAL and Nation.NI in poll.nations and _is_for_governments(poll):
        parts.append(
            _part(
                poll,
                "ni-departments",
                "NI Civil Service",
                bodies=frozenset({Body.NI_DEPARTMENTS}),
                area="",
                starts=notice.on,
                actual=notice.actual,
                basis=Basis.CONVENTION,
                basis_note=notice.basis,
                source=_OWN_GUIDANCE[Body.NI_DEPARTMENTS],
            )
        )
    if kind is Kind.PCC:
        parts.append(
            _part(
                poll,
                "opcc",
                "offices of commissioners",
                bodies=frozenset({Body.OPCC}),
                starts=notice.on,
                actual=notice.actual,
                ends=_midnight(day + _COMMISSIONER),
                ends_note="when the new commissioner takes office: a person records it",
                end_mode=EndMode.MANUAL_LIFT,
                basis=Basis.STATUTORY,
                basis_note=notice.basis,
                source=_OPCC,
            )
        )
    return parts


def _is_for_governments(poll: Poll) -> bool:
    """Whether governments hold back for it: for a whole day of local polls, not for the poll of one council."""
    kind = poll.election.kind
    return kind in (Kind.MAYORAL, Kind.PCC) or (kind is Kind.LOCAL and not poll.election.places)


def _three_weeks(poll: Poll) -> list[Part]:
    """The governments' convention: poll minus 21 days, to the end of polling day."""
    day = poll.election.polling_day
    groups = {"government": ("UK civil service, ALBs and national NHS", _GOVERNMENT, _GUIDANCE)}
    if poll.election.kind is Kind.LOCAL:
        for nation, name in ((Nation.SCOTLAND, "Scottish Government"), (Nation.WALES, "Welsh Government")):
            body = DEVOLVED[nation]
            if nation in poll.nations:
                groups[str(body)] = (name, frozenset({body}), _OWN_GUIDANCE[body])
    return [
        _part(
            poll,
            part,
            name,
            bodies=bodies,
            area=poll.area if poll.election.by else "",
            starts=day - _THREE_WEEKS,
            basis=Basis.CONVENTION,
            basis_note="three weeks before the poll",
            source=source,
        )
        for part, (name, bodies, source) in groups.items()
    ]


def _everyone(poll: Poll) -> Part:
    """The 28 days of a referendum, which bind every publicly funded body that the rules know."""
    return _part(
        poll,
        "everyone",
        "every publicly funded body",
        bodies=frozenset(Body) - {Body.OPCC},
        starts=poll.election.polling_day - _REFERENDUM,
        basis=Basis.STATUTORY,
        basis_note="PPERA 2000 s.125: the 28 days ending with the poll"
        + ("; a local referendum has regulations of its own" if poll.election.places else ""),
        source=_PPERA,
    )


def _by_election(poll: Poll) -> Part:
    """A by-election to a parliament: its government, and for Westminster the UK's too, for posts about that place alone."""
    devolved = {body for nation, body in DEVOLVED.items() if nation in poll.nations or Nation.UK in poll.nations}
    westminster = poll.election.type == "parl"
    bodies = devolved | _GOVERNMENT | {Body.NHS_LOCAL} if westminster else devolved
    return _part(
        poll,
        "government",
        "governments",
        bodies=frozenset(bodies),
        starts=poll.election.polling_day - _THREE_WEEKS,
        basis=Basis.CONVENTION,
        basis_note="three weeks before the poll, or when the government's note is published",
        source=_BY_ELECTION,
    )


def _part(
    poll: Poll,
    name: str,
    words: str,
    *,
    bodies: frozenset[Body],
    starts: date,
    basis: Basis,
    basis_note: str,
    source: str,
    ends: datetime | None = None,
    ends_note: str = "end of polling day",
    end_mode: EndMode = EndMode.FIXED,
    area: str | None = None,
    actual: date | None = None,
) -> Part:
    """One period. One that starts on an `actual` notice has an id of its own, to be declared beside the latest one."""
    day = poll.election.polling_day
    period = Period(
        id=period_id(poll.stem, f"{day}-{name}" + (f"-from-{actual}" if actual else "")),
        name=f"{poll.title}: {words}",
        kind=poll.election.kind,
        bodies=bodies,
        nations=poll.nations,
        area=poll.area if area is None else area,
        starts=_midnight(starts),
        starts_precision=StartsPrecision.DATE,
        ends=ends or _midnight(day + timedelta(days=1)),
        end_mode=end_mode,
        basis=basis,
        basis_note=basis_note,
        ends_note=ends_note,
        status=PeriodStatus.PROVISIONAL,
        polling_day=day,
        source=source,
        confidence="derived",
        origin=ORIGIN,
    )
    return Part(name=name, period=period)


# --- words and ids ------------------------------------------------------------------------------------------------


def period_id(*parts: str) -> str:
    """An id of small letters, digits and hyphens that is the same every time, at most 64 long; the last part is always whole."""
    whole = "-".join(part for part in parts if part)
    if len(whole) <= LONGEST_ID:
        return whole
    mark, last = hashlib.sha256(whole.encode("utf-8")).hexdigest()[:8], parts[-1]
    return f"{whole[: LONGEST_ID - len(last) - len(mark) - 2].rstrip('-')}-{mark}-{last}"


def _notice(election: ElectionId, dates: Timetable, actual: date | None) -> Notice | None:
    by_writ = election.by and election.type not in (*COUNCIL_POLLS, "pcc")
    if dates.notice is None or by_writ:
        if actual is not None:
            raise BadInput(
                f"No period of “{election.text}” starts with a notice of election, so the date was not used.",
                next_step="Leave out --notice.",
            )
        return None
    if actual is not None and actual > dates.notice:
        raise BadInput(
            f"The law wants the notice by {format_day(dates.notice)} and {format_day(actual)} is later, so nothing was derived.",
            next_step="Give the day on which the notice was published, if that was earlier; else leave out --notice.",
        )
    if actual is not None and actual < election.polling_day - _FIRST_NOTICE:
        raise BadInput(
            f"{format_day(actual)} is more than three months before the poll, so it was not taken for the day of its notice.",
            next_step="Check the year.",
        )
    reckoned = f"not later than {dates.working_days} working days before the poll"
    return Notice(latest=dates.notice, reckoned=reckoned, actual=actual)


def _slugs(nations: frozenset[Nation]) -> list[str]:
    return sorted(nation.value.lower() for nation in nations)


def _day_words(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _midnight(day: date) -> datetime:
    return _at(day, time())


def _at(day: date, clock: time) -> datetime:
    """A moment of that day in the United Kingdom; neither midnight nor the close of poll is ever missing or doubled."""
    return instant_of(datetime.combine(day, clock), london())
