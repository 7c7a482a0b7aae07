"""The speed of the rules: one verdict with 500 periods beside a plain scan over all of them, and the sweep of a long queue.

Run it on a quiet machine: `python benchmarks/verdict.py [POSTS]`. The index and the scan answer the same random cases in turns
(an answer that differs ends the run), and the medians are given with their ratio. The queue holds POSTS cleared posts (100,000
unless given) over two years; a period is declared over it, with everything that follows: verdicts, holds, entries, commit.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from purdah_scheduler.application import calendars
from purdah_scheduler.application.office import Actor, House, Office
from purdah_scheduler.bootstrap import CatalogueRules, StopFile, SystemClock
from purdah_scheduler.calendars import shipped
from purdah_scheduler.domain.audit import NewEntry
from purdah_scheduler.domain.calendar import Calendar
from purdah_scheduler.domain.clearance import Choice, Decision, Stage
from purdah_scheduler.domain.content import AccountContent, Content, Marks, digest
from purdah_scheduler.domain.people import Account, AccountKind, Person, Role
from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period
from purdah_scheduler.domain.policy import Case, Rulebook, judge
from purdah_scheduler.domain.posts import Delivery, DeliveryState, Revision
from purdah_scheduler.store import rows, schema
from purdah_scheduler.store.media import MediaFolder
from purdah_scheduler.store.shown import folded, preview, searched
from purdah_scheduler.store.sqlite import create_store, open_store
from purdah_scheduler.store.sqlite_store import SqliteStore

PERIODS = 500
CASES = 2000
ROUNDS = 5
POSTS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
SEED = 20261122

ANN = Person(id="ann", name="Ann Author", roles=frozenset({Role.AUTHOR}))
BOB = Person(id="bob", name="Bob Approver", roles=frozenset({Role.APPROVER, Role.PROPRIETY}))


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
        calendar.scope(case.body, case.nation, case.area).scene(case.at)
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


def fill(store: SqliteStore, house: House, start: datetime, posts: int, rulebook: Rulebook) -> None:
    """A queue of `posts` cleared posts over two years, written in bulk as the product would have written them one by one."""
    chance = random.Random(SEED)
    categories = sorted(set(rulebook.categories) - {"party-political"})
    made: dict[str, list[dict[str, Any]]] = {"posts": [], "revisions": [], "decisions": [], "deliveries": [], "targets": []}
    written = start - timedelta(days=3)
    for number in range(1, posts + 1):
        account = chance.choice(house.accounts)
        due = start + timedelta(minutes=chance.randrange(1, 2 * 365 * 24 * 60))
        content = Content(
            accounts=(
                AccountContent(account=account.id, channel=account.channel, parts=(f"Notice {number}. " + "Words. " * 30,)),
            ),
            category=chance.choice(categories),
            nation=chance.choice(list(Nation)),
            marks=Marks(names_politician=chance.random() < 0.05),
        )
        code = digest(content)
        title = f"Notice {number}"
        made["posts"].append(
            {
                "id": number,
                "title": title,
                "revision": 1,
                "created_by": ANN.id,
                "created_at": written,
                "planned_at": None,
                "notes": "",
                "state": "scheduled",
                "row_version": 1,
                "category": content.category,
                "preview": preview(content),
                "folded_title": folded(title),
                "folded_text": searched(content),
                "shown_state": "scheduled",
                "shown_at": due,
                "sort_at": due,
            }
        )
        made["revisions"].append(
            rows.revision_values(Revision(post=number, number=1, content=content, digest=code, author=ANN.id, at=written))
        )
        yes = Decision(person=BOB.id, stage="press", choice=Choice.APPROVE, digest=code, revision=1, at=written)
        made["decisions"].append(rows.decision_values(number, yes))
        delivery = Delivery(
            id=number, post=number, account=account.id, state=DeliveryState.SCHEDULED, due_at=due, revision=1, digest=code
        )
        made["deliveries"].append({"id": number, **rows.delivery_values(delivery)})
        made["targets"].append(
            {"post": number, "account": account.id, "delivery": number, "state": "scheduled", "at": due, "sort_at": due}
        )
    with store.write() as tx:
        for name, values in made.items():
            tx._work.change(insert(schema.metadata.tables[name]), values)  # type: ignore[attr-defined]  # noqa: SLF001 - in bulk
        tx.record(NewEntry(action="benchmark.filled", at=written, public={"posts": posts}, private={}))


def sweeps() -> None:
    """A period is declared over a long queue: once over six weeks of it for one nation, once over all that is to come."""
    shipped_periods, rulebook = shipped.load()
    accounts = tuple(
        Account(id=name, channel="outbox", handle=f"@{name}", kind=AccountKind.DEPARTMENT, body=body)
        for name, body in (
            ("dept", Body.UK_CIVIL_SERVICE),
            ("agency", Body.ALB),
            ("wales", Body.WELSH_GOV),
            ("council", Body.LOCAL_AUTHORITY),
        )
    )
    now = datetime.now(UTC).replace(microsecond=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "purdah.db"
        create_store(path).close()
        with closing(open_store(path)) as store:
            office = Office(
                house=House(
                    department="Department for Benchmarks",
                    zone=ZoneInfo("Europe/London"),
                    people=(ANN, BOB),
                    accounts=accounts,
                    chain=(Stage(id="press", label="Press office", role=Role.APPROVER),),
                    sign_off_role=Role.PROPRIETY,
                    exemption_role=Role.PROPRIETY,
                    rulebook=rulebook,
                    periods=loaded(shipped_periods),
                ),
                store=store,
                shelf=MediaFolder(Path(folder) / "media"),
                clock=SystemClock(),
                rules=CatalogueRules(),
                stop=StopFile(path=Path(folder) / "STOP"),
            )
            fill(store, office.house, now, POSTS, rulebook)
            actor = Actor(person=BOB, face="benchmark")
            welsh = Period(
                id="bench-senedd",
                name="Six weeks in Wales",
                kind=Kind.SENEDD,
                bodies=frozenset({Body.WELSH_GOV}),
                nations=frozenset({Nation.WALES}),
                starts=now + timedelta(days=200),
                ends=now + timedelta(days=242),
                source="benchmark",
            )
            general = replace(
                welsh,
                id="bench-general",
                name="A general election from today",
                kind=Kind.GENERAL,
                bodies=frozenset({Body.UK_CIVIL_SERVICE, Body.ALB}),
                nations=frozenset({Nation.UK}),
                starts=now,
                ends=now + timedelta(days=42),
                end_mode=EndMode.FIXED,
            )
            for period in (welsh, general, replace(general, id="bench-open", name="Open", end_mode=EndMode.MANUAL_LIFT)):
                began = time.perf_counter()
                with store.read() as reader:
                    calendars.impact(reader, office.house, period, every=False)
                looked = time.perf_counter() - began
                began, busy = time.perf_counter(), time.process_time()
                effects = calendars.declare(office, actor, period)
                spent, used = time.perf_counter() - began, time.process_time() - busy
                became = [str(effect.after.verdict) for effect in effects if effect.changed]
                print(
                    f"“{period.name}” over {POSTS} queued posts: looked at in {looked:.2f} s, declared in {spent:.2f} s "
                    f"({used:.2f} s of processor), "
                    f"{became.count('block')} held, {became.count('flag')} flagged"
                )


if __name__ == "__main__":
    verdicts()
    sweeps()
