"""Text that people wrote is shown and does nothing: as markup, as a command to the terminal, as a trick of direction or width."""

import unicodedata
from collections.abc import Iterator

import pytest

from purdah_scheduler.application.bulk import Act, Errand
from purdah_scheduler.application.recording import entry_of
from purdah_scheduler.domain.account_health import Health, LastCheck
from purdah_scheduler.domain.posts import Pause
from purdah_scheduler.errors import BadInput
from purdah_scheduler.tui.accounts import AccountsScreen
from purdah_scheduler.tui.audit import AuditScreen
from purdah_scheduler.tui.bulk_box import BulkBox
from purdah_scheduler.tui.calendar import CalendarScreen
from purdah_scheduler.tui.compose import ComposeScreen
from purdah_scheduler.tui.copy_keys import ReportBox
from purdah_scheduler.tui.daemon import DaemonScreen
from purdah_scheduler.tui.daemon_log import log_path
from purdah_scheduler.tui.dialogs import AskText, Box, Confirm
from purdah_scheduler.tui.jump import JumpScreen
from purdah_scheduler.tui.periods import PeriodsScreen
from purdah_scheduler.tui.plain import cell, line, plain, says
from purdah_scheduler.tui.post import PostScreen
from purdah_scheduler.tui.queue import QueueScreen
from purdah_scheduler.tui.review import ReviewScreen
from tests.tui.conftest import Desk
from tests.tui.seeing import seen, settled, until
from tests.tui.terminal import Terminal

BODIES = {
    "closing tag": "[/]",
    "closing colour": "before [/red] after",
    "unclosed tag": "[bold]all the rest [/bold",
    "action": "[@click=app.bell]press me[/]",
    "quit action": "[@click=app.leave()]press me[/]",
    "link": '[link="https://evil.example"]gov.uk[/link]',
    "square words": "[embargo] [DLT] [link in bio]",
    "variable": "$text-error {markup} %s {0}",
    "colour": "\x1b[31;1mred\x1b[0m",
    "clear screen": "\x1b[2J\x1b[H",
    "clipboard": "\x1b]52;c;SEFDSw==\x07",
    "window title": "\x1b]0;owned\x07",
    "hyperlink": "\x1b]8;;https://evil.example\x1b\\gov.uk\x1b]8;;\x1b\\",
    "eight-bit control": "\x9b31m and \x9d52;c;SEFDSw==\x9c",
    "carriage return": "safe\rOVERWRITTEN",
    "backspace": "safe\b\b\b\bgone",
    "bell and nul": "ring\x07 nothing\x00 here",
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
    "long": "x" * 20_000,
    "many lines": "line\n" * 3_000,
    "frame": "│ ╰─ Clearance\n  √ Policy approval: bede",
    "empty": "",
}


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


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_every_screen_shows_a_hostile_post_and_goes_on(desk: Desk, body: str) -> None:
    """As text, title and notes of a post, and as the words of a box and of a refusal."""
    post = desk.smuggle(body, title=body[:200], reason=body)
    app = desk.app("bede")
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, QueueScreen) and app.screen.view is not None)
        found = harmful(seen(app))
        for show, kind in (
            (lambda: app.open_post(post), PostScreen),
            (lambda: app.review_post(post), ReviewScreen),
            (lambda: app.compose_post(post), (ComposeScreen, Box)),
            (lambda: app.action_go("calendar"), CalendarScreen),
            (lambda: app.screen.set_view("-weekly"), CalendarScreen),  # type: ignore[attr-defined]  # it is the calendar
            (lambda: app.action_go("periods"), PeriodsScreen),
            (lambda: app.action_go("audit"), AuditScreen),
            (lambda: app.action_go("accounts"), AccountsScreen),
            (lambda: app.action_go("daemon"), DaemonScreen),
            (app.action_jump, JumpScreen),
            (lambda: app.push_screen(Confirm(body, text=body, lines=[(body[:30], body)], verb=body[:30] or "Yes")), Confirm),
            (lambda: app.push_screen(AskText(body, body, text=body, initial=body[:100], hint=body)), AskText),
            (
                lambda: app.push_screen(BulkBox(desk.office, desk.actor(), Errand(act=Act.CANCEL, reason=body), [post, 99])),
                BulkBox,
            ),
            (lambda: app.push_screen(ReportBox(body, text=body)), ReportBox),
        ):
            show()
            await settled(pilot)
            assert isinstance(app.screen, kind)
            found |= harmful(seen(app))
        app.say(body)
        app.say_fault(BadInput(body, next_step=body))
        await settled(pilot)
        found |= harmful(seen(app))
    assert app.crash is None
    assert app.return_code in (0, None)
    assert not found


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


@pytest.fixture
def terminal(desk: Desk) -> Iterator[Terminal]:
    """The product in a terminal of its own, on an office with one very hostile post."""
    desk.smuggle(
        "\x1b]52;c;SEFDSw==\x07\x1b[31;7mINJECTED\x1b[0m \x9b2J [@click=app.leave]go[/] \u202egnp", title="\x1b]0;owned\x07 [/]"
    )
    desk.smuggle("The second post.", title="second")
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
    for sequence in (b"\x1b]52", b"\x1b]0;owned", b"\x1b[31;7m", "\x9b2J".encode(), "\u202e".encode()):
        assert sequence not in terminal.received
    assert terminal.is_as_it_was()
