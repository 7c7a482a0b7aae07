"""Importing periods from elsewhere: what is new, what is there already, and what differs from what was declared."""

from collections.abc import Sequence

from purdah_scheduler.application.office import House
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain.periods import Period, name_key
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A period that is known by this id and was declared otherwise; `fields` are the names of what differs."""

    known: Period
    found: Period
    fields: tuple[str, ...]


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """The periods of an import: those to declare, those already there as they are, and those that differ."""

    new: tuple[Period, ...]
    there: tuple[Period, ...]
    different: tuple[Difference, ...]


def sort_out(reader: Reader, house: House, periods: Sequence[Period]) -> Sorted:
    """Compare periods with those of the same ids, as they were first declared; nothing is changed.

    What a person did to a period since (confirming, lifting, a new end) is no difference, so an import can be repeated.
    """
    known = {period.id: period for period in (*house.periods, *reader.periods())}
    new, there, different = [], [], []
    for period in periods:
        before = known.get(period.id)
        fields = () if before is None else _differing(before, period)
        if before is None:
            new.append(period)
        elif fields:
            different.append(Difference(known=before, found=period, fields=fields))
        else:
            there.append(before)
    return Sorted(new=tuple(new), there=tuple(there), different=tuple(different))


def _differing(known: Period, found: Period) -> tuple[str, ...]:
    """What decides which posts a period holds, where the two do not agree."""
    names = ["kind", "bodies", "nations", "accounts", "channels", "regime", "starts", "ends", "end_mode", "polling_day"]
    fields = [name for name in names if getattr(known, name) != getattr(found, name)]
    return (*fields, *(name for name in ("area", "campaign") if name_key(getattr(known, name)) != name_key(getattr(found, name))))
