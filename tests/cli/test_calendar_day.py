"""`calendar day` explains any day, to people in lines and to scripts in one object."""

import re

import pytest

from tests.cli.conftest import Desk, command


@pytest.fixture
def uk(desk: Desk) -> Desk:
    """The house with the calendar that ships."""
    text = desk.path.read_text("utf-8")
    desk.path.write_text(text.replace("shipped = false", "shipped = true"), "utf-8")
    return desk


def test_a_day_is_explained_in_lines(uk: Desk) -> None:
    out = uk.ok("calendar", "day", "7 May 2026").out
    assert out.startswith("Thursday 7 May 2026\n")
    for said in (
        r"Polling day +Local elections \(England\); Scottish Parliament election; Senedd",
        r"Day +A working day\.",
        r"In force +all day, day 22 of 22; ends Fri 8 May 2026 00:00 BST",
        r"Rules +particular care \(uk-civil-service\)",
        r"Sign-off +election info, voter encouragement",
        r"Basis +convention",
        r"Source +https://",
        r"No posts\.",
    ):
        assert re.search(said, out), said


def test_a_script_gets_one_object_with_stable_names(desk: Desk) -> None:
    desk.new("Phone lines open.", "--at", "2027-03-01T09:30")
    day = desk.ok("calendar", "day", "2027-03-01", "--json").object
    assert list(day) == ["date", "starts", "ends", "hours", "working", "gap", "notable", "periods", "posts", "pacing"]
    assert (day["date"], day["hours"], day["working"]) == ("2027-03-01", 24, "A working day.")
    (post,) = day["posts"]
    assert (post["at"], post["state"], post["verdict"]) == ("2027-03-01T09:30:00+00:00", "draft", "allow")


def test_the_rules_of_a_day_are_given_by_category(uk: Desk) -> None:
    (period, *_) = uk.ok("calendar", "day", "20/4/2026", "--json").object["periods"]
    (rules,) = period["rules"]
    assert (period["standing"], period["day"], rules["bodies"]) == ("in-force", 26, ["uk-civil-service"])
    assert "announcement" in rules["flag"]
    assert {"regime", "label", "bodies", "block", "flag", "allow", "own_rules"} == set(rules)


def test_deadlines_are_told_by_sort(uk: Desk) -> None:
    found = uk.ok("calendar", "day", "2026-03-30", "--json").object["notable"]
    assert [entry["words"] for entry in found if entry["sort"] == "deadline"] == [
        "Notice of election, at the latest: Local elections (England)",
        "Notice of election, at the latest: Senedd election",
    ]


@pytest.mark.parametrize("typed", ["soonish", "31 feb", ""])
def test_what_is_no_day_is_refused(desk: Desk, typed: str) -> None:
    ran = desk("calendar", "day", typed)
    assert (ran.code, ran.out) == (64, "")
    assert "names no day" in ran.err


def test_without_a_configuration_every_body_of_the_uk_calendar_is_told() -> None:
    ran = command("calendar", "day", "7 May 2026")
    assert ran.code == 0
    assert "Scottish Parliament election 2026: Scottish Government" in ran.out
    assert "the UK calendar alone was used" in ran.err


def test_a_year_that_nobody_knows_the_holidays_of_says_so(desk: Desk) -> None:
    assert "not for 2031" in desk.ok("calendar", "day", "1 jan 2031").out


def test_posts_that_are_close_and_slots_that_are_all_free_are_told_of_their_day(desk: Desk) -> None:
    text = desk.path.read_text("utf-8")
    desk.path.write_text(text.replace("[[account]]", '[[account]]\nslots = ["daily 09:00 17:00"]', 1), "utf-8")
    desk.new("Phone lines open.", "--at", "2099-03-02T09:30")
    desk.new("Phone lines close.", "--at", "2099-03-02T09:40")
    told = desk.ok("calendar", "day", "2 march 2099")
    assert re.search(r"Look: \S+: posts 1 and 2 10 minutes apart, Mon 2 Mar 2099 09:30 GMT", told.out)
    assert "slots free" not in told.out
    (words,) = desk.ok("calendar", "day", "3 march 2099", "--json").object["pacing"]
    assert words.endswith("no post on this day, 2 slots free")


def test_the_hour_that_happens_twice_carries_its_zone(desk: Desk) -> None:
    desk.new("In winter time.", "--at", "2099-10-25T01:30+00:00")
    assert "01:30 GMT  1  draft" in desk.ok("calendar", "day", "25 october 2099").out
