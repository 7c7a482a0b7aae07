"""The past of the demonstration: a clock that is set from event to event, and a channel that sometimes answers badly.

Only the preparation uses them. The product that is then opened on the folder runs on the true clock and the real channel.
"""

from collections.abc import Mapping
from datetime import datetime

from purdah_scheduler.application.answers import AccountCheck, Limits, OutcomeUnknown, Proof, Receipt, Rejected, RetryLater
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.demo.stories import Answer
from purdah_scheduler.domain.content import Outgoing, Problem


class PastClock:
    """Stands at `at` until it is set to another instant; events are played in their order, so it never goes back."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def set(self, at: datetime) -> None:
        """Move on. Raises ValueError for an instant before the one it shows."""
        if at < self._at:
            raise ValueError(f"the past is told in order: {at} comes before {self._at}")
        self._at = at

    def now(self) -> datetime:
        """Aware, UTC."""
        return self._at

    def boot_seconds(self) -> float:
        """Seconds that run with the clock itself."""
        return self._at.timestamp()


class PastChannel:
    """A real channel, but for the posts that the story wants refused or lost; `answers` is keyed by their text."""

    def __init__(self, real: Channel, answers: Mapping[str, Answer]) -> None:
        self._real = real
        self._answers = answers
        self.ends_at = real.ends_at

    @property
    def limits(self) -> Limits:
        return self._real.limits

    def validate(self, outgoing: Outgoing) -> tuple[Problem, ...]:
        """What the real channel says."""
        return self._real.validate(outgoing)

    def check_account(self) -> AccountCheck:
        """What the real channel says."""
        return self._real.check_account()

    def stage(self, outgoing: Outgoing, staged: Mapping[str, str]) -> dict[str, str]:
        """What the real channel does."""
        return self._real.stage(outgoing, staged)

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:
        """Publish for real, unless the story says otherwise: a lost answer means that the file is there all the same."""
        match self._answers.get(outgoing.text, Answer.RECEIPT):
            case Answer.REFUSED:
                raise Rejected("The question that it answers has been deleted, so the reply was not taken.")
            case Answer.LOST:
                self._real.commit(outgoing, staged)
                raise OutcomeUnknown("The outbox did not answer in time: the post may be there.")
            case _:
                return self._real.commit(outgoing, staged)

    @property
    def proof(self) -> Proof:
        """What the real channel's can."""
        return self._real.proof

    def find_published(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt | None:
        """What the real channel finds; where the answer was lost, nothing can be said either, so that people have to look."""
        if self._answers.get(outgoing.text) is Answer.LOST:
            raise RetryLater("The outbox could not be read.")
        return self._real.find_published(outgoing, staged)

    def delete(self, remote_id: str) -> None:
        """What the real channel does."""
        self._real.delete(remote_id)
