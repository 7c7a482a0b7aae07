"""A press office whose every step is watched: one method for each thing that can happen, the oracle asked before it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import psycopg

from purdah_scheduler.application import (
    breaking,
    calendar_changes,
    calendars,
    commenting,
    deciding,
    exempting,
    scheduling,
    stopping,
    writing,
)
from purdah_scheduler.application.office import Actor
from purdah_scheduler.application.outcomes import Owner
from purdah_scheduler.application.publishing import Publisher
from purdah_scheduler.domain.break_glass import BreakGlassRules
from purdah_scheduler.domain.clearance import Choice, Stage
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.people import Person, Role
from purdah_scheduler.domain.period_changes import Action
from purdah_scheduler.domain.periods import Body, EndMode, Kind
from purdah_scheduler.domain.posts import Delivery
from purdah_scheduler.store import postgresql
from purdah_scheduler.store.columns import metadata
from purdah_scheduler.store.guards_postgresql import SCHEMA
from purdah_scheduler.store.sqlite_file import library
from tests.application.desk import ANN, BOB, MONDAY, OLA, PAT, VIC, election, open_desk
from tests.application.oracle import BODIES as OWNERS
from tests.application.oracle import (
    ELECTION,
    GO,
    MOST_GLASSES,
    SIGN_OFF,
    SIGNERS,
    STAGES,
    Book,
    Glass,
    Lift,
    Said,
    Span,
    Words,
)
from tests.application.scripted import ANSWERS, Crash, Script, SleepyClock
from tests.application.watching import Broken, Key, Promise, Watch, moment

EVE = Person(id="eve", name="Eve Editor", roles=frozenset({Role.AUTHOR, Role.APPROVER, Role.PROPRIETY, Role.DUTY}))
DEE = Person(id="dee", name="Dee Duty", roles=frozenset({Role.DUTY, Role.PUBLISHER}))
PEOPLE = {person.id: person for person in (ANN, EVE, BOB, PAT, OLA, VIC, DEE)}
CHAIN = tuple(Stage(id=stage, label=stage, role=Role.APPROVER) for stage in STAGES)
BODIES = {"civil service": Body.UK_CIVIL_SERVICE, "agency": Body.ALB}
LEASE = timedelta(seconds=90)
GRACE = timedelta(seconds=60)
FUSE_SECONDS = 1.0
NO_LIFT = Lift(0, "", None, MONDAY, MONDAY, revoked=True)
CAMPAIGN = "Winter warmth"
AFTER_A_KILL = {"claimed": "scheduled", "sending": "unknown"}
REASON = "Agreed with the Permanent Secretary"


class Ground:
    """One press office for many stories: a real store in a file, made empty again for each of them."""

    def __init__(self, folder: Path) -> None:
        desk = open_desk(folder)
        signers = {BODIES[body]: Role(SIGNERS[account]) for account, body in OWNERS.items()}
        house = replace(
            desk.office.house,
            people=tuple(PEOPLE.values()),
            chain=CHAIN,
            periods=(),
            sign_off_roles=signers,
            break_glass=BreakGlassRules(enabled=True, most=MOST_GLASSES),
        )
        self.desk = replace(desk, office=replace(desk.office, house=house))
        self.file = library().connect(folder / "purdah.db", isolation_level=None)
        self._empty = library().connect(":memory:")
        self.file.backup(self._empty)

    def clear(self) -> None:
        """As on the first day."""
        self._empty.backup(self.file)
        self.desk.office.stop.clear()

    def close(self) -> None:
        """Let go of the store."""
        self._empty.close()
        self.file.close()
        self.desk.office.store.close()


class ServerGround(Ground):
    """The same press office, its store in the database at `url`; the login must be the superuser's, whom no guard stops."""

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder)
        super().close()
        store = postgresql.open_store(url)
        self.desk = replace(self.desk, office=replace(self.desk.office, store=store))
        self.file = psycopg.connect(url, autocommit=True, options=f"-c search_path={SCHEMA} -c session_replication_role=replica")
        self._tables = [table for table in metadata.tables if table != "alembic_version"]
        self._first = {table: self.file.execute(f"SELECT * FROM {table}").fetchall() for table in self._tables}  # noqa: S608

    def clear(self) -> None:
        """As on the first day."""
        self.file.execute(f"TRUNCATE {', '.join(self._tables)} RESTART IDENTITY CASCADE")
        for table, found in self._first.items():
            for row in found:
                self.file.execute(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(row))})", row)  # noqa: S608
        self.desk.office.stop.clear()

    def close(self) -> None:
        """Let go of the store."""
        self.file.close()
        self.desk.office.store.close()


