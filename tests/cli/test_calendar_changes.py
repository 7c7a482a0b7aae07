"""`calendar impact`, and changing a period from the command line: sentences, exit codes, and what scripts receive."""

from datetime import timedelta

import pytest

from purdah_scheduler.application import calendars
from purdah_scheduler.domain.periods import Body, EndMode, Kind, Nation, Period
from purdah_scheduler.domain.posts import DeliveryState, HoldReason
from tests.cli.conftest import Desk

WHAT_IF = ("--kind", "general", "--body", "uk-civil-service", "--nation", "UK", "--starts", "now", "--ends", "+5w 22:00")
WHY = ("--reason", "The government has been formed.")


@pytest.fixture
def queue(desk: Desk) -> tuple[int, int]:
    """An announcement and a notice about a service, both due tomorrow."""
    posts = (desk.cleared(category="announcement"), desk.cleared())
    for post in posts:
        desk.ok("post", "schedule", str(post), "--at", "tomorrow 09:30", by="asha")
    return posts


def call_election(desk: Desk) -> None:
    """A snap election that began an hour ago and lasts until a person says that it is over."""
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


def state(desk: Desk, post: int) -> tuple[str, str]:
    delivery = desk.house.delivery(post)
    return delivery.state, delivery.reason_code


# --- impact -------------------------------------------------------------------------------------------------------


def test_what_if_an_election_is_called_is_told_post_by_post_and_changes_nothing(desk: Desk, queue: tuple[int, int]) -> None:
    before = len(desk.ok("audit", "log", "--json").objects)
    shown = desk.ok("calendar", "impact", *WHAT_IF, "--json").object
    assert [(each["post"], each["now"], each["then"]) for each in shown["posts"]] == [
        (queue[0], "allow", "block"),
        (queue[1], "allow", "allow"),
    ]
    assert shown["totals"] == {"posts": 2, "held": 1, "flagged": 0, "unchanged": 1}
    assert "Proposed period" in shown["posts"][0]["reason"]
    assert len(desk.ok("audit", "log", "--json").objects) == before
    assert state(desk, queue[0])[0] == DeliveryState.SCHEDULED
    words = desk.ok("calendar", "impact", *WHAT_IF).out
    assert "Of 2 posts it would hold 1, flag 0 and leave 1 as they are." in words


def test_the_impact_of_a_declared_period_names_what_it_holds_already(desk: Desk, queue: tuple[int, int]) -> None:
    desk.house.block()
    shown = desk.ok("calendar", "impact", "--id", "test-election", "--json").object
    assert [(each["post"], each["state"], each["now"], each["then"]) for each in shown["posts"]] == [
        (queue[0], "held", "allow", "block"),
        (queue[1], "scheduled", "allow", "allow"),
    ]
    assert "it holds 1" in desk.ok("calendar", "impact", "--id", "test-election").out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ((), "which period"),
        (("--id", "x", "--kind", "general"), "which period"),
        (("--id", "nowhere"), "no period"),
        (("--kind", "general", "--starts", "now"), "--body, --ends"),
        (("--kind", "general", "--body", "alb", "--starts", "+2h", "--ends", "+1h"), "Nothing was judged"),
    ],
)
def test_an_impact_of_nothing_in_particular_is_refused(desk: Desk, line: tuple[str, ...], said: str) -> None:
    ran = desk("calendar", "impact", *line)
    assert (ran.code, ran.out) == (64, "")
    assert said in ran.err


# --- two people ---------------------------------------------------------------------------------------------------


def test_a_lift_waits_for_a_second_person_and_says_who_can(desk: Desk, queue: tuple[int, int]) -> None:
    call_election(desk)
    ran = desk("calendar", "lift", "ge-now", *WHY, by="asha")
    assert ran.code == 2
    assert "Proposal 1 to lift Snap election (ge-now) waits for a second person. The period holds meanwhile." in ran.out
    assert "It can be accepted by: bede, carys, dougal." in ran.err
    assert "calendar accept 1" in ran.err
    assert state(desk, queue[0]) == (DeliveryState.HELD, HoldReason.BLOCKED)
    (waiting,) = desk.ok("calendar", "proposals", "--json").objects
    assert (waiting["proposal"], waiting["action"], waiting["person"], waiting["answer"]) == (1, "lift", "asha", None)
    assert "ge-now" in desk.ok("calendar", "proposals").out


