"""The themes can be read by everybody, and nothing is told by colour alone."""

import pytest
from rich.cells import cell_len
from textual.color import Color
from textual.theme import Theme

from purdah_scheduler.config.schema import THEMES as CONFIGURABLE
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import DeliveryState, PostState
from purdah_scheduler.tui import theme as themes
from purdah_scheduler.tui.words import state_word, verdict_word
from tests.tui.conftest import Desk
from tests.tui.seeing import shows

COLOURED = [themes.DARK, themes.LIGHT, themes.HIGH_CONTRAST]


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", themes.GROUNDS)
@pytest.mark.parametrize("ink", themes.INKS)
def test_every_text_has_a_contrast_of_seven_to_one(theme: Theme, ground: str, ink: str) -> None:
    """WCAG 2.2 level AAA, for each ink on each ground."""
    assert themes.contrast(themes.colour(theme, ink), themes.colour(theme, ground)) >= 7


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
@pytest.mark.parametrize(("ink", "ground"), themes.BANDS)
def test_bands_and_notices_have_a_contrast_of_seven_to_one(theme: Theme, ink: str, ground: str) -> None:
    """The bands of the calendar and the notice in line 2."""
    assert themes.contrast(themes.colour(theme, ink), themes.colour(theme, ground)) >= 7


def test_the_contrast_of_black_on_white_is_twenty_one() -> None:
    """The measure itself is right at its two ends."""
    black, white = Color.parse("#000000"), Color.parse("#ffffff")
    assert themes.contrast(black, white) == pytest.approx(21)
    assert themes.contrast(white, white) == pytest.approx(1)


def test_every_theme_of_the_configuration_exists() -> None:
    """What `[interface] theme` takes is what is here."""
    assert {theme.name for theme in COLOURED} == set(CONFIGURABLE)


@pytest.mark.parametrize("state", [*PostState, *DeliveryState])
def test_a_state_is_told_by_a_word_and_a_sign_of_one_cell(state: str) -> None:
    """Also without colour, and no sign is an emoji whose width terminals disagree on."""
    word = state_word(state)
    assert word.word
    assert cell_len(word.sign) == 1
    assert len(word.sign.encode("utf-8")) < 4


def test_no_two_states_share_their_word() -> None:
    """`scheduled` is both a post's and a delivery's and means the same to people."""
    words = [state_word(state).word for state in {*map(str, PostState), *map(str, DeliveryState)}]
    assert len(words) == len(set(words))


def test_the_three_verdicts_differ_in_word_and_sign() -> None:
    """A verdict is never only a colour."""
    assert len({verdict_word(verdict).word for verdict in Verdict}) == 3
    assert len({verdict_word(verdict).sign for verdict in Verdict}) == 3


async def test_without_colour_the_queue_is_drawn_and_the_cursor_is_marked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR: a list whose segments lack a style crashes there and only there."""
    monkeypatch.setenv("NO_COLOR", "1")
    desk.furnish()
    app = desk.app(without_colour=True)
    async with app.run_test(notifications=True, size=(120, 36)) as pilot:
        await shows(pilot, "HELD", "▌", "PRE-ELECTION PERIOD")
        assert app.theme == themes.PLAIN
        await pilot.press("m", "escape", "enter")
        await shows(pilot, "Pre-election check")
    assert app.return_code == 0 or app.crash is None


@pytest.mark.parametrize("name", CONFIGURABLE)
async def test_each_theme_opens_the_queue_and_a_box(desk: Desk, name: str) -> None:
    """Every variable that a style sheet names is defined in every theme."""
    desk.furnish()
    app = desk.app(theme=name)
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await shows(pilot, "HELD")
        await pilot.press("exclamation_mark")
        await shows(pilot, "Stop all publishing")
        assert app.theme == name
