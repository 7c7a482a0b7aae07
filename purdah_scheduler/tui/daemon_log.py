"""The end of the log of a daemon that the interface or the demonstration has started on this machine."""

import json
import os
import stat
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from purdah_scheduler.config import Config
from purdah_scheduler.lean import lean_dataclass

_TAIL = 64 * 1024
"""Bytes of the log that are read, from its end."""

_MOST = 200
"""Events that are shown."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class LogEnd:
    """The last events, a line each, oldest first; `mark` differs once more was written."""

    lines: tuple[str, ...]
    mark: tuple[int, int]


def log_path(config: Config) -> Path:
    """Where such a daemon writes its log."""
    return config.data_folder / "daemon.log"


def log_mark(path: Path) -> tuple[int, int] | None:
    """Size and time of the last change of the log; None where there is none that can be looked at."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def read_log(path: Path, zone: ZoneInfo) -> LogEnd | None:
    """The end of the log; None where there is none that can be read. A link is not followed, and a pipe is not waited for."""
    mark = log_mark(path)
    if mark is None:
        return None
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            start = max(file.seek(0, os.SEEK_END) - _TAIL, 0)
            file.seek(start)
            data = file.read(_TAIL)
    except OSError:
        return None
    found = data.decode("utf-8", "replace").splitlines()
    whole = found[1:] if start else found
    return LogEnd(lines=tuple(_in_words(line, zone) for line in whole[-_MOST:] if line), mark=mark)


def _in_words(line: str, zone: ZoneInfo) -> str:
    """An event with its time and its facts; what is no event is shown as it stands."""
    try:
        told = json.loads(line)
        at = datetime.fromisoformat(told.pop("ts")).astimezone(zone)
        event = told.pop("event")
    except (ValueError, KeyError, TypeError, AttributeError):
        return line
    return f"{at:%H:%M:%S} {event}{_facts(told)}"


def _facts(told: Mapping[str, object]) -> str:
    return "".join(f"  {name}={fact}" for name, fact in told.items())
