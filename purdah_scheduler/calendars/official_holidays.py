"""A saved bank-holidays.json of GOV.UK, compared with the bank holidays that the product counts with."""

import re
from datetime import date
from pathlib import Path

from purdah_scheduler.calendars.bank_holidays import bank_holidays
from purdah_scheduler.calendars.json_text import NotJson, parse_json
from purdah_scheduler.calendars.saved_file import read_saved
from purdah_scheduler.domain.periods import Nation
from purdah_scheduler.domain.reveal import one_line
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass

ADDRESS = "https://www.gov.uk/bank-holidays.json"
DIVISIONS = {
    "england-and-wales": (Nation.ENGLAND, Nation.WALES),
    "scotland": (Nation.SCOTLAND,),
    "northern-ireland": (Nation.NI,),
}
"""The three lists of the file, and the nations that each holds for."""

_MAX_BYTES = 1_000_000
_MOST_EVENTS = 5_000
_LONGEST_TITLE = 200
_SAVE = f"Save {ADDRESS} as it is."


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """A day that only one of the two has as a bank holiday in these nations, by the name that it has there."""

    on: date
    name: str
    nations: tuple[Nation, ...]


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`compared` days of the file lie between `first` and `last`, within what the product knows; `later` ones are beyond it.

    `missing` are in the file alone, so the product counts them as working days; `extra` are in the product alone.
    """

    compared: int
    first: date | None
    last: date | None
    missing: tuple[Apart, ...]
    extra: tuple[Apart, ...]
    later: int

    @property
    def agrees(self) -> bool:
        """Whether there was something to compare, and no day differs."""
        return self.compared > 0 and not self.missing and not self.extra


def compare_file(path: Path) -> Comparison:
    """Compare the file with what the product has, for the years that both have. Raises BadInput with file and line."""
    official = _read(path)
    known = bank_holidays()
    missing: list[Apart] = []
    extra: list[Apart] = []
    days: list[date] = []
    later = 0
    for division, nations in DIVISIONS.items():
        theirs = official[division]
        ours = {day: one.name for day, found in known.items() for one in found if nations[0] in one.nations}
        first, last = max(min(ours), min(theirs, default=date.max)), min(max(ours), max(theirs, default=date.min))
        later += sum(day > max(ours) for day in theirs)
        days += [day for day in theirs if first <= day <= last]
        missing += [_apart(day, theirs[day], nations) for day in theirs.keys() - ours.keys() if first <= day <= last]
        extra += [_apart(day, ours[day], nations) for day in ours.keys() - theirs.keys() if first <= day <= last]
    return Comparison(
        compared=len(days),
        first=min(days, default=None),
        last=max(days, default=None),
        missing=tuple(sorted(missing, key=lambda each: (each.on, each.nations))),
        extra=tuple(sorted(extra, key=lambda each: (each.on, each.nations))),
        later=later,
    )


def _apart(day: date, name: str, nations: tuple[Nation, ...]) -> Apart:
    return Apart(on=day, name=name, nations=nations)


def _read(path: Path) -> dict[str, dict[date, str]]:
    """The days of each division, with their names."""
    data = read_saved(path, limit=_MAX_BYTES, undone="compared", next_step=_SAVE)
    if len(data) > _MAX_BYTES:
        raise _fault(path, 1, "it is larger than 1 MB")
    try:
        document, text = parse_json(data)
    except NotJson as fault:
        raise _fault(path, fault.line, f"it {fault.reason}") from None
    if not isinstance(document, dict) or not all(isinstance(document.get(name), dict) for name in DIVISIONS):
        raise _fault(path, 1, f"it does not have the divisions {', '.join(DIVISIONS)}")
    lists = {name: document[name].get("events") for name in DIVISIONS}
    for name, events in lists.items():
        if not isinstance(events, list) or len(events) > _MOST_EVENTS:
            raise _fault(path, 1, f"{name} has no list of at most {_MOST_EVENTS} events")
    return {name: dict(_event(path, text, name, event) for event in events) for name, events in lists.items()}


def _event(path: Path, text: str, division: str, event: object) -> tuple[date, str]:
    given = event.get("date") if isinstance(event, dict) else None
    title = event.get("title") if isinstance(event, dict) else None
    try:
        day = date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        day = None
    if day is None or not isinstance(title, str) or not title or len(title) > _LONGEST_TITLE or not title.isprintable():
        found = re.search(rf'"date"\s*:\s*"{re.escape(given)}"', text) if isinstance(given, str) else None
        line = text.count("\n", 0, found.start()) + 1 if found else 1
        shown = one_line(given, 40) if isinstance(given, str) else "without a date"
        raise _fault(path, line, f"the event {shown} of {division} has no date, or no title that can be shown")
    return day, title


def _fault(path: Path, line: int, what: str) -> BadInput:
    return BadInput(f"{path} line {line}: {what}, so nothing was compared.", next_step=_SAVE)
