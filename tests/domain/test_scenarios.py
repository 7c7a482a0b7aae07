"""The labelled posts of the field: each gets its verdict, its periods and its reasons from the shipped calendar."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from purdah_scheduler.calendars.shipped import load
from purdah_scheduler.domain.civiltime import london, parse_local
from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.people import AccountKind
from purdah_scheduler.domain.periods import Body
from purdah_scheduler.domain.policy import Case, judge
from purdah_scheduler.errors import BadTime

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LINES = (Path(__file__).parents[1] / "data" / "scenarios.jsonl").read_text(encoding="utf-8").splitlines()
SCENARIOS: list[dict[str, Any]] = [json.loads(line) for line in LINES]


def instant(local: str) -> datetime:
    return parse_local(local, now=NOW, zone=london()).at


def case_of(scenario: dict[str, Any]) -> Case:
    return Case(
        body=Body(scenario["body"]),
        category=scenario["category"],
        at=instant(scenario.get("send_local", scenario["scheduled_local"])),
        nation=scenario["nation"],
        area=scenario["area"],
        account_kind=AccountKind(scenario["account_kind"]),
        marks=Marks(
            names_politician=scenario.get("mentions_politician", False),
            partisan=scenario.get("partisan", False),
            joint_uk=scenario.get("joint_uk", False),
            touches_referendum=scenario.get("topic_referendum", False),
        ),
        approved_at=instant(scenario["approved_local"]) if "approved_local" in scenario else None,
        not_lifted=frozenset(scenario.get("not_lifted", ())),
        exemption=scenario.get("exemption", {}).get("reason", ""),
    )


def test_there_are_25_scenarios() -> None:
    assert len(SCENARIOS) == 25


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS if s["scheduled_utc"]], ids=lambda s: str(s["id"]))
def test_a_labelled_post_gets_its_verdict_its_periods_and_its_reasons(scenario: dict[str, Any]) -> None:
    periods, rulebook = load()
    judgement = judge(case_of(scenario), periods, rulebook)
    assert judgement.verdict == scenario["expected"]
    assert list(judgement.periods) == scenario["active_periods"]
    found, labelled = {finding.code for finding in judgement.findings}, set(scenario["codes"])
    assert labelled <= found
    assert found - labelled <= {"names-politician", "propriety"}, "a second reason that the label leaves out"


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS if s["scheduled_utc"]], ids=lambda s: str(s["id"]))
def test_a_labelled_local_time_is_its_labelled_instant(scenario: dict[str, Any]) -> None:
    expected = datetime.fromisoformat(scenario["scheduled_utc"])
    assert instant(scenario["scheduled_local"]) == expected


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS if not s["scheduled_utc"]], ids=lambda s: str(s["id"]))
def test_a_labelled_time_that_does_not_exist_is_refused(scenario: dict[str, Any]) -> None:
    with pytest.raises(BadTime, match="does not exist"):
        instant(scenario["scheduled_local"])


def test_no_exemption_lifts_partisan_content() -> None:
    """S48 carries an exemption: it lifts the year-round flag and leaves the block."""
    periods, rulebook = load()
    judgement = judge(case_of(next(s for s in SCENARIOS if s["id"] == "S48")), periods, rulebook)
    assert [(finding.code, finding.lifted) for finding in judgement.findings] == [
        ("partisan", False),
        ("propriety", True),
        ("exempted", False),
    ]
    assert [finding.code for finding in judgement.standing] == ["partisan"]
