"""Saved answers of Every Election become one period for each organisation and day, or one clear refusal; never half of it."""

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from purdah_scheduler.calendars.every_election import MAX_RESULTS, Import, read_files
from purdah_scheduler.calendars.json_text import MAX_BYTES, MAX_DEPTH, MAX_PARTS
from purdah_scheduler.domain.civiltime import local_date, london
from purdah_scheduler.domain.periods import Body, Kind, Nation, Period, PeriodStatus
from purdah_scheduler.errors import BadInput

SAMPLE = Path(__file__).parent.parent / "data" / "everyelection-sample.json"
ANSWER: dict[str, Any] = json.loads(SAMPLE.read_text("utf-8"))
GROUP, HILL, DALE, GLEN, FEN = ANSWER["results"]


def saved(folder: Path, *results: object, name: str = "answer.json", **answer: object) -> Path:
    path = folder / name
    path.write_text(json.dumps({"count": len(results), "next": None, "results": results} | answer), "utf-8")
    return path


def changed(result: dict[str, Any], **changes: object) -> dict[str, Any]:
    return copy.deepcopy(result) | changes


def read(folder: Path, *results: object) -> Import:
    return read_files([saved(folder, *results)])


def periods(found: Import) -> dict[str, Period]:
    return {each.period.id: each.period for each in found.incoming}


def starts(period: Period) -> date:
    return local_date(period.starts, london())


def refused(path: Path) -> str:
    with pytest.raises(BadInput) as refusal:
        read_files([path])
    assert refusal.value.next_step
    assert "othing was imported" in refusal.value.message
    return refusal.value.message


# --- folding ------------------------------------------------------------------------------------------------------


def test_the_sample_brings_four_periods() -> None:
    found = read_files([SAMPLE])
    assert {name: (starts(period).isoformat(), period.area) for name, period in periods(found).items()} == {
        "ee-sp-scottish-parliament-2026-05-07-councils": ("2026-03-25", ""),
        "ee-local-exampleshire-council-2026-05-07-councils": ("2026-03-30", "Exampleshire Council"),
        "ee-local-exampleshire-council-dale-ward-by-2026-05-07-councils": ("2026-03-30", "Dale Ward"),
        "ee-local-exampleshire-council-fen-ward-by-2026-06-11-councils": ("2026-05-06", "Fen Ward"),
    }
    assert (found.ballots, found.groups, found.called_off, found.skipped) == (4, 1, (), ())


def test_everything_imported_is_provisional_with_the_address_it_came_from() -> None:
    for each in read_files([SAMPLE]).incoming:
        assert each.period.status is PeriodStatus.PROVISIONAL
        assert each.period.source.startswith("https://elections.democracyclub.org.uk/api/elections/")
        assert Body.LOCAL_AUTHORITY in each.period.bodies


def test_ballots_of_one_organisation_and_day_are_one_period(tmp_path: Path) -> None:
    wards = [changed(HILL, election_id=f"local.exampleshire.ward-{number}.2026-05-07") for number in range(5)]
    (only,) = read(tmp_path, *wards).incoming
    assert len(only.ballots) == 5
    assert (only.period.kind, only.period.nations) == (Kind.LOCAL, frozenset({Nation.ENGLAND}))


def test_two_organisations_or_two_days_are_two_periods(tmp_path: Path) -> None:
    other = changed(
        HILL, election_id="local.otherton.hill.2026-05-07", organisation={"common_name": "Otherton", "territory_code": "ENG"}
    )
    later = changed(HILL, election_id="local.exampleshire.hill.2026-06-11", poll_open_date="2026-06-11", timetable=None)
    assert len(read(tmp_path, HILL, other, later).incoming) == 3


def test_a_by_election_is_about_its_division_by_the_name_that_the_file_gives(tmp_path: Path) -> None:
    named = changed(DALE, division={"name": "Dale and Fell", "territory_code": "ENG"})
    (only,) = read(tmp_path, named).incoming
    assert (only.period.kind, only.period.area) == (Kind.BY_ELECTION, "Dale and Fell")


def test_the_nation_is_that_of_the_division_before_that_of_the_organisation(tmp_path: Path) -> None:
    (only,) = read(tmp_path, changed(HILL, division={"name": "Hill", "territory_code": "WLS"})).incoming
    assert only.period.nations == {Nation.WALES}


