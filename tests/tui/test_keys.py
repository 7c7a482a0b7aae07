"""One table of keys, and what must hold of it."""

import importlib
import re

import pytest
from textual.binding import Binding

from purdah_scheduler.errors import ConfigFaults
from purdah_scheduler.tui import key_table, keys
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.frame import FrameScreen
from tests.tui.conftest import Desk
from tests.tui.seeing import picture, shows

SCREENS = {
    "queue": "purdah_scheduler.tui.queue:QueueScreen",
    "post": "purdah_scheduler.tui.post:PostScreen",
    "compose": "purdah_scheduler.tui.compose:ComposeScreen",
    "review": "purdah_scheduler.tui.review:ReviewScreen",
    "calendar": "purdah_scheduler.tui.calendar:CalendarScreen",
    "checklist": "purdah_scheduler.tui.checklist:ChecklistScreen",
    "people": "purdah_scheduler.tui.people:PeopleScreen",
    "periods": "purdah_scheduler.tui.periods:PeriodsScreen",
    "audit": "purdah_scheduler.tui.audit:AuditScreen",
    "accounts": "purdah_scheduler.tui.accounts:AccountsScreen",
    "daemon": "purdah_scheduler.tui.daemon:DaemonScreen",
    "help": "purdah_scheduler.tui.help:HelpScreen",
}
LETTER = re.compile(r"^[A-Za-z0-9]$|^(exclamation_mark|slash|question_mark|.*_bracket)$")
CHANGING = {
    *("post.hold", "post.withdraw", "post.resolve", "post.break_glass", "daemon.stop"),
    *("period.lift", "period.cancel", "period.suppress", "accounts.pause", "people.suspend", "post.revoke"),
}


def screen_class(scope: str) -> type[FrameScreen]:
    """The screen of a scope."""
    module, _, name = SCREENS[scope].partition(":")
    found: type[FrameScreen] = getattr(importlib.import_module(module), name)
    return found


def pressed(scope: str) -> list[tuple[str, str]]:
    """Every key of a scope with its id."""
    return [(one, key.id) for key in (*keys.of(scope), *keys.of("app")) for one in key.keys.split(",")]


@pytest.mark.parametrize("scope", SCREENS)
def test_no_key_means_two_things_on_one_screen(scope: str) -> None:
    """Two rows of the table never take the same key."""
    taken = [one for one, _ in pressed(scope)]
    assert sorted(taken) == sorted(set(taken))


@pytest.mark.parametrize("scope", SCREENS)
def test_every_key_of_the_table_has_its_action(scope: str) -> None:
    """A key without a method behind it would do nothing, silently."""
    for key in keys.of(scope):
        target, name = (PurdahApp, key.action[4:]) if key.action.startswith("app.") else (screen_class(scope), key.action)
        assert callable(getattr(target, f"action_{name.partition('(')[0]}", None)), f"{key.id}: {key.action}"


@pytest.mark.parametrize("scope", SCREENS)
def test_a_screen_binds_exactly_its_rows_of_the_table(scope: str) -> None:
    """Footer, help and palette are read from the table, so a binding beside it would be a secret."""
    bound = {binding.id for binding in screen_class(scope).BINDINGS if isinstance(binding, Binding)}
    assert bound == {key.id for key in keys.of(scope)}


def test_every_key_has_an_id_a_word_and_a_sentence() -> None:
    """The id rebinds it, the word is for the footer, the sentence for the help."""
    for key in key_table.KEYS:
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", key.id)
        assert key.words
        assert key.tooltip[0].isupper()
        assert not key.tooltip.endswith(".")


def test_every_key_is_shown_as_it_stands_on_the_keyboard() -> None:
    for key in key_table.KEYS:
        assert [name for name in keys.names(key.keys) if "_" in name] == []


def test_no_letter_is_a_command_where_there_are_fields() -> None:
    """What is typed into a field never does anything but stand there."""
    for scope in ("compose", "app"):
        assert [key.id for key in keys.of(scope) for one in key.keys.split(",") if LETTER.match(one)] == []


def test_what_stops_or_takes_back_is_a_capital() -> None:
    """A slip of the finger on a small letter destroys nothing."""
    for key in key_table.KEYS:
        if key.id in CHANGING:
            assert all(one.isupper() or one == "exclamation_mark" for one in key.keys.split(","))


