"""`calendar export`, ICS files in `calendar import`, and `calendar show --html`, as people and scripts call them."""

import os
import re
import stat
from pathlib import Path

import pytest
from icalendar import Calendar

from tests.cli.conftest import Desk, command

SCOPE = ("--kind", "general", "--body", "uk-civil-service")


def ics(*events: tuple[str, str, str], status: str = "CONFIRMED") -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN"]
    for uid, start, end in events:
        lines += ["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:Election {uid}", f"STATUS:{status}"]
        lines += [f"DTSTART;VALUE=DATE:{start}", f"DTEND;VALUE=DATE:{end}", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def saved(desk: Desk, *events: tuple[str, str, str], status: str = "CONFIRMED") -> str:
    path = desk.path.parent / "council.ICS"
    path.write_text(ics(*events, status=status), "utf-8", newline="")
    return str(path)


def declared(desk: Desk) -> list[str]:
    return [line["name"] for line in desk.ok("calendar", "list", "--all", "--json").objects]


FIRST, SECOND = ("one", "20280401", "20280505"), ("two", "20290401", "20290505")


# --- import -------------------------------------------------------------------------------------------------------


def test_an_ics_calendar_is_declared_as_provisional_periods_and_again_changes_nothing(desk: Desk) -> None:
    path = saved(desk, FIRST, SECOND)
    done = desk.ok("calendar", "import", path, *SCOPE, "--yes", "--json", by="carys").object
    assert [(each["name"], each["status"], each["nations"]) for each in done["declared"]] == [
        ("Election one", "provisional", ["UK"]),
        ("Election two", "provisional", ["UK"]),
    ]
    assert done["declared"][0]["starts"] == "2028-04-01T00:00:00+01:00"
    again = desk.ok("calendar", "import", path, *SCOPE, by="carys")
    assert (again.out, "Events read: 2." in again.err) == ("Nothing new. 2 already there.\n", True)


def test_a_faulty_event_means_that_nothing_of_any_file_is_declared(desk: Desk) -> None:
    good = saved(desk, FIRST)
    bad = desk.path.parent / "bad.ics"
    bad.write_text(ics(SECOND, ("three", "20280505", "20280401")), "utf-8")
    ran = desk("calendar", "import", good, str(bad), *SCOPE, "--yes", by="carys")
    assert ran.code == 64
    assert f"{bad} line 11: the event makes no period: the end is not after the start, so nothing was imported." in ran.err
    assert declared(desk) == []


def test_an_event_that_moved_is_reported_and_what_was_declared_stays(desk: Desk) -> None:
    desk.ok("calendar", "import", saved(desk, FIRST), *SCOPE, "--yes", by="carys")
    told = desk("calendar", "import", saved(desk, ("one", "20280402", "20280505")), *SCOPE, "--yes", by="carys")
    assert (told.code, told.out) == (2, "Nothing new. 1 declared otherwise, left as declared.\n")


def test_a_cancelled_event_that_is_declared_waits_for_a_person(desk: Desk) -> None:
    assert desk("calendar", "import", saved(desk, FIRST, status="CANCELLED"), *SCOPE, "--yes", by="carys").code == 0
    desk.ok("calendar", "import", saved(desk, FIRST), *SCOPE, "--yes", by="carys")
    told = desk("calendar", "import", saved(desk, FIRST, status="CANCELLED"), *SCOPE, "--yes", by="carys")
    assert (told.code, "purdah-scheduler calendar cancel ics-" in told.err) == (2, True)


def test_what_an_ics_calendar_blocks_is_held_in_the_same_step(desk: Desk) -> None:
    post = desk.cleared(category="policy-promotion")
    desk.ok("post", "schedule", str(post), "--at", "2028-04-10T09:00", by="asha")
    done = desk.ok("calendar", "import", saved(desk, FIRST), *SCOPE, "--yes", "--json", by="carys").object
    assert done["held"] == 1
    assert desk.shown(post)["accounts"][0]["state"] == "held"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "does not say which election it is about"),
        (("--kind", "general"), "does not say which election it is about"),
        (("--kind", "by-election", "--body", "alb"), "needs the area"),
    ],
)
def test_what_a_file_cannot_say_has_to_be_said(desk: Desk, options: tuple[str, ...], words: str) -> None:
    ran = desk("calendar", "import", saved(desk, FIRST), *options, "--yes", by="carys")
    assert (ran.code, words in ran.err, declared(desk)) == (64, True, [])


def test_answers_of_every_election_take_no_scope_and_are_not_mixed_with_calendars(desk: Desk) -> None:
    answer = desk.path.parent / "answer.json"
    answer.write_text('{"count": 0, "results": []}', "utf-8")
    assert "Leave out --kind" in desk("calendar", "import", str(answer), *SCOPE, by="carys").err
    assert "are mixed" in desk("calendar", "import", str(answer), saved(desk, FIRST), *SCOPE, by="carys").err


def test_an_export_that_comes_back_doubles_nothing(desk: Desk) -> None:
    desk.ok("calendar", "import", saved(desk, FIRST), *SCOPE, "--yes", by="carys")
    out = str(desk.path.parent / "out.ics")
    desk.ok("calendar", "export", "--out", out)
    back = desk.ok("calendar", "import", out, *SCOPE, "--yes", by="carys")
    assert (back.out, "It is an export of the period ics-" in back.err) == ("Nothing new.\n", True)
    assert declared(desk) == ["Election one"]


# --- export -------------------------------------------------------------------------------------------------------


def summaries(data: str | bytes) -> list[str]:
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(data).walk("VEVENT")]


