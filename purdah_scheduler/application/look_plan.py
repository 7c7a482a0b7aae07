"""When a post whose outcome is unknown is looked up, and when "it is not there" is believed: pure decisions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from purdah_scheduler.application.answers import Proof
from purdah_scheduler.domain.posts import Attempt, LookUp, Seen
from purdah_scheduler.lean import lean_dataclass

_MARK = " Looked up at "
_WORDS = {Seen.FOUND: "found", Seen.ABSENT: "not found", Seen.UNCLEAR: "no clear answer"}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class LookRules:
    """`apart`: between the two looks that absence takes, at least a minute. `longest_request`: what no request outlasts.

    Looks come `early` after the outcome became unknown, later ones with growing pauses up to `most_pause`; after `most` looks
    the daemon leaves it to people.
    """

    apart: timedelta = timedelta(minutes=1)
    longest_request: timedelta = timedelta(seconds=60)
    early: tuple[timedelta, ...] = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2))
    most_pause: timedelta = timedelta(hours=1)
    most: int = 16


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A delivery's last attempt, and what a look for it can prove.

    `since`: when the outcome became unknown, by the record. `can_be_absent` only where that is certain: its request has ended or
    its daemon is dead, nothing else says that it is public, and the channel can prove it.
    """

    since: datetime
    can_be_absent: bool
    lag: timedelta

    @classmethod
    def about(cls, attempt: Attempt | None, *, code: str, due_at: datetime, proof: Proof) -> "Question":
        """What is asked about a delivery with that last attempt and that reason code."""
        if attempt is None:
            return cls(since=due_at, can_be_absent=False, lag=proof.lag)
        # Without an end on record the request may still be on its way; and a platform that has called the post a duplicate
        # has it, whatever its timeline shows.
        is_over = attempt.ended_at is not None and attempt.outcome == "unknown"
        return cls(
            since=attempt.ended_at or attempt.intent_at,
            can_be_absent=proof.absence and is_over and code != "platform-says-duplicate",
            lag=proof.lag,
        )

    def believed_from(self, rules: LookRules) -> datetime:
        """Before this a post that is not there may still come."""
        return self.since + rules.longest_request + self.lag


def is_absent(question: Question, looks: Sequence[LookUp], rules: LookRules) -> bool:
    """Whether the post was certainly not published: two looks apart, both late enough, and none between that is not sure."""
    counting = _counting(question, looks, rules)
    return question.can_be_absent and len(counting) > 1 and counting[-1].at - counting[0].at >= rules.apart


def next_look(
    question: Question, looks: Sequence[LookUp], rules: LookRules, *, now: datetime, after: timedelta | None = None
) -> datetime | None:
    """When to look again after `looks`, of which the last was just made; None for no more by itself.

    `after` is what the platform asked for.
    """
    made = [look for look in looks if look.outcome is not Seen.ASKED]
    if len(made) >= rules.most:
        return None
    soonest = now + max(rules.early[0], after or timedelta(0))
    coming = next((question.since + span for span in rules.early if question.since + span > now), None)
    if coming is None and made and made[-1].outcome is Seen.UNCLEAR:
        unclear = sum(look.outcome is Seen.UNCLEAR for look in made)
        coming = now + min(rules.apart * 2 ** (unclear - 1), rules.most_pause)
    if coming is None and now < question.believed_from(rules):
        coming = question.believed_from(rules)
    if coming is None and question.can_be_absent:
        counting = _counting(question, looks, rules)
        coming = counting[0].at + rules.apart if counting else now
    return None if coming is None else max(coming, soonest)


def first_look(question: Question, rules: LookRules) -> datetime:
    """When to look for the first time."""
    return question.since + rules.early[0]


def with_looks(reason: str, looks: Sequence[LookUp], *, zone: ZoneInfo, now: datetime) -> str:
    """`reason`, and after it what the last two looks found."""
    made = [look for look in looks if look.outcome is not Seen.ASKED]
    before = reason.partition(_MARK)[0]
    if not made:
        return before
    told = [f"{_clock_time(look.at, zone, now)}: {_WORDS[look.outcome]}" for look in made[-2:]]
    more = f" ({len(made)} looks in all)" if len(made) > 2 else ""
    return f"{before}{_MARK}{'; looked up again at '.join(told)}{more}."


def _counting(question: Question, looks: Sequence[LookUp], rules: LookRules) -> list[LookUp]:
    """The looks that count for absence: those since the last that was not sure, once nothing can come any more."""
    counting: list[LookUp] = []
    for look in looks:
        if look.outcome is Seen.UNCLEAR:
            counting = []
        elif look.outcome is Seen.ABSENT and look.at >= question.believed_from(rules):
            counting.append(look)
    return counting


def _clock_time(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%H:%M} on {local.day} {local:%B}"
