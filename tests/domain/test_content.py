"""The text normal form and the digest that a clearance is bound to."""

import string
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.domain.content import (
    AccountContent,
    Card,
    Content,
    Marks,
    Media,
    canonical,
    clean_text,
    digest,
    digest_matches,
    short,
)
from purdah_scheduler.domain.focus import Focus
from purdah_scheduler.errors import BadInput, BadText

OPENS = datetime(2026, 4, 14, 8, 0, tzinfo=UTC)
ENTRY = AccountContent(account="dfx-x", channel="x", parts=("Clocks go back on Sunday.",))
BASE = Content(
    accounts=(ENTRY, AccountContent(account="dfx-blog", channel="outbox", parts=("Clocks go back.",))),
    category="operational-service",
    media=(Media(sha256="ab" * 32, size=3, type="image/png", alt="A clock"),),
    not_before=OPENS,
    not_after=OPENS + timedelta(hours=4),
)


def with_entry(**changes: object) -> Content:
    return replace(BASE, accounts=(replace(ENTRY, **changes), BASE.accounts[1]))  # type: ignore[arg-type]  # built by name


def with_medium(**changes: object) -> Content:
    return replace(BASE, media=(replace(BASE.media[0], **changes),))  # type: ignore[arg-type]  # built by name


THUMB = Media(sha256="ef" * 32, size=5, type="image/jpeg", alt="")
CARD = Card(address="https://www.gov.uk/when", title="When do the clocks change?", description="Twice a year.", picture=THUMB)


def with_card(**changes: object) -> Content:
    return replace(BASE, card=replace(CARD, **changes))  # type: ignore[arg-type]  # built by name


CHANGES: dict[str, Callable[[], Content]] = {
    "text": lambda: with_entry(parts=("Clocks go back on Sunday!",)),
    "a space": lambda: with_entry(parts=("Clocks go back on  Sunday.",)),
    "parts split elsewhere": lambda: with_entry(parts=("Clocks go ", "back on Sunday.")),
    "account": lambda: with_entry(account="dfx-y"),
    "channel": lambda: with_entry(channel="outbox"),
    "reply target": lambda: with_entry(reply_to="1"),
    "visibility": lambda: with_entry(visibility="unlisted"),
    "content warning": lambda: with_entry(content_warning="floods"),
    "language": lambda: with_entry(lang="cy"),
    "one account fewer": lambda: replace(BASE, accounts=BASE.accounts[:1]),
    "picture": lambda: with_medium(sha256="cd" * 32),
    "picture's size": lambda: with_medium(size=4),
    "picture's type": lambda: with_medium(type="image/jpeg"),
    "alternative text": lambda: with_medium(alt="A watch"),
    "no picture": lambda: replace(BASE, media=()),
    "picture twice": lambda: replace(BASE, media=BASE.media * 2),
    "focus in the middle": lambda: with_medium(focus=Focus(x=0, y=0)),
    "focus on the left": lambda: with_medium(focus=Focus(x=-50, y=0)),
    "focus below": lambda: with_medium(focus=Focus(x=0, y=-50)),
    "card": with_card,
    "card's address": lambda: with_card(address="https://www.gov.uk/when-do"),
    "card's title": lambda: with_card(title="When?"),
    "card's description": lambda: with_card(description=""),
    "card's picture": lambda: with_card(picture=replace(THUMB, sha256="ee" * 32)),
    "type of the card's picture": lambda: with_card(picture=replace(THUMB, type="image/png")),
    "size of the card's picture": lambda: with_card(picture=replace(THUMB, size=6)),
    "no picture on the card": lambda: with_card(picture=None),
    "words of the card changed about": lambda: with_card(title="Twice a year.", description="When do the clocks change?"),
    "opening of the window": lambda: replace(BASE, not_before=OPENS + timedelta(seconds=1)),
    "end of the window": lambda: replace(BASE, not_after=None),
    "category": lambda: replace(BASE, category="announcement"),
    "nation": lambda: replace(BASE, nation="Wales"),
    "area": lambda: replace(BASE, area="Leeds"),
    "names a politician": lambda: replace(BASE, marks=Marks(names_politician=True)),
    "partisan": lambda: replace(BASE, marks=Marks(partisan=True)),
    "joint with the UK government": lambda: replace(BASE, marks=Marks(joint_uk=True)),
    "touches the referendum": lambda: replace(BASE, marks=Marks(touches_referendum=True)),
    "campaign": lambda: replace(BASE, marks=Marks(campaign="Clocks")),
}


@pytest.mark.parametrize("what", CHANGES)
def test_any_change_of_what_is_cleared_changes_the_digest(what: str) -> None:
    assert digest(CHANGES[what]()) != digest(BASE)


