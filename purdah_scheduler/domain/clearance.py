"""Chains, stages and decisions: what is still missing for this digest, and who can give it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from purdah_scheduler.domain.content import Content, Marks
from purdah_scheduler.domain.people import Assurance, Person, Role
from purdah_scheduler.domain.rulebook import STRICT
from purdah_scheduler.lean import lean_dataclass

SIGN_OFF = "sign-off"


class Choice(StrEnum):
    """What a person decides on a stage."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"


class When(StrEnum):
    """Whether a stage is asked for at every time, only while a period of its regimes is in force, or only while none is."""

    ALWAYS = "always"
    INSIDE = "inside"
    OUTSIDE = "outside"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A moment at which a post could go out, and the regimes of the periods that are in force for it then."""

    at: datetime
    regimes: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a setting needs an aware instant")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of a chain: `people` distinct persons with `role` say yes, known at least by `min_assurance`.

    Empty `accounts`, `categories` or `marks` (names of fields of `Marks`, one of them will do) mean every post. `when` is about
    periods of `regimes`. A clearance stops counting at an age of `expires_after`, or inside such a period of `expires_inside`,
    whichever is the shorter.
    """

    id: str
    label: str
    role: Role
    people: int = 1
    min_assurance: Assurance = Assurance.CLAIMED
    accounts: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    when: When = When.ALWAYS
    regimes: frozenset[str] = frozenset({STRICT})
    expires_after: timedelta | None = None
    expires_inside: timedelta | None = None

    def concerns(self, content: Content) -> bool:
        """Whether this post could need the stage, at some time."""
        return self.covers(content.category, content.marks, [entry.account for entry in content.accounts])

    def covers(self, category: str, marks: Marks, accounts: Iterable[str]) -> bool:
        """Whether a post of this category, with these marks and on these accounts could need the stage, at some time."""
        if self.categories and category not in self.categories:
            return False
        if self.marks and not any(getattr(marks, name) for name in self.marks):
            return False
        return not self.accounts or any(account in self.accounts for account in accounts)

    def needed_in(self, settings: Iterable[Setting]) -> bool:
        """Whether a post that it covers needs it in any of these settings."""
        match self.when:
            case When.ALWAYS:
                return True
            case When.INSIDE:
                return any(self._inside(setting) for setting in settings)
            case When.OUTSIDE:
                return any(not self._inside(setting) for setting in settings)

    def ends_at(self, given_at: datetime, settings: Iterable[Setting]) -> datetime | None:
        """When a clearance that was given at that moment stops counting in the strictest of these settings; None for never."""
        if self.expires_after is None and self.expires_inside is None:
            return None
        spans = {self.expires_after}
        if any(self._inside(setting) for setting in settings):
            spans.add(self.expires_inside)
        return min((given_at + span for span in spans if span is not None), default=None)

    def _inside(self, setting: Setting) -> bool:
        return not self.regimes.isdisjoint(setting.regimes)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A person's word on a stage, bound to the digest and the revision that the person read.

    `stage` is the id of a stage, or `sign-off` for the second person's yes to a flag; `answers` are the keys of the findings
    that such a yes is for (`Finding.key`). `proof` is the armoured signature of a signed one. `doubt` is why the person is not
    known today as surely as it says; it is found out anew each time, and never stored.
    """

    person: str
    stage: str
    choice: Choice
    digest: str
    revision: int
    at: datetime
    assurance: Assurance = Assurance.CLAIMED
    reason: str = ""
    answers: tuple[str, ...] = ()
    proof: str = ""
    doubt: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a decision needs an aware instant")

    def is_known(self, least: Assurance) -> bool:
        """Whether the person is known, today, at least so surely."""
        return not self.doubt and self.assurance.rank >= least.rank

    def is_heard_after(self, before: "Decision | None") -> bool:
        """Whether it says anything new after the last word of the same person on the same stage.

        A signed one has its time in what was signed: brought again, after the person said something else, it says nothing.
        """
        return before is None or self.assurance is not Assurance.SIGNED or self.at > before.at

    def undoes(self, rejection: "Decision") -> bool:
        """Whether it can take the place of a no: not where it is less sure whose it is."""
        return not self.doubt and (bool(rejection.doubt) or self.assurance.rank >= rejection.assurance.rank)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """A clearance that counts for a limited time: it stops counting at `until`."""

    decision: Decision
    label: str
    until: datetime


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing that keeps a post from being cleared: the stage, why in words, and who could give it.

    `expired` are the clearances of the stage that would count, had they not come to their end.
    """

    stage: str
    label: str
    reason: str
    people: tuple[str, ...]
    expired: tuple[Lasting, ...] = ()


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The clearances that count for one digest, and what is still missing.

    `cleared_at` is the oldest clearance that counts (None: none does, or the chain is empty). `lasting` are those of the counting
    that will come to an end. `needed` has the ids of the stages that were asked for, in order; `skipped` of those that lack a
    clearance and that break-glass skips.
    """

    needed: tuple[str, ...]
    counting: tuple[Decision, ...]
    missing: tuple[Missing, ...]
    rejected_by: tuple[Decision, ...]
    lasting: tuple[Lasting, ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.missing and not self.rejected_by

    @property
    def in_short(self) -> list[str]:
        """What it goes out by: `stage@revision` for each clearance, and what break-glass skips."""
        return [f"{word.stage}@{word.revision}" for word in self.counting] + [f"{stage} skipped" for stage in self.skipped]

    @property
    def cleared_at(self) -> datetime | None:
        return min((decision.at for decision in self.counting), default=None)


def latest(decisions: Iterable[Decision]) -> dict[tuple[str, str], Decision]:
    """Each person's latest word on each stage, keyed by (stage, person); later ones replace earlier ones."""
    words: dict[tuple[str, str], Decision] = {}
    for decision in decisions:
        own = (decision.stage, decision.person)
        if decision.is_heard_after(words.get(own)):
            words[own] = decision
    return words