class Bench(Watch):
    """The press office on a cleared ground, the oracle beside it, and one method for each thing that can happen."""

    def __init__(self, ground: Ground, *, lenient: bool = False) -> None:
        ground.clear()
        clock = SleepyClock(at=MONDAY)
        office = replace(ground.desk.office, clock=clock)
        super().__init__(office, clock, ground.file, lenient=lenient)
        self._desk = replace(ground.desk, office=office, clock=clock)
        self._codes: dict[Words, str] = {}
        self._daemons = 0
        self._publisher = self._daemon()
        self.frozen: list[tuple[Publisher, Delivery]] = []

    # --- what people do ---------------------------------------------------------------------------------------------

    def write(self, person: str, text: str, category: str, accounts: tuple[str, ...] = ("dept",)) -> int | None:
        """A new post."""
        words = Words(text, category, accounts)
        allowed = self.oracle.may(person, "author")
        found = self.ask("write", allowed, lambda: writing.new_post(self.office, self._as(person), self._draft(words)))
        post = found[0] if found else None
        if post is not None:
            self.oracle.posts[post] = Book(written=[(person, words)])
            self._learn(post, words)
        self.check()
        return post

    def edit(self, post: int, person: str, text: str, category: str) -> None:
        """Other words, or the same once more."""
        book = self.oracle.posts[post]
        words = Words(text, category, book.words.accounts)
        allowed = self.oracle.may_edit(book, person, words)
        if (
            self._did("edit", allowed, lambda: writing.revise(self.office, self._as(person), post, self._draft(words)))
            and words != book.words
        ):
            book.written.append((person, words))
            book.state = "draft"
            self._learn(post, words)
            self._move(post, "cancelled", "scheduled", "claimed", "held", "missed", "failed")
        self.check()

    def submit(self, post: int, person: str) -> None:
        """Ask for clearance."""
        book = self.oracle.posts[post]
        allowed = self.oracle.may(person, "author") and book.state == "draft"
        if self._did("submit", allowed, lambda: writing.submit(self.office, self._as(person), post)):
            book.state = "in_review"
        self.check()

    def decide(self, post: int, person: str, stage: str, choice: str = "approve", *, back: int = 0, reason: str = REASON) -> None:
        """A word on the post as the person read it: `back` revisions ago."""
        book = self.oracle.posts[post]
        read = book.read(back)
        now, before = self.clock.now(), book.state
        allowed = self.oracle.may_decide(book, person, stage, choice, read=read, reason=reason, now=now)
        answers = self.oracle.to_sign(book, person, now) if (stage, choice) == (SIGN_OFF, "approve") else frozenset()

        def ask() -> object:
            code = self._codes[read]
            return deciding.decide(
                self.office, self._as(person), post, stage=stage, choice=Choice(choice), typed_digest=code, reason=reason
            )

        if self._did(f"{choice} {stage} by {person}", allowed, ask):
            book.said.append(Said(person, stage, choice, read, len(book.written), now, answers))
            book.state = self.oracle.state_after_word(book, now)
            if before == "scheduled" and not self.oracle.cleared(book, now):
                self._move(post, "held", "scheduled", "claimed")
        self.check()

    def break_glass(self, post: int, person: str, stages: tuple[str, ...], *, back: int = 0) -> None:
        """Out without these stages, for what the person read."""
        book, now = self.oracle.posts[post], self.clock.now()
        read = book.read(back)
        allowed = self.oracle.may_break(book, person, frozenset(stages), read=read, now=now)
        if self._did(
            f"break the glass by {person}",
            allowed,
            lambda: breaking.break_glass(
                self.office,
                self._as(person),
                post,
                stages=stages,
                reason=REASON,
                incident="INC-1",
                typed_digest=self._codes[read],
            ),
        ):
            book.glasses.append(Glass(person, frozenset(stages), read, len(book.written), now))
            if book.state == "in_review" and self.oracle.cleared(book, now):
                book.state = "cleared"
        self.check()

    def review_glass(self, post: int, person: str) -> None:
        """Say what was found of every break-glass of the post."""
        book = self.oracle.posts[post]
        allowed = self.oracle.may_review(book, person)
        if self._did(
            f"review the glass by {person}",
            allowed,
            lambda: breaking.review(self.office, self._as(person), post, words="The river rose."),
        ):
            for glass in book.glasses:
                glass.reviewed = True
        self.check()

    def comment(self, post: int, person: str) -> None:
        """Say something; the record is all that may change by it."""
        before = self.seen
        self._did(
            f"comment by {person}",
            self.oracle.may(person, "author", "approver", "propriety", "publisher", "operator", "duty"),
            lambda: commenting.comment(self.office, self._as(person), post, words="Is it right?", to=["bob"]),
        )
        self.check()
        changed = [table for table, found in before.items() if table != "audit" and self.seen[table] != found]
        if changed:
            raise Broken(Promise.STATE, f"a comment changed {', '.join(changed)}")

    def exempt(self, post: int, person: str, span: timedelta, *, back: int = 0) -> None:
        """Lift a block for what the person read."""
        book = self.oracle.posts[post]
        read, now = book.read(back), self.clock.now()
        until = now + span
        allowed = self.oracle.may_exempt(book, person, read=read, until=until, now=now)
        answers = self.oracle.to_lift(book, now)
        found = self.ask(
            f"exempt by {person}",
            allowed,
            lambda: exempting.grant_exemption(
                self.office, self._as(person), post, until=until, reason=REASON, typed_digest=self._codes[read]
            ),
        )
        if found is not None:
            book.lifts.append(Lift(found[0], person, read, now, until, answers))
        self.check()

    def exempt_campaign(self, person: str, number: int, span: timedelta) -> None:
        """Lift a period from the campaign, to which every post belongs."""
        now = self.clock.now()
        until, spans = now + span, self.oracle.spans
        allowed = self.oracle.may_exempt_campaign(person, number, until=until, now=now)
        found = self.ask(
            f"exempt the campaign by {person}",
            allowed,
            lambda: exempting.exempt_campaign(
                self.office, self._as(person), CAMPAIGN.upper(), periods=[_named(number)], until=until, reason=REASON
            ),
        )
        if found is not None:
            things = frozenset({(number, spans[number], "all")}) if number < len(spans) else frozenset()
            self.oracle.campaign_lifts.append(Lift(found[0], person, None, now, until, things))
        self.check()

    def revoke_campaign(self, person: str) -> None:
        """End the newest exemption of the campaign."""
        newest = self.oracle.campaign_lifts[-1] if self.oracle.campaign_lifts else NO_LIFT
        allowed = self.oracle.may(person, "propriety", "publisher") and not newest.revoked
        if self._did("revoke", allowed, lambda: exempting.revoke_exemption(self.office, self._as(person), newest.id)):
            newest.revoked = True
        self.check()

    def revoke(self, post: int, person: str) -> None:
        """End the newest exemption."""
        book = self.oracle.posts[post]
        newest = book.lifts[-1] if book.lifts else NO_LIFT
        allowed = self.oracle.may(person, "propriety", "publisher") and not newest.revoked
        if self._did("revoke", allowed, lambda: exempting.revoke_exemption(self.office, self._as(person), newest.id)):
            newest.revoked = True
        self.check()

    def schedule(self, post: int, person: str, at: datetime) -> None:
        """Give it a time."""
        book, now = self.oracle.posts[post], self.clock.now()
        accounts = self.oracle.open_accounts(book)
        allowed = self.oracle.may_schedule(book, person, at, now)
        if self._did("schedule", allowed, lambda: scheduling.schedule(self.office, self._as(person), post, at=at)):
            book.state = "scheduled"
            self._queued(post, accounts, max(at, now))
        self.check()

    def release(self, post: int, person: str, at: datetime | None = None) -> None:
        """Put what is held back in the queue."""
        book, now = self.oracle.posts[post], self.clock.now()
        held = book.in_state("held")
        allowed = self.oracle.may_release(post, person, at, now)
        if self._did("release", allowed, lambda: scheduling.release(self.office, self._as(person), post, at=at)):
            book.state = "scheduled"
            self._queued(post, [part.account for part in held], max(at or held[0].due_at, now))
        self.check()

    def hold(self, post: int, person: str) -> None:
        """Hold what is queued."""
        allowed = self.oracle.may_hold(self.oracle.posts[post], person)
        if self._did("hold", allowed, lambda: scheduling.hold(self.office, self._as(person), post, reason=REASON)):
            self._move(post, "held", "scheduled", "claimed")
        self.check()

    def cancel(self, post: int, person: str) -> None:
        """Take it back."""
        book = self.oracle.posts[post]
        allowed = self.oracle.may_cancel(book, person)
        if self._did("cancel", allowed, lambda: writing.cancel(self.office, self._as(person), post)):
            if not book.in_state("published", "unknown"):
                book.state = "withdrawn"
            self._move(post, "cancelled", "scheduled", "claimed", "held", "missed", "failed")
        self.check()

    def resolve(self, post: int, account: str, person: str) -> None:
        """Look at the platform and say truly what is there."""
        book = self.oracle.posts[post]
        is_public = (post, account) in self.platform.public
        url = "https://example.org/1" if is_public else ""
        allowed = self.oracle.may(person, "publisher", "operator") and any(
            part.account == account for part in book.in_state("unknown")
        )
        if self._did(
            "resolve",
            allowed,
            lambda: scheduling.resolve(
                self.office, self._as(person), post, published_url=url, not_published=not url, account=account
            ),
        ):
            self.states[post, account] = "published" if is_public else "held"
        self.check()

    def declare(self, person: str, starts: datetime, ends: datetime, bodies: frozenset[str], kind: str = ELECTION) -> None:
        """Put a period in force; what it blocks at its due time is held."""
        span = Span(starts, ends, bodies, kind)
        period = election(
            id=_named(len(self.oracle.spans)),
            kind=Kind.GENERAL if kind == ELECTION else Kind.REFERENDUM,
            starts=starts,
            ends=ends,
            end_mode=EndMode.FIXED,
            bodies=frozenset(BODIES[body] for body in bodies),
        )
        if self._did("declare", self.oracle.speaks(person), lambda: calendars.declare(self.office, self._as(person), period)):
            free = self._free()
            self.oracle.spans.append(span)
            for key in set(free) - set(self._free()):
                self.states[key] = "held"
        self.check()

    def extend(self, person: str, number: int, to: datetime) -> None:
        """Let a period end later: it is another one then, and what it blocks now is held."""
        spans, now = self.oracle.spans, self.clock.now()
        allowed = self.oracle.speaks(person) and number < len(spans) and to > spans[number].ends
        if self._did(
            "extend",
            allowed,
            lambda: calendar_changes.change(
                self.office, self._as(person), _named(number), Action.EXTEND, instant=to, reason=REASON
            ),
        ):
            free = self._free(now)
            spans[number] = replace(spans[number], ends=to)
            for key in set(free) - set(self._free(now)):
                self.states[key] = "held"
        self.check()

    def pause(self, person: str, account: str = "") -> None:
        """Stop everything, or one account."""
        if self._did(
            "pause",
            self.oracle.speaks(person),
            lambda: stopping.pause(self.office, self._as(person), reason=REASON, account=account),
        ):
            self.oracle.paused.add(account)
        self.check()

    def resume(self, person: str, account: str = "") -> None:
        """Let it go on."""
        allowed = self.oracle.may(person, "publisher", "operator") and account in self.oracle.paused
        if self._did("resume", allowed, lambda: stopping.resume(self.office, self._as(person), account=account)):
            self.oracle.paused.discard(account)
        self.check()

    def suspend(self, by: str, who: str) -> None:
        """Stop a person."""
        allowed = self.oracle.may(by, "operator") and who not in self.oracle.suspended and who != by
        if self._did("suspend", allowed, lambda: stopping.suspend(self.office, self._as(by), who)):
            self.oracle.suspended.add(who)
        self.check()

    def restore(self, by: str, who: str) -> None:
        """Let the person act again."""
        allowed = self.oracle.may(by, "operator") and who in self.oracle.suspended and who != by
        if self._did("restore", allowed, lambda: stopping.restore(self.office, self._as(by), who)):
            self.oracle.suspended.discard(who)
        self.check()

    # --- time and the daemon ----------------------------------------------------------------------------------------

    def wait(self, span: timedelta) -> None:
        """Time passes."""
        self.clock.forward(span)

    def cycle(self, script: Script) -> None:
        """What the daemon does each time it wakes: tidy, claim what is due, deliver it."""
        self._tidy()
        for entry in self._claim():
            if self.oracle.posts[entry.post].parts[entry.account].state == "claimed":
                self._deliver(self._publisher, entry, script)

    def look(self, post: int, *, on_its_way: bool = False) -> None:
        """The daemon looks for what is unknown: what is there is published, what is certainly not there goes to a person."""
        for key, row in self.rows().items():
            if key[0] != post or row["state"] != "unknown":
                continue
            with self.office.store.read() as reader:
                entry = reader.delivery(int(row["id"]))
            found = str(self._publisher.look_up(entry).state)
            right = ("published",) if key in self.platform.public else ("unknown",) if on_its_way else ("unknown", "held")
            if found not in right:
                raise Broken(Promise.ONCE, f"{key} was looked up and is {found}, not {' or '.join(right)}")
            self.states[key] = found
        self.check()

    def freeze(self) -> None:
        """The daemon claims, and stands still; another one takes over the store."""
        self._tidy()
        self.frozen += [(self._publisher, entry) for entry in self._claim()]
        self._publisher = self._daemon()

    def thaw(self, script: Script) -> None:
        """The one that stood still goes on where it was."""
        publisher, entry = self.frozen.pop()
        self._deliver(publisher, entry, script)

    def _tidy(self, publisher: Publisher | None = None) -> None:
        """A claim ends with its lease; a send is given up a minute later."""
        now = self.clock.now()
        for key, row in self.rows().items():
            patience = {"claimed": timedelta(0), "sending": GRACE}.get(row["state"])
            if patience is not None and now >= moment(row["lease_until"]) + patience:
                self.states[key] = AFTER_A_KILL[row["state"]]
        (publisher or self._publisher).tidy()
        self.check()

    def _give_up(self, post: int, account: str) -> None:
        """While the platform keeps its answer another daemon gives the send up, and a person finds nothing there yet."""
        self.judge_requests()
        self.states[post, account] = "sending"
        self.clock.forward(LEASE + GRACE)
        self._tidy(self._daemon())
        self.look(post, on_its_way=True)
        self.clock.forward(GRACE)
        self.look(post, on_its_way=True)
        self.resolve(post, account, "ola")

    def _claim(self) -> tuple[Delivery, ...]:
        now, rows = self.clock.now(), self.rows()
        ready: dict[str, int] = {}
        for (_, account), row in rows.items():
            waits = row["not_again_before"] is not None and moment(row["not_again_before"]) > now
            if row["state"] == "scheduled" and moment(row["due_at"]) <= now and not waits:
                ready[account] = ready.get(account, 0) + 1
        busy = {account for (_, account), row in rows.items() if row["state"] in ("claimed", "sending")}
        claimed = self._publisher.claim(5)
        for entry in claimed:
            if entry.due_at > now:
                raise Broken(Promise.SILENT, f"delivery {entry.id} was claimed before its time")
            self.states[entry.post, entry.account] = "claimed"
        if sorted(entry.account for entry in claimed) != sorted(ready.keys() - busy):
            raise Broken(Promise.SILENT, f"{claimed} were claimed, one on each of {ready.keys() - busy} should have been")
        self.check()
        return claimed

    def _deliver(self, publisher: Publisher, entry: Delivery, script: Script) -> None:
        """One delivery by one daemon; what may come of it is known before."""
        key = (entry.post, entry.account)
        row, asked = self.rows()[key], len(self.platform.requests)
        mine = (row["state"], row["id"], row["fence"]) == ("claimed", entry.id, entry.fence)
        outcome, sends = self._foreseen(key, moment(row["lease_until"]), script) if mine else ((row["state"],), False)
        found: list[Broken] = []

        def meanwhile(post: int, account: str) -> None:
            """Whoever sends takes any fault for the platform's: one of the proof is kept for afterwards."""
            try:
                self._give_up(post, account)
            except Broken as fault:
                found.append(fault)

        self.platform.script, self.platform.meanwhile = script, meanwhile
        self.clock.doze(script.asleep)
        try:
            publisher.deliver(entry)
        except Crash:
            self._restart()
        finally:
            self.clock.doze(0)
        if found:
            raise found[0]
        sent = len(self.platform.requests) > asked
        self.judge_requests()
        now_in = str(self.rows()[key]["state"])
        if now_in in outcome:
            self.states[key] = now_in
        elif not self.lenient:
            raise Broken(Promise.STATE, f"{key} is {now_in} and should be {' or '.join(outcome)}")
        if not self.lenient and sent is not sends:
            raise Broken(Promise.DOOR, f"{key} {'was not sent' if sends else 'was sent'}, {script}")
        if sent and script.answer == "login":
            self.oracle.paused.add(entry.account)
        self.check()

    def _foreseen(self, key: Key, lease_until: datetime, script: Script) -> tuple[tuple[str, ...], bool]:
        """The states that a claimed delivery may be in afterwards, and whether its request is made."""
        first = self.clock.now()
        second = first + timedelta(seconds=script.preparing)
        for at in (first, second):
            if at >= lease_until:
                return ("scheduled",), False
            fate = self.oracle.fate(*key, at)
            if fate != GO:
                return (fate,), False
            if script.answer == "killed while preparing":
                return ("scheduled",), False
        if script.asleep > FUSE_SECONDS:
            return ("scheduled",), False
        return ANSWERS[script.answer], True

    def _restart(self) -> None:
        """The daemon and every frozen one are dead; the next one recovers, which makes each claim and each send another thing."""
        self.frozen.clear()
        for key, row in self.rows().items():
            self.states[key] = AFTER_A_KILL.get(row["state"], str(row["state"]))
        self._publisher = self._daemon()
        self._publisher.recover()

    def _daemon(self) -> Publisher:
        self._daemons += 1
        owner = Owner(name=f"daemon-{self._daemons}", lease=LEASE)
        return Publisher(
            self.office,
            owner=owner,
            open_channel=lambda account: self.platform,
            prepares=lambda account: self.platform.prepares,
            wait=lambda seconds: None,
        )

    def _did(self, what: str, allowed: bool, call: Callable[[], object]) -> bool:
        return self.ask(what, allowed, call) is not None

    def _as(self, person: str) -> Actor:
        return self._desk.act(PEOPLE[person])

    def _draft(self, words: Words) -> writing.Draft:
        marks = Marks(campaign=CAMPAIGN, touches_referendum=True)
        return writing.Draft(accounts=words.accounts, text=words.text, category=words.category, marks=marks)

    def _learn(self, post: int, words: Words) -> None:
        self._codes[words] = self._desk.code(post)

    def _move(self, post: int, state: str, *origins: str) -> None:
        """Every delivery of the post that is in one of `origins` is expected in `state`."""
        for part in self.oracle.posts[post].in_state(*origins):
            self.states[post, part.account] = state

    def _queued(self, post: int, accounts: Iterable[str], due: datetime) -> None:
        """What becomes of deliveries that get a time: queued, or held at once where that time is blocked."""
        for account in accounts:
            blocked = self.oracle.blocked(self.oracle.posts[post], account, due)
            self.states[post, account] = "held" if blocked else "scheduled"

    def _free(self, now: datetime | None = None) -> list[Key]:
        """The queued deliveries that no period blocks at their time, or `now` where that is later."""
        return [
            (post, part.account)
            for post, book in self.oracle.posts.items()
            for part in book.in_state("scheduled", "claimed")
            if not self.oracle.blocked(book, part.account, max(part.due_at, now or part.due_at))
        ]


def _named(number: int) -> str:
    """The id of a period by its number."""
    return f"period-{number + 1}"
