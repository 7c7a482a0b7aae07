"""What if: a period that nobody has declared, tried against the queue; nothing is written."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from purdah_scheduler.application.calendars import impact
from purdah_scheduler.application.days import DayPost
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.sweeping import QUEUED, Effect
from purdah_scheduler.domain.civiltime import day_bounds, format_day, local_date, london
from purdah_scheduler.domain.periods import Basis, Body, Kind, Nation, Period, PeriodStatus, StartsPrecision
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass

IMAGINED = "?imagined"
"""The id of a period that is only imagined: no id of a period that exists can have its first sign."""

_CAMPAIGN = timedelta(days=39)
_THURSDAY = 3


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Imagined:
    """What a period would do: to what it would give another verdict, by due time, of `queued` posts on accounts in all."""

    period: Period
    queued: int
    effects: tuple[Effect, ...]

    @property
    def held(self) -> tuple[Effect, ...]:
        """What it would hold."""
        return tuple(effect for effect in self.effects if effect.after.verdict is Verdict.BLOCK)

    @property
    def flagged(self) -> tuple[Effect, ...]:
        """What it would flag: each needs a sign-off."""
        return tuple(effect for effect in self.effects if effect.after.verdict is Verdict.FLAG)

    @property
    def words(self) -> str:
        """The totals in one sentence."""
        posts = "1 queued post" if self.queued == 1 else f"{self.queued:,} queued posts"
        return f"Of {posts} it would hold {len(self.held):,} and flag {len(self.flagged):,}."

    def reason(self, effect: Effect) -> str:
        """Why the imagined period touches that post, in the words of its finding."""
        return next((found.reason for found in effect.after.standing if found.period == self.period.id), "")

    def judged(self, posts: Iterable[DayPost]) -> tuple[DayPost, ...]:
        """The posts of a day with the verdicts that they would have."""
        worst: dict[int, Effect] = {}
        for effect in self.effects:
            known = worst.get(effect.delivery.post)
            if known is None or effect.after.verdict.rank > known.after.verdict.rank:
                worst[effect.delivery.post] = effect
        return tuple(
            post
            if (found := worst.get(post.row.post)) is None
            else replace(post, verdict=found.after.verdict, reason=self.reason(found) or post.reason)
            for post in posts
        )


def imagine(office: Office, period: Period) -> Imagined:
    """What the period would do to the queue if it were in the calendar now; nothing is changed."""
    with office.store.read() as reader:
        effects = impact(reader, office.house, period, every=False)
        return Imagined(
            period=period, queued=reader.how_many(QUEUED), effects=tuple(effect for effect in effects if effect.changed)
        )


def earliest_poll(called_on: date) -> date:
    """Polling day of a general election called on that day, at the earliest.

    The first Thursday at least 39 days on, which leaves the 25 working days of a real timetable.
    """
    earliest = called_on + _CAMPAIGN
    return earliest + timedelta(days=(_THURSDAY - earliest.weekday()) % 7)


def election_called(now: datetime, zone: ZoneInfo) -> Period:
    """A general election that is called on the local day of `now`, to the end of its polling day, for every body."""
    today = local_date(now, zone)
    poll = earliest_poll(today)
    starts, _ = day_bounds(today, london())
    return replace(
        _imagined(Kind.GENERAL, "a general election is called today", starts, day_bounds(poll, london())[1]),
        announced_at=starts,
        polling_day=poll,
        ends_note="in earnest it lasts until a person records that a new government is formed",
    )


def stretch(kind: str, first: date, last: date) -> Period:
    """A period of that kind over whole days in UK time, first and last included, for every body.

    Raises BadInput for days in the wrong order, and for a kind that is not known.
    """
    if kind not in set(Kind):
        raise BadInput(f"“{kind}” is no kind of period, so nothing was tried.", next_step=f"Choose one of {', '.join(Kind)}.")
    if last < first:
        raise BadInput(
            f"{format_day(last)} comes before {format_day(first)}, so nothing was tried.", next_step="Give a later last day."
        )
    starts, ends = day_bounds(first, london())[0], day_bounds(last, london())[1]
    return _imagined(Kind(kind), f"a period of the kind {kind}", starts, ends)


def posts_in(effects: Sequence[Effect]) -> frozenset[int]:
    """The posts that these are about."""
    return frozenset(effect.delivery.post for effect in effects)


def _imagined(kind: Kind, name: str, starts: datetime, ends: datetime) -> Period:
    return Period(
        id=IMAGINED,
        name=f"IMAGINED: {name}",
        kind=kind,
        bodies=frozenset(Body),
        nations=frozenset({Nation.UK}),
        starts=starts,
        ends=ends,
        starts_precision=StartsPrecision.DATE,
        basis=Basis.ANNOUNCED,
        basis_note="only imagined, and written nowhere",
        status=PeriodStatus.PROVISIONAL,
        source="imagined",
    )
