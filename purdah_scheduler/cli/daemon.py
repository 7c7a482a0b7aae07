"""`daemon`: the publisher, and what an operator settles about it."""

import sys

import click

from purdah_scheduler.cli.grammar import Noun, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, say

_VERBS = {
    "clock": ("daemon:clock", "what the clock of this machine is held against"),
}
_CLOCK_VERBS = {
    "accept": ("daemon:accept_clock", "believe the clock as it is now"),
}


@click.group("daemon", cls=Noun, verbs=_VERBS, example="purdah-scheduler daemon --once", invoke_without_command=True)
@click.option("--once", is_flag=True, help="Do what is due now and leave.")
@click.option("--until-stdin-closes", is_flag=True, hidden=True)
@click.pass_context
def daemon(ctx: click.Context, *, once: bool, until_stdin_closes: bool) -> int | None:
    """Publish what is due, until it is told to stop. Its log is on stderr, one JSON object a line."""
    if ctx.invoked_subcommand is not None:
        return None
    from purdah_scheduler.daemon import run_daemon

    call = ctx.ensure_object(Invocation)
    return run_daemon(call.config, once=once, log_to=sys.stderr, until_stdin_closes=until_stdin_closes)


@click.group("clock", cls=Noun, verbs=_CLOCK_VERBS, example='purdah-scheduler daemon clock accept --reason "…"')
def clock() -> None:
    """The clock of this machine, which nothing is sent by while it is in doubt."""


@verb("accept", example='purdah-scheduler --as dougal daemon clock accept --reason "It was a year ahead until it was set right."')
@click.option("--reason", required=True, help="Why the clock can be believed.")
@click.pass_obj
def accept_clock(call: Invocation, *, reason: str) -> None:
    """Believe the clock as it is now, be it behind what this queue has seen. What was held meanwhile needs a new time."""
    from purdah_scheduler.application import timekeeping

    at = timekeeping.accept_clock(call.office, call.actor, reason=reason)
    if call.as_json:
        emit({"accepted_at": call.stamp(at)})
        return
    say(f"The clock is believed as it is: {call.shown(at)}.")
    call.tell("A daemon that runs takes it up with its next heartbeat. Next: purdah-scheduler post list --state held")
