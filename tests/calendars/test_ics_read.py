"""ICS calendars come in whole or not at all: every fault is one sentence with file and line, found quickly."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from purdah_scheduler.calendars.every_election import Import
from purdah_scheduler.calendars.ics_read import MAX_EVENTS, Scope, read_ics_files
from purdah_scheduler.domain.periods import Body, Kind, Nation, Period, PeriodStatus
from purdah_scheduler.errors import BadInput

SCOPE = Scope(kind="local", bodies=("local-authority",), nations=("England",))


def event(*lines: str, uid: str = "one@example", summary: str = "Local elections") -> list[str]:
    return ["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{summary}", *lines, "END:VEVENT"]


def calendar(*lines: str, end: str = "\r\n") -> bytes:
    return end.join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", *lines, "END:VCALENDAR", ""]).encode()


def read(folder: Path, data: bytes, scope: Scope = SCOPE) -> Import:
    path = folder / "council.ics"
    path.write_bytes(data)
    return read_ics_files([path], scope)


def one(folder: Path, *lines: str, **changes: str) -> Period:
    (found,) = read(folder, calendar(*event(*lines, **changes))).incoming
    return found.period


ALL_DAY = ("DTSTART;VALUE=DATE:20280327", "DTEND;VALUE=DATE:20280505")


# --- what an event says -------------------------------------------------------------------------------------------


def test_an_all_day_event_is_local_midnight_to_local_midnight_with_its_end_excluded(tmp_path: Path) -> None:
    period = one(tmp_path, *ALL_DAY)
    assert period.starts == datetime(2028, 3, 26, 23, tzinfo=UTC)
    assert period.ends == datetime(2028, 5, 4, 23, tzinfo=UTC)
    assert not period.in_force(period.ends)
    assert period.in_force(period.ends - timedelta(seconds=1))


def test_an_all_day_event_without_an_end_is_that_day(tmp_path: Path) -> None:
    period = one(tmp_path, "DTSTART;VALUE=DATE:20280326")
    assert (period.starts, period.ends) == (datetime(2028, 3, 26, tzinfo=UTC), datetime(2028, 3, 26, 23, tzinfo=UTC))


@pytest.mark.parametrize(
    ("line", "starts"),
    [
        ("DTSTART:20280401T090000Z", datetime(2028, 4, 1, 9, tzinfo=UTC)),
        ("DTSTART:20280401T090000", datetime(2028, 4, 1, 8, tzinfo=UTC)),
        ("DTSTART;TZID=Europe/London:20280401T090000", datetime(2028, 4, 1, 8, tzinfo=UTC)),
        ("DTSTART;TZID=GMT Standard Time:20280401T090000", datetime(2028, 4, 1, 8, tzinfo=UTC)),
        ("DTSTART;TZID=Europe/Paris:20280401T090000", datetime(2028, 4, 1, 7, tzinfo=UTC)),
        ("DTSTART;TZID=Europe/London:20280326T013000", datetime(2028, 3, 26, 1, 30, tzinfo=UTC)),
        ("DTSTART;TZID=Europe/London:20271031T013000", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    ],
    ids=["UTC", "of no zone", "London", "Windows' London", "Paris", "missing: offset before", "twice: the first"],
)
def test_a_time_is_the_instant_that_rfc_5545_says(tmp_path: Path, line: str, starts: datetime) -> None:
    assert one(tmp_path, line, "DTEND:20280505T210000Z").starts == starts


def test_a_duration_counts_days_on_the_wall_and_hours_in_true_time(tmp_path: Path) -> None:
    start = "DTSTART;TZID=Europe/London:20280325T120000"
    assert one(tmp_path, start, "DURATION:P1D").ends == datetime(2028, 3, 26, 11, tzinfo=UTC)
    assert one(tmp_path, start, "DURATION:PT25H").ends == datetime(2028, 3, 26, 13, tzinfo=UTC)


def test_what_comes_in_is_provisional_of_the_kind_and_scope_that_a_person_gave(tmp_path: Path) -> None:
    period = one(tmp_path, *ALL_DAY, "URL:https://council.example/notice")
    assert (period.kind, *period.bodies, *period.nations) == (Kind.LOCAL, Body.LOCAL_AUTHORITY, Nation.ENGLAND)
    assert period.status is PeriodStatus.PROVISIONAL
    assert period.source == "https://council.example/notice ; ICS file council.ics, event one@example"


def test_an_event_that_moves_keeps_its_id_and_another_uid_is_another_period(tmp_path: Path) -> None:
    first = one(tmp_path, *ALL_DAY)
    moved = one(tmp_path, "DTSTART;VALUE=DATE:20280328", "DTEND;VALUE=DATE:20280505", summary="Elections, moved")
    assert moved.id == first.id
    assert one(tmp_path, *ALL_DAY, uid="two@example").id != first.id


def test_a_cancelled_event_is_reported_with_the_period_that_it_had(tmp_path: Path) -> None:
    known = one(tmp_path, *ALL_DAY)
    found = read(tmp_path, calendar(*event(*ALL_DAY, "STATUS:CANCELLED")))
    assert (found.incoming, [gone.periods for gone in found.called_off]) == ((), [(known.id,)])


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_folded_lines_and_every_line_end_are_read(tmp_path: Path, end: str) -> None:
    lines = [line for line in event(*ALL_DAY) if not line.startswith("SUMMARY")]
    data = calendar(*lines[:2], "SUMMARY:Local elec", " tions\\, Any", "\ttown", *lines[2:], end=end)
    assert read(tmp_path, b"\xef\xbb\xbf" + data).incoming[0].period.name == "Local elections, Anytown"


def test_zones_alarms_and_other_things_of_a_file_change_nothing(tmp_path: Path) -> None:
    lying = ["BEGIN:VTIMEZONE", "TZID:Europe/London", "BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0900"]
    lying += ["TZOFFSETTO:+0900", "RRULE:FREQ=SECONDLY", "END:STANDARD", "END:VTIMEZONE"]
    alarm = ["BEGIN:VALARM", "TRIGGER:-PT15M", "DURATION:PT5M", "REPEAT:99", "END:VALARM"]
    inside = event("DTSTART;TZID=Europe/London:20280401T090000", "DTEND:20280505T210000Z", "X-EVIL:\x1b[31m", *alarm)
    (found,) = read(tmp_path, calendar(*lying, *inside, "BEGIN:VTODO", "UID:x", "END:VTODO")).incoming
    assert found.period.starts == datetime(2028, 4, 1, 8, tzinfo=UTC)


# --- what is refused ----------------------------------------------------------------------------------------------


REFUSED = {
    "a rule": (event(*ALL_DAY, "RRULE:FREQ=YEARLY"), "repeats (RRULE)"),
    "more dates": (event(*ALL_DAY, "RDATE:20290101T000000Z"), "repeats (RDATE)"),
    "one of a series": (event(*ALL_DAY, "RECURRENCE-ID:20290101T000000Z"), "repeats (RECURRENCE-ID)"),
    "unknown zone": (
        event("DTSTART;TZID=Mars/Base:20280401T090000", "DTEND:20280505T210000Z"),
        "“Mars/Base”, which is not known",
    ),
    "zone as a path": (event("DTSTART;TZID=../../secret:20280401T090000", "DTEND:20280505T210000Z"), "which is not known"),
    "zone and UTC": (event("DTSTART;TZID=Europe/Paris:20280401T090000Z", "DTEND:20280505T210000Z"), "a zone and is in UTC"),
    "bad start": (event("DTSTART:2028xx", "DTEND:20280505T210000Z"), "a DTSTART that cannot be read"),
    "no start": (event("DTEND:20280505T210000Z"), "has no DTSTART"),
    "no end": (event("DTSTART:20280401T090000Z"), "has no end"),
    "two starts": (event(*ALL_DAY, "DTSTART;VALUE=DATE:20280301"), "gives DTSTART twice"),
    "two titles": (event(*ALL_DAY, "SUMMARY:Another"), "gives SUMMARY twice"),
    "end and length": (event(*ALL_DAY, "DURATION:P1D"), "a DTEND and a DURATION"),
    "date and time": (event("DTSTART;VALUE=DATE:20280327", "DTEND:20280505T210000Z"), "begins with a date and ends with a time"),
    "end first": (event("DTSTART;VALUE=DATE:20280505", "DTEND;VALUE=DATE:20280327"), "the end is not after the start"),
    "too far": (event("DTSTART;VALUE=DATE:99991231"), "outside"),
    "huge length": (event("DTSTART;VALUE=DATE:20280327", "DURATION:P99999999999D"), "cannot be read"),
    "long length": (event("DTSTART;VALUE=DATE:20280327", "DURATION:P9999999D"), "outside"),
    "no title": (event(*ALL_DAY, summary=""), "name is empty"),
    "long title": (event(*ALL_DAY, summary="a" * 2001), "more than 2000"),
    "escape sequence": (event(*ALL_DAY, summary="\x1b[31mred"), "a character that cannot be shown"),
    "bidi": (event(*ALL_DAY, summary="left\u202eright"), "a character that cannot be shown"),
    "no uid": (event(*ALL_DAY, uid=""), "has no UID"),
    "the same uid": ([*event(*ALL_DAY), *event(*ALL_DAY)], "the UID of an event before it"),
    "no event": ([], "there is no event in it"),
    "not closed": (["BEGIN:VEVENT"], "it ends something else"),
    "an event in a to-do": (["BEGIN:VTODO", *event(*ALL_DAY), "END:VTODO"], "within something else"),
    "no content line": (["what?", *event(*ALL_DAY)], "no line of an ICS calendar"),
    "a long line": (event(*ALL_DAY, summary="a" * 20_000), "more than 10000 characters"),
    "bad parameters": (event("DTSTART;A=b;;=:20280327", "DTEND;VALUE=DATE:20280505"), "a line that cannot be read"),
}


@pytest.mark.parametrize(("lines", "words"), REFUSED.values(), ids=REFUSED)
def test_a_bad_event_is_one_sentence_with_file_and_line(tmp_path: Path, lines: list[str], words: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read(tmp_path, calendar(*lines))
    message = refusal.value.message
    assert words in message
    assert message.startswith(f"{tmp_path / 'council.ics'} line ")
    assert message.endswith("so nothing was imported.")
    assert message.isprintable()


def test_the_line_is_that_of_the_faulty_event(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"council\.ics line 12: the event has no end"):
        read(
            tmp_path, calendar(*event(*ALL_DAY), "X-NOTE:folded", " once", *event("DTSTART:20280401T090000Z", uid="two@example"))
        )


HUGE = {
    "nothing": b"",
    "binary": bytes(range(256)),
    "text": b"hello",
    "half": calendar(*event(*ALL_DAY))[:-20],
    "two calendars": calendar(*event(*ALL_DAY)) * 2,
    "UTF-16": calendar(*event(*ALL_DAY)).decode().encode("utf-16"),
    "more than 1 MB": calendar(*event(*ALL_DAY), f"X-A:{'a' * 1_000_000}"),
    "too many events": calendar(*event(*ALL_DAY) * (MAX_EVENTS + 1)),
    "folded events": calendar(*["BEG", " IN:VEVENT", "END:VEVENT"] * (MAX_EVENTS + 1)),
    "deep": b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\n" * 100_000,
    "many properties": calendar(*["A:1"] * 190_000),
    "many of one event": calendar("BEGIN:VEVENT", *["SUMMARY:a"] * 80_000, "END:VEVENT"),
    "many parameters": calendar("BEGIN:VEVENT", "SUMMARY;" + "A=b;" * 240_000 + ":x", "END:VEVENT"),
    "quotes": calendar("BEGIN:VEVENT", 'SUMMARY;A="' + '";A="' * 1_900 + ":x", "END:VEVENT"),
    "spaces": b"BEGIN:VCALENDAR\r\n" + b" \r\n" * 300_000,
}


@pytest.mark.parametrize("data", HUGE.values(), ids=HUGE)
def test_a_hostile_file_is_refused_with_its_name(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BadInput) as refusal:
        read(tmp_path, data)
    assert "council.ics" in refusal.value.message
    assert "nothing was imported" in refusal.value.message
    assert len(refusal.value.message) < 500 + len(str(tmp_path))


def test_as_many_events_as_are_taken_are_read(tmp_path: Path) -> None:
    lines = [line for number in range(MAX_EVENTS) for line in event(*ALL_DAY, uid=str(number))]
    assert len(read(tmp_path, calendar(*lines)).incoming) == MAX_EVENTS


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.ics"):
        with pytest.raises(BadInput, match="nothing was imported"):
            read_ics_files([path], SCOPE)


LINES = st.sampled_from(["BEGIN:VEVENT", "END:VEVENT", "UID:1", "SUMMARY:a", *ALL_DAY, "DTSTART:", "DURATION:P1D", ""])


@given(st.lists(LINES | st.text(max_size=30), max_size=12), st.binary(max_size=20))
@example(["BEGIN:VEVENT", "UID:1", "SUMMARY:a", "DTSTART;VALUE=DATE-TIME:20280401", "END:VEVENT"], b"")
@example(["BEGIN:VEVENT", "UID:1", "SUMMARY:a", "DTSTART;VALUE=PERIOD:20280401T000000Z/P1D", "END:VEVENT"], b"")
@example(["BEGIN:VEVENT", "UID:1", "SUMMARY:a", "DTSTART;VALUE=TIME:101010", "END:VEVENT"], b"")
@example(["BEGIN:VEVENT", "UID;VALUE=DATE:20280401", "SUMMARY;VALUE=DATE:20280401", *ALL_DAY, "END:VEVENT"], b"")
@example(["BEGIN:VEVENT", "UID:1", "SUMMARY:a", *ALL_DAY, "DURATION;VALUE=TEXT:P1D", "END:VEVENT"], b"")
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, lines: list[str], tail: bytes) -> None:
    folder = tmp_path_factory.getbasetemp()
    data = "\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]).encode("utf-8", "surrogatepass") + tail
    told = ""
    try:
        found = read(folder, data).ballots
    except BadInput as refusal:
        found, told = 0, refusal.message
    assert found or "council.ics" in told


def test_an_event_of_a_calendar_within_a_calendar_is_refused_with_its_line(tmp_path: Path) -> None:
    inner = ["BEGIN:VCALENDAR", *event("DTSTART:20280401T090000Z", "DTEND:20280505T210000Z"), "END:VCALENDAR"]
    with pytest.raises(BadInput, match="line 5: an event stands within something else than the calendar"):
        read(tmp_path, calendar(*inner))
