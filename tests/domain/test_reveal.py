"""What people wrote is shown whole and can do nothing: no control, no hidden direction, no invisible character is left raw."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from purdah_scheduler.domain.reveal import cell_width, fit, one_line, reveal

ENGLAND, SCOTLAND, WALES = (
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    for region in ("gbeng", "gbsct", "gbwls")
)

ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates too


@pytest.mark.parametrize(
    "text",
    [
        "Clocks go back one hour on Sunday.",
        "[UPDATE] [/] [@click=app.bell]x[/] {braces} <tags>",
        "Mae\u2019r llwybr ar gau \u2013 Llŷn, ŵyl, tŷ",
        "تم تحديث الإرشادات",
        "یہ اردو ہے",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "क\u094d\u200dष",
        "zażółć gęślą jaźń",
        "e\u0301",
        "👩🏽\u200d⚕\ufe0f and 👨\u200d👩\u200d👧",
        "☎\ufe0f 1\ufe0f\u20e3 ❤\ufe0f ™\ufe0e",
        "🇬🇧",
        ENGLAND + SCOTLAND + WALES,
        "line one\nline two",
        "\U0001fae8",
        "",
    ],
)
def test_what_honest_people_write_is_shown_as_it_is(text: str) -> None:
    """Markup, Welsh, Arabic, Urdu, Persian and Hindi joiners, emoji and the three tag flags are kept."""
    assert reveal(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "␛[2J"),
        ("\x00\x07\r\x7f", "␀␇␍␡"),
        ("a\tb", "a␉b"),
        ("\x9b31m", "⟨U+009B⟩31m"),
        ("a\u202eb", "a⟨RIGHT-TO-LEFT OVERRIDE⟩b"),
        ("a\u2066b\u2069", "a⟨LEFT-TO-RIGHT ISOLATE⟩b⟨POP DIRECTIONAL ISOLATE⟩"),
        ("gov\u200b.uk", "gov⟨U+200B⟩.uk"),
        ("gov\u200d.uk", "gov⟨ZERO WIDTH JOINER⟩.uk"),
        ("gov\u200c.uk", "gov⟨ZERO WIDTH NON-JOINER⟩.uk"),
        ("\ufeffx", "⟨ZERO WIDTH NO-BREAK SPACE⟩x"),
        ("so\u00adft", "so⟨SOFT HYPHEN⟩ft"),
        ("a\u2028b", "a⟨U+2028⟩b"),
        ("\ue000", "⟨U+E000⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("\u0378", "⟨U+0378⟩"),
        ("\u3164x", "⟨U+3164⟩x"),
        ("a\ufe0fb", "a⟨U+FE0F⟩b"),
        ("1\ufe0f", "1⟨U+FE0F⟩"),
        ("\u0301x", "◌\u0301x"),
    ],
)
def test_what_is_hidden_or_commands_a_terminal_is_written_out(text: str, shown: str) -> None:
    assert reveal(text) == shown


def test_a_tag_sequence_that_is_no_flag_is_written_out() -> None:
    """Hidden words in tag characters after a black flag are not taken for a flag."""
    assert reveal("\U0001f3f4\U000e0068\U000e0069\U000e007f") == "\U0001f3f4⟨U+E0068⟩⟨U+E0069⟩⟨U+E007F⟩"


def test_a_joiner_after_a_revealed_character_is_revealed_too() -> None:
    assert reveal("a\ufe0f\u200d😀") == "a⟨U+FE0F⟩⟨ZERO WIDTH JOINER⟩😀"


def test_a_tower_of_marks_is_shown_as_numbers_beyond_the_fifth() -> None:
    assert reveal("a" + "\u0301" * 7) == "a" + "\u0301" * 5 + "⟨U+0301⟩" * 2


def test_line_ends_are_kept_or_shown_as_asked() -> None:
    assert (reveal("a\nb"), reveal("a\nb", keep_newlines=False)) == ("a\nb", "a␊b")


@given(ANY_TEXT)
@example("\u200d\u200d")
def test_revealed_text_has_nothing_that_a_terminal_obeys(text: str) -> None:
    """No C0 except the line end, no C1, no surrogate, no bidi control, no separator of lines is left."""
    for char in reveal(text):
        assert char == "\n" or unicodedata.category(char) not in ("Cc", "Cs", "Co", "Zl", "Zp")
        assert unicodedata.bidirectional(char) not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN") or (
            char in "\u200c\u200d" or 0xE0000 <= ord(char) <= 0xE007F
        )


@given(ANY_TEXT)
def test_revealing_twice_changes_nothing(text: str) -> None:
    assert reveal(reveal(text)) == reveal(text)


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters="\u115f\u1160\u2800\u3164\uffa0")))
def test_letters_numbers_punctuation_and_signs_of_every_script_are_kept(text: str) -> None:
    assert reveal(text) == text


@given(ANY_TEXT, st.integers(1, 60))
def test_one_line_is_one_line_and_fits(text: str, width: int) -> None:
    line = one_line(text, width)
    assert "\n" not in line
    assert cell_width(line) <= width


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("short", 10, "short"),
        ("exactly10!", 10, "exactly10!"),
        ("exactly 11!", 10, "exactly 1…"),
        ("first\n\nsecond", 40, "first ⏎ second"),
        ("日本語日本語", 6, "日本…"),
        ("ab👨\u200d👩\u200d👧cd", 5, "ab👨\u200d👩\u200d👧…"),
        (WALES + "abc", 4, WALES + "a…"),
        ("\x1b[31mred", 30, "␛[31mred"),
    ],
)
def test_one_line_cuts_by_cells_and_never_inside_an_emoji(text: str, width: int, shown: str) -> None:
    assert one_line(text, width) == shown


def test_a_line_that_fits_is_not_cut() -> None:
    assert fit("é" * 10, 10) == "é" * 10


@pytest.mark.parametrize(
    ("text", "cells"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("👩🏽\u200d⚕\ufe0f", 2), ("🇬🇧", 2), ("☎\ufe0f", 2)]
)
def test_width_is_counted_in_cells(text: str, cells: int) -> None:
    assert cell_width(text) == cells
