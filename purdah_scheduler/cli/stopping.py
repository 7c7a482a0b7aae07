"""`pause` and `resume`: the emergency stop, which must work when little else does."""

import click

from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, inline, say
from purdah_scheduler.errors import BadInput, BadSetup, NeedsAttention, TryAgain


@verb("pause", example='purdah-scheduler --as carys pause --all --reason "A royal death has been announced."')
@click.option("--all", "everything", is_flag=True, help="Everything; so does naming no account.")
@click.option("--account", default="", metavar="ID", help="This account alone.")
@click.option("--reason", required=True, help="Why.")
@click.pass_obj
def pause(call: Invocation, *, everything: bool, account: str, reason: str) -> int:
    """Stop publishing at once.

    Stopping everything works even where the queue or the configuration cannot be used (exit code 2 then).
    """
    from purdah_scheduler.application import stopping

    if everything and account:
        raise BadInput("Everything and one account were named, so nothing was stopped.", next_step="Leave out one of them.")
    try:
        stopping.pause(call.office, call.actor, reason=reason, account=account)
    except (BadSetup, TryAgain) as fault:
        if account:
            raise
        return _stop_off_the_record(call, reason, fault)
    _report(call, account, reason, on_record=True)
    return 0


def _stop_off_the_record(call: Invocation, reason: str, fault: BadSetup | TryAgain) -> int:
    """Set the switch that is a file, and say that the record does not know of it."""
    from purdah_scheduler import bootstrap
    from purdah_scheduler.application import stopping

    try:
        config = call.config
    except BadSetup:
        # Nobody can be asked who may stop, and a mistake in the file must not keep anybody from stopping.
        switch = bootstrap.stop_file_without_config(call.whereabouts)
        switch.set(f"{call.as_person or bootstrap.login_name()}: {stopping.said(reason)}")
    else:
        switch = bootstrap.stop_file(config)
        stopping.stop_here(switch, bootstrap.make_local_actor(config, call.as_person, face="cli"), reason=reason)
    _report(call, "", reason, on_record=False)
    call.tell(f"The stop is {inline(str(switch.path))}. It is not on record: {inline(fault.message)}")
    return NeedsAttention.exit_code


def _report(call: Invocation, account: str, reason: str, *, on_record: bool) -> None:
    if call.as_json:
        emit({"paused": account or "all", "reason": reason, "on_record": on_record})
        return
    stopped = f"Publishing to {account}" if account else "All publishing" if on_record else "All publishing from this machine"
    say(f"{stopped} is stopped.")
    call.tell(f"What comes due meanwhile is held. Next: purdah-scheduler resume{f' --account {account}' if account else ''}")


@verb("resume", example="purdah-scheduler --as dougal resume")
@click.option("--all", "everything", is_flag=True, help="Everything; so does naming no account.")
@click.option("--account", default="", metavar="ID", help="This account alone.")
@click.pass_obj
def resume(call: Invocation, *, everything: bool, account: str) -> None:
    """Let publishing go on. What was held meanwhile is not sent by this: each post needs a new time."""
    from purdah_scheduler.application import stopping

    if everything and account:
        raise BadInput("Everything and one account were named, so nothing was changed.", next_step="Leave out one of them.")
    late = stopping.resume(call.office, call.actor, account=account)
    if call.as_json:
        emit({"resumed": account or "all", "held": late})
        return
    say(f"Publishing to {account} goes on." if account else "Publishing goes on.")
    if late:
        call.tell(f"{late} came due meanwhile and are held: nothing late is sent by this.")
    call.tell("Next: purdah-scheduler post list --state held")
