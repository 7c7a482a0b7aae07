"""Periods from elsewhere: those in a file of Every Election or in an ICS calendar, and those that follow from an election id.

Election law and the readers of files are loaded when they are asked for, not with the screen.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from purdah_scheduler.application.calendars import Effect, impact
from purdah_scheduler.application.importing import Sorted, sort_out
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.period_views import scope_in_words
from purdah_scheduler.domain.civiltime import format_day
from purdah_scheduler.domain.periods import Nation, Period, PeriodStatus
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.dialogs import Fact
from purdah_scheduler.tui.fields_box import Answers, Field
from purdah_scheduler.tui.named_file import file_there
from purdah_scheduler.tui.periods_form import bodies_of, day_of, kind_of, nation_of, nations_of
from purdah_scheduler.tui.periods_words import dates_in_words
from purdah_scheduler.tui.words import counted

if TYPE_CHECKING:
    from purdah_scheduler.calendars.derived import Derived
    from purdah_scheduler.calendars.every_election import Import
    from purdah_scheduler.calendars.ics_read import Scope

IMPORT_FIELDS = (
    Field(name="file", label="File", example="may-2028.json of Every Election, or council.ics"),
    Field(name="kind", label="Kind", example="of an ICS calendar only: local, by-election, …"),
    Field(name="bodies", label="Bodies", example="of an ICS calendar only: local-authority, …"),
    Field(name="nations", label="Nations", example="of an ICS calendar only; empty: UK"),
    Field(name="area", label="Area", example="of an ICS calendar only, if it is about one place"),
)
DERIVE_FIELDS = (
    Field(name="election", label="Election", example="local.2028-05-04, mayor.london.2028-05-04, parl.anytown.by.2027-02-25"),
    Field(name="nation", label="Nation", example="England, Scotland, Wales or NI; local polls and referendums need it"),
    Field(name="area", label="Area", example="empty: the place in the id"),
    Field(name="notice", label="Notice", example="the day on which the notice was really published, if earlier"),
)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class ImportAsked:
    """A file to look into, and what an ICS calendar cannot say itself; `scope` is None for Every Election."""

    file: Path
    scope: "Scope | None"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a file brings, beside the calendar: what would be declared and what that does, and words about the rest."""

    asked: ImportAsked
    found: "Import"
    sorted_out: Sorted
    effects: tuple[Effect, ...]
    words: tuple[str, ...]

    @property
    def facts(self) -> list[Fact]:
        """How many of each."""
        there, other = len(self.sorted_out.there), len(self.sorted_out.different)
        return [
            ("File", str(self.asked.file)),
            ("New", f"{counted(len(self.sorted_out.new), 'period')}, provisional until somebody confirms each"),
            *([("Already there", counted(there, "period"))] if there else []),
            *([("Different", f"{counted(other, 'period')}, left as declared")] if other else []),
            *([("Not imported", str(len(self.found.skipped)))] if self.found.skipped else []),
        ]


def import_asked(answers: Answers) -> ImportAsked:
    """What was asked for. Raises BadInput for what cannot be looked into."""
    file = file_there(answers["file"])
    about = any(answers[name] for name in ("kind", "bodies", "nations", "area"))
    if file.suffix.casefold() != ".ics":
        if about:
            raise BadInput("Every Election says itself what its ballots are for.", next_step="Leave all but the file empty.")
        return ImportAsked(file=file, scope=None)
    if not answers["kind"] or not answers["bodies"]:
        raise BadInput("An ICS calendar does not say which election it is about and whom it binds.", next_step="Fill in both.")
    from purdah_scheduler.calendars.ics_read import Scope

    nations = nations_of(answers["nations"]) or (str(Nation.UK),)
    scope = Scope(kind=kind_of(answers["kind"]), bodies=bodies_of(answers["bodies"]), nations=nations, area=answers["area"])
    return ImportAsked(file=file, scope=scope)


def look_into(office: Office, asked: ImportAsked) -> Brought:
    """Read the file and put it beside the calendar; nothing is declared. Raises BadInput with file and line."""
    from purdah_scheduler.calendars.every_election import read_files
    from purdah_scheduler.calendars.ics_read import read_ics_files
    from purdah_scheduler.calendars.ics_write import uid_of_period

    house = office.house
    with office.store.read() as reader:
        calendar = house.calendar(reader)
        if asked.scope is None:
            found = read_files([asked.file])
        else:
            own = {uid_of_period(period.id, house.department): period.id for period in calendar}
            found = read_ics_files([asked.file], asked.scope, own=own)
        sorted_out = sort_out(reader, house, [each.period for each in found.incoming])
        effects = impact(reader, house, *sorted_out.new, every=False) if sorted_out.new else ()
    return Brought(
        asked=asked, found=found, sorted_out=sorted_out, effects=effects, words=tuple(_words(office, found, sorted_out, calendar))
    )


def _words(office: Office, found: "Import", sorted_out: Sorted, calendar: Sequence[Period]) -> list[str]:
    """A line for each period that is new or differs, for each election that is called off, and for what is left out."""
    house = office.house
    remarks = {each.period.id: each.remarks for each in found.incoming}
    standing = {period.id for period in calendar if period.status is not PeriodStatus.CANCELLED}
    lines = []
    for period in sorted_out.new:
        lines += [f"+ {period.name} ({period.id})", f"    {dates_in_words(period)}. {scope_in_words(house, period)}"]
        lines += [f"    {remark}" for remark in remarks[period.id]]
    for each in sorted_out.different:
        lines.append(f"! {each.known.id} is declared otherwise ({', '.join(each.fields)}) and was left as it is.")
    for gone in found.called_off:
        lines.append(f"! Cancelled, with every ballot: {', '.join(gone.ballots[:3])}.")
        lines += [f"    {period} is declared and still holds posts: cancel it." for period in gone.periods if period in standing]
    return [*lines, *(f"- Not imported: {each.election}. {each.reason}" for each in found.skipped)]


def read_derive(answers: Answers, office: Office) -> "Derived":
    """What follows from the election that was typed. Raises BadInput and BadTime."""
    from purdah_scheduler.calendars.derived import derive

    notice = day_of(answers["notice"], office.now(), what="day of the notice") if answers["notice"] else None
    return derive(answers["election"], nation_of(answers["nation"]), area=answers["area"], notice=notice)


def derived_in_words(found: "Derived") -> str:
    """The statutory dates, and what nobody can derive."""
    lines = [found.poll.title, *(f"{format_day(deadline.on)}  {deadline.label}" for deadline in found.timetable.deadlines)]
    lines += [f"{format_day(found.poll.election.polling_day)}  Polling day", *found.timetable.remarks]
    return "\n".join([*lines, *(f"Not derived for {', '.join(gap.bodies)}: {gap.reason}" for gap in found.not_derived)])
