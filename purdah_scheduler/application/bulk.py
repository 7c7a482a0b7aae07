"""Several posts acted on in one go: shown first with what would become of each, then done one by one, each through its service.

Nothing is approved here: a text is read by itself. No post waits for another, and the refusal of one stops no other.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any, cast
from zoneinfo import ZoneInfo

from purdah_scheduler.application import scheduling, undoing, writing
from purdah_scheduler.application.nearby import Neighbourhood, warnings
from purdah_scheduler.application.notice_ports import HouseStore
from purdah_scheduler.application.office import Actor, Office
from purdah_scheduler.application.ports import Reader, Writer
from purdah_scheduler.application.scheduling import Queued, queued_words
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.domain.shifts import Shift
from purdah_scheduler.errors import BadInput, BadTime, ProductError, WrongState
from purdah_scheduler.lean import lean_dataclass

MOST = 500
"""Posts in one go: what a person can still look through before saying yes."""


class Act(StrEnum):
    """What can be done to several posts: never a decision."""

    SUBMIT = "submit"
    SCHEDULE = "schedule"
    MOVE = "move"
    HOLD = "hold"
    RELEASE = "release"
    CANCEL = "cancel"
    UNDO = "undo"


_TIMED = frozenset({Act.SCHEDULE, Act.MOVE, Act.RELEASE})
"""What puts a post beside others in time."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What is to be done to each post. One time for all (`at`, UTC), or a shift from each one's own (`by`), or neither.

    Without a time each keeps its own: the one that its author planned, or that it was held with.
    """

    act: Act
    at: datetime | None = None
    by: Shift | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.at is not None and self.at.tzinfo is None:
            raise ValueError("an errand needs an aware instant")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What would become of one post now, in words; `refusal` says why nothing would be done, and is empty where it would.

    `at` is the time that it would get, `held` whether it would be on hold, `beside` what it would stand beside then. `mark` is
    the newest entry of the record about the post, by which a change is noticed.
    """

    post: int
    title: str
    words: str = ""
    refusal: str = ""
    at: datetime | None = None
    held: bool = False
    beside: tuple[str, ...] = ()
    mark: int = 0


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one post: done or not, and why. `entry` is the newest entry of the record about it afterwards."""

    post: int
    title: str
    done: bool
    words: str
    entry: int


def look(office: Office, actor: Actor, errand: Errand, posts: Sequence[int]) -> Iterator[Prospect]:
    """What would become of each post, one after the other, by doing it in a transaction that is not kept: nothing is changed.

    Raises BadInput for more than MOST posts.
    """
    numbers = tuple(dict.fromkeys(posts))
    if len(numbers) > MOST:
        raise BadInput(
            f"{len(numbers):,} posts are marked, and at most {MOST} are acted on in one go, so nothing was done.",
            next_step="Mark fewer: a filter shows some, A marks those.",
        )
    around = Neighbourhood(office)
    return (_prospect(office, actor, errand, post, around) for post in numbers)


def run(office: Office, actor: Actor, errand: Errand, prospects: Sequence[Prospect]) -> Iterator[Outcome]:
    """Do what was shown to each post in its order, each in a transaction of its own, and tell what became of it.

    A post of which anything was recorded since it was shown is left as it is; so is one that was shown with a refusal. Whoever
    stops asking for the next outcome ends it between two posts.
    """
    return (_outcome(office, actor, errand, prospect) for prospect in prospects)


def _prospect(office: Office, actor: Actor, errand: Errand, post: int, around: Neighbourhood) -> Prospect:
    with office.store.read() as reader:
        row = next(iter(reader.rows([post])), None)
        mark = _mark(reader, post)
    if row is None:
        return Prospect(post=post, title="", refusal=f"There is no post {post}.")
    found = Prospect(post=post, title=row.title or row.text, mark=mark)
    try:
        at = _time(errand, row.at, post, office.house.zone)
        words, held = _do(replace(office, store=_supervised(office.store, keep=False)), actor, errand, post, at)
    except ProductError as fault:
        return replace(found, refusal=str(fault))
    beside: tuple[str, ...] = ()
    if errand.act in _TIMED:
        beside = tuple(warned.words for warned in warnings(around.of_post(post, at=at or row.at), office.house.zone))
    return replace(found, words=words, at=at, held=held, beside=beside)


def _outcome(office: Office, actor: Actor, errand: Errand, shown: Prospect) -> Outcome:
    if shown.refusal:
        return Outcome(post=shown.post, title=shown.title, done=False, words=shown.refusal, entry=shown.mark)

    def unchanged(tx: Writer) -> None:
        newest = undoing.last_on(tx, shown.post)
        if newest is not None and newest.seq != shown.mark:
            who = str(newest.facts.get("person") or "the daemon")
            raise WrongState(
                f"{who} {undoing.said(newest.action)} post {shown.post} after it was shown, so nothing was done to it.",
                next_step=f"purdah-scheduler post show {shown.post}",
            )

    guarded = replace(office, store=_supervised(office.store, keep=True, check=unchanged))
    try:
        words, _ = _do(guarded, actor, errand, shown.post, shown.at)
    except ProductError as fault:
        return Outcome(post=shown.post, title=shown.title, done=False, words=str(fault), entry=shown.mark)
    with office.store.read() as reader:
        entry = _mark(reader, shown.post)
    return Outcome(post=shown.post, title=shown.title, done=True, words=words, entry=entry)


def _do(office: Office, actor: Actor, errand: Errand, post: int, at: datetime | None) -> tuple[str, bool]:
    """Do it to one post; what became of it in words, and whether it is on hold. Raises what the service raises."""
    queued: Sequence[Queued] = ()
    match errand.act:
        case Act.SUBMIT:
            writing.submit(office, actor, post)
            return "Waits for clearance.", False
        case Act.SCHEDULE | Act.MOVE:
            queued = scheduling.schedule(office, actor, post, at=at)
        case Act.RELEASE:
            queued = scheduling.release(office, actor, post, at=at)
        case Act.HOLD:
            scheduling.hold(office, actor, post, reason=errand.reason)
            return "Held. Nothing of it is sent.", True
        case Act.CANCEL:
            writing.cancel(office, actor, post, reason=errand.reason)
            return "Cancelled. It will not be sent.", False
        case Act.UNDO:
            shown = undoing.last_act(office, actor, on=post)
            shown.act(office, actor)
            return shown.then, False
    return queued_words(queued, office.house.zone), any(entry.state is DeliveryState.HELD for entry in queued)


def _time(errand: Errand, own: datetime | None, post: int, zone: ZoneInfo) -> datetime | None:
    """The time that the errand gives a post whose own is `own`. Raises BadTime."""
    if errand.by is None:
        return errand.at
    if own is None:
        raise BadTime(f"Post {post} has no time yet, so it was not moved.", next_step="Give it a time by itself.")
    return errand.by.of(own, zone)


def _mark(reader: Reader, post: int) -> int:
    newest = undoing.last_on(reader, post)
    return newest.seq if newest is not None else 0


class _NotKept(Exception):
    """Ends a transaction that was only tried."""


class _Supervised:
    """A store whose transactions are checked first, and kept or not. All else is the store's own."""

    def __init__(self, store: HouseStore, *, keep: bool, check: Callable[[Writer], None] | None) -> None:
        self._store = store
        self._keep = keep
        self._check = check

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def write(self, *, last: Callable[[], object] | None = None) -> Iterator[Writer]:
        """One transaction of the store."""
        with suppress(_NotKept), self._store.write(last=last) as tx:
            if self._check is not None:
                self._check(tx)
            yield tx
            if not self._keep:
                raise _NotKept


def _supervised(store: HouseStore, *, keep: bool, check: Callable[[Writer], None] | None = None) -> HouseStore:
    return cast("HouseStore", _Supervised(store, keep=keep, check=check))
