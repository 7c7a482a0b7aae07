"""`status`: is the daemon running, what comes next, what is in force."""

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.reading import new_comments
from purdah_scheduler.cli.shapes import break_glass_facts, check_facts
from purdah_scheduler.cli.speaking import emit, facts_in_words, inline, say
from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.errors import NeedsAttention

if TYPE_CHECKING:
    from purdah_scheduler.application.first_steps import Step
    from purdah_scheduler.application.reading import Unread
    from purdah_scheduler.application.views import Status
    from purdah_scheduler.domain.people import Assurance
    from purdah_scheduler.domain.periods import Period
    from purdah_scheduler.domain.posts import Heartbeat


_NAMED = 10
"""Posts with new comments that are named."""

_NOBODY = "No daemon is running, so nothing is published. Next: purdah-scheduler daemon"


@verb("status", example="purdah-scheduler status --json")
@click.option("--notify", is_flag=True, help="Tell people where no daemon was seen for two minutes; for cron.")
@click.pass_obj
def status(call: Invocation, *, notify: bool) -> int:
    """Is it running, what comes next, what is in force. Exit code 2 where no daemon is alive.

    A dead daemon tells nobody that it is dead: run this with --notify every five minutes, as the user that the daemon runs as.
    """
    from purdah_scheduler.application import reading, views
    from purdah_scheduler.application.first_steps import first_steps, look_round
    from purdah_scheduler.application.timekeeping import ADVICE
    from purdah_scheduler.config import INVENTED_PEOPLE

    if notify:
        _tell_of_silence(call)
    found = views.status(call.office)
    steps = first_steps(look_round(call.office, found, INVENTED_PEOPLE))
    new = new_comments(call)
    beat = found.heartbeat
    with call.office.store.read() as reader:
        known = call.office.house.assurance(reader)
    if call.as_json:
        emit(
            {
                "daemon": {
                    "alive": found.alive,
                    "last_seen_at": call.stamp(beat.seen_at) if beat else None,
                    "host": beat.host if beat else None,
                    "pid": beat.pid if beat else None,
                },
                "daemons": [
                    {
                        "owner": each.owner,
                        "alive": each in found.daemons.living,
                        "host": each.host,
                        "pid": each.pid,
                        "version": each.version,
                        "started_at": call.stamp(each.started_at),
                        "last_seen_at": call.stamp(each.seen_at),
                        "clock_doubt": each.clock_doubt,
                    }
                    for each in (*found.daemons.living, *found.daemons.silent)
                ],
                "next_due_at": call.stamp(found.next_due_at),
                "counts": found.counts,
                "periods_in_force": [period.id for period in found.in_force],
                "accounts": [{**check_facts(call, check), "posts_hit": list(found.hit[check.account])} for check in found.logins],
                "pauses": [
                    {
                        "account": pause.account or "all",
                        "person": pause.person,
                        "reason": pause.reason,
                        "at": call.stamp(pause.at),
                    }
                    for pause in found.pauses
                ],
                "rate_limits": [
                    {"account": limit.account, "until": call.stamp(limit.until), "reason": limit.reason}
                    for limit in found.rate_limits
                ],
                "stopped": found.stopped,
                "break_glass_unreviewed": [break_glass_facts(call, glass) for glass in found.unreviewed],
                "assurance": str(known),
                "unread_comments": None if new is None else reading.how_many(new),
                "notices_given_up": found.given_up,
                "overdue": found.overdue,
                "first_steps": [_step_facts(step) for step in steps],
                "clock": {
                    "doubt": found.clock.doubt,
                    "latest_seen_at": call.stamp(found.clock.high_water),
                    "accepted_at": call.stamp(found.clock.accepted_at),
                    "platform_ahead_seconds": beat.platform_ahead if beat else None,
                    "platform_heard_at": call.stamp(beat.platform_heard_at) if beat else None,
                },
            }
        )
    else:
        say(_words(call, found, known, new, steps))
    if not found.alive:
        call.tell(_NOBODY)
    if found.clock.doubt:
        call.tell(f"Next: {ADVICE}")
    return 0 if found.alive else NeedsAttention.exit_code


def tell_if_nobody_publishes(call: Invocation) -> None:
    """Say so where something was queued and nobody is there to send it."""
    from purdah_scheduler.application import views

    if not views.status(call.office).alive:
        call.tell(_NOBODY)


