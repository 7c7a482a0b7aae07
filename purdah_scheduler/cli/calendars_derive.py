"""`calendar derive`: the statutory timetable of an election and the periods that follow, and declaring one of them."""

from datetime import date
from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.checking import NATION
from purdah_scheduler.cli.effects import declare_after_asking, told_scope
from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.shapes import period_facts
from purdah_scheduler.cli.speaking import emit, inline, say, table, tell, wrapped
from purdah_scheduler.domain.civiltime import format_day, format_local, local_date, london, parse_local
from purdah_scheduler.domain.periods import EndMode, Nation, Period
from purdah_scheduler.errors import BadTime

if TYPE_CHECKING:
    from purdah_scheduler.calendars.derived import Derived

_EXAMPLE = """\
purdah-scheduler calendar derive local.2026-05-07 --nation England
purdah-scheduler --as carys calendar derive local.anytown.2028-05-04 --nation England --area "Anytown Council" \\
    --notice 2028-03-20 --declare councils"""


@verb("derive", example=_EXAMPLE)
@click.argument("election_id", metavar="ELECTION_ID")
@click.option("--nation", type=NATION, metavar="NATION", help="Where it is held; local polls and referendums need it.")
@click.option("--area", default="", help="The place, as your accounts name it (default: the place in the id).")
@click.option("--notice", metavar="DATE", help="The day on which the notice of election was really published, if earlier.")
@click.option("--declare", "part", metavar="PERIOD", help="Declare this one of the periods, as provisional.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def derive(
    call: Invocation, *, election_id: str, nation: str | None, area: str, notice: str | None, part: str | None, yes: bool
) -> None:
    """The statutory dates of an election, the periods that would follow for each kind of body, and what nobody can derive.

    Every derived period is provisional. A start that rests on the notice of election is the latest possible one: give the real
    day with --notice. Nothing is declared without --declare.
    """
    from purdah_scheduler.calendars.derived import derive as follow

    found = follow(
        election_id, Nation(nation) if nation else None, area=area.strip(), notice=_day(call, notice) if notice else None
    )
    chosen = None if part is None else found.part(part)
    facts = _facts(call, found)
    if chosen is None:
        if call.as_json:
            emit(facts)
        else:
            _say(call, found)
        return
    tell(_period_line(chosen))
    told_scope(call, (chosen,))
    done = declare_after_asking(call, (chosen,), yes=yes)
    if call.as_json:
        emit({**facts, "declared": chosen.id, **done.facts})
    else:
        say(f"{inline(chosen.name)} is declared as {chosen.id}, provisional: {done.words}.")


def _day(call: Invocation, typed: str) -> date:
    """A date that a person typed. Raises BadTime."""
    try:
        return local_date(parse_local(f"{typed} 00:00", now=call.now, zone=london()).at, london())
    except BadTime as fault:
        raise BadTime(
            f"“{typed[:40]}” is not a date, so nothing was derived.", next_step="Try 2026-03-20 or 20 March 2026."
        ) from fault


def _say(call: Invocation, found: "Derived") -> None:
    dates, day = found.timetable, found.poll.election.polling_day
    rows = [(format_day(deadline.on), deadline.label) for deadline in dates.deadlines]
    lines = [inline(found.poll.title), "", table(("Date", "What"), [*rows, (format_day(day), "Polling day")], width=call.width)]
    if dates.notice:
        off = [f"{entry.name} ({format_day(entry.on)})" for entry in dates.days_off]
        counted = f"The latest day for the notice is {dates.working_days} working days before the poll. Not counted: weekends"
        lines += ["", *wrapped(f"{', '.join([counted, *off])}.", call.width)]
    if found.poll.notice and found.poll.notice.actual:
        lines += wrapped(f"{found.poll.notice.basis[:1].upper()}{found.poll.notice.basis[1:]}.", call.width)
    for remark in dates.remarks:
        lines += wrapped(remark, call.width)
    if found.parts:
        lines += ["", "Periods that would follow, all of them provisional:"]
        for each in found.parts:
            period = each.period
            lines += [f"  {each.name}: {_period_line(period)}"]
            lines += [f"    {line}" for line in wrapped(f"Binds {', '.join(sorted(period.bodies))}.", call.width - 4)]
            lines += [f"    {line}" for line in wrapped(f"{_basis(period)} Until: {period.ends_note}.", call.width - 4)]
    for gap in found.not_derived:
        who = ", ".join(gap.bodies)
        lines += ["", *wrapped(f"Not derived for {who}: {gap.reason}", call.width), f"  {gap.next_step}"]
    say("\n".join(lines))


def _period_line(period: Period) -> str:
    """When it holds and where; `or later` where a person must say that it is over."""
    until = format_local(period.ends, london()) + (", or later" if period.end_mode is EndMode.MANUAL_LIFT else "")
    where = " and ".join(sorted(period.nations)) + (f", {inline(period.area)}" if period.area else "")
    return f"{format_local(period.starts, london())} to {until} ({where})"


def _basis(period: Period) -> str:
    return f"Basis, {period.basis}: {inline(period.basis_note)}."


def _facts(call: Invocation, found: "Derived") -> dict[str, object]:
    poll, dates = found.poll, found.timetable
    return {
        "election_id": poll.election.text,
        "kind": str(poll.election.kind),
        "title": poll.title,
        "polling_day": poll.election.polling_day.isoformat(),
        "nations": sorted(map(str, poll.nations)),
        "area": poll.area,
        "timetable": [
            {"event": deadline.event, "label": deadline.label, "date": deadline.on.isoformat()} for deadline in dates.deadlines
        ],
        "notice_deadline": dates.notice.isoformat() if dates.notice else None,
        "notice_published": poll.notice.actual.isoformat() if poll.notice and poll.notice.actual else None,
        "working_days": dates.working_days if dates.notice else None,
        "not_counted": [{"date": entry.on.isoformat(), "name": entry.name} for entry in dates.days_off],
        "remarks": list(dates.remarks),
        "periods": [{"part": each.name, **period_facts(call, each.period)} for each in found.parts],
        "not_derived": [
            {"bodies": list(map(str, gap.bodies)), "reason": gap.reason, "next": gap.next_step} for gap in found.not_derived
        ],
    }
