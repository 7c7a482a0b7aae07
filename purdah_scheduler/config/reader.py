"""Typed reading of one table, where a fault is noted with its line and reading goes on."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from purdah_scheduler.errors import ConfigFaults
from purdah_scheduler.mistyped import nearest
from purdah_scheduler.toml_text import KeyPath, key_lines, line_of

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_CAPITAL = re.compile("([A-Z])")
_MAX_TEXT = 500

_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})

_Choice = TypeVar("_Choice", bound=StrEnum)
_Value = TypeVar("_Value")


class Faults:
    """Every fault of one file, each with the line it stands on."""

    def __init__(self, path: Path, source: str) -> None:
        self._path = path
        self._source = source
        self._lines: Mapping[KeyPath, int] | None = None
        self._found: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, where: KeyPath, sentence: str) -> None:
        """Note a fault at `where`, or at the nearest table around it that has a line of its own."""
        if self._lines is None:
            self._lines = key_lines(self._source)
        line = line_of(self._lines, where)
        self._found.append((line, f"{self._path} line {line}: {sentence}"))

    def raise_if_any(self) -> None:
        """Raise ConfigFaults with every fault in the order of the file, or do nothing."""
        if self._found:
            raise ConfigFaults([sentence for _, sentence in sorted(self._found, key=lambda fault: fault[0])])


class Table:
    """One table of the file. Each reader returns the value, or its fallback after noting what is wrong with it."""

    def __init__(self, data: Mapping[str, object], where: KeyPath, faults: Faults) -> None:
        self._data = data
        self.where = where
        self.faults = faults

    @property
    def name(self) -> str:
        """How the file writes this table: `[daemon]`, `[[person]]`."""
        dotted = ".".join(str(part) for part in self.where if isinstance(part, str))
        return f"[[{dotted}]]" if self.where and isinstance(self.where[-1], int) else f"[{dotted}]"

    @property
    def fault_count(self) -> int:
        """How many faults the whole file has so far: unchanged across a reading, it was clean."""
        return len(self.faults)

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def fault(self, key: str, sentence: str) -> None:
        """Note a fault of one key, or of the table itself where `key` is empty."""
        self.faults.add((*self.where, key) if key else self.where, sentence)

    def refuse_unknown(self, known: Collection[str]) -> None:
        """Note every key that nobody reads: a setting that is misspelt must not be silently ignored."""
        for key in self._data:
            if key not in known:
                close = nearest(key, known)
                hint = f"did you mean {close}?" if close else f"known are: {', '.join(known)}."
                place = f"in {self.name}" if self.where else "as a section"
                self.fault(key, f"{shown(key)} is not known {place}; {hint}")

    def text(self, key: str, *, default: str | None = None, limit: int = _MAX_TEXT) -> str:
        """One line of printable text, 1 to `limit` characters; required where there is no default."""
        value = self._get(key, str, "a text in quotes", required=default is None)
        if value is None:
            return default or ""
        if not value.strip() and default is None:
            self.fault(key, f"{key} is empty.")
        elif len(value) > limit:
            self.fault(key, f"{key} is longer than {limit} characters.")
        elif position := _first_hidden(value):
            self.fault(key, f"{key} holds a character that cannot be shown, at position {position}.")
        else:
            return value.strip()
        return default or ""

    def unique_id(self, taken: set[str], what: str) -> str:
        """The id of one of several tables, safe in file names and on a command line; it joins `taken`. Empty after a fault."""
        value = self.text("id")
        if value and not _ID.fullmatch(value):
            self.fault(
                "id",
                f"{shown(value)} cannot be an id; use small letters, digits, '.', '_' and '-', "
                "beginning with a letter or digit, 64 at most.",
            )
            return ""
        if value in taken:
            self.fault("id", f"the id {value} is already that of another {what}.")
        elif value:
            taken.add(value)
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """true or false."""
        value = self._get(key, bool, "true or false")
        return default if value is None else value

    def whole(self, key: str, *, default: int, low: int, high: int) -> int:
        """A whole number, `low` to `high` inclusive."""
        value = self._get(key, int, "a whole number")
        if value is None:
            return default
        if not low <= value <= high:
            self.fault(key, f"{key} is {shown(value)}; it must be from {low} to {high}.")
            return default
        return value

    def number(self, key: str, *, default: float, low: float, high: float) -> float:
        """A number, `low` to `high` inclusive."""
        value = self._data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(key, f"{key} must be a number, not {_kind(value)}.")
            return default
        if not low <= value <= high:
            self.fault(key, f"{key} is {shown(value)}; it must be from {low:g} to {high:g}.")
            return default
        return float(value)

    def day(self, key: str) -> date | None:
        """A day, written without quotes as 2026-05-07; None where there is none."""
        value = self._data.get(key)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime) and value < date.max):
            return value
        self.fault(key, f"{key} must be a date without quotes, such as 2026-05-07, not {_kind(value)}.")
        return None

    def texts(self, key: str, *, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of different texts, each of them not empty and on one line."""
        value = self._get(key, list, "a list of texts")
        if value is None:
            return default
        good: list[str] = []
        for entry in value:
            if not isinstance(entry, str) or not entry.strip() or _first_hidden(entry):
                self.fault(key, f"{key} must hold texts in quotes, and {shown(entry)} is not a usable one.")
            elif entry in good:
                self.fault(key, f"{key} names {shown(entry)} twice.")
            else:
                good.append(entry)
        return tuple(good)

    def choice(self, key: str, kind: type[_Choice], *, default: _Choice | None = None, what: str = "") -> _Choice | None:
        """One of the words of `kind`; None after a fault. `what` names them, where the key does not."""
        value = self._get(key, str, "one word in quotes", required=default is None)
        if value is None:
            return None if key in self._data else default
        return _chosen(self, key, value, kind, what)

    def choices(self, key: str, kind: type[_Choice]) -> frozenset[_Choice]:
        """A list of words of `kind`."""
        found = (_chosen(self, key, value, kind) for value in self.texts(key))
        return frozenset(value for value in found if value is not None)

    def one_of(self, key: str, value: str, known: Collection[str], what: str) -> bool:
        """Whether `value` is one of the known words; notes a fault with the nearest where it is not."""
        if value in known:
            return True
        close = nearest(value, known)
        hint = f"did you mean {close}?" if close else f"known are: {', '.join(sorted(known)) or 'none'}."
        self.fault(key, f"there is no {what} {shown(value)}; {hint}")
        return False

    def table(self, key: str) -> "Table":
        """The table under `key`; an empty one where there is none."""
        value = self._get(key, dict, f"a table, written as [{key}]")
        return Table(value or {}, (*self.where, key), self.faults)

    def tables(self, key: str) -> "list[Table]":
        """The repeated tables under `key`, in the order of the file."""
        dotted = ".".join([*(str(part) for part in self.where), key])
        value = self._get(key, list, f"a repeated table, written as [[{dotted}]]")
        found: list[Table] = []
        for position, entry in enumerate(value or []):
            if isinstance(entry, dict):
                found.append(Table(entry, (*self.where, key, position), self.faults))
            else:
                self.fault(key, f"{key} must be a repeated table, written as [[{dotted}]].")
                break
        return found

    def flat_texts(self) -> dict[str, str]:
        """Every text in this table, where `a.b = "x"` without quotes around the key is the key `a.b`."""
        flat: dict[str, str] = {}
        waiting: list[tuple[str, object]] = list(self._data.items())
        while waiting:
            key, value = waiting.pop(0)
            if isinstance(value, str):
                flat[key] = value
            elif isinstance(value, dict) and key.count(".") < 8:
                waiting += [(f"{key}.{inner}", entry) for inner, entry in value.items()]
            else:
                self.faults.add((*self.where, *key.split(".")), f"{shown(key)} must be a text in quotes, not {_kind(value)}.")
        return flat

    def _get(self, key: str, kind: type[_Value], wanted: str, *, required: bool = False) -> _Value | None:
        """The value under `key` where it is of this kind; true and false are not numbers."""
        if key not in self._data:
            if required:
                self.fault("", f"{self.name} has no {key}; it must be {wanted}.")
            return None
        value = self._data[key]
        if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
            return value
        self.fault(key, f"{key} must be {wanted}, not {_kind(value)}.")
        return None


def _chosen(table: Table, key: str, value: str, kind: type[_Choice], what: str = "") -> _Choice | None:
    named = what or key.rstrip("s").replace("_", " ")
    return kind(value) if table.one_of(key, value, [str(member) for member in kind], named) else None


def shown(value: object) -> str:
    """A value as a message may show it: quoted, control characters escaped, and never long."""
    if isinstance(value, str | int | float):
        text = repr(value)
        return text if len(text) <= 80 else f"{text[:77]}..."
    return _kind(value)


def _kind(value: object) -> str:
    """What a value is, in the words of somebody who writes a TOML file."""
    names: Sequence[tuple[type, str]] = (
        (bool, "true or false"),
        (str, "a text"),
        (int, "a whole number"),
        (float, "a number"),
        (dict, "a table"),
        (list, "a list"),
        (datetime, "a date and time"),
        (date, "a date"),
        (time, "a time"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), "something else")


def _first_hidden(text: str) -> int:
    """The position (from 1) of the first control, format or separator character, or 0 where there is none."""
    for position, character in enumerate(text, start=1):
        if unicodedata.category(character) in _HIDDEN:
            return position
    return 0
