"""What is exported is a calendar that any program reads, and nobody's text is anything but text in it."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from purdah_scheduler.application.lists import Line
from purdah_scheduler.calendars import shipped
from purdah_scheduler.calendars.ics_read import Scope, read_ics_files
from purdah_scheduler.calendars.ics_write import Entry, period_entry, post_entry, write_ics
from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period, PeriodStatus
from purdah_scheduler.domain.reveal import reveal

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PERIOD = Period(
    id="ge-2029",
    name="General election 2029",
    kind=Kind.GENERAL,
    bodies=frozenset({Body.UK_CIVIL_SERVICE, Body.LOCAL_AUTHORITY}),
    nations=frozenset({Nation.UK}),
    starts=datetime(2026, 11, 2, 0, 1, tzinfo=UTC),
    ends=datetime(2026, 12, 3, 22, tzinfo=UTC),
    source="https://www.gov.example/notice",
)
LINE = Line(
    post=7, title="Lines open at 8", account="x-main", state="held", at=NOW, reason_code="", reason="private words", remote_url=""
)


def written(*entries: Entry, department: str = "Tides") -> bytes:
    return write_ics(entries, department=department, now=NOW)


def events(data: bytes) -> list[Event]:
    return [event for event in Calendar.from_ical(data).walk("VEVENT") if isinstance(event, Event)]


def exported(period: Period, now: datetime = NOW) -> Event:
    (found,) = events(written(period_entry(period, [Body.UK_CIVIL_SERVICE], shipped.load()[1], now)))
    return found


# --- periods ------------------------------------------------------------------------------------------------------


def test_a_period_says_its_rules_and_its_source_in_words() -> None:
    event = exported(PERIOD)
    assert str(event["SUMMARY"]) == "General election 2029 (strict rules, as in a general election)"
    assert "Source: https://www.gov.example/notice" in str(event["DESCRIPTION"])
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (PERIOD.starts, PERIOD.ends)
    assert (str(event["STATUS"]), str(event["TRANSP"])) == ("CONFIRMED", "TRANSPARENT")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"status": PeriodStatus.PROVISIONAL}, "TENTATIVE"),
        ({"status": PeriodStatus.CANCELLED}, "CANCELLED"),
        ({"suppressed": "not ours"}, "CANCELLED"),
        ({"status": PeriodStatus.HELD}, "CONFIRMED"),
    ],
)
def test_the_status_of_an_event_is_that_of_its_period(changes: dict[str, object], status: str) -> None:
    assert str(exported(replace(PERIOD, **changes))["STATUS"]) == status  # type: ignore[arg-type]  # built by name


def test_a_period_that_nobody_has_ended_goes_on_to_the_end_of_today() -> None:
    open_ended = replace(PERIOD, end_mode=EndMode.MANUAL_LIFT)
    assert exported(open_ended).decoded("DTEND") == PERIOD.ends
    later = exported(open_ended, PERIOD.ends + timedelta(days=2))
    assert later.decoded("DTEND") == datetime(2026, 12, 6, tzinfo=UTC)
    assert "lasts until a person records that it is over" in str(later["DESCRIPTION"])
    lifted = exported(replace(open_ended, lifted_at=PERIOD.ends + timedelta(days=1)), PERIOD.ends + timedelta(days=2))
    assert lifted.decoded("DTEND") == PERIOD.ends + timedelta(days=1)


def test_the_uid_stays_when_a_period_changes_and_is_another_for_another_period_or_department() -> None:
    entry = period_entry(PERIOD, [Body.UK_CIVIL_SERVICE], shipped.load()[1], NOW)
    moved = replace(entry, starts=entry.starts + timedelta(days=1), summary="Another name")
    uids = [
        str(events(data)[0]["UID"])
        for data in (written(entry), written(moved), written(replace(entry, key="x")), written(entry, department="Rivers"))
    ]
    assert uids[0] == uids[1]
    assert len(set(uids)) == 3


def test_every_shipped_period_is_exported_with_a_uid_of_its_own() -> None:
    periods, rulebook = shipped.load()
    found = events(written(*(period_entry(period, Body, rulebook, NOW) for period in periods)))
    assert len({str(event["UID"]) for event in found}) == len(periods)
    assert all(event.decoded("DTSTART") < event.decoded("DTEND") for event in found)


def test_what_is_exported_can_be_imported_with_the_same_times(tmp_path: Path) -> None:
    path = tmp_path / "out.ics"
    periods, rulebook = shipped.load()
    path.write_bytes(written(*(period_entry(period, Body, rulebook, NOW) for period in periods)))
    found = read_ics_files([path], Scope(kind="general", bodies=("alb",), nations=("UK",))).incoming
    periods = tuple(period for period in periods if not period.is_off)
    ended = [period.ended_at() or period.ends for period in periods]
    assert sorted((each.period.starts, each.period.ends) for each in found) == sorted(
        (period.starts.replace(microsecond=0), end) for period, end in zip(periods, ended, strict=True)
    )


# --- posts --------------------------------------------------------------------------------------------------------


def test_a_post_has_its_title_and_state_and_neither_its_words_nor_a_reason() -> None:
    (event,) = events(written(post_entry(LINE, NOW)))
    assert str(event["SUMMARY"]) == "Lines open at 8 (x-main, held)"
    assert event.decoded("DTSTART") == NOW
    assert "DTEND" not in event
    assert "private words" not in str(event["DESCRIPTION"])


def test_the_words_are_there_only_where_they_are_given() -> None:
    (event,) = events(written(post_entry(LINE, NOW, text="First line.\nSecond.")))
    assert str(event["DESCRIPTION"]).endswith("\n\nFirst line.\nSecond.")


# --- hostile text -------------------------------------------------------------------------------------------------

HOSTILE = "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil\x1b]0;x\x07;,\\n\\N\x00\u202e\u2028"
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200)


def raw_text(data: bytes, name: str) -> str:
    """A TEXT as RFC 5545 reads it, independently of icalendar, which mistakes some backslashes."""
    lines = data.replace(b"\r\n ", b"").decode().split("\r\n")
    (value,) = (line.removeprefix(f"{name}:") for line in lines if line.startswith(f"{name}:"))
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
@example(r"C:\New\notes", r"\N \\N \n", "")
@example(HOSTILE, HOSTILE, HOSTILE)
@example("\\", "\\\n", "\\;")
@example("\r", "\n", "\x85")
def test_no_text_is_anything_but_text(summary: str, description: str, department: str) -> None:
    entry = Entry(
        key=summary,
        summary=summary,
        description=description,
        starts=NOW,
        ends=None,
        status="CONFIRMED",
        category="Post",
    )
    data = written(entry, department=department)
    calendar = Calendar.from_ical(data)
    (event,) = events(data)
    assert sorted(event) == ["CATEGORIES", "DESCRIPTION", "DTSTAMP", "DTSTART", "STATUS", "SUMMARY", "TRANSP", "UID"]
    assert [component.name for component in calendar.walk()] == ["VCALENDAR", "VEVENT"]
    assert raw_text(data, "SUMMARY") == reveal(summary, keep_newlines=False)
    assert raw_text(data, "DESCRIPTION") == reveal(description)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert not {byte for byte in data if byte < 0x20} - {0x0D, 0x0A}
