"""How long the calendar takes to draw a month: `python benchmarks/month.py`, with 500 periods and 1,000 posts in the month.

Everything but the store and the terminal. A turn of the month is `month_view` and one step; the rest is read in a thread.
"""

import random
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from purdah_scheduler.application.days import Day, explain
from purdah_scheduler.application.lists import Row
from purdah_scheduler.calendars import shipped
from purdah_scheduler.calendars.almanac import almanac
from purdah_scheduler.domain.civiltime import london
from purdah_scheduler.domain.in_words import rules_in_words
from purdah_scheduler.domain.notable import Almanac
from purdah_scheduler.domain.periods import Body, Kind, Nation, Period
from purdah_scheduler.tui.calendar_day import draw_explanation
from purdah_scheduler.tui.calendar_grid import draw_legend, draw_month
from purdah_scheduler.tui.month import MonthView, day_counts, letters, month_view

PERIODS, POSTS, ROUNDS = 500, 1000, 20
FIRST, LAST, DAY = date(2027, 4, 26), date(2027, 6, 6), date(2027, 5, 6)
BODIES = frozenset({Body.UK_CIVIL_SERVICE})


def period(number: int, dice: random.Random, *, here: bool) -> Period:
    """One of many: in this very month, or anywhere in ten years."""
    starts = datetime(2027, 5, 1, tzinfo=UTC) + timedelta(days=dice.randint(-30, 20) if here else dice.randint(-1800, 1800))
    ends = starts + timedelta(days=dice.randint(2, 42), hours=22)
    kinds = (Kind.LOCAL, Kind.BY_ELECTION, Kind.MAYORAL)
    return Period(
        id=f"p{number}",
        name=f"Polls of {number} and its neighbours",
        kind=kinds[number % 3],
        bodies=BODIES,
        nations=frozenset({Nation.ENGLAND}),
        area=f"Place {number}",
        starts=starts,
        ends=ends,
        polling_day=ends.date(),
    )


def row(number: int, dice: random.Random) -> Row:
    """One post of the month."""
    at = datetime(2027, 5, 1, tzinfo=UTC) + timedelta(minutes=dice.randint(0, 44_000))
    return Row(
        post=number,
        title=f"Post {number}",
        text="words",
        state="scheduled",
        at=at,
        sort_at=at,
        accounts=("x-main",),
        category="announcement",
        author="asha",
        reason_code="",
        reason="",
        remote_url="",
        revision=1,
    )


def took(work: Callable[[], object]) -> float:
    """The median of the rounds, in milliseconds of this thread alone."""
    times = []
    for _ in range(ROUNDS):
        begun = time.thread_time()
        work()
        times.append((time.thread_time() - begun) * 1000)
    return sorted(times)[ROUNDS // 2]


def measured(periods: tuple[Period, ...], rows: list[Row]) -> dict[str, float]:
    """Each part in milliseconds."""
    zone, rulebook = london(), shipped.load()[1]

    def known() -> Almanac:
        return almanac(FIRST, LAST, periods=periods, ours=periods, nations=[Nation.UK], zone=zone)

    def worded() -> dict[str, str]:
        return {each.id: rules_in_words(each, BODIES, rulebook) for each in periods}

    notable, named, counts, rules = known(), letters(periods), day_counts(rows, zone), worded()

    def view() -> MonthView:
        return month_view(
            2027, 5, today=DAY, zone=zone, periods=periods, counts=counts, named=named, rules=rules, almanac=notable
        )

    def explained() -> Day:
        return explain(DAY, zone=zone, periods=periods, bodies_in=lambda _: BODIES, rulebook=rulebook, almanac=notable)

    shown, found = view(), explained()
    return {
        "in a thread: almanac": took(known),
        "in a thread: letters, counts, rules": took(lambda: (letters(periods), day_counts(rows, zone), worded())),
        "turn of the month: month_view": took(view),
        "each step: draw_month, 120x36": took(
            lambda: draw_month(shown, cursor=DAY, width=74, height=32, focused=True, bands=True)
        ),
        "each step: draw_month, 80x24": took(
            lambda: draw_month(shown, cursor=DAY, width=78, height=14, focused=True, bands=False)
        ),
        "each step: legend": took(lambda: draw_legend(shown, 118)),
        "each step: explain the day": took(explained),
        "each step: draw the explanation": took(lambda: draw_explanation(found, named, zone, 42)),
    }


def main() -> None:
    """Print a table."""
    columns = []
    for everywhere in (False, True):
        dice = random.Random(7)
        periods = tuple(period(number, dice, here=everywhere) for number in range(PERIODS))
        columns.append(measured(periods, [row(number, dice) for number in range(POSTS)]))
    print(f"{f'milliseconds, median of {ROUNDS}':42}{'over ten years':>16}{'all in the month':>18}")
    for name, figure in columns[0].items():
        print(f"{name:42}{figure:16.2f}{columns[1][name]:18.2f}")


if __name__ == "__main__":
    main()
