"""JSON from outside: its caps are checked before it is parsed, and what two readers could take for two things is refused."""

import json
import re
from typing import NoReturn

MAX_BYTES = 20_000_000
"""Twice what the ballots of one polling day in the whole United Kingdom take, written for people to read."""

MAX_DEPTH = 32
MAX_PARTS = 500_000
"""Lists and objects; each costs a parser much more than its two bytes."""
_LONGEST_NUMBER = 30

_MARKS = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\]"]', re.DOTALL)
"""A whole string, a bracket, or the quote of a string that never ends; possessive, so that no text costs more than one pass."""


class NotJson(Exception):
    """Why a text is refused: the line (from 1), and a sentence without its subject."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def parse_json(data: bytes) -> tuple[object, str]:
    """The value, and the text that it was read from. Raises NotJson: too large, too deep, no UTF-8, a key given twice, NaN."""
    if len(data) > MAX_BYTES:
        raise NotJson(1, f"has more than {MAX_BYTES // 1_000_000} MB")
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as fault:
        raise NotJson(data.count(b"\n", 0, fault.start) + 1, "is not UTF-8 text") from None
    _check_depth(text)
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant, parse_int=_number), text
    except json.JSONDecodeError as fault:
        raise NotJson(fault.lineno, f"is not JSON: {fault.msg}") from None
    except _Refused as fault:
        found = text.find(fault.where)
        raise NotJson(text.count("\n", 0, max(0, found)) + 1, fault.reason) from None


class _Refused(ValueError):
    """Valid by the grammar and still refused; `where` is a piece of the text beside it."""

    def __init__(self, reason: str, where: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.where = where


def _check_depth(text: str) -> None:
    """Refuse deep nesting, which takes a level of the parser's own stack each, and more parts than a parser has time for."""
    depth = parts = 0
    for found in _MARKS.finditer(text):
        mark = found[0]
        if mark == '"':
            return  # a string without its end: the parser says where
        parts += mark in "{["
        depth += 1 if mark in "{[" else -1 if mark in "}]" else 0
        if parts > MAX_PARTS:
            raise NotJson(text.count("\n", 0, found.start()) + 1, f"has more than {MAX_PARTS} lists and objects")
        if depth > MAX_DEPTH:
            raise NotJson(text.count("\n", 0, found.start()) + 1, f"is nested more than {MAX_DEPTH} deep")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise _Refused(f"gives {key[:40]!r} twice in one object", json.dumps(key, ensure_ascii=False))
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise _Refused(f"has {name}, which is no number of JSON", name)


def _number(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise _Refused(f"has a number of {len(digits)} digits", digits)
    return int(digits)
