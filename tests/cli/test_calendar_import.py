"""`calendar import` declares everything in one step, changes nothing the second time, and overwrites nothing by itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Desk

SAMPLE = Path(__file__).parent.parent / "data" / "everyelection-sample.json"
COUNCIL = "ee-local-exampleshire-council-2028-05-04-councils"


def ballot(ward: str = "hill", **changes: object) -> dict[str, Any]:
    """A ballot of an invented council in 2028, whose notice is due on 27 March."""
    organisation = {"common_name": "Exampleshire Council", "territory_code": "ENG"}
    return {
        "election_id": f"local.exampleshire.{ward}.2028-05-04",
        "poll_open_date": "2028-05-04",
        "timetable": {"notice_of_election_deadline": "2028-03-27"},
        "organisation": organisation,
        "group_type": None,
        "cancelled": False,
    } | changes


def saved(desk: Desk, *ballots: dict[str, Any]) -> str:
    path = desk.path.parent / "answer.json"
    path.write_text(json.dumps({"count": len(ballots), "results": ballots}), "utf-8")
    return str(path)


def declared(desk: Desk) -> list[str]:
    return [line["id"] for line in desk.ok("calendar", "list", "--all", "--json").objects]


def entries(desk: Desk) -> int:
    return len(desk.ok("audit", "log", "--json").objects)


def test_the_sample_is_imported_as_four_provisional_periods_on_the_record(desk: Desk) -> None:
    done = desk.ok("calendar", "import", str(SAMPLE), "--yes", "--json", by="carys").object
    assert [period["id"] for period in done["declared"]] == declared(desk)
    assert {period["status"] for period in done["declared"]} == {"provisional"}
    assert (len(done["declared"]), done["already_there"], done["different"], done["skipped"]) == (4, [], [], [])
    made = [line for line in desk.ok("audit", "log", "--json").objects if line["action"] == "period.declared"]
    assert [entry["facts"]["person"] for entry in made] == ["carys"] * 4


def test_a_second_import_of_the_same_changes_nothing(desk: Desk) -> None:
    first = desk.ok("calendar", "import", str(SAMPLE), "--yes", by="carys")
    assert first.out == "4 periods declared, provisional: 0 posts held, 0 posts flagged.\n"
    before = entries(desk)
    again = desk.ok("calendar", "import", str(SAMPLE), by="carys")
    assert again.out == "Nothing new. 4 already there.\n"
    assert entries(desk) == before


def test_what_a_person_confirmed_since_is_no_difference(desk: Desk) -> None:
    desk.ok("calendar", "import", saved(desk, ballot()), "--yes", by="carys")
    desk.ok("calendar", "confirm", COUNCIL, by="carys")
    assert desk.ok("calendar", "show", COUNCIL, "--json").object["status"] == "confirmed"
    assert desk.ok("calendar", "import", saved(desk, ballot()), by="carys").out == "Nothing new. 1 already there.\n"


def test_a_larger_file_adds_only_what_is_new(desk: Desk) -> None:
    desk.ok("calendar", "import", saved(desk, ballot()), "--yes", by="carys")
    other = ballot(election_id="local.otherton.2028-05-04", organisation={"common_name": "Otherton", "territory_code": "ENG"})
    done = desk.ok("calendar", "import", saved(desk, ballot(), ballot("dale"), other), "--yes", "--json", by="carys").object
    assert [period["id"] for period in done["declared"]] == ["ee-local-otherton-2028-05-04-councils"]
    assert done["already_there"] == [COUNCIL]


def test_nothing_is_declared_without_a_yes(desk: Desk) -> None:
    asked = desk("calendar", "import", str(SAMPLE), by="carys")
    assert (asked.code, asked.out) == (64, "")
    assert "Of 0 posts in the queue it holds 0 and flags 0." in asked.err
    assert "nothing was declared" in asked.err
    assert declared(desk) == []


def test_a_faulty_ballot_means_that_nothing_of_the_file_is_declared(desk: Desk) -> None:
    ran = desk("calendar", "import", saved(desk, ballot(), ballot("dale", cancelled="no")), "--yes", "--json", by="carys")
    assert ran.code == 64
    assert "Nothing was imported" in ran.error["error"]
    assert declared(desk) == []


def test_a_date_that_changed_is_reported_and_the_declared_one_stays(desk: Desk) -> None:
    desk.ok("calendar", "import", saved(desk, ballot()), "--yes", by="carys")
    before = entries(desk)
    earlier = saved(desk, ballot(timetable={"notice_of_election_deadline": "2028-03-20"}))
    told = desk("calendar", "import", earlier, "--yes", by="carys")
    assert told.code == 2
    said = " ".join(told.err.split())  # as wide as the terminal is
    assert "is declared otherwise and was left as it is: starts Mon 27 Mar 2028 00:00 BST → Mon 20 Mar 2028 00:00 GMT" in said
    assert told.out == "Nothing new. 1 declared otherwise, left as declared.\n"
    facts = desk("calendar", "import", earlier, "--yes", "--json", by="carys").object
    assert facts["different"] == [
        {"id": COUNCIL, "fields": {"starts": ["2028-03-27T00:00:00+01:00", "2028-03-20T00:00:00+00:00"]}}
    ]
    assert entries(desk) == before


def test_a_declared_election_that_is_cancelled_waits_for_a_person(desk: Desk) -> None:
    desk.ok("calendar", "import", saved(desk, ballot(), ballot("dale")), "--yes", by="carys")
    one = saved(desk, ballot(), ballot("dale", cancelled=True))
    assert desk("calendar", "import", one, "--yes", by="carys").code == 0
    every = saved(desk, ballot(cancelled=True), ballot("dale", cancelled=True))
    told = desk("calendar", "import", every, "--yes", by="carys")
    assert (told.code, f"purdah-scheduler calendar cancel {COUNCIL}" in told.err) == (2, True)
    (gone,) = desk("calendar", "import", every, "--yes", "--json", by="carys").object["cancelled"]
    assert gone["still_in_force"] == [COUNCIL]
    assert declared(desk) == [COUNCIL]


def test_a_cancelled_election_that_was_never_declared_needs_nobody(desk: Desk) -> None:
    assert desk("calendar", "import", saved(desk, ballot(cancelled=True)), by="carys").code == 0
    assert declared(desk) == []


def test_what_an_import_binds_and_what_it_leaves_out_is_told(desk: Desk) -> None:
    europe = ballot(election_id="europarl.anytown.2028-05-04")
    told = desk.ok("calendar", "import", saved(desk, ballot(), europe), "--yes", by="carys")
    assert "Exampleshire Council, 4 May 2028" in told.err
    assert "It concerns no account of the configuration." in told.err
    assert "Not imported: europarl.anytown.2028-05-04. No statutory timetable" in told.err


@pytest.mark.parametrize("name", ["none.json", "."])
def test_a_file_that_cannot_be_read_is_a_refusal(desk: Desk, name: str) -> None:
    assert desk("calendar", "import", str(desk.path.parent / name), "--yes", by="carys").code == 64


def test_what_an_import_blocks_is_held_in_the_same_step(desk: Desk) -> None:
    post = desk.cleared(category="policy-promotion")
    desk.ok("post", "edit", str(post), "--area", "Anytown", by="asha")
    shown = desk.shown(post)
    desk.ok("post", "submit", str(post), by="asha")
    desk.ok("post", "decide", str(post), "--stage", "approval", "--approve", "--digest", shown["digest"], by="bede")
    desk.ok("post", "schedule", str(post), "--at", "2028-05-01T09:00", by="asha")
    seat = ballot(
        election_id="parl.anytown.by.2028-05-04",
        organisation={"common_name": "House of Commons"},
        division={"name": "Anytown", "territory_code": "ENG"},
    )
    done = desk.ok("calendar", "import", saved(desk, seat), "--yes", "--json", by="carys").object
    assert (done["held"], done["flagged"]) == (1, 0)
    assert desk.shown(post)["accounts"][0]["state"] == "held"
