"""An entry of the record in words, for lists: who did it, what was done, and the facts that are worth a look."""

import re
from collections.abc import Callable
from datetime import datetime

from purdah_scheduler.application.outcomes import DAEMON
from purdah_scheduler.domain.audit import Entry, Plain
from purdah_scheduler.domain.content import short
from purdah_scheduler.domain.readings import COMMENTED

_KNOWN_ALREADY = frozenset({"person", "face", "assurance", "text", "owner", "fence", "proof", "login", "clock", "given_at"})
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}")

Shown = Callable[[datetime], str]
"""How an instant is shown."""


def who(entry: Entry) -> str:
    """The person of an entry; erased ones are said to be."""
    return "(erased)" if entry.private is None else str(entry.facts.get("person", ""))


def doer(named: str) -> str:
    """Who is meant by a name that was typed: a person by the id, or `daemon`."""
    return DAEMON if named.casefold() == "daemon" else named


def what(entry: Entry) -> str:
    """What was done."""
    return entry.action.replace(".", " ").replace("_", " ")


def told(entry: Entry, shown: Shown) -> dict[str, str]:
    """The facts of an entry by name; digests in their short form, instants as people read them, what is empty left out."""
    return {
        name.replace("_", " "): _told(value, shown)
        for name, value in entry.facts.items()
        if (name not in _KNOWN_ALREADY or (name == "text" and entry.action == COMMENTED)) and value not in ("", None, [], {})
    }


def details(entry: Entry, shown: Shown) -> str:
    """The same in one line."""
    return "; ".join(f"{name}: {value}" for name, value in told(entry, shown).items())


def _told(value: Plain, shown: Shown) -> str:
    match value:
        case str() if _DIGEST.fullmatch(value):
            return short(value)
        case str() if _INSTANT.fullmatch(value):
            return shown(datetime.fromisoformat(value))
        case list():
            return ", ".join(map(str, value))
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)
