"""Decisions as rows of the store, and the words that they share with exemptions."""

import json
from datetime import datetime
from typing import Any

from purdah_scheduler.domain.clearance import Choice, Decision
from purdah_scheduler.domain.people import Assurance
from purdah_scheduler.store.found import Found

_CHOICES = {str(choice): choice for choice in Choice}
ASSURANCES = {str(assurance): assurance for assurance in Assurance}


DECISION = ("person", "stage", "choice", "digest", "revision", "at", "assurance", "reason", "answers", "proof")
"""The columns that a decision is made of, in the order in which `decision` takes them."""


def decision(
    person: str,
    stage: str,
    choice: str,
    digest: str,
    revision: int,
    at: datetime,
    assurance: str,
    reason: str,
    answers: str,
    proof: str,
) -> Decision:
    """A decision as its columns have it. Raises KeyError or ValueError for words that no decision has."""
    return Decision(
        person=person,
        stage=stage,
        choice=_CHOICES[choice],
        digest=digest,
        revision=revision,
        at=at,
        assurance=ASSURANCES[assurance],
        reason=reason,
        answers=answers_of(answers) if answers else (),
        proof=proof,
    )


def decision_of(row: Found) -> Decision:
    return decision(*(getattr(row, name) for name in DECISION))


def decision_values(post: int, decision: Decision) -> dict[str, Any]:
    return {
        "post": post,
        "revision": decision.revision,
        "person": decision.person,
        "stage": decision.stage,
        "choice": str(decision.choice),
        "digest": decision.digest,
        "at": decision.at,
        "assurance": str(decision.assurance),
        "reason": decision.reason,
        "answers": answers_text(decision.answers),
        "proof": decision.proof,
    }


def answers_of(text: str) -> tuple[str, ...]:
    """The keys that a decision or an exemption answers; empty text stands for none. Raises ValueError for another thing."""
    if not text:
        return ()
    keys = json.loads(text)
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise ValueError("the answers are not a list of keys")
    return tuple(keys)


def answers_text(keys: tuple[str, ...]) -> str:
    return json.dumps(keys) if keys else ""
