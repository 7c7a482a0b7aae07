"""The speed of the sweep: periods declared over a long queue, and one lifted again, beside a plain look at post after post.

Run it on a quiet machine: `python benchmarks/sweep.py [--posts N] [--case NAME]`. The queue holds N cleared posts (100,000
unless given) over the coming year: every category, five accounts of four bodies, every audience, marks, and one in twenty with an
exemption or a sign-off; the calendar has 500 periods. Each case runs in a process of its own on a fresh copy of the store, and
its time is that of the whole change: verdicts, holds, one entry a post, commit. Memory is how far the resident set rose above
what it was before. The plain look reads and judges some posts one by one, every period of both calendars in turn, and is
extrapolated to all.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from purdah_scheduler.application import calendar_changes, calendars, sweeping
from purdah_scheduler.application.matter import Matter, judgement_of
from purdah_scheduler.application.office import Actor, House, Office
from purdah_scheduler.bootstrap import CatalogueRules, StopFile, SystemClock
from purdah_scheduler.calendars import shipped
from purdah_scheduler.domain.audit import NewEntry, verify
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice, Decision, Stage
from purdah_scheduler.domain.content import AccountContent, Content, Marks, digest
from purdah_scheduler.domain.people import Account, AccountKind, Person, Role
from purdah_scheduler.domain.period_changes import Action
from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period
from purdah_scheduler.domain.posts import Delivery, DeliveryState, Exemption, Revision
from purdah_scheduler.store import decision_rows, rows, schema
from purdah_scheduler.store.media import MediaFolder
from purdah_scheduler.store.shown import folded, preview, searched
from purdah_scheduler.store.sqlite import create_store, open_store
from purdah_scheduler.store.store import SqlStore

SEED = 20261122
PERIODS = 500
PLAIN = 300
"""Posts of the plain look."""

ANN = Person(id="ann", name="Ann Author", roles=frozenset({Role.AUTHOR}))
BOB = Person(id="bob", name="Bob Approver", roles=frozenset({Role.APPROVER}))
PAT = Person(id="pat", name="Pat Propriety", roles=frozenset({Role.APPROVER, Role.PROPRIETY}))

ACCOUNTS = tuple(
    Account(id=name, channel="outbox", handle=f"@{name}", kind=kind, body=body)
    for name, kind, body in (
        ("dept", AccountKind.DEPARTMENT, Body.UK_CIVIL_SERVICE),
        ("minister", AccountKind.LEADER, Body.UK_CIVIL_SERVICE),
        ("agency", AccountKind.ALB, Body.ALB),
        ("wales", AccountKind.DEPARTMENT, Body.WELSH_GOV),
        ("council", AccountKind.DEPARTMENT, Body.LOCAL_AUTHORITY),
    )
)


def queue(store: SqlStore, start: datetime, posts: int, categories: list[str]) -> None:
    """Cleared and scheduled posts over a year, written in bulk as the product would have written them one by one."""
    chance = random.Random(SEED)
    made: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("posts", "revisions", "decisions", "deliveries", "targets", "exemptions")
    }
    written = start - timedelta(days=3)
    for number in range(1, posts + 1):
        account = chance.choice(ACCOUNTS)
        due = start + timedelta(minutes=chance.randrange(1, 365 * 24 * 60))
        content = Content(
            accounts=(
                AccountContent(account=account.id, channel=account.channel, parts=(f"Notice {number}. " + "Words. " * 30,)),
            ),
            category=chance.choice(categories),
            nation=chance.choice(list(Nation)),
            marks=Marks(
                names_politician=chance.random() < 0.05,
                joint_uk=chance.random() < 0.02,
                campaign=chance.choice(["", "", "", "Winter warmth", "Road safety"]),
            ),
        )
        code, title = digest(content), f"Notice {number}"
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
        made["decisions"].append(decision_rows.decision_values(number, yes))
        extra = chance.random()
        if extra < 0.025:
            made["decisions"].append(
                decision_rows.decision_values(number, replace(yes, person=PAT.id, stage=SIGN_OFF, reason="Factual"))
            )
        elif extra < 0.05:
            lift = Exemption(
                id=number,
                post=number,
                digest=code,
                person=PAT.id,
                reason="A duty in law to say so",
                at=written,
                expires_at=start + timedelta(days=chance.randrange(10, 300)),
            )
            made["exemptions"].append({"id": lift.id, **rows.exemption_values(lift)})
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


def loaded(shipped_periods: tuple[Period, ...]) -> tuple[Period, ...]:
    """The shipped periods and copies of them half years earlier, 500 in all."""
    found: list[Period] = []
    turn = 0
    while len(found) < PERIODS:
        by = timedelta(days=-182 * turn)
        found += [
            replace(
                period,
                id=f"{period.id}-{turn}",
                starts=period.starts + by,
                ends=period.ends + by,
                announced_at=None if period.announced_at is None else period.announced_at + by,
                lifted_at=None if period.lifted_at is None else period.lifted_at + by,
            )
            for period in shipped_periods
        ]
        turn += 1
    return tuple(found[:PERIODS])


def office_in(folder: Path) -> Office:
    """The invented department on the store in `folder`."""
    periods, rulebook = shipped.load()
    return Office(
        house=House(
            department="Department for Benchmarks",
            zone=ZoneInfo("Europe/London"),
            people=(ANN, BOB, PAT),
            accounts=ACCOUNTS,
            chain=(Stage(id="press", label="Press office", role=Role.APPROVER),),
            sign_off_role=Role.PROPRIETY,
            exemption_role=Role.PROPRIETY,
            rulebook=rulebook,
            periods=loaded(tuple(periods)),
        ),
        store=open_store(folder / "purdah.db"),
        shelf=MediaFolder(folder / "media"),
        clock=SystemClock(),
        rules=CatalogueRules(),
        stop=StopFile(path=folder / "STOP"),
    )


# --- what can be swept ---------------------------------------------------------------------------------------------


def devolved(start: datetime) -> Period:
    """Six weeks of one government, half a year ahead."""
    return Period(
        id="bench-senedd",
        name="Six weeks in Wales",
        kind=Kind.SENEDD,
        bodies=frozenset({Body.WELSH_GOV}),
        nations=frozenset({Nation.WALES}),
        starts=start + timedelta(days=150),
        ends=start + timedelta(days=192),
        source="benchmark",
    )


def general(start: datetime) -> Period:
    """A general election that is called now, for six weeks."""
    return replace(
        devolved(start),
        id="bench-general",
        name="A general election from today",
        kind=Kind.GENERAL,
        bodies=frozenset({Body.UK_CIVIL_SERVICE, Body.ALB}),
        nations=frozenset({Nation.UK}),
        starts=start,
        ends=start + timedelta(days=42),
    )


def until_lifted(start: datetime) -> Period:
    """The same, in force until a person says that it is over: all that is queued for a year is inside."""
    return replace(general(start), id="bench-open", name="A general election until lifted", end_mode=EndMode.MANUAL_LIFT)


def everybody(start: datetime) -> Period:
    """The same for every body that has an account."""
    return replace(
        until_lifted(start),
        id="bench-everybody",
        name="A general election, all accounts",
        bodies=frozenset(account.body for account in ACCOUNTS),
    )


CASES: dict[str, tuple[str, Callable[[datetime], Period]]] = {
    "devolved": ("declared: six weeks, one devolved government", devolved),
    "general": ("declared: general election, six weeks from now", general),
    "open": ("declared: general election, until lifted", until_lifted),
    "everybody": ("declared: the same, all accounts", everybody),
    "lift": ("lifted again: general election, all accounts", everybody),
    "returned": ("listed: what waits for a new time after it", everybody),
}


def prepare(name: str, folder: Path, start: datetime) -> None:
    """What a case needs to have happened before it: a period that holds a third of the queue, and its lift, asked for or done."""
    if name not in ("lift", "returned"):
        return
    office = office_in(folder)
    bob, pat = Actor(person=BOB, face="benchmark"), Actor(person=PAT, face="benchmark")
    period = CASES[name][1](start)
    with closing(office.store):
        calendars.declare(office, bob, period)
        calendar_changes.change(office, bob, period.id, Action.LIFT, reason="It is over")
        if name == "returned":
            calendar_changes.accept(office, pat, 1)


def run_case(name: str, folder: Path, start: datetime) -> dict[str, Any]:
    """One case on the store in `folder`: seconds, posts changed, and how far the resident set rose (kilobytes)."""
    office = office_in(folder)
    with closing(office.store):
        with office.store.read() as reader:
            office.house.calendar(reader)
        before = _resident("VmRSS")
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts anew
        began, busy = time.perf_counter(), time.process_time()
        if name == "lift":
            changed = len(calendar_changes.accept(office, Actor(person=PAT, face="benchmark"), 1).swept.returned)
        elif name == "returned":
            with office.store.read() as reader:
                changed = len(sweeping.returned(reader, office.house, office.now()))
        else:
            effects = calendars.declare(office, Actor(person=BOB, face="benchmark"), CASES[name][1](start))
            changed = sum(effect.changed and effect.after.verdict == "block" for effect in effects)
        spent, used = time.perf_counter() - began, time.process_time() - busy
        peak = _resident("VmHWM")
        with office.store.read() as reader:
            if not verify(reader.entries()).ok:
                raise SystemExit("The record does not verify")
    return {"seconds": spent, "processor": used, "changed": changed, "memory": peak - before}


def plain(folder: Path, start: datetime, posts: int) -> float:
    """Seconds that a look at each post by itself would take: read, judged by every period of both calendars."""
    office = office_in(folder)
    with closing(office.store), office.store.read() as reader:
        before = tuple(office.house.calendar(reader))
        after = (*before, everybody(start))
        waiting = [entry for _, entry in zip(range(PLAIN), reader.waiting((DeliveryState.SCHEDULED,)), strict=False)]
        began = time.perf_counter()
        for entry in waiting:
            matter = Matter.read(reader, office.house, entry.post)
            for calendar in (before, after):
                account = office.house.account(entry.account)
                judgement_of(matter, reader, office.house, account, entry.due_at, calendar=calendar)
        return (time.perf_counter() - began) / len(waiting) * posts


def _resident(field: str) -> int:
    """Kilobytes, as Linux counts them."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(f"{field}:")).split()[1])


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description="The speed of the sweep.")
    options.add_argument("--posts", type=int, default=100_000)
    options.add_argument("--case", action="append", choices=sorted(CASES))
    options.add_argument("--inside", nargs=3, metavar=("STEP", "FOLDER", "START"), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.inside:
        step, place, begins = given.inside
        run = prepare if step == "prepare" else run_case
        print(json.dumps(run(given.case[0], Path(place), datetime.fromisoformat(begins))))
        return
    start = datetime.now(UTC).replace(microsecond=0)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole"
        create_store(whole / "purdah.db").close()
        categories = sorted(set(shipped.load()[1].categories) - {"party-political"})
        with closing(open_store(whole / "purdah.db")) as store:
            queue(store, start, given.posts, categories)
        load = os.getloadavg()[0]
        print(f"{given.posts} queued posts, {PERIODS} periods, {os.cpu_count()} processors, load {load:.1f}")
        print(f"{'':<50}{'time':>9}{'processor':>11}{'changed':>9}{'memory':>9}")
        for name in given.case or CASES:
            place = Path(folder) / name
            shutil.copytree(whole, place)
            for step in ("prepare", "run"):
                command = [sys.executable, __file__, "--case", name, "--inside", step, str(place), start.isoformat()]
                found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            shutil.rmtree(place)
            print(
                f"{CASES[name][0]:<50}{found['seconds']:>7.2f} s{found['processor']:>9.2f} s{found['changed']:>9}"
                f"{found['memory'] / 1024:>6.0f} MB"
            )
        print(f"{'a plain look at post after post (extrapolated)':<50}{plain(whole, start, given.posts):>7.0f} s")


if __name__ == "__main__":
    main()
