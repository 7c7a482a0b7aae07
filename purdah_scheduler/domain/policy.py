"""Verdicts: regimes x categories x modifiers -> allow, flag or block, with every finding (domain.md section 3)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from purdah_scheduler.domain.calendar import having_a_say
from purdah_scheduler.domain.case import Case
from purdah_scheduler.domain.findings import AWAITING_LIFT, Finding, Ground, Judgement
from purdah_scheduler.domain.people import AccountKind
from purdah_scheduler.domain.periods import Kind, Period
from purdah_scheduler.domain.rulebook import (
    ABOUT_VOTING,
    OTHER_GOVERNMENT,
    OWN_DEFAULT,
    POLITICALLY_SENSITIVE,
    PUBLICITY,
    REFERENDUM,
    SAFETY,
    STRICT,
    YEAR_ROUND,
    Rulebook,
    Source,
    Verdict,
    joined,
)

__all__ = [
    "OTHER_GOVERNMENT",
    "OWN_DEFAULT",
    "POLITICALLY_SENSITIVE",
    "PUBLICITY",
    "REFERENDUM",
    "SAFETY",
    "STRICT",
    "YEAR_ROUND",
    "Case",
    "Finding",
    "Judgement",
    "Rulebook",
    "Source",
    "Verdict",
    "judge",
]


def judge(case: Case, periods: Iterable[Period], rulebook: Rulebook) -> Judgement:
    """The verdict on a case: two look-ups for each period in force, then the eight modifiers; the strictest wins.

    The year-round rules are the floor under every period. What has no rule is flagged, and a category that is not in the
    rulebook is blocked: silence of the rules never lets a post out. Source: domain.md section 3.
    """
    in_force, nearby = having_a_say(periods, case.place, case.at, case.approved_at, case.not_lifted)
    bench = _Bench(case, rulebook)
    findings = [
        *(finding for period in in_force for finding in bench.within(period)),
        *(finding for period in nearby for finding in bench.around(period)),
    ]
    politician_found = any(finding.code == "names-politician" for finding in findings)
    findings.extend(bench.floor(politician_found=politician_found))
    findings = _exempt(findings, case) if case.lifts or case.exemption.strip() else findings
    if case.marks.partisan:
        findings.append(bench.partisan())
    findings.sort(key=lambda finding: (-finding.counts.rank, finding.exemptible))
    verdict = max((finding.counts for finding in findings), key=lambda one: one.rank, default=Verdict.ALLOW)
    return Judgement(verdict=verdict, periods=tuple(period.id for period in in_force), findings=tuple(findings))


class _Bench:
    """The rules, put to one case; each method yields the findings that are not `allow`."""

    def __init__(self, case: Case, rulebook: Rulebook) -> None:
        self.case = case
        self.rulebook = rulebook
        self.label = rulebook.categories.get(case.category, case.category)

    def floor(self, *, politician_found: bool) -> Iterator[Finding]:
        """What holds on every day of the year: with no rule at all, that nothing may be presumed.

        A politician whom a period's finding names already is not named a second time: that one is at least as strict.
        """
        category = self.case.category
        verdict = self.rulebook.rules.get((category, YEAR_ROUND))
        if verdict is None:
            yield Finding(
                code="no-rule",
                verdict=Verdict.BLOCK,
                period="",
                regime=YEAR_ROUND,
                rule=f"{category} has no rule",
                reason=f"The rules have no category “{category}”, so the post is held until somebody chooses one that they have.",
                source=OWN_DEFAULT,
                exemptible=False,
            )
        elif verdict is not Verdict.ALLOW:
            yield self._year_round(
                "propriety",
                verdict,
                rule=f"{category} in {YEAR_ROUND}",
                reason=f"On every day of the year, posts of the kind “{self.label}” {_follows(verdict)}."
                + self._note(YEAR_ROUND),
            )
        elif (category, YEAR_ROUND) in self.rulebook.changes:
            yield self._year_round(
                "house-rule",
                verdict,
                rule=f"{category} in {YEAR_ROUND}",
                reason=f"On every day of the year, posts of the kind “{self.label}” may go out." + self._note(YEAR_ROUND),
            )
        if verdict is not Verdict.ALLOW:
            return
        if self.case.marks.names_politician and not politician_found:
            yield self._year_round(
                "names-politician",
                Verdict.FLAG,
                rule=f"names a politician in {YEAR_ROUND}",
                reason="On every day of the year, a post that names, quotes, tags or shows a serving politician "
                f"{_follows(Verdict.FLAG, one=True)}.",
            )

    def within(self, period: Period) -> Iterator[Finding]:
        """What one period in force says: its rule, and the modifiers that go with its regime."""
        regime = self.rulebook.regime_in(period, self.case.body)
        if regime is None:
            yield self._finding(
                "no-rule",
                Verdict.FLAG,
                period,
                "",
                rule=f"{self.case.body} in a {period.kind} period has no rule",
                reason=f"“{period.name}” names this body, which has no rule in it: the post {_follows(Verdict.FLAG, one=True)}.",
            )
            return
        if regime == REFERENDUM and not self._touches_referendum():
            return
        verdict = self.rulebook.rules.get((self.case.category, regime), Verdict.BLOCK)
        if verdict is not Verdict.ALLOW or (self.case.category, regime) in self.rulebook.changes:
            yield self._base(period, regime, verdict)
        yield from self._politician(period, regime, verdict)
        leader = self.case.account_kind is AccountKind.LEADER and self.case.category != SAFETY
        if leader and regime == STRICT and verdict is Verdict.ALLOW:
            yield self._finding(
                "leader-account",
                Verdict.FLAG,
                period,
                regime,
                rule="leader account in strict",
                reason=f"In “{period.name}” the account of an official leader is one step stricter, so the post "
                f"{_follows(Verdict.FLAG, one=True)}.",
            )
        if self.case.marks.joint_uk and regime == OTHER_GOVERNMENT:
            yield self._finding(
                "joint-uk",
                Verdict.BLOCK,
                period,
                regime,
                rule="joint with the UK government in other-government",
                reason=f"In “{period.name}”{_limits(period)} nothing is announced jointly with the UK government, so the post "
                "is held.",
            )

    def around(self, period: Period) -> Iterator[Finding]:
        """What a period says before it starts and after it ends: the notice gap, and approvals that it made stale."""
        case = self.case
        if case.category not in POLITICALLY_SENSITIVE:
            return
        regime = self.rulebook.regime_in(period, case.body) or ""
        if period.in_notice_gap(case.at) and (regime != REFERENDUM or self._touches_referendum()):
            yield self._finding(
                "announced-not-started",
                Verdict.FLAG,
                period,
                regime,
                rule="politically sensitive between announcement and start",
                reason=f"“{period.name}”{_limits(period)} is announced and has not begun; a post of the kind “{self.label}” "
                f"{_follows(Verdict.FLAG, one=True)}.",
                since=period.announced_at,
            )
        ended = None if regime != STRICT else period.ended_at(case.not_lifted)
        if ended is not None and ended > period.starts and case.approved_at is not None and case.approved_at < ended <= case.at:
            yield self._finding(
                "stale-after-election",
                Verdict.FLAG,
                period,
                regime,
                rule="politically sensitive, approved before the end of a strict period",
                reason=f"The post was approved before the end of “{period.name}” and would go after it: it needs a new approval.",
                since=ended,
            )

    def partisan(self) -> Finding:
        """Party or candidate content: blocked on every day of the year, and nothing lifts it."""
        return Finding(
            code="partisan",
            verdict=Verdict.BLOCK,
            period="",
            regime=YEAR_ROUND,
            rule="partisan content",
            reason="Party or candidate content never goes out on an official account, in or out of a period. "
            "No exemption lifts that.",
            source=self.rulebook.addresses("partisan"),
            exemptible=False,
        )

    def _base(self, period: Period, regime: str, verdict: Verdict) -> Finding:
        waiting = period.kind is not Kind.FREEZE and period.awaiting_lift(self.case.at, self.case.not_lifted)
        name = self.rulebook.rules_of(period, self.case.body)
        limits = period.limits()
        opening = (
            f"“{period.name}” is past its earliest end and nobody has recorded that it is over, so it is still in force"
            if waiting
            else f"“{period.name}” is in force"
        )
        follows = "may go out" if verdict is Verdict.ALLOW else _follows(verdict, lawful=regime != REFERENDUM)
        code = "house-rule" if verdict is Verdict.ALLOW else f"{AWAITING_LIFT}{regime}" if waiting else regime
        return self._finding(
            code,
            verdict,
            period,
            regime,
            rule=f"{self.case.category} in {regime}",
            reason=f"{opening} ({name}{f'; {limits}' if limits else ''}): posts of the kind “{self.label}” {follows}."
            + self._note(regime),
        )

    def _politician(self, period: Period, regime: str, base: Verdict) -> Iterator[Finding]:
        if not self.case.marks.names_politician:
            return
        if regime in (STRICT, PUBLICITY):
            verdict = Verdict.FLAG if self.case.category == SAFETY else Verdict.BLOCK
        elif base is Verdict.ALLOW:
            verdict = Verdict.FLAG
        else:
            return
        yield self._finding(
            "names-politician",
            verdict,
            period,
            regime,
            rule=f"names a politician in {regime}",
            reason=f"“{period.name}” is in force and the post names, quotes, tags or shows a serving politician, so it "
            f"{_follows(verdict, one=True, lawful=regime != REFERENDUM)}.",
        )

    def _note(self, regime: str) -> str:
        """What the configuration has changed of this rule, and why, as further sentences; empty where it has not."""
        change = self.rulebook.changes.get((self.case.category, regime))
        return "" if change is None else f" {change.told(self.rulebook)}"

    def _touches_referendum(self) -> bool:
        return self.case.marks.touches_referendum or self.case.category in ABOUT_VOTING

    def _year_round(self, code: str, verdict: Verdict, *, rule: str, reason: str) -> Finding:
        return Finding(
            code=code,
            verdict=verdict,
            period="",
            regime=YEAR_ROUND,
            rule=rule,
            reason=reason,
            source=self._source(code),
            ground=Ground.of(None, YEAR_ROUND, self.case.category, self.rulebook),
        )

    def _finding(
        self, code: str, verdict: Verdict, period: Period, regime: str, *, rule: str, reason: str, since: datetime | None = None
    ) -> Finding:
        return Finding(
            code=code,
            verdict=verdict,
            period=period.id,
            regime=regime,
            rule=rule,
            reason=reason,
            source=joined([self._source(code), period.source]),
            since=since or period.starts,
            exemptible=regime != REFERENDUM,
            ground=Ground.of(period, regime, self.case.category, self.rulebook),
        )

    def _source(self, code: str) -> str:
        """Where a modifier comes from, if the code is one; otherwise where the rule of the category comes from."""
        return self.rulebook.addresses(code if code in self.rulebook.rule_sources else self.case.category)


def _limits(period: Period) -> str:
    """After the name of a period: to what it is limited, so that what is said of a kind of post is said of no others."""
    return f" ({limits})" if (limits := period.limits()) else ""


def _follows(verdict: Verdict, *, one: bool = False, lawful: bool = True) -> str:
    """What the verdict means for the post, as the end of a sentence."""
    if verdict is Verdict.FLAG:
        return f"need{'s' if one else ''} a second person's sign-off, with a reason"
    if not lawful:
        return f"{'is' if one else 'are'} held until it is over; the law bars them, and no exemption lifts that"
    return f"{'is' if one else 'are'} held; publish after the period, or under an exemption"


def _exempt(findings: list[Finding], case: Case) -> list[Finding]:
    lifted = [_lifted(finding, case) for finding in findings]
    said = dict.fromkeys(finding.lifted_by for finding in lifted if finding.lifted)
    return [
        *lifted,
        *(
            Finding(
                code="exempted",
                verdict=Verdict.ALLOW,
                period="",
                regime="",
                rule="exemption",
                reason=f"Lifted by {words}",
                source="exemption on record",
            )
            for words in said
        ),
    ]


def _lifted(finding: Finding, case: Case) -> Finding:
    """The finding, with the exemption that lifts it where one does."""
    if not finding.exemptible or finding.verdict is Verdict.ALLOW:
        return finding
    words = case.lifts.get(finding.key) or case.lifts.get(finding.rule_key)
    if words is None and case.exemption.strip():
        words = f"an exemption: {case.exemption.strip()}"
    return finding if words is None else replace(finding, lifted=True, lifted_by=words)