def test_a_general_election_is_one_period_with_the_earliest_notice_of_the_nations(tmp_path: Path) -> None:
    house = {"common_name": "House of Commons", "territory_code": "GBN"}
    seats = [
        changed(
            HILL,
            election_id=f"parl.seat-{number}.2019-12-12",
            poll_open_date="2019-12-12",
            organisation=house,
            division={"name": f"Seat {number}", "territory_code": territory},
            timetable={"notice_of_election_deadline": notice},
        )
        for number, (territory, notice) in enumerate(
            [("ENG", "2019-11-12"), ("WLS", "2019-11-12"), ("SCT", "2019-11-11"), ("NIR", "2019-11-12")]
        )
    ]
    (only,) = read(tmp_path, *seats).incoming
    assert (starts(only.period).isoformat(), set(only.period.nations), only.period.area) == ("2019-11-11", {Nation.UK}, "")
    assert only.period.name == "UK general election, 12 December 2019: councils (latest start)"


def test_a_commissioner_brings_the_councils_and_the_office_and_no_government(tmp_path: Path) -> None:
    police = changed(
        HILL,
        election_id="pcc.exampleshire.2028-05-04",
        poll_open_date="2028-05-04",
        timetable=None,
        organisation=HILL["organisation"],
    )
    found = periods(read(tmp_path, police))
    assert sorted(body for period in found.values() for body in period.bodies) == ["local-authority", "nhs-local", "opcc"]


def test_a_by_election_to_westminster_holds_the_governments_for_three_weeks(tmp_path: Path) -> None:
    seat = changed(
        DALE,
        election_id="parl.anytown.by.2026-06-11",
        poll_open_date="2026-06-11",
        organisation={"common_name": "House of Commons"},
        division={"name": "Anytown", "territory_code": "SCT"},
    )
    (only,) = read(tmp_path, seat).incoming
    assert (starts(only.period), only.period.area) == (date(2026, 5, 21), "Anytown")
    assert {Body.UK_CIVIL_SERVICE, Body.SCOTTISH_GOV} <= only.period.bodies
    assert Body.LOCAL_AUTHORITY not in only.period.bodies


def test_files_of_before_the_timetable_are_calculated_and_say_so(tmp_path: Path) -> None:
    old = {key: value for key, value in HILL.items() if key != "timetable"}
    (calculated,) = read(tmp_path, old).incoming
    (given_dates,) = read(tmp_path, HILL).incoming
    assert calculated.period.starts == given_dates.period.starts
    assert calculated.period.id == given_dates.period.id
    assert calculated.remarks == ("Its dates are not in the file and were calculated.",)


def test_groups_and_deleted_entries_bring_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, GROUP, changed(HILL, deleted=True), changed(DALE, group_type="organisation"))
    assert (found.incoming, found.ballots, found.groups) == ((), 0, 3)


# --- cancelled ballots --------------------------------------------------------------------------------------------


def test_a_cancelled_ballot_is_not_a_cancelled_election(tmp_path: Path) -> None:
    found = read(tmp_path, HILL, FEN)
    ordinary = found.incoming[0]
    assert ordinary.ballots == (HILL["election_id"], FEN["election_id"])
    assert ordinary.remarks == ("1 of its 2 ballots cancelled; the election goes on.",)
    assert found.called_off == ()


def test_dates_are_calculated_where_only_a_cancelled_ballot_has_them_and_that_is_said(tmp_path: Path) -> None:
    old = {key: value for key, value in HILL.items() if key != "timetable"}
    ordinary = read(tmp_path, old, FEN).incoming[0]
    assert ordinary.remarks[1:] == ("Its dates are not in the file and were calculated.",)


def test_an_election_with_every_ballot_cancelled_brings_nothing_and_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, changed(HILL, cancelled=True), changed(FEN, replaced_by=None))
    assert found.incoming == ()
    (off,) = found.called_off
    assert off.periods == ("ee-local-exampleshire-council-2026-05-07-councils",)


