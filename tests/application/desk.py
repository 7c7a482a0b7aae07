"""An invented press office on a real store, with a clock that tests set by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from purdah_scheduler.application import deciding, scheduling, writing
from purdah_scheduler.application.office import Actor, House, Office
from purdah_scheduler.bootstrap import CatalogueRules, StopFile
from purdah_scheduler.calendars import shipped
from purdah_scheduler.domain.clearance import Choice, Stage
from purdah_scheduler.domain.content import short
from purdah_scheduler.domain.people import Account, AccountKind, Person, Role
from purdah_scheduler.domain.periods import Basis, Body, EndMode, Kind, Nation, Period
from purdah_scheduler.domain.posts import Delivery, PostState
from purdah_scheduler.store.media import MediaFolder
from purdah_scheduler.store.sqlite import create_store, open_store

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

ANN = Person(id="ann", name="Ann Author", roles=frozenset({Role.AUTHOR, Role.APPROVER, Role.PROPRIETY}))
ALF = Person(id="alf", name="Alf Author", roles=frozenset({Role.AUTHOR}))
BOB = Person(id="bob", name="Bob Approver", roles=frozenset({Role.APPROVER}))
PAT = Person(id="pat", name="Pat Propriety", roles=frozenset({Role.PROPRIETY, Role.APPROVER}))
OLA = Person(id="ola", name="Ola Operator", roles=frozenset({Role.OPERATOR, Role.PUBLISHER}))
VIC = Person(id="vic", name="Vic Viewer", roles=frozenset({Role.VIEWER}))

DEPARTMENT = Account(
    id="dept", channel="outbox", handle="@dept", kind=AccountKind.DEPARTMENT, body=Body.UK_CIVIL_SERVICE, threads=True
)
AGENCY = Account(id="agency", channel="outbox", handle="@agency", kind=AccountKind.ALB, body=Body.ALB)


@dataclass
class HandClock:
    """A clock that moves only when a test says so."""

    at: datetime = MONDAY
    booted: float = 1000.0

    def now(self) -> datetime:
        """Aware, UTC."""
        return self.at

    def boot_seconds(self) -> float:
        """Moves with the wall unless a test parts them."""
        return self.booted

    def forward(self, span: timedelta) -> None:
        """Let time pass on both clocks."""
        self.at += span
        self.booted += span.total_seconds()


def election(**changes: object) -> Period:
    """A general election in force on MONDAY from midnight, until it is lifted."""
    period = Period(
        id="ge-test",
        name="Invented general election",
        kind=Kind.GENERAL,
        bodies=frozenset({Body.UK_CIVIL_SERVICE, Body.ALB}),
        nations=frozenset({Nation.UK}),
        starts=MONDAY.replace(hour=0),
        ends=MONDAY + timedelta(days=30),
        end_mode=EndMode.MANUAL_LIFT,
        basis=Basis.ANNOUNCED,
        source="invented for a test",
    )
    return replace(period, **changes)  # type: ignore[arg-type]  # built by name


@dataclass
class Desk:
    """The office, its clock, and the few steps that most tests share."""

    office: Office
    clock: HandClock
    folder: Path
    texts: Mapping[str, str] = field(default_factory=dict)

    def act(self, person: Person) -> Actor:
        """That person at the command line."""
        return Actor(person=person, face="cli")

    def draft(self, text: str = "Phone lines open at 8am.", **changes: object) -> writing.Draft:
        """An operational post for the department's account."""
        base = writing.Draft(accounts=("dept",), text=text, category="operational-service")
        return replace(base, **changes)  # type: ignore[arg-type]  # built by name

    def write(self, text: str = "Phone lines open at 8am.", **changes: object) -> int:
        """A draft by Ann."""
        return writing.new_post(self.office, self.act(ANN), self.draft(text, **changes))

    def code(self, post: int) -> str:
        """The digest that a person would read on the post."""
        with self.office.store.read() as reader:
            return short(reader.revision(post, reader.post(post).revision).digest)

    def decide(
        self, person: Person, post: int, choice: Choice = Choice.APPROVE, stage: str = "press", reason: str = ""
    ) -> PostState:
        """A decision on what the post says now."""
        return deciding.decide(
            self.office, self.act(person), post, stage=stage, choice=choice, typed_digest=self.code(post), reason=reason
        )

    def cleared(self, text: str = "Phone lines open at 8am.", **changes: object) -> int:
        """A post by Ann that Bob has cleared."""
        post = self.write(text, **changes)
        writing.submit(self.office, self.act(ANN), post)
        self.decide(BOB, post)
        return post

    def queued(self, at: datetime, text: str = "Phone lines open at 8am.", **changes: object) -> int:
        """A cleared post that is scheduled for `at`."""
        post = self.cleared(text, **changes)
        scheduling.schedule(self.office, self.act(ANN), post, at=at)
        return post

    def delivery(self, post: int) -> Delivery:
        """The newest delivery of a post."""
        with self.office.store.read() as reader:
            return reader.deliveries(post)[-1]

    def state(self, post: int) -> PostState:
        """The state of a post."""
        with self.office.store.read() as reader:
            return reader.post(post).state


def open_desk(folder: Path) -> Desk:
    """A new press office in `folder`."""
    path = folder / "purdah.db"
    create_store(path).close()
    periods, rules = shipped.load()
    clock = HandClock()
    office = Office(
        house=House(
            department="Department for Tests",
            zone=ZoneInfo("Europe/London"),
            people=(ANN, ALF, BOB, PAT, OLA, VIC),
            accounts=(DEPARTMENT, AGENCY),
            chain=(Stage(id="press", label="Press office", role=Role.APPROVER),),
            sign_off_role=Role.PROPRIETY,
            exemption_role=Role.PROPRIETY,
            rulebook=rules,
            periods=periods,
        ),
        store=open_store(path),
        shelf=MediaFolder(folder / "media"),
        clock=clock,
        rules=CatalogueRules(),
        stop=StopFile(path=folder / "STOP"),
    )
    return Desk(office=office, clock=clock, folder=folder)
