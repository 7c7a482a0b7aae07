"""The forward look ("the grid"): months with their periods and posts as one self-contained page, to print or to open."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from purdah_scheduler.application.day_words import SORT_WORDS, together
from purdah_scheduler.domain.civiltime import DAYS, MONTHS, day_bounds, format_day, format_local, local_date, month_weeks
from purdah_scheduler.domain.notable import Almanac, Sort
from purdah_scheduler.domain.posts import MEANING
from purdah_scheduler.html_page import document, text
from purdah_scheduler.lean import lean_dataclass

MOST_IN_A_DAY = 8
"""Posts of one day that are named; the rest is counted."""

_MARKS = frozenset({Sort.POLL, Sort.DEADLINE, Sort.HOLIDAY, Sort.CLOCKS})
"""What is named in a day's box; the edges of periods are said by their bands."""
_MEANING = {str(state): words for state, words in MEANING.items()}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A period: [starts, ends), None while its end is open. What it holds and flags, its rules, status and end are in words."""

    id: str
    name: str
    rules: str
    status: str
    until: str
    source: str
    starts: datetime
    ends: datetime | None
    held: str = ""
    flagged: str = ""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A post at its moment, with the accounts that share it and their state."""

    post: int
    title: str
    state: str
    at: datetime
    accounts: tuple[str, ...]


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the page shows: the days [first, last], both included, as the clocks of `zone` have them.

    `explained` says in a line for each period how it stands on a day. `cut`: posts beyond the most that a page takes were left
    out.
    """

    department: str
    zone: ZoneInfo
    first: date
    last: date
    generated_at: datetime
    version: str
    bands: Sequence[Band]
    postings: Sequence[Posting]
    almanac: Almanac
    explained: Mapping[date, Sequence[str]]
    cut: bool = False


def page(look: Look) -> str:
    """The page: no scripts, nothing fetched, and every text that people wrote revealed and escaped."""
    by_day: dict[date, list[Posting]] = {}
    for posting in look.postings:
        by_day.setdefault(local_date(posting.at, look.zone), []).append(posting)
    title = f"Forward look: {_month_name(look.first)} to {_month_name(look.last)}"
    body = [
        "<header>",
        f'<p class="department">{text(look.department)}</p>',
        f"<h1>{text(title)}</h1>",
        f"<p>{text(_summary(look))}</p>",
        "</header>",
        "<main>",
        *(_month(look, month, by_day) for month in _months(look.first, look.last)),
        _periods(look),
        _legend(look),
        "</main>",
        f"<footer><p>{text(_made(look))}</p></footer>",
    ]
    return document(f"{look.department}: {title}", "forward_look.css", body)


def _summary(look: Look) -> str:
    span = f"{format_day(look.first)} to {format_day(look.last)}"
    cut = " There are more posts than this page takes; the last ones are left out." if look.cut else ""
    return f"{span}. {_counted(look.postings)} Posts without a time are not shown.{cut}"


def _made(look: Look) -> str:
    when = format_local(look.generated_at, look.zone)
    return f"Made on {when} by purdah-scheduler {look.version}. It shows what was known then. Times are {look.zone.key}."


# --- a month ------------------------------------------------------------------------------------------------------


def _month(look: Look, month: date, by_day: Mapping[date, Sequence[Posting]]) -> str:
    name = _month_name(month)
    shown = [posting for day, each in by_day.items() if (day.year, day.month) == (month.year, month.month) for posting in each]
    heads = "".join(f'<th scope="col">{day}</th>' for day in DAYS)
    parts = [
        f'<section class="month" aria-label="{name}">',
        f"<h2>{name}</h2>",
        f'<p class="count">{text(_counted(shown))}</p>',
        '<div class="scroll"><table class="grid">',
        f'<thead><tr><th scope="col" class="week"><abbr title="Week of the year">Wk</abbr></th>{heads}</tr></thead>',
    ]
    for week in month_weeks(month.year, month.month):
        days = week.days
        inside = [day.month == month.month and look.first <= day <= look.last for day in days]
        if not any(inside):
            continue
        bands = _band_rows(look, days, inside)
        cells = "".join(_day_head(look, day, shown=shown) for day, shown in zip(days, inside, strict=True))
        number = f'<th scope="rowgroup" class="week" rowspan="{len(bands) + 2}">{week.number}</th>'
        posts = "".join(_day_posts(look, day, by_day.get(day, ()), shown=shown) for day, shown in zip(days, inside, strict=True))
        parts += ["<tbody>", f'<tr class="days">{number}{cells}</tr>', *bands, f'<tr class="posts">{posts}</tr>', "</tbody>"]
    return "\n".join([*parts, "</table></div>", "</section>"])


def _day_head(look: Look, day: date, *, shown: bool) -> str:
    if not shown:
        return '<td class="out"></td>'
    today = day == local_date(look.generated_at, look.zone)
    marks = [
        f'<span class="mark {sort}">{text(SORT_WORDS[sort])}: {text(words)}</span>'
        for sort, words in together(look.almanac.on(day))
        if sort in _MARKS
    ]
    classes = " ".join(["today"] * today + [_tone(look, day, shown=True)]).strip()
    said = f'<time datetime="{day}">{day.day}</time>' + (' <span class="now">today</span>' if today else "")
    return f'<td class="{classes}">{said}{"".join(marks)}{_explained(look, day)}</td>'


def _explained(look: Look, day: date) -> str:
    """How each period stands on the day, folded up; without a period there is nothing to explain."""
    lines = look.explained.get(day, ())
    if not lines:
        return ""
    items = "".join(f"<li>{text(line)}</li>" for line in (look.almanac.working_day(day), *lines))
    return f'<details><summary aria-label="{format_day(day)} explained">Explained</summary><ul>{items}</ul></details>'


def _band_rows(look: Look, days: Sequence[date], inside: Sequence[bool]) -> list[str]:
    """One row for each period that holds in this week, from its first day to its last."""
    bounds = [day_bounds(day, look.zone) for day in days]
    rows = []
    for band in look.bands:
        held = [
            place
            for place, (start, end) in enumerate(bounds)
            if inside[place] and band.starts < end and (band.ends is None or band.ends > start)
        ]
        if not held:
            continue
        first, last = held[0], held[-1]
        before = band.starts < bounds[first][0]
        after = band.ends is None or band.ends > bounds[last][1]
        words = f"{'◂ ' if before else ''}<b>{text(band.name)}</b>: {text(band.rules)}{text(_edges(look, band, before, after))}"
        blanks = [f'<td class="{_tone(look, day, shown=shown)}"></td>' for day, shown in zip(days, inside, strict=True)]
        cell = f'<td class="band" colspan="{last - first + 1}">{words}{" ▸" if after else ""}</td>'
        rows.append(f'<tr class="bands">{"".join(blanks[:first])}{cell}{"".join(blanks[last + 1 :])}</tr>')
    return rows


def _edges(look: Look, band: Band, before: bool, after: bool) -> str:
    """When it begins or ends in the week at hand, and what is not certain about it."""
    said = [] if before else [f"from {format_local(band.starts, look.zone)}"]
    said += [] if after or band.ends is None else [f"until {format_local(band.ends, look.zone)}"]
    said += [band.status] if band.status == "provisional" else []
    return f" ({', '.join(said)})" if said else ""


def _tone(look: Look, day: date, *, shown: bool) -> str:
    """The class of a day's cells: outside of the page's days, or no working day."""
    holiday = any(entry.sort is Sort.HOLIDAY for entry in look.almanac.on(day))
    return "" if shown and day.weekday() < 5 and not holiday else "off" if shown else "out"


def _day_posts(look: Look, day: date, postings: Sequence[Posting], *, shown: bool) -> str:
    if not shown or not postings:
        return f'<td class="{_tone(look, day, shown=shown)}"></td>'
    items = [
        f'<li><span class="at">{posting.at.astimezone(look.zone):%H:%M}</span> <span class="title">{text(posting.title)}</span> '
        f'<span class="state {_state_class(posting.state)}">{text(_state(posting.state))}</span> '
        f'<span class="accounts">{text(", ".join(posting.accounts))}</span></li>'
        for posting in postings[:MOST_IN_A_DAY]
    ]
    if len(postings) > MOST_IN_A_DAY:
        items.append(f'<li class="more">and {len(postings) - MOST_IN_A_DAY} more</li>')
    number = "1 post" if len(postings) == 1 else f"{len(postings)} posts"
    return f'<td class="{_tone(look, day, shown=True)}"><span class="number">{number}</span><ul>{"".join(items)}</ul></td>'


# --- below the months ---------------------------------------------------------------------------------------------


def _periods(look: Look) -> str:
    if not look.bands:
        return '<section><h2>Periods</h2><p class="count">No period holds in these months.</p></section>'
    rows = "".join(_period_row(look, band) for band in look.bands)
    heads = "".join(
        f'<th scope="col">{head}</th>'
        for head in ("Period", "Rules", "Held", "Needs a sign-off", "Starts", "Ends", "Status", "Source")
    )
    return (
        '<section class="periods"><h2>Periods</h2><div class="scroll"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


def _period_row(look: Look, band: Band) -> str:
    facts = (band.rules, band.held, band.flagged, format_local(band.starts, look.zone), band.until, band.status, band.source)
    return f'<tr><th scope="row">{text(band.name)}</th>{"".join(f"<td>{text(fact)}</td>" for fact in facts)}</tr>'


def _legend(look: Look) -> str:
    states = sorted({posting.state for posting in look.postings})
    entries = [
        ("Band", "A period holds on these days: its name, then its rules. ◂ it began before, ▸ it goes on."),
        ("Provisional", "Its dates are calculated or imported, and no person has confirmed them. It holds posts all the same."),
        ("Polling day", "People vote. Named in the day's own box, as deadlines, bank holidays and changes of the clocks are."),
        (
            "Deadline",
            "A date that the law sets before a poll, worked out from its day. The returning officer's notice decides.",
        ),
        ("Explained", "How each period stands on a day. What it holds and flags is in the table of the periods."),
        *((_state(state), f"Post: {_MEANING.get(state, state)}.") for state in states),
    ]
    rows = "".join(f"<dt>{text(name)}</dt><dd>{text(words)}</dd>" for name, words in entries)
    gaps = dict.fromkeys(filter(None, (look.almanac.gap(day) for day in (look.first, look.last))))
    unknown = "".join(f"<p>{text(gap)}</p>" for gap in gaps)
    return f'<section class="legend"><h2>Legend</h2><dl>{rows}</dl>{unknown}</section>'


# --- words --------------------------------------------------------------------------------------------------------


def _counted(postings: Sequence[Posting]) -> str:
    """How many posts there are, and how many in each state."""
    if not postings:
        return "No posts."
    states = Counter(posting.state for posting in postings)
    number = "1 post" if len(postings) == 1 else f"{len(postings)} posts"
    return f"{number}: {', '.join(f'{count} {_state(state)}' for state, count in sorted(states.items()))}."


def _state(state: str) -> str:
    return state.replace("_", " ")


def _state_class(state: str) -> str:
    return f"state-{state}" if state in _MEANING else "state-other"


def _month_name(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.year}"


def _months(first: date, last: date) -> Iterable[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)
