"""How long a test waits for the stand-in for X: briefly where that never answers, long where it only may be slow to."""

from purdah_scheduler.web import TimeLimits

_SILENT = frozenset({"hang", "drip"})
_BRIEF = TimeLimits(connect=5, read=0.4, total=1)
_LONG = TimeLimits(connect=20, read=20, total=40)


def limits_for(behaviour: str) -> TimeLimits:
    """The limits for a stand-in that behaves like this."""
    return _BRIEF if behaviour in _SILENT else _LONG
