"""Reading the file itself: who can change it, how big it is, its TOML, and on which line each key stands."""

import os
import re
import shlex
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import tomli

from purdah_scheduler.errors import BadSetup, ConfigFaults

MAX_BYTES = 256 * 1024
MAX_LINE = 4 * 1024

KeyPath = tuple[str | int, ...]
"""Where a value stands: names of tables and keys, and the position (from 0) in a repeated table."""

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|\n"
    r"|[\[\]{}=.]"
    r"|[A-Za-z0-9_-]+",
    re.DOTALL,
)


def writable_by_others(mode: int) -> bool:
    """Whether a file of this mode can be changed by its group or by everybody (POSIX systems only)."""
    return os.name == "posix" and bool(mode & (stat.S_IWGRP | stat.S_IWOTH))


def chmod_command(path: Path) -> str:
    """What to type so that only the owner can change `path`."""
    return f"chmod go-w {shlex.quote(str(path))}"


def resolve(folder: Path, name: str) -> Path:
    """`name` from the configuration's folder; `~/` is the home of whoever runs the product, where there is one."""
    try:
        return folder / Path(name).expanduser()
    except RuntimeError:
        return folder / name


def read_text(path: Path) -> str:
    """The text of the configuration file.

    A file that others can change is refused, because whoever writes it chooses who clears what. Raises BadSetup, or ConfigFaults
    for bytes that are not UTF-8.
    """
    # O_NONBLOCK: opening a named pipe must not wait for somebody to write into it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise BadSetup(
            f"There is no configuration at {path}, so nothing was started.", next_step="Write one with: purdah-scheduler init"
        ) from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise BadSetup(
                f"{path} is not a file, so it was not read and nothing was started.",
                next_step="Name the configuration file itself with --config, or write one with: purdah-scheduler init",
            )
        if writable_by_others(status.st_mode):
            raise BadSetup(
                f"{path} can be changed by other people (mode {stat.S_IMODE(status.st_mode):o}), so it was not used.",
                next_step=f"Look it through, then type: {chmod_command(path)}",
            )
        with os.fdopen(os.dup(descriptor), "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    finally:
        os.close(descriptor)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigFaults([f"{path} line {line}: these bytes are not UTF-8 text; save the file as UTF-8."]) from error


def parse_toml(text: str, path: Path) -> dict[str, object]:
    """The document, after its size and the length of its lines are checked. Raises ConfigFaults."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise ConfigFaults([f"{path} line 1: the file is larger than {MAX_BYTES // 1024} kB, so it was not read."])
    too_long = [
        f"{path} line {number}: the line is longer than {MAX_LINE} characters."
        for number, line in enumerate(text.split("\n"), start=1)
        if len(line) > MAX_LINE
    ]
    if too_long:
        raise ConfigFaults(too_long)
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise ConfigFaults([f"{path} line {error.lineno}: this is not TOML: {error.msg} (column {error.colno})."]) from error
    except (RecursionError, ValueError) as error:
        reason = "its tables and lists are nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise ConfigFaults([f"{path} line 1: the file cannot be read as TOML: {reason}."]) from error


def key_lines(text: str) -> Mapping[KeyPath, int]:
    """The line (from 1) on which each table and key of a valid document stands.

    TOML readers do not say where a value was. A key inside a list or an inline table has no entry: its nearest ancestor has.
    """
    return _KeyScan(text).lines


@dataclass(slots=True)
class _KeyScan:
    """One walk over the tokens of a document."""

    text: str
    lines: dict[KeyPath, int] = field(default_factory=dict)
    counts: dict[KeyPath, int] = field(default_factory=dict)
    table: KeyPath = ()

    def __post_init__(self) -> None:
        line, statement_line = 1, 0
        statement: list[str] = []
        depth, in_value = 0, False
        for match in _TOKEN.finditer(self.text + "\n"):
            piece = match.group()
            if piece == "\n":
                if depth == 0:
                    self._take(statement, statement_line)
                    statement, in_value = [], False
                line += 1
                continue
            if not piece.startswith("#"):
                if not in_value:
                    if not statement:
                        statement_line = line
                    statement.append(piece)
                    in_value = piece == "="
                elif piece in "[{":
                    depth += 1
                elif piece in "]}":
                    depth -= 1
            line += piece.count("\n")

    def _take(self, statement: list[str], line: int) -> None:
        """Note one statement: `[ a . b ]`, `[ [ a ] ]` or `a . b =`."""
        parts = [_plain(piece) for piece in statement if piece not in "[].="]
        if not parts:
            return
        if statement[0] != "[":
            for end in range(1, len(parts) + 1):
                self.lines.setdefault((*self.table, *parts[:end]), line)
            return
        path: KeyPath = ()
        for part in parts[:-1]:
            path = self._entry((*path, part))
        path = (*path, parts[-1])
        if statement[:2] == ["[", "["]:
            self.counts[path] = self.counts.get(path, 0) + 1
            self.lines.setdefault(path, line)
        self.table = self._entry(path)
        self.lines.setdefault(self.table, line)

    def _entry(self, path: KeyPath) -> KeyPath:
        """`path`, or the latest entry of it where it is a repeated table."""
        count = self.counts.get(path, 0)
        return (*path, count - 1) if count else path


def _plain(piece: str) -> str:
    return piece[1:-1] if piece[0] in "\"'" else piece


def _unreadable(path: Path, error: OSError | ValueError) -> BadSetup:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return BadSetup(
        f"The configuration {path} could not be read ({reason}), so nothing was started.",
        next_step="Check the name and who may read it, or name another with --config.",
    )