def standing_words(decisions: Iterable[Decision], *, may_lift: Callable[[str, str], bool]) -> dict[tuple[str, str], Decision]:
    """Each person's standing yes or no on each stage, keyed by (stage, person), from decisions in the order given.

    A withdrawal takes back what that person said on the stage. From a person who has said nothing on it, and of whom `may_lift`
    (person, stage) is true, it takes back every rejection of the stage. A no stays where whoever undoes it is less surely known.
    """
    words: dict[tuple[str, str], Decision] = {}
    heard: dict[tuple[str, str], Decision] = {}
    for decision in decisions:
        own = (decision.stage, decision.person)
        if not decision.is_heard_after(heard.get(own)):
            continue
        heard[own] = decision
        before = words.get(own)
        if (
            before is not None
            and before.choice is Choice.REJECT
            and decision.choice is not Choice.REJECT
            and not decision.undoes(before)
        ):
            continue
        if decision.choice is not Choice.WITHDRAW:
            words[own] = decision
        elif before is not None:
            del words[own]
        elif may_lift(decision.person, decision.stage):
            for key, word in tuple(words.items()):
                if key[0] == decision.stage and word.choice is Choice.REJECT and decision.undoes(word):
                    del words[key]
    return words


def may_decide(person: Person, role: Role, authors: frozenset[str]) -> bool:
    """Whether the person could clear a stage, sign off or exempt by this role: has the role and wrote no revision."""
    return person.has(role) and person.id not in authors


def standing(
    *,
    chain: Sequence[Stage],
    content: Content,
    settings: Sequence[Setting],
    digest: str,
    revision: int,
    decisions: Sequence[Decision],
    authors: frozenset[str],
    people: Sequence[Person],
    sign_off_roles: frozenset[Role] = frozenset(),
    skips: frozenset[str] = frozenset(),
) -> Standing:
    """What counts and what is missing for this digest of this revision, in every one of `settings`.

    `people` are those who may act today: a suspended person is left out, and the clearances given by that person stop
    counting. A rejection of this revision stands until the same person withdraws it or approves, or until another person who
    could give that stage withdraws it. Nobody who wrote any revision counts, and nobody counts on two stages. `skips`
    are the ids of stages without which it may go out.
    """
    return standing_on(
        tuple(stage for stage in chain if stage.concerns(content)),
        settings=settings,
        digest=digest,
        revision=revision,
        decisions=decisions,
        authors=authors,
        people=people,
        sign_off_roles=sign_off_roles,
        skips=skips,
    )


