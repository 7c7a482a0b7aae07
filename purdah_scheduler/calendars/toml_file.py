"""Calendar files that officers write: every fault of every file at once, each with its file and line."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from pathlib import Path

from purdah_scheduler.calendars.period_table import ANY_NAMES, Names, hint, read_period
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.errors import ConfigFaults
from purdah_scheduler.plain_file import read_plain_file
from purdah_scheduler.toml_text import (
    MAX_BYTES,
    MAX_LINE,
    KeyPath,
    NotToml,
    decode,
    key_lines,
    line_of,
    line_of_bad_bytes,
    parse,
    too_long_lines,
)


def read_files(paths: Iterable[Path], *, reserved: Iterable[str] = (), names: Names = ANY_NAMES) -> tuple[Period, ...]:
    """The periods of all files, in the order of the files; `reserved` are ids that none of them may use (the shipped ones).

    `names` are the accounts, channels and regimes that a period may name.

    A file has at most 256 kB and lines of at most 4 kB; that is checked before anything is parsed.
    Raises ConfigFaults with every fault at once; then nothing is read.
    """
    used: dict[str, Callable[[], str]] = dict.fromkeys(reserved, _shipped)
    faults: list[str] = []
    periods: list[Period] = []
    for path in paths:
        text = _text_of(path, faults)
        if text is not None:
            periods.extend(_periods_in(text, str(path), used, faults, names=names))
    if faults:
        raise ConfigFaults(faults)
    return tuple(periods)


def read_text(
    text: str, name: str, *, reserved: Iterable[str] = (), origin: str = "", names: Names = ANY_NAMES
) -> tuple[Period, ...]:
    """The periods of one text in calendar format; `name` stands for the file in faults, `origin` replaces `FILE:LINE`.

    Raises ConfigFaults with every fault at once.
    """
    faults: list[str] = []
    periods = _periods_in(text, name, dict.fromkeys(reserved, _shipped), faults, origin, names)
    if faults:
        raise ConfigFaults(faults)
    return tuple(periods)


def _text_of(path: Path, faults: list[str]) -> str | None:
    try:
        found = read_plain_file(path, limit=MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        found = None
    except OSError as error:
        faults.append(f"{path}: cannot be read: {error.strerror}.")
        return None
    if found is None:
        faults.append(f"{path}: there is no such file, or it is not a plain one.")
        return None
    if len(found.data) > MAX_BYTES:
        faults.append(f"{path}: has more than {MAX_BYTES // 1024} kB, so it was not read.")
        return None
    if too_long := too_long_lines(found.data.split(b"\n")):
        faults.append(f"{path} line {too_long[0]}: has more than {MAX_LINE // 1024} kB, so the file was not read.")
        return None
    try:
        return decode(found.data)
    except UnicodeDecodeError as error:
        faults.append(f"{path} line {line_of_bad_bytes(error)}: is not UTF-8 text.")
        return None


def _shipped() -> str:
    return "shipped with the product"


def _periods_in(
    text: str, name: str, used: dict[str, Callable[[], str]], faults: list[str], origin: str = "", names: Names = ANY_NAMES
) -> list[Period]:
    """The periods of a valid text, or what is wrong with it. `used` has each id that is taken, and says where.

    Lines are counted when the first is named: for the shipped calendar, which every command reads, none ever is.
    """
    document = parse(text)
    if isinstance(document, NotToml):
        fault = "this is not TOML" if document.column else "the file cannot be read"
        faults.append(f"{name} line {document.line}: {fault}: {document.reason}.")
        return []

    @cache
    def lines() -> Mapping[KeyPath, int]:
        return key_lines(text)

    def place(*where: str | int) -> str:
        return f"{name} line {line_of(lines(), where)}"

    strange = (key for key in document if key != "period")
    faults.extend(f"{place(key)}: {key[:40]!r} does not belong here; {hint(key, ('period',))}" for key in strange)
    tables = document.get("period", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        faults.append(f"{place('period')}: each period starts with [[period]], in double brackets.")
        return []

    periods = []
    for index, table in enumerate(tables):
        found = read_period(table, origin=origin or f"{name}:{line_of(lines(), ('period', index))}", names=names)
        if isinstance(found, tuple):
            faults.extend(f"{place('period', index, fault.key)}: {fault.sentence}" for fault in found)
            found_id = table.get("id")
        else:
            periods.append(found)
            found_id = found.id
        if isinstance(found_id, str) and found_id:
            if found_id in used:
                faults.append(f"{place('period', index, 'id')}: the id {found_id[:64]!r} is taken: {used[found_id]()}.")
            else:
                used[found_id] = partial(place, "period", index)
    return periods