def test_no_key_is_one_that_many_terminals_or_tmux_take_for_themselves() -> None:
    """Not shift+enter, ctrl+enter, alt, ctrl with a digit; not ctrl+a, ctrl+b, ctrl+z."""
    for key in key_table.KEYS:
        for one in key.keys.split(","):
            assert not re.search(r"shift\+enter|ctrl\+enter|alt\+|ctrl\+\d|^ctrl\+[abz]$", one), key.id


@pytest.mark.parametrize(
    "scope", ["queue", "post", "review", "help", "checklist", "periods", "audit", "accounts", "people", "daemon"]
)
def test_up_and_down_have_their_letters(scope: str) -> None:
    """Every arrow has its letter."""
    taken = dict(pressed(scope))
    assert taken["up"] == taken["k"]
    assert taken["down"] == taken["j"]


@pytest.mark.parametrize("scope", SCREENS)
def test_the_footer_of_a_screen_fits_eighty_columns(scope: str) -> None:
    """Seven keys at most beside Help, and nothing is cut."""
    known = {key.id: key for key in keys.of(scope)}
    help_id = next(name for name in (*keys.HELP_IDS, "app.back") if name in known)
    wanted = [known[name] for name in (*keys.FOOTERS[scope], help_id) if name in known]
    assert len("  ".join(f"{keys.shown(key.keys)} {key.words}" for key in wanted)) <= 78


def test_a_misspelt_id_in_the_configuration_names_the_nearest() -> None:
    """Nobody wonders why a key does nothing."""
    with pytest.raises(ConfigFaults, match=r"post\.opne.*Did you mean post\.open\?"):
        keys.check_keymap({"post.opne": "o"}, "config.toml")


def test_a_key_that_would_mean_two_things_is_refused_with_both_names() -> None:
    """The conflict is reported, not decided."""
    with pytest.raises(ConfigFaults, match=r"(?s)gives e to both.*post\.(new|edit).*post\.(new|edit)"):
        keys.check_keymap({"post.new": "e"}, "config.toml")


def test_the_shipped_table_passes_its_own_check() -> None:
    """An empty keymap is always good."""
    keys.check_keymap({}, "config.toml")


async def test_a_key_of_the_configuration_works_and_is_shown(desk: Desk) -> None:
    """Rebound by its id: the footer shows the new key, the new key works, the old one does not."""
    desk.furnish()
    app = desk.app(keymap={"post.open": "o"})
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "Lighthouse")
        assert "o Open" in picture(app)[-1]
        await pilot.press("enter")
        await pilot.pause(0.1)
        assert "What goes out" not in "\n".join(picture(app))
        await pilot.press("o")
        await shows(pilot, "What goes out")


@pytest.mark.parametrize("width", [60, 72, 80, 120])
async def test_help_is_the_last_key_of_the_footer_at_every_width(desk: Desk, width: int) -> None:
    """What does not fit is left out before Help is."""
    async with desk.app().run_test(notifications=True, size=(width, 24)) as pilot:
        await shows(pilot, "No posts are open")
        assert picture(pilot.app)[-1].endswith("? Help")  # type: ignore[arg-type]  # the app under test


async def test_help_lists_every_key_of_the_screen_that_asked(desk: Desk) -> None:
    """From the same table, each with its id."""
    app = desk.app()
    async with app.run_test(notifications=True, size=(120, 70)) as pilot:
        await shows(pilot, "No posts are open")
        await pilot.press("question_mark")
        screen = await shows(pilot, "Keys: Queue")
        for key in keys.of("queue"):
            assert key.id in screen
        await pilot.press("escape")
        await shows(pilot, "No posts are open")


async def test_the_palette_has_no_command_of_textual_that_writes_a_file(desk: Desk) -> None:
    """A screenshot of the queue is its text in a file that everybody can read."""
    app = desk.app()
    async with app.run_test(notifications=True, size=(120, 36)):
        titles = [command.title for command in app.get_system_commands(app.screen)]
    assert any(title.startswith("Hold") for title in titles)
    assert not [title for title in titles if "creenshot" in title or "heme" in title]
