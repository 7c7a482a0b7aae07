"""ICS calendars (RFC 5545) as provisional periods: whole or not at all, with the line of what is wrong."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Calendar, Event
from icalendar.prop import vDDDTypes, vDuration
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from purdah_scheduler.calendars.ballots import Skipped
from purdah_scheduler.calendars.derived import period_id
from purdah_scheduler.calendars.every_election import CalledOff, Import, Incoming
from purdah_scheduler.calendars.period_table import read_period
from purdah_scheduler.calendars.saved_file import read_saved
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.periods import Basis, Period, PeriodStatus
from purdah_scheduler.domain.reveal import one_line
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass

MAX_BYTES = 1_000_000
MAX_EVENTS = 2_000
MAX_LINE = 10_000
"""Characters of an unfolded line that is read."""

_SAVE = "Export the calendar anew as one ICS file, with each event once."
_REPEATS = ("RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID")
_READ = frozenset({"UID", "SUMMARY", "DTSTART", "DTEND", "DURATION", "STATUS", "URL", *_REPEATS})
"""Properties that reach icalendar. Everything else in a file is skipped, so that no alarm, no zone of the file's own making and
no 100,000 lines of something else can cost time or change a date."""
_CONTENT = re.compile(r"([A-Za-z0-9-]+)[;:]")
_SPACES = {ord(space): " " for space in "\t\u00a0\u2009\u202f"}
"""Spaces that calendar programs write and that no text of a period has."""
_CLOCKED_TWICE = re.compile(r"(?i)DT(?:START|END);(?:[^:]*;)?TZID=.*Z\s*")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What an ICS file cannot say and a person does: the kind of period, whom it binds, and where."""

    kind: str
    bodies: tuple[str, ...]
    nations: tuple[str, ...]
    area: str = ""


def read_ics_files(paths: Sequence[Path], scope: Scope, *, own: Mapping[str, str] = MappingProxyType({})) -> Import:
    """The periods in ICS files, one for each event, provisional. An event is known again by its UID.

    All-day dates are local midnight of the United Kingdom; an end is the first moment after. A time of no zone is UK time.
    What is cancelled is reported as such. `own` are the UIDs of periods that the product exported itself, with their ids: those
    are there already and are left out. Raises BadInput with file and line; then nothing of any file is taken.
    """
    incoming: dict[str, Incoming] = {}
    called_off: list[CalledOff] = []
    skipped: dict[str, Skipped] = {}
    events = 0
    for path in paths:
        for found in _events_in(path):
            events += 1
            if found.uid in own:
                reason = f"It is an export of the period {own[found.uid]}, which is there already."
                skipped[found.uid] = Skipped(election=found.uid, reason=reason)
                continue
            period = _period(found, scope)
            if period.id in incoming or any(period.id in gone.periods for gone in called_off):
                raise found.fault("has the UID of an event before it")
            if found.text("STATUS").upper() == "CANCELLED":
                called_off.append(CalledOff(periods=(period.id,), ballots=(found.uid,), replaced_by=()))
            else:
                incoming[period.id] = Incoming(period=period, ballots=(found.uid,), remarks=())
    ordered = sorted(incoming.values(), key=lambda each: (each.period.starts, each.period.id))
    return Import(
        incoming=tuple(ordered), called_off=tuple(called_off), skipped=tuple(skipped.values()), ballots=events, groups=0
    )


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """One event, with the file and the line on which it begins."""

    path: Path
    line: int
    event: Event

    @property
    def uid(self) -> str:
        return self.text("UID")

    def text(self, name: str) -> str:
        """A text of the event on one line, or an empty one."""
        return " ".join(str(self.event.get(name, "")).split())

    def fault(self, what: str) -> BadInput:
        return _fault(self.path, self.line, f"the event {what}")


def _fault(path: Path, line: int, what: str) -> BadInput:
    return BadInput(f"{path} line {line}: {what}, so nothing was imported.", next_step=_SAVE)


# --- the file -----------------------------------------------------------------------------------------------------


