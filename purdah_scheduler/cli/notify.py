"""`notify`: whether people would be told, and what they were told."""

from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.grammar import Noun, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, inline, say, table
from purdah_scheduler.errors import BadInput, NeedsAttention

if TYPE_CHECKING:
    from purdah_scheduler.domain.notices import Notice

_VERBS = {
    "test": ("notify:test", "send a person a test message"),
    "log": ("notify:log", "what people were told, newest last"),
}


@click.group("notify", cls=Noun, verbs=_VERBS, example="purdah-scheduler notify log")
def notify() -> None:
    """Telling people, instead of letting them find out: by email, Teams, Slack and the rest, or by a program of your own."""


@verb("test", example="purdah-scheduler notify test asha")
@click.argument("person_id", metavar="PERSON")
@click.pass_obj
def test(call: Invocation, *, person_id: str) -> int:
    """Send a test message by each channel of a person, now, and say what happened. Exit code 2 where one was not taken.

    It needs to read the file of addresses: run it as the user that the daemon runs as.
    """
    from purdah_scheduler import bootstrap
    from purdah_scheduler.application import telling

    person = call.config.person(person_id)
    subscriber = next((known for known in call.config.notices.subscribers if known.person == person.id), None)
    if subscriber is None:
        raise BadInput(
            f"{person.name} has no channels, so nothing was sent.",
            next_step=f'Add notify = ["CHANNEL"] to the [[person]] {person.id} in the configuration.',
        )
    trials = telling.test_ways(call.office, bootstrap.make_notifier(call.config), subscriber)
    for trial in trials:
        if call.as_json:
            emit({"channel": trial.way, "taken": not trial.fault, "fault": trial.fault})
        else:
            say(f"{trial.way}: {inline(trial.fault) if trial.fault else 'taken'}")
    return NeedsAttention.exit_code if any(trial.fault for trial in trials) else 0


@verb("log", example="purdah-scheduler notify log --limit 20")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Only the newest so many.")
@click.pass_obj
def log(call: Invocation, *, limit: int) -> None:
    """What people were told, or are to be told, by which channel, and what came of it; the newest last."""
    with call.office.store.notices() as reader:
        found = reader.notices(limit=limit)[::-1]
    if call.as_json:
        for notice in found:
            emit(_facts(call, notice))
    elif found:
        headers = ("No.", "made", "kind", "channel", "people", "posts", "state", "tries", "what came of it")
        say(table(headers, [_row(call, notice) for notice in found], width=call.width))
    else:
        call.tell("Nobody was told anything yet.")


def _facts(call: Invocation, notice: "Notice") -> dict[str, object]:
    return {
        "notice": notice.id,
        "at": call.stamp(notice.at),
        "kind": str(notice.kind),
        "channel": notice.channel,
        "people": list(notice.people),
        "posts": [item.post for item in notice.items],
        "more": notice.more,
        "state": str(notice.state),
        "tries": notice.tries,
        "next_try_at": call.stamp(notice.ready_at) if notice.ended_at is None else None,
        "ended_at": call.stamp(notice.ended_at),
        "fault": notice.fault,
    }


def _row(call: Invocation, notice: "Notice") -> tuple[str, ...]:
    what = inline(notice.fault) or (f"told {call.shown(notice.ended_at)}" if notice.ended_at else "")
    posts = len(notice.items) + notice.more
    return (
        str(notice.id),
        call.shown(notice.at),
        str(notice.kind),
        notice.channel,
        ", ".join(notice.people),
        str(posts) if posts else "",
        str(notice.state).replace("-", " "),
        str(notice.tries),
        what,
    )
