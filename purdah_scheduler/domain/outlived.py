"""Clearances that a strict period has outlived: given before it began, for a post that it would have held up."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from purdah_scheduler.domain.calendar import scope_of
from purdah_scheduler.domain.periods import Period, PeriodStatus
from purdah_scheduler.domain.policy import STRICT, Case, Rulebook, Verdict, judge


def outlived_by(case: Case, cleared_at: datetime, periods: Iterable[Period], rulebook: Rulebook) -> Period | None:
    """The last strict period that lies between this clearance and `case.at` and would have held or flagged the post, or None.

    What a department may say can change with an election: words that were cleared before the period are read again after it.
    A period that was cancelled before it began asks for nothing. Source: domain.md section 3, modifier 6, and 2.6.
    """
    for period in reversed(scope_of(periods, case.place)):
        if cleared_at >= period.starts:
            break  # they are in order of their start: the rest began earlier still
        if rulebook.regime_in(period, case.body) != STRICT:
            continue
        over = period.held_until()
        if over is not None and period.starts < over <= case.at and _held_up(case, period, rulebook):
            return period
    return None


def _held_up(case: Case, period: Period, rulebook: Rulebook) -> bool:
    """Whether the period, in force, has a finding on such a post; an exemption aside."""
    in_force = replace(period, status=PeriodStatus.CONFIRMED, suppressed="", stopped_at=None, lifted_at=None)
    at_start = replace(case, at=period.starts, approved_at=None, exemption="", lifts={}, not_lifted=frozenset())
    findings = judge(at_start, (in_force,), rulebook).findings
    return any(finding.period == period.id and finding.verdict is not Verdict.ALLOW for finding in findings)
