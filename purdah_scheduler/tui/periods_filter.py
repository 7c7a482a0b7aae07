"""The filter line of the periods: `state:open source:store nation:wales kind:blocks words`, and which periods it takes."""

from collections.abc import Callable, Mapping
from datetime import datetime

from purdah_scheduler.application.period_views import PeriodLine
from purdah_scheduler.domain.periods import Kind, Nation, PeriodStatus
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.standing import Standing, standing
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.filters import mistake, terms_of

EXAMPLE = "state:open source:store nation:wales kind:local words"
_WORDS = ("state", "source", "nation", "kind")

_Test = Callable[[PeriodLine, datetime], bool]


def _stands(wanted: Standing) -> _Test:
    return lambda line, now: standing(line.period, now) is wanted


def _of_kind(wanted: Kind) -> _Test:
    return lambda line, _now: line.period.kind is wanted


def _speaks_to(wanted: Nation) -> _Test:
    return lambda line, _now: wanted in line.period.nations


_STATES: Mapping[str, _Test] = {
    **{str(each).replace(" ", "-"): _stands(each) for each in Standing},
    "open": lambda line, now: bool(line.asked) or not standing(line.period, now).is_over,
    "provisional": lambda line, _now: line.period.status is PeriodStatus.PROVISIONAL and not line.period.is_off,
    "waits": lambda line, _now: bool(line.asked),
    "ours": lambda line, _now: line.ours,
}
_KINDS: Mapping[str, _Test] = {
    **{str(each): _of_kind(each) for each in Kind},
    "blocks": lambda line, _now: line.does is Verdict.BLOCK,
    "flags": lambda line, _now: line.does is Verdict.FLAG,
}
_SOURCES: Mapping[str, _Test] = {
    "shipped": lambda line, _now: line.period.origin == "shipped",
    "store": lambda line, _now: line.period.origin == "store",
    "file": lambda line, _now: line.period.origin not in ("shipped", "store"),
}
_NATIONS: Mapping[str, _Test] = {str(each).casefold(): _speaks_to(each) for each in Nation}
_READERS: Mapping[str, tuple[str, Mapping[str, _Test]]] = {
    "state": ("state of a period", _STATES),
    "kind": ("kind of period", _KINDS),
    "source": ("source", _SOURCES),
    "nation": ("nation", _NATIONS),
}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class WantedPeriods:
    """Which periods the list shows: each of `tests` holds, any of the names that stood together, and every word is said."""

    tests: tuple[tuple[_Test, ...], ...] = ()
    words: tuple[str, ...] = ()
    text: str = ""

    def takes(self, line: PeriodLine, now: datetime) -> bool:
        """Whether the list shows this one."""
        period = line.period
        said = f"{period.id}\n{period.name}\n{period.area}\n{period.origin}".casefold()
        return all(any(test(line, now) for test in either) for either in self.tests) and all(word in said for word in self.words)


def read_period_filter(text: str) -> WantedPeriods:
    """What a filter line asks for; an empty one asks for every period. Raises BadInput with the nearest word that is known."""
    terms, words = terms_of(text, _WORDS)
    tests = []
    for name, value in terms:
        what, known = _READERS[name]
        asked = value.casefold().replace("_", "-").split(",")
        for one in asked:
            if one not in known:
                raise mistake(f"There is no {what} “{one}”", one, known, "It is one of")
        tests.append(tuple(known[one] for one in asked))
    return WantedPeriods(tests=tuple(tests), words=tuple(words.casefold().split()), text=text.strip())
