"""One post as everything that judges it sees it: its facts, the clearances that count, and the question to the rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from purdah_scheduler.application.lists import Classed, Dossier
from purdah_scheduler.application.office import House
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain.clearance import Decision, Missing, Stage, Standing, signed_off, standing
from purdah_scheduler.domain.content import Content, digest
from purdah_scheduler.domain.outlived import outlived_by
from purdah_scheduler.domain.people import Account, Person
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.policy import Case, Finding, Judgement, judge
from purdah_scheduler.domain.posts import Exemption, Post, Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One post on one account as the store knows it: everything that the gate weighs, read in one go."""

    post: Post
    revision: Revision
    digest: str
    authors: frozenset[str]
    decisions: tuple[Decision, ...]
    exemptions: tuple[Exemption, ...]
    people: tuple[Person, ...]

    @classmethod
    def read(cls, reader: Reader, house: House, post_id: int) -> "Matter":
        """Read the post and recompute its digest. Raises NotFound."""
        post = reader.post(post_id)
        return cls.of(
            Dossier(
                post=post,
                revisions=reader.revisions(post_id),
                decisions=reader.decisions(post_id),
                exemptions=reader.exemptions(post_id),
                deliveries=(),
            ),
            house.active(reader),
        )

    @classmethod
    def of(cls, dossier: Dossier, people: tuple[Person, ...]) -> "Matter":
        """The same of what was read already; `people` are those who may act today."""
        current = next(revision for revision in dossier.revisions if revision.number == dossier.post.revision)
        return cls(
            post=dossier.post,
            revision=current,
            digest=digest(current.content),
            authors=frozenset(revision.author for revision in dossier.revisions),
            decisions=dossier.decisions,
            exemptions=dossier.exemptions,
            people=people,
        )

    @property
    def content(self) -> Content:
        return self.revision.content

    def standing(self, house: House) -> Standing:
        """The clearances that count for this digest, and what is missing."""
        return self.standing_on(house.chain)

    def standing_on(self, stages: Sequence[Stage]) -> Standing:
        """The same for `stages` alone, which come in the order of their chain."""
        return standing(
            chain=stages,
            content=self.content,
            digest=self.digest,
            revision=self.revision.number,
            decisions=self.decisions,
            authors=self.authors,
            people=self.people,
        )

    def exemption_at(self, house: House, at: datetime) -> Exemption | None:
        """The exemption that stands at `at`: for this digest, not revoked, not expired, by an entitled non-author."""
        active = {person.id: person for person in self.people}
        for exemption in self.exemptions:
            person = active.get(exemption.person)
            if (
                exemption.digest == self.digest
                and exemption.revoked_at is None
                and exemption.at <= at < exemption.expires_at
                and person is not None
                and person.has(house.exemption_role)
                and person.id not in self.authors
            ):
                return exemption
        return None

    def signed(self, house: House, finding: Finding) -> Decision | None:
        """The standing sign-off that covers a flag, or None."""
        return signed_off(
            digest=self.digest,
            revision=self.revision.number,
            decisions=self.decisions,
            authors=self.authors,
            people=self.people,
            role=house.sign_off_role,
            since=finding.since,
        )


def case_of(content: Content | Classed, account: Account, at: datetime) -> Case:
    """The question to the rules: this content on this account at `at`, with no clearance and no exemption known.

    The classification alone will do. The account's area stands in where the post names none.
    """
    return Case(
        body=account.body,
        account_kind=account.kind,
        account=account.id,
        channel=account.channel,
        nation=content.nation,
        area=content.area or account.area,
        category=content.category,
        marks=content.marks,
        at=at,
    )


def judgement_of(
    matter: Matter,
    reader: Reader,
    house: House,
    account: Account,
    at: datetime,
    *,
    calendar: Sequence[Period] | None = None,
) -> Judgement:
    """The verdict on this post on this account if it were sent at `at`, by `calendar` (the one that is known now)."""
    case = whole_case(matter, house, account, at)
    return judge(case, house.calendar(reader) if calendar is None else calendar, house.rulebook)


def whole_case(matter: Matter, house: House, account: Account, at: datetime) -> Case:
    """The question to the rules with all that is known: the clearances that count, and the exemption that stands at `at`."""
    exemption = matter.exemption_at(house, at)
    return replace(
        case_of(matter.content, account, at),
        approved_at=matter.standing(house).cleared_at,
        exemption=exemption.reason if exemption else "",
    )


def cleared_too_early(matter: Matter, house: House, case: Case, calendar: Sequence[Period]) -> tuple[Missing, Period] | None:
    """The first stage that has to be cleared again because a strict period has outlived its clearance, with that period.

    None where nothing was outlived, or where every stage was cleared anew since the period began, be it by other people.
    """
    oldest = matter.standing(house).cleared_at
    period = None if oldest is None else outlived_by(case, oldest, calendar, house.rulebook)
    if period is None:
        return None
    since = tuple(decision for decision in matter.decisions if decision.at >= period.starts)
    missing = replace(matter, decisions=since).standing(house).missing
    return (missing[0], period) if missing else None