def _events_in(path: Path) -> list[_Found]:
    """The events of one file, after everything that can be checked without parsing has been."""
    reading = _Reading(path)
    for number, line in _unfolded(_text_of(path)):
        reading.take(number, line)
    kept = reading.whole()
    try:
        calendar = Calendar.from_ical("\r\n".join(kept) + "\r\n")
    except ValueError as fault:
        raise _fault(path, 1, f"it is no ICS calendar ({one_line(str(fault), 120)})") from None
    parsed = [component for component in calendar.walk("VEVENT") if isinstance(component, Event)]
    events = [_Found(path=path, line=line, event=event) for line, event in zip(reading.events, parsed, strict=True)]
    for found in events:
        if found.event.errors:
            name, reason = found.event.errors[0]
            raise found.fault(f"has a {one_line(str(name or 'line'), 20)} that cannot be read ({one_line(str(reason), 120)})")
    return events


def _text_of(path: Path) -> str:
    data = read_saved(path, limit=MAX_BYTES, undone="imported", next_step=_SAVE)
    if len(data) > MAX_BYTES:
        raise BadInput(f"{path} is larger than 1 MB, so nothing was imported.", next_step="Export fewer events.")
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise _fault(path, line, "it is not UTF-8 text") from None


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Content lines with the number of their first line; a line that begins with a space or a tab goes on with the one before."""
    pieces: list[str] = []
    first = 1
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if line[:1] in (" ", "\t"):
            pieces.append(line[1:])
            continue
        if pieces and (whole := "".join(pieces)).strip():
            yield first, whole
        pieces, first = [line], number
    if pieces and (whole := "".join(pieces)).strip():
        yield first, whole


@dataclass(slots=True)
class _Reading:
    """Walks the lines of one file, checks that its components are closed, and keeps what is to be parsed."""

    path: Path
    kept: list[str] = field(default_factory=list)
    events: list[int] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    done: bool = False

    def take(self, number: int, line: str) -> None:
        """One content line. Raises BadInput."""
        found = _CONTENT.match(line)
        if found is None:
            raise _fault(self.path, number, "it is no line of an ICS calendar")
        name = found[1].upper()
        if name in ("BEGIN", "END"):
            self._component(number, name, line[found.end() :].strip().upper())
        elif not self.open:
            raise _fault(self.path, number, "it stands outside of the calendar")
        elif self.open == ["VCALENDAR", "VEVENT"] and name in _READ:
            if len(line) > MAX_LINE:
                raise _fault(self.path, number, f"it has more than {MAX_LINE} characters")
            line = line.translate(_SPACES)
            if not line.isprintable():
                raise _fault(self.path, number, "it has a character that cannot be shown")
            if _CLOCKED_TWICE.fullmatch(line):
                raise _fault(self.path, number, "its time has a zone and is in UTC too")
            if name in self.named and name not in _REPEATS:
                raise _fault(self.path, number, f"the event gives {name} twice")
            if name not in self.named:
                self.named.add(name)
                self.kept.append(line)

    def _component(self, number: int, name: str, what: str) -> None:
        if self.done or (not self.open and (name, what) != ("BEGIN", "VCALENDAR")):
            raise _fault(self.path, number, "a file holds one calendar and nothing beside it")
        if name == "END" and self.open[-1] != what:
            raise _fault(self.path, number, f"it ends something else than the {one_line(self.open[-1], 20)} that is open")
        if what == "VEVENT" and (self.open[:-1] if name == "END" else self.open) != ["VCALENDAR"]:
            raise _fault(self.path, number, "an event stands within something else than the calendar")
        if name == "BEGIN":
            self.open.append(what)
            if what == "VEVENT":
                self.events.append(number)
                self.named.clear()
            if len(self.events) > MAX_EVENTS:
                raise _fault(self.path, number, f"there are more than {MAX_EVENTS} events")
        depth = len(self.open)
        if (what == "VCALENDAR" and depth == 1) or (what == "VEVENT" and depth == 2):
            self.kept.append(f"{name}:{what}")
        if name == "END":
            self.open.pop()
            self.done = not self.open

    def whole(self) -> list[str]:
        """What is to be parsed. Raises BadInput where something was not closed, or there is no event."""
        if not self.done:
            raise _fault(self.path, 1, "it is no whole ICS calendar")
        if not self.events:
            raise _fault(self.path, 1, "there is no event in it")
        return self.kept


# --- one event ----------------------------------------------------------------------------------------------------


def _period(found: _Found, scope: Scope) -> Period:
    for name in _REPEATS:
        if name in found.event:
            raise found.fault(f"repeats ({name}), and a period is there once")
    if not found.uid:
        raise found.fault("has no UID, without which it would not be known again")
    starts, ends = _span(found)
    place = f"ICS file {one_line(found.path.name, 80)}, event {one_line(found.uid, 200)}"
    source = found.text("URL")
    table: Mapping[str, object] = {
        # By its UID alone: an event that moves keeps its id, so that the move is seen.
        "id": period_id("ics", hashlib.sha256(found.uid.encode("utf-8")).hexdigest()[:16]),
        "name": found.text("SUMMARY"),
        "kind": scope.kind,
        "bodies": list(scope.bodies),
        "nations": list(scope.nations),
        "starts": starts,
        "ends": ends,
        "basis": str(Basis.ANNOUNCED),
        "status": str(PeriodStatus.PROVISIONAL),
        "confidence": "imported",
        "source": f"{source} ; {place}" if source else place,
        **({"area": scope.area} if scope.area else {}),
    }
    period = read_period(table, origin="store")
    if isinstance(period, Period):
        return period
    raise found.fault(f"makes no period: {period[0].sentence.rstrip('.')}")


def _span(found: _Found) -> tuple[datetime, datetime]:
    """The instants [starts, ends). Raises BadInput where the event does not say both."""
    starts = _value(found, "DTSTART")
    if starts is None:
        raise found.fault("has no DTSTART")
    ends, length = _value(found, "DTEND"), found.event.get("DURATION")
    if ends is not None and length is not None:
        raise found.fault("has a DTEND and a DURATION, and only one of them can hold")
    if ends is not None and isinstance(ends, datetime) is not isinstance(starts, datetime):
        raise found.fault("begins with a date and ends with a time, or the other way round")
    try:
        if length is not None:
            span = length.dt if isinstance(length, vDDDTypes | vDuration) else None
            if not isinstance(span, timedelta):
                raise found.fault("has a DURATION that is none")
            ends = _later(starts, span)
        elif ends is None:
            if isinstance(starts, datetime):
                raise found.fault("has no end")
            ends = starts + timedelta(days=1)
        return _instant(starts), _instant(ends)
    except OverflowError:
        raise found.fault("is outside of all dates that there are") from None


def _value(found: _Found, name: str) -> datetime | date | None:
    """A date, or a time in its zone. Raises BadInput for a zone that is not known."""
    value = found.event.get(name)
    if value is None:
        return None
    at = value.dt if isinstance(value, vDDDTypes) else None
    if not isinstance(at, date):
        raise found.fault(f"has a {name} that is no date and no time")
    zone = value.params.get("TZID")
    if not isinstance(at, datetime):
        return at
    if zone is None:
        return at if at.tzinfo is not None else at.replace(tzinfo=london())
    name_of_zone = WINDOWS_TO_OLSON.get(str(zone), str(zone))
    if name_of_zone not in _zones():
        raise found.fault(f"is in the time zone “{one_line(str(zone), 40)}”, which is not known")
    # RFC 5545 3.3.5: of a time that happens twice the first one, and a missing one by the offset before the gap: fold 0.
    return at.replace(tzinfo=ZoneInfo(name_of_zone), fold=0)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _later(starts: datetime | date, length: timedelta) -> datetime | date:
    """Days are counted on the wall, hours in true time (RFC 5545 3.3.6)."""
    if not isinstance(starts, datetime) or not length % timedelta(days=1):
        return starts + length
    return starts.astimezone(UTC) + length


def _instant(at: datetime | date) -> datetime:
    """In UTC; a date is its first moment in the United Kingdom."""
    return (at if isinstance(at, datetime) else datetime.combine(at, time(), london())).astimezone(UTC)
