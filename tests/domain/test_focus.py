"""The point of a picture that stays in sight: as people type it, kept to the hundredth, never outside the picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.domain.focus import Focus, read_focus
from purdah_scheduler.errors import BadInput


@pytest.mark.parametrize(
    ("typed", "x", "y"),
    [
        ("0,0", 0, 0),
        (" -1 , 1 ", -100, 100),
        ("0.25,-.5", 25, -50),
        ("+0.333,0.666", 33, 67),
        ("1.0,-1.00", 100, -100),
    ],
)
def test_two_numbers_are_a_point(typed: str, x: int, y: int) -> None:
    assert read_focus(typed) == Focus(x=x, y=y)


@pytest.mark.parametrize(
    "typed", ["", "0", "0,", "a,b", "0;0", "1.01,0", "0,-2", "nan,0", "1e-1,0", "0,0,0", "\u0660,\u0660", "0" * 50 + ",0"]
)
def test_anything_else_is_refused_with_what_to_write(typed: str) -> None:
    with pytest.raises(BadInput, match="nothing was saved") as refused:
        read_focus(typed)
    assert "from -1 to 1" in refused.value.next_step


@given(st.integers(-100, 100), st.integers(-100, 100))
def test_what_is_shown_is_read_as_the_same_point(x: int, y: int) -> None:
    focus = Focus(x=x, y=y)
    assert read_focus(str(focus)) == focus
