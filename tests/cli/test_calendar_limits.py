"""Periods limited to accounts, channels or a campaign, and blackouts with their own rules: declared, tried and told."""

from pathlib import Path

import pytest

from purdah_scheduler.domain.periods import Body, Nation
from tests.cli.conftest import Desk, command

PAUSE = (
    *("calendar", "declare", "--name", "Winter pause", "--kind", "departmental"),
    *("--starts", "now", "--ends", "+5d 22:00"),
)
ASKED = ("check", "--category", "announcement", "--at", "+2h")
ANNOUNCEMENT = (*ASKED, "--json")
WORDS = "by its own rules: strict rules, as in a general election; only on the account second; only the campaign “Winter warmth”"


@pytest.fixture
def paused(wide_desk: Desk) -> Desk:
    """A blackout of one campaign on one of three accounts, with strict rules, is in force."""
    limits = ("--account", "second", "--campaign", "Winter warmth", "--regime", "strict", "--id", "pause")
    wide_desk.ok(*PAUSE, *limits, "--yes", by="carys")
    return wide_desk


def test_a_blackout_of_accounts_and_a_campaign_says_whom_it_binds_and_holds_what_is_within(wide_desk: Desk) -> None:
    winter = wide_desk.cleared("--campaign", "winter  WARMTH", "--account", "second", category="announcement")
    other = wide_desk.cleared("--account", "second", category="announcement")
    for post in (winter, other):
        wide_desk.ok("post", "schedule", str(post), "--at", "+2h", by="asha")
    limits = ("--account", "second", "--campaign", "Winter warmth", "--regime", "strict")
    declared = wide_desk.ok(*PAUSE, *limits, "--yes", "--json", by="carys")
    assert "It binds second, and there only the campaign “Winter warmth”." in declared.err
    assert [(each["post"], each["account"], each["after"]) for each in declared.object["effects"]] == [
        (winter, "second", "block")
    ]
    states = {entry["account"]: entry for entry in wide_desk.shown(winter)["accounts"]}
    assert (states["second"]["state"], states["outbox"]["state"]) == ("held", "scheduled")
    assert WORDS in states["second"]["reason"]
    assert {entry["state"] for entry in wide_desk.shown(other)["accounts"]} == {"scheduled"}


def test_the_limits_and_rules_of_a_period_are_shown(paused: Desk) -> None:
    (listed,) = paused.ok("calendar", "list", "--json").objects
    assert (listed["accounts"], listed["channels"], listed["campaign"]) == (["second"], [], "Winter warmth")
    assert (listed["regime"], listed["nations"], len(listed["bodies"])) == ("strict", ["UK"], 9)
    assert "pause is limited: only on the account second; only the campaign “Winter" in paused.ok("calendar", "list").err
    shown = " ".join(paused.ok("calendar", "show", "pause").out.split())
    assert WORDS in shown


def test_the_limits_and_rules_are_in_what_leaves_the_house(paused: Desk, tmp_path: Path) -> None:
    paused.ok("calendar", "export", "--out", str(tmp_path / "periods.ics"))
    event = (tmp_path / "periods.ics").read_bytes().replace(b"\r\n ", b"").decode("utf-8")
    assert WORDS.replace(";", r"\;").replace(",", r"\,") in event
    paused.ok("calendar", "show", "--html", "--out", str(tmp_path / "grid.html"))
    assert WORDS in (tmp_path / "grid.html").read_text("utf-8")


