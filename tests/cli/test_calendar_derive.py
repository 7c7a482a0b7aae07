"""`calendar derive` prints dates, periods and gaps without a configuration, and declares one period when it is asked to."""

import pytest

from tests.cli.conftest import Desk, command

DERIVE = ("calendar", "derive", "local.2028-05-04", "--nation", "England")


def test_the_timetable_and_the_periods_need_no_configuration() -> None:
    told = command("calendar", "derive", "local.2026-05-07", "--nation", "England")
    assert told.code == 0
    assert "Mon 30 Mar 2026  Notice of election, at the latest" in told.out
    assert "25 working days before the poll" in told.out
    assert "Good Friday (Fri 3 Apr 2026), Easter Monday (Mon 6 Apr 2026)" in told.out
    assert "government: Thu 16 Apr 2026 00:00 BST to Fri 8 May 2026 00:00 BST" in told.out


def test_scripts_get_starts_ends_basis_and_that_it_is_provisional() -> None:
    facts = command("calendar", "derive", "sp.2026-05-07", "--json").object
    (councils,) = facts["periods"]
    assert (councils["part"], councils["status"], councils["basis"]) == ("councils", "provisional", "statutory")
    assert (councils["starts"], councils["ends"]) == ("2026-03-25T00:00:00+00:00", "2026-05-07T22:00:00+01:00")
    assert (facts["notice_deadline"], facts["working_days"]) == ("2026-03-25", 28)
    assert {"date": "2026-04-06", "name": "Easter Monday"} in facts["not_counted"]
    assert [gap["bodies"] for gap in facts["not_derived"]] == [["scottish-gov"], ["uk-civil-service", "alb", "nhs-national"]]


def test_of_a_general_election_it_says_that_the_start_cannot_be_derived() -> None:
    told = command("calendar", "derive", "parl.2024-07-04")
    assert told.code == 0
    assert "Not derived for uk-civil-service" in told.out
    assert "purdah-scheduler calendar declare --kind general --end-mode manual-lift" in told.out


@pytest.mark.parametrize(
    "line",
    [
        ("local.2026-05-07",),
        ("ref.2028-05-04",),
        ("europarl.2019-05-23",),
        ("foo.2026-05-07",),
        ("local",),
        ("local.2029-05-03", "--nation", "England"),
        ("local.2011-05-05", "--nation", "England"),
        ("local.2026-05-07", "--nation", "England", "--notice", "2026-03-31"),
        ("local.2026-05-07", "--nation", "England", "--notice", "soon"),
        ("local.2026-05-07", "--nation", "Englnd"),
        ("local.2026-05-07", "--nation", "England", "--area", "a\x1bb"),
    ],
)
def test_what_cannot_be_derived_is_one_sentence_and_exit_code_64(line: tuple[str, ...]) -> None:
    ran = command("calendar", "derive", *line, "--json")
    assert (ran.code, ran.out) == (64, "")
    assert ran.error["error"].endswith(("nothing was derived.", "nothing was done."))
    assert "\n" not in ran.error["error"]


def test_a_derived_period_is_declared_as_provisional_and_on_the_record(desk: Desk) -> None:
    done = desk.ok(*DERIVE, "--declare", "government", "--yes", "--json", by="carys").object
    assert (done["declared"], done["held"]) == ("local-england-2028-05-04-government", 0)
    shown = desk.ok("calendar", "show", done["declared"], "--json").object
    assert (shown["status"], shown["origin"], shown["basis"]) == ("provisional", "store", "convention")
    assert shown["starts"] == "2028-04-13T00:00:00+01:00"
    (entry,) = [line for line in desk.ok("audit", "log", "--json").objects if line["action"] == "period.declared"]
    assert entry["facts"]["person"] == "carys"
    again = desk(*DERIVE, "--declare", "government", "--yes", by="carys")
    assert (again.code, "already" in again.err) == (64, True)


def test_the_real_day_of_the_notice_is_on_the_record_with_who_gave_it(desk: Desk) -> None:
    line = (*DERIVE, "--notice", "20 March 2028", "--declare", "councils", "--yes")
    desk.ok(*line, by="carys")
    shown = desk.ok("calendar", "show", "local-england-2028-05-04-councils-from-2028-03-20", "--json").object
    assert shown["starts"] == "2028-03-20T00:00:00+00:00"
    (entry,) = [line for line in desk.ok("audit", "log", "--json").objects if line["action"] == "period.declared"]
    assert entry["facts"]["person"] == "carys"
    assert entry["facts"]["basis"].startswith("notice of election published on Mon 20 Mar 2028; the latest day was")


def test_an_earlier_notice_can_be_declared_after_the_latest_day_was(desk: Desk) -> None:
    desk.ok(*DERIVE, "--declare", "councils", "--yes", by="carys")
    desk.ok(*DERIVE, "--notice", "2028-03-20", "--declare", "councils", "--yes", by="carys")
    at = desk.ok("calendar", "list", "--all", "--at", "2028-03-20T00:00", "--json").objects
    assert [period["id"] for period in at] == ["local-england-2028-05-04-councils-from-2028-03-20"]
    twice = desk(*DERIVE, "--notice", "2028-03-20", "--declare", "councils", "--yes", by="carys")
    assert (twice.code, "already" in twice.err) == (64, True)


def test_nothing_is_declared_without_a_yes_or_without_being_asked_for(desk: Desk) -> None:
    asked = desk(*DERIVE, "--declare", "government", by="carys")
    assert (asked.code, "nothing was declared" in asked.err) == (64, True)
    assert "Of 0 posts in the queue it holds 0 and flags 0." in asked.err
    desk.ok(*DERIVE, by="carys")
    assert desk(*DERIVE, "--declare", "opcc", "--yes", by="carys").code == 64
    assert desk.ok("calendar", "list", "--json").objects == []


def test_what_a_declared_period_binds_is_said_before_it_is_declared(desk: Desk) -> None:
    assert "It binds outbox." in desk.ok(*DERIVE, "--declare", "government", "--yes", by="carys").err
    assert "concerns no account" in desk.ok(*DERIVE, "--declare", "councils", "--yes", by="carys").err
    by = ("calendar", "derive", "parl.anytown.by.2027-02-25", "--nation", "England", "--declare", "government", "--yes")
    assert 'give the accounts that it binds area = "Anytown"' in desk.ok(*by, by="carys").err
