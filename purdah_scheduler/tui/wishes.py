"""How the interface is wished for when it is started: known before anything of the toolkit is loaded."""

from collections.abc import Mapping
from enum import StrEnum


class TourWish(StrEnum):
    """What becomes of the guided tour, which only a demonstration has."""

    NONE = "none"
    OFFER = "offer"
    BEGIN = "begin"


def wants_accessible(environment: Mapping[str, str]) -> bool:
    """Whether the environment asks for accessible mode: `PURDAH_ACCESSIBLE` is there, and neither empty nor 0."""
    return environment.get("PURDAH_ACCESSIBLE", "") not in ("", "0")
