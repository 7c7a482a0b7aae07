"""Findings and judgements: the reasons behind a verdict, what each rests on, and what they add up to."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Self

from purdah_scheduler.domain.period_changes import shape
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.rulebook import Rulebook, RuleChange, Verdict
from purdah_scheduler.lean import lean_dataclass

AWAITING_LIFT = "awaiting-lift:"
"""Before a regime, the code of its rule while a period is past its earliest end and nobody has recorded that it is over."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a finding rests on: the period as it holds now, the rule, and what this department has changed of that rule.

    A sign-off and an exemption answer findings by keys that are made of it, so that they lapse with the ground. `period` is
    None for the rules of every day of the year; `ruled` is None where the rulebook has no rule.
    """

    period: Period | None
    regime: str
    category: str
    ruled: Verdict | None
    change: RuleChange | None

    @classmethod
    def of(cls, period: Period | None, regime: str, category: str, rulebook: Rulebook) -> Self:
        """The ground that posts of `category` have in `period` under `regime`."""
        rule = (category, regime)
        return cls(
            period=period,
            regime=regime,
            category=category,
            ruled=rulebook.rules.get(rule),
            change=rulebook.changes.get(rule),
        )

    def key(self, code: str, verdict: Verdict) -> str:
        """The stable key of one finding. A period that waits to be lifted is the same one that was in force before."""
        return self._hashed("finding", code.removeprefix(AWAITING_LIFT), str(verdict))

    def rule_key(self) -> str:
        """The stable key of the rule alone, whatever the findings under it are."""
        return self._hashed("rule", str(self.ruled))

    def _hashed(self, *what: str) -> str:
        change = self.change
        told = None if change is None else [change.verdict, change.reason.strip(), change.was]
        held = None if self.period is None else shape(self.period)
        text = json.dumps([*what, held, self.regime, self.category, told])
        name = "" if self.period is None else self.period.id
        return f"{name}:{hashlib.sha256(text.encode('utf-8')).hexdigest()[:32]}"


def rule_keys(period: Period, regime: str, rulebook: Rulebook) -> Iterator[str]:
    """The keys of every category's rule in a period under one regime: what an exemption of a campaign answers."""
    for category in rulebook.categories:
        yield Ground.of(period, regime, category, rulebook).rule_key()


def period_of(key: str) -> str:
    """The id of the period that a key is about; empty for the rules of every day of the year."""
    return key.rpartition(":")[0]


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reason: which rule of which regime, for which period, in words, with its source.

    `since` is the instant from which a sign-off of this finding counts: a yes given before the period (or the
    announcement, or the end of the strict period) is not a yes inside it. None: a sign-off at any time counts.
    `exemptible`: an exemption may lift it; never true for partisan content and the referendum regime.
    `lifted`: an exemption does lift it: it stays on view and no longer counts; `lifted_by` says which one. `ground` is what
    it rests on, where anybody can answer it.
    """

    code: str
    verdict: Verdict
    period: str
    regime: str
    rule: str
    reason: str
    source: str
    since: datetime | None = None
    exemptible: bool = True
    lifted: bool = False
    lifted_by: str = ""
    ground: Ground | None = field(default=None, repr=False, compare=False)

    @property
    def counts(self) -> Verdict:
        """What the finding adds to the verdict: its own one, or `allow` when it is lifted."""
        return Verdict.ALLOW if self.lifted else self.verdict

    @property
    def about(self) -> str:
        """What somebody answers who signs it off or exempts it: the period by its name, and the rule."""
        period = None if self.ground is None else self.ground.period
        return f"“{period.name}”: rule {self.rule}" if period is not None else f"every day of the year: rule {self.rule}"

    @property
    def key(self) -> str:
        """What a sign-off or an exemption of exactly this finding is bound to; empty where none can answer it."""
        return "" if self.ground is None else self.ground.key(self.code, self.verdict)

    @property
    def rule_key(self) -> str:
        """What an exemption of a campaign is bound to: the rule in its period; empty outside of periods."""
        return "" if self.ground is None or self.ground.period is None else self.ground.rule_key()


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict, the ids of the periods in force for the case, and the findings, those that count most first.

    Findings are all that are not `allow`, lifted ones included; one `exempted` for each exemption that lifted any; and one
    `house-rule` for each rule that the configuration has made `allow`.
    """

    verdict: Verdict
    periods: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def standing(self) -> tuple[Finding, ...]:
        """The findings that hold the post up: neither `allow` nor lifted."""
        return tuple(finding for finding in self.findings if finding.counts is not Verdict.ALLOW)

    @property
    def flags(self) -> tuple[Finding, ...]:
        """Those of them that a sign-off answers."""
        return tuple(finding for finding in self.standing if finding.verdict is Verdict.FLAG)

    @property
    def exemptible(self) -> tuple[Finding, ...]:
        """Those of them that an exemption may lift."""
        return tuple(finding for finding in self.standing if finding.exemptible)
