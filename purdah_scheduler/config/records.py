"""What the rest of the product receives: the frozen configuration and its parts."""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from pathlib import Path

from purdah_scheduler.config.schema import THEMES
from purdah_scheduler.domain.addresses import EVERY_ELECTION
from purdah_scheduler.domain.break_glass import BreakGlassRules
from purdah_scheduler.domain.clearance import Stage
from purdah_scheduler.domain.holds import Retention
from purdah_scheduler.domain.notices import NoticeRules
from purdah_scheduler.domain.people import Account, Least, Person, Role, account_by_id, person_by_id
from purdah_scheduler.domain.periods import Body
from purdah_scheduler.domain.rulebook import RuleChange
from purdah_scheduler.domain.spacing import Spacing
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class DaemonSettings:
    """How the daemon works.

    `heartbeat_seconds`: 0.1 to 60. `lease`: how long a claim stands without a sign of life. `max_lateness`: for accounts that
    name none of their own. A retry waits `retry_first`, then longer each time, at most `retry_max`.
    `look_up_apart`: between the two looks that it takes to believe that a post is not on its platform. `metrics_port` is where
    figures are served on this machine alone; 0 for nowhere.
    """

    heartbeat_seconds: float = 5.0
    max_lateness: timedelta = timedelta(minutes=15)
    lease: timedelta = timedelta(seconds=90)
    workers: int = 100
    retry_first: timedelta = timedelta(seconds=5)
    retry_max: timedelta = timedelta(minutes=5)
    look_up_apart: timedelta = timedelta(minutes=1)
    metrics_port: int = 0


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceSettings:
    """How the terminal interface looks and listens; `accessible` asks for plain lines that a screen reader can follow."""

    theme: str = THEMES[0]
    mouse: bool = True
    accessible: bool = False


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One department's configuration, checked whole: every id in it resolves and its chain can be completed.

    `folder` holds the file and is what relative paths start from. `store_url` names a database on a PostgreSQL server; where it
    is empty the queue is in the file `store_path`, whose folder holds what belongs to this machine in either case.

    `calendar_files` is expanded and sorted; `shipped_calendar`
    says whether the UK data of the product is in force beside them. `every_election_url` is where a
    person's import asks for elections. `sign_off_roles` and `exemption_roles` are those of bodies that have one of their own.
    `least` is how surely people must be known beside what each stage asks. `keymap` maps ids of bindings to keys (`ctrl+s,f2`).
    `notice_credentials` names the file with the addresses of `notices`.
    """

    path: Path
    folder: Path
    department: str
    store_path: Path
    people: tuple[Person, ...]
    accounts: tuple[Account, ...]
    chain: tuple[Stage, ...]
    store_url: str = ""
    zone: str = "Europe/London"
    calendar_files: tuple[Path, ...] = ()
    shipped_calendar: bool = True
    every_election_url: str = EVERY_ELECTION
    sign_off_role: Role = Role.PROPRIETY
    exemption_role: Role = Role.PROPRIETY
    resume_needs_second: bool = False
    retention: Retention = field(default_factory=Retention)
    sign_off_roles: Mapping[Body, Role] = field(default_factory=dict)
    exemption_roles: Mapping[Body, Role] = field(default_factory=dict)
    least: Least = field(default_factory=Least)
    daemon: DaemonSettings = DaemonSettings()
    interface: InterfaceSettings = InterfaceSettings()
    rule_changes: tuple[RuleChange, ...] = ()
    keymap: Mapping[str, str] = field(default_factory=dict)
    notices: NoticeRules = field(default_factory=NoticeRules)
    notice_credentials: str = ""
    break_glass: BreakGlassRules = field(default_factory=BreakGlassRules)
    spacing: Spacing = field(default_factory=Spacing)

    @property
    def data_folder(self) -> Path:
        """Where this machine keeps what is its own: the emergency stop, unsaved drafts, logs, the outbox."""
        return self.store_path.parent

    @property
    def store_name(self) -> str:
        """The queue's place in words: the address or the file."""
        return self.store_url or str(self.store_path)

    def person(self, person_id: str) -> Person:
        """The person with this id. Raises NotFound, naming the nearest."""
        return person_by_id(self.people, person_id)

    def account(self, account_id: str) -> Account:
        """The account with this id. Raises NotFound, naming the nearest."""
        return account_by_id(self.accounts, account_id)
