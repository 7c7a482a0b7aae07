"""A saved bank-holidays.json is compared day by day, or refused with file and line."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.calendars.official_holidays import Comparison, compare_file
from purdah_scheduler.domain.periods import Nation
from purdah_scheduler.errors import BadInput
from tests.cli.conftest import command
from tests.fuzz import damaged, fuzzed, in_time, lines_of, read_or_refused, shows

pytestmark = in_time

SAMPLE = Path(__file__).parent.parent / "data" / "bank-holidays-sample.json"


def event(day: str, title: str = "A day off") -> dict[str, object]:
    return {"title": title, "date": day, "notes": "", "bunting": False}


def compared(folder: Path, **changes: list[dict[str, object]]) -> Comparison:
    """The sample with other events in some divisions (`england_and_wales`), compared."""
    document: dict[str, Any] = json.loads(SAMPLE.read_text("utf-8"))
    for division, events in changes.items():
        document[division.replace("_", "-")]["events"] = events
    path = folder / "bank-holidays.json"
    path.write_text(json.dumps(document), "utf-8")
    return compare_file(path)


def test_the_sample_agrees() -> None:
    found = compare_file(SAMPLE)
    assert found.agrees
    assert (found.compared, found.first, found.last, found.later) == (6, date(2026, 3, 17), date(2026, 5, 4), 0)


def test_a_day_that_was_declared_later_is_in_the_file_alone(tmp_path: Path) -> None:
    (only,) = compared(tmp_path, scotland=[event("2026-04-03"), event("2026-05-01", "Jubilee"), event("2026-05-04")]).missing
    assert (only.on, only.name, only.nations) == (date(2026, 5, 1), "Jubilee", (Nation.SCOTLAND,))


def test_a_day_that_was_moved_is_in_the_product_alone_too(tmp_path: Path) -> None:
    found = compared(tmp_path, england_and_wales=[event("2026-04-03"), event("2026-04-07"), event("2026-05-04")])
    assert [each.on for each in found.missing] == [date(2026, 4, 7)]
    assert [(each.on, each.name) for each in found.extra] == [(date(2026, 4, 6), "Easter Monday")]
    assert found.extra[0].nations == (Nation.ENGLAND, Nation.WALES)


def test_years_that_only_one_of_them_has_are_no_difference(tmp_path: Path) -> None:
    found = compared(tmp_path, scotland=[event("1999-01-01"), event("2011-12-26"), event("2029-01-01"), event("2040-01-01")])
    assert found.later == 2
    assert not [each for each in found.missing if each.nations == (Nation.SCOTLAND,)]


@pytest.mark.parametrize("nothing", [[], [event("1999-01-01")], [event("2040-01-01")]])
def test_a_file_of_no_common_years_says_nothing_and_so_does_not_agree(tmp_path: Path, nothing: list[dict[str, object]]) -> None:
    found = compared(tmp_path, scotland=nothing, england_and_wales=nothing, northern_ireland=nothing)
    assert (found.missing, found.extra, found.agrees) == ((), (), False)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (event("2026-02-30"), "the event 2026-02-30 of scotland has no date"),
        (event("\x1b[2J"), "of scotland has no date"),
        (event("2026-05-04", ""), "no title that can be shown"),
        (event("2026-05-04", "a\nb"), "no title that can be shown"),
        ({"date": 7, "title": "A"}, "the event without a date"),
        ({}, "the event without a date"),
    ],
)
def test_a_bad_event_is_a_refusal_with_its_line(tmp_path: Path, bad: dict[str, object], words: str) -> None:
    with pytest.raises(BadInput, match="so nothing was compared") as refusal:
        compared(tmp_path, scotland=[bad])
    assert words in refusal.value.message
    assert shows(refusal.value.message)


@fuzzed
@given(damaged([SAMPLE.read_bytes()], [b'"date": ', b'"events": ', b'"2026-02-30"', b'"scotland": ']) | st.binary(max_size=200))
def test_a_damaged_file_is_compared_or_refused_by_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bank-holidays.json"
    path.write_bytes(data)
    with read_or_refused(BadInput, file=path, lines=lines_of(data)):
        compare_file(path)


def test_the_command_needs_no_configuration_and_says_which_days_differ(tmp_path: Path) -> None:
    agreed = command("calendar", "holidays", "--file", str(SAMPLE))
    assert (agreed.code, agreed.out) == (0, "The 6 bank holidays of the file from Tue 17 Mar 2026 to Mon 4 May 2026 agree.\n")
    compared(tmp_path, scotland=[event("2026-04-03"), event("2026-05-01", "Jubilee"), event("2026-05-04")])
    path = str(tmp_path / "bank-holidays.json")
    told = command("calendar", "holidays", "--file", path)
    assert told.code == 2
    assert told.out == "Fri 1 May 2026, Jubilee (Scotland): in the file alone, so the product counts it as a working day.\n"
    facts = command("calendar", "holidays", "--file", path, "--json").object
    assert facts["missing"] == [{"date": "2026-05-01", "name": "Jubilee", "nations": ["Scotland"]}]
    assert (facts["agrees"], facts["extra"], facts["later"]) == (False, [], 0)