def _tell_of_silence(call: Invocation) -> None:
    """The one notice that no daemon can tell; whatever else waits is told with it."""
    from purdah_scheduler import bootstrap
    from purdah_scheduler.application import telling

    if telling.note_silence(call.office):
        notifier = bootstrap.make_notifier(call.config)
        telling.tell_ready(call.office, notifier, told=lambda _notice: None, go_on=lambda: True)


def _words(call: Invocation, found: "Status", known: "Assurance", new: "Unread | None", steps: "tuple[Step, ...]") -> str:
    from purdah_scheduler.application.account_health import hit_in_words, in_words

    counts = ", ".join(f"{number} {state.replace('_', ' ')}" for state, number in found.counts.items())
    stops = [
        f"{pause.account or 'everything'}, by {pause.person} since {call.shown(pause.at)}: {pause.reason}"
        for pause in found.pauses
    ]
    if found.stopped and not any(pause.account == "" for pause in found.pauses):
        stops.insert(0, f"everything: {found.stopped}")
    waits = [f"{limit.account}, until {call.shown(limit.until)}: {limit.reason}" for limit in found.rate_limits]
    troubles = [
        f"{in_words(check, call.zone, call.now)} {hit_in_words(found.hit[check.account])}".rstrip() for check in found.logins
    ]
    return facts_in_words(
        [
            ("Daemon", "\n".join(map(inline, _daemons(call, found)))),
            ("Clock", found.clock.doubt),
            ("Next due", call.shown(found.next_due_at) or "nothing is queued"),
            ("Overdue", str(found.overdue) if found.overdue else ""),
            ("Posts", counts or "none yet"),
            ("Comments", _new_comments(new)),
            ("Told", f"{found.given_up} notices could not be told: purdah-scheduler notify log" if found.given_up else ""),
            ("UNREVIEWED", "\n".join(inline(_unreviewed(call, glass)) for glass in found.unreviewed)),
            ("Stopped", "\n".join(map(inline, stops))),
            ("Waiting", "\n".join(map(inline, waits))),
            ("Accounts", "\n".join(inline(line) for line in troubles)),
            ("Decisions", known.words),
            ("In force", "\n".join(inline(_in_force(call, period)) for period in found.in_force) or "no pre-election period"),
            ("First steps", "\n".join(inline(_step(step)) for step in steps)),
        ],
        width=call.width,
    )


def _in_force(call: Invocation, period: "Period") -> str:
    from purdah_scheduler.application.day_words import until_in_words

    ends = until_in_words(period, call.zone) if period.ends > call.now else "until its end is recorded"
    return f"{period.name} ({period.id}), {ends}"


def _step_facts(step: "Step") -> dict[str, str | bool]:
    return {"step": step.key, "done": step.done, "said": step.said, "next": "" if step.done else step.command}


def _step(step: "Step") -> str:
    return f"[x] {step.words}: {step.said}" if step.done else f"[ ] {step.words} ({step.said}): {step.command}"


def _new_comments(new: "Unread | None") -> str:
    if not new:
        return ""
    posts = sorted(new)
    many = sum(map(len, new.values()))
    where = f"post{'s' * (len(posts) > 1)} {', '.join(map(str, posts[:_NAMED]))}{' …' * (len(posts) > _NAMED)}"
    return f"{many} new to you, on {where}: purdah-scheduler post comments {posts[0]}"


def _unreviewed(call: Invocation, glass: BreakGlass) -> str:
    return (
        f"break-glass {glass.id}: post {glass.post} without {', '.join(glass.stages)}, by {glass.person} {call.shown(glass.at)}; "
        f"somebody else reviews it: purdah-scheduler post review-break-glass {glass.post} --note …"
    )


def _daemons(call: Invocation, found: "Status") -> list[str]:
    """A line for each that lives, and for each that is missed."""
    last, living = found.heartbeat, found.daemons.living
    if last is None:
        return ["never seen"]
    if not living and last.stopped_at is not None:
        return [f"stopped {call.shown(last.stopped_at)} ({_who(last)})"]
    now = found.daemons.at
    return [
        *(
            f"running {_who(each)}, seen {_ago(now - each.seen_at)}" + (f": {each.clock_doubt}" if each.clock_doubt else "")
            for each in living
        ),
        *(f"not seen since {call.shown(each.seen_at)} ({_who(each)})" for each in found.daemons.silent),
    ]


def _who(beat: "Heartbeat") -> str:
    return f"on {beat.host}, process {beat.pid}"


def _ago(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    return "just now" if seconds < 2 else f"{seconds} seconds ago"
