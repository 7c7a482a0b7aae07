"""What is still missing before a post may go out, why, and who can give it: the one answer that every face and notice repeats."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from purdah_scheduler.application.matter import Matter, case_of, cleared_too_early, moments, settings_ahead
from purdah_scheduler.application.office import House
from purdah_scheduler.application.signing import judgements
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.clearance import SIGN_OFF, Decision, Missing, Standing, may_decide
from purdah_scheduler.domain.content import short
from purdah_scheduler.domain.findings import Finding
from purdah_scheduler.domain.people import Account, Person
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import Delivery
from purdah_scheduler.lean import lean_dataclass


class Want(StrEnum):
    """What is wanted: a no taken back, a clearance (anew, where it expired or a period outlived it), or a sign-off."""

    NO_TAKEN_BACK = "no-taken-back"
    CLEARANCE = "clearance"
    EXPIRED = "clearance-expired"
    OUTLIVED = "clearance-outlived"
    SIGN_OFF = "sign-off"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One thing that is missing: the stage that gives it, why in a sentence, in a few words, and the ids of who can give it."""

    want: Want
    stage: str
    label: str
    reason: str
    brief: str
    people: tuple[str, ...]

    @property
    def who(self) -> str:
        """Who can give it, in words."""
        return ", ".join(self.people) or "nobody in the configuration can give it"

    @property
    def words(self) -> str:
        """What is missing and who can give it, on one line."""
        return f"{self.label}: {self.brief} ({self.who})"


def wanted(
    matter: Matter, house: House, calendar: Sequence[Period], deliveries: Iterable[Delivery], now: datetime
) -> tuple[Wanted, ...]:
    """Everything that is missing now for the times at which the post may go out, in the order in which it can be given."""
    known = tuple(deliveries)
    times = [at for at in moments(matter.post, known, now) if at > now] or [now]
    found = [*of_standing(matter, house, matter.standing(house, settings_ahead(matter, house, calendar, known, now)))]
    if not found:
        mine = {entry.account for entry in matter.content.accounts}
        cases = [case_of(matter.content, account, at) for account in house.accounts if account.id in mine for at in times]
        early = (cleared_too_early(matter, house, case, calendar) for case in cases)
        found += [of_outlived(*one) for one in early if one is not None][:1]
    for account, judgement in judgements(matter, house, calendar, times):
        if judgement.verdict is Verdict.FLAG:  # where a period blocks it, a sign-off would not let it out
            unsigned = (finding for finding in judgement.flags if matter.signed(house, account, finding) is None)
            found += [of_flag(matter, house, account, finding) for finding in unsigned]
    return tuple({(one.want, one.stage, one.reason): one for one in found}.values())


def next_for(person: Person, missing: Sequence[Wanted]) -> Wanted | None:
    """What this person could give now: the stage whose turn it is, or a sign-off; None where it is for others."""
    turn = next((one for one in missing if one.want not in (Want.NO_TAKEN_BACK, Want.SIGN_OFF)), None)
    flags = (one for one in missing if one.want is Want.SIGN_OFF)
    return next((one for one in (turn, *flags) if one is not None and person.id in one.people), None)


def of_standing(matter: Matter, house: House, stands: Standing) -> tuple[Wanted, ...]:
    """What the clearances lack: each rejection first, then the stages in their order."""
    return (
        *(_of_rejection(matter, house, decision) for decision in stands.rejected_by),
        *(_of_stage(matter, house, gap) for gap in stands.missing),
    )


def of_outlived(gap: Missing, period: Period) -> Wanted:
    """A stage that has to be cleared again because a strict period began since."""
    who = ", ".join(gap.people) or "nobody in the configuration can do it"
    return Wanted(
        want=Want.OUTLIVED,
        stage=gap.stage,
        label=gap.label,
        reason=f"It was cleared before “{period.name}” began and would go out after it, so “{gap.label}” "
        f"has to be given again ({who}).",
        brief=f"again, as it was cleared before “{period.name}” began",
        people=gap.people,
    )


def of_flag(matter: Matter, house: House, account: Account, finding: Finding) -> Wanted:
    """A flag that nobody has signed off."""
    role = house.sign_off_role_for(account.body)
    of_whom = f"a person with the role {role}{house.least.sign_off.how}"
    return Wanted(
        want=Want.SIGN_OFF,
        stage=SIGN_OFF,
        label="Sign-off of a flag",
        reason=f"{finding.reason} It needs the sign-off of {of_whom}.",
        brief=f"{finding.about}, by {of_whom}",
        people=tuple(sorted(person.id for person in matter.people if may_decide(person, role, matter.authors))),
    )


def _of_rejection(matter: Matter, house: House, decision: Decision) -> Wanted:
    stage = house.stage(decision.stage)
    mine = {entry.account for entry in matter.content.accounts}
    signing = {house.sign_off_role_for(known.body) for known in house.accounts if known.id in mine}
    roles = signing if stage is None else {stage.role}
    others = (p.id for p in matter.people if any(may_decide(p, role, matter.authors) for role in roles))
    return Wanted(
        want=Want.NO_TAKEN_BACK,
        stage=decision.stage,
        label="Rejected",
        reason=f"It was rejected by {decision.person}.",
        brief=f"by {decision.person} on {decision.stage}; edit it, or have the no taken back",
        people=tuple(dict.fromkeys((decision.person, *sorted(others)))),
    )


def _of_stage(matter: Matter, house: House, gap: Missing) -> Wanted:
    who = ", ".join(gap.people) or "nobody in the configuration can give it"
    if gap.expired:
        ended = "; ".join(
            f"the one by {last.decision.person} of {format_local(last.decision.at, house.zone)} "
            f"expires {format_local(last.until, house.zone)}"
            for last in gap.expired
        )
        return Wanted(
            want=Want.EXPIRED,
            stage=gap.stage,
            label=gap.label,
            reason=f"The clearance “{gap.label}” does not last until then for {short(matter.digest)}: {ended}. "
            f"It needs {gap.reason} again ({who}).",
            brief=f"{gap.reason} again; {ended}",
            people=gap.people,
        )
    return Wanted(
        want=Want.CLEARANCE,
        stage=gap.stage,
        label=gap.label,
        reason=f"The clearance “{gap.label}” is missing for {short(matter.digest)}: it needs {gap.reason} ({who}).",
        brief=gap.reason,
        people=gap.people,
    )
