"""What the fuzz tests of the readers share: damaged samples, and what a refusal has to be.

`FUZZ_EXAMPLES=20000 pytest -k fuzz` looks longer than a run of the suite does.
"""

import os
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from purdah_scheduler.errors import ConfigFaults, ProductError

_EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "150"))
in_time = pytest.mark.timeout(max(60, _EXAMPLES // 5))
"""The mark of every module of fuzz tests: a reader that hangs on one example fails."""

fuzzed = settings(
    max_examples=_EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""How long a reader is fuzzed. A fixture's folder is shared by all examples of a test, which write the same file anew."""

HIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of characters that may command a terminal, break a line or stop an encoder."""
BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_HOSTILE = (
    b"\0",
    b"\r",
    b"\r\n",
    b"\n\n",
    b"\t",
    b"\x0b",
    b"\x1b[2J",
    b"\x1b]0;title\x07",
    b"\x7f",
    b"\xff",
    b"\xc0\x80",
    b"\xc2\x85",
    b"\xe2\x80\xa8",
    b"\xe2\x80\xae",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\xf0\x9f\x8f\xb4",
    b"\\",
    b"\\u0000",
    b"\\u001b",
    b"\\u202e",
    b"\\ud800",
    b"\\n",
    b"'",
    b'"',
    b'"""',
    b"#",
    b"=",
    b":",
    b";",
    b",",
    b".",
    b"-",
    b"[",
    b"]]",
    b"{",
    b"}",
    b"[" * 200,
    b"{" * 200,
    b"9" * 5_000,
    b"-1",
    b"0",
    b"1e999",
    b"0x7fffffffffffffffffff",
    b"nan",
    b"inf",
    b"null",
    b"true",
    b"0000-00-00",
    b"0001-01-01T00:00:00+23:59",
    b"9999-12-31T23:59:59-23:59",
    b"2026-02-30",
    b"2026-03-29T01:30:00",
    b"2026-10-25T01:30:00",
    b"x" * 300,
)
texts = st.text(max_size=30) | st.sampled_from([piece.decode("utf-8", "replace") for piece in _HOSTILE]) | st.just("\ud800")
"""Short texts of every plane, lone surrogates among them."""


@st.composite
def damaged(draw: st.DrawFn, samples: Sequence[bytes], words: Sequence[bytes] = ()) -> bytes:
    """A sample with some bytes replaced, lines taken out, doubled or exchanged; `words` are what the format knows."""
    data = draw(st.sampled_from(samples))
    pieces = st.sampled_from([*_HOSTILE, *words]) | st.binary(max_size=8)
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            at, dropped = draw(st.integers(0, len(data))), draw(st.integers(0, 40))
            data = data[:at] + draw(pieces) + data[at + dropped :]
        else:
            lines = data.split(b"\n")
            one, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
            match draw(st.sampled_from(["drop", "double", "exchange", "cut", "value"])):
                case "drop":
                    del lines[min(one, other) : max(one, other)]
                case "double":
                    lines.insert(other, lines[one])
                case "exchange":
                    lines[one], lines[other] = lines[other], lines[one]
                case "cut":
                    del lines[one:]
                case _:
                    head, mark, _tail = lines[one].partition(draw(st.sampled_from([b"=", b":"])))
                    lines[one] = head + mark + draw(pieces)
            data = b"\n".join(lines)
    return data


@contextmanager
def read_or_refused(*kinds: type[ProductError], file: Path | None = None, lines: int = 0) -> Iterator[None]:
    """What is done inside either works, or is refused by one of these kinds, in words that any terminal can show.

    With `file` each fault names it; with `lines` (how many the file has) each that names a line names one of them.
    """
    try:
        yield
    except kinds as refusal:
        faults = refusal.faults if isinstance(refusal, ConfigFaults) else (refusal.message,)
        assert faults
        for fault in (*faults, refusal.next_step):
            assert shows(fault), fault
        for fault in faults if file is not None else ():
            assert str(file) in fault
            _, named, rest = fault.partition(f"{file} line ")
            if named and lines:
                assert 1 <= int(rest.partition(":")[0]) <= lines, fault


def shows(text: str) -> bool:
    """Whether a text is one line without anything that a terminal would obey."""
    return not any(unicodedata.category(char) in HIDDEN or char in BIDI for char in text)


def lines_of(data: bytes) -> int:
    """How many lines an editor would number."""
    return data.count(b"\n") + 1
