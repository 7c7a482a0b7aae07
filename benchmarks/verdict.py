"""The speed of the rules: one verdict with 500 periods beside a plain scan over all of them.

Run it on a quiet machine: `python benchmarks/verdict.py`. The index and the scan answer the same random cases in turns (an answer
that differs ends the run), and the medians are given with their ratio. How long a whole queue takes is in sweep.py.
"""

import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from purdah_scheduler.calendars import shipped
from purdah_scheduler.domain.calendar import Calendar
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.people import AccountKind
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.policy import Case, Rulebook, judge

PERIODS = 500
CASES = 2000
ROUNDS = 5
SEED = 20261122


def loaded(shipped_periods: Sequence[Period]) -> tuple[Period, ...]:
    """The shipped periods and copies of them half years earlier, 500 in all."""
    found: list[Period] = []
    turn = 0
    while len(found) < PERIODS:
        found += [moved(period, f"{period.id}-{turn}", timedelta(days=-182 * turn)) for period in shipped_periods]
        turn += 1
    return tuple(found[:PERIODS])


def moved(period: Period, new_id: str, by: timedelta) -> Period:
    """The same period, all of its instants later by `by`."""
    return replace(
        period,
        id=new_id,
        starts=period.starts + by,
        ends=period.ends + by,
        announced_at=None if period.announced_at is None else period.announced_at + by,
        lifted_at=None if period.lifted_at is None else period.lifted_at + by,
    )


def some_cases(periods: Sequence[Period], rulebook: Rulebook, chance: random.Random) -> list[Case]:
    """Random posts, each due inside some period of its body, so that none is answered for want of a period."""
    categories = sorted(rulebook.categories)
    found = []
    for _ in range(CASES):
        period = chance.choice(periods)
        at = period.starts + (period.ends - period.starts) * chance.random()
        found.append(
            Case(
                body=chance.choice(sorted(period.bodies)),
                category=chance.choice(categories),
                at=at,
                nation=chance.choice(sorted(period.nations)),
                area=period.area,
                account_kind=chance.choice(list(AccountKind)),
                marks=Marks(names_politician=chance.random() < 0.2),
                approved_at=at - timedelta(days=chance.randrange(40)),
            )
        )
    return found


def verdicts() -> None:
    """One verdict by the index, and by looking through every period."""
    shipped_periods, rulebook = shipped.load()
    periods = loaded(shipped_periods)
    cases = some_cases(periods, rulebook, random.Random(SEED))
    began = time.perf_counter()
    calendar = Calendar(periods)
    for case in cases:
        calendar.scope(case.place).scene(case.at)
    built = time.perf_counter() - began
    found: dict[str, list[float]] = {"index": [], "scan": []}
    findings = 0
    for case in cases:
        answer = judge(case, calendar, rulebook)
        findings += len(answer.findings)
        if answer != judge(case, periods, rulebook):
            raise SystemExit(f"The index and the scan differ for {case}")
    for _ in range(ROUNDS):
        for name, known in (("index", calendar), ("scan", periods)):
            began = time.perf_counter()
            for case in cases:
                judge(case, known, rulebook)
            found[name].append((time.perf_counter() - began) / len(cases) * 1e6)
    index, scan = statistics.median(found["index"]), statistics.median(found["scan"])
    print(
        f"one verdict, {len(periods)} periods, {len(cases)} random cases with {findings / len(cases):.1f} findings each: "
        f"index {index:.1f} µs, plain scan {scan:.0f} µs, ratio {scan / index:.0f} (index built once in {built * 1000:.0f} ms)"
    )


if __name__ == "__main__":
    verdicts()
