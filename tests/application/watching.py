"""What holds after every step of the proof, read from the rows themselves, and the record of it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from purdah_scheduler.application.office import Office
from purdah_scheduler.domain import audit
from purdah_scheduler.errors import ProductError
from purdah_scheduler.store.instants import EPOCH
from tests.application.oracle import MOST_LATE, Book, Oracle, Part
from tests.application.scripted import Platform, SleepyClock

T = TypeVar("T")
Key = tuple[int, str]
Row = dict[str, Any]

OF_A_POST = ("posts", "revisions", "decisions", "targets", "deliveries", "attempts", "exemptions", "break_glasses")
OF_THE_HOUSE = ("pauses", "suspensions", "periods", "period_changes", "calendar_revision")
TABLES = (*OF_A_POST, *OF_THE_HOUSE, "audit")

TROUBLE = ("unknown", "failed", "held", "missed", "sending", "claimed", "scheduled")
"""States of a delivery that is not over, the one that needs a person most first."""

FOR_A_PERSON = TROUBLE[:4]


class Promise(StrEnum):
    """What is proved. All but the last two hold whatever the oracle expects of a single step."""

    CLEARED = "cleared or not sent"
    BLOCK = "never inside a block"
    ONCE = "never twice"
    SILENT = "never lost, never silent, never late"
    STOP = "nothing goes out while it is stopped"
    RECORD = "every change is on the record"
    UNCHANGED = "a refusal changes nothing"
    DOOR = "every door answers as the oracle does"
    STATE = "everything is in the state that the oracle names"


class Broken(AssertionError):
    """A promise does not hold."""

    def __init__(self, promise: Promise, what: str) -> None:
        super().__init__(f"{promise}: {what}")
        self.promise = promise


class Watch:
    """A store, the oracle that is told what happens to it, and the promises that are checked after each step.

    A lenient watch takes the product's word where it merely disagrees with the oracle about one step, so that what fails is
    the promise itself.
    """

    def __init__(self, office: Office, clock: SleepyClock, file: Any, *, lenient: bool) -> None:
        self.office = office
        self.clock = clock
        self.lenient = lenient
        self.oracle = Oracle()
        self.platform = Platform(clock)
        self.states: dict[Key, str] = {}
        self._judged = 0
        self._file = file
        self.seen = self._look()

    def _look(self) -> dict[str, list[Row]]:
        """Every row that matters, and the stop that needs no database."""
        found = {table: self._select(table) for table in TABLES}
        found["stop"] = [{"reason": self.office.stop.reason()}]
        return found

    def rows(self) -> dict[Key, Row]:
        """The newest delivery of each post on each account, as it is stored this moment."""
        found = sorted(self._select("deliveries"), key=lambda row: int(row["id"]))
        return {(row["post"], row["account"]): row for row in found}

    def _select(self, table: str) -> list[Row]:
        cursor = self._file.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 - the names above
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def ask(self, what: str, allowed: bool, call: Callable[[], T]) -> tuple[T] | None:
        """Do it; what it gave where it was accepted. The oracle has said before whether it may be."""
        try:
            given = call()
        except ProductError as fault:
            if self._look() != self.seen:
                raise Broken(Promise.UNCHANGED, f"{what} was refused ({fault}) and something changed") from fault
            if allowed and not self.lenient:
                raise Broken(Promise.DOOR, f"{what} was refused: {fault}") from fault
            return None
        if not allowed and not self.lenient:
            raise Broken(Promise.DOOR, f"{what} was accepted")
        return (given,)

    def check(self) -> None:
        """Every promise, on what is stored now. A second passes, so that no two things happen at one instant."""
        before, self.seen = self.seen, self._look()
        self.judge_requests()
        self._check_record(before)
        self._check_states()
        self._check_public()
        self.clock.forward(timedelta(seconds=1))

    def judge_requests(self) -> None:
        """Nothing that left was uncleared, blocked, stopped or late at the instant at which it left."""
        for request in self.platform.requests[self._judged :]:
            self._judged += 1
            post, account, at = request.post, request.account, request.at
            book = self.oracle.posts[post]
            against = self.oracle.against(post, account, at)
            for promise, reason in (
                (Promise.CLEARED, "uncleared"),
                (Promise.BLOCK, "blocked"),
                (Promise.BLOCK, "unsigned"),
                (Promise.STOP, "paused"),
            ):
                if reason in against:
                    raise Broken(promise, f"post {post} went out on {account} while {reason}")
            if request.text != book.words.text:
                raise Broken(Promise.CLEARED, f"post {post} went out as {request.text!r}, not as {book.words.text!r}")
            if at - book.parts[account].due_at > MOST_LATE:
                raise Broken(Promise.SILENT, f"post {post} went out late on {account}")

    def _check_record(self, before: dict[str, list[Row]]) -> None:
        old, new = before["audit"], self.seen["audit"]
        if new[: len(old)] != old:
            raise Broken(Promise.RECORD, "an entry of the record was changed")
        added = new[len(old) :]
        changed = [table for table in (*OF_A_POST, *OF_THE_HOUSE) if before[table] != self.seen[table]]
        if changed and not added:
            raise Broken(Promise.RECORD, f"{', '.join(changed)} changed without an entry")
        told = {entry["post"] for entry in added}
        for post in self._changed_posts(before):
            if post not in told:
                raise Broken(Promise.RECORD, f"post {post} changed and no entry names it")
        if not added:
            return
        with self.office.store.read() as reader:
            found = audit.verify(reader.entries())
        if not found.ok or found.entries != len(new):
            raise Broken(Promise.RECORD, f"the chain does not verify: {found.problem}")

    def _changed_posts(self, before: dict[str, list[Row]]) -> Iterator[int]:
        owner = {row["id"]: row["post"] for row in self.seen["deliveries"]}
        for table in OF_A_POST:
            old = before[table]
            for row in self.seen[table]:
                if row not in old:
                    yield row["id"] if table == "posts" else owner[row["delivery"]] if table == "attempts" else row["post"]

    def _check_states(self) -> None:
        for row in self.seen["deliveries"]:
            if row["state"] in FOR_A_PERSON and not (row["reason"] and row["reason_code"]):
                raise Broken(Promise.SILENT, f"delivery {row['id']} is {row['state']} without a reason")
        for key, row in self.rows().items():
            post, account = key
            expected = self.states.get(key)
            if row["state"] != expected and not self.lenient:
                raise Broken(Promise.STATE, f"post {post} on {account} is {row['state']}, not {expected}")
            self.states[key] = row["state"]
            self.oracle.posts[post].parts[account] = Part(
                account, row["state"], moment(row["due_at"]), proven=row["reason_code"] == "already-public"
            )
        for row in self.seen["posts"]:
            book = self.oracle.posts[row["id"]]
            if row["state"] != book.state and not self.lenient:
                raise Broken(Promise.STATE, f"post {row['id']} is {row['state']}, not {book.state}")
            book.state = row["state"]
            book.planned_at = None if row["planned_at"] is None else moment(row["planned_at"])
            if row["shown_state"] != name_of(book):
                raise Broken(Promise.SILENT, f"post {row['id']} is shown as {row['shown_state']} and is {name_of(book)}")

    def _check_public(self) -> None:
        public = self.platform.public
        if len(set(public)) != len(public):
            raise Broken(Promise.ONCE, f"{public} are public")
        for key, state in self.states.items():
            if state == "published" and key not in public:
                raise Broken(Promise.SILENT, f"{key} is called published and is not")
            proven = self.oracle.posts[key[0]].parts[key[1]].proven
            if key in public and state not in ("published", "unknown") and not proven and not self.lenient:
                raise Broken(Promise.SILENT, f"{key} is public and called {state}")


def name_of(book: Book) -> str:
    """The one state that a list shows: what needs a person most, else what is public, else what the words are."""
    states = {part.state for part in book.parts.values()}
    for state in (*TROUBLE, "published"):
        if state in states:
            return state
    return "cancelled" if states and book.state == "scheduled" else book.state


def moment(stored: int) -> datetime:
    """An instant as the store keeps it: microseconds since 1970."""
    return EPOCH + timedelta(microseconds=stored)
