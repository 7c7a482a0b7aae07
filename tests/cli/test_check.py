"""`check`: the labelled posts of the field, exit codes, and every way in which the line can be wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Desk, Ran, command

LINES = (Path(__file__).parents[1] / "data" / "scenarios.jsonl").read_text(encoding="utf-8").splitlines()
SCENARIOS: list[dict[str, Any]] = [json.loads(line) for line in LINES]
EXIT = {"allow": 0, "block": 1, "flag": 2}
PLAIN = ("check", "--body", "uk-civil-service", "--nation", "UK", "--category", "announcement")


def ask(scenario: dict[str, Any]) -> Ran:
    line = ["check", "--at", scenario["scheduled_local"]]
    for option in ("body", "nation", "category", "account_kind"):
        line += [f"--{option.replace('_', '-')}", scenario[option]]
    if scenario["area"]:
        line += ["--area", scenario["area"]]
    for field, option in (
        ("mentions_politician", "--names-politician"),
        ("partisan", "--partisan"),
        ("joint_uk", "--joint-uk"),
        ("topic_referendum", "--touches-referendum"),
    ):
        if scenario.get(field):
            line.append(option)
    if "approved_local" in scenario:
        line += ["--approved-at", scenario["approved_local"]]
    if "send_local" in scenario:
        line += ["--now", scenario["send_local"]]
    for period in scenario.get("not_lifted", ()):
        line += ["--not-lifted", period]
    return command(*line, scenario["text"], "--json")


def test_there_are_25_scenarios() -> None:
    assert len(SCENARIOS) == 25


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS if s["scheduled_utc"]], ids=lambda s: str(s["id"]))
def test_a_labelled_post_gets_its_verdict_its_periods_and_its_exit_code(scenario: dict[str, Any]) -> None:
    ran = ask(scenario)
    answer = ran.object
    assert (answer["verdict"], answer["periods"]) == (scenario["expected"], scenario["active_periods"])
    assert ran.code == EXIT[scenario["expected"]]
    assert ran.err == ""
    assert set(answer) == {"verdict", "periods", "findings"}
    assert {*scenario["codes"]} - {"exempted"} <= {finding["code"] for finding in answer["findings"]}
    for finding in answer["findings"]:
        assert list(finding) == ["code", "verdict", "period", "regime", "rule", "reason", "source"]
        assert finding["reason"]
        assert finding["source"]


def test_a_time_that_does_not_exist_is_refused_with_both_readings() -> None:
    (scenario,) = [s for s in SCENARIOS if not s["scheduled_utc"]]
    ran = ask(scenario)
    assert (ran.code, ran.out) == (64, "")
    assert "00:30" in ran.error["error"]
    assert "02:30" in ran.error["error"]


def test_a_time_that_happens_twice_is_settled_by_its_offset() -> None:
    assert command(*PLAIN, "--at", "2026-10-25T01:30").code == 64
    assert command(*PLAIN, "--at", "2026-10-25T01:30+00:00").code == 0


def test_a_planned_time_that_does_not_exist_is_refused_even_where_another_moment_is_judged() -> None:
    assert command(*PLAIN, "--at", "2015-03-29T01:30", "--now", "2015-03-29T03:30").code == 64


@pytest.mark.parametrize("at", ["2026-02-30T09:00", "yesterdy 9am", "00:00", "2026-05-07", "31/04 9am", "", "1850-01-01T09:00"])
def test_a_bad_date_is_one_sentence_and_64(at: str) -> None:
    ran = command(*PLAIN, "--at", at)
    assert (ran.code, ran.out) == (64, "")
    message, following = ran.err.splitlines()
    assert "no time was set" in message
    assert following.startswith("Next: ")


def test_periods_to_keep_open_may_be_repeated_or_follow_one_option() -> None:
    line = (
        "check",
        "--body",
        "uk-civil-service",
        "--nation",
        "UK",
        "--category",
        "public-appointment",
        "--at",
        "2024-07-05T08:00",
    )
    for more in (
        ("--not-lifted", "ge-2024-uk"),
        ("--not-lifted", "ge-2024-uk", "--not-lifted", "ge-2019-uk"),
        ("--not-lifted", "ge-2019-uk", "ge-2024-uk"),
        ("--not-lifted", "ge-2019-uk,ge-2024-uk", "Meet the new board."),
    ):
        assert "ge-2024-uk" in command(*line, *more, "--json").object["periods"]


def test_a_period_that_is_not_known_is_refused_with_the_nearest() -> None:
    ran = command(*PLAIN, "--at", "2024-07-05T08:00", "--not-lifted", "ge-2024-ku")
    assert ran.code == 64
    assert "Did you mean ge-2024-uk?" in ran.err


def test_words_without_quotes_are_refused() -> None:
    ran = command(*PLAIN, "Two", "words")
    assert ran.code == 64
    assert "quotes" in ran.err


def test_in_words_the_verdict_comes_first_and_each_finding_has_its_source() -> None:
    ran = command(*PLAIN, "--at", "2024-05-25T00:01")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[0] == "BLOCK: is held"
    assert "(ge-2024-uk)" in lines[1]
    assert any(line.strip().startswith("https://") for line in lines)
    assert "Rule: announcement in strict" in ran.out


def test_an_exemption_lifts_a_block_and_never_party_content() -> None:
    line = (*PLAIN, "--at", "2024-05-25T00:01", "--exemption", "agreed with the propriety team", "--json")
    lifted = command(*line)
    assert (lifted.code, lifted.object["verdict"]) == (0, "allow")
    assert command(*line, "--partisan").code == 1


def test_a_declared_period_counts_where_there_is_a_configuration(desk: Desk) -> None:
    desk.house.block()
    ran = desk(*PLAIN, "--json")
    assert (ran.code, ran.object["periods"]) == (1, ["test-election"])


def test_an_account_stands_for_its_body_kind_nation_and_area(desk: Desk) -> None:
    desk.house.block()
    ran = desk("check", "--account", "outbox", "--category", "announcement", "The bridge opens.")
    assert ran.code == 1
    assert "On outbox: 17 of" in ran.err


def test_a_configuration_without_its_queue_is_refused_rather_than_judged_with_less(desk: Desk) -> None:
    """A verdict that leaves out the periods of a queue that cannot be read would be a false yes."""
    desk.house.office.store.close()
    desk.house.config.store_path.unlink()
    ran = desk(*PLAIN)
    assert (ran.code, ran.out) == (78, "")


def test_a_check_for_an_account_names_the_posts_that_are_close_to_its_time(desk: Desk) -> None:
    desk.new("The bridge opens.", "--at", "2099-03-02T09:30")
    line = ("check", "--account", "outbox", "--category", "operational-service", "--at")
    assert "Look: Post 1" in desk(*line, "2099-03-02T09:40").err
    assert "10 minutes apart" in desk(*line, "2099-03-02T09:40").err
    assert "Look:" not in desk(*line, "2099-03-02T10:40").err
