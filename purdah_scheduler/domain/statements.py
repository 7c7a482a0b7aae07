"""What a person signs: a decision as canonical bytes, the same on every machine, and its reading back."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

from purdah_scheduler.domain.audit import canonical_json, stamp
from purdah_scheduler.domain.clearance import Choice, Decision
from purdah_scheduler.domain.people import Assurance
from purdah_scheduler.domain.ssh_signature import BEGIN
from purdah_scheduler.lean import lean_dataclass

TAG = "purdah-decision-v1"
"""The first line of what is signed: it is a decision of this product, in this form, and nothing else."""

NAMESPACE = "decision@purdah-scheduler"
"""OpenSSH's namespace: a signature that was made for a commit, a mail or another product counts for nothing here."""

OLDEST_REQUEST = timedelta(hours=24)
"""How long after a request was made its signature is taken."""

_MOST_AHEAD = timedelta(minutes=5)
"""By how much the clock of the machine that made a request may be ahead."""


class NotARequest(ValueError):
    """The text is no request to sign a decision; the message says why."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A decision that waits for its signature: of the store `instance`, on `post`."""

    instance: str
    post: int
    decision: Decision

    @property
    def text(self) -> str:
        """What is signed: two lines, each with its end, so that an editor has nothing to add."""
        given = self.decision
        facts = canonical_json(
            {
                "instance": self.instance,
                "post": self.post,
                "digest": given.digest,
                "revision": given.revision,
                "stage": given.stage,
                "choice": str(given.choice),
                "person": given.person,
                "at": stamp(given.at),
                "reason": given.reason,
                "answers": list(given.answers),
            }
        )
        return f"{TAG}\n{facts}\n"

    @property
    def message(self) -> bytes:
        """The same as the bytes that ssh-keygen is given."""
        return self.text.encode("ascii")

    def signed_by(self, proof: str) -> Decision:
        """The decision with its signature, which nobody has verified yet."""
        return replace(self.decision, assurance=Assurance.SIGNED, proof=proof)

    def too_old_or_early(self, now: datetime) -> str:
        """Why it cannot be taken at `now`, completing “the request”; empty where it can."""
        if self.decision.at > now + _MOST_AHEAD:
            return "is of a time that has not come"
        if now - self.decision.at > OLDEST_REQUEST:
            return f"is older than {OLDEST_REQUEST // timedelta(hours=1)} hours"
        return ""


def read_request(text: str) -> Request:
    """The request that `Request.text` wrote, to the letter. Raises NotARequest."""
    tag, _, rest = text.partition("\n")
    if tag.strip() != TAG:
        raise NotARequest(f"it does not begin with {TAG}")
    try:
        facts = json.loads(rest)
        request = Request(
            instance=facts["instance"],
            post=facts["post"],
            decision=Decision(
                person=facts["person"],
                stage=facts["stage"],
                choice=Choice(facts["choice"]),
                digest=facts["digest"],
                revision=facts["revision"],
                at=datetime.fromisoformat(facts["at"]),
                reason=facts["reason"],
                answers=tuple(facts["answers"]),
            ),
        )
        written = request.text
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise NotARequest("its second line is not what this program wrote") from None
    if written.rstrip("\n") != f"{TAG}\n{rest}".rstrip(" \t\r\n"):
        raise NotARequest("its second line was changed")
    return request


def split_signed(text: str) -> tuple[str, str]:
    """A request and the signature below it, as they were pasted together; either may be empty."""
    head, mark, tail = text.replace("\r\n", "\n").partition(BEGIN)
    return head.strip() + "\n" if head.strip() else "", mark + tail
