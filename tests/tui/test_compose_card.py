"""The card of a link and the focus of a picture in compose: where they are offered, what is wrong with them, what is saved."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from purdah_scheduler.application import writing
from purdah_scheduler.application.writing import Attachment, Draft
from purdah_scheduler.domain.content import Card, Media
from purdah_scheduler.domain.focus import Focus
from purdah_scheduler.errors import BadInput
from purdah_scheduler.tui.compose import ComposeScreen
from purdah_scheduler.tui.compose_card import CardBox, CardPicture
from purdah_scheduler.tui.compose_fields import Field, Tick
from purdah_scheduler.tui.compose_form import Attached, Form, Times, draft_of, from_document, read_focuses, same_form, to_document
from purdah_scheduler.tui.compose_pictures import PictureList
from tests.tui.conftest import Desk
from tests.tui.seeing import seen, settled, shows, until
from tests.tui.test_compose import drafts, fill, opened, ours, put, read
from tests.tui.test_compose_pictures import attach, png
from tests.tui.test_hostile import BODIES, harmful

CARD = Card(address="https://www.gov.uk/check-flooding", title="Check for flooding", description="Near you.")
TALL = (120, 60)


def networks(desk: Desk, *channels: str) -> None:
    """Put the accounts on these channels."""
    accounts = tuple(
        replace(account, channel=channel) for account, channel in zip(desk.office.house.accounts, channels, strict=True)
    )
    desk.office = replace(desk.office, house=replace(desk.office.house, accounts=accounts))


def with_card(desk: Desk, card: Card = CARD, *, picture: bytes = b"") -> int:
    """A draft with a card."""
    of_card = Attachment(data=picture, type="image/png", alt="") if picture else None
    draft = Draft(accounts=("dlt",), text="Words.", category="operational-service", card=card, card_picture=of_card)
    return writing.new_post(desk.office, desk.actor(), draft)


def with_focus(desk: Desk, *focuses: Focus | None) -> int:
    """A draft with a picture for each of these."""
    pictures = tuple(
        Attachment(data=png(8, 8, bytes([number])), type="image/png", alt=f"Image {number}", focus=focus)
        for number, focus in enumerate(focuses, start=1)
    )
    draft = Draft(accounts=("dlt",), text="Words.", category="operational-service", attachments=pictures)
    return writing.new_post(desk.office, desk.actor(), draft)


def focuses(desk: Desk, post: int) -> list[tuple[str, Focus | None]]:
    """Which focus each stored picture has."""
    return [(medium.alt, medium.focus) for medium in read(desk, post).revision.content.media]


def kept(screen: ComposeScreen) -> Form:
    """The form as the fields stand."""
    return screen.form.read()


async def tick(pilot: Pilot[None], screen: ComposeScreen, account: str) -> None:
    """Tick or untick an account."""
    next(one for one in screen.query(Tick) if one.name == account).action_tick()
    await pilot.pause()


async def finds(pilot: Pilot[None], screen: ComposeScreen, *words: str) -> None:
    """Wait until the checks say all of these are wrong."""

    def told() -> bool:
        problems = "\n".join(screen.checks.problems) if screen.checks is not None else ""
        return all(one in problems for one in words)

    await until(pilot, told, what=f"{words} among the problems")


async def saved(pilot: Pilot[None], desk: Desk, post: int, *, revision: int = 2) -> None:
    """Save, and wait for that revision."""
    await pilot.press("ctrl+s")
    await until(pilot, lambda: read(desk, post).revision.number == revision)


# --- the card -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [TALL, (80, 24)])
async def test_a_card_has_its_fields_where_a_ticked_account_shows_one(desk: Desk, size: tuple[int, int]) -> None:
    networks(desk, "bluesky", "x")
    async with desk.app().run_test(size=size) as pilot:
        screen = await opened(pilot)
        box = screen.query_one(CardBox)
        await tick(pilot, screen, "dlt-news")
        await until(pilot, lambda: not box.display)
        await tick(pilot, screen, "dlt")
        await until(pilot, lambda: box.display)
        assert not screen.query_one("#card-more").display
        put(screen, "card_address", CARD.address)
        await until(pilot, lambda: screen.query_one("#card-more").display)
        screen.query_one("#card_path").focus()
        await shows(pilot, "shown on dlt; not on dlt-news: give the link in the text too")
        await tick(pilot, screen, "dlt")
        await shows(pilot, "no account that is ticked shows it")


async def test_what_is_wrong_with_a_card_is_told_while_it_is_typed_by_the_rules_that_the_command_asks(desk: Desk) -> None:
    networks(desk, "bluesky", "x")
    async with desk.app().run_test(size=TALL) as pilot:
        screen = await opened(pilot)
        await fill(pilot, screen, "Words.")
        put(screen, "card_address", "gov.uk/check")
        await finds(pilot, screen, "dlt: The card's address is not one of the web", "dlt: The card has no title.")
        put(screen, "card_address", CARD.address)
        put(screen, "card_title", "t" * 301)
        await finds(pilot, screen, "dlt: The card's title has 301 characters; 300 fit.")
        put(screen, "card_title", CARD.title)
        await shows(pilot, "√ Allowed")
        await until(pilot, lambda: screen.checks is not None and not screen.checks.problems)


async def test_a_card_with_its_picture_is_shown_as_readers_see_it_and_saved(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "map.png").write_bytes(png(1200, 675))
    async with desk.app().run_test(size=TALL, notifications=True) as pilot:
        screen = await opened(pilot)
        await fill(pilot, screen, "Words.")
        for name in ("address", "title", "description"):
            put(screen, f"card_{name}", getattr(CARD, name))
        await pilot.pause()
        put(screen, "card_path", str(tmp_path / "map.png"))
        screen.query_one("#card_path", Field).focus()
        await pilot.press("enter")
        await shows(pilot, "on the card  map.png  PNG  1,200 by 675  64 bytes")
        await pilot.press("f7")
        await shows(pilot, "Card: Check for flooding  to https://www.gov.uk/check-flooding", "PNG, 1200 by 675, 64 bytes")
        await pilot.press("space", "ctrl+s")
        await shows(pilot, "is saved, revision 1")
        post = screen.saved.post
        assert post is not None
        stored = read(desk, post).revision.content.card
        assert stored is not None
        assert stored.picture is not None
        assert replace(stored, picture=None) == CARD
        assert stored.picture.size == 64
        await until(pilot, lambda: same_form(kept(screen), screen.saved))
        put(screen, "card_title", "Floods")
        await saved(pilot, desk, post)
    again = read(desk, post).revision.content.card
    assert again == replace(stored, title="Floods")


async def test_a_card_goes_with_its_words_and_its_picture_alone_by_a_capital_d(desk: Desk) -> None:
    post = with_card(desk, picture=png(8, 8))
    async with desk.app().run_test(size=TALL, notifications=True) as pilot:
        screen = await opened(pilot, post)
        await shows(pilot, "on the card  ", "PNG  8 by 8  64 bytes")
        screen.query_one(CardPicture).focus()
        await shows(pilot, "D take away")
        await pilot.press("D")
        await saved(pilot, desk, post)
        assert read(desk, post).revision.content.card == CARD
        for name in ("address", "title", "description"):
            put(screen, f"card_{name}", "")
        await saved(pilot, desk, post, revision=3)
    assert read(desk, post).revision.content.card is None


async def test_an_unsaved_card_is_kept_and_offered_again_with_its_picture(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "map.png").write_bytes(png(9, 9))
    async with desk.app().run_test(size=TALL, notifications=True) as pilot:
        screen = await opened(pilot)
        await fill(pilot, screen, "Words.")
        put(screen, "card_address", CARD.address)
        screen.query_one(CardBox).attach(Attached(path=str(tmp_path / "map.png"), alt=""))
        await until(pilot, lambda: drafts(desk))
        form = kept(screen)
    assert form.card_picture is not None
    assert from_document(to_document(form)) == form
    async with desk.app().run_test(size=TALL, notifications=True) as pilot:
        screen = await opened(pilot)
        screen.show(form)
        await shows(pilot, "on the card  map.png  PNG  9 by 9")
        assert same_form(kept(screen), form)


@pytest.mark.parametrize("body", [BODIES[name] for name in ("closing tag", "colour", "direction override", "tags", "long")])
async def test_hostile_words_of_a_card_are_shown_harmless_and_left_as_they_are(desk: Desk, body: str) -> None:
    card = Card(address=body, title=body, description=body, picture=Media(sha256=body, size=1, type=body, alt=body))
    form = Form(text="Words.", accounts=("dlt",), category="event", card=card, points=(body,))
    async with desk.app().run_test(size=TALL, notifications=True) as pilot:
        screen = await opened(pilot)
        before = harmful(seen(ours(pilot)))
        screen.show(form)
        await settled(pilot)
        await shows(pilot, "on the card")
        assert harmful(seen(ours(pilot))) <= before
        assert kept(screen).card == card


# --- the focus of a picture ---------------------------------------------------------------------------------------


async def test_a_focus_is_offered_where_an_account_crops_pictures_and_saved_with_its_picture(desk: Desk, tmp_path: Path) -> None:
    networks(desk, "mastodon", "x")
    (tmp_path / "map.png").write_bytes(png(1200, 675))
    async with desk.app().run_test(size=TALL, notifications=True) as pilot:
        screen = await opened(pilot)
        await fill(pilot, screen, "Words.")
        await attach(pilot, screen, tmp_path / "map.png")
        await shows(pilot, "focus", "0,0 is the middle, -1,1 the upper left corner")
        (box,) = screen.query_one(PictureList).boxes
        box.alt.value = "A map"
        await tick(pilot, screen, "dlt")
        await until(pilot, lambda: not box.cropped.display)
        await tick(pilot, screen, "dlt")
        box.point.value = "0,0.5"
        await shows(pilot, "stays in sight where dlt crops it")
        await pilot.press("f7")
        await shows(pilot, "cropped around 0,0.5")
        await pilot.press("space", "ctrl+s")
        await shows(pilot, "is saved, revision 1")
        post = screen.saved.post
        assert post is not None
        await until(pilot, lambda: same_form(kept(screen), screen.saved))
    assert focuses(desk, post) == [("A map", Focus(x=0, y=50))]


async def test_a_focus_that_cannot_be_read_is_told_and_nothing_is_saved_with_it(desk: Desk) -> None:
    post = with_focus(desk, Focus(x=50, y=0))
    async with desk.app().run_test(size=TALL, notifications=True) as pilot:
        screen = await opened(pilot, post)
        (box,) = screen.query_one(PictureList).boxes
        assert box.point.value == "0.5,0"
        box.point.value = "0.5,9"
        await shows(pilot, "cannot be read", "Image 1: The focus", "6/500")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert read(desk, post).revision.number == 1
        box.point.value = ""
        await saved(pilot, desk, post)
    assert focuses(desk, post) == [("Image 1", None)]


async def test_a_focus_moves_and_goes_with_its_picture(desk: Desk) -> None:
    post = with_focus(desk, Focus(x=0, y=50), None, Focus(x=-100, y=0))
    async with desk.app().run_test(size=TALL, notifications=True) as pilot:
        screen = await opened(pilot, post)
        boxes = screen.query_one(PictureList).boxes
        boxes[0].head.focus()
        await pilot.press("greater_than_sign")
        boxes[2].head.focus()
        await pilot.press("D")
        await saved(pilot, desk, post)
    assert focuses(desk, post) == [("Image 2", None), ("Image 1", Focus(x=0, y=50))]


def test_typed_focuses_reach_the_pictures_that_they_stand_at_whatever_their_order() -> None:
    stored = Media(sha256="ab", size=1, type="image/png", alt="stored", focus=Focus(x=1, y=1))
    new = Attached(path="new.png", alt="new")
    form = Form(accounts=("dlt",)).with_pictures([new, stored], ["0.5,0", "0,-1"])
    draft = draft_of(form, Times(), (Attachment(data=b"", type="image/png", alt="new"),))
    assert [file.focus for file in draft.attachments] == [Focus(x=50, y=0)]
    assert [medium.focus for medium in draft.keep_media] == [Focus(x=0, y=-100)]
    assert draft.in_order(["stored", "new"]) == ("new", "stored")


def test_a_form_without_typed_focuses_has_those_of_its_pictures() -> None:
    stored = Media(sha256="ab", size=1, type="image/png", alt="", focus=Focus(x=1, y=-1))
    form = Form(kept=(stored,))
    assert form.focuses == ("0.01,-0.01",)
    assert form.with_pictures([stored], ["0.01,-0.01"]) == form
    assert read_focuses(form)[0] == (stored.focus,)


def test_a_focus_that_cannot_be_read_names_its_picture() -> None:
    form = Form().with_pictures([Attached(path="a.png", alt=""), Attached(path="b.png", alt="")], ["", "left"])
    with pytest.raises(BadInput, match="Image 2: “left” is no point"):
        draft_of(form, Times(), ())
