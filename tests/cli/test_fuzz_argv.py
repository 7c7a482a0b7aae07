"""No command crashes on any words: each is done, or refused in a sentence with one of the known exit codes."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purdah_scheduler.cli.root import root
from tests.cli.conftest import Desk
from tests.fuzz import fuzzed, in_time, texts

pytestmark = in_time

CODES = {0, 1, 2, 64, 69, 75, 78}
NOT_HERE = {("tui",), ("daemon",), ("demo",)}
"""Commands that stay until somebody stops them, or make a whole house."""


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        elif (*path, name) not in NOT_HERE:
            yield (*path, name), command


EVERY = dict(commands(root))
_KNOWN = st.sampled_from(
    [
        *("1", "2", "#1", "0", "-1", "99999999999999999999", "approval", "outbox", "asha", "7f3a-91c2", "draft", "event"),
        *("UK", "England", "uk-civil-service", "local", "parl.anytown.by.2027-02-25", "a reason that is long enough"),
        *("2027-05-06T09:00", "tomorrow 9am", "2027-05-06", "0001-01-01T00:00", "9999-12-31T23:59", "x" * 5_000),
        *("config.toml", ".", "", " ", "-", "--", "--json", "[/red]", "\udcff"),
    ]
)
_VALUES = _KNOWN | texts.map(lambda text: "".join(char for char in text if char not in "\0/" and not "\ud800" <= char < "\udc80"))
"""No path leads out of the test's folder; a shell passes no NUL, and bytes that are no text as \\udc80 to \\udcff."""


@st.composite
def lines(draw: st.DrawFn, command: click.Command) -> list[str]:
    """A command line with some of the command's options and arguments, each with any words."""
    line: list[str] = []
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            if parameter.name in ("config_path", "as_person") or draw(st.integers(0, 2)) < (0 if parameter.required else 2):
                continue
            line.append(draw(st.sampled_from(parameter.opts)))
            if not parameter.is_flag:
                line += [draw(_VALUES) for _ in range(parameter.nargs)]
        else:
            line += draw(st.lists(_VALUES, min_size=1, max_size=1 if parameter.nargs == 1 else 3))
    return line


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
@settings(fuzzed, max_examples=max(10, fuzzed.max_examples // 10))
@given(data=st.data())
def test_a_command_with_any_words_is_done_or_refused(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: tuple[str, ...], data: st.DataObject
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = desk(*path, *data.draw(lines(EVERY[path])), by=data.draw(st.sampled_from(["asha", "bede", "carys", "dougal"])))
    assert ran.code in CODES, ran
    shown = f"{ran.out}{ran.err}".replace("\r\n", "").replace("\n", "")  # an ICS calendar has both
    assert not [char for char in shown if ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 or char in "\u2028\u2029\u202e"]
