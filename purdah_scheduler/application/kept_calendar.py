"""The calendar as it was worked out last, for whoever asks many times a second: used only where nothing of it has changed."""

from purdah_scheduler.application.office import House
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain.calendar import Calendar
from purdah_scheduler.domain.period_changes import PeriodChange
from purdah_scheduler.domain.periods import Period

_Made = tuple[House, tuple[Period, ...], tuple[PeriodChange, ...], Calendar]


class KeptCalendar:
    """Gives what `House.calendar` gives. Safe to use from several threads.

    The periods and changes themselves are read anew each time, in the transaction of whoever asks, and compared: a number that
    counts changes could come to the same value by another way after a restore.
    """

    def __init__(self) -> None:
        self._made: _Made | None = None

    def __call__(self, house: House, reader: Reader) -> Calendar:
        """Every period as it holds now. Raises what the reader raises."""
        periods, changes, made = reader.periods(), reader.period_changes(), self._made
        if made is None or made[0] is not house or made[1] != periods or made[2] != changes:
            made = self._made = (house, periods, changes, house.calendar(reader))
        return made[3]