def test_the_replacement_is_taken_from_the_file_where_it_is_there(tmp_path: Path) -> None:
    replacement = changed(
        DALE,
        election_id=FEN["replaced_by"],
        poll_open_date="2026-06-11",
        timetable={"notice_of_election_deadline": "2026-05-05"},
    )
    found = read(tmp_path, FEN, replacement)
    (only,) = found.incoming
    assert (starts(only.period), only.remarks) == (date(2026, 5, 5), ())
    assert found.called_off[0].replaced_by == (FEN["replaced_by"],)


def test_the_replacement_is_calculated_from_its_id_where_it_is_not(tmp_path: Path) -> None:
    (only,) = read(tmp_path, FEN).incoming
    assert starts(only.period) == date(2026, 5, 6)
    assert "known by its id alone" in only.remarks[-1]


# --- what brings no period ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"election_id": "europarl.anytown.2019-05-23", "poll_open_date": "2019-05-23"}, "No statutory timetable"),
        ({"election_id": "tmp_17"}, "is not an election id"),
        ({"poll_open_date": None}, "polling day is not known"),
        (
            {"election_id": "local.exampleshire.hill.2030-05-02", "poll_open_date": "2030-05-02", "timetable": None},
            "Bank holidays are known from",
        ),
    ],
)
def test_what_has_no_date_is_skipped_with_the_reason(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    found = read(tmp_path, changed(HILL, **changes), GLEN)
    assert len(found.incoming) == 1
    assert words in found.skipped[0].reason


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"election_id": None}, "has no election_id"),
        ({"election_id": 7}, "election_id that is not text"),
        ({"election_id": "local.a\u202eb.2026-05-07"}, "a character that cannot be shown"),
        ({"poll_open_date": "2026-05-14"}, "polling day 2026-05-14 and an id that says 2026-05-07"),
        ({"poll_open_date": "7 May"}, "poll_open_date that is no date"),
        ({"poll_open_date": "20260507"}, "poll_open_date that is no date"),
        ({"timetable": []}, "timetable that is not an object"),
        ({"timetable": {"notice_of_election_deadline": "2026-05-07"}}, "its notice on 2026-05-07 for a poll on"),
        ({"timetable": {"notice_of_election_deadline": "2025-03-30"}}, "its notice on 2025-03-30 for a poll on"),
        ({"cancelled": "yes"}, "cancelled that is not true or false"),
        ({"organisation": {"common_name": "X"}}, "names no nation"),
        ({"organisation": {"common_name": "X", "territory_code": "FRA"}}, "names no nation"),
        ({"organisation": {"common_name": "x" * 201, "territory_code": "ENG"}}, "more than 200"),
    ],
)
def test_a_faulty_ballot_refuses_the_whole_file_with_its_line(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"count": 2, "results": [GLEN, changed(HILL, **changes)]}, indent=1), "utf-8")
    message = refused(path)
    assert words in message
    lines = path.read_text("utf-8").splitlines()
    second = [number for number, line in enumerate(lines, 1) if '"election_id"' in line][1]
    assert f"{path} line {second}:" in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "line 1: is not JSON"),
        (b'{"results": [\n\n{]}', "line 3: is not JSON"),
        (b'{"results": [], "results": []}', "gives 'results' twice"),
        (b'{"a": 1,\n"results": [{"x": NaN}]}', "line 2: has NaN"),
        (b'{"results": [-Infinity]}', "has -Infinity"),
        (b'{"count": ' + b"9" * 5000 + b', "results": []}', "a number of 5000 digits"),
        (b'{"results": "\xff"}', "is not UTF-8"),
        (b"[" * (MAX_DEPTH + 1), f"nested more than {MAX_DEPTH} deep"),
        (b"[" * 1_000_000, f"nested more than {MAX_DEPTH} deep"),
        (b"[" + b"[],\n" * MAX_PARTS + b"[]]", f"line {MAX_PARTS}: has more than {MAX_PARTS} lists and objects"),
        (b'"' + b'\\"' * 1_000_000, "is not JSON"),
        (b'"' + b"[" * 1_000_000, "is not JSON"),
        (b'{"results": {}}', "no list of results"),
        (b'{"elections": []}', "no list of results"),
        (b'{"results": [7]}', "is not an object"),
        (b"null", "no list of results"),
    ],
)
def test_what_is_no_answer_is_refused_with_file_and_line(tmp_path: Path, text: bytes, words: str) -> None:
    path = tmp_path / "answer.json"
    path.write_bytes(text)
    message = refused(path)
    assert words in message
    assert f"{path} line " in message


