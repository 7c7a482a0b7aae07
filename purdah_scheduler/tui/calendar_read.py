"""What the calendar reads in its threads: a month with its posts, periods and notable days; one day with its verdicts."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date

from purdah_scheduler.application.lists import QueueFilter, Row
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.pacing import Moment, Pacing, goes_out, house_pacing
from purdah_scheduler.application.slotting import SlotLine, slots_between
from purdah_scheduler.domain.civiltime import local_date, month_weeks
from purdah_scheduler.domain.in_words import rules_in_words
from purdah_scheduler.domain.notable import Almanac
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.month import DayCount, day_counts, letters, month_span
from purdah_scheduler.tui.week import by_local_day


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class MonthData:
    """What is known of a month: its posts by local day, what is notable on its days, and every period that concerns us.

    `month` is (year, month), None before anything was read. `named` is the letter of each period and `rules` what it brings, in
    words; `polls` are the polling days of every period that there is, in this month or another. `pacing` is where accounts have
    no post for days in its weeks, and where two are close; `slots` are those of its weeks by day. `would_hold` are the posts that
    an imagined period would hold.
    """

    month: tuple[int, int] | None = None
    rows: Mapping[date, tuple[Row, ...]] = field(default_factory=dict)
    counts: Mapping[date, DayCount] = field(default_factory=dict)
    periods: tuple[Period, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    almanac: Almanac = field(default_factory=Almanac)
    polls: tuple[date, ...] = ()
    pacing: Pacing = field(default_factory=Pacing)
    slots: Mapping[date, tuple[SlotLine, ...]] = field(default_factory=dict)
    would_hold: frozenset[int] = frozenset()


def read_month(office: Office, year: int, month: int) -> MonthData:
    """The posts whose moment is in the weeks of a month, soonest first, the periods, and the almanac of these weeks."""
    # Election law is loaded here, in a thread and when the calendar is first looked at, never at the start.
    from purdah_scheduler.calendars.almanac import house_almanac

    house = office.house
    first, last = month_span(year, month, house.zone)
    with office.store.read() as reader:
        found = reader.rows(reader.row_ids(QueueFilter(since=first, until=last)))
        known = house.calendar(reader)
    by_day: dict[date, list[Row]] = {}
    for row in found:
        if row.at is not None:
            by_day.setdefault(local_date(row.at, house.zone), []).append(row)
    ours = sorted((period.starts, period.id, period) for period in known if house.is_bound_by(period))
    periods = tuple(period for _, _, period in ours)
    weeks = month_weeks(year, month)
    days = weeks[0].days[0], weeks[-1].days[-1]
    moments = [
        Moment(account=account, post=row.post, at=row.at)
        for row in found
        if row.at is not None and goes_out(row.state)
        for account in row.accounts
    ]
    return MonthData(
        month=(year, month),
        rows={day: tuple(rows) for day, rows in by_day.items()},
        counts=day_counts(found, house.zone),
        periods=periods,
        named=letters(periods),
        rules={period.id: rules_in_words(period, house.bodies_in(period), house.rulebook) for period in periods},
        almanac=house_almanac(house, known, weeks[0].days[0], weeks[-1].days[-1]),
        pacing=house_pacing(house, moments, days, now=office.now()),
        slots=by_local_day(slots_between(office, [each for each in house.accounts if each.slots], first, last), house.zone),
        polls=tuple(sorted({period.polling_day for period in known if period.polling_day and not period.is_off})),
    )
