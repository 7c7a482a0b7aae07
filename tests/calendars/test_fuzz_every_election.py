"""Any answer of Every Election is read, or refused with file and line."""

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.calendars.election_ids import read_id
from purdah_scheduler.calendars.every_election import Answer, read_answers, read_files
from purdah_scheduler.calendars.every_election_web import Fetched, read_fetched
from purdah_scheduler.calendars.timetable import nations_of, timetable
from purdah_scheduler.domain.periods import Nation
from purdah_scheduler.errors import BadInput, PlatformUnavailable
from tests.fuzz import damaged, fuzzed, in_time, lines_of, read_or_refused, shows, texts

pytestmark = in_time

SAMPLE = (Path(__file__).parent.parent / "data" / "everyelection-sample.json").read_bytes()
PAGE: dict[str, Any] = json.loads(SAMPLE)
WORDS = [
    b'"election_id": ',
    b'"ref.2027-05-06"',
    b'"parl.by.2027-05-06"',
    b'"GBN"',
    b'"timetable": {}',
    b'"group_type": null',
    b"NaN",
]

_SCALARS = texts | st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["ENG", "SCT", "GBN", "2028-05-04"])
_VALUES: st.SearchStrategy[object] = _SCALARS | st.lists(_SCALARS, max_size=3) | st.dictionaries(texts, _SCALARS, max_size=3)
_PLACES = st.lists(st.sampled_from(["london", "by", "c", "r", "anytown", "city-of-london", "a-b", ""]), max_size=3)
_IDS = st.builds(
    lambda kind, places, day: ".".join([kind, *places, day]),
    st.sampled_from(["local", "mayor", "gla", "pcc", "parl", "sp", "senedd", "naw", "nia", "ref", "europarl", "lokal", ""]),
    _PLACES,
    st.dates().map(str) | st.sampled_from(["2028-05-04", "2012-01-02", "2028-12-26", "2027-02-30", ""]),
)
_NAMES = st.sampled_from(["timetable", "organisation", "division"])
_INNER = st.sampled_from(["notice_of_election_deadline", "territory_code", "common_name", "official_name", "name"])


@fuzzed
@given(damaged([SAMPLE], WORDS) | st.binary(max_size=300))
def test_a_damaged_file_is_read_or_refused_by_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "answer.json"
    path.write_bytes(data)
    with read_or_refused(BadInput, file=path, lines=lines_of(data)):
        found = read_files([path])
        assert all(shows(reason) for skipped in found.skipped for reason in (skipped.election, skipped.reason))
        assert all(shows(remark) for each in found.incoming for remark in (each.period.name, *each.remarks))
        assert all(shows(name) for gone in found.called_off for name in (*gone.ballots, *gone.replaced_by, *gone.periods))


@fuzzed
@given(
    st.sampled_from(PAGE["results"]),
    st.dictionaries(st.sampled_from(sorted(PAGE["results"][1])), _VALUES, max_size=3),
    st.dictionaries(st.tuples(_NAMES, _INNER), _VALUES, max_size=2),
    _IDS | st.none(),
    st.booleans(),
)
def test_a_ballot_of_any_values_is_read_or_refused(
    result: dict[str, Any], changes: dict[str, object], inner: dict[tuple[str, str], object], name: str | None, cancelled: bool
) -> None:
    ballot = copy.deepcopy(result)
    for (outer, key), value in inner.items():
        ballot[outer] = {**(ballot[outer] or {}), key: value}
    ballot |= {"cancelled": cancelled, **changes}
    if name is not None:
        ballot |= {"election_id": name, "poll_open_date": name.rpartition(".")[2], "replaced_by": name}
    data = json.dumps({"count": 1, "results": [ballot]}).encode("ascii")
    with read_or_refused(BadInput):
        read_answers([Answer(name="answer.json", data=data)])
    with read_or_refused(PlatformUnavailable):
        read_fetched(Fetched(address="", data=data, results=1, pages=1))


@fuzzed
@given(_IDS | texts, st.sampled_from([None, *Nation]))
def test_any_id_has_a_timetable_or_a_reason_that_it_has_none(text: str, nation: Nation | None) -> None:
    with read_or_refused(BadInput):
        election = read_id(text)
        found = timetable(election, nations_of(election, nation))
        assert all(deadline.on <= election.polling_day for deadline in found.deadlines)
