"""A day in words for every face: parts with a heading, and facts with a label; what people wrote is not escaped here."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from purdah_scheduler.application.calendar_changes import SECONDS
from purdah_scheduler.application.days import Day, DayPeriod, DayPost, Ruling, Standing
from purdah_scheduler.domain.civiltime import format_local, local_date
from purdah_scheduler.domain.notable import Notable, Sort
from purdah_scheduler.domain.periods import EndMode, Nation, Period, PeriodStatus, joined
from purdah_scheduler.domain.policy import REFERENDUM, Verdict
from purdah_scheduler.lean import lean_dataclass

Fact = tuple[str, str]

SORT_WORDS = {
    Sort.POLL: "Polling day",
    Sort.DEADLINE: "Deadline",
    Sort.CLOCKS: "Clocks change",
    Sort.BEGINS: "Period begins",
    Sort.ENDS: "Period ends",
    Sort.ANNOUNCED: "Announced",
    Sort.HOLIDAY: "Bank holiday",
}
"""What each kind of notable thing is called; a face may put a sign beside it and never instead of it."""

VERDICT_WORDS = {Verdict.ALLOW: "may go out", Verdict.FLAG: "needs a sign-off", Verdict.BLOCK: "is blocked"}

_STANDING = {
    Standing.IN_FORCE: "In force",
    Standing.AWAITING_LIFT: "Still in force",
    Standing.ANNOUNCED: "Announced",
    Standing.ENDED: "Over",
}
_OWN_LINES = frozenset({Sort.BEGINS, Sort.ENDS, Sort.ANNOUNCED})
"""What the periods themselves say in full."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some facts under one heading."""

    heading: str
    facts: tuple[Fact, ...]


def told(day: Day, zone: ZoneInfo) -> tuple[Part, ...]:
    """The whole day without its posts: dates first, then each period."""
    dates: list[Fact] = [(SORT_WORDS[sort], words) for sort, words in together(day.notables) if sort not in _OWN_LINES]
    dates.append(("Day", day.working))
    if day.gap:
        dates.append(("Not known", day.gap))
    periods = [Part(heading=entry.period.name, facts=period_facts(entry, zone)) for entry in day.periods]
    if not periods:
        dates.append(("Periods", "None is in force, announced or ends on this day."))
    return (Part(heading="", facts=tuple(dates)), *periods)


def together(notables: Iterable[Notable]) -> tuple[tuple[Sort, str], ...]:
    """What is notable of a day in few texts: one for each sort, and one for each deadline with the polls that share it."""
    found: dict[tuple[Sort, str], list[str]] = {}
    for entry in notables:
        label, colon, rest = entry.words.partition(": ") if entry.sort is Sort.DEADLINE else ("", "", entry.words)
        found.setdefault((entry.sort, f"{label}{colon}"), []).append(rest)
    return tuple((sort, f"{label}{'; '.join(words)}") for (sort, label), words in found.items())


def period_facts(entry: DayPeriod, zone: ZoneInfo) -> tuple[Fact, ...]:
    """How the period stands on the day, what it holds, flags and lets go, and why; facts with nothing to say are left out."""
    period = entry.period
    facts: list[Fact] = [(_STANDING[entry.standing], when_in_words(entry, zone))]
    if entry.standing is not Standing.ENDED:
        for ruling in entry.rulings:
            facts += _ruling_facts(ruling, entry.standing)
    facts += [
        ("About", scope_in_words(period)),
        ("Status", _status(period)),
        ("Basis", _basis(period)),
        ("End", period.ends_note),
        ("Lifted by", lift_in_words(period)),
        *(("Source", address.strip()) for address in period.source.split(" ; ")),
    ]
    return tuple((label, words) for label, words in facts if words)


def when_in_words(entry: DayPeriod, zone: ZoneInfo) -> str:
    """From when to when on that day, and which day of the period it is."""
    period = entry.period
    match entry.standing:
        case Standing.ENDED:
            return f"since {_clock(entry.since, zone)} on this day"
        case Standing.ANNOUNCED:
            at = _clock(entry.since, zone)
            begun = f"on this day at {at}" if period.announced_at == entry.since and at != "00:00" else "and not begun"
            return f"{begun}; it starts {format_local(period.starts, zone)}"
        case _:
            place = f"day {entry.number}" + (f" of {entry.length}" if entry.length is not None else "")
            return f"{part_of_day(entry, zone)}, {place}; {until_in_words(period, zone, awaits=entry.standing)}"