def standing_on(
    stages: Sequence[Stage],
    *,
    settings: Sequence[Setting],
    digest: str,
    revision: int,
    decisions: Sequence[Decision],
    authors: frozenset[str],
    people: Sequence[Person],
    sign_off_roles: frozenset[Role] = frozenset(),
    skips: frozenset[str] = frozenset(),
) -> Standing:
    """The same for the stages that cover the post, in the order of their chain. Raises ValueError without a setting."""
    if not settings:
        raise ValueError("clearances count in a setting")
    active = {person.id: person for person in people}

    def may_lift(person: str, stage: str) -> bool:
        roles = sign_off_roles if stage == SIGN_OFF else {known.role for known in stages if known.id == stage}
        return person in active and any(may_decide(active[person], role, authors) for role in roles)

    words = standing_words(
        [decision for decision in decisions if decision.digest == digest and decision.revision == revision], may_lift=may_lift
    )
    rejected = tuple(decision for decision in words.values() if decision.choice is Choice.REJECT)
    asked = tuple(stage for stage in stages if stage.needed_in(settings))
    until = max(setting.at for setting in settings)
    counting: list[Decision] = []
    lasting: list[Lasting] = []
    missing: list[Missing] = []
    skipped: list[str] = []
    used: set[str] = set()
    for stage in asked:
        given = [
            decision
            for (stage_id, person_id), decision in words.items()
            if stage_id == stage.id
            and decision.choice is Choice.APPROVE
            and person_id in active
            and may_decide(active[person_id], stage.role, authors)
            and decision.is_known(stage.min_assurance)
            and person_id not in used
        ]
        given.sort(key=lambda decision: decision.at)
        limited = {
            decision.person: Lasting(decision=decision, label=stage.label, until=end)
            for decision in given
            if (end := stage.ends_at(decision.at, settings)) is not None
        }
        expired = tuple(last for last in limited.values() if last.until <= until)
        gone = {last.decision.person for last in expired}
        counted = [decision for decision in given if decision.person not in gone][: stage.people]
        counting += counted
        lasting += [limited[decision.person] for decision in counted if decision.person in limited]
        used |= {decision.person for decision in counted}
        lacking = stage.people - len(counted)
        if lacking > 0 and stage.id in skips:
            skipped.append(stage.id)
        elif lacking > 0:
            missing.append(
                Missing(
                    stage=stage.id,
                    label=stage.label,
                    reason=(
                        f"{lacking} more of {stage.people} with the role {stage.role}"
                        if stage.people > 1
                        else f"a person with the role {stage.role}"
                    )
                    + stage.min_assurance.how,
                    people=tuple(
                        sorted(p.id for p in active.values() if may_decide(p, stage.role, authors) and p.id not in used)
                    ),
                    expired=expired,
                )
            )
    return Standing(
        needed=tuple(stage.id for stage in asked),
        counting=tuple(counting),
        missing=tuple(missing),
        rejected_by=rejected,
        lasting=tuple(lasting),
        skipped=tuple(skipped),
    )


def signed_off(
    *,
    digest: str,
    revision: int,
    decisions: Sequence[Decision],
    authors: frozenset[str],
    people: Sequence[Person],
    role: Role,
    key: str,
    since: datetime | None,
    least: Assurance = Assurance.CLAIMED,
) -> Decision | None:
    """The standing sign-off for the flag with this key, by a person who is known at least so surely as `least`, or None.

    It must answer that very flag, and have been given at or after `since` (the start of the period, where the flag has one): a
    clearance given before a period does not count as the sign-off inside it (domain.md 2.6).
    """
    active = {person.id: person for person in people}
    for (stage, person_id), decision in latest(decisions).items():
        if (
            stage == SIGN_OFF
            and decision.choice is Choice.APPROVE
            and decision.digest == digest
            and decision.revision == revision
            and person_id in active
            and may_decide(active[person_id], role, authors)
            and key in decision.answers
            and decision.is_known(least)
            and (since is None or decision.at >= since)
        ):
            return decision
    return None
