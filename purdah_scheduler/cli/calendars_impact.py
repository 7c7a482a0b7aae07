"""`calendar impact`: what a period does, or would do, to each post of the queue; nothing is changed."""

from collections import Counter
from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.checking import BODY, NATION
from purdah_scheduler.cli.effects import counted
from purdah_scheduler.cli.grammar import OneOf, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, inline, say, table
from purdah_scheduler.domain.civiltime import format_local, london, parse_local
from purdah_scheduler.domain.periods import Kind, Nation, Period
from purdah_scheduler.errors import BadInput

if TYPE_CHECKING:
    from purdah_scheduler.application.sweeping import Effect

_KIND = OneOf("kind of period", lambda: Kind)
_PROPOSED = "proposed"
"""The id of a period that is only tried; no period can be declared under it by default."""


@verb(
    "impact",
    example="purdah-scheduler calendar impact --kind general --body uk-civil-service --nation UK --starts now --ends +6w\n"
    "purdah-scheduler calendar impact --id ge-2024-uk --json",
)
@click.option("--id", "period_id", metavar="PERIOD", help="A period of the calendar: verdicts without it and with it in force.")
@click.option("--kind", type=_KIND, metavar="KIND", help="What if one of this kind were declared: the verdicts now and then.")
@click.option("--body", "bodies", type=BODY, multiple=True, metavar="BODY", help="Whom it would bind; can be repeated.")
@click.option("--nation", "nations", type=NATION, multiple=True, metavar="NATION", help="Can be repeated (default: UK).")
@click.option("--area", default="", help="The council, force or constituency, if it would hold in one place.")
@click.option("--starts", metavar="TIME", help="UK time.")
@click.option("--ends", metavar="TIME", help="UK time.")
@click.pass_obj
def impact(
    call: Invocation,
    *,
    period_id: str | None,
    kind: str | None,
    bodies: tuple[str, ...],
    nations: tuple[str, ...],
    area: str,
    starts: str | None,
    ends: str | None,
) -> None:
    """What a period does to each post of the queue: its verdict now and then, and totals. Nothing is changed.

    Of a period of the calendar, "now" is without it and "then" with it, and what it holds already is listed too.
    """
    from purdah_scheduler.application import calendar_changes, calendars

    office = call.office
    described = (kind, starts, ends, *bodies, *nations, area)
    if (period_id is None) == (not any(described)):
        raise BadInput(
            "Say either which period, or what kind of one, so nothing was judged.",
            next_step="Give --id PERIOD, or --kind, --body, --nation, --starts and --ends.",
        )
    with office.store.read() as reader:
        if period_id is None:
            period = _tried(call, kind, bodies, nations, area, starts, ends)
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
                "totals": totals,
                "posts": [_facts(call, effect, period.id) for effect in effects],
            }
        )
        return
    span = f"{format_local(period.starts, london())} to {format_local(period.ends, london())}"
    call.tell(f"{inline(period.name)}, {span}")
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


def _tried(
    call: Invocation,
    kind: str | None,
    bodies: tuple[str, ...],
    nations: tuple[str, ...],
    area: str,
    starts: str | None,
    ends: str | None,
) -> Period:
    """The period that is only tried. Raises BadInput with what is missing or wrong."""
    from purdah_scheduler.calendars.period_table import read_period

    named = (("--kind", kind), ("--body", bodies), ("--starts", starts), ("--ends", ends))
    missing = [option for option, given in named if not given]
    if missing or kind is None or starts is None or ends is None:
        raise BadInput(
            f"A proposed period needs {', '.join(missing)} too, so nothing was judged.",
            next_step="See purdah-scheduler calendar impact --help",
        )
    begins, over = (parse_local(typed, now=call.now, zone=london()).at for typed in (starts, ends))
    found = read_period(
        {
            "id": _PROPOSED,
            "name": f"Proposed period ({kind})",
            "kind": kind,
            "bodies": list(bodies),
            "nations": list(nations or (str(Nation.UK),)),
            "starts": begins,
            "ends": over,
            "source": "proposed",
            **({"area": area} if area else {}),
        },
        origin="store",
    )
    if isinstance(found, Period):
        return found
    faults = " ".join(fault.sentence[:1].upper() + fault.sentence[1:] for fault in found)
    raise BadInput(f"{faults} Nothing was judged.", next_step="See purdah-scheduler calendar impact --help")


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
