"""Calendar files that officers write: every fault of every file at once, each with its file and line."""

import re
from collections.abc import Iterable
from pathlib import Path

import tomli

from purdah_scheduler.calendars.period_table import nearest, read_period
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.errors import ConfigFaults

MAX_BYTES = 256 * 1024
MAX_LINE_BYTES = 4 * 1024

_HEADER = re.compile(r"\s*\[\[\s*[\"']?period[\"']?\s*\]\]")


def read_files(paths: Iterable[Path], *, reserved: Iterable[str] = ()) -> tuple[Period, ...]:
    """The periods of all files, in the order of the files; `reserved` are ids that none of them may use (the shipped ones).

    A file has at most 256 kB and lines of at most 4 kB; that is checked before anything is parsed.
    Raises ConfigFaults with every fault at once; then nothing is read.
    """
    used = dict.fromkeys(reserved, "shipped with the product")
    faults: list[str] = []
    periods: list[Period] = []
    for path in paths:
        text = _text_of(path, faults)
        if text is not None:
            periods.extend(_periods_in(text, str(path), used, faults))
    if faults:
        raise ConfigFaults(faults)
    return tuple(periods)


def read_text(text: str, name: str, *, reserved: Iterable[str] = (), origin: str = "") -> tuple[Period, ...]:
    """The periods of one text in calendar format; `name` stands for the file in faults, `origin` replaces `FILE:LINE`.

    Raises ConfigFaults with every fault at once.
    """
    faults: list[str] = []
    periods = _periods_in(text, name, dict.fromkeys(reserved, "shipped with the product"), faults, origin)
    if faults:
        raise ConfigFaults(faults)
    return tuple(periods)


def _text_of(path: Path, faults: list[str]) -> str | None:
    try:
        if not path.is_file():
            faults.append(f"{path}: there is no such file, or it is not a plain one.")
            return None
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        faults.append(f"{path}: cannot be read: {error.strerror}.")
        return None
    if len(raw) > MAX_BYTES:
        faults.append(f"{path}: has more than {MAX_BYTES // 1024} kB, so it was not read.")
        return None
    for number, each in enumerate(raw.split(b"\n"), start=1):
        if len(each) > MAX_LINE_BYTES:
            faults.append(f"{path} line {number}: has more than {MAX_LINE_BYTES // 1024} kB, so the file was not read.")
            return None
    try:
        return raw.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        faults.append(f"{path} line {line}: is not UTF-8 text.")
        return None


def _periods_in(text: str, name: str, used: dict[str, str], faults: list[str], origin: str = "") -> list[Period]:
    try:
        document = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        faults.append(f"{name} line {error.lineno}: is not TOML: {error.msg}.")
        return []
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        faults.append(f"{name} line 1: cannot be read: {reason}.")
        return []
    for key in document:
        if key != "period":
            line = _first_line(text, rf"\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*[\].=]")
            faults.append(f"{name} line {line}: {key[:40]!r} does not belong here; {nearest(key, ('period',))}")
    tables = document.get("period", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        faults.append(f"{name} line {_first_line(text, r'.*period')}: each period starts with [[period]], in double brackets.")
        return []

    places = _Places(text, len(tables))
    periods = []
    for index, table in enumerate(tables):
        header = places.line(index)
        found = read_period(table, origin=origin or f"{name}:{header}")
        if isinstance(found, tuple):
            faults.extend(f"{name} line {places.line(index, fault.key)}: {fault.sentence}" for fault in found)
            found_id = table.get("id")
        else:
            periods.append(found)
            found_id = found.id
        if isinstance(found_id, str) and found_id:
            if found_id in used:
                faults.append(f"{name} line {places.line(index, 'id')}: the id {found_id[:64]!r} is taken: {used[found_id]}.")
            else:
                used[found_id] = f"{name} line {header}"
    return periods


class _Places:
    """Finds the line of a table or of a key in it: the parser does not say, so the text is scanned."""

    def __init__(self, text: str, tables: int) -> None:
        self._lines = _outside_long_strings(text)
        self._headers = [number for number, line in self._lines if _HEADER.match(line)]
        self._found = len(self._headers) == tables

    def line(self, index: int, key: str = "") -> int:
        """The line of `key` in table `index`, or of the table's header; 1 where the tables are written inline."""
        if not self._found:
            return 1
        header = self._headers[index]
        if not key:
            return header
        following = self._headers[index + 1] if index + 1 < len(self._headers) else len(self._lines) + 1
        sought = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[.=]")
        return next((number for number, line in self._lines[header : following - 1] if sought.match(line)), header)


def _outside_long_strings(text: str) -> list[tuple[int, str]]:
    """The numbered lines, with those inside a string of several lines left empty: what they say is no header and no key."""
    fence = ""
    lines = []
    for number, line in enumerate(text.split("\n"), start=1):
        lines.append((number, "" if fence else line))
        rest = line
        while True:
            if fence:
                _, closed, rest = rest.partition(fence)
                fence = "" if closed else fence
            else:
                opener = re.search(r"\"\"\"|'''", rest)
                closed = opener.group() if opener else ""
                fence = closed
                rest = rest[opener.end() :] if opener else ""
            if not closed:
                break
    return lines


def _first_line(text: str, pattern: str) -> int:
    sought = re.compile(pattern)
    return next((number for number, line in _outside_long_strings(text) if sought.match(line)), 1)
