"""Text that people wrote is shown and does nothing: as markup, as a command to the terminal, as a trick of direction or width."""

import unicodedata
from collections.abc import Iterator

import pytest

from purdah_scheduler.application.recording import entry_of
from purdah_scheduler.domain.account_health import Health, LastCheck
from purdah_scheduler.domain.audit import Plain
from purdah_scheduler.domain.posts import Pause
from purdah_scheduler.tui.audit import AuditScreen
from purdah_scheduler.tui.daemon_log import log_path
from purdah_scheduler.tui.plain import cell, line, plain, says
from purdah_scheduler.tui.queue import QueueScreen
from tests.tui.conftest import Desk
from tests.tui.seeing import seen, settled, until
from tests.tui.terminal import Terminal

GROUPS = {
    "read as markup": {
        "closing tag": "[/]",
        "closing colour": "before [/red] after",
        "unclosed tag": "[bold]all the rest [/bold",
        "action": "[@click=app.bell]press me[/]",
        "quit action": "[@click=app.leave()]press me[/]",
        "link": '[link="https://evil.example"]gov.uk[/link]',
        "square words": "[embargo] [DLT] [link in bio]",
        "variable": "$text-error {markup} %s {0}",
    },
    "commands of a terminal": {
        "colour": "\x1b[31;1mred\x1b[0m",
        "clear screen": "\x1b[2J\x1b[H",
        "clipboard": "\x1b]52;c;SEFDSw==\x07",
        "window title": "\x1b]0;owned\x07",
        "hyperlink": "\x1b]8;;https://evil.example\x1b\\gov.uk\x1b]8;;\x1b\\",
        "eight-bit control": "\x9b31m and \x9d52;c;SEFDSw==\x9c",
        "carriage return": "safe\rOVERWRITTEN",
        "backspace": "safe\b\b\b\bgone",
        "bell and nul": "ring\x07 nothing\x00 here",
    },
    "order and width": {
        "direction override": "invoice\u202egnp.exe\u202c",
        "isolate": "\u2067abc\u2069",
        "lone joiner": "a\u200db\u200d",
        "zero width": "pay\u200bpal \ufeff \u2060",
        "tags": "flag \U000e0041\U000e0042",
        "line separator": "one\u2028two\u2029three",
        "family": "👩\u200d👩\u200d👧\u200d👦",
        "emoji": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f ⚠\ufe0f 1\ufe0f\u20e3 👍🏽 🇬🇧",
        "wide": "日本語テスト " * 40,
        "combining": "z" + "\u0301" * 60,
        "frame": "│ ╰─ Clearance\n  √ Policy approval: bede",
    },
    "size": {
        "long": "x" * 20_000,
        "many lines": "line\n" * 3_000,
    },
    "nothing": {
        "empty": "",
    },
}
"""What people and platforms can write, by what it tries."""

BODIES = {name: body for group in GROUPS.values() for name, body in group.items()}


def harmful(text: str) -> set[str]:
    """The characters of a screen that would command a terminal or turn the reading order."""
    return {
        f"U+{ord(char):04X}"
        for char in text
        if (unicodedata.category(char) == "Cc" and char != "\n")
        or char in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    }


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_what_the_one_way_lets_through_commands_nothing(body: str) -> None:
    """`plain`, `line`, `cell` and `says` on every body: no control, no override, no markup read."""
    for shown in (plain(body).plain, line(body, 40).plain, cell(body, 40), says(body, (body, "bold")).plain):
        assert not harmful(shown)
    assert not plain(body).spans or all(span.style == "" for span in plain(body).spans)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("width", [1, 2, 7, 40])
def test_a_cell_of_a_list_is_never_wider_than_it_may(body: str, width: int) -> None:
    """By the width that the toolkit counts with, so that no column is ever bent."""
    assert line(body, width).cell_length <= width


async def test_a_filter_that_is_hostile_is_shown_and_does_nothing(desk: Desk) -> None:
    """What was typed comes back in the line above the list, and in the words of the mistake."""
    desk.furnish()
    app = desk.app()
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, QueueScreen) and len(app.screen.listing.items) == 9)
        for typed in ("state:[/]", "[@click=app.bell]x[/]", "account:\u202e"):
            await pilot.press("slash")
            app.screen.query_one("#filter").value = typed  # type: ignore[attr-defined]  # it is the Input
            await pilot.press("enter")
            await settled(pilot)
            assert not harmful(seen(app))
            await pilot.press("escape", "escape")


async def test_a_hostile_record_and_a_hostile_filter_of_it_do_nothing(desk: Desk) -> None:
    """Every fact of an entry, in the list and in full, as its text for the clipboard, and what was typed as a filter."""
    for body in BODIES.values():
        with desk.office.store.write() as tx:
            tx.record(entry_of(desk.actor(), "post.commented", at=desk.clock.now(), private={body[:99]: body, "text": body}))
    app = desk.app()
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        app.action_go("audit")
        await until(pilot, lambda: isinstance(app.screen, AuditScreen) and app.screen.view is not None)
        for _ in BODIES:
            await pilot.press("y")
            await settled(pilot)
            assert not harmful(seen(app))
            await pilot.press("down")
        for typed in ("person:[/]", "[@click=app.bell]x[/]", "post:\u202e", "action:\x1b[2J"):
            await pilot.press("slash")
            app.screen.query_one("#filter").value = typed  # type: ignore[attr-defined]  # it is the Input
            await pilot.press("enter")
            await settled(pilot)
            assert not harmful(seen(app))
            await pilot.press("escape", "escape")
    assert app.crash is None


