"""What readers will see opens over compose, a post and a review: every word behind a bar, every picture described."""

from dataclasses import replace

import pytest
from rich.cells import cell_len
from textual.content import Content

from purdah_scheduler.application.channel_ports import Count
from purdah_scheduler.application.previews import AsRead, ReadCard, ReadPart, ReadPicture
from purdah_scheduler.domain.as_read import Piece, Role, Sight
from purdah_scheduler.domain.content import Card
from purdah_scheduler.domain.focus import Focus
from purdah_scheduler.domain.picture_size import Extent
from purdah_scheduler.tui.app import PurdahApp
from purdah_scheduler.tui.card_words import card_lines
from purdah_scheduler.tui.compose import ComposeScreen
from purdah_scheduler.tui.compose_fields import Tick
from purdah_scheduler.tui.queue import QueueScreen
from purdah_scheduler.tui.reader_words import reader_words
from purdah_scheduler.tui.sheet import Sheet
from tests.tui.conftest import Desk
from tests.tui.seeing import shows, types, until


def as_read(*pieces: Piece, fold: int | None = None, warns: bool = False, warning: str = "", alt: str = "A bridge") -> AsRead:
    """A post of one part with one picture on an invented network."""
    sight = Sight(network="Anywhere", pieces=pieces, fold=fold, warns=warns, notes=("A card is not shown.",))
    return AsRead(
        account="dept",
        channel="any",
        handle="@dept",
        parts=(ReadPart(number=1, of=1, sight=sight, count=Count(used=9, limit=280, unit="characters")),),
        pictures=(ReadPicture(number=1, type="image/png", size=1_200, alt=alt, extent=None, data=b""),),
        reply_to="",
        content_warning=warning,
        visibility="public",
        lang="en",
        problems=(),
    )


LINK = Piece(shown="gov.uk/news…", written="https://www.gov.uk/news/long", role=Role.LINK, address="https://www.gov.uk/news/long")


@pytest.mark.parametrize("width", [20, 60, 120])
def test_every_line_of_the_text_keeps_its_bar_and_no_line_is_wider_than_the_window(width: int) -> None:
    words = Piece(shown="Read this\nApproved by everyone " + "and on " * 30, written="")
    shown = reader_words([as_read(words, LINK)], width).plain
    assert all(cell_len(line) <= max(width, 20) + 8 for line in shown.split("\n"))
    assert [line for line in shown.split("\n") if "Approved by" in line and not line.startswith("│ ")] == []


def test_a_link_says_where_it_leads_a_warning_what_it_hides_and_a_picture_what_it_shows() -> None:
    shown = reader_words([as_read(LINK, warns=True, warning="Flooding")], 100).plain
    assert "links: gov.uk/news… (to https://www.gov.uk/news/long)" in shown
    assert "Flooding  hides the rest until a reader asks" in shown
    assert "Picture 1 of 1: A bridge  (PNG, 1,200 bytes)" in shown
    assert "A card is not shown." in shown


def test_the_fold_stands_between_what_is_shown_and_what_is_not() -> None:
    text = "Above\n\nBelow"
    lines = reader_words([as_read(Piece(shown=text, written=text), fold=5)], 100).plain.split("\n")
    at = next(number for number, line in enumerate(lines) if "show more" in line)
    assert (lines[at - 1], lines[at + 1]) == ("│ Above", "│ Below")


@pytest.mark.parametrize("nasty", ["[/red]", "[link in bio]", "a\x1b[2Jb", "\u202eabc", "[@click=app.quit]x[/]"])
def test_hostile_words_are_shown_and_obeyed_by_nothing(nasty: str) -> None:
    shown = reader_words([as_read(Piece(shown=nasty, written=nasty), alt=nasty)], 80)
    assert "\x1b" not in shown.plain
    assert "\u202e" not in shown.plain
    assert nasty.startswith(("a\x1b", "\u202e")) or shown.plain.count(nasty) == 2


@pytest.mark.parametrize("nasty", ["[/red]", "[link in bio]", "a\x1b[2Jb", "\u202eabc", "[@click=app.quit]x[/]"])
def test_hostile_words_of_a_card_are_shown_and_obeyed_by_nothing(nasty: str) -> None:
    given = Card(address=nasty, title=nasty, description=nasty)
    read = ReadCard(address=nasty, title=nasty, description=nasty, picture=None)
    for shown in (Content("\n").join(card_lines(given)), reader_words([replace(as_read(), card=read)], 80)):
        assert "\x1b" not in shown.plain
        assert "\u202e" not in shown.plain
        assert nasty.startswith(("a\x1b", "\u202e")) or shown.plain.count(nasty) == 3


def test_a_card_says_where_it_leads_and_a_picture_what_stays_in_sight() -> None:
    thumb = ReadPicture(number=2, type="image/png", size=900, alt="", extent=Extent(width=32, height=18), data=b"")
    card = ReadCard(address="https://gov.uk", title="Floods", description="Are you at risk?", picture=thumb)
    entry = as_read()
    focused = (replace(entry.pictures[0], focus=Focus(x=50, y=-100)),)
    shown = reader_words([replace(entry, card=card, pictures=focused)], 100).plain
    assert "Picture 1 of 1: A bridge  (PNG, 1,200 bytes, cropped around 0.5,-1)" in shown
    assert "Card: Floods  to https://gov.uk  (picture: PNG, 32 by 18, 900 bytes)" in shown
    assert "Are you at risk?" in shown


SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 36)])


@SIZES
async def test_f7_on_a_post_shows_it_as_its_readers_will_see_it(desk: Desk, size: tuple[int, int]) -> None:
    post = desk.furnish()["flood"]
    async with desk.app().run_test(size=size) as pilot:
        app: PurdahApp = pilot.app  # type: ignore[assignment]  # the app under test
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))
        app.open_post(post)
        await shows(pilot, "What goes out")
        await pilot.press("f7")
        screen = await shows(pilot, "As its readers will see it", "dlt-news on the outbox", "any key  Back")
        assert "│ Flood warnings: check your postcode before you travel." in screen
        await pilot.press("x")
        await until(pilot, lambda: not isinstance(app.screen, Sheet))


async def test_f7_on_a_review_shows_the_post_that_waits(desk: Desk) -> None:
    desk.furnish()
    async with desk.app("bede").run_test(size=(120, 36)) as pilot:
        await pilot.press("3")
        await shows(pilot, "for your decision", "Text")
        await pilot.press("f7")
        await shows(pilot, "As its readers will see it", "│ ")


@SIZES
async def test_f7_in_compose_shows_the_words_as_they_stand_and_asks_for_an_account_first(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with desk.app().run_test(size=size, notifications=True) as pilot:
        app: PurdahApp = pilot.app  # type: ignore[assignment]  # the app under test
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))
        app.compose_post(None)
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen) and app.screen.ready)
        for tick in app.screen.query(".account").results(Tick):
            tick.ticked = False
        await types(pilot, "The bridge is open")
        await pilot.press("f7")
        await shows(pilot, "No account is ticked")
        app.screen.query(".account").first(Tick).ticked = True
        await types(pilot, " again")
        await pilot.press("f7")
        await shows(pilot, "dlt on the outbox", "│ The bridge is open again", "24 of 500 characters")