def part_of_day(entry: DayPeriod, zone: ZoneInfo) -> str:
    """`all day`, `from 00:01`, `until 22:00`, or both edges."""
    late = _clock(entry.since, zone) != "00:00"
    early = local_date(entry.until, zone) == local_date(entry.since, zone)
    since = f"from {_clock(entry.since, zone)}" if late else ""
    until = f"until {_clock(entry.until, zone)}" if early else ""
    return " ".join(word for word in (since, until) if word) or "all day"


def until_in_words(period: Period, zone: ZoneInfo, *, awaits: Standing = Standing.IN_FORCE) -> str:
    """When the period ends, or that it lasts until a person says so."""
    end = period.ended_at()
    if end is not None:
        recorded = period.end_mode is EndMode.MANUAL_LIFT and period.lifted_at is not None
        return f"{'lifted' if recorded else 'ends'} {format_local(end, zone)}"
    if awaits is Standing.AWAITING_LIFT:
        return "its earliest end has passed and nobody has recorded that it is over"
    return f"until a person records that it is over, not before {format_local(period.ends, zone)}"


def scope_in_words(period: Period) -> str:
    """Which posts it is about, apart from whose they are."""
    audience = f"audiences in {joined('the UK' if nation is Nation.UK else nation for nation in sorted(period.nations))}"
    about = f"posts about {period.area}, for {audience}" if period.area else audience
    return "; ".join(filter(None, (about, period.limits())))


def lift_in_words(period: Period) -> str:
    """Who must record that the period is over; empty where it ends by itself."""
    if period.end_mode is EndMode.FIXED or period.ended_at() is not None:
        return ""
    seconds = " or ".join(str(role) for role in SECONDS)
    return f"one person proposes it, and a second one accepts it (role {seconds})"


def categories_in_words(categories: Iterable[str]) -> str:
    """Ids of categories as words in a line."""
    return ", ".join(category.replace("-", " ") for category in categories)


def line_in_words(entry: DayPeriod, zone: ZoneInfo) -> str:
    """A period on one day as one line: how it stands, and its rules."""
    rules = "; ".join(dict.fromkeys(ruling.label for ruling in entry.rulings))
    said = f"{entry.period.name}: {_STANDING[entry.standing].lower()} {when_in_words(entry, zone)}."
    return said if entry.standing is Standing.ENDED or not rules else f"{said} Rules: {rules}."


def by_body(rulings: Sequence[Ruling], categories: Callable[[Ruling], Iterable[str]]) -> str:
    """What several rulings hold, or flag, in one text; whom each binds is said where they are not all the same."""
    said = [(joined(ruling.bodies), categories_in_words(categories(ruling))) for ruling in rulings]
    if len({words for _, words in said}) == 1:
        return said[0][1]
    return "; ".join(f"{bodies}: {words}" for bodies, words in said if words)


def post_in_words(post: DayPost) -> str:
    """The verdict on a post with its reason; empty where there is none to tell."""
    if post.verdict is None:
        return ""
    return VERDICT_WORDS[post.verdict] + (f": {post.reason}" if post.reason and post.verdict is not Verdict.ALLOW else "")


def _ruling_facts(ruling: Ruling, standing: Standing) -> list[Fact]:
    only = "; only what touches the question, or is about voting" if ruling.regime == REFERENDUM else ""
    if standing is Standing.ANNOUNCED:
        rules = f"then {ruling.label}{only}; until then politically sensitive posts are flagged"
    else:
        rules = f"{ruling.label}{only}"
    return [
        ("Rules", f"{rules} ({joined(ruling.bodies)})"),
        ("Held", categories_in_words(ruling.held)),
        ("Sign-off", categories_in_words(ruling.flagged) if ruling.regime else "every post"),
        ("Goes out", categories_in_words(ruling.free)),
        *(("Own rule", words) for words in ruling.own),
    ]


def _basis(period: Period) -> str:
    note = period.basis_note
    return note if note.startswith(f"{period.basis}:") else f"{period.basis}: {note}" if note else str(period.basis)


def _status(period: Period) -> str:
    if period.status is PeriodStatus.PROVISIONAL:
        return "provisional: no person has confirmed its dates; it holds all the same"
    return ""


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"
