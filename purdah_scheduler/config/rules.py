"""The `[[rules.change]]` tables: rules that this department has otherwise than the product."""

from purdah_scheduler.config.reader import Table
from purdah_scheduler.config.schema import SECTIONS
from purdah_scheduler.domain.rulebook import Rulebook, RuleChange, Verdict


def read_rule_changes(root: Table, rulebook: Rulebook | None) -> tuple[RuleChange, ...]:
    """Every change, in the order of the file; without a rulebook, names are taken as they stand."""
    section = root.table("rules")
    section.refuse_unknown(SECTIONS["rules"])
    found: list[RuleChange] = []
    seen: set[tuple[str, str]] = set()
    for table in section.tables("change"):
        before = table.fault_count
        table.refuse_unknown(SECTIONS["rules.change"])
        category, regime = table.text("category", limit=64), table.text("regime", limit=64)
        verdict = table.choice("verdict", Verdict)
        reason = table.text("reason", default="")
        if rulebook is not None:
            if category:
                table.one_of("category", category, rulebook.categories, "category")
            if regime:
                table.one_of("regime", regime, rulebook.regime_labels, "regime")
        if table.fault_count > before or verdict is None:
            continue
        if (category, regime) in seen:
            table.fault("", f"the rule for {category} in {regime} is changed twice.")
            continue
        seen.add((category, regime))
        change = RuleChange(category=category, regime=regime, verdict=verdict, reason=reason)
        problem = rulebook.objection(change) if rulebook is not None else ""
        if problem:
            table.fault("verdict", f"{category} in {regime} cannot be {verdict}: {problem}.")
        found.append(change)
    return tuple(found)
