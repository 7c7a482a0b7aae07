"""The rhythm of the accounts: where one has no post for days, or none in the slots of a day, and where two are close in time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.office import House, Office
from purdah_scheduler.domain.civiltime import day_bounds, format_day, format_local, local_date, month_weeks
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import DeliveryState, PostState
from purdah_scheduler.domain.slots import slots_on
from purdah_scheduler.lean import lean_dataclass

MOST_LINES = 20_000
"""Posts that are looked at for one answer."""

_NOT_GOING_OUT = frozenset(
    map(
        str,
        (
            *(PostState.WITHDRAWN, PostState.REJECTED, DeliveryState.CANCELLED),
            *(DeliveryState.HELD, DeliveryState.MISSED, DeliveryState.FAILED),
        ),
    )
)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One post on one account, at its time."""

    account: str
    post: int
    at: datetime


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Whole days without a post on an account, first and last included."""

    account: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1

    @property
    def words(self) -> str:
        """In one line."""
        return f"{self.account}: no post for {self.days} days, {format_day(self.first)} to {format_day(self.last)}"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Two posts of an account that follow each other closely."""

    account: str
    first: Moment
    second: Moment

    def words(self, zone: ZoneInfo) -> str:
        """In one line."""
        minutes = round((self.second.at - self.first.at).total_seconds() / 60)
        apart = "at the same minute" if minutes == 0 else f"{minutes} minute{'s' if minutes != 1 else ''} apart"
        return f"{self.account}: posts {self.first.post} and {self.second.post} {apart}, {format_local(self.first.at, zone)}"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """A day on which an account has free slots and no post."""

    account: str
    on: date
    free: int

    @property
    def words(self) -> str:
        """In one line."""
        return f"{self.account}: no post on this day, {self.free} slot{'s' if self.free != 1 else ''} free"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """The gaps and clashes of some days, and the days whose slots are all free, soonest first."""

    gaps: tuple[Gap, ...] = ()
    clashes: tuple[Clash, ...] = ()
    idle: tuple[Idle, ...] = ()

    def on(self, day: date, zone: ZoneInfo) -> tuple[str, ...]:
        """What concerns a day, a line each."""
        return (
            *(clash.words(zone) for clash in self.clashes if local_date(clash.first.at, zone) == day),
            *(idle.words for idle in self.idle if idle.on == day),
            *(gap.words for gap in self.gaps if gap.first <= day <= gap.last),
        )


def goes_out(state: str) -> bool:
    """Whether a post in this state has gone out or may: what is held, missed or taken back fills no gap."""
    return state not in _NOT_GOING_OUT


def pacing_of(
    moments: Iterable[Moment],
    accounts: Sequence[str],
    days: tuple[date, date],
    zone: ZoneInfo,
    *,
    gap: timedelta,
    close: timedelta,
) -> Pacing:
    """The gaps of at least `gap` and the pairs nearer than `close` among what is known of `days`, first and last included."""
    of_account: dict[str, list[Moment]] = {account: [] for account in accounts}
    for moment in sorted(moments, key=lambda moment: (moment.at, moment.post)):
        if moment.account in of_account:
            of_account[moment.account].append(moment)
    clashes = [
        Clash(account=account, first=first, second=second)
        for account, posts in of_account.items()
        for first, second in pairwise(posts)
        if second.at - first.at < close
    ]
    return Pacing(
        gaps=_gaps(of_account, days, zone, gap) if gap else (),
        clashes=tuple(sorted(clashes, key=lambda clash: (clash.first.at, clash.account))),
    )


def idle_days(
    moments: Iterable[Moment], accounts: Iterable[Account], days: tuple[date, date], zone: ZoneInfo, *, now: datetime
) -> tuple[Idle, ...]:
    """The days of `days`, first and last included, on which an account has slots after `now` and no post at all."""
    taken = {(moment.account, local_date(moment.at, zone)) for moment in moments}
    found = []
    for account in accounts:
        day = max(days[0], local_date(now, zone))
        while account.slots and day <= days[1]:
            free = sum(at > now for at in slots_on(account.slots, day))
            if free and (account.id, day) not in taken:
                found.append(Idle(account=account.id, on=day, free=free))
            day += timedelta(days=1)
    return tuple(sorted(found, key=lambda idle: (idle.on, idle.account)))


def pacing(office: Office, first: date, last: date, *, gap: timedelta | None = None) -> Pacing:
    """All of it for the queue, from `first` to `last`; `gap` is the configuration's where none is given."""
    house = office.house
    wanted = QueueFilter(since=day_bounds(first, house.zone)[0], until=day_bounds(last, house.zone)[1])
    with office.store.read() as reader:
        lines = reader.lines(wanted, limit=MOST_LINES)
    moments = [
        Moment(account=line.account, post=line.post, at=line.at) for line in lines if line.at is not None and goes_out(line.state)
    ]
    return house_pacing(house, moments, (first, last), now=office.now(), gap=gap)


def house_pacing(
    house: House, moments: Sequence[Moment], days: tuple[date, date], *, now: datetime, gap: timedelta | None = None
) -> Pacing:
    """The same of moments that are known already."""
    spacing = house.spacing
    accounts = [account.id for account in house.accounts]
    paced = pacing_of(moments, accounts, days, house.zone, gap=spacing.gap if gap is None else gap, close=spacing.close)
    return replace(paced, idle=idle_days(moments, house.accounts, days, house.zone, now=now))


def pacing_on(office: Office, on: date) -> tuple[str, ...]:
    """What concerns one day, a line each: of the weeks of its month, so that every face says the same."""
    weeks = month_weeks(on.year, on.month)
    return pacing(office, weeks[0].days[0], weeks[-1].days[-1]).on(on, office.house.zone)


def _gaps(
    of_account: Mapping[str, Sequence[Moment]], days: tuple[date, date], zone: ZoneInfo, least: timedelta
) -> tuple[Gap, ...]:
    found, day = [], timedelta(days=1)
    for account, posts in of_account.items():
        edges = [days[0] - day, *(local_date(moment.at, zone) for moment in posts), days[1] + day]
        for before, after in pairwise(edges):
            if after - before - day >= least:
                found.append(Gap(account=account, first=before + day, last=after - day))
    return tuple(sorted(found, key=lambda gap: (gap.first, gap.account)))
