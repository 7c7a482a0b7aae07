"""The difference between two revisions names every change that a clearance is bound to, and no other."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.content import AccountContent, Content, Marks, Media
from purdah_scheduler.tui.difference import Line, beside_lines, difference, same_words

ZONE = london()
LABELS = {"announcement": "Announcement", "funding": "Funding"}


def content(text: str, *, accounts: tuple[str, ...] = ("dept-x", "dept-outbox")) -> Content:
    """The same words on every account."""
    return Content(
        accounts=tuple(AccountContent(account=name, channel=name.split("-")[1], parts=(text,)) for name in accounts),
        category="announcement",
    )


def signs(old: Content, new: Content) -> list[tuple[str, str]]:
    """Sign and text of each line."""
    return [(line.sign, line.text) for line in difference(old, new, labels=LABELS, zone=ZONE)]


def test_equal_contents_differ_in_no_line() -> None:
    assert signs(content("one\ntwo"), content("one\ntwo")) == [("#", "Text"), (" ", "one"), (" ", "two")]


def test_a_changed_line_is_shown_before_and_after_with_its_neighbours() -> None:
    assert signs(content("one\n£40m\nthree"), content("one\n£42m\nthree")) == [
        ("#", "Text"),
        (" ", "one"),
        ("-", "£40m"),
        ("+", "£42m"),
        (" ", "three"),
    ]


def test_own_words_of_one_account_are_shown_account_by_account() -> None:
    old = content("same")
    new = replace(old, accounts=(old.accounts[0], replace(old.accounts[1], parts=("own words",))))
    assert signs(old, new) == [
        ("#", "Text on dept-x"),
        (" ", "same"),
        ("#", "Text on dept-outbox"),
        ("-", "same"),
        ("+", "own words"),
    ]


def test_words_of_an_account_that_left_are_shown_as_gone() -> None:
    old = content("same")
    new = replace(content("new", accounts=("dept-x",)), category="announcement")
    old = replace(old, accounts=(old.accounts[0], replace(old.accounts[1], parts=("own",))))
    assert ("-", "own") in signs(old, new)
    assert ("-", "Account: dept-outbox (outbox)") in signs(old, new)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"category": "funding"}, [("-", "Category: Announcement"), ("+", "Category: Funding")]),
        ({"nation": "Wales"}, [("-", "Nation: UK"), ("+", "Nation: Wales")]),
        ({"area": "Northby"}, [("+", "Area: Northby")]),
        ({"marks": Marks(partisan=True)}, [("+", "Marks: party or candidate content")]),
        (
            {"not_after": datetime(2026, 5, 7, 21, tzinfo=UTC)},
            [("+", "Not after: Thu 7 May 2026 22:00 BST")],
        ),
        (
            {"media": (Media(sha256="ab" * 32, size=9, type="image/png", alt="A map"),)},
            [("+", "Media: image/png, 9 bytes, abababab, “A map”")],
        ),
    ],
)
def test_each_fact_that_is_part_of_the_digest_is_named_when_it_changes(
    change: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    old = content("same")
    new = replace(old, **change)  # type: ignore[arg-type]  # the table above has the right types
    assert signs(old, new)[2:] == [("#", "Around the words"), *expected]


def test_settings_of_an_account_are_named_when_they_change() -> None:
    old = content("same", accounts=("dept-x",))
    new = replace(
        old, accounts=(replace(old.accounts[0], lang="cy", content_warning="flood", visibility="unlisted", reply_to="1"),)
    )
    assert signs(old, new)[3:] == [
        ("+", "Reply to on dept-x: 1"),
        ("-", "Visibility on dept-x: public"),
        ("+", "Visibility on dept-x: unlisted"),
        ("+", "Content warning on dept-x: flood"),
        ("-", "Language on dept-x: en"),
        ("+", "Language on dept-x: cy"),
    ]


@pytest.mark.parametrize("trick", ["£40m  for all", "£40m\u00a0for all", "£40\u200bm for all", " £40m for all"])
def test_a_change_that_the_eye_cannot_see_is_said_in_words(trick: str) -> None:
    lines = difference(content("£40m for all"), content(trick), labels=LABELS, zone=ZONE)
    assert Line(sign="+", text=trick, note="differs in spaces or hidden characters only") in lines


def test_a_change_that_the_eye_can_see_has_no_note() -> None:
    assert all(not line.note for line in difference(content("a"), content("b"), labels=LABELS, zone=ZONE))


def test_same_words_is_about_the_words_alone() -> None:
    one = content("one")
    assert same_words(one)
    other = AccountContent(account="dept-blog", channel="outbox", parts=("two",))
    assert not same_words(replace(one, accounts=(*one.accounts, other)))


def test_side_by_side_what_was_stands_beside_what_is_and_no_line_is_wider_than_it_may() -> None:
    lines = difference(content("one\n£40m for all of it\nthree"), content("one\n£42m for all\nthree"), labels=LABELS, zone=ZONE)
    shown = [line.plain for line in beside_lines(lines, 61)]
    assert shown[0].split("│")[0].strip() == "was"
    assert "  one                         │   one" in shown
    assert any(line.startswith("- £40m for all of it") and line.endswith("│ + £42m for all") for line in shown)
    assert all(line.cell_length <= 61 for line in beside_lines(lines, 61))


def test_side_by_side_a_line_that_only_one_has_has_nothing_beside_it() -> None:
    shown = [line.plain for line in beside_lines(difference(content("one"), content("one\ntwo"), labels=LABELS, zone=ZONE), 41)]
    assert "                    │ + two" in [line.rstrip() for line in shown]


def test_side_by_side_long_words_are_wrapped_in_their_own_column() -> None:
    long = "word " * 30
    lines = difference(content(long), content(f"{long}more"), labels=LABELS, zone=ZONE)
    shown = beside_lines(lines, 50)
    assert all(line.cell_length <= 50 for line in shown)
    assert sum(line.plain.count("word") for line in shown) == 60
