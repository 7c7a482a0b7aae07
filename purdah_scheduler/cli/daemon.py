"""`daemon`: the publisher, and what an operator settles about it."""

import sys

import click

from purdah_scheduler.cli.grammar import Noun, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, inline, say
from purdah_scheduler.errors import NeedsAttention, TryAgain, WrongState

_VERBS = {
    "adopt": ("daemon:adopt_queue", "publish from a queue that was moved, copied or restored"),
    "unit": ("daemon:unit", "a hardened unit file for systemd"),
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
    from purdah_scheduler import garbage
    from purdah_scheduler.daemon import run_daemon

    garbage.look_as_ever()
    call = ctx.ensure_object(Invocation)
    return run_daemon(call.config, once=once, log_to=sys.stderr, until_stdin_closes=until_stdin_closes)


@verb("adopt", example='purdah-scheduler --as dougal daemon adopt --reason "Moved to the new server; the old one is off."')
@click.option("--reason", required=True, help="Why this copy is the one to publish from.")
@click.pass_obj
def adopt_queue(call: Invocation, *, reason: str) -> int:
    """Publish from this copy of the queue from now on. Make sure first that no daemon publishes from another one.

    What was due by now may have been sent from the other one: it becomes unknown, and a person looks (exit code 2).
    """
    from purdah_scheduler.application import adopting, views
    from purdah_scheduler.daemon.lock import only_daemon
    from purdah_scheduler.daemon.residence import Residence, home_here

    office, actor, path = call.office, call.actor, call.config.store_path
    if call.config.store_url and views.status(office).alive:  # a lock of this machine says nothing of daemons elsewhere
        raise TryAgain(
            "A daemon is alive on this queue, so the queue was not adopted.",
            next_step="See it with purdah-scheduler status, and stop every daemon first.",
        )
    residence = Residence(path, shared=bool(call.config.store_url))
    with only_daemon(path, now=call.now, to="adopted"):
        with office.store.read() as reader:
            if not residence.strange(reader):
                raise WrongState("No other copy of this queue was published from, so there is nothing to adopt.")
        lost = adopting.adopt(office, actor, home_here(path), reason=reason)
        residence.remember(office)
    if call.as_json:
        emit({"adopted": call.config.store_name, "unknown": [{"post": entry.post, "account": entry.account} for entry in lost]})
    else:
        say(f"This queue is published from here now: {inline(call.config.store_name)}")
        for entry in lost:
            say(f"Post {entry.post} on {inline(entry.account)} may have been sent from the other one.")
        first = f"purdah-scheduler post resolve {lost[0].post} --published URL | --not-published" if lost else ""
        call.tell(f"Next: look at the accounts, then {first}" if lost else "Next: purdah-scheduler daemon")
    return NeedsAttention.exit_code if lost else 0


@verb("unit", example="purdah-scheduler daemon unit --user purdah > purdah-scheduler.service")
@click.option("--user", default="purdah", show_default=True, metavar="NAME", help="The login that the service runs as.")
@click.pass_obj
def unit(call: Invocation, *, user: str) -> None:
    """Print a unit file for systemd: this program, this configuration, its tokens by LoadCredential, and little else allowed."""
    from purdah_scheduler.daemon.unit import unit_file

    text = unit_file(call.config, user=user)
    if call.as_json:
        emit({"unit": text})
    else:
        say(text.rstrip("\n"))
    call.tell("Next: put it into /etc/systemd/system/purdah-scheduler.service, then systemctl enable --now purdah-scheduler")


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
