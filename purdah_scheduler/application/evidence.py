"""How surely a decision is known to be its person's: asked when it is given, and again each time that it is to count."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from purdah_scheduler.domain.clearance import Decision
from purdah_scheduler.domain.people import Assurance, Person
from purdah_scheduler.domain.ssh_keys import SigningKey
from purdah_scheduler.domain.ssh_signature import Signature, read_signature
from purdah_scheduler.domain.ssh_wire import NotSsh
from purdah_scheduler.domain.statements import NAMESPACE, Request
from purdah_scheduler.lean import lean_dataclass

Verify = Callable[[Signature, bytes], bool]
"""Whether the key in a signature signed these bytes."""


def _nobody_verifies(signature: Signature, message: bytes) -> bool:
    del signature, message
    return False


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What this house can know about who decided.

    `instance` is the store's own id, which every signature names. `by_login`: whether the store's database knows people by
    their logins. Unless `verify` is given, no signature holds.
    """

    instance: str = ""
    by_login: bool = False
    verify: Verify = _nobody_verifies

    def known(self, assurance: Assurance) -> Assurance:
        """How surely somebody is known of whom a row says so, and no signature."""
        return assurance if self.by_login and assurance is Assurance.AUTHENTICATED else Assurance.CLAIMED

    def weigh(self, post: int, decisions: Sequence[Decision], people: Iterable[Person]) -> tuple[Decision, ...]:
        """The decisions, each with the doubt that there is about it today; `people` are all of the configuration."""
        if all(decision.assurance is Assurance.CLAIMED for decision in decisions):
            return tuple(decisions)
        known = {person.id: person for person in people}
        return tuple(replace(decision, doubt=self.doubt(post, decision, known.get(decision.person))) for decision in decisions)

    def doubt(self, post: int, decision: Decision, person: Person | None) -> str:
        """Why the person of a decision is not known as surely as it says; empty where nothing speaks against it."""
        if person is None and decision.assurance is not Assurance.CLAIMED:
            return "the configuration does not know this person any more"
        match decision.assurance:
            case Assurance.CLAIMED:
                return ""
            case Assurance.AUTHENTICATED:
                return "" if self.by_login else "it says that a login proved it, and this queue knows no logins"
            case Assurance.SIGNED:
                return self._doubt_of_signature(post, decision, () if person is None else person.keys)

    def _doubt_of_signature(self, post: int, decision: Decision, keys: Sequence[SigningKey]) -> str:
        try:
            signature = read_signature(decision.proof)
        except NotSsh as fault:
            return f"its signature cannot be read: {fault}"
        if signature.namespace != NAMESPACE:
            return f"its signature was made for another purpose (namespace {signature.namespace[:60]!r})"
        mine = next((known for known in keys if known.key == signature.key), None)
        if mine is None:
            return f"its signature is by no key of {decision.person}"
        late = mine.why_not_at(decision.at)
        if late:
            return f"its key {late}"
        request = Request(instance=self.instance, post=post, decision=decision)
        return "" if self.verify(signature, request.message) else "its signature is not of this decision"
