"""`calendar`: the periods that hold or flag posts, and declaring one."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from purdah_scheduler.calendars.described import Described, uk_time
from purdah_scheduler.cli.checking import bodies_in, known_calendar, unknown_period
from purdah_scheduler.cli.effects import declare_after_asking, told_scope
from purdah_scheduler.cli.grammar import Noun, OneOf, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.proposing import check_described, described_options, described_period
from purdah_scheduler.cli.shapes import change_facts, period_facts
from purdah_scheduler.cli.speaking import emit, facts_in_words, inline, say, table, tell
from purdah_scheduler.domain.civiltime import format_day, format_local, local_date, london
from purdah_scheduler.domain.periods import Basis, EndMode, Period, PeriodStatus
from purdah_scheduler.domain.standing import standing
from purdah_scheduler.errors import BadInput, BadTime

if TYPE_CHECKING:
    from purdah_scheduler.domain.period_changes import PeriodChange

_VERBS = {
    "list": ("calendars:list_periods", "what is in force and what is coming"),
    "show": ("calendars:show", "everything about one period"),
    "day": ("calendars_day:explain_day", "everything about one day: polls, deadlines, holidays, periods, posts"),
    "declare": ("calendars:declare", "put a period in force everywhere, after seeing what it does"),
    "impact": ("calendars_impact:impact", "what a period does or would do to each queued post"),
    "confirm": ("calendars_change:confirm", "confirm a provisional period"),
    "extend": ("calendars_change:extend", "let it end later"),
    "lift": ("calendars_change:lift", "record that it is over"),
    "shorten": ("calendars_change:shorten", "let it end earlier"),
    "cancel": ("calendars_change:cancel", "record that it does not take place"),
    "suppress": ("calendars_change:suppress", "let a shipped period, or one of a file, not hold here"),
    "proposals": ("calendars_change:proposals", "what waits for a second person"),
    "accept": ("calendars_change:accept", "the second person's yes"),
    "refuse": ("calendars_change:refuse", "the second person's no"),
    "returned": ("calendars_change:returned", "posts whose period is over: they need a new time"),
    "gaps": ("pacing:gaps", "where an account has no post for days, and where two are close"),
    "checklist": ("calendars_checklist:checklist", "what people do on its first and last day, and who did it"),
    "tick": ("calendars_checklist:tick", "record that an item of a checklist is done"),
    "derive": ("calendars_derive:derive", "the statutory dates of an election, and the periods that follow"),
    "import": ("calendars_import:import_file", "periods out of Every Election, live or saved, or of an ICS calendar"),
    "holidays": ("calendars_holidays:holidays", "whether its bank holidays are those of a saved file of GOV.UK"),
    "export": ("calendars_export:export", "the periods, and the queue, as an ICS calendar to subscribe to"),
}
_BASIS = OneOf("basis", lambda: Basis)
_END_MODE = OneOf("end mode", lambda: EndMode)


@click.group("calendar", cls=Noun, verbs=_VERBS, example="purdah-scheduler calendar list")
def calendar() -> None:
    """The pre-election and other periods that hold or flag posts."""


@verb("list", example='purdah-scheduler calendar list --at "2026-05-07 09:30"')
@click.option("--all", "everything", is_flag=True, help="Past ones too, and those of bodies that have no account here.")
@click.option("--at", metavar="TIME", help="Only what is in force at this time.")
@click.pass_obj
def list_periods(call: Invocation, *, everything: bool, at: str | None) -> None:
    """The periods that are in force or coming and concern an account of the configuration, soonest first."""
    moment = call.when(at)
    periods, _ = known_calendar(call)
    found = sorted(periods, key=lambda period: (period.starts, period.id))
    if moment is not None:
        found = [period for period in found if period.in_force(moment)]
    elif not everything:
        found = [period for period in found if not standing(period, call.now).is_over]
    if not everything and call.has_config:
        house = call.office.house
        found = [period for period in found if house.is_bound_by(period) or house.gone_from(period)]
    if call.as_json:
        for period in found:
            emit(period_facts(call, period))
        return
    if not found:
        call.tell("There is no such period." if everything or at else "No period is in force or coming. Past ones: --all")
        return
    rows = [
        (
            str(standing(period, call.now)),
            _london(period.starts),
            f"{format_day(local_date(period.ends, london()))} or later" if _has_no_set_end(period) else _london(period.ends),
            ", ".join(sorted(period.nations)),
            period.id,
            period.name,
        )
        for period in found
    ]
    say(table(("State", "Starts", "Ends", "Nations", "Id", "Name"), rows, width=call.width))
    if any(_has_no_set_end(period) for period in found):
        call.tell("“or later”: it lasts until a person records that it is over.")
    for period in found:
        if limits := period.limits():
            call.tell(f"{period.id} is limited: {inline(limits)}.")
        _tell_gone(call, period)


@verb("show", example="purdah-scheduler calendar show ge-2024-uk\npurdah-scheduler calendar show --html --out grid.html")
@click.argument("period_id", metavar="PERIOD", required=False)
@click.option("--html", "as_page", is_flag=True, help="Instead of a period: the forward look, months with periods and posts.")
@click.option("--from", "since", metavar="DATE", help="With --html: the first day (default: the first of this month).")
@click.option("--to", "until", metavar="DATE", help="With --html: the last day (default: the end of the second month after).")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="With --html: the file (default: standard output).")
@click.pass_obj
def show(
    call: Invocation, *, period_id: str | None, as_page: bool, since: str | None, until: str | None, out: Path | None
) -> None:
    """Everything about one period, with where its dates come from; or, with --html, the forward look as one page to print."""
    if as_page is (period_id is not None) or (not as_page and (since or until or out)):
        raise BadInput(
            "Say either which period, or --html for the forward look, so nothing was shown.",
            next_step="purdah-scheduler calendar show PERIOD, or purdah-scheduler calendar show --html --out grid.html",
        )
    if period_id is None:
        from purdah_scheduler.cli.calendars_page import write_page

        write_page(call, since, until, out)
        return
    from purdah_scheduler.domain.in_words import end_in_words, rules_in_words

    calendar, rulebook = known_calendar(call)
    periods = {period.id: period for period in calendar}
    if period_id not in periods:
        raise unknown_period(period_id, periods)
    period = periods[period_id]
    changes = _changes(call, period_id)
    _tell_gone(call, period)
    if call.as_json:
        emit({**period_facts(call, period), "changes": [change_facts(call, change) for change in changes]})
        return
    say(inline(period.name))
    say(
        facts_in_words(
            [
                ("Id", period.id),
                ("State", str(standing(period, call.now))),
                ("Kind", str(period.kind)),
                ("Bodies", ", ".join(sorted(period.bodies))),
                ("Nations", ", ".join(sorted(period.nations))),
                ("Area", inline(period.area)),
                ("Rules", inline(rules_in_words(period, bodies_in(call, period) or period.bodies, rulebook))),
                ("Starts", _london(period.starts)),
                ("Ends", end_in_words(period, call.now)),
                ("Over since", _london(period.lifted_at) if period.lifted_at else ""),
                ("Announced", _london(period.announced_at) if period.announced_at else ""),
                ("Polling day", format_day(period.polling_day) if period.polling_day else ""),
                ("Basis", inline(f"{period.basis}: {period.basis_note}" if period.basis_note else str(period.basis))),
                ("End", inline(period.ends_note)),
                ("Status", str(period.status)),
                ("Suppressed", inline(period.suppressed)),
                ("Changed", "\n".join(_change_in_words(change) for change in changes)),
                ("Source", "\n".join(map(inline, period.source.split(" ; ")))),
                ("Known from", inline(period.origin)),
                ("Notes", inline(period.notes)),
            ],
            width=call.width,
        )
    )


@verb(
    "declare",
    example='purdah-scheduler --as carys calendar declare --name "By-election, Anytown" --kind by-election --area Anytown \\\n'
    '    --body uk-civil-service --nation England --starts "+1h" --ends "+3w 22:00" --source https://www.anytown.example/notice',
)
@click.option("--name", required=True, help="What people call it.")
@described_options
@click.option("--end-mode", type=_END_MODE, metavar="MODE", help="fixed (the default), or manual-lift.")
@click.option("--announced", metavar="TIME", help="When it was announced, if that was before it starts.")
@click.option("--polling-day", metavar="DATE", help="The day of the poll; the calendar then shows its deadlines too.")
@click.option(
    "--basis",
    type=_BASIS,
    default=str(Basis.ANNOUNCED),
    metavar="BASIS",
    help="statutory, convention, announced or departmental.",
)
@click.option("--source", default="", metavar="URL", help="Where this is written.")
@click.option("--notes", default="", help="For colleagues.")
@click.option("--id", "period_id", metavar="ID", help="Small letters, digits and hyphens (default: its kind and date).")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def declare(
    call: Invocation,
    *,
    name: str,
    described: Described,
    end_mode: str | None,
    announced: str | None,
    polling_day: str | None,
    basis: str,
    source: str,
    notes: str,
    period_id: str | None,
    yes: bool,
) -> None:
    """Put a period in force on every machine at once, after showing what it does to the queue.

    What it blocks is held. Posts are never sent by the end of a period: people choose new times.
    """
    told = {"undone": "declared", "see": "See purdah-scheduler calendar declare --help"}
    check_described(described, **told)
    own_id = f"{described.kind}-{local_date(described.begins(call.now), london()):%Y-%m-%d}"
    period = described_period(
        call,
        described,
        {
            "id": period_id or own_id,
            "name": name,
            **({"end_mode": end_mode} if end_mode else {}),
            "basis": basis,
            "source": source,
            "notes": notes,
            "status": str(PeriodStatus.CONFIRMED),
            **({"announced": uk_time(announced, call.now)} if announced else {}),
            **({"polling_day": _day_of_poll(call, polling_day)} if polling_day else {}),
        },
        **told,
    )
    tell(f"{inline(period.name)} ({period.id}), {_london(period.starts)} {described.until(period)}")
    told_scope(call, (period,))
    done = declare_after_asking(call, (period,), yes=yes)
    if call.as_json:
        emit({"period": period.id, **done.facts})
    else:
        say(f"{inline(period.name)} is declared as {period.id}: {done.words}.")
        call.tell(f"Next: purdah-scheduler calendar checklist {period.id}")


def _day_of_poll(call: Invocation, typed: str) -> date:
    """The day that was typed, as the next one of that name. Raises BadTime."""
    try:
        return local_date(uk_time(f"{typed} 12:00", call.now), london())
    except BadTime as fault:
        raise BadTime(
            f"“{inline(typed)}” names no polling day, so nothing was declared.",
            next_step='Give a date, such as --polling-day "6 May 2027".',
        ) from fault


def _tell_gone(call: Invocation, period: Period) -> None:
    """Say of a period that names accounts which of them it cannot touch, because they are not in the configuration any more."""
    gone = call.office.house.gone_from(period) if period.accounts and call.has_config else ()
    if gone:
        call.tell(f"{period.id} names {', '.join(gone)}, which the configuration does not have: it holds nothing there.")


def _changes(call: Invocation, period_id: str) -> "list[PeriodChange]":
    """What people changed about the period, oldest first."""
    if not call.has_config:
        return []
    with call.office.store.read() as reader:
        return [change for change in reader.period_changes() if change.period == period_id]


def _change_in_words(change: "PeriodChange") -> str:
    until = f" ({_london(change.instant)})" if change.instant else ""
    who = f"{change.person} and {change.second}" if change.second else change.person
    return inline(f"{change.action}{until} by {who}, {_london(change.at)}{': ' if change.reason else ''}{change.reason}")


def _has_no_set_end(period: Period) -> bool:
    """Whether it lasts until a person says so, and nobody has."""
    return period.end_mode is EndMode.MANUAL_LIFT and not period.is_off and period.ended_at() is None


def _london(at: datetime) -> str:
    return format_local(at, london())
