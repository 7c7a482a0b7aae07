"""Rules of the department's own in the configuration: what is taken, and what is refused with its line."""

from pathlib import Path

import pytest

from purdah_scheduler.bootstrap import rulebook
from purdah_scheduler.config import Config, parse_config
from purdah_scheduler.domain.rulebook import RuleChange, Verdict
from purdah_scheduler.errors import ConfigFaults
from tests.config.documents import WHOLE

REASON = 'reason = "Agreed by the permanent secretary"\n'


def parse(rule: str) -> Config:
    return parse_config(f"{WHOLE}[[rules.change]]\n{rule}", Path("/etc/purdah/config.toml"), rulebook=rulebook())


def fault(rule: str) -> str:
    with pytest.raises(ConfigFaults) as caught:
        parse(rule)
    (found,) = caught.value.faults
    return found


def rule(category: str, regime: str, verdict: str) -> str:
    return f'category = "{category}"\nregime = "{regime}"\nverdict = "{verdict}"\n'


def test_without_rules_of_its_own_a_department_has_the_products() -> None:
    assert parse_config(WHOLE, Path("/etc/purdah/config.toml"), rulebook=rulebook()).rule_changes == ()


def test_rules_are_taken_in_their_order() -> None:
    config = parse(rule("event", "care", "block") + "[[rules.change]]\n" + rule("announcement", "strict", "flag") + REASON)
    assert config.rule_changes == (
        RuleChange(category="event", regime="care", verdict=Verdict.BLOCK),
        RuleChange(category="announcement", regime="strict", verdict=Verdict.FLAG, reason="Agreed by the permanent secretary"),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (rule("evnt", "care", "block"), "there is no category 'evnt'; did you mean event?"),
        (rule("event", "cair", "block"), "there is no regime 'cair'; did you mean care?"),
        (rule("event", "care", "blok"), "there is no verdict 'blok'; did you mean block?"),
        (rule("event", "care", "block") + 'why = "x"\n', "'why' is not known in [[rules.change]]"),
        ('category = "event"\nregime = "care"\n', "[[rules.change]] has no verdict"),
        (rule("announcement", "strict", "allow"), "a laxer one needs a reason of at least 10 characters"),
        (rule("election-info", "referendum", "allow") + REASON, "the law bars a laxer one in a referendum"),
        (rule("politician-share", "strict", "allow") + REASON, "never has a laxer one"),
        (
            rule("event", "care", "block") + "[[rules.change]]\n" + rule("event", "care", "flag"),
            "the rule for event in care is changed twice",
        ),
    ],
)
def test_a_rule_that_cannot_be_taken_is_told_with_its_line(text: str, words: str) -> None:
    found = fault(text)
    assert words in found
    assert found.startswith("/etc/purdah/config.toml line ")
