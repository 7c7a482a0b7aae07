"""`calendar checklist` and `calendar tick`: what is shown, what scripts receive, exit codes, and the page."""

from datetime import timedelta

import pytest

from purdah_scheduler.application import calendars
from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period
from tests.cli.conftest import Desk


@pytest.fixture
def called(desk: Desk) -> Desk:
    """A snap election that began an hour ago and lasts until a person says so, and an announcement queued inside it."""
    post = desk.cleared(category="announcement")
    desk.ok("post", "schedule", str(post), "--at", "tomorrow 09:30", by="asha")
    office = desk.house.office
    starts = office.now() - timedelta(hours=1)
    period = Period(
        id="ge-now",
        name="Snap election",
        kind=Kind.GENERAL,
        bodies=frozenset({Body.UK_CIVIL_SERVICE}),
        nations=frozenset({Nation.UK}),
        starts=starts,
        ends=starts + timedelta(days=35),
        end_mode=EndMode.MANUAL_LIFT,
        source="invented for a test",
    )
    calendars.declare(office, desk.house.actor("carys"), period)
    return desk


def test_the_list_is_shown_with_boxes_and_the_exit_code_says_that_something_is_open(called: Desk) -> None:
    ran = called("calendar", "checklist", "ge-now")
    assert ran.code == 2
    assert "[ ]   1 Publish the notice on outbox" in ran.out
    assert "Queued inside the period" in ran.out
    assert "BLOCKED, held: post 1" in ran.out
    assert "We are in the pre-election period" not in ran.out
    assert "calendar tick ge-now NUMBER --day first" in ran.err


def test_in_full_it_has_wordings_keys_and_sources(called: Desk) -> None:
    ran = called("calendar", "checklist", "ge-now", "--text")
    assert "Wording: We are in the pre-election period before the general election." in ran.out
    assert "Key: notice-outbox" in ran.out
    assert "Source: this product's own default" in ran.out


def test_scripts_receive_one_object(called: Desk) -> None:
    ran = called("calendar", "checklist", "ge-now", "--json")
    assert ran.code == 2
    shown = ran.object
    assert (shown["period"], shown["day"], shown["done"]) == ("ge-now", "first", 0)
    assert shown["items"] == len(shown["list"])
    first = shown["list"][0]
    assert (first["number"], first["item"], first["group"], first["done"]) == (1, "notice-outbox", "notice", False)
    assert first["source"] == "product default"
    queued = shown["list"][-1]
    assert (queued["post"], queued["account"], queued["changed"]) == (1, "outbox", False)
    assert queued["about"].startswith("block, due ")


def test_a_tick_names_who_and_when_and_can_be_taken_back(called: Desk) -> None:
    ran = called.ok("calendar", "tick", "ge-now", "1", "replies", "--note", "Agreed.", by="bede")
    assert "Done: 1. Publish the notice on outbox" in ran.out
    assert "2 of " in ran.err
    shown = called("calendar", "checklist", "ge-now").out
    assert "[x]   1" in shown
    assert "done by Bede Calloway, " in shown
    assert ": Agreed." in shown
    again = called.ok("calendar", "tick", "ge-now", "1", by="bede")
    assert (again.out, "it was so already" in again.err) == ("", True)
    assert "Open again: 1." in called.ok("calendar", "tick", "ge-now", "notice-outbox", "--undo", by="asha").out
    (marked,) = called.ok("calendar", "tick", "ge-now", "2", "--json", by="carys").object["marked"]
    assert (marked["person"], marked["done"]) == ("carys", True)


def test_when_all_is_done_the_exit_code_is_nought(called: Desk) -> None:
    items = [str(each["number"]) for each in called("calendar", "checklist", "ge-now", "--json").object["list"]]
    called.ok("calendar", "tick", "ge-now", *items, by="bede")
    ran = called.ok("calendar", "checklist", "ge-now")
    assert f"{len(items)} of {len(items)} done." in ran.out
    assert "Next:" not in ran.err


def test_a_post_that_moved_is_marked_as_changed(called: Desk) -> None:
    post = called.cleared()
    called.ok("post", "schedule", str(post), "--at", "tomorrow 10:30", by="asha")
    called.ok("calendar", "tick", "ge-now", f"queue-{post}-outbox", by="bede")
    called.ok("post", "move", str(post), "--at", "tomorrow 11:30", by="asha")
    shown = called("calendar", "checklist", "ge-now").out
    assert "[!]" in shown
    assert "changed since it was ticked by Bede Calloway" in shown


def test_it_is_written_as_one_page(called: Desk) -> None:
    path = called.path.parent / "first.html"
    ran = called.ok("calendar", "checklist", "ge-now", "--html", str(path))
    assert "Only you can read it" in ran.err
    assert path.stat().st_mode & 0o777 == 0o600
    text = path.read_text("utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "Snap election" in text
    facts = called.ok("calendar", "checklist", "ge-now", "--day", "last", "--html", str(path), "--json").object
    assert (facts["out"], facts["done"]) == (str(path), 0)


@pytest.mark.parametrize(
    ("line", "by", "code", "said"),
    [
        (("checklist", "ge-nwo"), "", 64, "Did you mean ge-now?"),
        (("checklist", "ge-now", "--day", "frist"), "", 64, "Did you mean first?"),
        (("checklist", "ge-now", "--html", "x.html", "--text"), "", 64, "not both"),
        (("checklist", "ge-now", "--html", "no/such/folder.html"), "", 64, "cannot be written"),
        (("tick", "ge-now", "99"), "bede", 64, "no item “99”"),
        (("tick", "ge-now", "1", "--note", "x" * 501), "bede", 64, "500 at most"),
        (("tick", "ge-now"), "bede", 64, "ITEM"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_next_step(
    called: Desk, line: tuple[str, ...], by: str, code: int, said: str
) -> None:
    ran = called("calendar", *line, by=by)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_declaring_and_ending_a_period_lead_to_its_lists(desk: Desk) -> None:
    line = ("--name", "Poll", "--kind", "local", "--body", "uk-civil-service", "--nation", "UK", "--starts", "+40d 09:00")
    ran = desk.ok("calendar", "declare", *line, "--ends", "+60d 09:00", "--id", "poll", "--yes", by="carys")
    assert "Next: purdah-scheduler calendar checklist poll" in ran.err
    over = desk.ok("calendar", "cancel", "poll", "--reason", "The poll is off.", by="carys")
    assert "calendar checklist poll --day last" in over.err


def test_the_last_days_list_begins_with_the_lift(called: Desk) -> None:
    ran = called("calendar", "checklist", "ge-now", "--day", "last")
    assert ran.code == 2
    assert "Nobody resumes until told" in ran.out
    assert "Held posts that need a new time" in ran.out
