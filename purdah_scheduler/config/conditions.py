"""When a stage of the chain is asked for, and how long its clearance lasts; what contradicts itself is refused."""

import re
from collections.abc import Sequence
from datetime import timedelta

from purdah_scheduler.config.reader import Table, shown
from purdah_scheduler.domain.clearance import Stage, When
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.rulebook import STRICT, YEAR_ROUND, Rulebook
from purdah_scheduler.lean import lean_dataclass

_SHORTEST, _LONGEST = timedelta(minutes=5), timedelta(days=366)
_SPAN = re.compile(r"([0-9]{1,6})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What one `[[clearance.stage]]` says of its times: the fields of those names of `Stage`."""

    marks: frozenset[str]
    when: When
    regimes: frozenset[str]
    expires_after: timedelta | None
    expires_inside: timedelta | None


def read_conditions(table: Table, rulebook: Rulebook | None) -> Conditions:
    """The conditions of one stage; without a rulebook, names of regimes are taken as they stand."""
    marks = table.texts("marks")
    for mark in marks:
        table.one_of("marks", mark, tuple(Marks.__dataclass_fields__), "mark")
    when = table.choice("when", When, default=When.ALWAYS) or When.ALWAYS
    regimes = table.texts("regimes", default=(STRICT,))
    known = () if rulebook is None else tuple(regime for regime in rulebook.regime_labels if regime != YEAR_ROUND)
    for regime in regimes if known else ():
        table.one_of("regimes", regime, known, "regime")
    after = _span(table, "expires_after")
    inside = _span(table, "expires_inside")
    if "regimes" in table and not regimes:
        table.fault("regimes", "regimes names none; leave it out for the strict ones.")
    if set(regimes) != {STRICT} and when is When.ALWAYS and inside is None:
        table.fault("regimes", 'regimes says nothing without when = "inside", when = "outside" or expires_inside.')
    if when is When.OUTSIDE and inside is not None:
        table.fault("expires_inside", 'expires_inside says nothing with when = "outside": the stage is not asked for inside.')
    if when is When.INSIDE and after is not None:
        table.fault("expires_after", 'with when = "inside" the stage is asked for inside alone; give expires_inside.')
    if after is not None and inside is not None and inside > after:
        table.fault("expires_inside", "expires_inside is longer than expires_after; inside a period nothing lasts longer.")
    return Conditions(marks=frozenset(marks), when=when, regimes=frozenset(regimes), expires_after=after, expires_inside=inside)


def _span(table: Table, key: str) -> timedelta | None:
    """A length of time such as "90m", "24h" or "7d"; None where it is not given or after a fault."""
    if key not in table:
        return None
    text = table.text(key, limit=20)
    found = _SPAN.fullmatch(text)
    if found is not None and _SHORTEST <= int(found[1]) * _UNITS[found[2]] <= _LONGEST:
        return int(found[1]) * _UNITS[found[2]]
    if text:
        table.fault(key, f'{key} is {shown(text)}; write a time from 5 minutes to 366 days, as in "90m", "24h" or "7d".')
    return None


def check_both_sides(clearance: Table, chain: Sequence[Stage]) -> None:
    """Note a chain of which nothing is left inside a period, or nothing outside: nothing could go out there."""
    for left, place in ((When.INSIDE, "outside every period"), (When.OUTSIDE, "inside a period")):
        if chain and all(stage.when is left for stage in chain):
            clearance.fault("stage", f"no stage is left {place}, and nothing goes out uncleared, so nothing could go out there.")
