"""What the application needs from outside: a clock, channels, a store."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from purdah_scheduler.application.exception_ports import ExceptionReader, ExceptionWriter
from purdah_scheduler.application.foresight import Foresight
from purdah_scheduler.application.limit_ports import LimitReader, LimitWriter
from purdah_scheduler.application.lists import Dossier, Line, Papers, QueueFilter, Row, Target, Waiting
from purdah_scheduler.application.reading_ports import ReadingReader, ReadingWriter
from purdah_scheduler.application.record_ports import RecordReader, RecordWriter
from purdah_scheduler.application.series_ports import SeriesReader, SeriesWriter
from purdah_scheduler.domain.account_health import LastCheck
from purdah_scheduler.domain.audit import Entry, NewEntry
from purdah_scheduler.domain.checklist import Mark
from purdah_scheduler.domain.clearance import Decision
from purdah_scheduler.domain.people import Login
from purdah_scheduler.domain.period_changes import PeriodChange, Proposal
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.posts import (
    Attempt,
    Delivery,
    DeliveryState,
    Heartbeat,
    Home,
    LookUp,
    Pause,
    Post,
    RateLimit,
    Revision,
)
from purdah_scheduler.domain.readings import Reading

# --- clock --------------------------------------------------------------------------------------------------------


class Clock(Protocol):
    """The only source of `now`; the edge owns one, everything else receives instants."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def boot_seconds(self) -> float:
        """Seconds of CLOCK_BOOTTIME: runs through suspend, never steps."""
        ...


class StopSwitch(Protocol):
    """The emergency stop that needs no database: asked before each send."""

    def reason(self) -> str:
        """Why everything is stopped, or an empty text."""
        ...

    def set(self, reason: str) -> None: ...
    def clear(self) -> None: ...


# --- store --------------------------------------------------------------------------------------------------------


