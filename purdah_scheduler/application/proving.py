"""Proving who decides: a signed request is compared with the decision and verified, and every stage gets what it asks for."""

from collections.abc import Iterable
from dataclasses import replace

from purdah_scheduler.application.matter import Matter
from purdah_scheduler.application.office import House, Office, require_known
from purdah_scheduler.domain.clearance import Choice, Decision, latest
from purdah_scheduler.domain.ssh_signature import read_signature
from purdah_scheduler.domain.ssh_wire import NotSsh
from purdah_scheduler.domain.statements import Request
from purdah_scheduler.errors import NotProven
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A request with the signature that came back for it, in its armour."""

    request: Request
    armoured: str


def verified(office: Office, instance: str, post_id: int, decision: Decision, signed: Signed) -> Decision:
    """The decision of a signed request, which has to be this very one but for its time. Raises NotProven."""
    again = f"Ask for it anew: purdah-scheduler post decide {post_id} … --print-signing-request"
    asked = signed.request
    same = replace(decision, at=asked.decision.at, assurance=asked.decision.assurance)
    if (asked.instance, asked.post, asked.decision) != (instance, post_id, same):
        raise NotProven(f"What was signed is {_other(asked, instance, post_id, same)}, so nothing was decided.", next_step=again)
    late = asked.too_old_or_early(office.now())
    if late:
        raise NotProven(f"The request that was signed {late}, so nothing was decided.", next_step=again)
    try:
        proof = read_signature(signed.armoured).armoured
    except NotSsh as fault:
        raise NotProven(f"This is no signature of OpenSSH: {fault}. Nothing was decided.", next_step=again) from fault
    given = asked.signed_by(proof)
    doubt = office.house.evidence.doubt(post_id, given, office.house.person(given.person))
    if doubt:
        raise NotProven(
            f"The signature does not hold: {doubt}. Nothing was decided.",
            next_step=f"Sign with a key that stands beside {given.person} in the configuration: purdah-scheduler people list",
        )
    return given


def _other(asked: Request, instance: str, post_id: int, decision: Decision) -> str:
    """Of what else a request is than of this decision."""
    if asked.instance != instance:
        return "for another queue"
    if asked.post != post_id:
        return f"for post {asked.post}"
    names = ("person", "stage", "choice", "digest", "revision", "reason", "answers")
    differ = [name for name in names if getattr(asked.decision, name) != getattr(decision, name)]
    return f"another decision (its {' and '.join(differ)} {'differs' if len(differ) == 1 else 'differ'})"


def check_known(house: House, matter: Matter, decision: Decision, lifted: Iterable[Decision]) -> None:
    """Raise NotProven where the person has to be known more surely, or said something else after signing this.

    `lifted` are the decisions that it takes back.
    """
    stage, known = house.stage(decision.stage), decision.assurance
    if decision.choice is Choice.APPROVE:
        require_known(house.least_for(decision.stage), known, f"A yes on “{decision.stage if stage is None else stage.label}”")
    before = latest(matter.decisions).get((decision.stage, decision.person))
    if not decision.is_heard_after(before):
        raise NotProven(
            f"{decision.person} decided on {decision.stage} again after this was signed, so nothing was decided.",
            next_step="Sign what holds now.",
        )
    current = before is not None and before.revision == decision.revision
    for taken in (*lifted, *([before] if before is not None and current else [])):
        if taken.choice is Choice.REJECT and decision.choice is not Choice.REJECT and not decision.undoes(taken):
            require_known(taken.assurance, known, f"What takes the place of a no that is {taken.assurance.short}")
