"""The calendar as an index: which periods can have a say about a post at an instant, found without looking at every one."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from purdah_scheduler.domain.periods import Body, Nation, Period, concerning, same_area_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What one scope has at an instant: the periods in force, and the places of those that are announced and have not begun."""

    in_force: tuple[Period, ...]
    announced: tuple[int, ...]


class Scope:
    """The periods within whose scope one kind of post is, in order of start and then id.

    Between two edges (a start, an end, an announcement) nothing changes, so that each stretch is worked out once, when it is
    first asked for. Manual lifts count as recorded.
    """

    def __init__(self, periods: tuple[Period, ...]) -> None:
        self.periods = periods
        edges: set[datetime] = set()
        ended: list[tuple[datetime, int]] = []
        for place, period in enumerate(periods):
            end = period.ended_at()
            edges.update(edge for edge in (period.starts, period.ends, period.announced_at, end) if edge is not None)
            if end is not None and end > period.starts:
                ended.append((end, place))
        ended.sort()
        self._edges = sorted(edges)
        self._scenes: list[Scene | None] = [None] * (len(self._edges) + 1)
        self._ends = [end for end, _ in ended]
        self._ended = [place for _, place in ended]

    def stretch(self, at: datetime) -> int:
        """The number of the stretch between two edges that holds `at`; nothing changes inside one."""
        return bisect_right(self._edges, at)

    def scene(self, at: datetime) -> Scene:
        """What is in force, and what is announced, at `at`."""
        place = bisect_right(self._edges, at)
        found = self._scenes[place]
        if found is None:
            found = self._scenes[place] = Scene(
                in_force=tuple(period for period in self.periods if period.in_force(at)),
                announced=tuple(place for place, period in enumerate(self.periods) if period.in_notice_gap(at)),
            )
        return found

    def nearby(self, at: datetime, approved_at: datetime | None) -> tuple[Period, ...]:
        """The periods that are announced at `at` and have not begun, and those that ended in (approved_at, at]."""
        places = self.scene(at).announced
        if approved_at is not None:
            first, last = bisect_right(self._ends, approved_at), bisect_right(self._ends, at)
            if first < last:
                places = tuple(sorted((*places, *self._ended[first:last])))
        return tuple(self.periods[place] for place in places)

    def ended_by(self, at: datetime) -> int:
        """How many of them began and are over at `at`."""
        return bisect_right(self._ends, at)


class Calendar(tuple[Period, ...]):
    """Every period, as a tuple, with an index by scope and then by time that is built where it is first asked for.

    The index is bounded: a scope for each body, audience and area that any period names.
    """

    _scopes: dict[tuple[Body, str, str], Scope]
    _areas: frozenset[str]

    def __new__(cls, periods: Iterable[Period] = ()) -> Self:
        if type(periods) is cls:
            return periods
        made = super().__new__(cls, periods)
        made._scopes = {}
        made._areas = frozenset(same_area_key(period.area) for period in made if period.area)
        return made

    def scope(self, body: Body, nation: str, area: str = "") -> Scope:
        """The periods that can have a say about posts of `body` for an audience in `nation` about `area`."""
        # An area that no period names is like none; so the number of scopes does not grow with what people write.
        known = same_area_key(area) if area and self._areas else ""
        key = (body, nation or Nation.UK, known if known in self._areas else "")
        found = self._scopes.get(key)
        if found is None:
            found = self._scopes[key] = Scope(concerning(self, *key))
        return found
