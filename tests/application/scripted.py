"""A clock and a platform that do what a script says: answer, lose the answer, kill the process, let the machine sleep."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from purdah_scheduler.application.answers import (
    AccountCheck,
    Limits,
    NeedsLogin,
    OutcomeUnknown,
    Proof,
    Receipt,
    Rejected,
    RetryLater,
)
from purdah_scheduler.domain.content import Outgoing, Problem
from tests.application.desk import HandClock


class Crash(BaseException):
    """The process is killed here; nothing after this line runs."""


@dataclass(frozen=True, slots=True)
class Script:
    """How the platform behaves: what `commit` does, how long preparing takes, how long the machine sleeps before the request."""

    answer: str = "ok"
    preparing: float = 0.0
    asleep: float = 0.0


ANSWERS: Mapping[str, tuple[str, ...]] = {
    "ok": ("published",),
    "unknown, public": ("unknown",),
    "unknown, lost": ("unknown",),
    "nonsense, public": ("unknown",),
    "slow, public": ("published",),
    "retry": ("scheduled", "missed"),
    "rejected": ("failed",),
    "login": ("held",),
    "killed, public": ("unknown",),
    "killed, lost": ("unknown",),
}
"""What `commit` may do, and the state that the delivery is in when the daemon is up again."""


class SleepyClock(HandClock):
    """A clock that can lose time between the second reading of the boot clock and the one before it, as a suspended machine."""

    asleep: float = 0.0
    readings: int = 0

    def boot_seconds(self) -> float:
        """Runs through suspend."""
        self.readings += 1
        if self.asleep and self.readings == 2:
            self.forward(timedelta(seconds=self.asleep))
        return self.booted

    def doze(self, seconds: float) -> None:
        """Sleep that long before the second reading from now on."""
        self.asleep, self.readings = seconds, 0


@dataclass(frozen=True, slots=True)
class Request:
    """One call of `commit`."""

    post: int
    account: str
    text: str
    at: datetime


class Platform:
    """A channel that does what the script says, and knows what is public."""

    limits = Limits(max_length=1000, unit="characters")
    proof = Proof(presence=True, absence=True, lag=timedelta(minutes=1))
    ends_at = None

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.script = Script()
        self.requests: list[Request] = []
        self.public: list[tuple[int, str]] = []
        self.meanwhile: Callable[[int, str], None] = lambda post, account: None

    @property
    def prepares(self) -> bool:
        """Whether `stage` does anything: then the gate is asked before it, and not for the intent alone."""
        return self.script.preparing > 0 or self.script.answer == "killed while preparing"

    def validate(self, outgoing: Outgoing) -> tuple[Problem, ...]:
        """Everything is fine."""
        return ()

    def check_account(self) -> AccountCheck:
        """Always welcome."""
        return AccountCheck(ok=True, handle="@dept", detail="")

    def stage(self, outgoing: Outgoing, staged: Mapping[str, str]) -> dict[str, str]:
        """Takes its time."""
        if self.script.answer == "killed while preparing":
            raise Crash
        self.clock.forward(timedelta(seconds=self.script.preparing))
        return dict(staged)

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:
        """One request, as scripted."""
        post = int(outgoing.key.partition("-")[0])
        self.requests.append(Request(post, outgoing.account, outgoing.text, self.clock.now()))
        answer = self.script.answer
        if answer.startswith("slow"):
            self.meanwhile(post, outgoing.account)
        if answer == "ok" or answer.endswith("public"):
            self.public.append((post, outgoing.account))
        if answer.startswith("killed"):
            raise Crash
        if answer != "ok" and not answer.startswith("slow"):
            raise {
                "unknown, public": OutcomeUnknown("no answer"),
                "unknown, lost": OutcomeUnknown("no answer"),
                "nonsense, public": ValueError("an answer that makes no sense"),
                "retry": RetryLater("come back later"),
                "rejected": Rejected("never"),
                "login": NeedsLogin("who are you"),
            }[answer]
        return Receipt(remote_id=outgoing.key, url=f"https://example.org/{outgoing.key}")

    def find_published(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt | None:
        """What is public is in sight at once."""
        is_public = (int(outgoing.key.partition("-")[0]), outgoing.account) in self.public
        return Receipt(remote_id=outgoing.key, url=f"https://example.org/{outgoing.key}") if is_public else None

    def delete(self, remote_id: str) -> None:
        """Nothing is taken down."""
