"""Whether each decision on a post counts today, and why it does not."""

from purdah_scheduler.application.matter import Matter
from purdah_scheduler.application.office import House
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice, Decision, Standing
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """A decision and whether it counts today; `why_not` says why it does not."""

    decision: Decision
    counts: bool
    why_not: str = ""


def decision_view(decision: Decision, matter: Matter, stands: Standing, house: House) -> DecisionView:
    """Whether a decision counts for what the post says now, by what stands."""
    if decision.digest != matter.digest or decision.revision != matter.revision.number:
        return DecisionView(decision=decision, counts=False, why_not=f"the text changed since revision {decision.revision}")
    if decision in stands.counting or decision in stands.rejected_by:
        return DecisionView(decision=decision, counts=True)
    if decision.person not in {person.id for person in matter.people}:
        return DecisionView(decision=decision, counts=False, why_not="this person is suspended")
    if decision.person in matter.authors:
        return DecisionView(decision=decision, counts=False, why_not="this person wrote a revision")
    if decision.doubt:
        return DecisionView(decision=decision, counts=False, why_not=decision.doubt)
    least = house.least_for(decision.stage)
    if decision.choice is Choice.APPROVE and not decision.is_known(least):
        why_not = f"it is {decision.assurance.short}; it has to be {least.short}"
        return DecisionView(decision=decision, counts=False, why_not=why_not)
    if decision.stage == SIGN_OFF:
        return DecisionView(decision=decision, counts=True)
    ended = next((last.until for gap in stands.missing for last in gap.expired if last.decision == decision), None)
    if ended is not None:
        return DecisionView(decision=decision, counts=False, why_not=f"it expired {format_local(ended, house.zone)}")
    if decision.choice is Choice.APPROVE and decision.stage not in stands.needed:
        return DecisionView(decision=decision, counts=False, why_not="its stage is not asked for at that time")
    return DecisionView(decision=decision, counts=False, why_not="a later decision replaced it")