def test_every_change_gives_a_digest_of_its_own() -> None:
    digests = {digest(make()) for make in CHANGES.values()} | {digest(BASE)}
    assert len(digests) == len(CHANGES) + 1


def test_the_order_in_which_accounts_were_named_does_not_matter() -> None:
    assert digest(replace(BASE, accounts=BASE.accounts[::-1])) == digest(BASE)


def test_the_order_of_pictures_does_matter() -> None:
    two = (*BASE.media, replace(BASE.media[0], sha256="cd" * 32))
    assert digest(replace(BASE, media=two)) != digest(replace(BASE, media=two[::-1]))


def test_the_same_instant_in_another_zone_is_the_same_window() -> None:
    elsewhere = OPENS.astimezone(timezone(timedelta(hours=1)))
    assert digest(replace(BASE, not_before=elsewhere)) == digest(BASE)


def test_the_digest_never_changes_between_releases() -> None:
    """A stored clearance must still match after an upgrade: this value is part of the format."""
    plain = Content(accounts=(ENTRY,), category="operational-service")
    assert canonical(plain) == (
        b'{"accounts":[{"account":"dfx-x","channel":"x","content_warning":"","lang":"en","parts":["Clocks go back on Sunday."],'
        b'"reply_to":"","visibility":"public"}],"area":"","category":"operational-service","marks":{"campaign":"","joint_uk":false,'
        b'"names_politician":false,"partisan":false,"touches_referendum":false},"media":[],"nation":"UK","not_after":null,'
        b'"not_before":null}'
    )


def test_a_card_and_a_focus_are_part_of_the_format_too() -> None:
    content = with_card()
    assert b'"card":{"address":"https://www.gov.uk/when","description":"Twice a year.","picture":{"bytes":5,' in canonical(
        content
    )
    assert b'"focus":[-50,25]' in canonical(with_medium(focus=Focus(x=-50, y=25)))
    assert b"card" not in canonical(BASE)
    assert b"focus" not in canonical(BASE)


def test_every_file_that_a_post_needs_is_known_with_that_of_its_card() -> None:
    assert with_card().files == (*BASE.media, THUMB)
    assert with_card(picture=None).files == BASE.files == BASE.media


def test_text_is_stored_in_one_normal_form() -> None:
    assert clean_text("Siân\r\nCaffe\u0301\rend \n") == "Siân\nCaffé\nend"


@pytest.mark.parametrize(
    ("text", "position"),
    [("abc\x1b[2J", 4), ("\x00", 1), ("a\x85b", 2), ("a\u202eb", 2), ("ab\u202a", 3), ("\ud800", 1), ("x\x7f", 2)],
)
def test_hidden_characters_are_refused_with_their_position(text: str, position: int) -> None:
    with pytest.raises(BadText, match=f"position {position}"):
        clean_text(text)


@pytest.mark.parametrize("text", ["Ŵyl y Banc", "👩‍👩‍👧", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "سلام", "a\u200cb", "one\ttwo", "[/] [@click=x]"])
def test_ordinary_text_of_any_language_is_kept(text: str) -> None:
    assert clean_text(text) == unicodedata.normalize("NFC", text)


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    try:
        once = clean_text(text)
    except BadText:
        return
    assert clean_text(once) == once
    assert digest(with_entry(parts=(once,))) == digest(with_entry(parts=(clean_text(once),)))


@given(
    st.lists(st.text(string.printable, max_size=5), min_size=1, max_size=4),
    st.lists(st.text(string.printable, max_size=5), min_size=1),
)
def test_parts_that_differ_never_share_a_digest(one: list[str], other: list[str]) -> None:
    same = digest(with_entry(parts=tuple(one))) == digest(with_entry(parts=tuple(other)))
    assert same is (one == other)


def test_the_short_form_is_what_people_say() -> None:
    full = digest(BASE)
    assert short(full) == f"{full[:4]}-{full[4:8]}"
    assert digest_matches(short(full), full)
    assert digest_matches(short(full).upper().replace("-", ""), full)
    assert digest_matches(short(full).replace("-", " "), full)
    assert digest_matches(full, full)


@pytest.mark.parametrize("typed", ["", "7f3a", "7f3a-91c", "zzzz-zzzz", "7f3a-91c2-00"])
def test_less_than_the_short_form_never_matches(typed: str) -> None:
    assert not digest_matches(typed, "7f3a91c2" + "0" * 56) or typed == "7f3a-91c2"


def test_a_window_must_open_before_it_closes() -> None:
    with pytest.raises(BadInput, match="closes before it opens"):
        replace(BASE, not_after=BASE.not_before)


def test_an_account_is_named_once() -> None:
    with pytest.raises(BadInput, match="named twice"):
        replace(BASE, accounts=(ENTRY, ENTRY))
    with pytest.raises(BadInput, match="no account"):
        replace(BASE, accounts=())
