"""Accounts that a person posts on by hand: nothing is ever sent to them from here."""

from collections.abc import Mapping
from datetime import datetime

from purdah_scheduler.application.answers import AccountCheck, ByHand, Limits, OutcomeUnknown, Proof, Receipt, Recent, Rejected
from purdah_scheduler.channels import manual_text
from purdah_scheduler.domain.content import Outgoing, Problem
from purdah_scheduler.domain.people import Account


class ManualChannel:
    """One account without an interface that this product may use: a person is told, posts, and records the address."""

    ends_at: datetime | None = None

    def __init__(self, account: Account) -> None:
        self._account = account

    @property
    def limits(self) -> Limits:
        return manual_text.PLACES[self._account.channel].limits

    @property
    def proof(self) -> Proof:
        """Nothing can be looked up: people look."""
        return Proof(presence=False, absence=False)

    def validate(self, outgoing: Outgoing) -> tuple[Problem, ...]:
        """Every problem at once."""
        return manual_text.problems_of(self._account.channel, outgoing)

    def check_account(self) -> AccountCheck:
        """There is nobody to ask."""
        return AccountCheck(ok=True, handle=self._account.handle, detail="A person posts here by hand; nothing is sent to it.")

    def stage(self, outgoing: Outgoing, staged: Mapping[str, str]) -> dict[str, str]:  # noqa: ARG002 - the port gives it
        """Raises ByHand: from here on it is a person's."""
        raise ByHand(f"It is time: post it by hand on {self._account.handle}.")

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:  # noqa: ARG002 - the port gives it
        """Raises Rejected: nothing is sent to such an account."""
        raise Rejected(f"Nothing can be sent to {self._account.handle}: a person posts there by hand.")

    def find_published(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt | None:  # noqa: ARG002 - the port gives it
        """Raises OutcomeUnknown: only a person can look."""
        raise OutcomeUnknown(f"Nothing can be looked up on {self._account.handle}: look at it yourself.")

    def recent(self, since: datetime, *, limit: int) -> Recent:  # noqa: ARG002 - the port gives it
        """Raises ByHand: only a person can look."""
        raise ByHand(f"Nothing can be looked up on {self._account.handle}: look at it yourself.")

    def delete(self, remote_id: str) -> None:
        """Raises OutcomeUnknown: only a person can take a post down there."""
        raise OutcomeUnknown(f"Post {remote_id} can only be taken down by hand on {self._account.handle}.")
