"""Chains, stages and decisions: what is still missing for this digest, and who can give it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from purdah_scheduler.domain.content import Content
from purdah_scheduler.domain.people import Assurance, Person, Role

SIGN_OFF = "sign-off"


class Choice(StrEnum):
    """What a person decides on a stage."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of a chain: `people` distinct persons with `role` say yes, known at least by `min_assurance`.

    Empty `accounts` or `categories` mean every one.
    """

    id: str
    label: str
    role: Role
    people: int = 1
    min_assurance: Assurance = Assurance.CLAIMED
    accounts: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()

    def concerns(self, content: Content) -> bool:
        """Whether this post needs the stage."""
        return self.covers(content.category, [entry.account for entry in content.accounts])

    def covers(self, category: str, accounts: Iterable[str]) -> bool:
        """Whether a post of this category on these accounts needs the stage."""
        if self.categories and category not in self.categories:
            return False
        return not self.accounts or any(account in self.accounts for account in accounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A person's word on a stage, bound to the digest and the revision that the person read.

    `stage` is the id of a stage, or `sign-off` for the second person's yes to a flag; `answers` are the keys of the findings
    that such a yes is for (`Finding.key`).
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

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a decision needs an aware instant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing that keeps a post from being cleared: the stage, why in words, and who could give it."""

    stage: str
    label: str
    reason: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The clearances that count for one digest, and what is still missing.

    `cleared_at` is the oldest clearance that counts (None: none does, or the chain is empty).
    """

    counting: tuple[Decision, ...]
    missing: tuple[Missing, ...]
    rejected_by: tuple[Decision, ...]

    @property
    def complete(self) -> bool:
        return not self.missing and not self.rejected_by

    @property
    def cleared_at(self) -> datetime | None:
        return min((decision.at for decision in self.counting), default=None)


def latest(decisions: Iterable[Decision]) -> dict[tuple[str, str], Decision]:
    """Each person's latest word on each stage, keyed by (stage, person); later ones replace earlier ones."""
    words: dict[tuple[str, str], Decision] = {}
    for decision in decisions:
        words[decision.stage, decision.person] = decision
    return words


def may_decide(person: Person, role: Role, authors: frozenset[str]) -> bool:
    """Whether the person could clear a stage, sign off or exempt by this role: has the role and wrote no revision."""
    return person.has(role) and person.id not in authors


def standing(
    *,
    chain: Sequence[Stage],
    content: Content,
    digest: str,
    revision: int,
    decisions: Sequence[Decision],
    authors: frozenset[str],
    people: Sequence[Person],
) -> Standing:
    """What counts and what is missing for this digest of this revision.

    `people` are those who may act today: a suspended person is left out, and the clearances given by that person stop
    counting. A rejection of this revision stands until the same person withdraws it or approves. Nobody who wrote any
    revision counts, and nobody counts on two stages.
    """
    return standing_on(
        tuple(stage for stage in chain if stage.concerns(content)),
        digest=digest,
        revision=revision,
        decisions=decisions,
        authors=authors,
        people=people,
    )


def standing_on(
    stages: Sequence[Stage],
    *,
    digest: str,
    revision: int,
    decisions: Sequence[Decision],
    authors: frozenset[str],
    people: Sequence[Person],
) -> Standing:
    """The same for the stages that the post needs, in the order of their chain."""
    active = {person.id: person for person in people}
    words = {
        key: decision
        for key, decision in latest(decisions).items()
        if decision.digest == digest and decision.revision == revision
    }
    rejected = tuple(decision for decision in words.values() if decision.choice is Choice.REJECT)
    counting: list[Decision] = []
    missing: list[Missing] = []
    used: set[str] = set()
    for stage in stages:
        given = [
            decision
            for (stage_id, person_id), decision in words.items()
            if stage_id == stage.id
            and decision.choice is Choice.APPROVE
            and person_id in active
            and may_decide(active[person_id], stage.role, authors)
            and decision.assurance.rank >= stage.min_assurance.rank
            and person_id not in used
        ]
        given.sort(key=lambda decision: decision.at)
        counted = given[: stage.people]
        counting += counted
        used |= {decision.person for decision in counted}
        lacking = stage.people - len(counted)
        if lacking > 0:
            missing.append(
                Missing(
                    stage=stage.id,
                    label=stage.label,
                    reason=f"{lacking} more of {stage.people} with the role {stage.role}"
                    if stage.people > 1
                    else f"a person with the role {stage.role}",
                    people=tuple(
                        sorted(p.id for p in active.values() if may_decide(p, stage.role, authors) and p.id not in used)
                    ),
                )
            )
    return Standing(counting=tuple(counting), missing=tuple(missing), rejected_by=rejected)


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
) -> Decision | None:
    """The standing sign-off for the flag with this key, or None.

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
            and (since is None or decision.at >= since)
        ):
            return decision
    return None
