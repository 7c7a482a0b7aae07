"""The rulebook: the two look-ups behind every verdict, and where each rule comes from (domain.md sections 2 and 3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from purdah_scheduler.domain.periods import Body, Kind

YEAR_ROUND, STRICT, OTHER_GOVERNMENT, PUBLICITY, REFERENDUM = "none", "strict", "other-government", "publicity", "referendum"
SAFETY = "emergency-safety"
OWN_DEFAULT = "product default"


class Verdict(StrEnum):
    """Strictest last; `rank` orders them."""

    ALLOW = "allow"
    FLAG = "flag"
    BLOCK = "block"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {verdict: rank for rank, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule comes from; `url` is empty where no address is on record."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The two look-ups and what is said about them.

    `regimes`: kind of period and body -> regime. `rules`: category and regime -> verdict. `categories`: id -> label.
    `regime_labels`: regime -> what people call it. `rule_sources`: category, or code of a modifier -> keys of `sources`.
    """

    regimes: Mapping[tuple[Kind, Body], str]
    rules: Mapping[tuple[str, str], Verdict]
    categories: Mapping[str, str]
    regime_labels: Mapping[str, str]
    rule_sources: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, Source]

    def addresses(self, name: str) -> str:
        """The addresses behind a category or a modifier, ` ; ` between them; the title where no address is on record."""
        found = (self.sources[key] for key in self.rule_sources.get(name, ()))
        return joined(source.url or source.title for source in found) or OWN_DEFAULT


def joined(addresses: Iterable[str]) -> str:
    """The addresses, each once, in order, ` ; ` between them."""
    each = (part.strip() for address in addresses for part in address.split(" ; "))
    return " ; ".join(dict.fromkeys(part for part in each if part))
