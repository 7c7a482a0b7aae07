"""`calendar confirm`, `lift`, `extend`, `shorten`, `cancel`, `suppress`, and the second person's word on what loosens."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from purdah_scheduler.calendars.described import uk_time
from purdah_scheduler.cli.effects import counted
from purdah_scheduler.cli.grammar import Number, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, inline, say, table
from purdah_scheduler.domain.period_changes import Action

if TYPE_CHECKING:
    from purdah_scheduler.application.calendar_changes import Changed
    from purdah_scheduler.application.sweeping import Returned
    from purdah_scheduler.domain.period_changes import Proposal

_PROPOSAL = Number("a proposal", "See purdah-scheduler calendar proposals")
_WAITS = 2
"""The exit code of a change that waits for a second person."""

_ENDS = frozenset({Action.LIFT, Action.SHORTEN, Action.CANCEL})
"""What ends a period, or will: its last day has a checklist."""

_DONE = {
    Action.CONFIRM: "is confirmed",
    Action.EXTEND: "ends later",
    Action.LIFT: "is over",
    Action.SHORTEN: "ends earlier",
    Action.CANCEL: "is cancelled",
    Action.SUPPRESS: "does not hold in this department any more",
}


@verb("confirm", example="purdah-scheduler --as carys calendar confirm local-2026-05-07")
@click.argument("period_id", metavar="PERIOD")
@click.option("--reason", default="", help="For the record.")
@click.pass_obj
def confirm(call: Invocation, *, period_id: str, reason: str) -> int:
    """Confirm a provisional period, or put a suppressed one in force again. One person is enough."""
    return _change(call, period_id, Action.CONFIRM, None, reason)


@verb("extend", example='purdah-scheduler --as carys calendar extend anytown-by-2027 --to "2027-03-05 22:00" --reason "…"')
@click.argument("period_id", metavar="PERIOD")
@click.option("--to", required=True, metavar="TIME", help="The new end, in UK time.")
@click.option("--reason", required=True, help="Why.")
@click.pass_obj
def extend(call: Invocation, *, period_id: str, to: str, reason: str) -> int:
    """Let a period end later; a lift that was recorded too early is taken back. One person is enough."""
    return _change(call, period_id, Action.EXTEND, uk_time(to, call.now), reason)


@verb("lift", example='purdah-scheduler --as asha calendar lift ge-2026-uk --reason "The new government has been formed."')
@click.argument("period_id", metavar="PERIOD")
@click.option("--at", metavar="TIME", help="Since when it is over, in UK time (default: now).")
@click.option("--reason", required=True, help="How you know.")
@click.pass_obj
def lift(call: Invocation, *, period_id: str, at: str | None, reason: str) -> int:
    """Record that a period is over which lasts until a person says so. It takes a second person; nothing is sent by it."""
    return _change(call, period_id, Action.LIFT, None if at is None else uk_time(at, call.now), reason)


@verb("shorten", example='purdah-scheduler --as asha calendar shorten anytown-by-2027 --to "2027-02-20 22:00" --reason "…"')
@click.argument("period_id", metavar="PERIOD")
@click.option("--to", required=True, metavar="TIME", help="The new end, in UK time.")
@click.option("--reason", required=True, help="Why.")
@click.pass_obj
def shorten(call: Invocation, *, period_id: str, to: str, reason: str) -> int:
    """Let a period with a fixed end be over earlier. Within 30 days of its start and from then on it takes a second person."""
    return _change(call, period_id, Action.SHORTEN, uk_time(to, call.now), reason)


@verb("cancel", example='purdah-scheduler --as asha calendar cancel anytown-by-2027 --reason "The by-election is off."')
@click.argument("period_id", metavar="PERIOD")
@click.option("--reason", required=True, help="Why.")
@click.pass_obj
def cancel(call: Invocation, *, period_id: str, reason: str) -> int:
    """Record that an election does not take place. Within 30 days of its start and from then on it takes a second person."""
    return _change(call, period_id, Action.CANCEL, None, reason)


@verb(
    "suppress",
    example='purdah-scheduler --as asha calendar suppress cs-local-2026 --reason "We speak to NI alone."',
)
@click.argument("period_id", metavar="PERIOD")
@click.option("--reason", required=True, help="Why it does not concern this department; shown with the period.")
@click.pass_obj
def suppress(call: Invocation, *, period_id: str, reason: str) -> int:
    """Let a period of the shipped calendar or of a file not hold in this department. It may take a second person."""
    return _change(call, period_id, Action.SUPPRESS, None, reason)


@verb("proposals", example="purdah-scheduler calendar proposals")
@click.option("--all", "everything", is_flag=True, help="Answered ones too.")
@click.pass_obj
def proposals(call: Invocation, *, everything: bool) -> None:
    """The changes that wait for a second person, oldest first."""
    with call.office.store.read() as reader:
        found = [known for known in reader.proposals() if everything or known.is_open]
    if call.as_json:
        for known in found:
            emit(_proposal_facts(call, known))
        return
    if not found:
        call.tell("No change of a period waits for a second person.")
        return
    rows = [
        (
            str(known.id),
            known.period,
            _asked(call, known),
            known.person,
            call.shown(known.at),
            f"{known.answer} by {known.answered_by}" if known.answer else "waits",
            known.reason,
        )
        for known in found
    ]
    say(table(("Proposal", "Period", "Change", "By", "Since", "State", "Reason"), rows, width=call.width))


@verb("accept", example="purdah-scheduler --as carys calendar accept 3")
@click.argument("proposal_id", type=_PROPOSAL, metavar="PROPOSAL")
@click.pass_obj
def accept(call: Invocation, *, proposal_id: int) -> int:
    """Say yes to a change that somebody else proposed. Approvers, propriety and operators can; never the proposer."""
    from purdah_scheduler.application import calendar_changes

    return _told(call, calendar_changes.accept(call.office, call.actor, proposal_id))


@verb("refuse", example='purdah-scheduler --as carys calendar refuse 3 --reason "The count is not over."')
@click.argument("proposal_id", type=_PROPOSAL, metavar="PROPOSAL")
@click.option("--reason", default="", help="Why, for the record.")
@click.pass_obj
def refuse(call: Invocation, *, proposal_id: int, reason: str) -> None:
    """Say no to a change, or take back one of your own. The period holds as before."""
    from purdah_scheduler.application import calendar_changes

    answered = calendar_changes.refuse(call.office, call.actor, proposal_id, reason=reason)
    if call.as_json:
        emit(_proposal_facts(call, answered))
    else:
        say(f"Proposal {proposal_id} is refused: {answered.period} holds as before.")


@verb("returned", example="purdah-scheduler calendar returned")
@click.pass_obj
def returned(call: Invocation) -> None:
    """The posts that a period held and holds no longer. Nothing sends them: each needs a person to choose a new time."""
    from purdah_scheduler.application import sweeping

    with call.office.store.read() as reader:
        found = sweeping.returned(reader, call.office.house, call.now)
    if call.as_json:
        for each in found:
            emit(_returned_facts(call, each))
        return
    if not found:
        call.tell("No post waits for a new time because its period is over.")
        return
    say(_returned_table(call, found))
    call.tell("Next: purdah-scheduler post schedule POST --at …; what needs clearance is cleared again first.")


def _change(call: Invocation, period_id: str, action: Action, instant: datetime | None, reason: str) -> int:
    from purdah_scheduler.application import calendar_changes

    return _told(call, calendar_changes.change(call.office, call.actor, period_id, action, instant=instant, reason=reason))


def _told(call: Invocation, done: "Changed") -> int:
    """Say what came of it; the exit code is 0 where the change holds, 2 where it waits for a second person."""
    if call.as_json:
        emit(_changed_facts(call, done))
        return 0 if done.proposal is None else _WAITS
    name = f"{inline(done.period.name)} ({done.period.id})"
    if done.proposal is not None:
        number = done.proposal.id
        say(f"Proposal {number} to {done.action} {name} waits for a second person. The period holds meanwhile.")
        call.tell(f"It can be accepted by: {', '.join(done.seconds) or 'nobody in the configuration'}.")
        call.tell(f"Next, as one of them: purdah-scheduler calendar accept {number}")
        call.tell(f"              or: purdah-scheduler calendar refuse {number} --reason …")
        return _WAITS
    held, back = done.swept.held, done.swept.returned
    say(f"{name} {_DONE[done.action]}: {counted(len(held))} held, {counted(len(back))} given back to choose a new time.")
    if back:
        call.tell(_returned_table(call, back))
        call.tell("Nothing was sent or scheduled. Next: purdah-scheduler post schedule POST --at …")
    if done.action in _ENDS:
        call.tell(f"For the last day: purdah-scheduler calendar checklist {done.period.id} --day last")
    return 0


def _changed_facts(call: Invocation, done: "Changed") -> dict[str, object]:
    period = done.period
    return {
        "period": period.id,
        "action": str(done.action),
        "done": done.proposal is None,
        "proposal": None if done.proposal is None else done.proposal.id,
        "waits_for": list(done.seconds),
        "status": str(period.status),
        "starts": call.stamp(period.starts),
        "ends": call.stamp(period.ends),
        "lifted_at": call.stamp(period.lifted_at),
        "suppressed": period.suppressed,
        "held": [effect.delivery.post for effect in done.swept.held],
        "returned": [_returned_facts(call, each) for each in done.swept.returned],
    }


def _proposal_facts(call: Invocation, proposal: "Proposal") -> dict[str, object]:
    return {
        "proposal": proposal.id,
        "period": proposal.period,
        "action": str(proposal.action),
        "instant": call.stamp(proposal.instant),
        "reason": proposal.reason,
        "person": proposal.person,
        "at": call.stamp(proposal.at),
        "answer": None if proposal.answer is None else str(proposal.answer),
        "answered_by": proposal.answered_by,
        "answered_at": call.stamp(proposal.answered_at),
        "answer_reason": proposal.answer_reason,
    }


def _returned_facts(call: Invocation, each: "Returned") -> dict[str, object]:
    return {
        "post": each.delivery.post,
        "title": each.title,
        "account": each.delivery.account,
        "due_at": call.stamp(each.delivery.due_at),
        "reason": each.delivery.reason,
        "clear_again": each.clear_again,
        "sign_off": each.sign_off,
    }


def _returned_table(call: Invocation, found: "tuple[Returned, ...]") -> str:
    rows = [
        (
            str(each.delivery.post),
            each.delivery.account,
            call.shown(each.delivery.due_at),
            _needs(each),
            each.title,
        )
        for each in found
    ]
    return table(("Post", "Account", "Was due", "Needs", "Title"), rows, width=call.width)


def _needs(each: "Returned") -> str:
    first = "clearance, then " if each.clear_again else "a sign-off, then " if each.sign_off else ""
    return f"{first}a new time"


def _asked(call: Invocation, proposal: "Proposal") -> str:
    if proposal.instant is None:
        return str(proposal.action)
    return f"{proposal.action} {'at' if proposal.action is Action.LIFT else 'to'} {call.shown(proposal.instant)}"