def test_the_rules_of_a_period_are_shown_for_the_bodies_that_have_accounts_and_for_all_without_a_configuration(
    desk: Desk,
) -> None:
    election = ("--kind", "general", "--body", "uk-civil-service", "--body", "scottish-gov", "--nation", "UK")
    desk.ok(
        "calendar",
        "declare",
        "--name",
        "Snap",
        *election,
        "--starts",
        "now",
        "--ends",
        "+5w 22:00",
        "--id",
        "snap",
        "--yes",
        by="carys",
    )
    ours = " ".join(desk.ok("calendar", "show", "snap").out.split())
    assert "Rules strict rules, as in a general election Starts" in ours
    shipped = " ".join(command("calendar", "show", "ge-2024-uk").out.split())
    assert "Rules strict rules, as in a general election Starts" in shipped


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "The period needs --body, --nation too, so nothing was declared."),
        (("--regime", "strict"), "The period needs --body, --nation too, so nothing was declared."),
        (("--account", "secnod"), "There is no account 'secnod'; did you mean second? Nothing was declared."),
        (("--account", "second", "--channel", "x"), "The account second is on outbox, which is not among the channels."),
        (
            ("--account", "second", "--body", "alb"),
            "The account second belongs to uk-civil-service, which is not among the bodies.",
        ),
        (("--channel", "blueski"), "There is no channel 'blueski';"),
        (("--channel", "outbox", "--regime", "stict"), "A period cannot have the rules 'stict'; did you mean strict?"),
        (("--channel", "outbox", "--regime", "referendum"), "A period cannot have the rules 'referendum';"),
        (("--channel", "outbox", "--kind", "freeze", "--regime", "care"), "Only a departmental period has rules of its own"),
        (("--campaign", "Winter", "--kind", "local"), "The period needs --body, --nation too, so nothing was declared."),
    ],
)
def test_a_limit_that_cannot_be_is_refused_and_nothing_is_declared(wide_desk: Desk, more: tuple[str, ...], said: str) -> None:
    ran = wide_desk(*PAUSE, *more, "--yes", by="carys")
    assert (ran.code, ran.out) == (64, "")
    assert said in ran.err
    assert wide_desk.ok("calendar", "list", "--json").objects == []


def test_a_freeze_that_names_nobody_holds_everything(wide_desk: Desk) -> None:
    """On the night on which it is wanted nobody has to remember the names of bodies."""
    post = wide_desk.cleared()
    wide_desk.ok("post", "schedule", str(post), "--at", "+9d 09:00", by="asha")
    freeze = ("--kind", "freeze", "--starts", "now")
    assert wide_desk.ok("calendar", "impact", *freeze, "--json").object["totals"]["held"] == 1
    declared = wide_desk.ok("calendar", "declare", "--name", "Royal death", *freeze, "--yes", "--json", by="asha").object
    assert declared["held"] == 1
    (period,) = wide_desk.ok("calendar", "list", "--json").objects
    assert (len(period["bodies"]), len(period["nations"]), period["end_mode"]) == (len(Body), len(Nation), "manual-lift")
    ran = wide_desk("calendar", "declare", "--name", "Half", *freeze, "--body", "alb", "--yes", by="asha")
    assert (ran.code, "needs --nation too" in ran.err) == (64, True)


def test_a_period_holds_from_the_beginning_of_its_first_day_to_the_end_of_its_last(wide_desk: Desk) -> None:
    line = ("calendar", "declare", "--name", "Poll", "--kind", "local", "--body", "uk-civil-service", "--nation", "England")
    wide_desk.ok(*line, "--starts", "2027-04-12", "--ends", "6 may 2027", "--yes", by="carys")
    (period,) = wide_desk.ok("calendar", "list", "--json").objects
    assert (period["starts"], period["ends"]) == ("2027-04-12T00:00:00+01:00", "2027-05-07T00:00:00+01:00")
    for wrong in ("9am", "may 2027", "soonish", "friday midnight"):
        assert wide_desk(*line, "--starts", "2027-04-12", "--ends", wrong, "--yes", by="carys").code == 64


def test_what_a_freeze_without_an_end_would_do_is_tried_as_it_is_declared(wide_desk: Desk) -> None:
    post = wide_desk.cleared()
    wide_desk.ok("post", "schedule", str(post), "--at", "+9d 09:00", by="asha")
    freeze = ("calendar", "impact", "--kind", "freeze", "--starts", "now")
    ran = wide_desk.ok(*freeze, "--body", "uk-civil-service", "--json")
    assert "until a person records that it is over" in wide_desk.ok(*freeze, "--body", "uk-civil-service").err
    assert (ran.object["totals"]["held"], ran.object["end_mode"]) == (1, "manual-lift")
    elsewhere = wide_desk.ok(*freeze, "--account", "second", "--json").object
    assert (elsewhere["totals"]["held"], elsewhere["accounts"]) == (0, ["second"])
    here = wide_desk.ok(*freeze, "--account", "outbox", "--account", "second", "--json").object
    assert (here["totals"]["held"], here["posts"][0]["then"]) == (1, "block")
    assert "(a freeze: everything waits; only on the accounts outbox and second)" in here["posts"][0]["reason"]


