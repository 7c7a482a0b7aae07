"""The calendar as an index: which periods can have a say about a post at an instant, found without looking at every one."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Self

from purdah_scheduler.domain.periods import Nation, Period, Place, concerning, name_key
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
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

    @property
    def edges(self) -> Sequence[datetime]:
        """The moments at which anything changes, in order."""
        return self._edges

    @property
    def ends(self) -> Sequence[datetime]:
        """When those of them that began are over, in order."""
        return self._ends

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


class Calendar(tuple[Period, ...]):
    """Every period, as a tuple, with an index by scope and then by time that is built where it is first asked for.

    The index is bounded: a scope for each body, audience, area, account, channel and campaign that any period names.
    """

    _scopes: dict[tuple[str, ...], Scope]
    _areas: frozenset[str]
    _accounts: frozenset[str]
    _channels: frozenset[str]
    _campaigns: frozenset[str]

    def __new__(cls, periods: Iterable[Period] = ()) -> Self:
        if type(periods) is cls:
            return periods
        made = super().__new__(cls, periods)
        made._scopes = {}
        made._areas = frozenset(name_key(period.area) for period in made if period.area)
        made._accounts = frozenset(account for period in made for account in period.accounts)
        made._channels = frozenset(channel for period in made for channel in period.channels)
        made._campaigns = frozenset(name_key(period.campaign) for period in made if period.campaign)
        return made

    def scope(self, place: Place) -> Scope:
        """The periods that can have a say about posts at `place`."""
        # What no period names is like none; so the number of scopes does not grow with what people write.
        area = name_key(place.area) if place.area and self._areas else ""
        campaign = name_key(place.campaign) if place.campaign and self._campaigns else ""
        key = (
            place.body,
            place.nation or Nation.UK,
            area if area in self._areas else "",
            place.account if place.account in self._accounts else "",
            place.channel if place.channel in self._channels else "",
            campaign if campaign in self._campaigns else "",
        )
        found = self._scopes.get(key)
        if found is None:
            found = self._scopes[key] = Scope(concerning(self, place))
        return found


def scope_of(periods: Iterable[Period], place: Place) -> tuple[Period, ...]:
    """The periods within whose scope a post at `place` is, in order of start and then id; a `Calendar` knows them."""
    return periods.scope(place).periods if isinstance(periods, Calendar) else concerning(periods, place)


def having_a_say(
    periods: Iterable[Period], place: Place, at: datetime, approved_at: datetime | None, not_lifted: frozenset[str]
) -> tuple[Sequence[Period], Sequence[Period]]:
    """The periods in force for a post at `place`, and those that may have a say before they start or after they end, in order.

    A `Calendar` is asked by its index; anything else, and a question that takes lifts as not recorded, is looked through.
    """
    if not isinstance(periods, Calendar) or not_lifted:
        scope = concerning(periods, place)
        return [period for period in scope if period.in_force(at, not_lifted)], scope
    known = periods.scope(place)
    return known.scene(at).in_force, known.nearby(at, approved_at)
