"""A plain re-statement of who may do what and what may go out, written without any of the product's own rules.

It knows the facts because it is told what happened, and the times of periods because it is told what was declared. Its
verdicts are one small table for the three categories that the proof uses. States are the plain words that people see.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

ROLES: Mapping[str, frozenset[str]] = {
    "ann": frozenset({"author", "approver", "propriety"}),
    "eve": frozenset({"author", "approver", "propriety", "duty"}),
    "bob": frozenset({"approver"}),
    "pat": frozenset({"approver", "propriety"}),
    "ola": frozenset({"operator", "publisher"}),
    "vic": frozenset({"viewer"}),
    "dee": frozenset({"duty", "publisher"}),
}
STAGES = ("policy", "press")
"""Both want one approver, in this order."""

SIGN_OFF = "sign-off"
SIGNERS: Mapping[str, str] = {"dept": "propriety", "agency": "approver"}
"""Who signs off the flags of each account, by the body that owns it."""

BODIES: Mapping[str, str] = {"dept": "civil service", "agency": "agency"}
ELECTION, REFERENDUM = "election", "referendum"
INSIDE: Mapping[str, str] = {"announcement": "block", "factual-policy": "flag", "operational-service": "allow"}
"""What a general election's period says of a category; outside of periods all three may go."""

IN_A_REFERENDUM: Mapping[str, str] = {"announcement": "block", "factual-policy": "block", "operational-service": "allow"}
"""The same in the period of a referendum whose question the post touches. Nothing lifts that."""

STALE_AFTER = frozenset({"announcement"})
"""What was cleared before a period ended and would go out after it needs a sign-off of its own."""

GLASS_LASTS = timedelta(hours=24)
MOST_GLASSES = 2
"""In those hours, on all posts together."""

MOST_LATE = timedelta(minutes=15)
JUST_NOW = timedelta(seconds=60)
SENT_OR_MAYBE = frozenset({"sending", "published", "unknown"})

GO = "go"


@dataclass(frozen=True, slots=True)
class Words:
    """What a clearance is for: two contents are the same exactly when these are."""

    text: str
    category: str
    accounts: tuple[str, ...]


Thing = tuple[int, "Span", str]
"""What can be answered: the number of a period, that period as it is, and what it says: `block`, `flag`, `stale`, or `all`."""


@dataclass(frozen=True, slots=True)
class Said:
    """One person's word on the words that the person had read; a sign-off `answers` flags."""

    person: str
    stage: str
    choice: str
    read: Words
    revision: int
    at: datetime
    answers: frozenset[Thing] = frozenset()


@dataclass(slots=True)
class Lift:
    """One exemption, of these words or, without any, of the campaign that every post belongs to."""

    id: int
    person: str
    words: Words | None
    at: datetime
    until: datetime
    answers: frozenset[Thing] = frozenset()
    revoked: bool = False


@dataclass(slots=True)
class Glass:
    """One break-glass: which stages are skipped, for which words."""

    person: str
    stages: frozenset[str]
    read: Words
    revision: int
    at: datetime
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """One period that blocks announcements, [starts, ends), for some kinds of body."""

    starts: datetime
    ends: datetime
    bodies: frozenset[str]
    kind: str = ELECTION

    @property
    def inside(self) -> Mapping[str, str]:
        """What it says of each category."""
        return INSIDE if self.kind == ELECTION else IN_A_REFERENDUM


@dataclass(slots=True)
class Part:
    """One delivery as it stands: an observation, not a rule. `proven`: it was given up, and is public after all."""

    account: str
    state: str
    due_at: datetime
    proven: bool = False


