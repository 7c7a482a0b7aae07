"""`calendar show --html`: the forward look of some months as one page."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from purdah_scheduler import __version__
from purdah_scheduler.cli.checking import bodies_in, known_calendar
from purdah_scheduler.cli.effects import counted
from purdah_scheduler.cli.files_out import check_out, counted_periods, write_out
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.domain.civiltime import day_bounds, local_date, parse_local
from purdah_scheduler.domain.periods import Nation, Period
from purdah_scheduler.domain.policy import Rulebook
from purdah_scheduler.errors import BadInput, BadTime

if TYPE_CHECKING:
    from purdah_scheduler.application.lists import Line
    from purdah_scheduler.calendars.forward_look import Band, Posting
    from purdah_scheduler.domain.notable import Almanac

MOST_LINES = 20_000
_MOST_DAYS = 731
_MONTHS = 3
_MOST_EXPLAINED = 12


def write_page(call: Invocation, since: str | None, until: str | None, out: Path | None) -> None:
    """Write the page of the days from `since` to `until`, both included; this month and the next two unless they are given.

    Raises BadInput for dates that cannot be shown or a file that cannot be written.
    """
    check_out(call, out, "A page")
    from purdah_scheduler.calendars.forward_look import Look, page

    first, last = _span(call, since, until)
    calendar, rulebook = known_calendar(call)
    begins, over = day_bounds(first, call.zone)[0], day_bounds(last, call.zone)[1]
    ours = [period for period in calendar if not period.is_off and bodies_in(call, period)]
    shown = sorted((p for p in ours if p.overlaps(begins, over)), key=lambda period: (period.starts, period.id))
    lines = _lines(call, first, last)
    postings = _postings(lines[:MOST_LINES])
    text = page(
        Look(
            department=call.office.house.department if call.has_config else "UK pre-election periods",
            zone=call.zone,
            first=first,
            last=last,
            generated_at=call.now,
            version=__version__,
            bands=[_band(call, period, rulebook) for period in shown],
            postings=postings,
            almanac=_almanac(call, calendar, ours, first, last),
            explained=_explained(call, ours, rulebook, first, last),
            cut=len(lines) > MOST_LINES,
        )
    )
    write_out(
        text.encode("utf-8"),
        out,
        call=call,
        counts={"periods": len(shown), "posts": len(postings)},
        words=f"{counted_periods(len(shown))} and {counted(len(postings))}",
    )


def _almanac(call: Invocation, calendar: Sequence[Period], ours: Sequence[Period], first: date, last: date) -> "Almanac":
    """What is notable on the days of the page, for the nations of our accounts."""
    from purdah_scheduler.calendars.almanac import almanac

    nations = {account.nation for account in call.office.house.accounts} if call.has_config else {Nation.UK}
    return almanac(first, last, periods=calendar, ours=ours, nations=nations, zone=call.zone)


def _explained(call: Invocation, periods: Sequence[Period], rulebook: Rulebook, first: date, last: date) -> dict[date, list[str]]:
    """A line for each period of each day, the first ones of a day with very many."""
    from purdah_scheduler.application.day_words import line_in_words
    from purdah_scheduler.application.days import explain
    from purdah_scheduler.domain.notable import Almanac

    ours = partial(bodies_in, call)
    found: dict[date, list[str]] = {}
    for number in range((last - first).days + 1):
        on = first + timedelta(days=number)
        day = explain(on, zone=call.zone, periods=periods, bodies_in=ours, rulebook=rulebook, almanac=Almanac())
        if day.periods:
            found[on] = [line_in_words(entry, call.zone) for entry in day.periods[:_MOST_EXPLAINED]]
            if len(day.periods) > _MOST_EXPLAINED:
                found[on].append(f"and {len(day.periods) - _MOST_EXPLAINED} more periods")
    return found


def _span(call: Invocation, since: str | None, until: str | None) -> tuple[date, date]:
    """The first and the last day. Raises BadInput."""
    today = local_date(call.now, call.zone)
    first = _day(call, since) if since else today.replace(day=1)
    if until:
        last = _day(call, until)
    else:
        month = first.replace(day=1)
        for _ in range(_MONTHS):
            month = (month + timedelta(days=31)).replace(day=1)
        last = month - timedelta(days=1)
    if last < first:
        raise BadInput("The last day is before the first, so nothing was written.", next_step="Give --from and then --to.")
    if (last - first).days >= _MOST_DAYS:
        raise BadInput("A page shows two years at most, so nothing was written.", next_step="Give a nearer day with --to.")
    return first, last


def _day(call: Invocation, typed: str) -> date:
    """A date that a person typed. Raises BadTime."""
    try:
        return local_date(parse_local(f"{typed} noon", now=call.now, zone=call.zone).at, call.zone)
    except BadTime as fault:
        raise BadTime(
            f"“{typed[:40]}” is not a date, so nothing was written.", next_step="Try 2027-03-01 or 1 March 2027."
        ) from fault


def _lines(call: Invocation, first: date, last: date) -> "tuple[Line, ...]":
    """Posts by account that have a time in these days, one more than a page takes at most."""
    if not call.has_config:
        return ()
    from purdah_scheduler.application.lists import QueueFilter

    wanted = QueueFilter(since=day_bounds(first, call.zone)[0], until=day_bounds(last, call.zone)[1])
    with call.office.store.read() as reader:
        return reader.lines(wanted, limit=MOST_LINES + 1)


def _postings(lines: "tuple[Line, ...]") -> "list[Posting]":
    """The lines of one post that share moment and state, as one."""
    from purdah_scheduler.calendars.forward_look import Posting
    from purdah_scheduler.domain.posts import DeliveryState, PostState

    together: dict[tuple[object, ...], list[Line]] = {}
    for line in lines:
        if line.at is not None and line.state not in (PostState.WITHDRAWN, DeliveryState.CANCELLED):
            together.setdefault((line.at, line.post, line.state), []).append(line)
    return [
        Posting(
            post=same[0].post,
            title=same[0].title,
            state=same[0].state,
            at=at,
            accounts=tuple(line.account for line in same),
        )
        for same in together.values()
        if (at := same[0].at) is not None
    ]


def _band(call: Invocation, period: Period, rulebook: Rulebook) -> "Band":
    from purdah_scheduler.application.day_words import by_body
    from purdah_scheduler.application.days import rulings_of
    from purdah_scheduler.calendars.forward_look import Band
    from purdah_scheduler.domain.in_words import end_in_words, rules_in_words, status_in_words

    bodies = bodies_in(call, period)
    rulings = rulings_of(period, bodies, rulebook)
    return Band(
        id=period.id,
        name=period.name,
        rules=rules_in_words(period, bodies, rulebook),
        held=by_body(rulings, lambda ruling: ruling.held),
        flagged=by_body(rulings, lambda ruling: ruling.flagged),
        status=status_in_words(period),
        until=end_in_words(period, call.now),
        source=period.source,
        starts=period.starts,
        ends=period.ended_at(),
    )
