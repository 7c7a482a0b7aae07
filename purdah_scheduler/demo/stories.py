"""What a story of the demonstration is: one post, its words, how far it gets and when."""

from dataclasses import field
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from purdah_scheduler.domain.civiltime import instant_of, local_date
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class OnDay:
    """A local time on a day counted from today; hours from 3 to 23, which every day of the year has once."""

    days: int
    at: time

    def instant(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The instant, UTC. Raises BadTime for a wall time that the day does not have."""
        return instant_of(datetime.combine(local_date(now, zone) + timedelta(days=self.days), self.at), zone)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Soon:
    """So many seconds after the demonstration began."""

    seconds: int

    def instant(self, now: datetime, zone: ZoneInfo) -> datetime:  # noqa: ARG002 - OnDay needs the zone
        """The instant, UTC."""
        return now + timedelta(seconds=self.seconds)


class Ending(StrEnum):
    """How far people take a post before the interface opens; what the daemon makes of it comes on top."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    HALF_CLEARED = "half-cleared"
    CLEARED = "cleared"
    REJECTED = "rejected"
    SCHEDULED = "scheduled"
    WITHDRAWN = "withdrawn"
    SIGNED_OFF = "signed-off"
    EXEMPTED = "exempted"


class Answer(StrEnum):
    """What the channel answers when the post is sent in the past of the demonstration."""

    RECEIPT = "receipt"
    REFUSED = "refused"
    LOST = "lost"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One post. `written` is on an earlier day, by 13:00, so that every step after it lies in the past too.

    `edited` is a first wording, which somebody else (`editor`) then replaces by `text`; `reason` goes with a rejection,
    a withdrawal, a sign-off or an exemption. `looked_at` is when the daemon next looks, where that is later than `due`.
    """

    key: str
    title: str
    text: str
    category: str
    author: str
    written: OnDay
    ending: Ending
    accounts: tuple[str, ...] = ("rivers",)
    due: OnDay | Soon | None = None
    looked_at: OnDay | None = None
    answer: Answer = Answer.RECEIPT
    nation: str = "UK"
    lang: str = "en"
    marks: Marks = field(default_factory=Marks)
    reply_to: str = ""
    reason: str = ""
    edited: str = ""
    editor: str = ""
