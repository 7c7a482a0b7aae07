"""Any configuration is read, or refused with every fault, its file and its line."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler import bootstrap
from purdah_scheduler.config import SECTIONS, example_config, load_config
from purdah_scheduler.errors import BadSetup, ConfigFaults
from purdah_scheduler.tui.key_table import KEYS
from purdah_scheduler.tui.keys import check_keymap
from tests.fuzz import damaged, fuzzed, in_time, lines_of, read_or_refused, texts

pytestmark = in_time

PLAIN = example_config("Tides").encode()
FULL = re.sub(rb"(?m)^# ([a-z_]+ = |\[)", rb"\1", PLAIN)
"""The example with everything that it comments out switched on."""
WORDS = (
    [f"{key} = ".encode() for keys in SECTIONS.values() for key in keys]
    + [f"[{name}]\n".encode() for name in SECTIONS]
    + [
        b"[[account]]\n",
        b"[[person]]\n",
        b"https://",
        b"~",
        b"~nobody/",
        b"/",
        b"**",
        b"[a-",
        b"Europe/London",
        b"../..",
        b"/etc",
    ]
)


def read_any(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data)
    rulebook = bootstrap.rulebook()
    with read_or_refused(ConfigFaults, file=path, lines=lines_of(data)):
        load_config(path, known_categories=rulebook.categories, rulebook=rulebook)


@fuzzed
@given(damaged([PLAIN, FULL], WORDS) | st.binary(max_size=300))
def test_a_damaged_file_is_read_or_refused_by_line(tmp_path: Path, data: bytes) -> None:
    read_any(tmp_path / "config.toml", data)


_LITERALS = st.sampled_from(
    [
        r"1",
        r"-1",
        r"0",
        r"1e400",
        r"-0.0",
        r"nan",
        r"inf",
        r"true",
        r'""',
        r'"\u0000"',
        r'"\u202e"',
        r'"\n"',
        r'"a"',
        r"[]",
        r"[[]]",
        r'["a",1]',
        r"{}",
        r"{a={b=[]}}",
        r"999999999999999999999999999999",
        r"2027-01-01",
        r"01:02:03",
        r"2027-01-01T00:00:00Z",
        r"0001-01-01T00:00:00+23:59",
        r'"~"',
        r'"~nobody/x"',
        r'"/"',
        r'"a/b\\"',
        r'"["',
        r'"*"',
        r'"**"',
        r'"Europe/London"',
        r'"../etc/passwd"',
        r'"https://[::1"',
        r'"http://localhost:0"',
        r'"https://a:99999"',
        r'["*"]',
        r'["[a-"]',
        r'["~nobody/*"]',
        r'["/dev/null"]',
        r'["\u0000"]',
    ]
)


@fuzzed
@given(st.lists(st.tuples(st.sampled_from([(s, k) for s, keys in SECTIONS.items() for k in keys]), _LITERALS), max_size=4))
def test_settings_of_any_value_are_read_or_refused(tmp_path: Path, changes: list[tuple[tuple[str, str], str]]) -> None:
    lines = PLAIN.decode().splitlines()
    for (section, key), literal in changes:
        lines = with_setting(lines, section, f"{key} = ", literal)
    read_any(tmp_path / "config.toml", "\n".join(lines).encode())


def with_setting(lines: list[str], section: str, key: str, literal: str) -> list[str]:
    """The first table of the section with this value of the key instead of its own."""
    headers = [number for number, line in enumerate(lines) if line.strip("[]") == section and line.startswith("[")]
    if not headers:
        return [*lines, f"[{section}]", key + literal]
    first = headers[0] + 1
    last = next((number for number, line in enumerate(lines) if number >= first and line.startswith("[")), len(lines))
    kept = [line for line in lines[first:last] if not line.startswith(key)]
    return [*lines[:first], key + literal, *kept, *lines[last:]]


_IDS = st.sampled_from([key.id for key in KEYS]) | st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True)
_PRESSED = st.from_regex(r"[^\s,]{1,8}(,[^\s,]{1,8}){0,2}", fullmatch=True).filter(str.isprintable) | st.sampled_from(
    ["n", "ctrl+s", "f1"]
)


@fuzzed
@given(st.dictionaries(_IDS, _PRESSED, max_size=5))
def test_any_keymap_is_taken_or_refused_with_its_reason(keymap: dict[str, str]) -> None:
    with read_or_refused(ConfigFaults):
        check_keymap(keymap, "config.toml")


@fuzzed
@given(st.dictionaries(texts, texts, max_size=3))
def test_a_keymap_of_any_text_is_taken_or_refused_by_line(tmp_path: Path, keymap: dict[str, str]) -> None:
    def quoted(text: str) -> str:
        return '"' + "".join(f"\\U{ord(char):08x}" for char in text) + '"'

    lines = "".join(f"{quoted(key)} = {quoted(value)}\n" for key, value in keymap.items())
    read_any(tmp_path / "config.toml", PLAIN.replace(b"[keymap]\n", b"[keymap]\n" + lines.encode()))


def test_a_name_that_no_file_can_have_is_a_refusal() -> None:
    with pytest.raises(BadSetup):
        load_config(Path("a\0b"))
