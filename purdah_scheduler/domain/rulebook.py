"""The rulebook: the two look-ups behind every verdict, and where each rule comes from (domain.md sections 2 and 3)."""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from enum import StrEnum
from functools import lru_cache

from purdah_scheduler.domain.periods import Body, Kind, Period
from purdah_scheduler.lean import lean_dataclass

YEAR_ROUND, STRICT, OTHER_GOVERNMENT, PUBLICITY, REFERENDUM = "none", "strict", "other-government", "publicity", "referendum"
SAFETY = "emergency-safety"
OWN_DEFAULT = "product default"

POLITICALLY_SENSITIVE = frozenset(
    {
        "announcement",
        "funding",
        "policy-promotion",
        "visit-photo",
        "campaign",
        "paid-advertising",
        "consultation",
        "publication",
        "public-appointment",
        "politician-share",
        "event",
    }
)
"""Categories that the notice gap and the end of a strict period touch (domain.md section 3)."""

ABOUT_VOTING = frozenset({"election-info", "voter-encouragement"})


class Verdict(StrEnum):
    """Strictest last; `rank` orders them."""

    ALLOW = "allow"
    FLAG = "flag"
    BLOCK = "block"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {verdict: rank for rank, verdict in enumerate(Verdict)}


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule comes from; `url` is empty where no address is on record."""

    title: str
    url: str = ""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Who decides in one kind of body, in words: `first`, and `then` where anybody comes after; `note` says how sure that is."""

    where: str
    first: str
    then: str
    note: str
    sources: tuple[Source, ...]

    @property
    def words(self) -> str:
        """The whole as one sentence, with its source by name."""
        later = f", then {self.then}" if self.then else ""
        note = f"; {self.note}" if self.note else ""
        titles = "; ".join(source.title for source in self.sources)
        return f"In {self.where} the people to ask are {self.first}{later} (source: {titles}{note})."


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """One rule as this department has it; `reason` may be empty where the rule is stricter than the product's.

    `was` is the product's verdict, filled in by the rulebook that takes the change.
    """

    category: str
    regime: str
    verdict: Verdict
    reason: str = ""
    was: Verdict | None = None

    def told(self, rulebook: "Rulebook") -> str:
        """The change as a sentence beside the verdict, with its reason."""
        was = self.was or rulebook.rules[self.category, self.regime]
        how = "stricter" if self.verdict.rank > was.rank else "laxer"
        said = f"This department's own rule is {how} than the product's, which is {was}"
        return f"{said}: {self.reason.strip().rstrip('.')}." if self.reason.strip() else f"{said}."


NEVER_LAXER = frozenset({"politician-share"})
"""Categories that hold content of parties and candidates: no configuration makes their rules laxer."""

SHORTEST_REASON = 10
"""Characters that the reason of a laxer rule has at least."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The two look-ups and what is said about them.

    `regimes`: kind of period and body -> regime. `rules`: category and regime -> verdict. `categories`: id -> label.
    `regime_labels`: regime -> what people call it. `rule_sources`: category, or code of a modifier -> keys of `sources`.
    `changes`: the rules that are this department's and not the product's. `deciders`: body -> who decides in it; a body of which
    no public source says it is left out.
    """

    regimes: Mapping[tuple[Kind, Body], str]
    rules: Mapping[tuple[str, str], Verdict]
    categories: Mapping[str, str]
    regime_labels: Mapping[str, str]
    rule_sources: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, Source]
    changes: Mapping[tuple[str, str], RuleChange] = field(default_factory=dict)
    deciders: Mapping[Body, Decider] = field(default_factory=dict)

    def who_decides(self, body: Body) -> str:
        """Who decides in such a body, as a sentence with its source (domain.md 2.6)."""
        known = self.deciders.get(body)
        return known.words if known is not None else f"No public source was found that says who decides in {body}."

    def regime_in(self, period: Period, body: Body) -> str | None:
        """The regime that binds `body` in the period: the period's own, else that of its kind; None where there is no rule."""
        return period.regime or self.regimes.get((period.kind, body))

    def rules_of(self, period: Period, body: Body) -> str:
        """What people call the rules that bind `body` in the period, and whether they are the period's own; empty for none."""
        regime = self.regime_in(period, body) or ""
        label = self.regime_labels.get(regime, regime)
        return f"by its own rules: {label}" if period.regime else label

    @property
    def own_regimes(self) -> tuple[str, ...]:
        """Those that a departmental period may choose: the year-round one needs no period, and a referendum's is the law's."""
        return tuple(regime for regime in self.regime_labels if regime not in (YEAR_ROUND, REFERENDUM))

    def changed_by(self, changes: Iterable[RuleChange]) -> "Rulebook":
        """The rulebook with these rules in place of the product's; a change that changes nothing is left out.

        Raises ValueError where a rule is made laxer that may not be, or without a reason (`objection` says why).
        """
        own: dict[tuple[str, str], RuleChange] = {}
        for change in changes:
            problem = self.objection(change)
            if problem:
                raise ValueError(problem)
            key = (change.category, change.regime)
            if change.verdict is not self.rules[key]:
                own[key] = replace(change, was=self.rules[key])
        verdicts = {key: change.verdict for key, change in own.items()}
        return replace(self, rules={**self.rules, **verdicts}, changes=own)

    def objection(self, change: RuleChange) -> str:
        """Why the rule cannot be changed so, as the end of a sentence; empty where it can."""
        was = self.rules.get((change.category, change.regime))
        if was is None:
            return f"there is no rule for {change.category} in {change.regime}"
        if change.verdict.rank >= was.rank:
            return ""
        if change.regime == REFERENDUM:
            return f"the product's rule is {was}, and the law bars a laxer one in a referendum"
        if change.category in NEVER_LAXER:
            return f"the product's rule is {was}, and content of parties and politicians never has a laxer one"
        if len(change.reason.strip()) < SHORTEST_REASON:
            return f"the product's rule is {was}, and a laxer one needs a reason of at least {SHORTEST_REASON} characters"
        return ""

    def addresses(self, name: str) -> str:
        """The addresses behind a category or a modifier, ` ; ` between them; the title where no address is on record."""
        found = (self.sources[key] for key in self.rule_sources.get(name, ()))
        return joined(source.url or source.title for source in found) or OWN_DEFAULT


def joined(addresses: Iterable[str]) -> str:
    """The addresses, each once, in order, ` ; ` between them."""
    return _joined(tuple(addresses))


@lru_cache(maxsize=4096)  # a few hundred are in use, and every finding asks for one
def _joined(addresses: tuple[str, ...]) -> str:
    each = (part.strip() for address in addresses for part in address.split(" ; "))
    return " ; ".join(dict.fromkeys(part for part in each if part))