@pytest.mark.parametrize("name", ["one\ntwo", "\x1b[2J", "\u202e", "\ud800"])
def test_an_id_that_a_terminal_would_obey_is_written_out_in_the_refusal(tmp_path: Path, name: str) -> None:
    message = refused(saved(tmp_path, changed(HILL, election_id=name)))
    assert "a character that cannot be shown" in message
    assert message.isprintable()


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_poll_at_the_end_of_all_dates_is_left_out_with_the_reason(tmp_path: Path, year: str) -> None:
    day = f"{year}-01-01"
    notice = {"notice_of_election_deadline": day}
    found = read(tmp_path, changed(HILL, election_id=f"local.anytown.{day}", poll_open_date=day, timetable=notice))
    assert (found.incoming, found.skipped[0].reason) == ((), f"There is no date {day} from 2000 to 2100.")


def test_the_file_whose_pages_are_missing_is_named(tmp_path: Path) -> None:
    path = saved(tmp_path, HILL, count=3)
    assert refused(path).startswith(f"{path}: Every Election found 3 results")


def test_a_file_that_is_too_large_is_not_parsed(tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_bytes(b'{"results": []}' + b" " * MAX_BYTES)
    assert "more than 20 MB" in refused(path)


def test_more_results_than_are_taken_at_once_are_refused_before_any_is_read(tmp_path: Path) -> None:
    bad = [7] * (MAX_RESULTS // 2 + 1)
    assert "the result 1 is not an object" in refused(saved(tmp_path, *bad))
    assert "more than 12000 results are not taken at once" in refused(saved(tmp_path, *bad, *bad))
    names = [changed(HILL, election_id=f"local.anytown.ward-{number}.2026-05-07", deleted=True) for number in range(MAX_RESULTS)]
    first = saved(tmp_path, *names, name="1.json")
    with pytest.raises(BadInput, match=r"2\.json line 1: more than 12000 results"):
        read_files([first, saved(tmp_path, GLEN, name="2.json")])


def test_no_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "There is no file" in refused(tmp_path / "none.json")
    assert "not a plain one" in refused(tmp_path)


def test_one_page_of_several_is_refused_and_all_of_them_are_one_import(tmp_path: Path) -> None:
    first = saved(
        tmp_path, HILL, DALE, name="1.json", count=3, next="https://elections.democracyclub.org.uk/api/elections/?offset=2"
    )
    second = saved(tmp_path, GLEN, name="2.json", count=3)
    assert "found 3 results and 2 of them were given" in refused(first)
    assert len(read_files([first, second]).incoming) == 3
    with pytest.raises(BadInput, match="nothing was imported"):
        read_files([first, tmp_path / "none.json"])


def test_a_single_election_and_a_bare_list_are_read_too(tmp_path: Path) -> None:
    single, several = tmp_path / "single.json", tmp_path / "several.json"
    single.write_text(json.dumps(HILL), "utf-8")
    several.write_text(json.dumps([HILL, HILL, GLEN]), "utf-8")
    assert len(read_files([single]).incoming) == 1
    assert len(read_files([several]).incoming) == 2


_SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["2026-05-07", "ENG", "ballot"])
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(sorted(HILL)), _VALUES, st.sampled_from([HILL, DALE, GLEN, FEN]))
def test_any_value_in_any_field_is_read_or_refused_in_words(
    tmp_path: Path, key: str, value: object, result: dict[str, Any]
) -> None:
    path = saved(tmp_path, changed(result, **{key: value}))
    try:
        outcome = f"{len(read_files([path]).incoming)} read"
    except BadInput as refusal:
        outcome = refusal.message
    assert outcome.endswith((" read", "othing was imported."))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200), st.integers(0, 9000), st.integers(0, 200))
def test_a_damaged_file_is_read_or_refused_in_words(tmp_path: Path, noise: bytes, at: int, dropped: int) -> None:
    raw = SAMPLE.read_bytes()
    path = tmp_path / "answer.json"
    path.write_bytes(raw[:at] + noise + raw[at + dropped :])
    try:
        outcome = f"{len(read_files([path]).incoming)} read"
    except BadInput as refusal:
        outcome = refusal.message
    assert outcome.endswith((" read", "othing was imported."))
