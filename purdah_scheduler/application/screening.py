"""What a change of the calendar does to posts, worked out once for all that are classified alike and due between two edges."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from purdah_scheduler.application.lists import Classed
from purdah_scheduler.application.matter import case_of
from purdah_scheduler.domain.calendar import Calendar, Scope
from purdah_scheduler.domain.outlived import outlived_by
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.policy import POLITICALLY_SENSITIVE, Case, Judgement, Rulebook, judge
from purdah_scheduler.lean import lean_dataclass

Pair = tuple[Judgement, Judgement]
"""A judgement by the calendar before the change, and by the one after it."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What two scopes, one of each calendar, have in common for every post in them: the periods that are not in both.

    `edges` are the moments at which anything changes in either of them, `ends` those at which a period of either is over.
    """

    before: Scope
    after: Scope
    changed: tuple[Period, ...]
    starts: tuple[datetime, ...]
    edges: Sequence[datetime]
    ends: Sequence[datetime]


@dataclass(frozen=True, slots=True)
class _Alike:
    """Posts that the rules cannot tell apart, with what the change does to them, by stretch."""

    ground: _Ground
    views: dict[int, "View"]


class View:
    """Posts that are classified alike and due in one stretch of both calendars; nothing but their clearances parts them.

    `same`: whatever is known of such a post, both calendars say the same of it, for the same reasons.
    `by_clearance`: a period is over by then that an approval can be older than.
    """

    def __init__(self, case: Case, ground: _Ground, before: Calendar, after: Calendar, rulebook: Rulebook) -> None:
        self._case, self._ground, self._before, self._after, self._rulebook = case, ground, before, after, rulebook
        self._pairs: dict[int | None, Pair] = {}
        self._outlived: dict[int, Period | None] = {}
        self._regimes: frozenset[str] | None = None
        sensitive = case.category in POLITICALLY_SENSITIVE
        self.same = not ground.changed or (
            ground.before.scene(case.at).in_force == ground.after.scene(case.at).in_force
            and _announced(ground.before, case.at) == _announced(ground.after, case.at)
            and not (sensitive and _over(ground.changed, case.at))
        )
        self.by_clearance = sensitive and bool(ground.ends) and ground.ends[0] <= case.at

    @property
    def regimes(self) -> frozenset[str]:
        """Those of the periods that are in force for such posts by the calendar after the change."""
        if self._regimes is None:
            in_force = self._ground.after.scene(self._case.at).in_force
            found = (self._rulebook.regime_in(period, self._case.body) for period in in_force)
            self._regimes = frozenset(regime for regime in found if regime is not None)
        return self._regimes

    def judged(self, approved_at: datetime | None) -> Pair:
        """Both judgements of a post that was cleared at `approved_at` (None: it is not, or that is left aside)."""
        key = None if approved_at is None else bisect_right(self._ground.ends, approved_at)
        pair = self._pairs.get(key)
        if pair is None:
            case = replace(self._case, approved_at=approved_at)
            after = judge(case, self._after, self._rulebook)
            pair = self._pairs[key] = (after if self.same else judge(case, self._before, self._rulebook), after)
        return pair

    def outlived(self, cleared_at: datetime) -> Period | None:
        """The strict period of the calendar after the change that has outlived such a clearance, or None.

        Only for times that have not gone by: a period that was cut short was so before now.
        """
        key = bisect_right(self._ground.starts, cleared_at)
        if key not in self._outlived:
            self._outlived[key] = outlived_by(self._case, cleared_at, self._after, self._rulebook)
        return self._outlived[key]


class Screen:
    """A change of the calendar, from `before` to `after`, put to posts by their account, classification and time."""

    def __init__(self, before: Calendar, after: Calendar, rulebook: Rulebook) -> None:
        self._before, self._after, self._rulebook = before, after, rulebook
        self._grounds: dict[tuple[Scope, Scope], _Ground] = {}
        self._kinds: dict[tuple[object, ...], _Alike] = {}
        self._known: dict[tuple[str, int], tuple[Classed, _Alike]] = {}

    def view(self, account: Account, classed: Classed, at: datetime) -> View:
        """What the change does to such posts at `at`. An exemption is for the caller to see."""
        # By identity: posts that are classified alike share what says so, and to take its hash a hundred thousand times is slow.
        known = self._known.get((account.id, id(classed)))
        if known is None:
            known = self._known[account.id, id(classed)] = classed, self._alike_to(case_of(classed, account, at))
        alike = known[1]
        ground = alike.ground
        stretch = bisect_right(ground.edges, at)
        view = alike.views.get(stretch)
        if view is None:
            case = case_of(classed, account, at)
            view = alike.views[stretch] = View(case, ground, self._before, self._after, self._rulebook)
        return view

    def judged(self, case: Case) -> Pair:
        """Both judgements of one case, with all that is known of it."""
        return judge(case, self._before, self._rulebook), judge(case, self._after, self._rulebook)

    def _alike_to(self, case: Case) -> _Alike:
        """Posts that the rules cannot tell apart are judged together: of account and campaign they read the scope alone."""
        scopes = tuple(calendar.scope(case.place) for calendar in (self._before, self._after))
        key = (*scopes, case.body, case.account_kind, case.category, replace(case.marks, campaign=""))
        alike = self._kinds.get(key)
        if alike is None:
            alike = self._kinds[key] = _Alike(self._ground(*scopes), {})
        return alike

    def _ground(self, before: Scope, after: Scope) -> _Ground:
        ground = self._grounds.get((before, after))
        if ground is None:
            both = set(before.periods) & set(after.periods)
            ground = self._grounds[before, after] = _Ground(
                before=before,
                after=after,
                changed=tuple(period for period in (*before.periods, *after.periods) if period not in both),
                starts=tuple(period.starts for period in after.periods),
                edges=sorted({*before.edges, *after.edges}),
                ends=sorted({*before.ends, *after.ends}),
            )
        return ground


def _announced(scope: Scope, at: datetime) -> list[Period]:
    return [scope.periods[place] for place in scope.scene(at).announced]


def _over(periods: Iterable[Period], at: datetime) -> bool:
    return any((end := period.ended_at()) is not None and end <= at for period in periods)
