"""The calendar and the rules that ship with the product, read once and only when they are asked for."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import tomli

from purdah_scheduler.calendars.toml_file import read_text
from purdah_scheduler.data import uk
from purdah_scheduler.domain.periods import Body, Kind, Period
from purdah_scheduler.domain.policy import Rulebook, Source, Verdict
from purdah_scheduler.domain.rulebook import Decider

ORIGIN = "shipped"


@cache
def load() -> tuple[tuple[Period, ...], Rulebook]:
    """The shipped periods, in the order of the file, and the shipped rulebook; both are immutable and shared."""
    return read_text(_text("periods.toml"), "periods.toml", origin=ORIGIN), _rulebook()


def _text(name: str) -> str:
    return Path(uk.__file__).with_name(name).read_text(encoding="utf-8")


def _rulebook() -> Rulebook:
    regimes = tomli.loads(_text("regimes.toml"))
    rules = tomli.loads(_text("rules.toml"))
    labels: dict[str, str] = regimes["labels"]
    categories = rules["category"]
    category_sources = {category["id"]: tuple(category["sources"]) for category in categories}
    modifier_sources = {code: tuple(keys) for code, keys in rules["modifiers"].items()}
    sources = _sources(rules["sources"])
    return Rulebook(
        regimes=MappingProxyType(
            {(Kind(kind), Body(body)): regime for kind, pairs in regimes["kinds"].items() for body, regime in pairs.items()}
        ),
        rules=MappingProxyType(
            {(category["id"], regime): Verdict(category[regime]) for category in categories for regime in labels}
        ),
        categories=MappingProxyType({category["id"]: category["label"] for category in categories}),
        regime_labels=MappingProxyType(labels),
        rule_sources=MappingProxyType(modifier_sources | category_sources),
        sources=MappingProxyType(sources),
        deciders=MappingProxyType(_deciders(sources)),
    )


def _sources(table: Mapping[str, Mapping[str, str]]) -> dict[str, Source]:
    return {key: Source(title=entry["title"], url=entry["url"]) for key, entry in table.items()}


def _deciders(shared: Mapping[str, Source]) -> dict[Body, Decider]:
    document = tomli.loads(_text("deciders.toml"))
    sources = {**shared, **_sources(document["sources"])}
    return {
        Body(body): Decider(
            where=entry["where"],
            first=entry["first"],
            then=entry.get("then", ""),
            note=entry.get("note", ""),
            sources=tuple(sources[key] for key in entry["sources"]),
        )
        for entry in document["decider"]
        for body in entry["bodies"]
    }
