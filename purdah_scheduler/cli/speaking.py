"""How the command line speaks: data on stdout, narration on stderr, and nothing that a terminal would obey."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from purdah_scheduler.domain.reveal import cell_width, fit, reveal
from purdah_scheduler.errors import ProductError, TryAgain

GAP = 2
_WIDEST_CELL = 28


class OutputLost(TryAgain):
    """Data could not be written where stdout leads, on a full disk, say; what was asked may have been done all the same."""


def say(words: str) -> None:
    """One or more lines of data in words. Raises OutputLost."""
    with _writing():
        sys.stdout.write(reveal(words) + "\n")


def tell(words: str) -> None:
    """One or more lines of narration: what a person wants to know and a script does not. Raises OutputLost."""
    hand_over()
    sys.stderr.write(reveal(words) + "\n")


def emit(facts: Mapping[str, object]) -> None:
    """One JSON object on one line. Raises OutputLost."""
    with _writing():
        sys.stdout.write(as_line(facts) + "\n")


def hand_over(data: bytes = b"") -> None:
    """Let go of everything that was said so far, and then of `data`. Raises OutputLost."""
    with _writing():
        sys.stdout.flush()
        if data:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as fault:
        raise OutputLost(
            f"The output could not be written ({fault.strerror}).",
            next_step="What was asked may have been done all the same: look before you repeat it.",
        ) from fault


def as_line(facts: Mapping[str, object]) -> str:
    """JSON in ASCII alone: hostile text stays text in every terminal, and a program reads it back exactly."""
    return json.dumps(facts, ensure_ascii=True, allow_nan=False).replace("\x7f", "\\u007f")


def explain(fault: ProductError, *, as_json: bool, code: int) -> None:
    """An error for people, or as the object {"error", "next", "exit_code"} for scripts."""
    if as_json:
        hand_over()
        sys.stderr.write(as_line({"error": fault.message, "next": fault.next_step, "exit_code": code}) + "\n")
        return
    tell(fault.message)
    if fault.next_step:
        tell(f"Next: {fault.next_step}")


def inline(text: str) -> str:
    """Text that people wrote, within a line of ours: it cannot begin a line of its own."""
    return reveal(text, keep_newlines=False)


def quoted(text: str, indent: str = "  ") -> str:
    """Text that people wrote, as lines that are marked as theirs; an empty text is said to be one."""
    return "\n".join(f"{indent}| {line}".rstrip(" ") for line in reveal(text).split("\n")) if text else f"{indent}(no text)"


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, width: int) -> str:
    """Columns aligned by cell, the last one cut where the line would pass `width` cells."""
    lines = [[inline(cell) for cell in line] for line in (headers, *rows)]
    last = len(headers) - 1
    sizes = [min(_WIDEST_CELL, max(cell_width(line[column]) for line in lines)) for column in range(last)]
    room = max(16, width - sum(sizes) - GAP * last)
    shown = []
    for line in lines:
        cells = [pad(fit(cell, size), size + GAP) for cell, size in zip(line[:last], sizes, strict=True)]
        shown.append(("".join(cells) + fit(line[last], room)).rstrip(" "))
    return "\n".join(shown)


def pad(text: str, width: int) -> str:
    """`text` (revealed, on one line) filled up to `width` cells."""
    return text + " " * (width - cell_width(text))


def facts_in_words(pairs: Sequence[tuple[str, str]], *, width: int, label_width: int = 13) -> str:
    """A name and what it is, line by line; pairs without a value are left out, further lines of a value are set in."""
    lines = []
    for label, value in pairs:
        if value:
            first, *rest = [piece for line in value.split("\n") for piece in wrapped(line, width - label_width)]
            lines.append(pad(label, label_width) + first)
            lines += [" " * label_width + line for line in rest]
    return "\n".join(lines)


def wrapped(line: str, width: int) -> list[str]:
    """A sentence of ours on as many lines as it needs; an address is never broken."""
    if len(line) <= width:
        return [line]
    import textwrap

    return textwrap.wrap(line, max(20, width), break_long_words=False, break_on_hyphens=False) or [""]
