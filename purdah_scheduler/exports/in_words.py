"""An entry of the record in words: who, what, and the facts that are worth a look, with what is redacted or erased said to be."""

import json
import re

from purdah_scheduler.application.exporting import REDACTED
from purdah_scheduler.domain.audit import Entry, Plain
from purdah_scheduler.domain.content import short
from purdah_scheduler.domain.people import Assurance

ERASED = "[erased]"

_TOLD_ELSEWHERE = frozenset({"person", "face", "assurance", "owner", "fence"})
_WORDS_OF_THE_POST = frozenset({"post.created", "post.edited"})
"""What was done where the `text` of an entry is what the post says."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_KNOWN = {str(level) for level in Assurance}


def who(entry: Entry, *, redacted: bool) -> str:
    """The person of an entry."""
    if entry.private is None:
        return ERASED
    return REDACTED if redacted else str(entry.facts.get("person", ""))


def known_by(entry: Entry) -> str:
    """How surely the person of an entry was known, or an empty text for what a daemon did."""
    said = json.loads(entry.public).get("assurance")
    return Assurance(said).short if said in _KNOWN else ""


def what(entry: Entry) -> str:
    """What was done."""
    return entry.action.replace(".", " ").replace("_", " ").replace("-", " ")


def details(entry: Entry, *, redacted: bool) -> str:
    """Its facts in a line; digests in their short form."""
    told = [
        f"{name.replace('_', ' ')}: {_shown(value)}"
        for name, value in json.loads(entry.public).items()
        if name not in _TOLD_ELSEWHERE and value not in ("", None, [], {})
    ]
    if entry.private is None:
        return "; ".join([*told, f"words: {ERASED}"])
    elsewhere = _TOLD_ELSEWHERE | ({"text"} if entry.action in _WORDS_OF_THE_POST else set())
    words = {name: value for name, value in json.loads(entry.private).items() if name not in elsewhere and value}
    told += [f"{name.replace('_', ' ')}: {REDACTED if redacted else _shown(value)}" for name, value in words.items()]
    return "; ".join(told)


def _shown(value: Plain) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case str() if _DIGEST.fullmatch(value):
            return short(value)
        case list():
            return ", ".join(map(_shown, value))
        case dict():
            return json.dumps(value)
        case _:
            return str(value)
