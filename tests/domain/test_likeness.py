"""The same and nearly the same words: what reads alike is alike, and a number or a word that matters is told apart from noise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.domain.likeness import ALIKE, likeness, normal_words

ALERT = "Flood warning for the Tees: move what matters upstairs, check on your neighbours and stay out of the water."


@pytest.mark.parametrize(
    "other",
    [
        ALERT.upper(),
        ALERT.replace(" ", "  \n"),
        ALERT.replace(":", " \u2013").rstrip("."),
        "🌊 " + ALERT + "!!",
        ALERT.replace("Flood warning", "#Flood “warning”"),
    ],
)
def test_case_spacing_punctuation_and_emoji_make_no_difference(other: str) -> None:
    assert likeness(normal_words(ALERT), normal_words(other)) == 1.0


@pytest.mark.parametrize(
    "link",
    [
        "https://www.gov.uk/floods?utm_source=x&utm_medium=social",
        "http://gov.uk/floods/",
        "https://GOV.UK/floods?fbclid=abc#top",
        "https://www.gov.uk/floods.",
    ],
)
def test_a_link_is_where_it_leads(link: str) -> None:
    assert normal_words(f"See {link}") == normal_words("See https://www.gov.uk/floods")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://gov.uk/floods?id=1", "https://gov.uk/floods?id=2"),
        ("https://gov.uk/Floods", "https://gov.uk/floods"),
        ("It costs £3.5m", "It costs £35m"),
        ("", "Words"),
    ],
)
def test_what_differs_in_a_number_or_a_page_is_not_the_same(one: str, other: str) -> None:
    assert likeness(normal_words(one), normal_words(other)) == 0.0


def test_one_word_of_twenty_is_nearly_the_same() -> None:
    share = likeness(normal_words(ALERT), normal_words(ALERT.replace("Tees", "Ouse")))
    assert ALIKE <= share < 1.0


def test_other_words_and_the_same_words_in_another_order_are_not_alike() -> None:
    words = normal_words(ALERT)
    assert (
        likeness(words, normal_words("Our phone lines open at eight tomorrow, and close at noon on Friday for training.")) == 0.0
    )
    assert likeness(words, tuple(reversed(words))) == 0.0


def test_of_short_texts_only_the_same_are_alike() -> None:
    assert likeness(normal_words("We are open."), normal_words("we are open")) == 1.0
    assert likeness(normal_words("We are open."), normal_words("We are closed.")) == 0.0


def test_what_has_no_word_is_compared_as_it_stands() -> None:
    assert likeness(normal_words("🌊🌊"), normal_words(" 🌊🌊 ")) == 1.0
    assert likeness(normal_words("🌊"), normal_words("🔥")) == 0.0
    assert likeness(normal_words(" "), normal_words("")) == 0.0


@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_symmetrical_and_a_text_is_like_itself(one: str, other: str) -> None:
    first, second = normal_words(one), normal_words(other)
    assert (likeness(first, second) == 1.0) == (likeness(second, first) == 1.0)
    assert likeness(first, first) == (1.0 if first else 0.0)
    assert 0.0 <= likeness(first, second) <= 1.0


@given(st.lists(st.sampled_from(["https://[", "https://a.b?utm_x", "http://", "a", "é", "https://gov.uk/%zz"]), max_size=6))
def test_no_link_however_broken_stops_the_comparison(pieces: list[str]) -> None:
    words = normal_words(" ".join(pieces))
    assert words == normal_words(" ".join(pieces))