def test_the_periods_that_concern_an_account_are_exported_and_every_one_with_all(desk: Desk) -> None:
    desk.ok("calendar", "import", saved(desk, FIRST), *SCOPE, "--yes", by="carys")
    desk.ok("calendar", "import", saved(desk, SECOND), "--kind", "local", "--body", "opcc", "--yes", by="carys")
    assert summaries(desk.ok("calendar", "export").out) == ["Election one (strict rules, as in a general election)"]
    assert len(summaries(desk.ok("calendar", "export", "--all").out)) == 2


def test_the_queue_is_exported_only_when_asked_for_and_its_words_only_when_asked_for_again(desk: Desk) -> None:
    words = "The bridge opens on Monday."
    post = desk.cleared("--title", "Bridge")
    desk.ok("post", "schedule", str(post), "--at", "2028-04-10T09:00", by="asha")
    assert summaries(desk.ok("calendar", "export").out) == []
    queue = desk.ok("calendar", "export", "--queue").out
    assert (summaries(queue), words in queue) == (["Bridge (outbox, scheduled)"], False)
    assert words in desk.ok("calendar", "export", "--queue", "--with-text").out.replace("\r\n ", "")


def test_a_post_that_is_withdrawn_or_has_no_time_is_not_exported(desk: Desk) -> None:
    desk.cleared("--title", "No time")
    gone = desk.cleared("--title", "Gone")
    desk.ok("post", "schedule", str(gone), "--at", "2028-04-10T09:00", by="asha")
    desk.ok("post", "cancel", str(gone), by="asha")
    assert summaries(desk.ok("calendar", "export", "--queue").out) == []


def test_an_export_replaces_its_file_whole_for_its_owner_alone(desk: Desk) -> None:
    out = desk.path.parent / "out.ics"
    out.write_text("something old", "utf-8")
    out.chmod(0o644)
    made = desk.ok("calendar", "export", "--out", str(out), "--json").object
    assert (made["periods"], made["bytes"]) == (0, out.stat().st_size)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert summaries(out.read_bytes()) == []
    assert [path.name for path in out.parent.iterdir() if path.name.endswith(".part")] == []


@pytest.mark.parametrize("line", [("calendar", "export"), ("calendar", "show", "--html")])
def test_what_cannot_be_written_is_a_refusal_and_leaves_what_was_there(desk: Desk, line: tuple[str, ...]) -> None:
    pipe = desk.path.parent / "pipe"
    os.mkfifo(pipe)
    for out in (desk.path.parent, desk.path.parent / "none" / "a", pipe):
        ran = desk(*line, "--out", str(out))
        assert (ran.code, "so nothing was written" in ran.err) == (64, True)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert desk(*line, "--json").code == 64


def test_the_words_of_posts_without_the_posts_are_refused(desk: Desk) -> None:
    assert desk("calendar", "export", "--with-text").code == 64


def test_without_a_configuration_the_uks_calendar_is_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PURDAH_CONFIG", str(tmp_path / "none.toml"))
    ran = command("calendar", "export")
    assert (ran.code, len(summaries(ran.out)) > 50) == (0, True)
    page = command("calendar", "show", "--html", "--from", "2024-05-01", "--to", "2024-07-31").out
    assert re.search("general election.{0,40}strict rules", page)


# --- the page -----------------------------------------------------------------------------------------------------


def test_the_page_shows_period_and_post_of_the_days_asked_for(desk: Desk) -> None:
    post = desk.cleared("--title", "<b>Bridge</b>")
    desk.ok("post", "schedule", str(post), "--at", "2028-04-10T09:00", by="asha")
    desk.ok("calendar", "import", saved(desk, FIRST), *SCOPE, "--yes", by="carys")
    out = desk.path.parent / "grid.html"
    line = ("calendar", "show", "--html", "--from", "2028-04-01", "--to", "30 April 2028", "--out", str(out), "--json")
    made = desk.ok(*line).object
    text = out.read_text("utf-8")
    assert (made["periods"], made["posts"], stat.S_IMODE(out.stat().st_mode)) == (1, 1, 0o600)
    assert "&lt;b&gt;Bridge&lt;/b&gt;" in text
    assert "<b>Election one</b>: strict rules" in text
    assert "April 2028 to April 2028" in text
    none = desk.ok("calendar", "show", "--html", "--from", "2028-04-11", "--to", "2028-04-30").out
    assert ("Bridge" in none, "Election one" in none) == (False, True)


def test_the_page_begins_with_this_month_and_has_three(desk: Desk) -> None:
    text = desk.ok("calendar", "show", "--html").out
    assert text.startswith("<!DOCTYPE html>")
    assert text.count('<section class="month"') == 3
    assert desk.ok("calendar", "show", "--html", "--from", "31 January 2028").out.count('<section class="month"') == 3


@pytest.mark.parametrize(
    "line",
    [
        ("--from", "2028-04-02", "--to", "2028-04-01"),
        ("--from", "2028-01-01", "--to", "2030-01-01"),
        ("--from", "<b>"),
        ("--to", "2028-02-30"),
    ],
)
def test_days_that_cannot_be_shown_are_refused(desk: Desk, line: tuple[str, ...]) -> None:
    ran = desk("calendar", "show", "--html", *line)
    assert (ran.code, ran.out, "nothing was written" in ran.err) == (64, "", True)


@pytest.mark.parametrize("line", [(), ("ge-2024-uk", "--html"), ("ge-2024-uk", "--out", "x"), ("--from", "2028-01-01")])
def test_show_wants_a_period_or_the_page(desk: Desk, line: tuple[str, ...]) -> None:
    assert desk("calendar", "show", *line).code == 64
