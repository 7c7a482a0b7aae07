"""`calendar impact`: what a period does, or would do, to each post of the queue; nothing is changed."""

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from purdah_scheduler.calendars.described import Described
from purdah_scheduler.cli.effects import counted
from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.proposing import described_options, described_period, said_nothing
from purdah_scheduler.cli.shapes import limit_facts
from purdah_scheduler.cli.speaking import emit, inline, say, table
from purdah_scheduler.domain.civiltime import format_local, london
from purdah_scheduler.domain.periods import Nation, Period
from purdah_scheduler.errors import BadInput

if TYPE_CHECKING:
    from purdah_scheduler.application.sweeping import Effect

_PROPOSED = "proposed"
"""The id of a period that is only tried; no period can be declared under it by default."""


@verb(
    "impact",
    example='purdah-scheduler calendar impact --kind general --body uk-civil-service --starts now --ends "+6w 22:00"\n'
    "purdah-scheduler calendar impact --kind freeze --account x-main --starts now\n"
    "purdah-scheduler calendar impact --id ge-2024-uk --json",
)
@click.option("--id", "period_id", metavar="PERIOD", help="A period of the calendar: verdicts without it and with it in force.")
@described_options
@click.pass_obj
def impact(
    call: Invocation,
    *,
    period_id: str | None,
    described: Described,
) -> None:
    """What a period does to each post of the queue: its verdict now and then, and totals. Nothing is changed.

    Of a period of the calendar, "now" is without it and "then" with it, and what it holds already is listed too.
    """
    from purdah_scheduler.application import calendar_changes, calendars

    office = call.office
    if (period_id is None) is said_nothing(described):
        raise BadInput(
            "Say either which period, or what kind of one, so nothing was judged.",
            next_step="Give --id PERIOD, or --kind, --body, --nation, --starts and --ends.",
        )
    with office.store.read() as reader:
        if period_id is None:
            period = _tried(call, described)
            effects = calendars.impact(reader, office.house, period)
        else:
            effects = calendar_changes.impact_of_known(reader, office.house, period_id)
            period = next(known for known in office.house.calendar(reader) if known.id == period_id)
    totals = _totals(effects)
    if call.as_json:
        emit(
            {
                "period": period_id,
                "kind": str(period.kind),
                "starts": call.stamp(period.starts),
                "ends": call.stamp(period.ends),
                "end_mode": str(period.end_mode),
                **limit_facts(period),
                "totals": totals,
                "posts": [_facts(call, effect, period.id) for effect in effects],
            }
        )
        return
    until = described.until(period) if period_id is None else f"to {format_local(period.ends, london())}"
    call.tell(f"{inline(period.name)}, {format_local(period.starts, london())} {until}")
    if effects:
        rows = [
            (
                str(effect.delivery.post),
                call.shown(effect.delivery.due_at),
                effect.delivery.account,
                str(effect.before.verdict),
                str(effect.after.verdict),
                effect.title,
            )
            for effect in effects
        ]
        first, second = ("Now", "Then") if period_id is None else ("Without", "With")
        say(table(("Post", "Due", "Account", first, second, "Title"), rows, width=call.width))
    say(
        f"Of {counted(totals['posts'])} it {'would hold' if period_id is None else 'holds'} {totals['held']}, "
        f"{'flag' if period_id is None else 'flags'} {totals['flagged']} and {'leave' if period_id is None else 'leaves'} "
        f"{totals['unchanged']} as they are."
    )


def _tried(call: Invocation, described: Described) -> Period:
    """The period that is only tried, for the whole UK unless a nation is given. Raises BadInput with what is missing or wrong."""
    if not (described.nations or described.is_limited or described.is_for_all):
        described = replace(described, nations=(str(Nation.UK),))
    return described_period(
        call,
        described,
        {"id": _PROPOSED, "name": f"Proposed period ({described.kind})", "source": "proposed"},
        undone="judged",
        see="See purdah-scheduler calendar impact --help",
    )


def _totals(effects: "tuple[Effect, ...]") -> dict[str, int]:
    """How many posts on accounts there are, and what becomes of them."""
    became = Counter(str(effect.after.verdict) for effect in effects if effect.changed)
    return {
        "posts": len(effects),
        "held": became["block"],
        "flagged": became["flag"],
        "unchanged": sum(not effect.changed for effect in effects),
    }


def _facts(call: Invocation, effect: "Effect", period: str) -> dict[str, object]:
    own = [finding.reason for finding in effect.after.findings if finding.period == period]
    return {
        "post": effect.delivery.post,
        "title": effect.title,
        "account": effect.delivery.account,
        "state": str(effect.delivery.state),
        "due_at": call.stamp(effect.delivery.due_at),
        "now": str(effect.before.verdict),
        "then": str(effect.after.verdict),
        "reason": own[0] if own else "",
    }
