"""Any calendar file is read, or refused with its name and the line of each fault."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.calendars.period_table import KEYS, read_period
from purdah_scheduler.calendars.toml_file import read_files
from purdah_scheduler.domain.periods import Basis, Body, EndMode, Kind, Nation, Period, PeriodStatus
from purdah_scheduler.errors import ConfigFaults
from tests.fuzz import damaged, fuzzed, in_time, lines_of, read_or_refused, shows, texts

pytestmark = in_time

SAMPLE = b"""\
# periods of our own
[[period]]
id = "anytown-by-2027"
name = "By-election, Anytown"
kind = "by-election"
bodies = ["uk-civil-service", "local-authority"]
nations = ["England"]
area = "Anytown"
starts = 2027-02-04
ends = 2027-02-26T00:00:00
announced = 2027-01-28
end_mode = "fixed"
source = "https://www.anytown.example/notice"
notes = \"\"\"
Two lines
of notes.\"\"\"

[[period]]
id = 'freeze'
name = "Freeze"
kind = "freeze"
bodies = ["alb"]
nations = ["UK"]
starts = 2027-03-28T01:30:00+01:00
lifted = 2027-03-30T12:00:00Z
status = "lifted"
polling_day = 2027-05-06
"""
WORDS = [f"{key} = ".encode() for key in KEYS] + [
    b"[[period]]",
    b"[period]",
    b"period = [{}]",
    b"2027-05-06T22:00:00",
]


@fuzzed
@given(damaged([SAMPLE], WORDS) | st.binary(max_size=300))
def test_a_damaged_file_is_read_or_refused_by_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(data)
    with read_or_refused(ConfigFaults, file=path, lines=lines_of(data)):
        for period in read_files([path]):
            assert period.starts < period.ends


_SCALARS = (
    texts
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.datetimes(timezones=st.sampled_from([None, UTC, timezone(timedelta(hours=-12))]))
    | st.times()
    | st.sampled_from([str(member) for kind in (Kind, Body, Nation, Basis, EndMode, PeriodStatus) for member in kind])
)
_VALUES: st.SearchStrategy[object] = _SCALARS | st.lists(_SCALARS, max_size=3) | st.dictionaries(texts, _SCALARS, max_size=2)
_GOOD: dict[str, object] = {
    "id": "a",
    "name": "A",
    "kind": "local",
    "bodies": ["alb"],
    "nations": ["UK"],
    "starts": date(2027, 5, 6),
    "ends": datetime.combine(date(2027, 5, 7), time()),
}


@fuzzed
@given(st.dictionaries(st.sampled_from(KEYS) | texts, _VALUES, max_size=4), st.sets(st.sampled_from(sorted(_GOOD)), max_size=2))
def test_a_table_of_any_values_is_a_period_or_a_list_of_faults(changes: dict[str, object], left_out: set[str]) -> None:
    table = {key: value for key, value in (_GOOD | changes).items() if key not in left_out or key in changes}
    found = read_period(table, origin="here")
    if isinstance(found, Period):
        assert found.starts.tzinfo is UTC
        assert found.starts < found.ends
    else:
        assert found
        assert all(shows(fault.sentence) for fault in found)
