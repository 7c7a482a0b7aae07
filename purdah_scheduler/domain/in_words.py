"""Periods and verdicts as people read them: rules, status and end of a period, and what a verdict means."""

from collections.abc import Iterable
from datetime import datetime

from purdah_scheduler.domain.civiltime import format_local, london
from purdah_scheduler.domain.periods import Body, EndMode, Period, PeriodStatus
from purdah_scheduler.domain.policy import Rulebook, Verdict

NO_RULE = "no rule is known, so every post is flagged"

_MEANS = {
    Verdict.ALLOW: "may go out",
    Verdict.FLAG: "needs a second person's sign-off, with a reason",
    Verdict.BLOCK: "is held",
}


def verdict_words(verdict: Verdict) -> str:
    """The verdict as people read it: `FLAG: needs a second person's sign-off, with a reason`."""
    return f"{verdict.upper()}: {_MEANS[verdict]}"


def regimes_of(period: Period, bodies: Iterable[Body], rulebook: Rulebook) -> dict[str, list[Body]]:
    """What people call the rules that hold in the period, each with those of `bodies` that it binds, by name."""
    found: dict[str, list[Body]] = {}
    for body in sorted(period.bodies.intersection(bodies)):
        found.setdefault(rulebook.rules_of(period, body) or NO_RULE, []).append(body)
    return found


def rules_in_words(period: Period, bodies: Iterable[Body], rulebook: Rulebook) -> str:
    """The rules that hold in the period, and to what it is limited; whom they bind is said where they are not all the same."""
    found = regimes_of(period, bodies, rulebook)
    rules = found if len(found) == 1 else [f"{label} ({', '.join(bound)})" for label, bound in found.items()]
    return "; ".join([*rules, *filter(None, [period.limits() if found else ""])])


def status_in_words(period: Period) -> str:
    """Whether it holds for certain: provisional, confirmed, over, cancelled or suppressed."""
    if period.suppressed:
        return "suppressed in this department"
    return {PeriodStatus.HELD: "over", PeriodStatus.LIFTED: "over"}.get(period.status, str(period.status))


def end_in_words(period: Period, now: datetime) -> str:
    """When the period ends, in UK time; of one that lasts until a person says so, that it does."""
    over = period.ended_at()
    if period.end_mode is EndMode.FIXED or period.is_off or over is not None:
        return format_local(period.ends if over is None or period.is_off else over, london())
    if now >= period.ends:
        return "not recorded yet: it lasts until a person records that it is over"
    return f"{format_local(period.ends, london())} or later: it lasts until a person records that it is over"