@pytest.mark.parametrize(
    ("limit", "held"),
    [
        (("--campaign", "WINTER warmth"), 1),
        (("--campaign", "Summer"), 0),
        (("--channel", "outbox"), 1),
        (("--channel", "x"), 0),
        (("--account", "outbox", "--regime", "care"), 0),
    ],
)
def test_what_a_blackout_would_hold_is_tried_with_every_limit(desk: Desk, limit: tuple[str, ...], held: int) -> None:
    post = desk.cleared("--campaign", "Winter warmth", category="announcement")
    desk.ok("post", "schedule", str(post), "--at", "+2h", by="asha")
    rules = () if "--regime" in limit else ("--regime", "strict")
    line = ("calendar", "impact", "--kind", "departmental", "--starts", "now", "--ends", "+3d 22:00", *rules, *limit, "--json")
    assert desk.ok(*line).object["totals"]["held"] == held


@pytest.mark.parametrize(
    ("more", "code", "periods"),
    [
        (("--account", "second", "--campaign", "Winter warmth"), 1, ["pause"]),
        (("--account", "second", "--campaign", "Summer"), 0, []),
        (("--account", "third", "--campaign", "Winter warmth"), 0, []),
        (("--account", "second"), 0, []),
    ],
)
def test_the_rules_can_be_asked_about_an_account_and_a_campaign(
    paused: Desk, more: tuple[str, ...], code: int, periods: list[str]
) -> None:
    asked = paused(*ANNOUNCEMENT, *more)
    assert (asked.code, asked.object["periods"]) == (code, periods)


def test_a_question_without_account_or_campaign_says_which_limited_period_was_left_out(paused: Desk) -> None:
    asked = paused(*ASKED, "--body", "uk-civil-service")
    assert (asked.code, "In force" in asked.out) == (0, False)
    assert "“Winter pause” (pause) was left out, because it is limited: only on the account second;" in asked.err
    assert "left out" not in paused(*ASKED, "--account", "third").err
    assert "left out" in paused(*ASKED, "--account", "second").err


def test_the_rules_can_be_asked_about_a_channel(desk: Desk) -> None:
    desk.ok(*PAUSE, "--channel", "outbox", "--regime", "strict", "--yes", by="carys")
    body = ("--body", "uk-civil-service")
    assert desk(*ANNOUNCEMENT, *body, "--channel", "outbox").code == 1
    assert desk(*ANNOUNCEMENT, *body, "--channel", "x").code == 0
    assert desk(*ANNOUNCEMENT, "--account", "outbox").code == 1
    unknown = desk(*ANNOUNCEMENT, *body, "--channel", "outbux")
    assert (unknown.code, "outbox" in unknown.err) == (64, True)


def test_config_check_names_an_unknown_account_of_a_calendar_file_with_its_line(desk: Desk) -> None:
    folder = desk.path.parent / "calendar.d"
    folder.mkdir(exist_ok=True)
    (folder / "own.toml").write_text(
        '[[period]]\nid = "p"\nname = "P"\nkind = "departmental"\nstarts = 2027-01-11\nends = 2027-01-12T00:00:00\n'
        'accounts = ["outbux"]\nregime = "stict"\n',
        "utf-8",
    )
    ran = desk("config", "check")
    assert ran.code == 78
    assert "own.toml line 7: there is no account 'outbux'; did you mean outbox?" in ran.err
    assert "own.toml line 8: a period cannot have the rules 'stict'; did you mean strict?" in ran.err


def test_an_account_that_the_configuration_has_no_more_is_named_with_the_period_that_held_it(paused: Desk) -> None:
    config = paused.path.read_text("utf-8")
    assert "does not have" not in paused.ok("calendar", "list").err
    paused.path.write_text(config.replace('id = "second"', 'id = "renamed"'), "utf-8")
    for line in (("list",), ("show", "pause")):
        assert "pause names second, which the configuration does not have" in paused.ok("calendar", *line).err
