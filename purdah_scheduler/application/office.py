"""What every service needs to know: who may act, on which accounts, under which rules, and where things are kept."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime
from zoneinfo import ZoneInfo

from purdah_scheduler.application.channel_ports import ChannelRules
from purdah_scheduler.application.evidence import Evidence
from purdah_scheduler.application.notice_ports import HouseStore
from purdah_scheduler.application.ports import Clock, MediaShelf, Reader, StopSwitch
from purdah_scheduler.domain.break_glass import BreakGlassRules
from purdah_scheduler.domain.calendar import Calendar
from purdah_scheduler.domain.clearance import Stage
from purdah_scheduler.domain.notices import NoticeRules
from purdah_scheduler.domain.people import Account, Assurance, Least, Person, Role, account_by_id, person_by_id
from purdah_scheduler.domain.period_changes import PeriodChange, with_changes
from purdah_scheduler.domain.periods import Body, Nation, Period
from purdah_scheduler.domain.policy import Rulebook
from purdah_scheduler.domain.spacing import Spacing
from purdah_scheduler.errors import NotAllowed, NotProven
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The configuration as the application sees it. `periods` are those from files; the store adds its own.

    `sign_off_role` and `exemption_role` hold for every body that `sign_off_roles` and `exemption_roles` do not name. With
    `resume_needs_second` nobody undoes an emergency stop of their own. `evidence` is what the queue can know about who decided.
    """

    department: str
    zone: ZoneInfo
    people: tuple[Person, ...]
    accounts: tuple[Account, ...]
    chain: tuple[Stage, ...]
    sign_off_role: Role
    exemption_role: Role
    rulebook: Rulebook
    periods: tuple[Period, ...]
    sign_off_roles: Mapping[Body, Role] = field(default_factory=dict)
    exemption_roles: Mapping[Body, Role] = field(default_factory=dict)
    notices: NoticeRules = field(default_factory=NoticeRules)
    break_glass: BreakGlassRules = field(default_factory=BreakGlassRules)
    spacing: Spacing = field(default_factory=Spacing)
    resume_needs_second: bool = False
    least: Least = field(default_factory=Least)
    evidence: Evidence = field(default_factory=Evidence)

    def account(self, account: str) -> Account:
        """The account of that id. Raises NotFound, naming the nearest."""
        return account_by_id(self.accounts, account)

    def person(self, person: str) -> Person:
        """The person of that id. Raises NotFound, naming the nearest."""
        return person_by_id(self.people, person)

    def usual_nation(self, accounts: Iterable[str]) -> Nation:
        """The audience where nobody names one: the nation that all these accounts have, else the whole UK. Raises NotFound."""
        nations = {self.account(account).nation for account in accounts}
        return next(iter(nations)) if len(nations) == 1 else Nation.UK

    def stage(self, stage: str) -> Stage | None:
        """The stage of that id, or None."""
        return next((known for known in self.chain if known.id == stage), None)

    def assurance(self, reader: Reader) -> Assurance:
        """How surely this queue knows people who do not sign: by login, once any login stands for somebody."""
        return Assurance.AUTHENTICATED if self.evidence.by_login and reader.logins() else Assurance.CLAIMED

    def least_for(self, stage: str) -> Assurance:
        """How surely whoever gives that stage, or the sign-off, has to be known."""
        known = self.stage(stage)
        return self.least.sign_off if known is None else known.min_assurance

    def bound_by(self, period: Period) -> tuple[Account, ...]:
        """The accounts whose posts can be within the period's scope."""
        return tuple(account for account in self.accounts if account.bound_by(period))

    def is_bound_by(self, period: Period) -> bool:
        """Whether any account's posts can be within the period's scope."""
        return any(account.bound_by(period) for account in self.accounts)

    def bodies_in(self, period: Period) -> frozenset[Body]:
        """The bodies whose accounts the period can touch: whose rules it has anything to say about here."""
        return frozenset(account.body for account in self.bound_by(period))

    def gone_from(self, period: Period) -> tuple[str, ...]:
        """The accounts that the period names and the configuration has no more: a period limited to them holds nothing there."""
        return tuple(sorted(period.accounts - {account.id for account in self.accounts}))

    def sign_off_role_for(self, body: Body) -> Role:
        """The role of whoever signs off the flags of that body's accounts."""
        return self.sign_off_roles.get(body, self.sign_off_role)

    def exemption_role_for(self, body: Body) -> Role:
        """The role of whoever lifts blocks from that body's accounts."""
        return self.exemption_roles.get(body, self.exemption_role)

    def active(self, reader: Reader) -> tuple[Person, ...]:
        """The people who may act today: the suspended ones are left out."""
        gone = reader.suspended()
        return tuple(person for person in self.people if person.id not in gone)

    def calendar(self, reader: Reader, *tried: PeriodChange) -> Calendar:
        """Every period as it holds now: the union of the files and the store, with every change that the store has of any.

        The one place where a lift, a new end, a cancellation or a suppression takes effect; read anew for each question. With
        `tried`, as it would hold after these changes too, which are not on record.
        """
        return Calendar(with_changes((*self.periods, *reader.periods()), (*reader.period_changes(), *tried)))


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, how that is known, and through which face (`cli`, `tui`, `daemon`)."""

    person: Person
    face: str
    assurance: Assurance = Assurance.CLAIMED


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Ready objects, made once by the composition root and handed to every service."""

    house: House
    store: HouseStore
    shelf: MediaShelf
    clock: Clock
    rules: ChannelRules
    stop: StopSwitch

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return self.clock.now()


def require(actor: Actor, reader: Reader, *roles: Role, to: str) -> None:
    """Raise NotAllowed unless the actor is not suspended and has one of `roles`; `to` completes "may not …"."""
    require_active(actor, reader, to=to)
    require_role(actor, *roles, to=to)


def require_active(actor: Actor, reader: Reader, *, to: str) -> None:
    """Raise NotAllowed where the actor is suspended."""
    if actor.person.id in reader.suspended():
        raise NotAllowed(f"{actor.person.name} is suspended and may not {to}, so nothing was changed.")


def require_role(actor: Actor, *roles: Role, to: str) -> None:
    """Raise NotAllowed unless the actor has one of `roles`, by the configuration alone."""
    if not actor.person.has(*roles):
        wanted = " or ".join(roles)
        raise NotAllowed(
            f"{actor.person.name} may not {to}: that needs the role {wanted}, so nothing was changed.",
            next_step="Act as another person with --as, or ask whoever keeps the configuration.",
        )


def require_known(least: Assurance, known: Assurance, what: str) -> None:
    """Raise NotProven where somebody is known less surely than `least`; `what` begins the sentence."""
    if known.rank >= least.rank:
        return
    step = (
        "Sign it: give --sign, or --print-signing-request and then --signature."
        if least is Assurance.SIGNED
        else "Act under a login of your own at the database: purdah-scheduler db link LOGIN PERSON"
    )
    raise NotProven(f"{what} has to be {least.short}, and this one is {known.short}, so nothing was changed.", next_step=step)
