"""`calendar import --from-web` declares what a file of the same would, whole or not at all, with the right exit code."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Desk
from tests.cli.test_calendar_import import COUNCIL, declared, entries
from tests.fakes.fake_every_election import Act, FakeEveryElection, ballot, changed, status

FAR = ballot(
    "east",
    election_id="local.otherton.east.2028-06-01",
    poll_open_date="2028-06-01",
    timetable=None,
    organisation={"official_identifier": "OTH", "common_name": "Otherton", "territory_code": "ENG"},
)


@pytest.fixture
def fake() -> Iterator[FakeEveryElection]:
    with FakeEveryElection([ballot("hill"), ballot("dale"), FAR], page_size=1) as server:
        yield server


@pytest.fixture
def web(desk: Desk, fake: FakeEveryElection) -> Desk:
    """A desk whose configuration names the stand-in as its mirror of Every Election."""
    text = desk.path.read_text("utf-8")
    desk.path.write_text(text.replace("[calendar]", f'[calendar]\nevery_election_url = "{fake.origin}"'), "utf-8")
    return desk


def test_what_the_address_has_is_declared_as_provisional_and_only_once(web: Desk) -> None:
    done = web.ok("calendar", "import", "--from-web", "--yes", "--json", by="carys").object
    assert [period["id"] for period in done["declared"]] == declared(web)
    assert {period["status"] for period in done["declared"]} == {"provisional"}
    before = entries(web)
    again = web.ok("calendar", "import", "--from-web", "--yes", by="carys")
    assert again.out == "Nothing new. 2 already there.\n"
    assert entries(web) == before


def test_the_kept_file_imports_to_the_same(web: Desk, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    web.ok("calendar", "import", "--from-web", "--save", str(kept), "--yes", by="carys")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert web.ok("calendar", "import", str(kept), by="carys").out == "Nothing new. 2 already there.\n"


def test_the_file_is_kept_before_anybody_is_asked_to_declare_anything(web: Desk, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    asked = web("calendar", "import", "--from-web", "--save", str(kept), by="carys")
    assert (asked.code, declared(web)) == (64, [])
    assert len(json.loads(kept.read_bytes())["results"]) == 3


def test_the_file_of_a_faulty_answer_is_kept_to_be_looked_at(web: Desk, fake: FakeEveryElection, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    fake.ballots.append(ballot("fen", cancelled="no"))
    ran = web("calendar", "import", "--from-web", "--save", str(kept), "--yes", "--json", by="carys")
    assert (ran.code, declared(web)) == (69, [])
    line = int(ran.error["error"].partition("line ")[2].partition(":")[0])
    assert "fen" in kept.read_text("utf-8").splitlines()[line - 1]


def test_days_and_organisation_narrow_the_question(web: Desk, fake: FakeEveryElection) -> None:
    web.ok("calendar", "import", "--from-web", "--since", "1 May 2028", "--until", "2028-05-31", "--yes", by="carys")
    assert declared(web) == [COUNCIL]
    first = fake.asked[0]
    assert (first["poll_open_date__gte"], first["poll_open_date__lte"]) == ("2028-05-01", "2028-05-31")
    web.ok("calendar", "import", "--from-web", "--organisation", "OTH", "--yes", by="carys")
    assert len(declared(web)) == 2


def test_a_question_that_finds_nothing_says_so(web: Desk) -> None:
    ran = web.ok("calendar", "import", "--from-web", "--organisation", "XPM", by="carys")
    assert ran.out == "Nothing new.\n"
    assert "has no ballots for that. See whether the days and the code are right." in ran.err


@pytest.mark.parametrize(
    ("act", "code"),
    [(status(500), 69), (status(200), 69), (status(301), 69), (changed(count=9), 75), (status(429), 75), (status(503), 75)],
)
@pytest.mark.parametrize("page", [1, 3])
def test_a_fault_on_any_page_declares_nothing_and_keeps_no_file(
    web: Desk, fake: FakeEveryElection, tmp_path: Path, act: Act, code: int, page: int
) -> None:
    fake.behave(act, page=page)
    ran = web("calendar", "import", "--from-web", "--save", str(tmp_path / "kept.json"), "--yes", "--json", by="carys")
    assert ran.code == code == ran.error["exit_code"]
    assert ran.error["next"]
    assert declared(web) == []
    assert list(tmp_path.glob("*kept*")) == []


def test_a_file_that_cannot_be_kept_stops_the_import(web: Desk, tmp_path: Path) -> None:
    ran = web("calendar", "import", "--from-web", "--save", str(tmp_path / "none" / "kept.json"), "--yes", by="carys")
    assert (ran.code, declared(web)) == (64, [])
    assert "cannot be written" in ran.err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ((), "not said where the periods come from"),
        (("--since", "2028-05-04"), "not said where the periods come from"),
        (("may.json", "--organisation", "SHF"), "not said where the periods come from"),
        (("may.json", "--from-web"), "files and what is for ICS files are too much"),
        (("--from-web", "--area", "Anytown"), "files and what is for ICS files are too much"),
        (("--from-web", "--since", "soon"), "“soon” is not a date"),
        (("--from-web", "--since", "2028-05-04", "--until", "2028-05-03"), "The last day is before the first"),
        (("--from-web", "--organisation", "a b"), "is not the code of an organisation"),
        (("--from-web", "--organisation", "\udcff"), "is not the code of an organisation"),
        (("--from-web", "--wait", "4"), "--wait"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is(
    web: Desk, fake: FakeEveryElection, line: tuple[str, ...], words: str
) -> None:
    ran = web("calendar", "import", *line, by="carys")
    assert ran.code == 64
    assert words in ran.err
    assert declared(web) == []
    assert fake.asked == []


def test_a_house_without_a_network_is_told_so(desk: Desk) -> None:
    """Names do not resolve in tests, as on a machine that lets nothing out."""
    ran = desk("calendar", "import", "--from-web", "--yes", "--json", by="carys")
    assert ran.code == 69
    assert "https://elections.democracyclub.org.uk could not be asked (its name could not be looked up)" in ran.error["error"]
