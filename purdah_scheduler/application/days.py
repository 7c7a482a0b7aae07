"""One day explained: every period of it with its rules in words, what else is notable, and its posts with their verdicts."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from purdah_scheduler.application.gate import ask
from purdah_scheduler.application.lists import QueueFilter, Row
from purdah_scheduler.application.office import Office
from purdah_scheduler.domain.civiltime import day_bounds, local_date
from purdah_scheduler.domain.in_words import NO_RULE
from purdah_scheduler.domain.notable import Almanac, Notable
from purdah_scheduler.domain.periods import Body, Period
from purdah_scheduler.domain.policy import POLITICALLY_SENSITIVE, Rulebook, Verdict
from purdah_scheduler.domain.posts import DeliveryState, PostState
from purdah_scheduler.lean import lean_dataclass

MOST_JUDGED = 200
"""Posts of one day for which the gate is asked; the others are shown without a verdict."""

_GONE = frozenset({str(PostState.WITHDRAWN), str(DeliveryState.CANCELLED)})


class Standing(StrEnum):
    """How a period stands on a day."""

    IN_FORCE = "in-force"
    AWAITING_LIFT = "awaiting-lift"
    ANNOUNCED = "announced"
    ENDED = "ended"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a period says to some of our bodies: the ids of the categories that it holds, flags and lets go.

    `regime` is empty where the rules know none, and then every post is flagged. `own` are rules of this department.
    """

    regime: str
    label: str
    bodies: tuple[Body, ...]
    held: tuple[str, ...] = ()
    flagged: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class DayPeriod:
    """A period on one day. [since, until) is the part of the day in which it stands so; of one that ended, since when.

    `number` and `length` count days: the 20th of 43; `length` is None while the end is open.
    """

    period: Period
    standing: Standing
    since: datetime
    until: datetime
    number: int
    length: int | None
    rulings: tuple[Ruling, ...]


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class DayPost:
    """A post of the day. `verdict` is None where the gate was not asked; `reason` is why it is not `allow`."""

    row: Row
    verdict: Verdict | None = None
    reason: str = ""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Everything about one day. `hours` is 24 except where the clocks change; `gap` says what is not known of it."""

    on: date
    starts: datetime
    ends: datetime
    working: str
    gap: str
    notables: tuple[Notable, ...] = ()
    periods: tuple[DayPeriod, ...] = ()
    posts: tuple[DayPost, ...] = ()

    @property
    def hours(self) -> int:
        """Its length."""
        return round((self.ends - self.starts).total_seconds() / 3600)


def explain(
    on: date,
    *,
    zone: ZoneInfo,
    periods: Iterable[Period],
    bodies_in: Callable[[Period], Collection[Body]],
    rulebook: Rulebook,
    almanac: Almanac,
    posts: Sequence[DayPost] = (),
) -> Day:
    """One day, from what is known of it.

    Of `periods`, all those are in it that are in force, announced or past their end on that day and bind a body at all; what
    was cancelled or suppressed is not. `bodies_in` says whose rules are told of a period. Soonest first.
    """
    starts, ends = day_bounds(on, zone)
    found = [
        entry
        for period in periods
        if _is_near(period, starts, ends) and (ours := period.bodies.intersection(bodies_in(period)))
        if (entry := _on_day(period, on, (starts, ends), zone, ours, rulebook)) is not None
    ]
    return Day(
        on=on,
        starts=starts,
        ends=ends,
        working=almanac.working_day(on),
        gap=almanac.gap(on),
        notables=almanac.on(on),
        periods=tuple(sorted(found, key=lambda entry: (entry.period.starts, entry.period.id))),
        posts=tuple(posts),
    )


def posts_of(office: Office, on: date) -> tuple[DayPost, ...]:
    """The posts whose moment is on that day, soonest first, each with the strictest verdict that its accounts have then.

    What was published or taken back is not judged again.
    """
    starts, ends = day_bounds(on, office.house.zone)
    with office.store.read() as reader:
        rows = reader.rows(reader.row_ids(QueueFilter(since=starts, until=ends)))
        found = []
        for number, row in enumerate(row for row in rows if row.at is not None):
            post = DayPost(row=row)
            if number < MOST_JUDGED and row.state not in {*_GONE, str(DeliveryState.PUBLISHED)} and row.at is not None:
                at = max(row.at, office.now())
                answers = [
                    ask(reader, house=office.house, shelf=office.shelf, post=row.post, account=account, at=at).judgement
                    for account in row.accounts
                ]
                worst = max(answers, key=lambda judgement: judgement.verdict.rank)
                reason = next((finding.reason for finding in worst.standing), "")
                post = replace(post, verdict=worst.verdict, reason=reason)
            found.append(post)
    return tuple(found)


def rulings_of(period: Period, bodies: frozenset[Body], rulebook: Rulebook) -> tuple[Ruling, ...]:
    """What the period says to those of `bodies` that it binds, one ruling for each regime."""
    found: dict[tuple[str, str], list[Body]] = {}
    for body in sorted(period.bodies & bodies):
        found.setdefault((rulebook.regime_in(period, body) or "", rulebook.rules_of(period, body)), []).append(body)
    return tuple(_ruling(regime, label, tuple(bound), rulebook) for (regime, label), bound in found.items())


def _ruling(regime: str, label: str, bodies: tuple[Body, ...], rulebook: Rulebook) -> Ruling:
    if not regime:
        return Ruling(regime="", label=NO_RULE, bodies=bodies, flagged=tuple(rulebook.categories))
    by_verdict: dict[Verdict, list[str]] = {verdict: [] for verdict in Verdict}
    for category in rulebook.categories:
        by_verdict[rulebook.rules.get((category, regime), Verdict.BLOCK)].append(category)
    return Ruling(
        regime=regime,
        label=label,
        bodies=bodies,
        held=tuple(by_verdict[Verdict.BLOCK]),
        flagged=tuple(by_verdict[Verdict.FLAG]),
        free=tuple(by_verdict[Verdict.ALLOW]),
        own=tuple(
            f"{category}: {change.told(rulebook)}" for (category, where), change in rulebook.changes.items() if where == regime
        ),
    )


def _is_near(period: Period, starts: datetime, ends: datetime) -> bool:
    """Whether the period can have to do with the day [starts, ends): asked first, for most have not."""
    if period.is_off or (period.announced_at or period.starts) >= ends:
        return False
    over = period.ended_at()
    return over is None or over >= starts


def _on_day(
    period: Period, on: date, day: tuple[datetime, datetime], zone: ZoneInfo, ours: frozenset[Body], rulebook: Rulebook
) -> DayPeriod | None:
    """The period as it stands on a day, or None where it has nothing to do with it."""
    starts, ends = day
    over = period.ended_at()
    rulings = rulings_of(period, ours, rulebook)
    if period.overlaps(starts, ends):
        standing = Standing.AWAITING_LIFT if over is None and period.ends <= starts else Standing.IN_FORCE
        since, until = max(starts, period.starts), min(ends, over or ends)
    elif over is not None and period.starts < over and starts <= over < ends:
        standing, since, until = Standing.ENDED, over, ends
    elif period.announced_at is not None and period.announced_at < ends and period.starts >= ends:
        standing, since, until = Standing.ANNOUNCED, max(starts, period.announced_at), ends
        rulings = tuple(_gap_ruling(ruling) for ruling in rulings)
    else:
        return None
    first = local_date(period.starts, zone)
    last = None if over is None else local_date(max(over - timedelta(microseconds=1), period.starts), zone)
    return DayPeriod(
        period=period,
        standing=standing,
        since=since,
        until=until,
        number=(on - first).days + 1,
        length=None if last is None else (last - first).days + 1,
        rulings=rulings,
    )


def _gap_ruling(ruling: Ruling) -> Ruling:
    """Between announcement and start: politically sensitive posts are flagged, whatever the rules say later."""
    every = (*ruling.held, *ruling.flagged, *ruling.free)
    sensitive = tuple(category for category in every if category in POLITICALLY_SENSITIVE)
    return replace(ruling, held=(), flagged=sensitive, free=tuple(c for c in every if c not in POLITICALLY_SENSITIVE), own=())