@dataclass(slots=True)
class Book:
    """Everything that happened to one post; `planned_at` is an observation."""

    state: str = "draft"
    planned_at: datetime | None = None
    written: list[tuple[str, Words]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    lifts: list[Lift] = field(default_factory=list)
    glasses: list[Glass] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def words(self) -> Words:
        return self.written[-1][1]

    def read(self, back: int) -> Words:
        """What somebody has read who opened it `back` revisions ago, or at the beginning."""
        return self.written[max(len(self.written) - 1 - back, 0)][1]

    @property
    def authors(self) -> frozenset[str]:
        return frozenset(author for author, _ in self.written)

    def in_state(self, *states: str) -> list[Part]:
        """The deliveries in one of `states`."""
        return [part for part in self.parts.values() if part.state in states]

    def latest(self) -> dict[tuple[str, str], Said]:
        """The last word of each person on each stage, of those that were said of the current revision by who had read it."""
        return {
            (word.stage, word.person): word
            for word in self.said
            if word.revision == len(self.written) and word.read == self.words
        }


class Oracle:
    """The whole press office as a person with a notebook would judge it."""

    def __init__(self) -> None:
        self.posts: dict[int, Book] = {}
        self.suspended: set[str] = set()
        self.paused: set[str] = set()
        self.spans: list[Span] = []
        self.campaign_lifts: list[Lift] = []

    # --- people -----------------------------------------------------------------------------------------------------

    def may(self, person: str, *roles: str) -> bool:
        """Whether the person is at work and has one of `roles`."""
        return person not in self.suspended and bool(ROLES[person] & frozenset(roles))

    def outsider(self, book: Book, person: str, role: str) -> bool:
        """Whether the person is at work, has the role and wrote no revision."""
        return self.may(person, role) and person not in book.authors

    def speaks(self, person: str) -> bool:
        """Whether the person may stop things and announce periods."""
        return self.may(person, "author", "approver", "propriety", "publisher", "operator")

    # --- clearance --------------------------------------------------------------------------------------------------

    def counting(self, book: Book, stages: Iterable[str] = STAGES, since: datetime | None = None) -> dict[str, Said]:
        """Who clears which stage: the earliest yes (`since` then, if given) of an outsider who clears no earlier stage."""
        found: dict[str, Said] = {}
        for stage in stages:
            used = {word.person for word in found.values()}
            given = [
                word
                for word in book.latest().values()
                if word.stage == stage
                and word.choice == "approve"
                and word.person not in used
                and (since is None or word.at >= since)
                and self.outsider(book, word.person, "approver")
            ]
            if given:
                found[stage] = min(given, key=lambda word: word.at)
        return found

    def rejected(self, book: Book) -> bool:
        """A no stands until the person who said it takes it back."""
        return any(word.choice == "reject" for word in book.latest().values())

    def cleared(self, book: Book, at: datetime) -> bool:
        """Every stage has its own outsider or is skipped, and nobody says no."""
        return not self.rejected(book) and not self.lacking(book, at)

    def lacking(self, book: Book, at: datetime, stages: Iterable[str] = STAGES, since: datetime | None = None) -> tuple[str, ...]:
        """Which of these stages nobody clears and no break-glass of an outsider on duty skips at `at`."""
        known = tuple(stages)
        skipped = {
            stage
            for glass in book.glasses
            if glass.read == book.words
            and glass.revision == len(book.written)
            and glass.at <= at < glass.at + GLASS_LASTS
            and self.outsider(book, glass.person, "duty")
            for stage in glass.stages
        }
        given = self.counting(book, known, since)
        return tuple(stage for stage in known if stage not in given and stage not in skipped)

    def may_break(self, book: Book, person: str, stages: frozenset[str], *, read: Words, now: datetime) -> bool:
        """Somebody on duty who wrote none of it may skip stages that it lacks, for the words that were read, and seldom."""
        lately = [glass for each in self.posts.values() for glass in each.glasses if now - glass.at < GLASS_LASTS]
        return (
            self.outsider(book, person, "duty")
            and read == book.words
            and book.state in ("in_review", "cleared", "scheduled")
            and bool(stages)
            and stages <= set(self.lacking(book, now))
            and len(lately) < MOST_GLASSES
        )

    def may_review(self, book: Book, person: str) -> bool:
        """Somebody who neither wrote it nor broke its glass says what is to be said of it, once."""
        waiting = [glass for glass in book.glasses if not glass.reviewed]
        return (
            bool(waiting)
            and self.may(person, "approver", "propriety", "operator")
            and person not in book.authors
            and all(glass.person != person for glass in waiting)
        )

    def may_decide(self, book: Book, person: str, stage: str, choice: str, *, read: Words, reason: str, now: datetime) -> bool:
        """Whether this word may be given."""
        roles = {SIGNERS[account] for account in book.words.accounts} if stage == SIGN_OFF else {"approver"}
        if not any(self.outsider(book, person, role) for role in roles) or read != book.words:
            return False
        if book.state not in ("in_review", "cleared", "scheduled", "rejected"):
            return False
        if not reason and (choice == "reject" or (choice == "approve" and stage == SIGN_OFF)):
            return False
        if choice == "withdraw":
            before = book.latest().get((stage, person))
            return before is not None and before.choice != "withdraw"
        if choice == "approve" and stage != SIGN_OFF:
            earlier = STAGES[: STAGES.index(stage)]
            elsewhere = (word.person for name, word in self.counting(book).items() if name != stage)
            return not self.lacking(book, now, earlier) and person not in elsewhere
        return choice != "approve" or bool(self.to_sign(book, person, now))

    def state_after_word(self, book: Book, now: datetime) -> str:
        """What a post is called once a word was given; one of which a part is out stays what it is: scheduled."""
        if book.in_state(*SENT_OR_MAYBE):
            return "scheduled"
        if self.rejected(book):
            return "rejected"
        if not self.cleared(book, now):
            return "in_review"
        return "scheduled" if book.state == "scheduled" else "cleared"

    # --- the calendar -----------------------------------------------------------------------------------------------

    def times(self, book: Book, now: datetime) -> set[datetime]:
        """When the post may go out as far as anybody knows."""
        due = {part.due_at for part in book.parts.values() if part.state not in ("published", "cancelled")}
        planned = {book.planned_at} if book.planned_at else set()
        return {now, *(at for at in due | planned if at > now)}

    def to_sign(self, book: Book, person: str, now: datetime) -> frozenset[Thing]:
        """The flags that a person's sign-off answers: those of the accounts for which the person has the role."""
        return frozenset(
            thing
            for account in book.words.accounts
            if SIGNERS[account] in ROLES[person]
            for at in self.times(book, now)
            for thing in self.standing(book, account, at)
            if thing[2] != "block"
        )

    def to_lift(self, book: Book, now: datetime) -> frozenset[Thing]:
        """What an exemption of the post lifts: what holds it up now or at its times, but for a referendum."""
        return frozenset(
            thing
            for account in book.words.accounts
            for at in self.times(book, now)
            for thing in self.standing(book, account, at)
            if thing[1].kind == ELECTION
        )

    def standing(self, book: Book, account: str, at: datetime) -> list[Thing]:
        """What holds the post up on this account at `at`, and is not lifted."""
        return [thing for thing, _ in self._found(book, account, at) if not self.lifted(book, thing, at)]

    def lifted(self, book: Book, thing: Thing, at: datetime) -> bool:
        """Whether an exemption by an entitled outsider stands at `at` for exactly this, and for these words or their campaign."""
        number, span, _ = thing
        return span.kind == ELECTION and any(
            lift.words in (None, book.words)
            and not lift.revoked
            and lift.at <= at < lift.until
            and self.outsider(book, lift.person, "propriety")
            and not lift.answers.isdisjoint({thing, (number, span, "all")})
            for lift in (*book.lifts, *self.campaign_lifts)
        )

    def blocked(self, book: Book, account: str, at: datetime) -> bool:
        """Whether a period bars this post on this account at `at`."""
        return any(what == "block" for _, _, what in self.standing(book, account, at))

    def unsigned(self, book: Book, account: str, at: datetime) -> bool:
        """Whether a flag at `at` has no yes by an outsider that was for it, and given after what it is about."""
        yes = [
            word
            for word in book.latest().values()
            if word.stage == SIGN_OFF and word.choice == "approve" and self.outsider(book, word.person, SIGNERS[account])
        ]
        return any(
            thing[2] != "block" and not any(thing in word.answers and word.at >= since for word in yes)
            for thing, since in self._found(book, account, at)
            if not self.lifted(book, thing, at)
        )

    def _found(self, book: Book, account: str, at: datetime) -> Iterator[tuple[Thing, datetime]]:
        """What holds the post up, lifted or not, each with the instant from which a yes to it counts."""
        given = [word.at for word in self.counting(book).values()]
        for number, span in enumerate(self.spans):
            if BODIES[account] not in span.bodies:
                continue
            says = span.inside[book.words.category]
            if span.starts <= at < span.ends and says != "allow":
                yield (number, span, says), span.starts
            is_stale = span.kind == ELECTION and book.words.category in STALE_AFTER
            if is_stale and given and min(given) < span.ends <= at:
                yield (number, span, "stale"), span.ends

    def outlived(self, book: Book, account: str, at: datetime) -> bool:
        """Whether an election came and went between a clearance and `at`: what it would have held up is cleared again after it.

        Neither a sign-off nor an exemption stands for that.
        """
        given = [word.at for word in self.counting(book).values()]
        over = [
            span
            for span in self.spans
            if span.kind == ELECTION
            and BODIES[account] in span.bodies
            and span.inside[book.words.category] != "allow"
            and given
            and min(given) < span.starts
            and span.ends <= at
        ]
        return bool(over) and bool(self.lacking(book, at, since=max(span.starts for span in over)))

    # --- what may go out --------------------------------------------------------------------------------------------

    def against(self, post: int, account: str, at: datetime) -> list[str]:
        """Every reason why nothing of this post may go out on this account at `at`; lateness apart."""
        book = self.posts[post]
        reasons = []
        if self.paused & {"", account}:
            reasons.append("paused")
        if self.blocked(book, account, at):
            reasons.append("blocked")
        if not self.cleared(book, at) or self.outlived(book, account, at):
            reasons.append("uncleared")
        if self.unsigned(book, account, at):
            reasons.append("unsigned")
        return reasons

    def fate(self, post: int, account: str, at: datetime) -> str:
        """What becomes of a delivery that is about to be sent at `at`: `go`, `held` or `missed`."""
        if at - self.posts[post].parts[account].due_at > MOST_LATE:
            return "missed"
        return "held" if self.against(post, account, at) else GO

    # --- what people ask for ----------------------------------------------------------------------------------------

    def may_edit(self, book: Book, person: str, words: Words) -> bool:
        """New words are for authors, and for posts of which nothing is out or may be."""
        return self.may(person, "author") and (words == book.words or not self.public(book))

    def public(self, book: Book) -> bool:
        """Whether anything of the post is out, or may be."""
        return bool(book.in_state(*SENT_OR_MAYBE)) or any(part.proven for part in book.parts.values())

    def may_schedule(self, book: Book, person: str, at: datetime, now: datetime) -> bool:
        """What is cleared gets a time that has not passed, on the accounts that do not have it yet."""
        return (
            self.may(person, "author", "publisher")
            and book.state in ("cleared", "scheduled")
            and at >= now - JUST_NOW
            and bool(self.open_accounts(book))
        )

    def open_accounts(self, book: Book) -> list[str]:
        """The accounts on which certainly nothing is out."""
        sent = {part.account for part in book.parts.values() if part.proven or part.state in SENT_OR_MAYBE}
        return [account for account in book.words.accounts if account not in sent]

    def may_release(self, post: int, person: str, at: datetime | None, now: datetime) -> bool:
        """What is on hold goes back only whole, and only to a time that has not passed and at which it may go."""
        book = self.posts[post]
        held = book.in_state("held")
        if not held or not self.may(person, "author", "publisher") or book.state not in ("cleared", "scheduled"):
            return False
        if any(part.proven for part in held):
            return False
        due = at or held[0].due_at
        return due >= now - JUST_NOW and not any(self.against(post, part.account, max(due, now)) for part in held)

    def may_hold(self, book: Book, person: str) -> bool:
        """Everybody but a viewer may hold what is queued."""
        return self.speaks(person) and bool(book.in_state("scheduled", "claimed"))

    def may_cancel(self, book: Book, person: str) -> bool:
        """What has not left may be taken back, unless a request is under way; a post is taken back once."""
        if not self.may(person, "author", "publisher") or book.in_state("sending"):
            return False
        if book.in_state("published", "unknown"):
            return bool(book.in_state("scheduled", "claimed", "held", "missed", "failed"))
        return book.state != "withdrawn"

    def may_exempt(self, book: Book, person: str, *, read: Words, until: datetime, now: datetime) -> bool:
        """An exemption is given by an outsider, for the words that were read, with an end, for what there is to lift."""
        outsider = self.outsider(book, person, "propriety")
        return outsider and read == book.words and until > now and bool(self.to_lift(book, now))

    def may_exempt_campaign(self, person: str, number: int, *, until: datetime, now: datetime) -> bool:
        """A campaign is exempted in a period that there is, and never in a referendum."""
        known = number < len(self.spans) and self.spans[number].kind == ELECTION
        return self.may(person, "propriety") and known and until > now