class Reader(Foresight, ExceptionReader, LimitReader, ReadingReader, RecordReader, SeriesReader, Protocol):
    """A consistent view of the store. Lookups by id raise NotFound with a sentence."""

    def post(self, post: int) -> Post: ...
    def revision(self, post: int, number: int) -> Revision: ...
    def revisions(self, post: int) -> tuple[Revision, ...]:
        """Oldest first."""
        ...

    def every_revision(self) -> Iterator[Revision]:
        """Of every post, in no order, in little memory: for checking that the words are what they were."""
        ...

    def decisions(self, post: int) -> tuple[Decision, ...]:
        """In the order given, of every revision."""
        ...

    def targets(self, post: int) -> tuple[Target, ...]:
        """By account id."""
        ...

    def deliveries(self, post: int) -> tuple[Delivery, ...]:
        """By id, cancelled ones included."""
        ...

    def delivery(self, delivery: int) -> Delivery: ...
    def attempts(self, delivery: int) -> tuple[Attempt, ...]: ...
    def look_ups(self, delivery: int) -> tuple[LookUp, ...]:
        """In the order in which they were made."""
        ...

    def with_receipt(self, account: str, remote_id: str) -> tuple[int, ...]:
        """Ids of the deliveries of that account whose receipt this is."""
        ...

    def published_since(self, account: str, since: datetime) -> tuple[Delivery, ...]:
        """The deliveries of that account that were published then or later, the newest first."""
        ...

    def account_checks(self) -> tuple[LastCheck, ...]:
        """What each platform said of an account when it was last asked, by account."""
        ...

    def last_published(self) -> Mapping[str, datetime]:
        """When each account last published, by account; those that never did are left out."""
        ...

    def rate_limits(self) -> tuple[RateLimit, ...]:
        """The last one of each account, past ones too, by account."""
        ...

    def pauses(self) -> tuple[Pause, ...]: ...
    def suspended(self) -> frozenset[str]: ...
    def logins(self) -> tuple[Login, ...]:
        """The logins of the database that stand for a person, by name; none in a file."""
        ...

    def periods(self) -> tuple[Period, ...]:
        """Periods declared in the store; `origin` is `store`."""
        ...

    def calendar_revision(self) -> int:
        """Rises with every declared period and every change of a period of any source."""
        ...

    def period_changes(self) -> tuple[PeriodChange, ...]:
        """Of periods of any source, in the order in which they were made; so are proposals, answered ones included."""
        ...

    def proposals(self) -> tuple[Proposal, ...]: ...
    def marks(self, period: str) -> tuple[Mark, ...]:
        """Of both checklists of a period, in the order in which they were made."""
        ...

    def heartbeats(self) -> tuple[Heartbeat, ...]: ...
    def high_water(self) -> datetime | None:
        """The latest wall time that a daemon has recorded, or a person has accepted since."""
        ...

    def home(self) -> Home | None:
        """Where this store was last published from; None where it never was."""
        ...

    def clock_accepted_at(self) -> datetime | None:
        """What the clock said when a person accepted it last."""
        ...

    def next_due_at(self) -> datetime | None:
        """The earliest moment at which a scheduled delivery may be claimed: its due time, or its retry time if later."""
        ...

    def overdue(self, before: datetime) -> int:
        """How many scheduled deliveries could have been claimed before that instant."""
        ...

    def in_state(self, states: Sequence[DeliveryState], *, code: str = "") -> tuple[Delivery, ...]:
        """Every delivery in one of `states`, with that reason code where one is given, by due time."""
        ...

    def waiting(
        self, states: Sequence[DeliveryState], *, accounts: Collection[str] | None = None, since: datetime | None = None
    ) -> Iterator[Waiting]:
        """The same deliveries in no order, each with the classification of its post; light enough for a hundred thousand.

        Only those on `accounts` and due at `since` or later, where they are given. Of a thread, the part that is next stands for
        those behind it.
        """
        ...

    def papers(self, posts: Sequence[int]) -> Iterator[Papers]:
        """What says whether and when posts were cleared, in the order of `posts`; ids that no longer exist are left out."""
        ...

    def how_many(self, states: Sequence[DeliveryState]) -> int:
        """How many deliveries are in one of `states`; of a thread, the part that is next stands for those behind it."""
        ...

    def dossiers(self, posts: Sequence[int]) -> Iterator[Dossier]:
        """Posts with all that hangs on them, in the order of `posts`; ids that no longer exist are left out."""
        ...

    def row_ids(self, wanted: QueueFilter, *, limit: int | None = None) -> Sequence[int]:
        """Ids of the posts of a list, by `sort_at` then id; the first `limit` of them where it is given."""
        ...

    def posts_by_state(self) -> dict[str, int]:
        """How many posts are in each state as a list shows it (`Row.state`); states without any are left out."""
        ...

    def rows(self, posts: Sequence[int]) -> tuple[Row, ...]:
        """Rows in the order of `posts`; ids that no longer exist are left out."""
        ...

    def lines(self, wanted: QueueFilter, *, limit: int) -> tuple[Line, ...]:
        """Post by account, by moment then post then account; `states` and `account` apply to the line."""
        ...

    def counts(self) -> dict[str, int]:
        """How many lines (post by account) are in each state; states without any are left out."""
        ...

    def counts_by_account(self, states: Collection[str]) -> dict[tuple[str, str], int]:
        """The same of these states alone, by account and state."""
        ...

    def entries(self, *, post: int | None = None, newest_first: bool = False, limit: int | None = None) -> Iterator[Entry]:
        """The record, in order of `seq`."""
        ...

    def instance(self) -> str:
        """The id that this store was given when it was created: 32 hex digits."""
        ...


