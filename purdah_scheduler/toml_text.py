"""TOML that people write: its caps, its text, its tables, and the line on which each of its keys stands."""

import re
from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass, field

import tomli

from purdah_scheduler.lean import lean_dataclass

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


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class NotToml:
    """Why a text is no TOML. `line` and `column` count from 1; `column` is 0 where the parser could name no place.

    `reason` may repeat a piece of the text.
    """

    line: int
    column: int
    reason: str


def too_long_lines(lines: Iterable[Sized]) -> list[int]:
    """The numbers (from 1) of the lines of more than 4,096 of whatever they are made of, bytes or characters."""
    return [number for number, line in enumerate(lines, start=1) if len(line) > MAX_LINE]


def decode(data: bytes) -> str:
    """UTF-8 text, without the mark that some editors put in front. Raises UnicodeDecodeError (see `line_of_bad_bytes`)."""
    return data.decode("utf-8").removeprefix("\ufeff")


def line_of_bad_bytes(error: UnicodeDecodeError) -> int:
    """The line (from 1) of the first bytes that are no UTF-8."""
    return error.object.count(b"\n", 0, error.start) + 1


def parse(text: str) -> dict[str, object] | NotToml:
    """The document, or why there is none; check the caps first, because a parser's work grows with what it is given."""
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        return NotToml(line=error.lineno, column=error.colno, reason=error.msg)
    except RecursionError:
        return NotToml(line=1, column=0, reason="its tables and lists are nested too deeply")
    except ValueError as error:
        return NotToml(line=1, column=0, reason=str(error))


def line_of(lines: Mapping[KeyPath, int], where: KeyPath) -> int:
    """The line (from 1) of `where`, or of the nearest table around it that has one; 1 where none has."""
    while where and where not in lines:
        where = where[:-1]
    return lines.get(where, 1)


def key_lines(text: str) -> Mapping[KeyPath, int]:
    """The line (from 1) on which each table and key of a valid document stands.

    TOML readers do not say where a value was. A key inside a list or an inline table has no entry: its nearest ancestor has.
    """
    scan = _KeyScan(text)
    return scan.implied | scan.lines


@dataclass(slots=True)
class _KeyScan:
    """One walk over the tokens of a document; `implied` holds tables that stand only in the headers of their own tables."""

    text: str
    lines: dict[KeyPath, int] = field(default_factory=dict)
    implied: dict[KeyPath, int] = field(default_factory=dict)
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
            self.implied.setdefault(path, line)
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
    """The name that a bare or quoted key stands for."""
    if piece[0] == '"' and "\\" in piece:
        found = parse(f"key = {piece}")
        if not isinstance(found, NotToml):
            return str(found["key"])
    return piece[1:-1] if piece[0] in "\"'" else piece
