"""`calendar import`: periods out of Every Election or of ICS calendars, shown and then declared as one."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.checking import BODY, NATION
from purdah_scheduler.cli.effects import declare_after_asking, told_scope
from purdah_scheduler.cli.grammar import OneOf, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.shapes import period_facts
from purdah_scheduler.cli.speaking import emit, inline, say, tell, wrapped
from purdah_scheduler.domain.civiltime import format_local, london
from purdah_scheduler.domain.periods import Kind, Nation, Period, PeriodStatus
from purdah_scheduler.errors import BadInput

if TYPE_CHECKING:
    from purdah_scheduler.application.importing import Difference, Sorted
    from purdah_scheduler.calendars.every_election import CalledOff, Import

NEEDS_A_PERSON = 2
_SOME = 20
"""Periods and skipped ballots that are told one by one; the rest is counted."""

_KIND = OneOf("kind of period", lambda: Kind)

_EXAMPLE = """\
purdah-scheduler --as carys calendar import may-2028.json
purdah-scheduler --as carys calendar import page-1.json page-2.json --yes --json
purdah-scheduler --as carys calendar import --from-web --since 2028-05-04 --until 2028-05-04 --save may-2028.json
purdah-scheduler --as carys calendar import council.ics --kind local --body local-authority --nation England"""


@verb("import", example=_EXAMPLE)
@click.argument("files", nargs=-1, metavar="[FILE...]", type=click.Path(path_type=Path))
@click.option("--from-web", is_flag=True, help="Ask Every Election itself instead of reading files.")
@click.option("--since", metavar="DATE", help="Web: polls from this day on (default: today).")
@click.option("--until", metavar="DATE", help="Web: polls up to this day.")
@click.option("--organisation", metavar="CODE", help="Web: only this council or body, by its code there, such as SHF.")
@click.option("--save", type=click.Path(path_type=Path), metavar="FILE", help="Web: keep the answer as a file.")
@click.option("--wait", type=click.IntRange(5, 600), metavar="SECONDS", help="Web: for the whole answer (5 to 600; default: 45).")
@click.option("--kind", type=_KIND, metavar="KIND", help="ICS: the kind of election that its events belong to.")
@click.option("--body", "bodies", type=BODY, multiple=True, metavar="BODY", help="ICS: whom they bind; can be repeated.")
@click.option("--nation", "nations", type=NATION, multiple=True, metavar="NATION", help="ICS: can be repeated (default: UK).")
@click.option("--area", default="", help="ICS: the council, force or constituency, if they hold in one place.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def import_file(
    call: Invocation,
    *,
    files: tuple[Path, ...],
    from_web: bool,
    since: str | None,
    until: str | None,
    organisation: str | None,
    save: Path | None,
    wait: int | None,
    kind: str | None,
    bodies: tuple[str, ...],
    nations: tuple[str, ...],
    area: str,
    yes: bool,
) -> int:
    """Periods out of Every Election, live or saved, or of ICS calendars, after showing them and what they do to the queue.

    Ballots are folded into one provisional period for each organisation and polling day; by-elections keep their place. Of an
    ICS calendar each event is one period, and you say its kind and whom it binds. All of it is declared in one step or nothing
    is. A second import of the same changes nothing; what differs from what was declared is reported and left as it is (exit code
    2).
    """
    about_web = since is not None or until is not None or organisation is not None or save is not None or wait is not None
    about_ics = bool(kind or bodies or nations or area)
    if from_web:
        if files or about_ics:
            raise BadInput(
                "--from-web asks Every Election for everything, so files and what is for ICS files are too much. "
                "Nothing was imported.",
                next_step="Give --from-web with --since, --until or --organisation, or files.",
            )
        from purdah_scheduler.cli.calendars_web import import_from_web

        found = import_from_web(call, since=since, until=until, organisation=organisation, save=save, wait=wait)
    elif about_web or not files:
        raise BadInput(
            "It is not said where the periods come from, so nothing was imported.", next_step="Give files, or --from-web."
        )
    else:
        found = _read(call, files, kind, bodies, nations, area.strip())
    return _import(call, found, yes=yes, ics=kind is not None)


def _import(call: Invocation, found: "Import", *, yes: bool, ics: bool) -> int:
    """Show what was found, declare what is new of it, and report what waits for a person."""
    from purdah_scheduler.application.importing import sort_out

    office = call.office
    with office.store.read() as reader:
        sorted_out = sort_out(reader, office.house, [each.period for each in found.incoming])
        current = {period.id: period for period in office.house.calendar(reader)}
    off = [(gone, _standing(gone, current)) for gone in found.called_off]
    tell(
        f"Events read: {found.ballots}."
        if ics
        else f"Ballots read: {found.ballots}. Groups and deleted entries left out: {found.groups}."
    )
    _tell(call, found, sorted_out)
    _tell_open_questions(call, sorted_out.different, off)
    effects: dict[str, object] = {"held": 0, "flagged": 0, "effects": []}
    words = ""
    if sorted_out.new:
        done = declare_after_asking(call, sorted_out.new, yes=yes)
        effects, words = done.facts, f": {done.words}"
    attention = bool(sorted_out.different) or any(standing for _, standing in off)
    if call.as_json:
        emit(
            {
                "declared": [period_facts(call, period) for period in sorted_out.new],
                "already_there": [period.id for period in sorted_out.there],
                "different": [_difference_facts(call, each) for each in sorted_out.different],
                "cancelled": [
                    {"ballots": list(gone.ballots), "replaced_by": list(gone.replaced_by), "still_in_force": list(standing)}
                    for gone, standing in off
                ],
                "skipped": [{"election_id": each.election, "reason": each.reason} for each in found.skipped],
                "remarks": {each.period.id: list(each.remarks) for each in found.incoming if each.remarks},
                **effects,
            }
        )
    else:
        said = [f"{_counted(len(sorted_out.new))} declared, provisional{words}." if sorted_out.new else "Nothing new."]
        said += [f"{len(sorted_out.there)} already there."] if sorted_out.there else []
        said += [f"{len(sorted_out.different)} declared otherwise, left as declared."] if sorted_out.different else []
        say(" ".join(said))
    return NEEDS_A_PERSON if attention else 0


def _read(
    call: Invocation,
    files: tuple[Path, ...],
    kind: str | None,
    bodies: tuple[str, ...],
    nations: tuple[str, ...],
    area: str,
) -> "Import":
    """What the files bring: ICS calendars where they are named so, else answers of Every Election. Raises BadInput."""
    calendars = [path for path in files if path.suffix.casefold() == ".ics"]
    if not calendars:
        if kind or bodies or nations or area:
            raise BadInput(
                "Every Election says itself what its ballots are for, so nothing was imported.",
                next_step="Leave out --kind, --body, --nation and --area, or give files whose names end in .ics.",
            )
        from purdah_scheduler.calendars.every_election import read_files

        return read_files(files)
    if len(calendars) < len(files):
        raise BadInput(
            "ICS calendars and other files are mixed, so nothing was imported.", next_step="Import them one after another."
        )
    if kind is None or not bodies:
        raise BadInput(
            f"{files[0]} does not say which election it is about and whom it binds, so nothing was imported.",
            next_step=f"purdah-scheduler calendar import {files[0]} --kind … --body …",
        )
    from purdah_scheduler.calendars.ics_read import Scope, read_ics_files
    from purdah_scheduler.calendars.ics_write import uid_of_period

    office = call.office
    with office.store.read() as reader:
        own = {uid_of_period(period.id, office.house.department): period.id for period in office.house.calendar(reader)}
    return read_ics_files(files, Scope(kind=kind, bodies=bodies, nations=nations or (str(Nation.UK),), area=area), own=own)


def _standing(gone: "CalledOff", current: dict[str, Period]) -> tuple[str, ...]:
    """The periods of a cancelled election that are declared and not cancelled."""
    return tuple(each for each in gone.periods if each in current and current[each].status is not PeriodStatus.CANCELLED)


def _tell(call: Invocation, found: "Import", sorted_out: "Sorted") -> None:
    remarks = {each.period.id: each.remarks for each in found.incoming}
    for period in sorted_out.new[:_SOME]:
        tell(f"{inline(period.name)} ({period.id})")
        tell(f"  {format_local(period.starts, london())} to {format_local(period.ends, london())}, {period.basis_note}.")
        told_scope(call, (period,))
        for remark in remarks[period.id]:
            tell(f"  {remark}")
    if len(sorted_out.new) > _SOME:
        tell(f"And {_counted(len(sorted_out.new) - _SOME)} more.")
    for each in found.skipped[:_SOME]:
        tell(f"Not imported: {inline(each.election)}. {inline(each.reason)}")
    if len(found.skipped) > _SOME:
        tell(f"And {len(found.skipped) - _SOME} more that are not imported.")


def _tell_open_questions(
    call: Invocation, different: "tuple[Difference, ...]", off: "list[tuple[CalledOff, tuple[str, ...]]]"
) -> None:
    for each in different:
        what = ", ".join(f"{name} {_shown(each.known, name)} → {_shown(each.found, name)}" for name in each.fields)
        lines = wrapped(f"{each.known.id} is declared otherwise and was left as it is: {what}.", call.width)
        tell("\n".join(lines))
        tell(f"  Next: purdah-scheduler calendar show {each.known.id}")
    for gone, standing in off:
        instead = f" Replaced by {', '.join(gone.replaced_by)}." if gone.replaced_by else ""
        tell(f"Cancelled, with every ballot: {inline(', '.join(gone.ballots[:3]))}.{instead}")
        for each_id in standing:
            tell(f"  It is declared and still holds posts. Next: purdah-scheduler calendar cancel {each_id}")


def _shown(period: Period, name: str) -> str:
    value = getattr(period, name)
    if name in ("starts", "ends"):
        return format_local(value, london())
    if isinstance(value, frozenset):
        return " and ".join(sorted(value))
    return inline(str(value)) or "none"


def _difference_facts(call: Invocation, each: "Difference") -> dict[str, object]:
    known, found = period_facts(call, each.known), period_facts(call, each.found)
    return {"id": each.known.id, "fields": {name: [known[name], found[name]] for name in each.fields}}


def _counted(number: int) -> str:
    return f"{number} period" if number == 1 else f"{number} periods"
