"""Conditions and lifetimes of a stage in the configuration: what is taken, and what contradicts itself."""

from datetime import timedelta
from pathlib import Path

import pytest

from purdah_scheduler.bootstrap import rulebook
from purdah_scheduler.config import Config, parse_config
from purdah_scheduler.domain.clearance import When
from purdah_scheduler.errors import ConfigFaults
from tests.config.documents import ACCOUNT, DEPARTMENT, PEOPLE, STAGE, WHOLE

INSIDE = STAGE.replace("approval", "second").replace("approver", "propriety") + 'when = "inside"\n'
OTHERS = '[[person]]\nid = "bede"\nname = "Bede"\nroles = ["approver"]\n'


def parse(stages: str, people: str = PEOPLE) -> Config:
    return parse_config(DEPARTMENT + people + stages + ACCOUNT, Path("/etc/purdah/config.toml"), rulebook=rulebook())


def fault(stages: str) -> str:
    with pytest.raises(ConfigFaults) as caught:
        parse(stages)
    (found,) = caught.value.faults
    return found


def test_without_conditions_a_stage_is_asked_for_always_and_its_clearance_has_no_end() -> None:
    (stage,) = parse_config(WHOLE, Path("/etc/purdah/config.toml")).chain
    assert (stage.when, stage.marks, stage.expires_after, stage.expires_inside) == (When.ALWAYS, frozenset(), None, None)


def test_every_condition_is_taken() -> None:
    stages = STAGE + 'expires_after = "7d"\nexpires_inside = "90m"\n' + INSIDE + 'regimes = ["care"]\nmarks = ["joint_uk"]\n'
    first, second = parse(stages, PEOPLE + OTHERS).chain
    assert (first.expires_after, first.expires_inside) == (timedelta(days=7), timedelta(minutes=90))
    assert (second.when, second.regimes, second.marks) == (When.INSIDE, frozenset({"care"}), frozenset({"joint_uk"}))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('when = "inside "\n', "line 14: there is no when 'inside '; did you mean inside?"),
        ('marks = ["names_politicians"]\n', "there is no mark 'names_politicians'; did you mean names_politician?"),
        ('expires_inside = "1h"\nregimes = ["stricter"]\n', "there is no regime 'stricter'; did you mean strict?"),
        ('expires_inside = "1h"\nregimes = ["none"]\n', "there is no regime 'none'"),
        ('regimes = ["care"]\n', "regimes says nothing without"),
        ('regimes = []\nexpires_inside = "1h"\n', "regimes names none"),
        ('expires_after = "1h"\nexpires_inside = "2h"\n', "line 15: expires_inside is longer than expires_after"),
        ('expires_after = "24"\n', "write a time from 5 minutes to 366 days"),
        ('expires_after = "4m"\n', "write a time from 5 minutes to 366 days"),
        ('expires_after = "367d"\n', "write a time from 5 minutes to 366 days"),
        ('when = "inside"\n', "no stage is left outside every period"),
        ('when = "outside"\n', "no stage is left inside a period"),
    ],
)
def test_what_contradicts_itself_is_told_with_its_line(lines: str, words: str) -> None:
    assert words in fault(STAGE + lines)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('when = "outside"\nexpires_inside = "1h"\n', "expires_inside says nothing"),
        ('when = "inside"\nexpires_after = "1h"\n', "give expires_inside"),
    ],
)
def test_a_lifetime_for_the_side_where_the_stage_is_not_asked_for_is_refused(lines: str, words: str) -> None:
    assert words in fault(STAGE + STAGE.replace("approval", "second") + lines)


def test_a_chain_that_nobody_could_complete_inside_is_refused() -> None:
    """Carys alone has either role: outside one stage is enough, inside there are two."""
    assert "no author's post could be cleared" in fault(STAGE + INSIDE)
    assert len(parse(STAGE + INSIDE, PEOPLE + OTHERS).chain) == 2
