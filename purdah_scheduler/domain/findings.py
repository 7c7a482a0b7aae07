"""Findings and judgements: the reasons behind a verdict, and what they add up to."""

from dataclasses import dataclass
from datetime import datetime

from purdah_scheduler.domain.rulebook import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reason: which rule of which regime, for which period, in words, with its source.

    `since` is the instant from which a sign-off of this finding counts: a yes given before the period (or the
    announcement, or the end of the strict period) is not a yes inside it. None: a sign-off at any time counts.
    `exemptible`: an exemption may lift it; never true for partisan content and the referendum regime.
    `lifted`: an exemption does lift it: it stays on view and no longer counts.
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

    @property
    def counts(self) -> Verdict:
        """What the finding adds to the verdict: its own one, or `allow` when it is lifted."""
        return Verdict.ALLOW if self.lifted else self.verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict, the ids of the periods in force for the case, and the findings, those that count most first.

    Findings are all that are not `allow`, lifted ones included; one `exempted` where an exemption lifted any; and one
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
    def signoff_since(self) -> datetime | None:
        """The instant from which one sign-off answers every standing flag; None: a sign-off at any time does."""
        return max((f.since for f in self.standing if f.verdict is Verdict.FLAG and f.since is not None), default=None)
