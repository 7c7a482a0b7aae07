"""How the interface says things: the word, the sign and the tone of each state and verdict, and times as people read them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from purdah_scheduler.domain.civiltime import DAYS, MONTHS
from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import IN_HAND, DeliveryState, HoldReason, PostState, ThreadState
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word for people: `sign` is one cell wide, `tone` names the styles `calm`, `good`, `wait`, `alarm` or `quiet`."""

    word: str
    sign: str
    tone: str

    @property
    def style(self) -> str:
        """The style of the word in content: a variable of the theme, bold where a person must act."""
        return STYLES[self.tone]


STYLES: Mapping[str, str] = {
    "calm": "$foreground",
    "good": "$text-success",
    "wait": "$text-warning",
    "alarm": "bold $text-error",
    "quiet": "$quiet",
}

_STATES: Mapping[str, Word] = {
    PostState.DRAFT: Word(word="Draft", sign="·", tone="quiet"),
    PostState.IN_REVIEW: Word(word="In review", sign="?", tone="calm"),
    PostState.CLEARED: Word(word="Cleared", sign="+", tone="calm"),
    PostState.REJECTED: Word(word="Rejected", sign="x", tone="wait"),
    PostState.WITHDRAWN: Word(word="Withdrawn", sign="-", tone="quiet"),
    DeliveryState.SCHEDULED: Word(word="Scheduled", sign=">", tone="calm"),
    DeliveryState.CLAIMED: Word(word="Preparing", sign="»", tone="calm"),
    DeliveryState.SENDING: Word(word="Sending", sign="»", tone="calm"),
    DeliveryState.PUBLISHED: Word(word="Published", sign="√", tone="good"),
    DeliveryState.UNKNOWN: Word(word="UNKNOWN", sign="!", tone="alarm"),
    DeliveryState.HELD: Word(word="HELD", sign="=", tone="wait"),
    DeliveryState.MISSED: Word(word="MISSED", sign="!", tone="alarm"),
    DeliveryState.FAILED: Word(word="FAILED", sign="!", tone="alarm"),
    DeliveryState.CANCELLED: Word(word="Cancelled", sign="-", tone="quiet"),
    ThreadState.PARTIAL: Word(word="PARTIAL", sign="!", tone="alarm"),
    ThreadState.SHORTENED: Word(word="Shortened", sign="-", tone="quiet"),
}

_VERDICTS: Mapping[Verdict, Word] = {
    Verdict.ALLOW: Word(word="Allowed", sign="√", tone="good"),
    Verdict.FLAG: Word(word="Flagged: needs a sign-off", sign="?", tone="wait"),
    Verdict.BLOCK: Word(word="BLOCKED: will be held, not published", sign="=", tone="alarm"),
}

_HOLDS: Mapping[str, str] = {
    HoldReason.BLOCKED: "pre-election period",
    HoldReason.SIGN_OFF: "needs a sign-off",
    HoldReason.CLEARANCE: "clearance is missing",
    HoldReason.EXPIRED: "clearance has expired",
    HoldReason.PAUSED: "publishing is stopped",
    HoldReason.NEEDS_LOGIN: "the account needs a login",
    HoldReason.ACCOUNT: "the account is not configured",
    HoldReason.CLOCK: "the clock is in doubt",
    HoldReason.CONTENT: "the text changed",
    HoldReason.BY_PERSON: "held by a person",
    HoldReason.NOT_SENT: "was not published",
    HoldReason.PERIOD_OVER: "its period is over",
    HoldReason.ALREADY_PUBLIC: "is public already",
    HoldReason.FAULT: "a fault of ours",
    HoldReason.BY_HAND: "post it by hand now",
    IN_HAND: "somebody has it, to post it by hand",
}


def state_word(state: str) -> Word:
    """The word for a state of a post or a delivery; one that is not known is shown as it is."""
    return _STATES.get(state, Word(word=state.replace("_", " ").capitalize(), sign="?", tone="calm"))


def verdict_word(verdict: Verdict) -> Word:
    """The word for a verdict."""
    return _VERDICTS[verdict]


def hold_word(code: str) -> str:
    """Why a delivery is held, in two to four words."""
    return _HOLDS.get(code, code.replace("-", " "))


def when(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A moment for a list, at most 16 cells: `Today 14:30`, `Wed 15 Apr 09:00`, `15 Apr 2027`."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    distance = (local.date() - today).days
    near = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}.get(distance)
    if near:
        return f"{near} {local:%H:%M}"
    if abs(distance) > 300:
        return f"{local.day} {MONTHS[local.month - 1][:3]} {local.year}"
    return f"{DAYS[local.weekday()][:3]} {local.day} {MONTHS[local.month - 1][:3]} {local:%H:%M}"


def span(length: timedelta) -> str:
    """A length of time for people, in its two largest units: `3 h 48 min`, `12 min`, `6 days`."""
    minutes = int(abs(length).total_seconds()) // 60
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{hours // 24} days"


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 post`, `2 posts`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
