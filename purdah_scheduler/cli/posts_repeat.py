"""`post repeat` and `post series`: a post of its own for each time of a rule, looked at first; and taking back the rest."""

from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.grammar import post_argument, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.posts import view_of
from purdah_scheduler.cli.speaking import emit, inline, say, table
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.named_days import read_day
from purdah_scheduler.domain.recurrence import MOST_TIMES

if TYPE_CHECKING:
    from purdah_scheduler.application.repeating import Plan

_EXAMPLE = """\
purdah-scheduler --as asha post repeat 12 --every "month on the first monday" --until "31 december"
purdah-scheduler --as asha post repeat 12 --every weekday --count 10 --from "next monday 9am" --yes
purdah-scheduler --as asha post repeat 12 --every "FREQ=MONTHLY;BYDAY=-1FR" --count 6 --json"""


@verb("repeat", example=_EXAMPLE)
@post_argument
@click.option("--every", required=True, metavar="RULE", help="Such as week, 2 weeks, weekday, month on the 15th; or an RRULE.")
@click.option("--from", "first", metavar="TIME", help="The first time (default: the next one after the post's own).")
@click.option("--until", metavar="DATE", help="The last day on which there may be one.")
@click.option("--count", type=int, metavar="N", help=f"How many, at most {MOST_TIMES}. It needs this or --until.")
@click.option("--yes", is_flag=True, help="Make them without asking.")
@click.pass_obj
def repeat(
    call: Invocation, *, post_id: int, every: str, first: str | None, until: str | None, count: int | None, yes: bool
) -> None:
    """Make a draft for each time of a rule, after showing every time with its verdict. Without a yes nothing is made.

    Each is a post of its own: cleared, checked and scheduled by itself. Times are UK wall time, whatever the clocks do.
    """
    from purdah_scheduler.application.repeating import make, plan, remarks
    from purdah_scheduler.calendars.almanac import office_almanac

    last = None if until is None else read_day(until, now=call.now, zone=call.zone)
    wanted = plan(call.office, post_id, every=every, first=call.when(first), until=last, count=count)
    known = office_almanac(call.office, wanted.occurrences[0].at, wanted.occurrences[-1].at)
    notes = remarks(call.office, wanted, known)
    if not call.as_json:
        _show(call, wanted, notes)
    made = None
    if call.confirmed(f"Make these {len(wanted.occurrences)} drafts?", yes=yes):
        made = make(call.office, call.actor, wanted)
    if call.as_json:
        emit(
            {
                "post": post_id,
                "rule": wanted.rule,
                "series": None if made is None else made.id,
                "occurrences": [
                    {
                        "at": call.stamp(each.at),
                        "verdict": str(each.verdict),
                        "reason": each.reason,
                        "shifted": each.shifted,
                        "periods": list(each.periods),
                        "notes": list(notes[number]),
                        "post": None if made is None else made.posts[number],
                    }
                    for number, each in enumerate(wanted.occurrences)
                ],
            }
        )
    elif made is None:
        call.tell("Nothing was made. --yes makes them.")
    else:
        say(f"Series {made.id}: posts {made.posts[0]} to {made.posts[-1]} are drafts. Post {post_id} is as it was.")
        call.tell(f"Next: purdah-scheduler post submit {made.posts[0]}")


@verb("series", example="purdah-scheduler post series 13\npurdah-scheduler --as asha post series 15 --cancel-rest")
@post_argument
@click.option("--cancel-rest", is_flag=True, help="Take back this post and the later ones of which nothing has left.")
@click.option("--reason", default="", help="Why, with --cancel-rest.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def series(call: Invocation, *, post_id: int, cancel_rest: bool, reason: str, yes: bool) -> None:
    """The posts of the series that a post belongs to, each with its state and time; or take back the rest of it."""
    from purdah_scheduler.application import repeating

    found = repeating.series_of(call.office, post_id)
    gone: tuple[int, ...] = ()
    if cancel_rest and (yes or not call.on_terminal or call.confirmed(f"Take back post {post_id} and the later ones?", yes=yes)):
        gone = repeating.cancel_rest(call.office, call.actor, post_id, reason=reason)
    with call.office.store.read() as reader:
        rows = reader.rows(found.posts)
    if call.as_json:
        for number, row in enumerate(rows, start=1):
            emit(
                {
                    "post": row.post,
                    "number": number,
                    "of": len(found.posts),
                    "series": found.id,
                    "source": found.source,
                    "rule": found.rule,
                    "state": row.state,
                    "at": call.stamp(row.at),
                    "cancelled_now": row.post in gone,
                }
            )
        return
    say(f"Series {found.id}, {inline(found.rule)}, of post {found.source}, made by {found.person} on {call.shown(found.at)}.")
    lines = [
        (str(number), str(row.post), row.state.replace("_", " "), call.shown(row.at), row.title)
        for number, row in enumerate(rows, start=1)
    ]
    say(table(("No", "Post", "State", "Time", "Title"), lines, width=call.width))
    if cancel_rest:
        call.tell(f"Taken back: {', '.join(map(str, gone))}." if gone else "There was nothing to take back.")


def _show(call: Invocation, wanted: "Plan", notes: "tuple[tuple[str, ...], ...]") -> None:
    """Every time with its verdict, and whatever else there is to say of it."""
    view = view_of(call, wanted.post)
    say(f"Post {wanted.post}, {inline(view.post.title)}: {inline(wanted.rule)}, {len(wanted.occurrences)} times.")
    rows = [
        (
            str(number),
            format_local(each.at, call.zone),
            str(each.verdict).upper(),
            " ".join((*each.notes, *remarked)),
        )
        for number, (each, remarked) in enumerate(zip(wanted.occurrences, notes, strict=True), start=1)
    ]
    say(table(("No", "Time", "Verdict", "Why"), rows, width=call.width))
    if wanted.windowed:
        call.tell("The window of the post is not copied: each has a time of its own.")