def test_the_second_persons_yes_gives_posts_back_and_schedules_none(desk: Desk, queue: tuple[int, int]) -> None:
    call_election(desk)
    asked = desk("calendar", "lift", "ge-now", *WHY, "--json", by="bede")
    assert (asked.code, asked.object["done"], asked.object["waits_for"]) == (2, False, ["carys", "dougal"])
    own = desk("calendar", "accept", "1", by="bede")
    assert own.code == 1
    assert "somebody else" in own.err
    done = desk.ok("calendar", "accept", "1", "--json", by="dougal").object
    assert (done["done"], done["status"], done["held"]) == (True, "lifted", [])
    assert [each["post"] for each in done["returned"]] == [queue[0]]
    assert state(desk, queue[0]) == (DeliveryState.HELD, HoldReason.PERIOD_OVER)
    assert [each["post"] for each in desk.ok("calendar", "returned", "--json").objects] == [queue[0]]
    assert "a new time" in desk.ok("calendar", "returned").out
    (back,) = desk.ok("calendar", "returned", "--json").objects
    assert (back["clear_again"], back["sign_off"]) == (False, True)
    code = desk.shown(queue[0])["digest"]
    sign = ("post", "decide", str(queue[0]), "--stage", "sign-off", "--approve", "--digest", code, "--reason", "Read again.")
    desk.ok(*sign, by="carys")
    refused = desk("post", "release", str(queue[0]), by="asha")
    assert refused.code == 1
    assert "Choose a new time" in refused.err
    desk.ok("post", "release", str(queue[0]), "--at", "+3d 09:30", by="asha")
    assert state(desk, queue[0]) == (DeliveryState.SCHEDULED, "")
    assert desk.ok("calendar", "returned").out == ""
    assert desk.house.record_is_whole()


def test_a_refusal_leaves_everything_as_it_was(desk: Desk, queue: tuple[int, int]) -> None:
    call_election(desk)
    desk("calendar", "cancel", "ge-now", "--reason", "A mistake.", by="carys")
    said = desk.ok("calendar", "refuse", "1", "--reason", "It is none.", by="dougal").out
    assert "ge-now holds as before" in said
    assert desk("calendar", "accept", "1", by="bede").code == 1
    assert desk.ok("calendar", "proposals").out == ""
    (answered,) = desk.ok("calendar", "proposals", "--all", "--json").objects
    assert (answered["answer"], answered["answered_by"], answered["answer_reason"]) == ("refused", "dougal", "It is none.")
    assert state(desk, queue[0])[0] == DeliveryState.HELD


@pytest.mark.parametrize(("days", "code"), [(29, 2), (31, 0)])
def test_what_is_a_month_off_can_be_cancelled_alone(desk: Desk, days: int, code: int) -> None:
    desk.house.block(starts_in=timedelta(days=days))
    ran = desk("calendar", "cancel", "test-election", "--reason", "No poll.", by="bede")
    assert ran.code == code
    shown = desk.ok("calendar", "show", "test-election", "--json").object
    assert shown["status"] == ("confirmed" if code else "cancelled")


# --- one person ---------------------------------------------------------------------------------------------------


def test_extending_and_confirming_hold_at_once(desk: Desk) -> None:
    desk.house.block()
    post = desk.cleared(category="announcement")
    desk.ok("post", "schedule", str(post), "--at", "+50d 09:30", by="asha")
    done = desk.ok("calendar", "extend", "test-election", "--to", "+60d 09:30", "--reason", "Late.", "--json", by="asha").object
    assert (done["done"], done["held"]) == (True, [post])
    ran = desk("calendar", "confirm", "test-election", by="asha")
    assert ran.code == 1
    assert "not provisional" in ran.err


def test_shortening_is_to_a_time_within_the_period(desk: Desk) -> None:
    desk.house.block()
    assert desk("calendar", "shorten", "test-election", "--to", "+90d 09:30", "--reason", "x", by="bede").code == 64
    assert desk("calendar", "shorten", "test-election", "--to", "+9d 09:30", "--reason", "x", by="bede").code == 2
    assert desk("calendar", "lift", "test-election", *WHY, by="bede").code == 1


def test_a_period_of_a_file_is_suppressed_with_its_reason_on_view(desk: Desk) -> None:
    folder = desk.path.parent / "calendar.d"
    folder.mkdir(mode=0o700)
    file = folder / "own.toml"
    file.touch(mode=0o600)
    file.write_text(
        '[[period]]\nid = "own"\nname = "Own"\nkind = "local"\nbodies = ["uk-civil-service"]\nnations = ["UK"]\n'
        'starts = 2031-03-01\nends = 2031-04-01T00:00:00\nsource = "x"\n',
        "utf-8",
    )
    said = desk.ok("calendar", "suppress", "own", "--reason", "We have no local part.", by="carys").out
    assert "Own (own) does not hold in this department any more" in said
    shown = desk.ok("calendar", "show", "own").out
    assert "suppressed" in shown
    assert "We have no local part." in shown
    assert desk.ok("calendar", "show", "own", "--json").object["suppressed"] == "We have no local part."
    (change,) = desk.ok("calendar", "show", "own", "--json").object["changes"]
    assert (change["action"], change["person"], change["second"]) == ("suppress", "carys", "")
    assert "suppress by carys" in shown
    assert "own" not in desk.ok("calendar", "list").out
    desk.ok("calendar", "confirm", "own", by="asha")
    assert desk.ok("calendar", "show", "own", "--json").object["suppressed"] == ""


def test_viewers_and_unknown_proposals_get_one_sentence(desk: Desk) -> None:
    desk.house.block()
    assert desk("calendar", "accept", "7", by="bede").code == 64
    assert desk("calendar", "refuse", "7", by="bede").code == 64
    assert desk("calendar", "accept", "seven", by="bede").code == 64
    desk("calendar", "cancel", "test-election", "--reason", "x", by="bede")
    ran = desk("calendar", "accept", "1", by="asha")
    assert ran.code == 1
    assert "needs the role" in ran.err
