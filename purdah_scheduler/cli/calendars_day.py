"""`calendar day`: everything about one day, for people and for scripts."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.checking import bodies_in, known_calendar
from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.shapes import period_facts
from purdah_scheduler.cli.speaking import emit, facts_in_words, inline, say
from purdah_scheduler.domain.civiltime import DAYS, MONTHS, format_clock
from purdah_scheduler.domain.named_days import read_day
from purdah_scheduler.domain.periods import Nation

if TYPE_CHECKING:
    from purdah_scheduler.application.days import Day, DayPost, Ruling

_EXAMPLE = """\
purdah-scheduler calendar day "7 May 2026"
purdah-scheduler calendar day "next tuesday" --json"""


@verb("day", example=_EXAMPLE)
@click.argument("day", metavar="DATE")
@click.pass_obj
def explain_day(call: Invocation, *, day: str) -> None:
    """Everything about one day: polls, statutory deadlines, bank holidays, the periods with their rules in words, the posts.

    After the posts: which of them are close in time, and which account has none that day (slots free) or for days.

    DATE is a day such as "7 May 2026", 7/5/2026, tomorrow, "next tuesday" or +2w; it may have passed.
    """
    from purdah_scheduler.application.days import explain, posts_of
    from purdah_scheduler.application.pacing import pacing_on
    from purdah_scheduler.calendars.almanac import almanac, house_almanac

    on = read_day(day, now=call.now, zone=call.zone)
    periods, rulebook = known_calendar(call)
    if call.has_config:
        house = call.office.house
        known, posts = house_almanac(house, periods, on, on), posts_of(call.office, on)
        periods = tuple(period for period in periods if house.is_bound_by(period))
        rhythm = pacing_on(call.office, on)
    else:
        posts, rhythm = (), ()
        known = almanac(on, on, periods=periods, ours=periods, nations=[Nation.UK], zone=call.zone)
    found = explain(
        on,
        zone=call.zone,
        periods=periods,
        bodies_in=partial(bodies_in, call),
        rulebook=rulebook,
        almanac=known,
        posts=posts,
    )
    if call.as_json:
        emit({**_facts(call, found), "pacing": list(rhythm)})
    else:
        _say(call, found, rhythm)


def _say(call: Invocation, day: "Day", rhythm: Sequence[str]) -> None:
    from purdah_scheduler.application.day_words import told

    lines = [_heading(day.on)]
    for part in told(day, call.zone):
        if part.heading:
            lines += ["", inline(part.heading)]
        lines.append(facts_in_words([(label, inline(words)) for label, words in part.facts], width=call.width, label_width=16))
    lines += ["", *(_post_lines(call, day.posts) if day.posts else ["No posts."])]
    lines += ["", *(f"Look: {inline(words)}" for words in rhythm)] if rhythm else []
    say("\n".join(lines))


def _heading(on: date) -> str:
    return f"{DAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]} {on.year}"


def _post_lines(call: Invocation, posts: "Sequence[DayPost]") -> list[str]:
    from purdah_scheduler.application.day_words import post_in_words

    lines = ["1 post" if len(posts) == 1 else f"{len(posts)} posts"]
    for post in posts:
        row = post.row
        at = format_clock(row.at, call.zone) if row.at else "     "
        lines.append(f"{at}  {row.post}  {row.state.replace('_', ' ')}  {inline(row.title)}  ({', '.join(row.accounts)})")
        words = post_in_words(post)
        if words:
            lines.append(facts_in_words([("", ""), (" ", inline(words))], width=call.width, label_width=7))
    return lines


def _facts(call: Invocation, day: "Day") -> dict[str, object]:
    return {
        "date": day.on.isoformat(),
        "starts": call.stamp(day.starts),
        "ends": call.stamp(day.ends),
        "hours": day.hours,
        "working": day.working,
        "gap": day.gap,
        "notable": [
            {
                "sort": str(entry.sort),
                "words": entry.words,
                "nations": sorted(map(str, entry.nations)),
                "period": entry.period,
                "source": entry.source,
            }
            for entry in day.notables
        ],
        "periods": [
            {
                "standing": str(entry.standing),
                "since": call.stamp(entry.since),
                "until": call.stamp(entry.until),
                "day": entry.number,
                "days": entry.length,
                "rules": [_ruling_facts(ruling) for ruling in entry.rulings],
                "period": period_facts(call, entry.period),
            }
            for entry in day.periods
        ],
        "posts": [
            {
                "post": post.row.post,
                "title": post.row.title,
                "state": post.row.state,
                "at": call.stamp(post.row.at),
                "accounts": list(post.row.accounts),
                "verdict": None if post.verdict is None else str(post.verdict),
                "reason": post.reason,
            }
            for post in day.posts
        ],
    }


def _ruling_facts(ruling: "Ruling") -> dict[str, object]:
    return {
        "regime": ruling.regime,
        "label": ruling.label,
        "bodies": list(map(str, ruling.bodies)),
        "block": list(ruling.held),
        "flag": list(ruling.flagged),
        "allow": list(ruling.free),
        "own_rules": list(ruling.own),
    }
