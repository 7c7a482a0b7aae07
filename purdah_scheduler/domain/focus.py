"""The point of a picture that stays in sight where a timeline crops it."""

import re
from decimal import Decimal

from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass

_TYPED = re.compile(r"\s*([+-]?[0-9]*\.?[0-9]+)\s*,\s*([+-]?[0-9]*\.?[0-9]+)\s*")
_WHOLE = 100


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """In hundredths of half the picture, from its middle: `x` from -100 (left edge) to 100, `y` from -100 (lower edge) to 100.

    Whole numbers, because what is digested has no fractions. Raises BadInput for a point outside the picture.
    """

    x: int
    y: int

    def __post_init__(self) -> None:
        if not (-_WHOLE <= self.x <= _WHOLE and -_WHOLE <= self.y <= _WHOLE):
            raise BadInput(
                f"The focus {self} is outside the picture, so nothing was saved.",
                next_step="Give it from -1 to 1: -1,-1 is the lower left corner, 0,0 the middle, 1,1 the upper right corner.",
            )

    def __str__(self) -> str:
        """As people write it and Mastodon takes it: `0.25,-0.5`."""
        return f"{self.x / _WHOLE:g},{self.y / _WHOLE:g}"


def read_focus(typed: str) -> Focus:
    """The focus that a person typed: two numbers from -1 to 1, `x,y`, kept to the hundredth. Raises BadInput."""
    found = _TYPED.fullmatch(typed) if len(typed) <= 40 else None
    if found is None:
        raise BadInput(
            f"“{typed[:40]}” is no point of a picture, so nothing was saved.",
            next_step="Write two numbers from -1 to 1: 0,0 is the middle, -1,1 the upper left corner.",
        )
    x, y = (int((Decimal(number) * _WHOLE).to_integral_value()) for number in found.groups())
    return Focus(x=x, y=y)
