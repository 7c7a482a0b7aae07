"""Notices: what people are told of without asking, who wants which kind by which way, and the hours in which nobody is told."""

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from purdah_scheduler.lean import lean_dataclass


class NoticeKind(StrEnum):
    """What a notice is about."""

    CLEARANCE = "clearance-wanted"
    SIGN_OFF = "sign-off-wanted"
    HELD = "held"
    MISSED = "missed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    BY_HAND = "post-by-hand"
    LOGIN = "needs-login"
    SILENT = "daemon-silent"
    DECLARED = "period-declared"
    NEAR = "period-near"
    DIGEST = "digest"
    TAKEN_BACK = "no-taken-back"
    COMMENT = "comment"
    BREAK_GLASS = "break-glass"


KINDS: Mapping[NoticeKind, str] = {
    NoticeKind.CLEARANCE: "a post waits for a clearance that the person can give",
    NoticeKind.SIGN_OFF: "a flagged post waits for a sign-off that the person can give",
    NoticeKind.HELD: "a post was held",
    NoticeKind.MISSED: "a post was too late to be sent",
    NoticeKind.FAILED: "the platform refused a post for good",
    NoticeKind.UNKNOWN: "a post may have been published; a person must look",
    NoticeKind.BY_HAND: "the time of a post has come that a person posts by hand",
    NoticeKind.LOGIN: "the platform refuses an account's credentials",
    NoticeKind.SILENT: "no daemon publishes, or none did for a while",
    NoticeKind.DECLARED: "a pre-election period was declared or changed",
    NoticeKind.NEAR: "a period begins in a week, tomorrow or today, or has its last day",
    NoticeKind.TAKEN_BACK: "somebody took the person's rejection of a post back",
    NoticeKind.COMMENT: "a comment on a post is addressed to the person",
    NoticeKind.BREAK_GLASS: "a post goes out without a clearance; told to everybody with a channel, at once, in quiet hours too",
    NoticeKind.DIGEST: "what waits and what goes out, once a day, with the checkpoint of the record",
}
"""Each kind in a sentence."""


class NoticeState(StrEnum):
    """Where a notice is. It is told at least once: where a daemon dies between telling it and saying so, it is told again."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given-up"


_NOBODY_IS_SPARED = (NoticeKind.BREAK_GLASS,)
"""Kinds of which everybody is told who is told anything, whatever they asked for."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that a notice lists: a post, on an account and with a reason code where it has them."""

    post: int
    account: str = ""
    code: str = ""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message by one way: what is told about one incident (`topic`) to the `people` who share that way.

    It holds no words of a post: they are put in when it is told. While it waits untried, more of the same incident joins it.
    `ready_at` is when it is told at the earliest; `fault` is why the last try failed. `more` counts what is not listed.
    """

    id: int
    channel: str
    people: tuple[str, ...]
    kind: NoticeKind
    topic: str
    items: tuple[Item, ...]
    at: datetime
    ready_at: datetime
    state: NoticeState = NoticeState.WAITING
    tries: int = 0
    fault: str = ""
    ended_at: datetime | None = None
    more: int = 0

    @property
    def is_open(self) -> bool:
        """Whether more can join it: nobody may have heard of it yet."""
        return self.state is NoticeState.WAITING and self.tries == 0


class WayKind(StrEnum):
    """How a way of telling works: `apprise` knows email, Teams, Slack and the rest; `command` runs a program."""

    APPRISE = "apprise"
    COMMAND = "command"


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way of telling people. `command` is the program, an absolute path, with its fixed arguments."""

    id: str
    kind: WayKind
    command: tuple[str, ...] = ()


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A person, the ways by which the person is told, and the kinds that the person wants."""

    person: str
    ways: tuple[str, ...]
    kinds: frozenset[NoticeKind] = frozenset(NoticeKind)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Local hours in which nobody is told; they may go over midnight. `starts` and `ends` differ."""

    starts: time
    ends: time

    def until(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet hours that `at` is in are over, or None where it is in none.

        They go by the clock on the wall: a night in which it is changed is an hour longer or shorter. An end that does not exist
        is as much later; one that happens twice is the first, unless that is past.
        """
        local = at.astimezone(zone)
        wall = local.time()
        over_midnight = self.starts > self.ends
        within = wall >= self.starts or wall < self.ends if over_midnight else self.starts <= wall < self.ends
        if not within:
            return None
        day = local.date() + timedelta(days=1) if over_midnight and wall >= self.starts else local.date()
        for fold in (0, 1):
            end = datetime.combine(day, self.ends.replace(fold=fold), zone).astimezone(at.tzinfo)
            if end > at:
                return end
        return None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRules:
    """Who is told what, by which ways, and when. `digest_at`: the local time of the daily digest; None for no digest."""

    ways: tuple[Way, ...] = ()
    subscribers: tuple[Subscriber, ...] = ()
    quiet: QuietHours | None = None
    digest_at: time | None = None

    def way(self, way: str) -> Way | None:
        """The way of that id, or None."""
        return next((known for known in self.ways if known.id == way), None)

    def told(self, kind: NoticeKind, among: Collection[str] | None = None) -> dict[str, tuple[str, ...]]:
        """Way to the people whom it tells of `kind`; with `among`, only those of them."""
        found: dict[str, tuple[str, ...]] = {}
        for known in self.subscribers:
            if kind in (*known.kinds, *_NOBODY_IS_SPARED) and (among is None or known.person in among):
                for way in known.ways:
                    found[way] = (*found.get(way, ()), known.person)
        return found


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is told: never the text of a post and never a secret. `posts` are (post, account, title)."""

    kind: str
    people: tuple[str, ...]
    subject: str
    text: str
    posts: tuple[tuple[int, str, str], ...] = ()