async def test_a_hostile_platform_account_pause_and_log_do_nothing(desk: Desk) -> None:
    """What a platform said of an account, why one was paused, why a machine was stopped, and what stands in the log."""
    app = desk.app()
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        for body in BODIES.values():
            with desk.office.store.write() as tx:
                tx.note_check(LastCheck(account="dlt", at=desk.clock.now(), health=Health.NEEDS_LOGIN, said=body))
                tx.set_pause(Pause(account="dlt-news", person="asha", reason=body, at=desk.clock.now()))
                tx.record(entry_of(desk.actor(), "publishing.paused", at=desk.clock.now()))
            log_path(desk.config).write_text(f"{body}\n", "utf-8")
            for name in ("accounts", "daemon"):
                app.action_go(name)
                app.changed()
                await settled(pilot)
                assert not harmful(seen(app))
        await pilot.press("f")
        await settled(pilot)
        assert not harmful(seen(app))
    assert app.crash is None


SEQUENCES = (b"\x1b]52", b"\x1b]0;owned", b"\x1b[31;7m", "\x9b2J".encode(), "\u202e".encode())
"""What the words of the post would send, were they sent as they are."""


@pytest.fixture
def terminal(desk: Desk) -> Iterator[Terminal]:
    """The product in a terminal of its own, on an office with one very hostile post, and a file of such."""
    words = "\x1b]52;c;SEFDSw==\x07\x1b[31;7mINJECTED\x1b[0m \x9b2J [@click=app.leave]go[/] \u202egnp"
    post = desk.smuggle(words, title="\x1b]0;owned\x07 [/]")
    desk.smuggle("The second post.", title="second")
    with desk.office.store.write() as tx:
        private: dict[str, Plain] = {"text": words, "to": ["bede"]}
        tx.record(
            entry_of(desk.actor(), "post.commented", at=desk.clock.now(), post=post, public={"revision": 1}, private=private)
        )
    (desk.folder / "bad.csv").write_text(f"accounts,category,text\ndlt,{words},{words}\n{words},event,x\n", "utf-8")
    terminal = Terminal("-m", "purdah_scheduler", "--config", str(desk.config.path), "--as", "bede")
    yield terminal
    terminal.close()


def test_in_a_real_terminal_no_sequence_of_a_post_arrives(terminal: Terminal) -> None:
    """Queue, whole view, box and back, in a pseudo-terminal: the bytes are the interface's own, and it ends with status 0."""
    terminal.shows("Open posts", "␛]0;owned␇ [/]")
    terminal.press("k")
    terminal.shows("␛]52;c;SEFDSw==␇")
    terminal.press("\r")
    terminal.shows("What goes out", "INJECTED")
    terminal.press("W")
    terminal.shows("Cancel post 1", "nothing is changed")
    terminal.press("\x1b")
    terminal.until(lambda: "nothing is changed" not in terminal.text(), "the box is gone")
    terminal.press("q")
    assert terminal.ended() == 0
    assert [sequence for sequence in SEQUENCES if sequence in terminal.received] == []
    assert terminal.is_as_it_was()


def test_in_a_real_terminal_the_newest_screens_send_nothing_of_it_either(terminal: Terminal, desk: Desk) -> None:
    """Comments, the report, compose, the record, an import with faults, and words pasted into its field."""
    terminal.shows("Open posts", "␛]0;owned␇ [/]")
    terminal.press("I")
    terminal.shows("Import posts")
    terminal.press("\x1b[200~\x1b]0;owned\x07\x1b[31;7m\u202e\x1b[201~\r")
    terminal.shows("There is no file")
    terminal.press("\x1b")
    terminal.until(lambda: "Import posts" not in terminal.text(), "the box is gone")
    terminal.press("I")
    terminal.shows("Import posts")
    terminal.press(f"\x1b[200~{desk.folder / 'bad.csv'}\x1b[201~\r")
    terminal.shows("Nothing was imported", "line 2:", "line 3:")
    terminal.press("x")
    terminal.until(lambda: "Nothing was imported" not in terminal.text(), "the box is gone")
    terminal.press("kY")
    terminal.shows("The report of post 1", "INJECTED")
    terminal.press("x")
    terminal.until(lambda: "The report of post 1" not in terminal.text(), "the box is gone")
    terminal.press("e")
    terminal.shows("Words for", "INJECTED")
    terminal.press("\x1b")
    terminal.until(lambda: "Words for" not in terminal.text(), "the queue is back")
    terminal.press("6")
    terminal.shows("newest first", "INJECTED")
    terminal.press("Y")
    terminal.shows("Write it to a file")
    terminal.press("x")
    terminal.until(lambda: "Write it to a file" not in terminal.text(), "the box is gone")
    terminal.press("q")
    assert terminal.ended() == 0
    assert [sequence for sequence in SEQUENCES if sequence in terminal.received] == []
    assert terminal.is_as_it_was()
