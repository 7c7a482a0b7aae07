"""Any ICS file is read, or refused with its name and a line of it."""

from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.calendars.ics_read import Scope, read_ics_files
from purdah_scheduler.errors import BadInput
from tests.fuzz import damaged, fuzzed, in_time, read_or_refused, shows, texts

pytestmark = in_time

SAMPLE = b"""\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Anytown Council//Democratic Services//EN
X-WR-CALNAME:Elections
BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
DTSTART:19810329T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:one@anytown.example
DTSTAMP:20270101T120000Z
SUMMARY:Pre-election period\\, Anytown
DTSTART;VALUE=DATE:20270329
DTEND;VALUE=DATE:20270507
URL:https://www.anytown.example/notice
END:VEVENT
BEGIN:VEVENT
UID:two@anytown.example
SUMMARY:A summary that is folded over
  two lines
DTSTART;TZID=Europe/London:20270328T013000
DURATION:P1DT2H
STATUS:TENTATIVE
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT15M
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:three@anytown.example
SUMMARY:Called off
DTSTART:20270601T090000Z
DTEND:20270602T090000Z
STATUS:CANCELLED
END:VEVENT
END:VCALENDAR
"""
WORDS = [
    b"BEGIN:VEVENT\n",
    b"END:VEVENT\n",
    b"BEGIN:VCALENDAR\n",
    b"END:VCALENDAR\n",
    b"RRULE:FREQ=DAILY\n",
    b"DTSTART:99991231T235959Z\n",
    b"DTSTART:00010101\n",
    b"DTEND;VALUE=DATE-TIME:20270506\n",
    b"DTSTART;TZID=/etc/passwd:20270506T090000\n",
    b"DTSTART;TZID=GMT Standard Time:20270506T090000\n",
    b"DURATION:-P1D\n",
    b"DURATION:P99999999999D\n",
    b"DURATION:PT\n",
    b";TZID=",
    b";VALUE=PERIOD",
    b";VALUE=TEXT",
    b";VALUE=X-NONE",
    b'";"',
    b"20270506T240000",
    b"T256199Z",
    b"20270506/20270507",
    b"\n ",
    b"\n\t",
    b"\\,",
    b"%%",
]
SCOPE = Scope(kind="local", bodies=("local-authority",), nations=("England",))


def read_any(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    lines = data.count(b"\n") + data.count(b"\r") + 1
    with read_or_refused(BadInput, file=path, lines=lines):
        found = read_ics_files([path], SCOPE)
        for each in found.incoming:
            assert timedelta() < each.period.ends - each.period.starts
            assert shows(each.period.name)
            assert shows(each.period.source)
        assert all(shows(name) for gone in found.called_off for name in gone.ballots)


@fuzzed
@given(damaged([SAMPLE, SAMPLE.replace(b"\n", b"\r\n")], WORDS) | st.binary(max_size=300))
def test_a_damaged_file_is_read_or_refused_by_line(tmp_path: Path, data: bytes) -> None:
    read_any(tmp_path / "council.ics", data)


_NAMES = ["DTSTART", "DTEND", "DURATION", "SUMMARY", "UID", "STATUS", "URL", "RDATE", "EXDATE", "RECURRENCE-ID", "X-A"]
_VALUES = (
    st.from_regex(r"[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(T[0-2][0-9][0-5][0-9][0-6][0-9]Z?)?", fullmatch=True)
    | st.from_regex(r"[+-]?P([0-9]{1,12}[WDHMS])?(T[0-9]{0,12}[HMSD]?)?", fullmatch=True)
    | texts
)
_PARAMETERS = st.sampled_from(
    [
        "",
        *(f";VALUE={kind}" for kind in ("DATE", "DATE-TIME", "DURATION", "PERIOD", "URI", "TEXT")),
        *(f";TZID={zone}" for zone in ("Europe/London", "America/Nowhere", "UTC", "", "Europe/London;TZID=UTC", '"a:b"')),
        *(";LANGUAGE=cy", ';ALTREP="a:b;c"', ";X=\x01", ";="),
    ]
)


@fuzzed
@given(st.lists(st.tuples(st.sampled_from(_NAMES), _PARAMETERS, _VALUES), max_size=5))
def test_an_event_of_any_lines_is_read_or_refused(tmp_path: Path, lines: list[tuple[str, str, str]]) -> None:
    given_names = {name for name, _, _ in lines}
    good = [("UID", "", "1"), ("SUMMARY", "", "A"), ("DTSTART", "", "20270329"), ("DTEND", "", "20270507")]
    rest = [line for line in good if line[0] not in given_names and not (line[0] == "DTEND" and "DURATION" in given_names)]
    event = [f"{name}{parameters}:{value}" for name, parameters, value in [*lines, *rest]]
    text = "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *event, "END:VEVENT", "END:VCALENDAR", ""])
    read_any(tmp_path / "council.ics", text.encode("utf-8", "surrogatepass"))