class Writer(Reader, ExceptionWriter, LimitWriter, ReadingWriter, RecordWriter, SeriesWriter, Protocol):
    """One transaction. Leaving the block without an exception commits; anything else rolls back.

    A transaction that changed something without `record` is refused at commit (RuntimeError): no entry, no change.
    Texts of an entry's `private` part may be long. Moves of deliveries and posts are checked against the tables.
    """

    def record(self, entry: NewEntry) -> None: ...
    def record_all(self, entries: Iterable[NewEntry]) -> None:
        """Chain many entries, in their order."""
        ...

    def add_post(self, post: Post, revision: Revision) -> int:
        """Store a new post with its first revision and its targets, ignoring the ids in them. Returns the post's id."""
        ...

    def add_revision(self, revision: Revision) -> None:
        """Store the next revision (its number must be the next one) and make its accounts the targets."""
        ...

    def save_post(self, post: Post) -> None:
        """Replace title, state, planned time and notes; `row_version` must be the stored one (else TryAgain), and rises by 1."""
        ...

    def add_decision(self, post: int, decision: Decision) -> None: ...
    def add_delivery(self, delivery: Delivery) -> int:
        """Store a delivery (its id is ignored) and point the target of its account at its first part. Returns its id."""
        ...

    def save_delivery(self, delivery: Delivery, *, was: DeliveryState, fence: int | None = None) -> bool:
        """Replace the delivery if it is still `was` (and has `fence`, where given); False, and nothing done, otherwise.

        What it `follows` is the store's own: a part that becomes public is what the next one follows, in the same transaction.
        """
        ...

    def hold_all(self, deliveries: Sequence[Delivery | Waiting], *, reason_code: str, reasons: Sequence[str]) -> None:
        """Hold many, held ones too, each as it was read (else TryAgain: nothing may be committed) and with its own reason."""
        ...

    def claim_due(self, *, now: datetime, owner: str, lease_until: datetime, limit: int) -> tuple[Delivery, ...]:
        """Move up to `limit` scheduled deliveries whose time has come to `claimed`, raise their fence, set owner and lease.

        Never two of one account while another of that account is claimed or sending: a slow platform holds up its own
        account only. A part of a thread only once the part before it is public, and then before all else of its account.
        """
        ...

    def add_attempt(self, attempt: Attempt) -> None: ...
    def end_attempt(self, attempt: Attempt) -> None:
        """Fill in outcome, detail and end of an attempt that has none; late news of an ended attempt is ignored."""
        ...

    def add_look_up(self, look_up: LookUp) -> None: ...
    def note_check(self, check: LastCheck) -> None:
        """Replaces what was known of the account; it needs no entry in the record."""
        ...

    def set_rate_limit(self, limit: RateLimit) -> None:
        """Replaces what was known of the account."""
        ...

    def set_pause(self, pause: Pause) -> None: ...
    def end_pause(self, account: str) -> None: ...
    def set_home(self, home: Home) -> None: ...
    def accept_clock(self, at: datetime) -> None:
        """Make `at` the latest time on record, be it earlier than what was."""
        ...

    def forget_daemons(self) -> None: ...

    def suspend(self, person: str, by: str, at: datetime) -> None: ...
    def restore(self, person: str) -> None: ...
    def link_login(self, login: str, person: str, at: datetime) -> None:
        """From now on the login stands for that person, and for nobody else."""
        ...

    def unlink_login(self, login: str) -> None: ...
    def declare_period(self, period: Period) -> None:
        """Store a period; raises BadInput where the id is taken."""
        ...

    def add_period_change(self, change: PeriodChange) -> int:
        """Store a change of a period (its id is ignored), and raise the calendar's revision. Returns its id."""
        ...

    def add_proposal(self, proposal: Proposal) -> int:
        """Store a proposal (its id is ignored) that nobody has answered. Returns its id."""
        ...

    def answer_proposal(self, proposal: Proposal) -> None:
        """Fill in the answer of a stored proposal. Raises NotFound; WrongState where it was answered before."""
        ...

    def add_mark(self, mark: Mark) -> int:
        """Store a mark of a checklist (its id is ignored). Returns its id."""
        ...


class Store(Protocol):
    """Where everything is kept. Safe to use from several threads and processes at once.

    Raises TryAgain (busy, full, read-only) and StoreUnusable (missing, damaged, newer version): never a database error. `news` is
    a descriptor that becomes readable when somebody commits, until `change_mark` is asked; None where there is none.
    """

    def read(self) -> AbstractContextManager[Reader]: ...
    def write(self, *, last: Callable[[], object] | None = None) -> AbstractContextManager[Writer]:
        """One transaction; `last` is called when all is in it, just before the commit, and undoes it by raising."""
        ...

    def beat(self, heartbeat: Heartbeat, *, high_water: datetime, forget: Collection[str] = ()) -> None:
        """Record a sign of life and the clock, without an audit entry; `forget` names daemons (by `owner`) that are gone."""
        ...

    def note_reading(self, reading: Reading) -> None:
        """Keep what somebody has read, without an audit entry. Raises NotAllowed where a server does not let them."""
        ...

    def server_time(self) -> datetime | None:
        """What the clock of the store's server says; None where the store is a file, which goes by its machine's clock."""
        ...

    def login(self) -> Login | None:
        """Who the database says is asking; None for a file, which cannot know."""
        ...

    def change_mark(self) -> int:
        """A number that differs after any other connection has committed; costs microseconds."""
        ...

    def news(self) -> int | None: ...
    def close(self) -> None: ...


class MediaShelf(Protocol):
    """Attached files by content: read once on attach, kept by SHA-256, hashed again when taken out."""

    def put(self, data: bytes) -> str:
        """Keep the bytes; returns the SHA-256 in hex. Putting the same bytes twice is harmless."""
        ...

    def get(self, sha256: str) -> bytes:
        """The bytes. Raises BadMedia where they are missing or no longer match their hash."""
        ...
