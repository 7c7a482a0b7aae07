"""What can be done to a period from a key: what the services would take from this person now, and why they would not."""

from collections.abc import Mapping
from datetime import datetime

from purdah_scheduler.application.calendar_changes import PROPOSERS, SECONDS
from purdah_scheduler.application.period_views import PeriodLine
from purdah_scheduler.domain.people import Person
from purdah_scheduler.domain.period_changes import Action, check_change, needs_second
from purdah_scheduler.errors import BadInput, WrongState

CHANGES: Mapping[str, Action] = {
    "confirm": Action.CONFIRM,
    "lift": Action.LIFT,
    "cancel": Action.CANCEL,
    "suppress": Action.SUPPRESS,
}
"""Action of a key -> the change that it asks for."""

_FREE = frozenset({"declare", "import_file"})
_OF_ONE = frozenset({"dates", "accept", "refuse", "open", "checklist", "month", *CHANGES})


def why_not(action: str, line: PeriodLine | None, person: Person, now: datetime) -> str:
    """Why this cannot be done to the period under the cursor now, in a sentence or two; empty where it can."""
    if action in _FREE:
        return "" if person.has(*PROPOSERS) else _lacks(person, "declare periods", PROPOSERS)
    if action not in _OF_ONE:
        return ""
    if line is None:
        return "No period is under the cursor."
    match action:
        case "dates":
            if line.period.is_off:
                return f"“{line.period.name}” does not hold, so it has no end to change."
            return "" if person.has(*PROPOSERS) else _lacks(person, "change periods", PROPOSERS)
        case "accept" | "refuse":
            return _answer(action, line, person)
        case "open":
            return "" if line.holds else f"No post is held by “{line.period.name}” now."
        case "checklist":
            return f"“{line.period.name}” does not hold, so it has no checklist." if line.period.is_off else ""
        case _:
            return _change(CHANGES[action], line, person, now) if action in CHANGES else ""


def _change(action: Action, line: PeriodLine, person: Person, now: datetime) -> str:
    if not person.has(*PROPOSERS):
        return _lacks(person, "change periods", PROPOSERS)
    try:
        check_change(line.period, action, now if action is Action.LIFT else None, now)
    except (BadInput, WrongState) as fault:
        return fault.message
    if action.loosens and not needs_second(line.period, action, now) and not person.has(*SECONDS):
        return _lacks(person, f"{action} periods", SECONDS)
    return ""


def _answer(action: str, line: PeriodLine, person: Person) -> str:
    if not line.asked:
        return f"No change of “{line.period.name}” waits for a second person."
    own = line.asked[0].person == person.id
    if action == "accept":
        if own:
            return "You asked for this change yourself: it takes somebody else to say yes."
        return "" if person.has(*SECONDS) else _lacks(person, "accept changes of periods", SECONDS)
    roles = PROPOSERS if own else SECONDS
    return "" if person.has(*roles) else _lacks(person, "refuse changes of periods", roles)


def _lacks(person: Person, to: str, roles: tuple[str, ...]) -> str:
    return f"{person.name} may not {to}: that needs the role {' or '.join(roles)}."
