"""Where a timeline cuts a text, and that cutting loses nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.domain.as_read import Piece, Role, Sight, fold_at


@pytest.mark.parametrize(
    ("text", "fold"),
    [
        ("short", None),
        ("a\nb\nc", None),
        ("a\nb\nc\nd", 5),
        ("one two three four five six seven", 27),
        ("a\n\n\n\nb", 1),
        ("x" * 31, 30),
    ],
)
def test_a_text_folds_after_its_third_line_of_ten_characters(text: str, fold: int | None) -> None:
    assert fold_at(text, lines=3, width=10) == fold


@given(st.text(alphabet="ab \n", max_size=80), st.integers(1, 4), st.integers(1, 12))
def test_what_is_above_and_below_the_fold_is_the_whole_text(text: str, lines: int, width: int) -> None:
    half = len(text) // 2
    pieces = (Piece(shown=text[:half], written=text[:half]), Piece(shown=text[half:], written=text[half:], role=Role.TAG))
    sight = Sight(network="any", pieces=pieces, fold=fold_at(text, lines=lines, width=width))
    above, below = sight.split()
    assert "".join(piece.shown for piece in (*above, *below)) == sight.shown == text
    assert sight.fold is None or sum(len(piece.shown) for piece in above) == sight.fold
    assert above == pieces or sight.fold is not None


def test_a_link_across_the_fold_is_a_link_on_both_sides() -> None:
    link = Piece(shown="gov.uk/bridges", written="gov.uk/bridges", role=Role.LINK, address="https://gov.uk/bridges")
    above, below = Sight(network="any", pieces=(link,), fold=6).split()
    assert [(piece.shown, piece.address) for piece in (*above, *below)] == [("gov.uk", link.address), ("/bridges", link.address)]
