"""The difference of two contents: every field that is digested by its name, and nothing where the digest is one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.domain.changes import Change, Field, changes, mark_words
from purdah_scheduler.domain.content import AccountContent, Card, Content, Marks, Media, digest
from purdah_scheduler.domain.focus import Focus
from tests.domain.test_content import BASE, CHANGES, with_card, with_entry, with_medium

NAMES: dict[str, set[Field]] = {
    "text": {Field.TEXT},
    "a space": {Field.TEXT},
    "parts split elsewhere": {Field.TEXT},
    "account": {Field.ACCOUNT, Field.TEXT},
    "channel": {Field.ACCOUNT},
    "reply target": {Field.REPLY_TO},
    "visibility": {Field.VISIBILITY},
    "content warning": {Field.CONTENT_WARNING},
    "language": {Field.LANGUAGE},
    "one account fewer": {Field.ACCOUNT, Field.TEXT},
    "picture": {Field.MEDIA},
    "picture's size": {Field.MEDIA},
    "picture's type": {Field.MEDIA},
    "alternative text": {Field.ALT},
    "no picture": {Field.MEDIA},
    "picture twice": {Field.MEDIA},
    "focus in the middle": {Field.FOCUS},
    "focus on the left": {Field.FOCUS},
    "focus below": {Field.FOCUS},
    "card": {Field.CARD},
    "card's address": {Field.CARD},
    "card's title": {Field.CARD},
    "card's description": {Field.CARD},
    "card's picture": {Field.CARD},
    "type of the card's picture": {Field.CARD},
    "size of the card's picture": {Field.CARD},
    "no picture on the card": {Field.CARD},
    "words of the card changed about": {Field.CARD},
    "opening of the window": {Field.NOT_BEFORE},
    "end of the window": {Field.NOT_AFTER},
    "category": {Field.CATEGORY},
    "nation": {Field.NATION},
    "area": {Field.AREA},
    "names a politician": {Field.MARKS},
    "partisan": {Field.MARKS},
    "joint with the UK government": {Field.MARKS},
    "touches the referendum": {Field.MARKS},
    "campaign": {Field.MARKS},
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_digested_field_is_named_when_it_changes_and_no_other(name: str) -> None:
    assert {change.field for change in changes(BASE, CHANGES[name]())} == NAMES[name]
    assert {change.field for change in changes(CHANGES[name](), BASE)} == NAMES[name]


def test_every_field_that_can_differ_is_among_those_that_were_tried() -> None:
    assert set().union(*NAMES.values()) == set(Field)


def test_what_it_was_and_what_it_is_are_told_with_the_account() -> None:
    assert changes(BASE, with_entry(content_warning="floods", lang="cy")) == (
        Change(field=Field.CONTENT_WARNING, account="dfx-x", before="", after="floods"),
        Change(field=Field.LANGUAGE, account="dfx-x", before="en", after="cy"),
    )
    assert changes(with_medium(alt="A [/red] clock"), BASE) == (
        Change(field=Field.ALT, before="A [/red] clock", after="A clock", number=1),
    )


def test_a_card_is_told_line_by_line_and_a_focus_with_the_number_of_its_picture() -> None:
    (change,) = changes(with_card(), with_card(title="When?"))
    assert change.before.split("\n") == [
        "address: https://www.gov.uk/when",
        "title: When do the clocks change?",
        "description: Twice a year.",
        "picture: image/jpeg, 5 bytes, efefefef",
    ]
    assert change.after.split("\n")[1] == "title: When?"
    assert changes(BASE, with_card())[0].before == ""
    assert changes(with_medium(focus=Focus(x=-50, y=25)), BASE) == (
        Change(field=Field.FOCUS, before="-0.5,0.25", after="", number=1),
    )


def test_an_account_that_comes_is_told_with_its_words_and_what_is_out_of_the_ordinary() -> None:
    more = replace(BASE, accounts=(*BASE.accounts, AccountContent(account="n", channel="x", parts=("a", "b"), lang="cy")))
    assert changes(BASE, more) == (
        Change(field=Field.ACCOUNT, account="n", before="", after="x"),
        Change(field=Field.TEXT, account="n", before="", after="a\n---\nb"),
        Change(field=Field.LANGUAGE, account="n", before="en", after="cy"),
    )


def test_an_instant_is_said_as_the_caller_says_it() -> None:
    (change,) = changes(replace(BASE, not_after=None), BASE, say=lambda at: f"{at:%H:%M}")
    assert (change.before, change.after) == ("", "12:00")


def test_marks_are_said_in_words() -> None:
    assert mark_words(Marks()) == ()
    assert mark_words(Marks(joint_uk=True, campaign="Be ready")) == ("joint with the UK government", "campaign “Be ready”")


_FOCUS = (None, Focus(x=0, y=0), Focus(x=0, y=5))
_MEDIA = [Media(sha256=sign * 64, size=1, type="t", alt=alt, focus=at) for sign in "ab" for alt in "xy" for at in _FOCUS]
_THUMBS = (None, Media(sha256="c" * 64, size=1, type="t", alt=""), Media(sha256="d" * 64, size=1, type="t", alt=""))
_CARDS = [None, *(Card(address=a, title=b, description=b, picture=c) for a in "pq" for b in ("", "r") for c in _THUMBS)]
_WORDS = st.sampled_from(["a", "b", "a\n---\nb", ""])
_AT = st.none() | st.sampled_from([datetime(2026, 5, 7, 9, tzinfo=UTC) + timedelta(hours=hour) for hour in range(2)])


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """Contents that are often alike, so that single fields differ often."""
    names = draw(st.lists(st.sampled_from(["one", "two"]), min_size=1, unique=True))
    return Content(
        accounts=tuple(
            AccountContent(
                account=name,
                channel=draw(st.sampled_from(["x", "outbox"])),
                parts=tuple(draw(st.lists(_WORDS, min_size=1, max_size=2))),
                reply_to=draw(st.sampled_from(["", "1"])),
                visibility=draw(st.sampled_from(["public", "unlisted"])),
                content_warning=draw(st.sampled_from(["", "flood"])),
                lang=draw(st.sampled_from(["en", "cy"])),
            )
            for name in names
        ),
        category=draw(st.sampled_from(["event", "funding"])),
        area=draw(st.sampled_from(["", "Leeds"])),
        marks=Marks(partisan=draw(st.booleans()), campaign=draw(st.sampled_from(["", "c"]))),
        media=tuple(draw(st.lists(st.sampled_from(_MEDIA), max_size=2))),
        card=draw(st.sampled_from(_CARDS)),
        not_before=None,
        not_after=draw(_AT),
    )


@given(contents(), contents())
def test_nothing_differs_exactly_where_the_digest_is_one(one: Content, other: Content) -> None:
    found = changes(one, other)
    assert (not found) == (digest(one) == digest(other))
    assert all(change.before != change.after for change in found)
